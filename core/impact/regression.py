"""What forecasts are worth: the cost of planning too little or too much, the newsvendor's quantile, and the adjustment that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np

from core.errors import InvalidInput, NotEnoughData
from core.impact.amounts import Amount, amount_of
from core.impact.arrays import FloatArray, IntArray
from core.impact.bootstrap import LEVEL, Interval
from core.impact.cost_curve import CostPoint, cost_curve
from core.impact.deviations import (
    Adjusting,
    Adjustment,
    Costs,
    RowCosts,
    best_shift,
    choose_adjustment,
    choose_uniform,
    covered_share,
    covered_shares,
    deviation_costs,
)
from core.impact.intervals import interval_of_rows
from core.impact.task_sensitivity import Rival, TaskBreakEven, TaskSwing, forecast_sensitivity
from core.project.payoffs import DeviationCosts

CASE_PLACES = 6


class ForecastPolicy(StrEnum):
    """What could be planned by.

    ADJUSTED: the model's forecast, moved to where errors cost least. SHIFTED: moved alike for all cases, the simpler way where ADJUSTED
    moves each by its own costs. MODEL: the forecast as it is. MEAN: the average of the
    validation rows. FIXED: the one number that would have cost least on them (the newsvendor without a model). TODAY: what
    is planned by today, such as last week's figure.
    """

    ADJUSTED = "adjusted"
    SHIFTED = "shifted"
    MODEL = "model"
    MEAN = "mean"
    FIXED = "fixed"
    TODAY = "today"

    @property
    def needs_no_model(self) -> bool:
        """Whether the headline compares with it."""
        return self in {ForecastPolicy.MEAN, ForecastPolicy.FIXED, ForecastPolicy.TODAY}


@dataclass(frozen=True, slots=True)
class ForecastSlice:
    """Rows of one split.

    Args:
        actual, forecast: what came and what the model said, shape (n,), in units.
        today: what was planned by without the model, shape (n,); None where nothing is known.
        blocks: rows that depend on each other (hours of one day) share a number, shape (n,); None where rows are independent.
        costs: what a deviation costs on these rows; None where it is the same for all.
    """

    actual: FloatArray
    forecast: FloatArray
    today: FloatArray | None = None
    blocks: IntArray | None = None
    costs: RowCosts | None = None

    def __post_init__(self) -> None:
        if self.actual.size == 0:
            raise NotEnoughData("There is no labelled row to value decisions on. Give at least one.", field="y")
        for column in (self.actual, self.forecast, self.today):
            if column is not None and (column.shape != self.actual.shape or not bool(np.isfinite(column).all())):
                raise InvalidInput("Forecasts and outcomes must be numbers, one of each for every row.", field="score")


@dataclass(frozen=True, slots=True)
class ForecastPolicyValue:
    """A policy and what its errors cost on the test rows.

    Args:
        cost_per_case, cost: a case, and a period.
        behind: what the recommended policy saves more, a period; better: the probability that it does.
        under, over: what planning too little and too much costs a period.
        covered: share of cases in which the plan (with the tolerance) was enough.
    """

    policy: ForecastPolicy
    cost_per_case: Amount
    cost: Amount
    behind: Amount
    better: float
    under: Amount
    over: Amount
    covered: float


@dataclass(frozen=True, slots=True)
class ForecastFindings:
    """A forecast's worth under costs of deviations.

    Args:
        quantile: the share of cases that it pays to cover, under / (under + over); where costs differ by row, weighted by them.
        quantiles: where costs differ by row, that share for the rows: its 5 %, 50 % and 95 % points; else None.
        adjustment: what the recommended policy does to the forecast; chosen on validation rows.
        curve: what planning more or less than the model says costs a period.
        reference: the cheapest policy that needs no model; saving, better: of the recommended one over it, a period.
        days: how many days the test rows are of, where rows of a day count as one for the intervals; None where each row counts.
        tornado: what one wrong assumption makes of `saving`. break_evens: where an alternative draws level.
    """

    costs: DeviationCosts
    quantile: float
    adjustment: Adjustment
    recommended: ForecastPolicy
    policies: tuple[ForecastPolicyValue, ...]
    reference: ForecastPolicy
    saving: Amount
    better: float
    rows: int
    quantiles: tuple[float, float, float] | None = None
    curve: tuple[CostPoint, ...] = ()
    tornado: tuple[TaskSwing, ...] = ()
    break_evens: tuple[TaskBreakEven, ...] = ()
    days: int | None = None

    def policy_value(self, policy: ForecastPolicy) -> ForecastPolicyValue | None:
        """What is said of one policy."""
        return next((p for p in self.policies if p.policy is policy), None)


def value_forecast(validation: ForecastSlice, test: ForecastSlice, costs: DeviationCosts, cases_per_period: float) -> ForecastFindings:
    """Value a forecast: the adjustment is chosen on validation rows, every amount is of test rows.

    Args:
        cases_per_period: forecasts that a period brings.
    """
    fresh, rows = test.costs or costs, test.actual.size
    adjustment, planned = plan_forecast(validation, test, costs)
    parts = {policy: deviation_costs(test.actual, plan, fresh) for policy, plan in planned.items()}
    recommended = ForecastPolicy.MODEL if adjustment.kind is Adjusting.NONE else ForecastPolicy.ADJUSTED
    ours = parts[recommended][0] + parts[recommended][1]
    told = tuple(_told(policy, parts[policy], ours, cases_per_period, test.blocks) for policy in planned)
    best = min((p for p in told if p.policy.needs_no_model), key=lambda p: p.cost.value)
    rivals = sorted((p.policy for p in told if p.policy.needs_no_model), key=lambda policy: policy is not best.policy)
    others = {Rival(policy): planned[policy] for policy in rivals}
    moved = forecast_sensitivity(test.actual, planned[recommended], others, costs, fresh, cases_per_period)
    return ForecastFindings(
        costs, covered_share(fresh), adjustment, recommended, told, best.policy, best.behind, best.better, rows, covered_shares(fresh),
        cost_curve(test.actual, test.forecast, fresh, adjustment, cases_per_period, test.blocks), moved.tornado, moved.break_evens,
        None if test.blocks is None else int(np.unique(test.blocks).size),
    )  # fmt: skip


def plan_forecast(
    validation: ForecastSlice, test: ForecastSlice, costs: DeviationCosts
) -> tuple[Adjustment, dict[ForecastPolicy, FloatArray]]:
    """What each policy plans on the test rows, shape (n,) each, and the adjustment that was chosen on the validation rows."""
    known, rows = validation.costs or costs, test.actual.size
    adjustment = choose_adjustment(validation.actual, validation.forecast, known)
    planned = {
        ForecastPolicy.ADJUSTED: adjustment.apply(test.forecast, test.costs),
        **_simpler(validation, test, known, adjustment),
        ForecastPolicy.MODEL: test.forecast,
        ForecastPolicy.MEAN: np.full(rows, float(validation.actual.mean())),
        ForecastPolicy.FIXED: np.full(rows, best_shift(validation.actual, known)),
    }
    return adjustment, planned if test.today is None else planned | {ForecastPolicy.TODAY: test.today}


def _simpler(validation: ForecastSlice, test: ForecastSlice, known: Costs, chosen: Adjustment) -> dict[ForecastPolicy, FloatArray]:
    """What moving all cases alike would plan, where each is moved by its own costs and that way isn't the forecast as it is."""
    uniform = choose_uniform(validation.actual, validation.forecast, known) if chosen.kind.by_row else Adjustment()
    return {} if uniform.kind is Adjusting.NONE else {ForecastPolicy.SHIFTED: uniform.apply(test.forecast)}


def _told(
    policy: ForecastPolicy, parts: tuple[FloatArray, FloatArray], ours: FloatArray, cases: float, blocks: IntArray | None
) -> ForecastPolicyValue:
    under, over = parts
    each = under + over
    behind = interval_of_rows(each - ours, blocks)
    return ForecastPolicyValue(
        policy, amount_of(interval_of_rows(each, blocks), 1.0, CASE_PLACES), amount_of(interval_of_rows(each, blocks), cases),
        amount_of(behind, cases), above_zero(behind), amount_of(interval_of_rows(under, blocks), cases),
        amount_of(interval_of_rows(over, blocks), cases), float((under == 0).mean()),
    )  # fmt: skip


def above_zero(found: Interval) -> float:
    """Probability that a mean is above zero, from the half of its interval that points there."""
    half = found.value - found.low if found.value > 0 else found.high - found.value
    if half <= 0:
        return 0.5 + 0.5 * float(np.sign(found.value))
    return NormalDist().cdf(found.value / half * NormalDist().inv_cdf((1 + LEVEL) / 2))
