"""Impact: what a run is worth, frozen reports, and runs beside each other in money."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.detail_bodies import FrozenReportOut, IntervalOut
from core.api.impact_bodies import AmountOut, ReportOut
from core.api.page import In, Out, Page, next_key
from core.api.task_bodies import FrozenTaskReportOut, TaskReportOut
from core.impact import reports, service
from core.impact.alternatives import AlternativeKind
from core.impact.comparison import Comparison, Obstacle
from core.impact.multiclass import ClassPolicy
from core.impact.regression import ForecastPolicy
from core.impact.report import ImpactReport, Verdict
from core.impact.task_comparison import compare_runs as compare
from core.project.model import Task
from core.project.value_model import Period

router = APIRouter(tags=["impact"])
Threshold = Annotated[float | None, Query(ge=0, le=1, description="Act from this likelihood on; empty: the best on validation data.")]
ValueModelId = Annotated[str | None, Query(max_length=64, description="A version of the value model; empty: the newest.")]


class FrozenOut(Out):
    """A frozen report's key figures; `threshold` is null but for yes-or-no decisions."""

    id: str
    task: Task
    project_id: str
    run_id: str
    value_model_id: str
    sha256: str
    threshold: float | None
    currency: str
    period: Period
    value: AmountOut
    reference: AlternativeKind | ClassPolicy | ForecastPolicy
    gain: AmountOut
    verdict: Verdict
    created_by: str
    created_by_name: str
    created_at: datetime


class FreezeBody(In):
    """Which of a run's reports to keep."""

    value_model_id: str | None = Field(None, max_length=64)
    threshold: float | None = Field(None, ge=0, le=1)


class DifferenceOut(Out):
    """What one run brings over another, in money and in cases treated more, a period; `obstacle` says why it can't be told."""

    first_run_id: str
    second_run_id: str
    obstacle: Obstacle | None
    gain: AmountOut | None
    better: float | None
    more_reached: IntervalOut | None
    more_unneeded: IntervalOut | None


class ComparisonOut(Out):
    """Runs in money, the most valuable first, and the first one's difference from each other."""

    reports: list[ReportOut]
    differences: list[DifferenceOut]


class TaskDifferenceOut(Out):
    """What one run of classes brings, or of a forecast saves, over another a period; `obstacle` says why it can't be told.

    `more_good` is the share of cases that it decides rightly (plans enough for) more; `apart` the share of cases that both decide
    differently, of forecasts by how many units their plans differ on average.
    """

    first_run_id: str
    second_run_id: str
    obstacle: Obstacle | None
    gain: AmountOut | None
    better: float | None
    more_good: IntervalOut | None
    apart: float | None


class TaskComparisonOut(Out):
    """Runs of classes or of forecasts in money, the best first, and the first one's difference from each other."""

    reports: list[TaskReportOut]
    differences: list[TaskDifferenceOut]


class ModelValueOut(Out):
    """A leaderboard model in money, a period."""

    model: str
    threshold: float
    value: AmountOut
    currency: str


@router.get("/runs/{run_id}/impact")
def get_impact(
    ws: Ws, actor: Actor, run_id: str, threshold: Threshold = None, value_model_id: ValueModelId = None
) -> ReportOut | TaskReportOut:
    """A run's impact, computed now; of several classes and of forecasts in a shape of their own."""
    found = reports.compute_any(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return ReportOut.model_validate(found) if isinstance(found, ImpactReport) else TaskReportOut.model_validate(found)


@router.get("/runs/{run_id}/impact/models")
def list_model_values(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None) -> list[ModelValueOut]:
    """A run's leaderboard in money."""
    return [ModelValueOut.model_validate(asdict(m)) for m in service.list_model_values(ws, actor, run_id, value_model_id)]


@router.post("/runs/{run_id}/impact-reports", status_code=201)
def freeze_report(ws: Ws, actor: Actor, run_id: str, body: FreezeBody) -> FrozenOut:
    """Keep a run's report, so that it always shows the same figures."""
    frozen = reports.freeze_run(ws, actor, run_id, value_model_id=body.value_model_id, threshold=body.threshold)
    return FrozenOut.model_validate(frozen)


@router.get("/impact-reports")
def list_reports(ws: Ws, actor: Actor, page: Paging, project_id: Annotated[str | None, Query(max_length=64)] = None) -> Page[FrozenOut]:
    """Frozen reports, newest first."""
    found = service.list_frozen(ws, actor, project_id=project_id, before_id=page.before, limit=page.limit)
    return Page(items=[FrozenOut.model_validate(r) for r in found], next=next_key(found, page.limit))


@router.get("/impact-reports/{report_id}")
def get_report(ws: Ws, actor: Actor, report_id: str) -> FrozenReportOut | FrozenTaskReportOut:
    """A frozen report, whole."""
    found = reports.read_frozen(ws, actor, report_id)
    return FrozenReportOut.model_validate(found) if isinstance(found, ImpactReport) else FrozenTaskReportOut.model_validate(found)


@router.get("/impact/compare")
def compare_runs(
    ws: Ws, actor: Actor, runs: Annotated[str, Query(max_length=400, description="Ids of 2 to 8 runs, separated by commas.")]
) -> ComparisonOut | TaskComparisonOut:
    """Runs beside each other in money, paired where their test rows are the same; all of the same kind of prediction."""
    found = compare(ws, actor, [part.strip() for part in runs.split(",") if part.strip()])
    return ComparisonOut.model_validate(found) if isinstance(found, Comparison) else TaskComparisonOut.model_validate(found)
