"""What if an assumption is wrong: the tornado, and the point at which the model stops paying."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from core.errors import InvalidInput
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
    CAPACITY = "capacity"
    BUDGET = "budget"
    ONE_OFF_COST = "one_off_cost"
    RUNNING_COST = "running_cost"
    DISCOUNT_RATE = "discount_rate"


class Basis(StrEnum):
    """What is moved by assumptions: the policy's own value, or its gain where doing nothing isn't worth zero."""

    VALUE = "value"
    GAIN = "gain"


PAYOFFS = (Assumption.TP, Assumption.FP, Assumption.FN, Assumption.TN)


@dataclass(frozen=True, slots=True)
class Range:
    """How far an assumption may be off, as people see it: its lowest and highest value, in its unit."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise InvalidInput("An assumption's lowest value must be a number not above its highest.", field="range")


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
        share: how far it is moved either way, as a share of itself; 0 where it has a low and a high of its own.
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


def tornado(
    rates: Rates, payoff: PayoffMatrix, cases_per_period: float, ranges: Mapping[Assumption, Range] = MappingProxyType({})
) -> tuple[Swing, ...]:
    """Move one assumption at a time and see what a period brings, the decisions staying as they are; the widest first.

    Assumptions that don't move the result (a payoff of zero, a cell without rows) are left out.

    Args:
        rates: of the policy, or of its gain over an alternative.
        cases_per_period: cases that a period brings.
        ranges: of assumptions that have a low and a high of their own; the others move by 20 % (prevalence by 10 %).
    """
    base = payoff_array(payoff)
    bases = {assumption: float(amount) for assumption, amount in zip(PAYOFFS, base, strict=True)}
    bases |= {Assumption.PREVALENCE: rates.prevalence, Assumption.CASES: cases_per_period}

    def result(assumption: Assumption, end: float) -> float:
        if assumption is Assumption.CASES:
            return rates.value(base) * end
        if assumption is Assumption.PREVALENCE:
            return rates.at_prevalence(min(end, 1.0)).value(base) * cases_per_period
        return rates.value(_replaced(base, PAYOFFS.index(assumption), end)) * cases_per_period

    return swings(bases, result, ranges)


def swings(
    bases: Mapping[Assumption, float], result: Callable[[Assumption, float], float], ranges: Mapping[Assumption, Range]
) -> tuple[Swing, ...]:
    """Move each assumption to its low and its high, all others as assumed; the widest first.

    Args:
        bases: what is assumed. result: what comes out where one assumption has another value, money.
        ranges: of assumptions that have a low and a high of their own.
    """
    found = []
    for assumption, base in bases.items():
        share = 0.0 if assumption in ranges else usual_swing(assumption)
        own = ranges.get(assumption) or _around(base, share, most=1.0 if assumption is Assumption.PREVALENCE else math.inf)
        ends = result(assumption, own.low), result(assumption, own.high)
        found.append(Swing(assumption, share, own.low, base, own.high, *ends))
    moved = [s for s in found if s.width > 1e-12 * max(abs(s.at_low), abs(s.at_high), 1.0)]
    return tuple(sorted(moved, key=lambda s: -s.width))


def usual_swing(assumption: Assumption) -> float:
    """How far an assumption is moved either way where nobody said how far it may be off, as a share of itself."""
    if assumption is Assumption.PREVALENCE:
        return PREVALENCE_SWING
    return PAYOFF_SWING if assumption in PAYOFFS else CASES_SWING


def _around(base: float, share: float, most: float) -> Range:
    low, high = sorted((base * (1 - share), base * (1 + share)))
    return Range(low, min(high, most))


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
    for index, assumption in enumerate(PAYOFFS):
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
                    index = PAYOFFS.index(assumption)
                    payoffs = _replaced(payoffs, index, payoffs[index] * factor)
            result[i, j] = moved.value(payoffs) * cases
    return result
