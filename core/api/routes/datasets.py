"""Data sets, their versions, profiles and previews; samples."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.data import samples, service
from core.data.export import write_csv
from core.data.model import ColumnRoles, DatasetVersion, Kind, Source
from core.project.model import Task
from core.words import Language

router = APIRouter(prefix="/datasets", tags=["datasets"])


class ColumnOut(Out):
    """One column."""

    name: str
    kind: Kind
    missing: int
    distinct: int


class RolesBody(In):
    """What each column is for."""

    target: str
    positive: str | None = None
    id_column: str | None = None
    time_column: str | None = None
    leave_out: list[str] = Field(default_factory=list)


class RolesOut(Out):
    """What each column is for."""

    target: str
    positive: str | None
    id_column: str | None
    time_column: str | None
    leave_out: list[str]


class DatasetOut(Out):
    """A data set."""

    id: str
    project_id: str
    name: str
    created_by: str
    created_at: datetime


class VersionOut(Out):
    """An immutable version."""

    id: str
    dataset_id: str
    project_id: str
    number: int
    name: str
    sha256: str
    rows: int
    columns: list[ColumnOut]
    roles: RolesOut | None
    source: Source
    filename: str
    note: str
    warnings: list[str]
    parent_id: str | None
    created_by: str
    created_at: datetime


class SampleOut(Out):
    """A sample that ships with Kachi."""

    key: str
    title: str
    rows: int
    task: Task
    datasheet: str


class SampleBody(In):
    """Which sample to bring into which project; without one, into the project that the sample suggests, made if it isn't there.

    Args:
        language: of the suggested project's words.
    """

    sample: str
    project_id: str | None = None
    language: Language = "en"


def _version(version: DatasetVersion) -> VersionOut:
    body = asdict(version)
    body["warnings"] = [str(warning) for warning in version.warnings]
    return VersionOut.model_validate(body)


@router.post("", status_code=201)
def upload(
    ws: Ws,
    actor: Actor,
    file: Annotated[UploadFile, File(description="CSV or Parquet.")],
    project_id: Annotated[str, Form(max_length=64)],
    name: Annotated[str | None, Form(max_length=200)] = None,
    markers: Annotated[list[str] | None, Form(max_length=20, description="Words that say missing, besides empty cells.")] = None,
) -> VersionOut:
    """Upload a file as a new version of the data set of that name; `warnings` says where the same content is there already."""
    words = tuple(markers or ())
    return _version(service.upload_dataset(ws, actor, project_id, file.filename or "upload", file.file, name=name, markers=words))


@router.get("")
def list_datasets(ws: Ws, actor: Actor, page: Paging, project_id: Annotated[str | None, Query()] = None) -> Page[DatasetOut]:
    """Data sets, newest first."""
    found = service.list_datasets(ws, actor, project_id=project_id, before_id=page.before, limit=page.limit)
    return Page(items=[DatasetOut.model_validate(d) for d in found], next=next_key(found, page.limit))


@router.get("/samples")
def list_samples(actor: Actor) -> list[SampleOut]:
    """The samples that ship with Kachi."""
    return [SampleOut(key=s.key, title=s.title, rows=s.rows, task=s.project.task, datasheet=s.datasheet) for s in samples.list_samples()]


@router.post("/samples", status_code=201)
def import_sample(ws: Ws, actor: Actor, body: SampleBody) -> VersionOut:
    """Bring a sample into a project, its columns declared."""
    if body.project_id is None:
        return _version(samples.start_sample_project(ws, actor, body.sample, body.language))
    return _version(samples.import_sample(ws, actor, body.project_id, body.sample))


@router.get("/versions")
def list_versions(
    ws: Ws, actor: Actor, page: Paging, project_id: Annotated[str | None, Query()] = None, dataset_id: Annotated[str | None, Query()] = None
) -> Page[VersionOut]:
    """Versions, newest first."""
    found = service.list_versions(ws, actor, project_id=project_id, dataset_id=dataset_id, before_id=page.before, limit=page.limit)
    return Page(items=[_version(v) for v in found], next=next_key(found, page.limit))


@router.get("/versions/{version_id}")
def get_version(ws: Ws, actor: Actor, version_id: str) -> VersionOut:
    """One version."""
    return _version(service.get_version(ws, actor, version_id))


@router.put("/versions/{version_id}/roles")
def declare_roles(ws: Ws, actor: Actor, version_id: str, body: RolesBody) -> VersionOut:
    """Say what each column is for; the answer may be a new version, where the old one is in use."""
    roles = ColumnRoles(body.target, body.positive, body.id_column, body.time_column, tuple(body.leave_out))
    return _version(service.declare_roles(ws, actor, version_id, roles))


@router.get("/versions/{version_id}/profile")
def get_profile(ws: Ws, actor: Actor, version_id: str) -> dict[str, Any]:
    """Types, gaps and distributions of each column."""
    return asdict(service.get_profile(ws, actor, version_id))


@router.get("/versions/{version_id}/leaks")
def get_leaks(ws: Ws, actor: Actor, version_id: str) -> list[dict[str, Any]]:
    """Columns that may give the answer away, with the evidence."""
    return [asdict(leak) for leak in service.get_leaks(ws, actor, version_id)]


@router.get("/versions/{version_id}/rows")
def preview_rows(
    ws: Ws,
    actor: Actor,
    version_id: str,
    start: Annotated[int, Query(ge=0, le=10**12)] = 0,
    count: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    """Some rows; moments as ISO text."""
    frame = service.preview_rows(ws, actor, version_id, start=start, count=count)
    cells = frame.astype("object").where(frame.notna(), None)
    rows = [[c.isoformat() if hasattr(c, "isoformat") else c for c in row] for row in cells.to_numpy().tolist()]
    return {"columns": list(frame.columns), "rows": rows}


@router.get("/versions/{version_id}/csv")
def download_csv(ws: Ws, actor: Actor, version_id: str) -> StreamingResponse:
    """All rows as CSV; cells that a spreadsheet would run are defused."""
    version = service.get_version(ws, actor, version_id)
    headers = {"Content-Disposition": f'attachment; filename="dataset-{version.id}.csv"'}
    return StreamingResponse(write_csv(ws.artifacts.path(version.sha256)), media_type="text/csv; charset=utf-8", headers=headers)
