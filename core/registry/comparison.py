"""A version against the champion, in money, with an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import NotEnoughData
from core.impact.amounts import amount_of
from core.impact.arrays import BoolArray, IntArray
from core.impact.books import Book, difference_apart
from core.impact.choosing import Sample
from core.impact.decision import DecisionPolicy
from core.impact.payoff import count_cells
from core.registry.evidence import Basis, Comparison

# Fewer common rows than this say too little; then each is taken on its own test rows.
MIN_COMMON = 100


@dataclass(frozen=True, slots=True)
class Contender:
    """A version as it decides.

    Args:
        rows: 0-based rows of its dataset version, shape (n,). sample: the same rows, scored and valued.
        threshold: as people read it.
    """

    number: int
    rows: IntArray
    sample: Sample
    policy: DecisionPolicy
    threshold: float

    @property
    def decision(self) -> BoolArray:
        """What it does with its rows."""
        return self.sample.decide(self.policy)


def compare_decisions(
    book: Book, challenger: BoolArray, champion: BoolArray, cases: int, *, number: int, threshold: float, basis: Basis, seed: int
) -> Comparison:
    """Compare two policies on the same rows: paired, so what both share cancels.

    Args:
        book: outcomes of these rows, and what decisions on them are worth.
        challenger, champion: who is treated by each, shape (n,).
        cases: that a period brings.
        number, threshold: of the champion.
        seed: of the bootstrap's replicates.

    Raises:
        NotEnoughData: no row.
    """
    y = book.y
    if y.size == 0:
        raise NotEnoughData("There is no labelled row to value decisions on. Give at least one.", field="y")
    gain, better = book.difference(challenger, champion, seed)
    return Comparison(
        basis, int(y.size), int(np.count_nonzero(y)), amount_of(gain, cases), better, number, threshold,
        amount_of(book.value(champion, seed), cases), count_cells(y, champion), amount_of(book.value(challenger, seed), cases),
        count_cells(y, challenger),
    )  # fmt: skip


def compare_contenders(challenger: Contender, champion: Contender, cases: int, *, same_data: bool, seed: int) -> Comparison:
    """Compare two versions by the scores that their runs left behind.

    Rows count only where both were tested on them: a row that one of them was trained on would flatter it.

    Args:
        cases: that a period brings.
        same_data: whether both runs' rows are those of one dataset version, so that row numbers mean the same.
    """
    if same_data:
        rows, at_ours, at_theirs = np.intersect1d(challenger.rows, champion.rows, return_indices=True)
        y = challenger.sample.book.y[at_ours]
        if rows.size >= MIN_COMMON and 0 < np.count_nonzero(y) < y.size:
            return compare_decisions(
                challenger.sample.book.take(at_ours), challenger.decision[at_ours], champion.decision[at_theirs], cases,
                number=champion.number, threshold=champion.threshold, basis=Basis.SAME_TEST_ROWS, seed=seed,
            )  # fmt: skip
    return _apart(challenger, champion, cases, seed)


def _apart(challenger: Contender, champion: Contender, cases: int, seed: int) -> Comparison:
    """On different rows: two independent samples, whose spreads add up."""
    ours, theirs = challenger.sample.book, champion.sample.book
    gain, better = difference_apart(ours.value(challenger.decision, seed), theirs.value(champion.decision, seed + 1))
    return Comparison(
        Basis.OWN_TEST_ROWS, int(ours.y.size), int(np.count_nonzero(ours.y)), amount_of(gain, cases), better, champion.number,
        champion.threshold, amount_of(theirs.value(champion.decision, seed + 1), cases), count_cells(theirs.y, champion.decision),
        amount_of(ours.value(challenger.decision, seed), cases), count_cells(ours.y, challenger.decision),
    )  # fmt: skip
