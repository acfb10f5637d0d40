"""What people and policies do with data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow.parquet as pq

from core.data import store as rows
from core.data.frames import kinds_of, read_frame, read_sample
from core.data.intake import TakenIn, take_in
from core.data.leaks import MAX_ROWS, Leak, find_leaks
from core.data.model import Column, ColumnRoles, Dataset, DatasetVersion, DataWarning, Source
from core.data.profile import Profile, profile_from_json
from core.data.roles import check_roles
from core.errors import InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.project.model import Phase
from core.project.service import get_project, move_phase
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.workspace import Workspace

PREVIEW_ROWS = 500


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new version comes from."""

    source: Source
    filename: str
    note: str = ""
    parent_id: str | None = None


def upload_dataset(
    ws: Workspace,
    actor: Principal,
    project_id: str,
    filename: str,
    stream: BinaryIO,
    *,
    name: str | None = None,
    markers: tuple[str, ...] = (),
) -> DatasetVersion:
    """Take a file in as a new version of the data set of that name (a new one, if there is none).

    The same content again gives the version that is there, with a warning that says so.

    Args:
        name: of the data set; the file's name without its ending if missing.
        markers: words that say "missing" in a CSV, besides empty cells.

    Raises:
        InvalidInput, NotEnoughData, TooLarge, StorageFull: nothing of it was kept.
    """
    require(actor, Permission.EDIT_DATA)
    project = get_project(ws, actor, project_id)
    taken = take_in(ws, stream, check_markers(markers))
    called = dataset_name(name or Path(filename).stem)
    origin = Origin(Source.UPLOAD, Path(filename).name[:200])
    return ws.store.write(lambda tx: _add(tx, actor, project.id, called, taken, origin))


def add_version(ws: Workspace, actor: Principal, project_id: str, name: str, stream: BinaryIO, origin: Origin) -> DatasetVersion:
    """Take a table in that Kachi itself brings: a sample, or training data built from served requests."""
    require(actor, Permission.EDIT_DATA)
    project = get_project(ws, actor, project_id)
    taken = take_in(ws, stream)
    return ws.store.write(lambda tx: _add(tx, actor, project.id, dataset_name(name), taken, origin))


def add_derived_version(
    ws: Workspace, actor: Principal, parent: DatasetVersion, table: Path, *, note: str, filename: str
) -> DatasetVersion:
    """A version made of another (and of served requests), with the parent's roles.

    Args:
        table: Parquet with the parent's columns.
    """
    require(actor, Permission.EDIT_DATA)
    with table.open("rb") as stream:
        taken = take_in(ws, stream)
    origin = Origin(Source.RETRAINING, filename, note, parent.id)

    def work(tx: Transaction) -> DatasetVersion:
        version = _insert(tx, actor, parent.project_id, parent.dataset_id, parent.name, taken, origin)
        if parent.roles is not None:
            rows.set_roles(tx, version.id, parent.roles)
        tx.edge(Edge(Node.DATASET_VERSION, parent.id, Node.DATASET_VERSION, version.id, "derived"))
        return replace(version, roles=parent.roles)

    return ws.store.write(work)


def _add(tx: Transaction, actor: Principal, project_id: str, name: str, taken: TakenIn, origin: Origin) -> DatasetVersion:
    dataset = rows.find_dataset(tx, project_id, name)
    if dataset is None:
        dataset = Dataset(new_id(), project_id, name, actor.user_id, tx.at)
        rows.insert_dataset(tx, dataset)
        tx.edge(Edge(Node.PROJECT, project_id, Node.DATASET, dataset.id, "has"))
    known = rows.find_content(tx, dataset.id, taken.sha256)
    if known is not None:
        again = DataWarning(
            "This content is here already, as version {version} of '{name}'; nothing was added.",
            (("version", str(known.number)), ("name", name)),
        )
        return replace(known, warnings=(*known.warnings, again))
    move_phase(tx, actor, project_id, Phase.DATA_UNDERSTANDING, "data arrived")
    return _insert(tx, actor, project_id, dataset.id, name, taken, origin)


def _insert(
    tx: Transaction, actor: Principal, project_id: str, dataset_id: str, name: str, taken: TakenIn, origin: Origin
) -> DatasetVersion:
    version = DatasetVersion(
        new_id(), dataset_id, project_id, rows.next_number(tx, dataset_id), name, taken.sha256, taken.profile_sha256, taken.parsed.rows,
        taken.parsed.columns, None, origin.source, origin.filename, origin.note, taken.parsed.warnings, origin.parent_id, actor.user_id, tx.at,
    )  # fmt: skip
    rows.insert_version(tx, version)
    tx.edge(Edge(Node.DATASET, dataset_id, Node.DATASET_VERSION, version.id, "has"))
    details = {"name": name, "version": version.number, "rows": version.rows, "sha256": version.sha256, "source": origin.source.value}
    tx.audit(actor.event("dataset.add", Node.DATASET_VERSION, version.id, project_id=project_id, details=details))
    return version


