"""What each kind of decision contributes to a policy's value: with it, a value can be worked out anew once a payoff changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.impact.arrays import BoolArray, FloatArray
from core.impact.books import Book, RowBook
from core.impact.bootstrap import Interval, bootstrap_means, make_rng, pair_cells, percentile_interval
from core.impact.payoff import as_money
from core.impact.report import CellAmounts
from core.project.payoffs import CELLS


def policy_parts(book: Book, treated: npt.ArrayLike, cases: int) -> CellAmounts:
    """Each cell's part in a policy's value, a period; they add up to it.

    Args:
        treated: decisions, or probabilities of being treated, shape (n,), or one for all rows.
        cases: cases a period.
    """
    return _amounts(book.parts(treated) * cases)


def treated_shares(book: Book, treated: npt.ArrayLike) -> tuple[float, float]:
    """Shares of the positive and of the negative rows that a policy treats; 0 where there are none of them."""
    each = np.broadcast_to(np.asarray(treated, dtype=np.float64), book.y.shape)
    return tuple(float(each[of].mean()) if of.any() else 0.0 for of in (book.y, ~book.y))  # type: ignore[return-value]  # two of them


def case_differences(book: Book, decision: npt.ArrayLike, other: npt.ArrayLike, cases: int, seed: int) -> tuple[Interval, Interval]:
    """Positive and negative cases that one policy treats more than another on the same rows, a period, with their 95 % intervals.

    Args:
        decision, other: decisions, or probabilities of being treated, shape (n,), or one for all rows.
        cases: cases a period. seed: of the replicates.
    """
    pair = pair_cells(book.y, decision, other)
    lead = pair.first - pair.second

    def of(cells: BoolArray, weight: float) -> Interval:
        values = np.where(cells, lead * weight, 0.0)
        mean = float(pair.counts @ values / pair.counts.sum())
        return percentile_interval(mean, bootstrap_means(pair.counts, values, make_rng(seed))).scaled(cases)

    return of(pair.outcome, book.weights.positive), of(~pair.outcome, book.weights.negative)


def curve_parts(book: Book, score: FloatArray, thresholds: FloatArray, cases: int) -> list[CellAmounts] | None:
    """The parts of "treat from this threshold on", for each threshold.

    Args:
        thresholds: rising, shape (m,).

    Returns:
        None where payoffs are the same for all rows: there the cells tell the parts.
    """
    if not isinstance(book, RowBook):
        return None
    place = np.searchsorted(thresholds, score, side="right")
    weight, rows = book.row_weights(), book.y.size
    sums = {}
    for cell in CELLS:
        of = book.y if cell in {"tp", "fn"} else ~book.y
        each = np.where(of, getattr(book.payoffs, cell) * weight, 0.0)
        above = np.bincount(place, weights=each, minlength=thresholds.size + 1)[::-1].cumsum()[::-1][1:]
        sums[cell] = above if cell in {"tp", "fp"} else each.sum() - above
    table = np.array([sums[cell] for cell in CELLS]).T * (cases / rows)
    return [_amounts(row) for row in table]


def _amounts(parts: FloatArray) -> CellAmounts:
    return CellAmounts(*(as_money(float(part)) for part in parts))
