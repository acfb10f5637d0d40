"""Several runs beside each other, in money, paired where their test rows are the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.impact.amounts import Amount, amount_of
from core.impact.assemble import Rows
from core.impact.bootstrap import Interval
from core.impact.parts import case_differences
from core.impact.report import ImpactReport
from core.impact.scores import Slice
from core.impact.valued import paired


class Obstacle(StrEnum):
    """Why two runs can't be held against each other in money."""

    DATA = "data"
    ROWS = "rows"
    VALUE_MODEL = "value_model"


@dataclass(frozen=True, slots=True)
class PairDifference:
    """What the first run brings over the second.

    Args:
        obstacle: why it can't be told; None where it can.
        gain: a period, on the test rows that both share; None with an obstacle.
        better: probability that the first is better; None with an obstacle.
        more_reached, more_unneeded: positive and negative cases that it treats more, a period; None with an obstacle.
    """

    first_run_id: str
    second_run_id: str
    obstacle: Obstacle | None
    gain: Amount | None
    better: float | None
    more_reached: Interval | None = None
    more_unneeded: Interval | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Reports side by side, the most valuable first, and each one's difference from that one."""

    reports: tuple[ImpactReport, ...]
    differences: tuple[PairDifference, ...]


def compare_pair(first: ImpactReport, ours: Rows, second: ImpactReport, theirs: Rows) -> PairDifference:
    """Difference of two runs' decisions, each by its own policy, on the same test rows."""
    ids = (first.run_id, second.run_id)
    obstacle = find_obstacle(first, ours.scores.test, second, theirs.scores.test)
    orders = paired(ours.scores.test.rows, theirs.scores.test.rows)
    if obstacle is not None or orders is None:
        return PairDifference(*ids, obstacle or Obstacle.ROWS, None, None)
    other = np.empty(orders[0].size, dtype=np.bool_)
    other[orders[0]] = theirs.test.decide(second.decides)[orders[1]]
    book, decision, seed, cases = ours.test.book, ours.test.decide(first.decides), first.provenance.seed, first.cases_per_period
    gain, better = book.difference(decision, other, seed)
    return PairDifference(*ids, None, amount_of(gain, cases), better, *case_differences(book, decision, other, cases, seed))


def find_obstacle(first: ImpactReport, first_test: Slice, second: ImpactReport, second_test: Slice) -> Obstacle | None:
    """What keeps two runs from being compared row by row; None where nothing does."""
    if first.value_model_id != second.value_model_id:
        return Obstacle.VALUE_MODEL
    if first.dataset_version_id != second.dataset_version_id:
        return Obstacle.DATA
    return None if paired(first_test.rows, second_test.rows) else Obstacle.ROWS
