"""Where a run's value is lost, and how alike groups are treated."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query

from core.api.deps import Actor, Ws
from core.api.detail_bodies import FairnessOut, IntervalOut, SegmentsOut, TwoWayOut
from core.api.impact_bodies import AmountOut
from core.api.page import Out
from core.impact import breakdown, service, two_way
from core.impact.deviations import Adjusting
from core.impact.economics import business_case
from core.impact.multiclass import ClassPolicy
from core.impact.regression import ForecastPolicy
from core.impact.sensitivity import Assumption
from core.impact.task_sensitivity import TaskAssumption
from core.impact.task_value import value_task_run

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
    """Return, payback and net present value, with the costs of the value model."""
    report = service.compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return BusinessCaseOut.model_validate(business_case(report.gain, report.period, report.economics))


@router.get("/runs/{run_id}/impact/segments")
def get_segments(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None, threshold: Threshold = None) -> SegmentsOut:
    """The segments in which deciding by the model is worth least."""
    report = service.compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return SegmentsOut.model_validate(breakdown.segments_of(ws, actor, report))


@router.get("/runs/{run_id}/impact/attributes")
def list_attributes(ws: Ws, actor: Actor, run_id: str) -> list[str]:
    """Columns by which groups can be compared."""
    return list(breakdown.list_attributes(ws, actor, run_id))


@router.get("/runs/{run_id}/impact/fairness")
def get_fairness(
    ws: Ws,
    actor: Actor,
    run_id: str,
    attribute: Annotated[str, Query(max_length=200)],
    value_model_id: ValueModelId = None,
    threshold: Threshold = None,
) -> FairnessOut:
    """How alike the groups of a column are picked, reached and valued."""
    report = service.compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return FairnessOut.model_validate(breakdown.assess_run_fairness(ws, actor, report, attribute))


class ClassPolicyOut(Out):
    """A way of deciding between classes and what it is worth a period."""

    policy: ClassPolicy
    chosen: str
    value_per_case: AmountOut
    value: AmountOut
    behind: AmountOut
    better: float
    right: IntervalOut


class ErrorCostOut(Out):
    """A kind of error: cases and cost a period."""

    truth: str
    decided: str
    cases: float
    cost: AmountOut


class RivalOut(Out):
    """A way of deciding or planning that needs no model; `chosen` is the class that is always decided on."""

    policy: str
    chosen: str


class TaskSwingOut(Out):
    """One bar of the tornado of the gain a period; by row, values are multiples of what is assumed."""

    assumption: TaskAssumption
    truth: str
    decided: str
    by_row: bool
    share: float
    low: float
    base: float
    high: float
    at_low: Decimal
    at_high: Decimal


class TaskBreakEvenOut(Out):
    """Where a way without a model draws level; `above`: the model pays while the assumption stays above it."""

    assumption: TaskAssumption
    truth: str
    decided: str
    by_row: bool
    at: float
    base: float
    against: RivalOut
    above: bool


class ClassesOut(Out):
    """A run of several classes in money."""

    classes: list[str]
    recommended: ClassPolicy
    policies: list[ClassPolicyOut]
    reference: ClassPolicy
    gain: AmountOut
    better: float
    counts: list[list[int]]
    worth: list[list[Decimal]]
    errors: list[ErrorCostOut]
    rows: int
    tornado: list[TaskSwingOut]
    break_evens: list[TaskBreakEvenOut]


class ForecastPolicyOut(Out):
    """What is planned by, and what its errors cost a period."""

    policy: ForecastPolicy
    cost_per_case: AmountOut
    cost: AmountOut
    behind: AmountOut
    better: float
    under: AmountOut
    over: AmountOut
    covered: float


class AdjustmentOut(Out):
    """What is done to each forecast: nothing, so many units added, or a share of it."""

    kind: Adjusting
    amount: float


class CostPointOut(Out):
    """What one adjustment of all forecasts would have cost a period on the test rows."""

    amount: float
    cost: AmountOut
    under: Decimal
    over: Decimal
    covered: float


class ForecastOut(Out):
    """A forecast in money; `quantiles` are the 5 %, 50 % and 95 % points of the rows' own quantiles where a formula makes them differ."""

    quantile: float
    quantiles: tuple[float, float, float] | None
    adjustment: AdjustmentOut
    curve: list[CostPointOut]
    recommended: ForecastPolicy
    policies: list[ForecastPolicyOut]
    reference: ForecastPolicy
    saving: AmountOut
    better: float
    rows: int
    tornado: list[TaskSwingOut]
    break_evens: list[TaskBreakEvenOut]


class TaskValueOut(Out):
    """A run that isn't a yes-or-no one, in money; one of `classes` and `forecast` is null."""

    run_id: str
    run_number: int
    classes: ClassesOut | None
    forecast: ForecastOut | None


@router.get("/runs/{run_id}/impact/task")
def get_task_value(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None) -> TaskValueOut:
    """A run of several classes, or a forecast, under its project's payoffs."""
    return TaskValueOut.model_validate(value_task_run(ws, actor, run_id, value_model_id))
