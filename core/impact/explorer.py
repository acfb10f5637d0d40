"""The table behind the interactive card: a few columns over a thousand thresholds, from which every assumption can be changed.

A decision is worth, for a row that is treated, its payoff where treated (tp or fp), else its payoff where left alone (fn or tn).
Each payoff is ``scale x amount of the row``: the amount is 1 and the scale is the payoff itself where every case of a kind is worth
the same; the amount is the formula's and the scale 1 where it differs from row to row. So for each class the sum over rows is linear
in the scales, and the sum of squares is quadratic (a row is treated or not, so no mixed term survives):

    sum     = acted_scale   * acted(t)         + left_scale   * (left(0)         - left(t))
    squares = acted_scale^2 * acted_squares(t) + left_scale^2 * (left_squares(0) - left_squares(t))

with every column summed over the class's rows that threshold ``t`` treats. `core.impact.explorer_value` does the rest, and so does
the browser: a million scored rows are read once, and no later question needs them again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from core.errors import InvalidInput
from core.impact.arrays import BoolArray, FloatArray, IntArray, as_outcomes, as_scores
from core.impact.curve import threshold_grid

FINE_ROWS = 20_000
FINER = 10
SHARES = 100


class Axis(StrEnum):
    """What the slider moves: the likelihood from which a case is treated, or the share of cases that are, most worthwhile first."""

    LIKELIHOOD = "likelihood"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class RowAmounts:
    """What payoffs that differ from row to row come to, shape (n,); None where every case of a kind is worth the same."""

    tp: FloatArray | None = None
    fp: FloatArray | None = None
    fn: FloatArray | None = None
    tn: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows of one slice.

    Args:
        y: outcomes, shape (n,). score: what the threshold cuts, shape (n,): the model's score, or what treating is expected to gain.
        amounts: of the payoffs that differ from row to row. cost: what treating a row takes from the budget, shape (n,).
    """

    y: BoolArray
    score: FloatArray
    amounts: RowAmounts = RowAmounts()
    cost: FloatArray | None = None

    def __post_init__(self) -> None:
        as_scores(self.score, as_outcomes(self.y).size)
        for item in fields(self.amounts):
            amounts = getattr(self.amounts, item.name)
            if amounts is not None and (amounts.shape != self.y.shape or not bool(np.isfinite(amounts).all())):
                raise InvalidInput("A row's payoff is missing or infinite. Look for empty cells and divisions by zero.", field="payoff")


