"""What planning too little or too much costs, for costs that are constant and for those that differ by row, and the adjustment that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from core.impact.arrays import BoolArray, FloatArray
from core.impact.calibration import FOLDS, folds_of
from core.impact.row_shifts import ratio_shifts, shifts_at
from core.project.expression import evaluate
from core.project.payoffs import Cell, DeviationCosts, Formula

LEAST_ROWS = 30
SAME = 1e-9
MOST_HELD = 200_000


class Adjusting(StrEnum):
    """How a forecast is moved: not at all, by so many units, or by a share of itself.

    ADDED and MULTIPLIED are the same for all rows; ADDED_BY_ROW and MULTIPLIED_BY_ROW take each row to its own critical ratio.
    """

    NONE = "none"
    ADDED = "added"
    MULTIPLIED = "multiplied"
    ADDED_BY_ROW = "added_by_row"
    MULTIPLIED_BY_ROW = "multiplied_by_row"

    @property
    def by_row(self) -> bool:
        """Whether each row is moved by its own costs."""
        return self in {Adjusting.ADDED_BY_ROW, Adjusting.MULTIPLIED_BY_ROW}

    @property
    def is_share(self) -> bool:
        """Whether it moves by a share of the forecast, not by units."""
        return self in {Adjusting.MULTIPLIED, Adjusting.MULTIPLIED_BY_ROW}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is done to a forecast before it is planned by.

    Args:
        amount: units to add, or the share to add (0.2 for a fifth more); zero of kinds by row.
        table: of kinds by row: what to add at each critical ratio from 0 to 1 in even steps (`row_shifts.ratio_shifts`); else empty.
    """

    kind: Adjusting = Adjusting.NONE
    amount: float = 0.0
    table: tuple[float, ...] = ()

    def apply(self, forecast: FloatArray, costs: Costs | None = None) -> FloatArray:
        """Adjusted forecasts, shape (n,).

        Args:
            costs: of these rows; what kinds by row need.

        Raises:
            InvalidInput: a kind by row without the rows' costs.
        """
        amount: FloatArray | float = self.amount
        if self.kind.by_row:
            if not isinstance(costs, RowCosts):
                raise InvalidInput("This adjustment moves each row by its own costs. Give them.", field="payoff")
            amount = shifts_at(self.table, costs.ratios)
        return forecast * (1 + amount) if self.kind.is_share else forecast + amount


@dataclass(frozen=True, slots=True)
class RowCosts:
    """What a unit too few and a unit too many costs for each row of a slice: where these differ from case to case.

    Args:
        under, over: money a unit, shape (n,), not negative. tolerance: deviations up to this many units cost nothing.

    Raises:
        InvalidInput: a cost is negative, or none is above zero.
    """

    under: FloatArray
    over: FloatArray
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        for name in ("under", "over"):
            values = getattr(self, name)
            if bool((values < 0).any()):
                raise InvalidInput(
                    "The cost '{field}' comes out negative for {bad} of {rows} rows. Guard it, for example with max(cost, 0).",
                    field=f"payoff.{name}", bad=int((values < 0).sum()), rows=int(values.size),
                )  # fmt: skip
        if not bool((self.under > 0).any() or (self.over > 0).any()):
            raise InvalidInput("At least one of the two costs must be above zero.", field="payoff.under")

    @property
    def ratios(self) -> FloatArray:
        """The share of cases to cover of each row, shape (n,); where a deviation costs nothing, that of all rows together."""
        total = self.under + self.over
        found: FloatArray = np.divide(self.under, total, out=np.full(total.shape, covered_share(self)), where=total > 0)
        return found

    @property
    def differ(self) -> bool:
        """Whether rows have different critical ratios."""
        return float(np.ptp(self.quantiles)) > SAME

    def part(self, rows: BoolArray) -> RowCosts | None:
        """Those of some rows; None where no deviation costs anything there."""
        under, over = self.under[rows], self.over[rows]
        return RowCosts(under, over, self.tolerance) if bool((under > 0).any() or (over > 0).any()) else None

    @property
    def quantiles(self) -> FloatArray:
        """The share of cases to cover, under / (under + over), of each row where a deviation costs anything."""
        total = self.under + self.over
        return self.under[total > 0] / total[total > 0]


Costs = DeviationCosts | RowCosts


