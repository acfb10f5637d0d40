"""Impact reports of several classes and of forecasts as REST gives them."""

from __future__ import annotations

from decimal import Decimal

from core.api.detail_bodies import CaseOut, GapOut, GroupOut, IntervalOut, SegmentsOut
from core.api.impact_bodies import AmountOut, ProvenanceOut
from core.api.page import Out
from core.impact.deviations import Adjusting
from core.impact.multiclass import ClassPolicy
from core.impact.regression import ForecastPolicy
from core.impact.report import Verdict
from core.impact.task_scenarios import TaskChange
from core.impact.task_sensitivity import TaskAssumption
from core.project.model import Task
from core.project.value_model import Period


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
    """What is done to each forecast: nothing, so many units added, or a share of it.

    Kinds `…_by_row` move each row to its own critical ratio, under / (under + over): `table` holds what is added at each ratio from 0 to 1
    in even steps, between them in a straight line, and `amount` is 0.
    """

    kind: Adjusting
    amount: float
    table: tuple[float, ...]


class CostPointOut(Out):
    """What one adjustment of all forecasts (of kinds by row: of all plans further) would have cost a period on the test rows."""

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
    days: int | None
    tornado: list[TaskSwingOut]
    break_evens: list[TaskBreakEvenOut]


class TaskReportOut(Out):
    """A run that isn't a yes-or-no one, in money a period; one of `classes` and `forecast` is null.

    `value` is that of its decisions (of a forecast: what its errors cost, as a loss), `gain` what they bring over `reference`, the best
    way that needs no model.
    """

    format: int
    task: Task
    project_id: str
    run_id: str
    run_number: int
    dataset_version_id: str
    model_name: str
    value_model_id: str
    value_model_version: int
    currency: str
    period: Period
    cases_per_period: int
    validation_rows: int
    value: AmountOut
    reference: ClassPolicy | ForecastPolicy
    gain: AmountOut
    verdict: Verdict
    classes: ClassesOut | None
    forecast: ForecastOut | None
    provenance: ProvenanceOut


class TaskGroupOut(Out):
    """How a group is treated: share decided rightly (of forecasts: planned enough), and value (cost) of a case."""

    group: GroupOut
    rows: int
    good: IntervalOut
    per_case: AmountOut
    judged: bool


class TaskFairnessOut(Out):
    """How alike the groups of a column are treated."""

    attribute: str
    groups: list[TaskGroupOut]
    gaps: list[GapOut]
    pairs: int
    level: float


class TaskOverrideOut(Out):
    """One changed assumption; `truth` and `decided` name the classes of a payoff."""

    assumption: TaskChange
    value: Decimal
    relative: bool
    truth: str
    decided: str


class TaskOutcomeOut(Out):
    """What decisions or plans come to in a scenario, a period; of a forecast `value` is what its errors cost, as a loss."""

    value: AmountOut
    reference: RivalOut
    gain: AmountOut
    better: float


class TaskResultOut(Out):
    """A scenario evaluated; without a name, the value model as it is. `held`: decided as approved; `adapted`: decided anew."""

    name: str
    held: TaskOutcomeOut
    adapted: TaskOutcomeOut
    case: CaseOut
    overrides: list[TaskOverrideOut]


class TaskTableOut(Out):
    """A run under its project's scenarios; `unfit`: those that change what this value model doesn't have.

    `is_usual`: none is saved, and these are a pessimistic and an optimistic one to start from.
    """

    value_model_id: str
    value_model_version: int
    currency: str
    results: list[TaskResultOut]
    unfit: list[str]
    is_usual: bool


class TaskDetailsOut(Out):
    """A frozen report's breakdowns and scenarios; `scenarios` is null in reports of releases that didn't keep them."""

    segments: SegmentsOut
    fairness: list[TaskFairnessOut]
    people: list[str]
    scenarios: TaskTableOut | None


class FrozenTaskReportOut(TaskReportOut):
    """A frozen report, whole."""

    details: TaskDetailsOut | None
