"""Training runs: start, watch, stop, compare; runs logged from elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.jobs.protocol import read_events
from core.project.model import Task
from core.project.service import get_project
from core.training import progress, service, tracking, view
from core.training.model import CHOICES, Family, Origin, Preset, Run, RunConfig, RunState, SplitKind

router = APIRouter(prefix="/runs", tags=["runs"])


def _all_families() -> list[Family]:
    return list(CHOICES)


class ConfigBody(In):
    """What a run is asked to do."""

    metric: str | None = Field(None, max_length=60, description="The task's first metric if missing.")
    preset: Preset = Preset.FAST
    time_limit_s: int = Field(300, ge=10, le=86_400)
    families: list[Family] = Field(default_factory=_all_families, max_length=len(CHOICES))
    seed: int = Field(1, ge=0, lt=2**31)
    split: SplitKind = SplitKind.RANDOM
    validation_share: float = Field(0.2, ge=0.05, le=0.45)
    test_share: float = Field(0.2, ge=0.05, le=0.45)


class RunBody(In):
    """A new run."""

    project_id: str = Field(max_length=64)
    dataset_version_id: str = Field(max_length=64)
    name: str = Field("", max_length=200)
    config: ConfigBody = Field(default_factory=ConfigBody)


class LogBody(In):
    """A run that was trained elsewhere."""

    project_id: str = Field(max_length=64)
    name: str = Field("", max_length=200)
    dataset_version_id: str | None = Field(None, max_length=64)
    params: dict[str, str] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)


class ArtifactsOut(Out):
    """What a run left, by SHA-256."""

    package_sha256: str
    scores_sha256: str
    evaluation_sha256: str


class SummaryOut(Out):
    """The few figures that lists show."""

    best_model: str
    score: float
    value: Decimal | None
    currency: str | None
    value_model_id: str | None
    train_rows: int
    validation_rows: int
    test_rows: int
    models: int
    stopped_early: bool


class RunOut(Out):
    """A run."""

    id: str
    number: int
    project_id: str
    dataset_version_id: str
    name: str
    config: dict[str, Any]
    task: Task
    origin: Origin
    state: RunState
    job_id: str
    value_model_id: str | None
    created_by: str
    created_by_name: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: str
    artifacts: ArtifactsOut | None
    summary: SummaryOut | None


class EntryOut(Out):
    """A finished model."""

    model: str
    family: Family
    score: float
    fit_s: float
    predict_ms: float
    value: Decimal | None
    threshold: float | None
    finished_at: datetime


class RankedRun(Out):
    """A run and its value of the metric that was searched for."""

    value: float
    run: RunOut


def _out(run: Run) -> RunOut:
    return RunOut.model_validate(asdict(run))


@router.post("", status_code=201)
def start_run(ws: Ws, actor: Actor, body: RunBody) -> RunOut:
    """Queue an AutoML run."""
    task = get_project(ws, actor, body.project_id).task
    options = body.config.model_dump(exclude={"metric", "families"})
    config = RunConfig(body.config.metric or service.default_config(task).metric, families=tuple(body.config.families), **options)
    return _out(service.start_run(ws, actor, body.project_id, body.dataset_version_id, config, name=body.name))


@router.post("/log", status_code=201)
def log_run(ws: Ws, actor: Actor, body: LogBody) -> RunOut:
    """Log a run that was trained elsewhere."""
    logged = tracking.log_run(
        ws, actor, body.project_id, name=body.name, params=body.params, metrics=body.metrics, dataset_version_id=body.dataset_version_id
    )
    return _out(logged)


@router.get("")
def list_runs(
    ws: Ws,
    actor: Actor,
    page: Paging,
    project_id: Annotated[str | None, Query(max_length=64)] = None,
    state: Annotated[RunState | None, Query()] = None,
    sort: Annotated[Literal["created", "score", "value"], Query()] = "created",
    offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Page[RunOut]:
    """Runs; the newest first, or the best by score or value (paged by `offset`)."""
    found = service.list_runs(
        ws, actor, project_id=project_id, state=state, sort=sort, before_id=page.before, offset=offset, limit=page.limit
    )
    return Page(items=[_out(run) for run in found], next=next_key(found, page.limit) if sort == "created" else None)


@router.get("/search")
def search_runs(
    ws: Ws,
    actor: Actor,
    project_id: Annotated[str, Query(max_length=64)],
    metric: Annotated[str, Query(max_length=200)],
    lowest: Annotated[bool | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[RankedRun]:
    """The runs that lead in a metric."""
    found = tracking.search_runs(ws, actor, project_id, metric, lowest=lowest, limit=limit)
    return [RankedRun(value=value, run=_out(run)) for run, value in found]


@router.get("/compare")
def compare_runs(ws: Ws, actor: Actor, runs: Annotated[list[str], Query(min_length=2, max_length=4)]) -> list[dict[str, Any]]:
    """Two to four finished runs side by side: each with its metrics and leaderboard."""
    found = service.compare_runs(ws, actor, runs)
    return [
        {
            "run": _out(run).model_dump(mode="json"),
            "metrics": [asdict(m) for m in evaluation.metrics],
            "leaderboard": [asdict(row) for row in evaluation.leaderboard],
        }
        for run, evaluation in found
    ]


@router.get("/{run_id}")
def get_run(ws: Ws, actor: Actor, run_id: str) -> RunOut:
    """One run."""
    return _out(service.get_run(ws, actor, run_id))


@router.post("/{run_id}/cancel")
def cancel_run(ws: Ws, actor: Actor, run_id: str) -> RunOut:
    """Stop a run and throw away what it has so far."""
    return _out(service.cancel_run(ws, actor, run_id))


@router.post("/{run_id}/stop")
def stop_run_early(ws: Ws, actor: Actor, run_id: str) -> RunOut:
    """Finish a run now with the best model so far."""
    return _out(service.stop_run_early(ws, actor, run_id))


@router.get("/{run_id}/leaderboard")
def get_leaderboard(ws: Ws, actor: Actor, run_id: str) -> list[EntryOut]:
    """Finished models so far, the best first."""
    return [EntryOut.model_validate(entry) for entry in service.leaderboard(ws, actor, run_id)]


@router.get("/{run_id}/progress")
def get_progress(ws: Ws, actor: Actor, run_id: str) -> dict[str, Any]:
    """Phase, time, resources and log."""
    return asdict(progress.run_progress(ws, actor, run_id))


@router.get("/{run_id}/events")
def get_events(ws: Ws, actor: Actor, run_id: str, offset: Annotated[int, Query(ge=0, le=10**12)] = 0) -> dict[str, Any]:
    """What the job told, from a byte offset on."""
    run = service.get_run(ws, actor, run_id)
    events, behind = read_events(ws.jobs.folder(run.job_id), offset) if run.job_id else ([], 0)
    return {"events": events[:5000], "offset": behind}


@router.get("/{run_id}/evaluation")
def get_evaluation(ws: Ws, actor: Actor, run_id: str) -> dict[str, Any]:
    """What a finished run found on its held-out rows."""
    return asdict(service.get_evaluation(ws, actor, run_id))


@router.get("/{run_id}/scores")
def download_scores(ws: Ws, actor: Actor, run_id: str) -> FileResponse:
    """Scores of the validation and test rows, as Parquet."""
    path = service.scores_path(ws, actor, run_id)
    return FileResponse(path, filename=f"scores-{run_id}.parquet", media_type="application/vnd.apache.parquet")


@router.get("/{run_id}/threshold")
def get_at_threshold(ws: Ws, actor: Actor, run_id: str, at: Annotated[float, Query(ge=0, le=1)] = 0.5) -> dict[str, Any]:
    """Confusion and its metrics on the test rows of a yes-or-no run, where it acts from a likelihood on."""
    return asdict(view.at_threshold(ws, actor, run_id, at))


@router.get("/{run_id}/logged")
def get_logged(ws: Ws, actor: Actor, run_id: str) -> dict[str, Any]:
    """Parameters that were logged with a run, and its metrics as stored."""
    metrics = [asdict(metric) for metric in service.list_metrics(ws, actor, run_id)]
    return {"params": tracking.list_params(ws, actor, run_id), "metrics": metrics}
