"""What decisions are worth under other assumptions, from the explorer's table alone. The browser's copy is `app/ui/explorer_value.js`.

With the classes' means ``m1, m0`` and variances ``s1, s0`` of a row's value on ``n`` test rows, of which a share ``p`` is positive,
and the assumed share ``q``:

    value of a case = q m1 + (1 - q) m0
    variance of it  = (q^2 s1 / p + (1 - q)^2 s0 / (1 - p) + q (1 - q) (m1 - m0)^2) / n

Each class keeps its hit rate where its share changes (prior shift). The first two terms say how well the sample knows each class's
mean; the last is the draw of the classes themselves. At ``q = p`` the sum is the variance of the row values over ``n`` (law of total
variance), which is the bootstrap's own (Efron and Tibshirani 1993, equation 5.12), so the band agrees with the report's. Amounts a
period are a case's times the cases; intervals are +/- 1.96 standard deviations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from core.impact.alternatives import AlternativeKind
from core.impact.arrays import BoolArray, FloatArray
from core.impact.bootstrap import LEVEL, Interval
from core.impact.explorer import Assumptions, ClassSums, Explorer, Sums

Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class ExploredCurve:
    """A period over all thresholds, shape (k,) each: value with its pointwise 95 % interval, and actions."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    actions: FloatArray


class _Class(NamedTuple):
    """One class's columns as arrays, amounts scaled by its two payoffs."""

    rows: FloatArray
    acted: FloatArray
    left: FloatArray
    acted_squares: FloatArray
    left_squares: FloatArray
    products: FloatArray

    @property
    def gained(self) -> FloatArray:
        """What treating the treated brings over leaving them alone."""
        return self.acted - self.left

    @property
    def gained_squares(self) -> FloatArray:
        """Its sum of squares."""
        return self.acted_squares + self.left_squares - 2 * self.products


class _Sample(NamedTuple):
    """Size and share of positive rows of the slice, and the share that is assumed."""

    rows: int
    share: float
    assumed: float

    def moments(self, one: _Moments, zero: _Moments) -> tuple[FloatArray, FloatArray]:
        """Mean of a case, and its standard deviation, at the assumed share."""
        p, q = self.share, self.assumed
        mean = q * one.mean + (1 - q) * zero.mean
        known = (q * q / p * one.variance if p > 0 else 0.0) + ((1 - q) ** 2 / (1 - p) * zero.variance if p < 1 else 0.0)
        return mean, np.sqrt((known + q * (1 - q) * (one.mean - zero.mean) ** 2) / self.rows)


class _Moments(NamedTuple):
    """Mean and variance of a class's row values."""

    mean: FloatArray
    variance: FloatArray


def curve_under(explorer: Explorer, assumed: Assumptions) -> ExploredCurve:
    """The profit curve of the test rows under other assumptions."""
    return _curve(explorer.test, assumed)


def best_under(explorer: Explorer, assumed: Assumptions) -> int:
    """The threshold that is worth most on validation rows within the limits; the report's own where nothing is better.

    Capacity and budget are held against what the test rows tell, which is what is shown; neither looks at outcomes' worth.
    """
    if assumed == explorer.agreed:
        return explorer.recommended
    value = _curve(explorer.validation, assumed).value
    told = np.where(_allowed(explorer, assumed), value, -np.inf)
    best = value.size - 1 - int(np.argmax(told[::-1]))
    own = explorer.recommended
    return own if told[own] >= told[best] - 1e-9 * max(1.0, abs(float(told[best]))) else best


def _allowed(explorer: Explorer, assumed: Assumptions) -> BoolArray:
    """Thresholds that keep to the limits, shape (k,); treating the fewest always does."""
    test, slack = explorer.test, 1 + 1e-12
    allowed = np.ones(len(explorer.thresholds), dtype=np.bool_)
    if assumed.capacity is not None:
        allowed &= _actions(test, assumed) <= assumed.capacity * slack + 1e-9
    if assumed.budget is not None and test.positive.spent is not None and test.negative.spent is not None:
        allowed &= _mixed(test, assumed, test.positive.spent, test.negative.spent) <= assumed.budget * slack + 1e-9
    if assumed.precision is not None:
        known = explorer.validation
        hits = _mixed(known, assumed, known.positive.rows, (0,) * len(allowed))
        allowed &= hits >= assumed.precision * _actions(known, assumed) - 1e-9
    allowed[-1] = True
    return allowed


