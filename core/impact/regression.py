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
from core.impact.intervals import mean_interval
from core.project.payoffs import DeviationCosts

CASE_PLACES = 6
LEAST_ROWS = 30


class Adjusting(StrEnum):
    """How a forecast is moved: not at all, by so many units, or by a share of itself."""

    NONE = "none"
    ADDED = "added"
    MULTIPLIED = "multiplied"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is done to a forecast before it is planned by.

    Args:
        amount: units to add, or the share to add (0.2 for a fifth more).
    """

    kind: Adjusting = Adjusting.NONE
    amount: float = 0.0

    def apply(self, forecast: FloatArray) -> FloatArray:
        """Adjusted forecasts, shape (n,)."""
        match self.kind:
            case Adjusting.ADDED:
                return forecast + self.amount
            case Adjusting.MULTIPLIED:
                return forecast * (1 + self.amount)
            case Adjusting.NONE:
                return forecast


class ForecastPolicy(StrEnum):
    """What could be planned by.

    ADJUSTED: the model's forecast, moved to where errors cost least. MODEL: the forecast as it is. MEAN: the average of the
    validation rows. FIXED: the one number that would have cost least on them (the newsvendor without a model). TODAY: what
    is planned by today, such as last week's figure.
    """

    ADJUSTED = "adjusted"
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
    """

    actual: FloatArray
    forecast: FloatArray
    today: FloatArray | None = None
    blocks: IntArray | None = None

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
        quantile: the share of cases that it pays to cover, under / (under + over).
        adjustment: what the recommended policy does to the forecast; chosen on validation rows.
        reference: the cheapest policy that needs no model; saving, better: of the recommended one over it, a period.
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

    def policy_value(self, policy: ForecastPolicy) -> ForecastPolicyValue | None:
        """What is said of one policy."""
        return next((p for p in self.policies if p.policy is policy), None)


def deviation_costs(actual: FloatArray, planned: FloatArray, costs: DeviationCosts) -> tuple[FloatArray, FloatArray]:
    """What planning too little and too much costs for each row, money, shape (n,) each.

    >>> from decimal import Decimal
    >>> under, over = deviation_costs(np.array([10.0, 10.0]), np.array([6.0, 13.0]), DeviationCosts(Decimal(5), Decimal(2), Decimal(1)))
    >>> under.tolist(), over.tolist()
    ([15.0, 0.0], [0.0, 4.0])
    """
    gap, free = actual - planned, float(costs.tolerance)
    return float(costs.under) * np.maximum(gap - free, 0.0), float(costs.over) * np.maximum(-gap - free, 0.0)


def best_shift(residuals: FloatArray, costs: DeviationCosts, scale: FloatArray | None = None) -> float:
    """The shift s that makes ``forecast + s`` (or ``forecast + s scale``) cost least on these rows, exactly.

    The cost is convex and made of straight pieces; its slope rises by the cost of a unit too few where a row stops falling
    short and by that of a unit too many where it starts to be too much. Without tolerance the shift is the
    under / (under + over) quantile of the residuals. Of several equally good shifts, the one in the middle.

    Args:
        residuals: actual less forecast, shape (n,).
        scale: positive, shape (n,); None for ones.

    Source: the newsvendor's critical ratio (Arrow, Harris, Marschak 1951); piecewise linear loss: Koenker and Bassett 1978.

    >>> from decimal import Decimal
    >>> best_shift(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), DeviationCosts(Decimal(1), Decimal(1)))
    3.0
    """
    size = np.ones(residuals.size) if scale is None else scale
    free = float(costs.tolerance)
    places = np.concatenate(((residuals - free) / size, (residuals + free) / size))
    steps = np.concatenate((float(costs.under) * size, float(costs.over) * size))
    order = np.argsort(places, kind="stable")
    places, slope = places[order], np.cumsum(steps[order]) - float(costs.under) * float(size.sum())
    level = 1e-9 * float(steps.sum())
    rising, falling = np.flatnonzero(slope >= -level), np.flatnonzero(slope > level)
    low = float(places[rising[0]]) if costs.under > 0 else -np.inf
    high = float(places[falling[0]]) if falling.size else np.inf
    if np.isinf(low) or np.isinf(high):
        return high if np.isinf(low) else low
    return low + (high - low) / 2


