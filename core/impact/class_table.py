"""What if one payoff of a table of classes, or the volume, were otherwise: the decisions as approved, and decided anew by value.

Where the payoff of one truth i and decision j moves by d, only the expected value of deciding j moves, by ``p_i d``. So each row changes
over to j at a d of its own, ``(best other - expected j) / p_i``: the rows are sorted by it once, and what all decisions come to at any
d are two running sums. The interval of a gain needs rows in pairs: it is that of a seeded sample of the test rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.impact.amounts import Amount, amount_of
from core.impact.arrays import BoolArray, FloatArray, IntArray
from core.impact.bootstrap import Interval, bootstrap_row_means, make_rng, percentile_interval
from core.impact.class_pays import ClassPays
from core.impact.intervals import interval_of_rows
from core.impact.multiclass import ClassPolicy, ClassSlice
from core.impact.plan_table import SAMPLE
from core.impact.task_sensitivity import Rival

KNOTS, FEW = 1_001, 512


@dataclass(frozen=True, slots=True)
class Moves:
    """Rows with what moving one payoff changes, shape (n,) each.

    Args:
        turns: from which move on the row is decided j. stays, there: what it is worth where it isn't, and where it is (as agreed).
        is_truth: whether its truth is i, so that the move itself is paid where it is decided j.
    """

    turns: FloatArray
    stays: FloatArray
    there: FloatArray
    is_truth: BoolArray

    def worth(self, move: float) -> FloatArray:
        """What each row is worth, decided anew."""
        moved: FloatArray = np.where(self.turns <= move, self.there + self.is_truth * move, self.stays)
        return moved

    def part(self, keep: IntArray) -> Moves:
        """Some of the rows."""
        return Moves(self.turns[keep], self.stays[keep], self.there[keep], self.is_truth[keep])


@dataclass(frozen=True, slots=True)
class ClassTable:
    """A run's sums for one payoff.

    Args:
        truth, decided: names of the classes. agreed: the payoff, money. low, high: how far it may be moved. cases: a period.
        moves, values, right: decided anew: the move, mean worth a case and share decided rightly, shape (k,).
        approved, approved_share: mean worth of the approved decisions, and the share of rows that are paid the payoff.
        approved_right: share decided rightly.
        rivals: mean worth and the share that is paid the payoff, by way without a model, on the test rows; known: on the validation rows.
        sample: rows for intervals, with the worth of the approved decisions and of each rival, and whether they are paid the payoff.
    """

    truth: str
    decided: str
    agreed: float
    low: float
    high: float
    cases: float
    moves: FloatArray
    values: FloatArray
    right: FloatArray
    approved: float
    approved_share: float
    approved_right: float
    rivals: dict[Rival, tuple[float, float]]
    known: dict[Rival, tuple[float, float]]
    sample: Moves
    sample_approved: tuple[FloatArray, BoolArray]
    sample_rivals: dict[Rival, tuple[FloatArray, BoolArray]]
    rows: int
    seed: int


@dataclass(frozen=True, slots=True)
class ClassAnswer:
    """What follows.

    Args:
        gain: of the decisions as approved over `against`, the best way without a model under this payoff, a period.
        anew: of decisions made anew by value. right, right_anew: shares decided rightly.
    """

    gain: Amount
    anew: Amount
    against: Rival
    right: float
    right_anew: float


def class_table(
    validation: ClassSlice, test: ClassSlice, pays: tuple[ClassPays, ClassPays], classes: tuple[str, ...], pair: tuple[int, int],
    approved: IntArray, cases: float, seed: int,
) -> ClassTable:  # fmt: skip
    """Sum a run up for one payoff.

    Args:
        pays: on the validation and on the test rows. pair: truth and decision, whose payoff is the same for all rows.
        approved: what the recommended policy decides on the test rows, shape (n,). seed: draws the sample.
    """
    i, j = pair
    fresh, agreed, rows = pays[1], float(pays[1].table[i, j]), test.truth.size
    moves, others = _moves(test, fresh, pair)
    low, high = _reach(agreed, fresh.table)
    steps = np.unique(np.concatenate((np.linspace(low - agreed, high - agreed, KNOTS), [0.0])))
    values, right = _anew(moves, steps, test.truth == others, test.truth == j)
    own, paid = fresh.of(test.truth, approved), (test.truth == i) & (approved == j)
    known, rivals = (_rivals(part, each, classes, pair) for part, each in zip((validation, test), pays, strict=True))
    keep = np.arange(rows) if rows <= SAMPLE else np.sort(np.random.default_rng(seed).choice(rows, SAMPLE, replace=False))
    return ClassTable(
        classes[i], classes[j], agreed, low, high, cases, steps, values, right, float(own.mean()), float(paid.mean()),
        float((test.truth == approved).mean()), _means(rivals), _means(known), moves.part(keep), (own[keep], paid[keep]),
        {rival: (worth[keep], shown[keep]) for rival, (worth, shown) in rivals.items()}, rows, seed,
    )  # fmt: skip


def _reach(agreed: float, table: FloatArray) -> tuple[float, float]:
    """From nothing to three times what is agreed; where that is nothing, as far as the largest payoff."""
    if agreed:
        return min(3 * agreed, 0.0), max(3 * agreed, 0.0)
    most = float(np.abs(table).max())
    return -most, most


def _moves(test: ClassSlice, pays: ClassPays, pair: tuple[int, int]) -> tuple[Moves, IntArray]:
    """Each row's move, and the best of the other decisions."""
    i, j = pair
    expected = pays.expected(test.probabilities)
    ahead, chance = expected[:, j].copy(), test.probabilities[:, i]
    expected[:, j] = -np.inf
    others: IntArray = np.argmax(expected, axis=1).astype(np.int64)
    gap = expected[np.arange(others.size), others] - ahead
    # The first among equals is decided on, as everywhere: a row that stands level goes to j only where j comes first.
    level = np.where(others < j, np.nextafter(gap, np.inf), gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = np.where(chance > 0, level / chance, np.where(level <= 0, -np.inf, np.inf))
    here = np.full(others.size, j, dtype=np.int64)
    return Moves(turns, pays.of(test.truth, others), pays.of(test.truth, here), test.truth == i), others


def _anew(moves: Moves, steps: FloatArray, right_other: BoolArray, right_there: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Mean worth and share decided rightly at each move."""
    order = np.argsort(moves.turns, kind="stable")
    turned = np.searchsorted(moves.turns[order], steps, side="right")

    def running(values: FloatArray) -> FloatArray:
        sums: FloatArray = np.concatenate(([0.0], np.cumsum(values[order])))[turned]
        return sums

    rows = moves.turns.size
    worth = float(moves.stays.sum()) + running(moves.there - moves.stays) + steps * running(moves.is_truth.astype(np.float64))
    right = float(right_other.sum()) + running(right_there.astype(np.float64) - right_other)
    return worth / rows, right / rows


def _rivals(
    part: ClassSlice, pays: ClassPays, classes: tuple[str, ...], pair: tuple[int, int]
) -> dict[Rival, tuple[FloatArray, BoolArray]]:
    """What ways without a model are worth for each row, and whether they are paid the payoff."""
    i, j = pair
    ways = {Rival(ClassPolicy.ONE_CLASS, name): np.full(part.truth.size, place, dtype=np.int64) for place, name in enumerate(classes)}
    if part.rule is not None:
        ways[Rival(ClassPolicy.RULE)] = part.rule
    return {rival: (pays.of(part.truth, decided), (part.truth == i) & (decided == j)) for rival, decided in ways.items()}


def _means(rivals: dict[Rival, tuple[FloatArray, BoolArray]]) -> dict[Rival, tuple[float, float]]:
    return {rival: (float(worth.mean()), float(paid.mean())) for rival, (worth, paid) in rivals.items()}


def decide_under(table: ClassTable, payoff: float, cases: float) -> ClassAnswer:
    """What another payoff and volume come to.

    Args:
        payoff: money, between `table.low` and `table.high`. cases: a period.
    """
    move = payoff - table.agreed
    against = _against(table, move)
    worth, share = table.rivals[against]
    rival, paid = table.sample_rivals[against]
    other, there = rival + paid * move, worth + share * move
    own, own_paid = table.sample_approved
    approved = table.approved + table.approved_share * move - there
    anew = float(np.interp(move, table.moves, table.values)) - there
    return ClassAnswer(
        _gain(table, approved, own + own_paid * move - other, cases), _gain(table, anew, table.sample.worth(move) - other, cases), against,
        table.approved_right, float(np.interp(move, table.moves, table.right)),
    )  # fmt: skip


def _against(table: ClassTable, move: float) -> Rival:
    """The best way without a model: always the class that is worth most on validation rows, or today's rule where that is worth more."""
    single = max((r for r in table.known if r.policy == ClassPolicy.ONE_CLASS), key=lambda r: table.known[r][0] + table.known[r][1] * move)
    rivals = [single, *(r for r in table.rivals if r.policy == ClassPolicy.RULE)]
    return max(rivals, key=lambda r: table.rivals[r][0] + table.rivals[r][1] * move)


def _interval(each: FloatArray, seed: int) -> Interval:
    """As the report's: from replicates where few amounts occur; where every row has its own, by their likelihood, which takes a tenth of the time."""
    if np.unique(each).size > FEW:
        return interval_of_rows(each)
    return percentile_interval(float(each.mean()), bootstrap_row_means(each, make_rng(seed)))


def _gain(table: ClassTable, value: float, each: FloatArray, cases: float) -> Amount:
    """A gain, exact by its sums; as sure as all rows make it that the sample stands for."""
    found, share = _interval(each, table.seed), (each.size / table.rows) ** 0.5
    return amount_of(Interval(value, value - (found.value - found.low) * share, value + (found.high - found.value) * share), cases)
