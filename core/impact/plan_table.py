"""What if a forecast's costs, its volume or what is added to it were otherwise: a few hundred sums, from which any of it follows at once.

The cost of planning ``forecast + a s`` (s: ones, or the forecast itself) is convex in a and made of straight pieces. Its two sides are
summed up exactly at a few hundred values of a and taken as straight between them; the costs of a unit too few and too many only
multiply them. So a million rows are sorted once, and no later question needs them again. The interval of a saving needs rows in
pairs: it is that of a seeded sample of the test rows, as wide as all of them would make it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.impact.amounts import Amount, amount_of
from core.impact.arrays import FloatArray, IntArray
from core.impact.bootstrap import Interval
from core.impact.deviations import Adjusting, Costs, RowCosts, best_shift, deviation_costs, unit_costs
from core.impact.intervals import interval_of_rows
from core.impact.regression import ForecastFindings, ForecastPolicy, ForecastSlice
from core.impact.task_sensitivity import Rival
from core.project.payoffs import DeviationCosts, Formula

KNOTS = 600
SAMPLE = 20_000
TAIL = 1e-4
LEAST = 1e-9
EDGE = 0.01


@dataclass(frozen=True, slots=True)
class SideSums:
    """Both sides of the cost over what is added, mean a case where a unit costs 1 (or what its formula says); shape (k,) each.

    Args:
        amounts: rising. covered: share of cases in which the plan is enough.
    """

    amounts: FloatArray
    under: FloatArray
    over: FloatArray
    covered: FloatArray

    def at(self, amount: float) -> tuple[float, float, float]:
        """Both sides and the covered share at an amount."""
        under, over, covered = (float(np.interp(amount, self.amounts, column)) for column in (self.under, self.over, self.covered))
        return under, over, covered

    def best(self, under: float, over: float) -> float:
        """The amount that costs least under these two costs."""
        return float(self.amounts[int(np.argmin(under * self.under + over * self.over))])


def side_sums(actual: FloatArray, base: FloatArray, costs: Costs, scale: FloatArray | None, also: tuple[float, ...]) -> SideSums:
    """Sum both sides up.

    Args:
        base: what is planned where nothing is added, shape (n,). scale: what an amount of 1 adds, positive, shape (n,); None: ones.
        also: amounts that must be among the knots.
    """
    size, (under, over, free) = np.ones(actual.size) if scale is None else scale, unit_costs(costs)
    gap = actual - base
    low, high = (gap - free) / size, (gap + free) / size
    places = np.concatenate((low, high)) if free else low
    inner = np.quantile(places, np.linspace(TAIL, 1 - TAIL, KNOTS))
    amounts = np.unique(np.concatenate((inner, [float(places.min()), float(places.max())], also)))
    short = _tail_sums(low, under * size, amounts)
    long = _tail_sums(-high, over * size, -amounts[::-1])[::-1]
    covered = np.searchsorted(np.sort(low), amounts, side="right") / actual.size
    return SideSums(amounts, short / actual.size, long / actual.size, covered)


def _tail_sums(places: FloatArray, weights: FloatArray, amounts: FloatArray) -> FloatArray:
    """``sum of weight (place - a)`` over places above each amount; amounts rise."""
    order = np.argsort(places)
    place, weight = places[order], weights[order]
    above = np.searchsorted(place, amounts, side="right")
    total = np.concatenate((np.cumsum(weight[::-1])[::-1], [0.0]))
    moment = np.concatenate((np.cumsum((weight * place)[::-1])[::-1], [0.0]))
    sums: FloatArray = moment[above] - amounts * total[above]
    return np.maximum(sums, 0.0)


@dataclass(frozen=True, slots=True)
class PlanSample:
    """Test rows for the interval of a saving, shape (m,) each.

    Args:
        blocks: number of each row's block where rows depend on each other; then whole blocks were drawn.
        share: how many of the test rows (of their blocks) they are.
    """

    actual: FloatArray
    base: FloatArray
    scale: FloatArray
    today: FloatArray | None
    costs: Costs
    blocks: IntArray | None
    share: float

    def sides(self, plan: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What planning too little and too much costs for each row."""
        return deviation_costs(self.actual, plan, self.costs)


