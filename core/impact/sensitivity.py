"""What if an assumption is wrong: the tornado, and the point at which the model stops paying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.impact.arrays import FloatArray
from core.impact.bootstrap import PairCells
from core.impact.payoff import payoff_array
from core.project.value_model import PayoffMatrix

PAYOFF_SWING = 0.20
PREVALENCE_SWING = 0.10
CASES_SWING = 0.20


class Assumption(StrEnum):
    """What a report takes for granted."""

    TP = "tp"
    FP = "fp"
    FN = "fn"
    TN = "tn"
    PREVALENCE = "prevalence"
    CASES = "cases"


@dataclass(frozen=True, slots=True)
class Rates:
    """Mean rows of each cell for one case, shape (4,) in the order tp, fp, fn, tn; or the difference of two policies' rates.

    The value of a case is ``rates @ payoffs``; a gain over an alternative is the same with the difference of the rates.
    """

    cells: FloatArray
    prevalence: float

    def value(self, payoffs: FloatArray) -> float:
        """Money per case."""
        return float(self.cells @ payoffs)

    def at_prevalence(self, prevalence: float) -> Rates:
        """The same decisions where positive cases are more or less frequent: each class keeps its hit rate (prior shift)."""
        share = self.prevalence
        up = prevalence / share if share > 0 else 1.0
        down = (1 - prevalence) / (1 - share) if share < 1 else 1.0
        return Rates(self.cells * np.array([up, down, up, down]), prevalence)


def rates_of(pair: PairCells) -> tuple[Rates, Rates]:
    """Rates of the first policy, and of the first less the second."""
    rows = float(pair.counts.sum())
    positive, negative = pair.counts * pair.outcome / rows, pair.counts * ~pair.outcome / rows

    def cells(treated: FloatArray) -> FloatArray:
        return np.array([positive @ treated, negative @ treated, positive @ (1 - treated), negative @ (1 - treated)])

    first, prevalence = cells(pair.first), float(positive.sum())
    return Rates(first, prevalence), Rates(first - cells(pair.second), prevalence)


@dataclass(frozen=True, slots=True)
class Swing:
    """The result a period if one assumption is lower or higher than assumed.

    Args:
        share: how far it is moved either way, as a share of itself.
        low, base, high: the assumption's own value, in its unit.
        at_low, at_high: the result, money a period.
    """

    assumption: Assumption
    share: float
    low: float
    base: float
    high: float
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """How much the result moves."""
        return abs(self.at_high - self.at_low)


def tornado(rates: Rates, payoff: PayoffMatrix, cases_per_period: float) -> tuple[Swing, ...]:
    """Move one assumption at a time and see what a period brings; the widest first.

    Assumptions that don't move the result (a payoff of zero, a cell without rows) are left out.

    Args:
        rates: of the policy, or of its gain over an alternative.
        cases_per_period: cases that a period brings.
    """
    base = payoff_array(payoff)
    value = rates.value(base) * cases_per_period
    swings = []
    for index, assumption in enumerate((Assumption.TP, Assumption.FP, Assumption.FN, Assumption.TN)):
        low, high = sorted((base[index] * (1 - PAYOFF_SWING), base[index] * (1 + PAYOFF_SWING)))
        ends = [rates.value(_replaced(base, index, end)) * cases_per_period for end in (low, high)]
        swings.append(Swing(assumption, PAYOFF_SWING, float(low), float(base[index]), float(high), *ends))
    share = rates.prevalence
    low, high = share * (1 - PREVALENCE_SWING), min(share * (1 + PREVALENCE_SWING), 1.0)
    ends = [rates.at_prevalence(end).value(base) * cases_per_period for end in (low, high)]
    swings.append(Swing(Assumption.PREVALENCE, PREVALENCE_SWING, low, share, high, *ends))
    low, high = cases_per_period * (1 - CASES_SWING), cases_per_period * (1 + CASES_SWING)
    swings.append(Swing(Assumption.CASES, CASES_SWING, low, cases_per_period, high, value * (1 - CASES_SWING), value * (1 + CASES_SWING)))
    moved = [s for s in swings if s.width > 1e-12 * max(abs(value), 1.0)]
    return tuple(sorted(moved, key=lambda s: -s.width))


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where the model's decisions stop being the best choice, all else as assumed.

    Args:
        at: the assumption's value there, in its unit.
        base: what is assumed.
        against: the alternative that draws level there.
        above: whether the model pays while the assumption stays above (else below) that value.
    """

    assumption: Assumption
    at: float
    base: float
    against: str
    above: bool


def break_evens(gains: Mapping[str, Rates], payoff: PayoffMatrix) -> tuple[BreakEven, ...]:
    """For each payoff, the nearest value at which an alternative draws level with the model.

    The gain over an alternative is linear in each payoff, so the crossing is ``base - gain / weight``.

    Args:
        gains: difference of the model's rates and each alternative's, by the alternative's name.

    Returns:
        At most two a payoff (one on each side); empty where the model isn't ahead today.
    """
    base = payoff_array(payoff)
    if any(rates.value(base) <= 0 for rates in gains.values()):
        return ()
    found = []
    for index, assumption in enumerate((Assumption.TP, Assumption.FP, Assumption.FN, Assumption.TN)):
        crossings = [_crossing(rates, base, index, name) for name, rates in gains.items()]
        below = [c for c in crossings if c is not None and c[0] < base[index]]
        over = [c for c in crossings if c is not None and c[0] > base[index]]
        nearest = ([max(below)] if below else []) + ([min(over)] if over else [])
        found += [BreakEven(assumption, at, float(base[index]), name, bool(at < base[index])) for at, name in nearest]
    return tuple(found)


def _crossing(rates: Rates, base: FloatArray, index: int, name: str) -> tuple[float, str] | None:
    weight = float(rates.cells[index])
    if abs(weight) < 1e-12:
        return None
    return float(base[index] - rates.value(base) / weight), name


def _replaced(payoffs: FloatArray, index: int, value: float) -> FloatArray:
    changed = payoffs.copy()
    changed[index] = value
    return changed


def heat_map(
    rates: Rates, payoff: PayoffMatrix, cases_per_period: float, first: Assumption, second: Assumption, factors: Sequence[float]
) -> FloatArray:
    """The result a period while two assumptions move together.

    Args:
        first, second: what moves along rows and along columns.
        factors: multiples of each assumption, such as 0.8, 1.0, 1.2; shape (m,).

    Returns:
        Shape (m, m), money a period.
    """
    result = np.empty((len(factors), len(factors)))
    for i, one in enumerate(factors):
        for j, two in enumerate(factors):
            moved, payoffs, cases = rates, payoff_array(payoff), cases_per_period
            for assumption, factor in ((first, one), (second, two)):
                if assumption is Assumption.CASES:
                    cases *= factor
                elif assumption is Assumption.PREVALENCE:
                    moved = moved.at_prevalence(min(moved.prevalence * factor, 1.0))
                else:
                    index = (Assumption.TP, Assumption.FP, Assumption.FN, Assumption.TN).index(assumption)
                    payoffs = _replaced(payoffs, index, payoffs[index] * factor)
            result[i, j] = moved.value(payoffs) * cases
    return result
