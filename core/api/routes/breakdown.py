"""Where a run's value is lost, and how alike groups are treated."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query

from core.api.deps import Actor, Ws
from core.api.detail_bodies import FairnessOut, IntervalOut, SegmentsOut, TwoWayOut
from core.api.impact_bodies import AmountOut
from core.api.page import Out
from core.api.task_bodies import TaskFairnessOut
from core.impact import breakdown, service, task_breakdown, two_way
from core.impact.economics import business_case
from core.impact.report import ImpactReport
from core.impact.reports import compute_any
from core.impact.sensitivity import Assumption

router = APIRouter(tags=["impact"])
ValueModelId = Annotated[str | None, Query(max_length=64, description="A version of the value model; empty: the newest.")]
Threshold = Annotated[float | None, Query(ge=0, le=1, description="The reader's own threshold; empty: the recommended policy.")]


class PaybackOut(Out):
    """Months until the roll-out has paid for itself; null: not within the horizon."""

    months: float | None
    soonest: float | None
    latest: float | None


class FlowOut(Out):
    """A month's money; totals are discounted."""

    month: int
    gain: Decimal
    cost: Decimal
    net: Decimal
    discounted: Decimal
    total: Decimal
    total_low: Decimal
    total_high: Decimal


class BusinessCaseOut(Out):
    """What the model is worth over the horizon after all costs, in today's money."""

    gain: AmountOut
    needed: Decimal
    npv: AmountOut
    net: AmountOut
    roi: IntervalOut | None
    payback: PaybackOut
    discounted_payback: PaybackOut
    pays: bool | None
    flows: list[FlowOut]


@router.get("/runs/{run_id}/impact/two-way")
def get_two_way(
    ws: Ws,
    actor: Actor,
    run_id: str,
    first: Assumption,
    second: Assumption,
    value_model_id: ValueModelId = None,
    threshold: Threshold = None,
) -> TwoWayOut:
    """Two assumptions moved together, decisions as they are."""
    report = service.compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return TwoWayOut.model_validate(two_way.move_two(ws, actor, report, first, second))


@router.get("/runs/{run_id}/impact/business-case")
def get_business_case(
    ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None, threshold: Threshold = None
) -> BusinessCaseOut:
    """Return, payback and net present value, with the costs of the value model; of a run of any kind."""
    report = compute_any(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return BusinessCaseOut.model_validate(business_case(report.gain, report.period, report.economics))


@router.get("/runs/{run_id}/impact/segments")
def get_segments(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None, threshold: Threshold = None) -> SegmentsOut:
    """The segments in which deciding by the model is worth least."""
    report = compute_any(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    found = (
        breakdown.segments_of(ws, actor, report) if isinstance(report, ImpactReport) else task_breakdown.task_segments(ws, actor, report)
    )
    return SegmentsOut.model_validate(found)


@router.get("/runs/{run_id}/impact/attributes")
def list_attributes(ws: Ws, actor: Actor, run_id: str) -> list[str]:
    """Columns by which groups can be compared."""
    return list(task_breakdown.attributes_of_run(ws, actor, run_id))


@router.get("/runs/{run_id}/impact/fairness")
def get_fairness(
    ws: Ws,
    actor: Actor,
    run_id: str,
    attribute: Annotated[str, Query(max_length=200)],
    value_model_id: ValueModelId = None,
    threshold: Threshold = None,
) -> FairnessOut | TaskFairnessOut:
    """How alike the groups of a column are treated: picked, reached and valued; of classes decided rightly, of forecasts planned enough."""
    report = compute_any(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    if isinstance(report, ImpactReport):
        return FairnessOut.model_validate(breakdown.assess_run_fairness(ws, actor, report, attribute))
    return TaskFairnessOut.model_validate(task_breakdown.task_fairness(ws, actor, report, attribute))