@dataclass(frozen=True, slots=True)
class PlanTable:
    """A forecast's sums.

    Args:
        kind: what an amount is: units, or a share of the forecast. approved: the amount of the report.
        on_approved: whether amounts are added to the approved plan, which moves each case by its own costs.
        ours, fixed: planning by the model and by one number; `known_*` on the validation rows, where amounts are chosen.
        mean: of the validation rows. today: both sides of what is planned today, mean a case; None without it.
        under, over: the agreed costs of a unit, money; 1 where they differ from case to case (`by_row`). cases: a period.
    """

    kind: Adjusting
    approved: float
    on_approved: bool
    ours: SideSums
    known_ours: SideSums
    fixed: SideSums
    known_fixed: SideSums
    mean: float
    today: tuple[float, float] | None
    under: float
    over: float
    by_row: tuple[bool, bool]
    cases: float
    sample: PlanSample

    @property
    def reach(self) -> tuple[float, float]:
        """From where to where adjustments are worth looking at: all but the farthest few, which so many cases would need."""
        low, high = np.quantile(self.known_ours.amounts, [EDGE, 1 - EDGE]).tolist()
        return min(low, 0.0, self.approved), max(high, 0.0, self.approved)


@dataclass(frozen=True, slots=True)
class PlanView:
    """What the reader assumes; `under` and `over` are money a unit, or multiples of what differs from case to case."""

    under: float
    over: float
    cases: float
    amount: float


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """What follows.

    Args:
        cost: of the model's plans a period. saving: over `against`, the cheapest way without a model under these costs.
        covered: share of cases in which the plan is enough.
        best: the amount that is best under these costs (chosen on validation rows). best_saving: what it saves.
    """

    cost: float
    saving: Amount
    against: Rival
    covered: float
    best: float
    best_saving: Amount


def plan_table(validation: ForecastSlice, test: ForecastSlice, found: ForecastFindings, cases: float, seed: int) -> PlanTable:
    """Sum a forecast up.

    Args:
        cases: forecasts that a period brings. seed: draws the sample.
    """
    kind, amount = found.adjustment.kind, found.adjustment.amount
    share, on_approved = kind.is_share, kind.by_row
    known, fresh = (unit_of(found.costs, part.costs) for part in (validation, test))
    parts = (validation, test)
    bases = [found.adjustment.apply(part.forecast, part.costs) if on_approved else part.forecast for part in parts]
    scales = [np.maximum(base, LEAST) if share else None for base in bases]
    approved, mean = 0.0 if on_approved else amount, float(validation.actual.mean())
    also = (mean, best_shift(validation.actual, validation.costs or found.costs))
    today = None if test.today is None else _means(deviation_costs(test.actual, test.today, fresh))
    by_row = isinstance(found.costs.under, Formula), isinstance(found.costs.over, Formula)
    under, over = (1.0 if isinstance(cost, Formula) else float(cost) for cost in (found.costs.under, found.costs.over))
    return PlanTable(
        Adjusting.MULTIPLIED if share else Adjusting.ADDED, approved, on_approved,
        side_sums(test.actual, bases[1], fresh, scales[1], (0.0, approved)),
        side_sums(validation.actual, bases[0], known, scales[0], (0.0, approved)),
        side_sums(test.actual, np.zeros(test.actual.size), fresh, None, also),
        side_sums(validation.actual, np.zeros(validation.actual.size), known, None, also),
        mean, today, under, over, by_row, cases, _sample(test, bases[1], scales[1], fresh, seed),
    )  # fmt: skip