def gain_under(explorer: Explorer, assumed: Assumptions, index: int, against: AlternativeKind) -> Interval:
    """What a threshold brings a period over an alternative that needs no model, paired on the same rows.

    Args:
        against: nothing, everybody, or today's rule where there is one.
    """
    test, rule = explorer.test, explorer.rule
    one = _difference(_scaled(test.positive, assumed.tp, assumed.fn), _rule_class(rule, assumed, positive=True), index, against)
    zero = _difference(_scaled(test.negative, assumed.fp, assumed.tn), _rule_class(rule, assumed, positive=False), index, against)
    mean, spread = _sample(test, assumed).moments(one, zero)
    half = Z * float(spread)
    return Interval(float(mean), float(mean) - half, float(mean) + half).scaled(assumed.cases)


def reference_under(explorer: Explorer, assumed: Assumptions) -> AlternativeKind:
    """The best alternative that needs no model: the one over which the gain is smallest."""
    kinds = [AlternativeKind.NOTHING, AlternativeKind.EVERYBODY, *([AlternativeKind.RULE] if explorer.rule is not None else [])]
    return min(kinds, key=lambda kind: gain_under(explorer, assumed, 0, kind).value)


def _curve(sums: Sums, assumed: Assumptions) -> ExploredCurve:
    one = _values(_scaled(sums.positive, assumed.tp, assumed.fn))
    zero = _values(_scaled(sums.negative, assumed.fp, assumed.tn))
    mean, spread = _sample(sums, assumed).moments(one, zero)
    value, half = mean * assumed.cases, Z * spread * assumed.cases
    return ExploredCurve(value, value - half, value + half, _actions(sums, assumed))


def _actions(sums: Sums, assumed: Assumptions) -> FloatArray:
    """Treated cases a period at each threshold."""
    return _mixed(sums, assumed, sums.positive.rows, sums.negative.rows)


def _mixed(sums: Sums, assumed: Assumptions, positive: Sequence[float], negative: Sequence[float]) -> FloatArray:
    """Two classes' sums over treated rows, as a period of the assumed cases has them, shape (k,)."""
    q, (one, zero) = _sample(sums, assumed).assumed, (max(1, part.rows[0]) for part in (sums.positive, sums.negative))
    mixed: FloatArray = (
        q * np.asarray(positive, dtype=np.float64) / one + (1 - q) * np.asarray(negative, dtype=np.float64) / zero
    ) * assumed.cases
    return mixed


def _sample(sums: Sums, assumed: Assumptions) -> _Sample:
    share = sums.prevalence
    return _Sample(sums.rows, share, assumed.prevalence if 0 < share < 1 else share)


def _scaled(sums: ClassSums, acted: float, left: float) -> _Class:
    rows = np.asarray(sums.rows, dtype=np.float64)
    a = rows if sums.acted is None else np.asarray(sums.acted)
    b = rows if sums.left is None else np.asarray(sums.left)
    a2 = rows if sums.acted_squares is None else np.asarray(sums.acted_squares)
    b2 = rows if sums.left_squares is None else np.asarray(sums.left_squares)
    ab = np.asarray(sums.products) if sums.products is not None else a if sums.left is None else b
    return _Class(rows, acted * a, left * b, acted**2 * a2, left**2 * b2, acted * left * ab)


def _values(part: _Class) -> _Moments:
    """Moments of the value of a class's rows at each threshold."""
    return _moments(part.acted + part.left[0] - part.left, part.acted_squares + part.left_squares[0] - part.left_squares, part)


def _moments(total: FloatArray, squares: FloatArray, part: _Class) -> _Moments:
    rows = max(1.0, float(part.rows[0]))
    mean = total / rows
    return _Moments(mean, np.maximum(squares / rows - mean**2, 0.0))


def _rule_class(rule: Sums | None, assumed: Assumptions, *, positive: bool) -> _Class | None:
    if rule is None:
        return None
    return _scaled(rule.positive, assumed.tp, assumed.fn) if positive else _scaled(rule.negative, assumed.fp, assumed.tn)


def _difference(part: _Class, rule: _Class | None, index: int, against: AlternativeKind) -> _Moments:
    """Moments of the difference between a threshold's decisions and an alternative's: only rows that they treat differently count."""
    here, here_squares = part.gained[index], part.gained_squares[index]
    if against is AlternativeKind.EVERYBODY:
        return _moments(here - part.gained[0], part.gained_squares[0] - here_squares, part)
    if against is AlternativeKind.RULE and rule is not None:
        squares = here_squares + rule.gained_squares[0] - 2 * rule.gained_squares[index]
        return _moments(here - rule.gained[0], squares, part)
    return _moments(here, here_squares, part)