def choose_adjustment(actual: FloatArray, forecast: FloatArray, costs: DeviationCosts) -> Adjustment:
    """The adjustment that costs least on validation rows; none with fewer than 30 rows.

    A share is only offered where all forecasts are above zero; it suits errors that grow with the forecast.
    """
    if actual.size < LEAST_ROWS:
        return Adjustment()
    residuals = actual - forecast
    offered = [Adjustment(), Adjustment(Adjusting.ADDED, best_shift(residuals, costs))]
    if bool((forecast > 0).all()):
        offered.append(Adjustment(Adjusting.MULTIPLIED, best_shift(residuals, costs, forecast)))
    return min(offered, key=lambda a: float(sum(part.sum() for part in deviation_costs(actual, a.apply(forecast), costs))))


def value_forecast(validation: ForecastSlice, test: ForecastSlice, costs: DeviationCosts, cases_per_period: float) -> ForecastFindings:
    """Value a forecast: the adjustment is chosen on validation rows, every amount is of test rows.

    Args:
        cases_per_period: forecasts that a period brings.
    """
    adjustment = choose_adjustment(validation.actual, validation.forecast, costs)
    rows = test.actual.size
    fixed = best_shift(validation.actual, costs)
    planned = {
        ForecastPolicy.ADJUSTED: adjustment.apply(test.forecast),
        ForecastPolicy.MODEL: test.forecast,
        ForecastPolicy.MEAN: np.full(rows, float(validation.actual.mean())),
        ForecastPolicy.FIXED: np.full(rows, fixed),
    }
    if test.today is not None:
        planned[ForecastPolicy.TODAY] = test.today
    parts = {policy: deviation_costs(test.actual, plan, costs) for policy, plan in planned.items()}
    recommended = ForecastPolicy.MODEL if adjustment.kind is Adjusting.NONE else ForecastPolicy.ADJUSTED
    ours = parts[recommended][0] + parts[recommended][1]
    told = tuple(_told(policy, parts[policy], ours, cases_per_period, test.blocks) for policy in planned)
    best = min((p for p in told if p.policy.needs_no_model), key=lambda p: p.cost.value)
    return ForecastFindings(costs, costs.quantile, adjustment, recommended, told, best.policy, best.behind, best.better, rows)


def _told(
    policy: ForecastPolicy, parts: tuple[FloatArray, FloatArray], ours: FloatArray, cases: float, blocks: IntArray | None
) -> ForecastPolicyValue:
    under, over = parts
    each = under + over
    behind = interval_of_rows(each - ours, blocks)
    return ForecastPolicyValue(
        policy, amount_of(interval_of_rows(each, blocks), 1.0, CASE_PLACES), amount_of(interval_of_rows(each, blocks), cases),
        amount_of(behind, cases), _above_zero(behind), amount_of(interval_of_rows(under, blocks), cases),
        amount_of(interval_of_rows(over, blocks), cases), float((under == 0).mean()),
    )  # fmt: skip


def interval_of_rows(values: FloatArray, blocks: IntArray | None = None, level: float = LEVEL) -> Interval:
    """Mean of rows with its interval; where rows come in blocks that depend on each other, by the spread of the blocks.

    Args:
        values: shape (n,). blocks: number of each row's block, shape (n,).

    Raises:
        NotEnoughData: one block only.

    Source: ratio of block totals (Cochran 1977, section 9A.1), held against the t distribution of blocks - 1.
    """
    if blocks is None:
        return mean_interval(values, least=float(values.min()), most=float(values.max()), level=level)
    codes = np.unique(blocks, return_inverse=True)[1]
    count = int(codes.max()) + 1
    mean = float(values.mean())
    if count < 2:
        raise NotEnoughData("All test rows belong together, so how sure an amount is can't be told. Give rows of at least two blocks.", field="blocks")  # fmt: skip
    off = np.bincount(codes, weights=values - mean, minlength=count)
    error = float(np.sqrt(count / (count - 1) * (off**2).sum())) / values.size
    from scipy import stats

    half = float(stats.t.ppf((1 + level) / 2, count - 1)) * error
    return Interval(mean, mean - half, mean + half)


def _above_zero(found: Interval) -> float:
    """Probability that a mean is above zero, from the half of its interval that points there."""
    half = found.value - found.low if found.value > 0 else found.high - found.value
    if half <= 0:
        return 0.5 + 0.5 * float(np.sign(found.value))
    return NormalDist().cdf(found.value / half * NormalDist().inv_cdf((1 + LEVEL) / 2))