def row_costs(costs: DeviationCosts, frame: pd.DataFrame) -> RowCosts:
    """Costs worked out on rows.

    Args:
        frame: the columns that the formulas read, a row for each of the slice.

    Raises:
        InvalidInput: a formula can't be worked out on some row, or comes out negative; names the cost.
    """

    def amounts(cell: Cell, field: str) -> FloatArray:
        return evaluate(cell.expression, frame, field) if isinstance(cell, Formula) else np.full(len(frame), float(cell))

    return RowCosts(amounts(costs.under, "payoff.under"), amounts(costs.over, "payoff.over"), float(costs.tolerance))


def unit_costs(costs: Costs) -> tuple[FloatArray | float, FloatArray | float, float]:
    """Costs of a unit too few and too many, and the tolerance.

    Raises:
        InvalidInput: a formula that wasn't worked out on the rows.
    """
    if isinstance(costs, RowCosts):
        return costs.under, costs.over, costs.tolerance
    for name in ("under", "over"):
        if isinstance(getattr(costs, name), Formula):
            raise InvalidInput("'{field}' differs from case to case, so it has no single amount.", field=f"payoff.{name}")
    return float(costs.under), float(costs.over), float(costs.tolerance)  # type: ignore[arg-type]


def deviation_costs(actual: FloatArray, planned: FloatArray, costs: Costs) -> tuple[FloatArray, FloatArray]:
    """What planning too little and too much costs for each row, money, shape (n,) each.

    >>> from decimal import Decimal
    >>> under, over = deviation_costs(np.array([10.0, 10.0]), np.array([6.0, 13.0]), DeviationCosts(Decimal(5), Decimal(2), Decimal(1)))
    >>> under.tolist(), over.tolist()
    ([15.0, 0.0], [0.0, 4.0])
    """
    gap, (under, over, free) = actual - planned, unit_costs(costs)
    return under * np.maximum(gap - free, 0.0), over * np.maximum(-gap - free, 0.0)


def best_shift(residuals: FloatArray, costs: Costs, scale: FloatArray | None = None) -> float:
    """The shift s that makes ``forecast + s`` (or ``forecast + s scale``) cost least on these rows, exactly.

    The cost is convex and made of straight pieces; its slope rises by the cost of a unit too few where a row stops falling
    short and by that of a unit too many where it starts to be too much. Without tolerance the shift is the
    under / (under + over) quantile of the residuals; where costs differ by row, the quantile weighted by them. Of several equally good shifts, the one in the middle.

    Args:
        residuals: actual less forecast, shape (n,).
        scale: positive, shape (n,); None for ones.

    Source: the newsvendor's critical ratio (Arrow, Harris, Marschak 1951); piecewise linear loss: Koenker and Bassett 1978.

    >>> from decimal import Decimal
    >>> best_shift(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), DeviationCosts(Decimal(1), Decimal(1)))
    3.0
    """
    size = np.ones(residuals.size) if scale is None else scale
    under, over, free = unit_costs(costs)
    places = np.concatenate(((residuals - free) / size, (residuals + free) / size))
    steps = np.concatenate((under * size, over * size))
    order = np.argsort(places, kind="stable")
    start = under * float(size.sum()) if isinstance(under, float) else float(under @ size)
    places, slope = places[order], np.cumsum(steps[order]) - start
    level = 1e-9 * float(steps.sum())
    rising, falling = np.flatnonzero(slope >= -level), np.flatnonzero(slope > level)
    low = float(places[rising[0]]) if start > 0 else -np.inf
    high = float(places[falling[0]]) if falling.size else np.inf
    if np.isinf(low) or np.isinf(high):
        return high if np.isinf(low) else low
    return low + (high - low) / 2


def choose_adjustment(actual: FloatArray, forecast: FloatArray, costs: Costs) -> Adjustment:
    """The adjustment that costs least on validation rows; none with fewer than 30 rows.

    A share is only offered where all forecasts are above zero; it suits errors that grow with the forecast. Where costs make the
    critical ratio differ by row, kinds by row are offered too. These have as many degrees of freedom as the residuals have quantiles,
    so all kinds are then held against each other out of sample: fitted on four fifths of the rows, counted on the fifth that is left,
    five times (Hastie, Tibshirani, Friedman 2009, section 7.10); the one that costs least is fitted on all rows.
    """
    if actual.size < LEAST_ROWS or not (isinstance(costs, RowCosts) and costs.differ):
        return choose_uniform(actual, forecast, costs)
    shares = bool((forecast > 0).all())
    best = _least_out_of_sample(*_some(actual, forecast, costs), shares=shares)
    whole = np.ones(actual.size, dtype=np.bool_)
    return next(one for one in _fitted(actual, forecast, costs, whole, shares=shares) if one.kind is best)