def unit_of(given: DeviationCosts, costs: RowCosts | None) -> Costs:
    """Costs of 1 for a unit too few and too many, so that the reader's own multiply them; formulas stay as they are."""
    if costs is None:
        return DeviationCosts(Decimal(1), Decimal(1), given.tolerance)
    ones = np.ones(costs.under.size)
    under, over = (each if isinstance(cell, Formula) else ones for each, cell in ((costs.under, given.under), (costs.over, given.over)))
    return RowCosts(under, over, costs.tolerance)


def _means(sides: tuple[FloatArray, FloatArray]) -> tuple[float, float]:
    return float(sides[0].mean()), float(sides[1].mean())


def _sample(test: ForecastSlice, base: FloatArray, scale: FloatArray | None, costs: Costs, seed: int) -> PlanSample:
    rows = test.actual.size
    size = np.ones(rows) if scale is None else scale
    keep, drawn = _draw(test, seed)
    part = RowCosts(costs.under[keep], costs.over[keep], costs.tolerance) if isinstance(costs, RowCosts) else costs
    today = None if test.today is None else test.today[keep]
    blocks = None if test.blocks is None else test.blocks[keep]
    return PlanSample(test.actual[keep], base[keep], size[keep], today, part, blocks, drawn)


def _draw(test: ForecastSlice, seed: int) -> tuple[IntArray, float]:
    """Rows of the sample, and which share of the rows, or of their blocks, they are."""
    rows, rng = test.actual.size, np.random.default_rng(seed)
    if rows <= SAMPLE:
        return np.arange(rows), 1.0
    if test.blocks is None:
        return np.sort(rng.choice(rows, SAMPLE, replace=False)), SAMPLE / rows
    names = np.unique(test.blocks)
    drawn = rng.choice(names, max(2, names.size * SAMPLE // rows), replace=False)
    return np.flatnonzero(np.isin(test.blocks, drawn)), drawn.size / names.size


def plan_under(table: PlanTable, view: PlanView) -> PlanAnswer:
    """What the reader's assumptions come to."""
    cost = _cost(table.ours.at(view.amount), view)
    rivals = _rivals(table, view)
    against = min(rivals, key=lambda rival: rivals[rival][0])
    best = table.known_ours.best(view.under, view.over)
    saving, most = (_saving(table, view, amount, rivals[against]) for amount in (view.amount, best))
    return PlanAnswer(cost * view.cases, saving, against, table.ours.at(view.amount)[2], best, most)


def agreed_view(table: PlanTable) -> PlanView:
    """What the report assumes."""
    return PlanView(table.under, table.over, table.cases, table.approved)


def _cost(sides: tuple[float, ...], view: PlanView) -> float:
    return view.under * sides[0] + view.over * sides[1]


def _rivals(table: PlanTable, view: PlanView) -> dict[Rival, tuple[float, FloatArray]]:
    """Ways without a model that follow the reader's costs: what each costs a case, and what it plans for the sample."""
    rows = table.sample.actual.size
    number = table.known_fixed.best(view.under, view.over)
    found = {
        Rival(policy): (_cost(table.fixed.at(at), view), np.full(rows, at))
        for policy, at in ((ForecastPolicy.MEAN, table.mean), (ForecastPolicy.FIXED, number))
    }
    if table.today is not None and table.sample.today is not None:
        found[Rival(ForecastPolicy.TODAY)] = _cost(table.today, view), table.sample.today
    return found


def _saving(table: PlanTable, view: PlanView, amount: float, rival: tuple[float, FloatArray]) -> Amount:
    """What planning by the model saves, exact by its sums; as sure as all rows make it that the sample stands for."""
    value, part = rival[0] - _cost(table.ours.at(amount), view), table.sample
    ours, other = part.sides(part.base + amount * part.scale), part.sides(rival[1])
    each = view.under * (other[0] - ours[0]) + view.over * (other[1] - ours[1])
    found, share = interval_of_rows(each, part.blocks), part.share**0.5
    low, high = value - (found.value - found.low) * share, value + (found.high - found.value) * share
    return amount_of(Interval(value, low, high), view.cases)