def declare_roles(ws: Workspace, actor: Principal, version_id: str, roles: ColumnRoles) -> DatasetVersion:
    """Say what each column is for. Once something was made of the version, another declaration makes a new version with the same content.

    Raises:
        InvalidInput, NotEnoughData: the declaration doesn't fit the data, and why.
    """
    require(actor, Permission.EDIT_DATA)
    version = get_version(ws, actor, version_id)
    project = get_project(ws, actor, version.project_id)
    named = [c for c in (roles.target, roles.id_column, roles.time_column) if c and version.column(c)]
    warnings = check_roles(version, roles, project.task, read_frame(ws.artifacts.path(version.sha256), named))
    if version.roles == roles:
        return version

    def work(tx: Transaction) -> DatasetVersion:
        move_phase(tx, actor, version.project_id, Phase.DATA_PREPARATION, "columns declared")
        if version.roles is not None and rows.is_used(tx, version.id):
            number = rows.next_number(tx, version.dataset_id)
            changed = replace(
                version, id=new_id(), number=number, roles=roles, parent_id=version.id, created_by=actor.user_id, created_at=tx.at
            )
            rows.insert_version(tx, changed)
            tx.edge(Edge(Node.DATASET_VERSION, version.id, Node.DATASET_VERSION, changed.id, "redeclared"))
        else:
            changed = replace(version, roles=roles)
            rows.set_roles(tx, version.id, roles)
        details = {"target": roles.target, "positive": roles.positive, "leave_out": list(roles.leave_out)}
        tx.audit(actor.event("dataset.declare", Node.DATASET_VERSION, changed.id, project_id=version.project_id, details=details))
        return changed

    return replace(ws.store.write(work), warnings=(*version.warnings, *warnings))


def get_version(ws: Workspace, actor: Principal, version_id: str) -> DatasetVersion:
    """One version."""
    require(actor, Permission.READ_DETAILS)
    version = rows.get_version(ws.store, version_id)
    if version is None:
        raise NotFound("data set version", version_id)
    return version


def list_datasets(
    ws: Workspace, actor: Principal, *, project_id: str | None = None, before_id: str | None = None, limit: int = 100
) -> list[Dataset]:
    """Newest first."""
    require(actor, Permission.READ_DETAILS)
    return rows.list_datasets(ws.store, project_id=project_id, before_id=before_id, limit=limit)


def list_versions(
    ws: Workspace,
    actor: Principal,
    *,
    project_id: str | None = None,
    dataset_id: str | None = None,
    before_id: str | None = None,
    limit: int = 100,
) -> list[DatasetVersion]:
    """Newest first."""
    require(actor, Permission.READ_DETAILS)
    return rows.list_versions(ws.store, project_id=project_id, dataset_id=dataset_id, before_id=before_id, limit=limit)


def list_newest_versions(ws: Workspace, actor: Principal, *, project_id: str | None = None, limit: int = 200) -> list[DatasetVersion]:
    """The newest version of each data set, those that changed last first."""
    require(actor, Permission.READ_DETAILS)
    return rows.list_newest_versions(ws.store, project_id=project_id, limit=limit)


def get_profile(ws: Workspace, actor: Principal, version_id: str) -> Profile:
    """A version's profile."""
    version = get_version(ws, actor, version_id)
    return profile_from_json(ws.artifacts.path(version.profile_sha256).read_bytes())


def get_leaks(ws: Workspace, actor: Principal, version_id: str, roles: ColumnRoles | None = None) -> tuple[Leak, ...]:
    """Columns that may give the answer away.

    Args:
        roles: a declaration that is being thought of; without it, the version's own (none yet: nothing can be told).
    """
    version = get_version(ws, actor, version_id)
    asked = roles or version.roles
    if asked is None or version.column(asked.target) is None:
        return ()
    return _leaks(ws.artifacts.path(version.sha256), version.columns, asked)


@lru_cache(maxsize=64)  # content never changes; a page asks again with every redraw
def _leaks(path: Path, columns: tuple[Column, ...], roles: ColumnRoles) -> tuple[Leak, ...]:
    return find_leaks(read_sample(path, MAX_ROWS), kinds_of(columns), roles)


def preview_rows(ws: Workspace, actor: Principal, version_id: str, *, start: int = 0, count: int = 50) -> pd.DataFrame:
    """Some rows of a version, from a row on.

    Raises:
        InvalidInput: a range that can't be.
    """
    version = get_version(ws, actor, version_id)
    if start < 0 or not 1 <= count <= PREVIEW_ROWS:
        raise InvalidInput("Ask for 1 to {most} rows from row 0 on.", field="count", most=PREVIEW_ROWS)
    file = pq.ParquetFile(ws.artifacts.path(version.sha256))
    taken: list[pd.DataFrame] = []
    seen = 0
    for batch in file.iter_batches(batch_size=10_000):
        low, high = max(start - seen, 0), min(start + count - seen, batch.num_rows)
        if low < high:
            taken.append(batch.slice(low, high - low).to_pandas())
        seen += batch.num_rows
        if seen >= start + count:
            break
    return pd.concat(taken, ignore_index=True) if taken else read_frame(ws.artifacts.path(version.sha256)).head(0)


def check_markers(markers: tuple[str, ...]) -> tuple[str, ...]:
    """Words that say "missing", cleaned.

    Raises:
        InvalidInput: too many, or too long.
    """
    cleaned = tuple(dict.fromkeys(word for raw in markers if (word := raw.strip())))
    if len(cleaned) > 20 or any(len(word) > 40 or (word.startswith("-") and len(word) > 1) for word in cleaned):
        raise InvalidInput(
            "At most 20 words for missing cells, of at most 40 characters each and without a leading hyphen.", field="markers"
        )
    return cleaned


def dataset_name(text: str) -> str:
    """A data set's name, cleaned.

    Raises:
        InvalidInput: empty or too long.
    """
    name = " ".join(text.replace("\x00", " ").split())
    if not 1 <= len(name) <= 120:
        raise InvalidInput("The data set's name needs 1 to 120 characters.", field="name")
    return name
