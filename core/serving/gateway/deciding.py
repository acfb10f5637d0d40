"""What an approved policy does with one scored row: likelihood, decision and what that is expected to earn."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.impact.calibration import EDGE, Calibration, Method
from core.impact.decision import DecisionPolicy, PolicyKind, Resource, policy_from_json
from core.project.expression import RowValue, compile_row
from core.project.payoffs import CELLS, Cell, Formula
from core.project.value_json import cell_from_text
from core.registry.certificate import Policy
from core.serving.gateway.rows import Fault

Payoffs = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on one row.

    Args:
        probability: of the positive class in production. expected_value: of the decision, in the currency.
        payoffs: tp, fp, fn, tn of this row; None where they are the same for all rows.
    """

    probability: float
    decision: bool
    expected_value: float
    payoffs: Payoffs | None


class Decider:
    """A certificate's policy, ready to decide row by row.

    Raises:
        Corrupt: the certificate's policy can't be read.
    """

    def __init__(self, policy: Policy) -> None:
        self.decides = policy_from_json(policy.decides) if policy.decides else DecisionPolicy(PolicyKind.THRESHOLD, policy.threshold)
        cells = [cell_from_text(getattr(policy, name)) for name in CELLS]
        self.columns = tuple(policy.value_columns) if any(isinstance(c, Formula) for c in cells) or policy.value_columns else ()
        self.adjusts = self.decides.calibration.method is not Method.NONE or self.decides.odds_factor != 1.0
        self._by_row = any(isinstance(cell, Formula) for cell in cells)
        self._payoffs = [_cell(cell) for cell in cells]
        self._constant: Payoffs | None = None
        if not self._by_row:
            tp, fp, fn, tn = (pay({}) for pay in self._payoffs)
            self._constant = (tp, fp, fn, tn)
        self._cost = _cell(cell_from_text(policy.action_cost)) if policy.action_cost else None
        self._likelihood = _likelihood(self.decides)

    def decide(self, score: float, row: Mapping[str, Any]) -> Decided:
        """Decide on one row.

        Raises:
            Fault: a payoff can't be worked out for this row; names the column to mend.
        """
        p = self._likelihood(score)
        tp, fp, fn, tn = pays = self._constant or self._row_payoffs(row)
        if self.decides.by_case:
            gain = p * (tp - fn) + (1 - p) * (fp - tn)
            decision = gain > self.decides.cut * self._use(row) and gain > 0
        else:
            decision = score >= self.decides.cut
        yes, no = (tp, fp) if decision else (fn, tn)
        return Decided(p, decision, p * yes + (1 - p) * no, None if self._constant else pays)

    def _row_payoffs(self, row: Mapping[str, Any]) -> Payoffs:
        tp, fp, fn, tn = (pay(row) for pay in self._payoffs)
        if not all(map(math.isfinite, (tp, fp, fn, tn))):
            raise self._fault(row)
        return tp, fp, fn, tn

    def _use(self, row: Mapping[str, Any]) -> float:
        if self.decides.resource is Resource.CASES or self._cost is None:
            return 1.0
        use = self._cost(row)
        if not math.isfinite(use):
            raise self._fault(row)
        return use

    def _fault(self, row: Mapping[str, Any]) -> Fault:
        empty = [name for name in self.columns if row.get(name) is None]
        field = (empty or list(self.columns) or [""])[0]
        return Fault("is needed to work out what this case is worth" if empty else "gives this case no finite worth", field)


def _cell(cell: Cell) -> RowValue:
    if isinstance(cell, Formula):
        return compile_row(cell.expression)
    amount = float(cell)
    return lambda _: amount


def _likelihood(policy: DecisionPolicy) -> Callable[[float], float]:
    """`core.impact.decision.probability` for one score, without arrays."""
    calibrate, factor = _calibrate(policy.calibration), policy.odds_factor
    if factor == 1.0:
        return calibrate

    def shifted(score: float) -> float:
        p = calibrate(score)
        return p * factor / (p * factor + 1 - p)

    return shifted


def _calibrate(calibration: Calibration) -> Callable[[float], float]:
    if calibration.method is Method.PLATT:
        slope, intercept = calibration.slope, calibration.intercept

        def platt(score: float) -> float:
            clipped = min(max(score, EDGE), 1 - EDGE)
            z = slope * math.log(clipped / (1 - clipped)) + intercept
            return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))

        return platt
    if calibration.method is Method.ISOTONIC:
        knots, values = calibration.knots, calibration.values

        def isotonic(score: float) -> float:
            place = bisect_right(knots, score)
            if place == 0:
                return values[0]
            if place == len(knots):
                return values[-1]
            left, right = knots[place - 1], knots[place]
            return values[place - 1] + (values[place] - values[place - 1]) * (score - left) / (right - left)

        return isotonic
    return lambda score: min(max(score, 0.0), 1.0)