def _some(actual: FloatArray, forecast: FloatArray, costs: RowCosts) -> tuple[FloatArray, FloatArray, RowCosts]:
    """Rows that kinds are held against each other on: of very many an even spread, which tells as much."""
    rows = np.zeros(actual.size, dtype=np.bool_)
    rows[:: -(-actual.size // MOST_HELD)] = True
    part = costs.part(rows)
    return (actual, forecast, costs) if part is None else (actual[rows], forecast[rows], part)


def _least_out_of_sample(actual: FloatArray, forecast: FloatArray, costs: RowCosts, *, shares: bool) -> Adjusting:
    fold, spent = folds_of(actual.size, actual.size), {Adjusting.NONE: 0.0}
    for held in range(FOLDS):
        for one in _fitted(actual, forecast, costs, fold != held, shares=shares):
            spent[one.kind] = spent.get(one.kind, 0.0) + _cost(actual, one.apply(forecast, costs), costs, fold == held)
    return min(spent, key=spent.__getitem__)


def choose_uniform(actual: FloatArray, forecast: FloatArray, costs: Costs) -> Adjustment:
    """The adjustment that costs least on validation rows among those that move all rows alike; none with fewer than 30 rows."""
    if actual.size < LEAST_ROWS:
        return Adjustment()
    offered = _uniform(actual - forecast, forecast, costs, shares=bool((forecast > 0).all()))
    return min(offered, key=lambda a: _cost(actual, a.apply(forecast), costs))


def _uniform(residuals: FloatArray, forecast: FloatArray, costs: Costs, *, shares: bool) -> list[Adjustment]:
    offered = [Adjustment(), Adjustment(Adjusting.ADDED, best_shift(residuals, costs))]
    return [*offered, Adjustment(Adjusting.MULTIPLIED, best_shift(residuals, costs, forecast))] if shares else offered


def _still(*, shares: bool) -> list[Adjustment]:
    """The same kinds where no deviation costs anything, so that none moves."""
    return [Adjustment(kind) for kind in (Adjusting.NONE, Adjusting.ADDED, *([Adjusting.MULTIPLIED] if shares else []))]


def _fitted(actual: FloatArray, forecast: FloatArray, costs: RowCosts, rows: BoolArray, *, shares: bool) -> list[Adjustment]:
    """Every kind, fitted on some rows; the kinds are the same whichever rows these are."""
    residuals, given, part = (actual - forecast)[rows], forecast[rows], costs.part(rows)
    offered = _uniform(residuals, given, part, shares=shares) if part else _still(shares=shares)
    offered.append(Adjustment(Adjusting.ADDED_BY_ROW, table=ratio_shifts(residuals, costs.tolerance)))
    if shares:
        offered.append(Adjustment(Adjusting.MULTIPLIED_BY_ROW, table=ratio_shifts(residuals, costs.tolerance, given)))
    return offered


def _cost(actual: FloatArray, planned: FloatArray, costs: Costs, rows: BoolArray | None = None) -> float:
    """What plans cost on all rows, or on some."""
    under, over = deviation_costs(actual, planned, costs)
    return float(under.sum() + over.sum() if rows is None else under[rows].sum() + over[rows].sum())


def covered_share(costs: Costs) -> float:
    """The share of cases that it pays to cover; where costs differ by row, the share that the costs weigh it to."""
    under, over, _ = unit_costs(costs)
    if isinstance(costs, DeviationCosts):
        return float(costs.quantile or 0.0)
    return float(np.sum(under) / (np.sum(under) + np.sum(over)))


def covered_shares(costs: Costs) -> tuple[float, float, float] | None:
    """That share for the rows, where it differs: its 5 %, 50 % and 95 % points."""
    if isinstance(costs, DeviationCosts):
        return None
    low, middle, high = np.quantile(costs.quantiles, [0.05, 0.5, 0.95]).tolist()
    return low, middle, high
