"""A version against the champion, in money, with an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import NotEnoughData
from core.impact.arrays import BoolArray, IntArray
from core.impact.bootstrap import (
    Interval,
    bootstrap_difference,
    bootstrap_value,
    make_rng,
    pair_cells,
    percentile_interval,
    share_above_zero,
)
from core.impact.payoff import Cells, count_cells, decide, total_value
from core.impact.report import Amount, amount_of
from core.impact.scores import Slice
from core.project.value_model import PayoffMatrix
from core.registry.evidence import Basis, Comparison

# Fewer common rows than this say too little; then each is taken on its own test rows.
MIN_COMMON = 100


@dataclass(frozen=True, slots=True)
class Contender:
    """A version as it decides: number, test slice and threshold."""

    number: int
    test: Slice
    threshold: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What cases are worth, and how many a period brings."""

    payoff: PayoffMatrix
    cases_per_period: int


def compare_decisions(
    y: BoolArray, challenger: BoolArray, champion: BoolArray, worth: Worth, *, number: int, threshold: float, basis: Basis, seed: int
) -> Comparison:
    """Compare two policies on the same rows: paired, so what both share cancels.

    Args:
        y: outcomes, shape (n,).
        challenger, champion: who is treated by each, shape (n,).
        number, threshold: of the champion.
        seed: of the bootstrap's replicates.

    Raises:
        NotEnoughData: no row.
    """
    if y.size == 0:
        raise NotEnoughData("There is no labelled row to value decisions on. Give at least one.", field="y")
    cases, payoff = worth.cases_per_period, worth.payoff
    pair = pair_cells(y, challenger, champion)
    replicates = bootstrap_difference(pair, payoff, make_rng(seed))
    gain = percentile_interval(pair.mean(payoff), replicates)
    ours, theirs = count_cells(y, challenger), count_cells(y, champion)
    return Comparison(
        basis, int(y.size), int(np.count_nonzero(y)), amount_of(gain, cases), share_above_zero(replicates), number, threshold,
        _value(theirs, worth, seed), theirs, _value(ours, worth, seed), ours,
    )  # fmt: skip


def compare_contenders(challenger: Contender, champion: Contender, worth: Worth, *, same_data: bool, seed: int) -> Comparison:
    """Compare two versions by the scores that their runs left behind.

    Rows count only where both were tested on them: a row that one of them was trained on would flatter it.

    Args:
        same_data: whether both runs' rows are those of one dataset version, so that row numbers mean the same.
    """
    if same_data:
        rows, at_ours, at_theirs = np.intersect1d(challenger.test.rows, champion.test.rows, return_indices=True)
        y = challenger.test.y[at_ours]
        if rows.size >= MIN_COMMON and 0 < np.count_nonzero(y) < y.size:
            return compare_decisions(
                y, _decisions(challenger, at_ours), _decisions(champion, at_theirs), worth,
                number=champion.number, threshold=champion.threshold, basis=Basis.SAME_TEST_ROWS, seed=seed,
            )  # fmt: skip
    return _apart(challenger, champion, worth, seed)


def _decisions(contender: Contender, index: IntArray) -> BoolArray:
    return decide(contender.test.score[index], contender.threshold)


def _apart(challenger: Contender, champion: Contender, worth: Worth, seed: int) -> Comparison:
    ours = count_cells(challenger.test.y, decide(challenger.test.score, challenger.threshold))
    theirs = count_cells(champion.test.y, decide(champion.test.score, champion.threshold))
    cases, payoff = worth.cases_per_period, worth.payoff
    # Different rows: two independent samples, so each has replicates of its own.
    replicates = bootstrap_value(ours, payoff, make_rng(seed)) - bootstrap_value(theirs, payoff, make_rng(seed + 1))
    gain = percentile_interval(_mean(ours, payoff) - _mean(theirs, payoff), replicates)
    return Comparison(
        Basis.OWN_TEST_ROWS, ours.rows, ours.positives, amount_of(gain, cases), share_above_zero(replicates),
        champion.number, champion.threshold, _value(theirs, worth, seed + 1), theirs, _value(ours, worth, seed), ours,
    )  # fmt: skip


def _mean(cells: Cells, payoff: PayoffMatrix) -> float:
    return float(total_value(cells, payoff)) / cells.rows


def _value(cells: Cells, worth: Worth, seed: int) -> Amount:
    mean = _mean(cells, worth.payoff)
    interval: Interval = percentile_interval(mean, bootstrap_value(cells, worth.payoff, make_rng(seed)))
    return amount_of(interval, worth.cases_per_period)
