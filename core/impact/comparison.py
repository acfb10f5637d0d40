"""Several runs beside each other, in money, paired where their test rows are the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.impact.bootstrap import bootstrap_difference, make_rng, pair_cells, percentile_interval, share_above_zero
from core.impact.payoff import decide
from core.impact.report import Amount, ImpactReport, amount_of
from core.impact.scores import Slice


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
    """

    first_run_id: str
    second_run_id: str
    obstacle: Obstacle | None
    gain: Amount | None
    better: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Reports side by side, the most valuable first, and each one's difference from that one."""

    reports: tuple[ImpactReport, ...]
    differences: tuple[PairDifference, ...]


def compare_pair(first: ImpactReport, first_test: Slice, second: ImpactReport, second_test: Slice) -> PairDifference:
    """Difference of two runs' decisions, each at its own threshold, on the same test rows."""
    ids = (first.run_id, second.run_id)
    obstacle = find_obstacle(first, first_test, second, second_test)
    if obstacle is not None:
        return PairDifference(*ids, obstacle, None, None)
    one, two = np.argsort(first_test.rows), np.argsort(second_test.rows)
    pair = pair_cells(first_test.y[one], decide(first_test.score[one], first.threshold), decide(second_test.score[two], second.threshold))
    drawn = bootstrap_difference(pair, first.payoff, make_rng(first.provenance.seed))
    gain = percentile_interval(pair.mean(first.payoff), drawn)
    return PairDifference(*ids, None, amount_of(gain, first.cases_per_period), share_above_zero(drawn))


def find_obstacle(first: ImpactReport, first_test: Slice, second: ImpactReport, second_test: Slice) -> Obstacle | None:
    """What keeps two runs from being compared row by row; None where nothing does."""
    if first.value_model_id != second.value_model_id:
        return Obstacle.VALUE_MODEL
    if first.dataset_version_id != second.dataset_version_id:
        return Obstacle.DATA
    if not np.array_equal(np.sort(first_test.rows), np.sort(second_test.rows)):
        return Obstacle.ROWS
    return None