@dataclass(frozen=True, slots=True)
class ClassSums:
    """Rows of one class that each threshold treats, and sums over them; all of shape (k,), falling thresholds never shrink `rows`.

    Args:
        rows: how many. acted, left: sums of their amounts where treated and where left alone; None where each amount is 1.
        acted_squares, left_squares, products: sums of squares, and of one times the other; None where they equal a column above.
        spent: sum of what treating them takes from the budget; None without costs.
    """

    rows: tuple[int, ...]
    acted: tuple[float, ...] | None = None
    left: tuple[float, ...] | None = None
    acted_squares: tuple[float, ...] | None = None
    left_squares: tuple[float, ...] | None = None
    products: tuple[float, ...] | None = None
    spent: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """Both classes of a slice, or of the part of it that another policy treats."""

    positive: ClassSums
    negative: ClassSums

    @property
    def rows(self) -> int:
        """All rows: the lowest threshold treats everybody."""
        return self.positive.rows[0] + self.negative.rows[0]

    @property
    def prevalence(self) -> float:
        """Share of positive rows; 0 without rows."""
        return self.positive.rows[0] / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the money rests on.

    Args:
        tp, fp, fn, tn: payoffs of a case; a multiple of the agreed formula where it differs from row to row.
        cases: cases a period. prevalence: share of positive ones, 0 to 1.
        capacity: most actions a period. budget: most money spent on them. precision: least share of them that hit. None without a limit.
    """

    tp: float
    fp: float
    fn: float
    tn: float
    cases: float
    prevalence: float
    capacity: float | None = None
    budget: float | None = None
    precision: float | None = None


@dataclass(frozen=True, slots=True)
class Explorer:
    """A run's decisions over all thresholds, small enough to be sent.

    Args:
        axis: what the reader moves.
        thresholds: rising, shape (k,); a row is treated where its score is at least the threshold; the first treats everybody.
        recommended: index of the report's own policy, exact.
        test: what amounts are told on. validation: what a threshold is chosen on.
        rule: test rows that today's rule treats, by the thresholds that treat them too; None without a rule.
        agreed: the value model's assumptions. by_row: payoffs that are formulas, by name.
    """

    axis: Axis
    thresholds: tuple[float, ...]
    recommended: int
    test: Sums
    validation: Sums
    rule: Sums | None
    agreed: Assumptions
    by_row: tuple[str, ...]


def build_explorer(
    test: Scored, validation: Scored, agreed: Assumptions, threshold: float, rule: BoolArray | None = None, axis: Axis = Axis.LIKELIHOOD
) -> Explorer:
    """Sum both slices up.

    Args:
        agreed: what the report assumes; 1 for payoffs that are formulas.
        threshold: the report's own: rows whose score is at least this are treated.
        rule: what today's rule treats on the test rows, shape (n,); None without one.
        axis: SHARE where scores are gains, whose own scale says nothing.
    """
    grid = explorer_grid(float(test.score.max()), threshold, test.y.size) if axis is Axis.LIKELIHOOD else share_grid(test.score, threshold)
    thresholds, recommended = grid
    thresholds[0] = min(thresholds[0], float(test.score.min()), float(validation.score.min()))
    by_row = tuple(item.name for item in fields(test.amounts) if getattr(test.amounts, item.name) is not None)
    return Explorer(
        axis, tuple(thresholds.tolist()), recommended, sums_of(test, thresholds), sums_of(validation, thresholds),
        None if rule is None else sums_of(test, thresholds, rule), agreed, by_row,
    )  # fmt: skip


def explorer_grid(top: float, chosen: float, rows: int) -> tuple[FloatArray, int]:
    """Thresholds of the slider, rising from 0, and the index of the chosen one, which takes its neighbour's place.

    Args:
        top: the largest score, 0 to 1. chosen: 0 to 1.
        rows: of the test slice: from 20,000 on, steps are a tenth as wide.

    Returns:
        60 to 1,500 thresholds; all but the chosen one are whole steps.
    """
    grid, step = threshold_grid(top)
    if rows >= FINE_ROWS:
        grid = np.asarray(np.arange((grid.size - 1) * FINER + 1) * (step / FINER), dtype=np.float64).round(7)
    nearest = int(np.argmin(np.abs(grid - chosen)))
    grid[nearest] = chosen
    return grid, nearest


def share_grid(score: FloatArray, chosen: float) -> tuple[FloatArray, int]:
    """Thresholds that treat even steps of the rows, rising from everybody to nobody, and the index of the chosen one.

    Args:
        score: of the test rows, shape (n,). chosen: the report's own threshold.
    """
    steps = SHARES * FINER if score.size >= FINE_ROWS else SHARES
    falling = np.sort(score)[::-1]
    places = np.ceil(np.linspace(0, score.size, steps + 1)[1:]).astype(np.int64) - 1
    nobody = np.nextafter(falling[0], np.inf)
    grid = np.unique(np.concatenate((falling[places], [nobody, chosen])))
    return grid, int(np.searchsorted(grid, chosen))


def sums_of(scored: Scored, thresholds: FloatArray, part: BoolArray | None = None) -> Sums:
    """Sum a slice, or a part of it, up over thresholds.

    Args:
        thresholds: rising, shape (k,); the first at most the smallest score.
        part: rows that count, shape (n,); None: all.
    """
    bins = np.searchsorted(thresholds, scored.score, side="right")
    keep = np.ones(scored.y.size, dtype=np.bool_) if part is None else part
    positive, negative = keep & scored.y, keep & ~scored.y
    amounts = scored.amounts
    return Sums(
        _class_sums(bins, positive, amounts.tp, amounts.fn, scored.cost, thresholds.size),
        _class_sums(bins, negative, amounts.fp, amounts.tn, scored.cost, thresholds.size),
    )


def _class_sums(
    bins: IntArray, rows: BoolArray, acted: FloatArray | None, left: FloatArray | None, cost: FloatArray | None, size: int
) -> ClassSums:
    place = bins[rows]
    count = np.bincount(place, minlength=size + 1)[::-1].cumsum()[::-1][1:]

    def above(values: FloatArray | None) -> tuple[float, ...] | None:
        if values is None:
            return None
        total = np.bincount(place, weights=values, minlength=size + 1)[::-1].cumsum()[::-1][1:]
        return tuple(total.tolist())

    a, b = (None if amounts is None else amounts[rows] for amounts in (acted, left))
    return ClassSums(
        tuple(count.tolist()), above(a), above(b), above(None if a is None else a * a), above(None if b is None else b * b),
        above(None if a is None or b is None else a * b), above(None if cost is None else cost[rows]),
    )  # fmt: skip
