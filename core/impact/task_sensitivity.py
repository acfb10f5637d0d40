"""What if an assumption about classes or forecasts is wrong: the tornado of the gain, and where an alternative draws level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

import numpy as np

from core.impact.arrays import FloatArray, IntArray
from core.impact.class_pays import ClassPays, sum_classes
from core.impact.deviations import Costs, RowCosts, deviation_costs
from core.impact.payoff import as_money
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula

SWING = 0.20
MOST = 12
UNMOVED = 1e-12
LEAST = 1e-6


class TaskAssumption(StrEnum):
    """What a report of classes or forecasts takes for granted.

    PAYOFF: what one decision is worth where one class is true. UNDER, OVER: what a unit too few and too many costs.
    """

    CASES = "cases"
    PAYOFF = "payoff"
    UNDER = "under"
    OVER = "over"
    TOLERANCE = "tolerance"


@dataclass(frozen=True, slots=True)
class Rival:
    """A way of deciding or planning that needs no model.

    Args:
        policy: of `ClassPolicy` or `ForecastPolicy`. chosen: the class that is always decided on.
    """

    policy: str
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class TaskSwing:
    """The gain a period over the reference if one assumption is lower or higher than assumed, decisions staying as they are.

    Args:
        truth, decided: of PAYOFF, else empty.
        by_row: whether it differs from row to row; then all rows move together, and its values are multiples of what is assumed.
        share: how far it is moved either way, as a share of itself.
        low, base, high: the assumption's own value, in its unit.
        at_low, at_high: the gain, money a period.
    """

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

    @property
    def width(self) -> Decimal:
        """How much the gain moves."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class TaskBreakEven:
    """Where a rival draws level with the model, all else as assumed.

    Args:
        truth, decided, by_row: as in `TaskSwing`.
        at: the assumption's value there, in its unit. base: what is assumed.
        above: whether the model pays while the assumption stays above (else below) that value.
    """

    assumption: TaskAssumption
    truth: str
    decided: str
    by_row: bool
    at: float
    base: float
    against: Rival
    above: bool

    @property
    def far(self) -> float:
        """How far the assumption may move, as a share of itself."""
        return abs(self.at / self.base - 1)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Both: at most a dozen swings, the widest first, and at most a dozen break-even points, the nearest first."""

    tornado: tuple[TaskSwing, ...]
    break_evens: tuple[TaskBreakEven, ...]


@dataclass(frozen=True, slots=True)
class Lever:
    """An assumption that multiplies a part of the gain.

    Args:
        base: what is assumed, in its unit; 1 where it differs from row to row.
        parts: money a period that it has in the gain over each rival, in the order of the rivals, the reference first.
    """

    assumption: TaskAssumption
    base: float
    parts: FloatArray
    truth: str = ""
    decided: str = ""
    by_row: bool = False

    def swing(self, gain: float) -> TaskSwing:
        """Move it by a fifth either way; the gain is linear in it."""
        factors = (1 - SWING, 1 + SWING) if self.base > 0 else (1 + SWING, 1 - SWING)
        ends = [as_money(gain + (factor - 1) * float(self.parts[0])) for factor in factors]
        low, high = (self.base * factor for factor in factors)
        return TaskSwing(self.assumption, self.truth, self.decided, self.by_row, SWING, low, self.base, high, *ends)

    def break_evens(self, gains: FloatArray, rivals: Sequence[Rival]) -> list[TaskBreakEven]:
        """The nearest factor on each side at which a rival draws level: ``gain + (factor - 1) part = 0``."""
        moves = np.abs(self.parts) > UNMOVED * np.maximum(np.abs(gains), 1.0)
        crossings = [(1 - float(gains[r]) / float(self.parts[r]), rivals[r]) for r in np.flatnonzero(moves).tolist()]
        below = [c for c in crossings if LEAST < c[0] < 1]
        over = [c for c in crossings if c[0] > 1]
        nearest = [max(below, key=lambda c: c[0])] if below else []
        nearest += [min(over, key=lambda c: c[0])] if over else []
        found = [(self.base * factor, rival) for factor, rival in nearest]
        return [
            TaskBreakEven(self.assumption, self.truth, self.decided, self.by_row, at, self.base, rival, at < self.base)
            for at, rival in found
        ]


def class_sensitivity(
    truth: IntArray, ours: IntArray, pays: ClassPays, payoff: ClassPayoffs, others: Mapping[Rival, IntArray], cases_per_period: float
) -> Sensitivity:
    """Move the volume and each payoff, one at a time.

    The gain is linear in each payoff: with N the rows of one truth and decision, the model's less the rival's, it moves by
    ``(x - x0) N``. Always deciding on the same class is a rival for each class, since another one may come to be the best.

    Args:
        truth, ours: index of the true class and of the model's decision on the test rows, shape (n,).
        payoff: as it was given. pays: the same on these rows.
        others: the reference first; what each decides, shape (n,). cases_per_period: cases that a period brings.
    """
    classes, size = payoff.classes, len(payoff.classes)
    scale = cases_per_period / truth.size
    tables = {rival: sum_classes(truth, decided, pays.of(truth, decided), size) for rival, decided in others.items()}
    tables |= {rival: table for rival, table in _constant(truth, pays, classes).items() if rival not in tables}
    own = sum_classes(truth, ours, pays.of(truth, ours), size)
    parts = (own - np.array(list(tables.values()))) * scale
    levers = [Lever(TaskAssumption.CASES, cases_per_period, parts.sum(axis=(1, 2)))]
    for i, row in enumerate(payoff.values):
        for j, cell in enumerate(row):
            by_row = isinstance(cell, Formula)
            base = 1.0 if isinstance(cell, Formula) else float(cell)
            if base:
                levers.append(Lever(TaskAssumption.PAYOFF, base, parts[:, i, j], classes[i], classes[j], by_row))
    return _sensitivity(levers, parts.sum(axis=(1, 2)), list(tables))


def _constant(truth: IntArray, pays: ClassPays, classes: Sequence[str]) -> dict[Rival, FloatArray]:
    """Sums by truth and decision where always the same class is decided on, for each class."""
    each = np.bincount(truth, minlength=len(classes))[:, None] * pays.table
    for cell in pays.cells:
        each[cell.truth, cell.decided] = cell.values[truth == cell.truth].sum()
    return {Rival("one_class", name): np.where(np.arange(len(classes)) == j, each, 0.0) for j, name in enumerate(classes)}


def forecast_sensitivity(
    actual: FloatArray, ours: FloatArray, others: Mapping[Rival, FloatArray], given: DeviationCosts, costs: Costs, cases_per_period: float
) -> Sensitivity:
    """Move the volume, the cost of a unit too few and too many, and the tolerance, one at a time, plans staying as they are.

    The saving is linear in both costs. It isn't in the tolerance, which is worked out anew at both ends and has no break-even point.

    Args:
        actual: of the test rows, shape (n,), in units. ours: what is planned by the model.
        others: the reference first; what is planned without the model. given: the costs as they were given; costs: on these rows.
    """
    rivals, plans = list(others), [ours, *others.values()]
    sides = np.array([_sides(actual, plan, costs) for plan in plans]) * cases_per_period
    parts = sides[1:] - sides[0]
    levers = [Lever(TaskAssumption.CASES, cases_per_period, parts.sum(axis=1))]
    for place, (assumption, cell) in enumerate(((TaskAssumption.UNDER, given.under), (TaskAssumption.OVER, given.over))):
        base = 1.0 if isinstance(cell, Formula) else float(cell)
        if base:
            levers.append(Lever(assumption, base, parts[:, place], by_row=isinstance(cell, Formula)))
    swing = _tolerance(actual, plans[:2], costs, float(given.tolerance), cases_per_period)
    return _sensitivity(levers, parts.sum(axis=1), rivals, [swing] if swing else [])


def _sides(actual: FloatArray, plan: FloatArray, costs: Costs) -> tuple[float, float]:
    under, over = deviation_costs(actual, plan, costs)
    return float(under.mean()), float(over.mean())


def _tolerance(actual: FloatArray, plans: Sequence[FloatArray], costs: Costs, base: float, cases: float) -> TaskSwing | None:
    if base <= 0:
        return None
    low, high = base * (1 - SWING), base * (1 + SWING)
    ends = []
    for width in (low, high):
        moved = _with_tolerance(costs, width)
        own, other = (sum(_sides(actual, plan, moved)) for plan in plans)
        ends.append(as_money((other - own) * cases))
    return TaskSwing(
        TaskAssumption.TOLERANCE, "", "", by_row=False, share=SWING, low=low, base=base, high=high, at_low=ends[0], at_high=ends[1]
    )


def _with_tolerance(costs: Costs, width: float) -> Costs:
    if isinstance(costs, RowCosts):
        return replace(costs, tolerance=width)
    return replace(costs, tolerance=Decimal(repr(width)))


def _sensitivity(levers: Sequence[Lever], gains: FloatArray, rivals: Sequence[Rival], more: Sequence[TaskSwing] = ()) -> Sensitivity:
    """Put both together; break-even points only where the model is ahead of every rival today."""
    gain = float(gains[0])
    swings = [swing for swing in (*(lever.swing(gain) for lever in levers), *more) if swing.width]
    points: list[TaskBreakEven] = []
    size = max(float(np.abs(lever.parts).max()) for lever in levers)
    if bool((gains > UNMOVED * size).all()):
        points = [p for lever in levers if lever.assumption is not TaskAssumption.CASES for p in lever.break_evens(gains, rivals)]
    return Sensitivity(tuple(sorted(swings, key=lambda s: -s.width)[:MOST]), tuple(sorted(points, key=lambda p: p.far)[:MOST]))
