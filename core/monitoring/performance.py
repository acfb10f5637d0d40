"""How right the decisions were, from sums: reach, precision, AUC, calibration, and money, each with a 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from core.impact.bootstrap import LEVEL
from core.monitoring.bins import SCORE_BINS, score_edges

Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval and the number of rows behind it."""

    value: float
    low: float
    high: float
    n: int


def wilson(hits: int, n: int) -> Estimate | None:
    """A share with its score interval (Wilson 1927); None without rows.

    >>> e = wilson(8, 10)
    >>> round(e.low, 3), round(e.high, 3)
    (0.49, 0.943)
    """
    if n == 0:
        return None
    share = hits / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return Estimate(share, min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half)), n)


def auc_from_counts(positive: Sequence[int], negative: Sequence[int]) -> Estimate | None:
    """Area under the ROC curve from two histograms over the same bins, equal bins counting one half.

    The interval is DeLong's (DeLong, DeLong and Clarke-Pearson 1988, equations 4 to 6), whose placements are
    constant within a bin. None where one class is missing.

    >>> e = auc_from_counts([0, 10, 90], [90, 10, 0])
    >>> round(e.value, 3)
    0.995
    """
    p, q = np.asarray(positive, dtype=np.float64), np.asarray(negative, dtype=np.float64)
    m, n = p.sum(), q.sum()
    if m == 0 or n == 0:
        return None
    below = np.concatenate([[0.0], np.cumsum(q)[:-1]]) + q / 2
    above = (m - np.cumsum(p)) + p / 2
    place_p, place_n = below / n, above / m
    area = float(np.sum(p * place_p) / m)
    var_p = float(np.sum(p * (place_p - area) ** 2) / max(1.0, m - 1))
    var_n = float(np.sum(q * (place_n - area) ** 2) / max(1.0, n - 1))
    half = Z * math.sqrt(var_p / m + var_n / n)
    return Estimate(area, max(0.0, area - half), min(1.0, area + half), int(m + n))


@dataclass(frozen=True, slots=True)
class CalibrationPoint:
    """Cases of similar score: what was predicted, and what came."""

    predicted: float
    observed: float
    low: float
    high: float
    n: int


def calibration_points(positive: Sequence[int], negative: Sequence[int], groups: int = 10) -> tuple[CalibrationPoint, ...]:
    """Observed share per group of score bins, groups of about equal size; the predicted share is the bins' middle, weighted."""
    p, q = np.asarray(positive, dtype=np.int64), np.asarray(negative, dtype=np.int64)
    both, edges = p + q, score_edges()
    middles = (edges[:-1] + edges[1:]) / 2
    total = int(both.sum())
    if total == 0:
        return ()
    # A bin belongs to the group in which the middle of its rows falls.
    place = np.minimum(((np.cumsum(both) - both / 2) * groups / total).astype(np.int64), groups - 1)
    points = []
    for group in range(groups):
        mine = (place == group) & (both > 0)
        n, hits = int(both[mine].sum()), int(p[mine].sum())
        share = wilson(hits, n)
        if share is not None:
            points.append(CalibrationPoint(float(np.average(middles[mine], weights=both[mine])), share.value, share.low, share.high, n))
    return tuple(points)


@dataclass(frozen=True, slots=True)
class Performance:
    """How right the decisions of a window were.

    Args:
        n: labelled decisions. coverage: their share of all decisions.
        reach: share of the positives that were treated (recall). precision: share of the treated that were positive.
        base_rate: share of positives. mean_score: mean prediction of the same cases.
    """

    n: int
    coverage: float
    reach: Estimate | None
    precision: Estimate | None
    base_rate: Estimate | None
    mean_score: float
    auc: Estimate | None
    calibration: tuple[CalibrationPoint, ...]


@dataclass(frozen=True, slots=True)
class TruthSums:
    """Labelled decisions, summed.

    Args:
        positive_counts, negative_counts: score histograms by truth, `SCORE_BINS` each.
    """

    n: int = 0
    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0
    score_sum: float = 0.0
    positive_counts: tuple[int, ...] = (0,) * SCORE_BINS
    negative_counts: tuple[int, ...] = (0,) * SCORE_BINS


def measure(sums: TruthSums, predictions: int) -> Performance:
    """Measure a window.

    Args:
        sums: of the labelled decisions in it.
        predictions: all decisions in it.
    """
    return Performance(
        sums.n,
        sums.n / predictions if predictions else 0.0,
        wilson(sums.tp, sums.tp + sums.fn),
        wilson(sums.tp, sums.tp + sums.fp),
        wilson(sums.tp + sums.fn, sums.n),
        sums.score_sum / sums.n if sums.n else 0.0,
        auc_from_counts(sums.positive_counts, sums.negative_counts),
        calibration_points(sums.positive_counts, sums.negative_counts),
    )


def is_below(now: Estimate, promised: float, promised_n: int) -> bool:
    """Whether a share lies below a promised one beyond chance (two-sided 95 % for two independent shares, unpooled).

    Args:
        promised_n: rows that the promised share was measured on.
    """
    if promised_n < 1 or now.n < 1:
        return False
    error = math.sqrt(now.value * (1 - now.value) / now.n + promised * (1 - promised) / promised_n)
    return now.value < promised - Z * error


def merge_counts(lists: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
    """Histograms added up; shorter ones end in zeros."""
    size = max((len(counts) for counts in lists), default=0)
    total = np.zeros(size, dtype=np.int64)
    for counts in lists:
        total[: len(counts)] += np.asarray(counts, dtype=np.int64)
    return total
