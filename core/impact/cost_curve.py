"""What planning more or less than the model says costs: the curve on which the chosen adjustment is the lowest point of the validation rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.impact.amounts import Amount, amount_of
from core.impact.arrays import FloatArray, IntArray
from core.impact.deviations import Adjusting, Adjustment, Costs, deviation_costs
from core.impact.intervals import interval_of_rows
from core.impact.payoff import as_money

POINTS = 24
LEAST_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class CostPoint:
    """One adjustment of all forecasts, and what it would have cost on the test rows.

    Args:
        amount: units added, or the share added, as the adjustment's kind says; zero is the model's own forecast, or the plan that was chosen by row.
        cost: a period. under, over: what of it planning too little and too much costs. covered: share of cases in which the plan was enough.
    """

    amount: float
    cost: Amount
    under: Decimal
    over: Decimal
    covered: float


def cost_curve(
    actual: FloatArray, forecast: FloatArray, costs: Costs, chosen: Adjustment, cases: float, blocks: IntArray | None = None
) -> tuple[CostPoint, ...]:
    """Cost over the adjustment, in the chosen one's unit (units where none was chosen); zero and the chosen one are always among the points.

    Where each row is moved by its own costs, the curve shows what moving all of these plans further would cost, so that zero is the plan.

    Args:
        actual, forecast: of the test rows, shape (n,). cases: forecasts that a period brings.
    """
    kind = Adjusting.MULTIPLIED if chosen.kind.is_share else Adjusting.ADDED
    if chosen.kind.by_row:
        forecast = chosen.apply(forecast, costs)
    return tuple(
        _point(actual, forecast, costs, Adjustment(kind, amount), cases, blocks) for amount in _amounts(actual - forecast, chosen).tolist()
    )


def _amounts(residuals: FloatArray, chosen: Adjustment) -> FloatArray:
    """Adjustments to look at: from well below to well above both zero and the chosen one."""
    spread = LEAST_SHARE if chosen.kind.is_share else float(residuals.std())
    reach = max(abs(chosen.amount), spread)
    low, high = min(0.0, chosen.amount) - reach, max(0.0, chosen.amount) + reach
    if chosen.kind.is_share:
        low = max(low, -1.0)
    return np.unique(np.concatenate((np.linspace(low, high, POINTS), [0.0, chosen.amount])))


def _point(actual: FloatArray, forecast: FloatArray, costs: Costs, by: Adjustment, cases: float, blocks: IntArray | None) -> CostPoint:
    under, over = deviation_costs(actual, by.apply(forecast), costs)
    cost = amount_of(interval_of_rows(under + over, blocks), cases)
    short, long = (as_money(float(each.mean()) * cases) for each in (under, over))
    return CostPoint(by.amount, cost, short, long, float((under == 0).mean()))
