"""The exact profit curve: the value of every threshold that decides differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.impact.arrays import FloatArray, IntArray, as_outcomes, as_scores
from core.impact.payoff import RowValues, payoff_array
from core.project.value_model import PayoffMatrix

MOST_POINTS = 1_000


@dataclass(frozen=True, slots=True)
class ProfitCurve:
    """Value of all rows over all thresholds, falling: the first treats nobody, the last everybody.

    Args:
        thresholds: shape (k,), strictly falling; a row is treated where its score is at least the threshold.
        treated: rows treated at each, shape (k,).
        value: total value of all rows at each, in units of the currency, shape (k,).
        rows: number of rows.
    """

    thresholds: FloatArray
    treated: IntArray
    value: FloatArray
    rows: int

    @property
    def best(self) -> int:
        """Index of the largest value; among equals the one that treats fewest rows."""
        return int(np.argmax(self.value))

    @property
    def best_threshold(self) -> float:
        """The most valuable threshold."""
        return float(self.thresholds[self.best])


def profit_curve(y: npt.ArrayLike, score: npt.ArrayLike, payoff: PayoffMatrix) -> ProfitCurve:
    """Curve of constant payoffs, from whole counts: exact whatever the size of the payoffs.

    Args:
        y: outcomes, shape (n,), 0 or 1.
        score: probabilities or any score that rises with them, shape (n,).
        payoff: value of one case in each cell.

    Source: profit(k) = sum b + cumsum(a - b) over rows in falling order of score, kept at the last row of each tie.
    """
    outcome = as_outcomes(y)
    scores = as_scores(score, outcome.size)
    order, last, thresholds = cut_points(scores)
    hits = np.concatenate(([0], np.cumsum(outcome[order], dtype=np.int64)[last]))
    treated = np.concatenate(([0], last + 1))
    tp, fp, fn, tn = payoff_array(payoff)
    positives, rows = int(hits[-1]), outcome.size
    value = hits * tp + (treated - hits) * fp + (positives - hits) * fn + (rows - treated - positives + hits) * tn
    return ProfitCurve(thresholds, treated, value, rows)


def profit_curve_of_rows(values: RowValues, score: npt.ArrayLike) -> ProfitCurve:
    """Curve of payoffs that differ from row to row.

    Args:
        values: each row's value if treated and if left alone, given its true outcome.
        score: shape (n,); what the threshold cuts (a probability, or an expected gain).
    """
    scores = as_scores(score, values.rows)
    order, last, thresholds = cut_points(scores)
    base = float(values.untreated.sum())
    gained = np.concatenate(([0.0], np.cumsum(values.gain[order])[last]))
    return ProfitCurve(thresholds, np.concatenate(([0], last + 1)), base + gained, values.rows)


def cut_points(scores: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Rows in falling order of score, the last index of each tie, and thresholds half-way between neighbouring scores.

    Half-way, because a threshold that equals a score of this sample hangs on that score's last bit.
    """
    order = np.argsort(-scores, kind="stable")
    sorted_scores = scores[order]
    last = np.flatnonzero(np.append(sorted_scores[1:] != sorted_scores[:-1], True)).astype(np.int64)
    distinct = sorted_scores[last]
    upper, lower = distinct[:-1], distinct[1:]
    middle = lower + (upper - lower) / 2
    middle = np.where((middle <= lower) | (middle > upper), upper, middle)
    top, bottom = float(distinct[0]), float(distinct[-1])
    nobody = 1.0 if top < 1.0 else float(np.nextafter(top, np.inf))
    everybody = min(0.0, bottom)
    return order, last, np.concatenate(([nobody], middle, [everybody]))


def decimate(curve: ProfitCurve, most: int = MOST_POINTS) -> ProfitCurve:
    """Thin a curve for drawing: both ends and the optimum stay, the rest spread evenly over rows and over thresholds.

    Args:
        most: most points that stay, at least 3.
    """
    count = curve.thresholds.size
    if count <= most:
        return curve
    half = (most - 3) // 2
    by_rank = np.linspace(0, count - 1, max(half, 2)).round().astype(np.int64)
    steps = np.linspace(curve.thresholds[0], curve.thresholds[-1], max(half, 2))
    by_threshold = np.searchsorted(-curve.thresholds, -steps).clip(0, count - 1)
    keep = np.unique(np.concatenate((by_rank, by_threshold, [0, curve.best, count - 1])))
    return ProfitCurve(curve.thresholds[keep], curve.treated[keep], curve.value[keep], curve.rows)


def threshold_grid(top: float) -> tuple[FloatArray, float]:
    """Round thresholds for a slider, rising from 0 to just above the largest score, and their step.

    Args:
        top: the largest probability, 0 to 1.

    Returns:
        60 to 200 thresholds with a step of 1, 2 or 5 in its first digit (at most 1 %, at least 0.01 %).
    """
    reach = min(max(top, 0.0), 1.0)
    for step in (0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001):
        count = int(np.ceil(reach / step - 1e-9))
        if count >= 60:
            break
    count = min(max(count + 1, 60), round(1 / step))
    grid = np.asarray(np.arange(count + 1) * step, dtype=np.float64).round(6)
    return grid, step
