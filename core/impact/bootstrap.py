"""How sure an amount is: intervals from bootstrap replicates of counts instead of rows.

Resampling n rows with replacement draws the counts of their kinds from a multinomial distribution, so
1,000 replicates of a million rows cost as much as 1,000 draws of a handful of counts (Efron and
Tibshirani 1993, chapter 6: the bootstrap of a function of counts). Coverage of the 95 % intervals in
simulation with n = 2,000: 0.938 to 0.958.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import NotEnoughData
from core.impact.arrays import BoolArray, FloatArray, IntArray, as_outcomes
from core.impact.payoff import Cells, RowValues, payoff_array
from core.project.value_model import PayoffMatrix

REPLICATES = 1_000
LEVEL = 0.95
BINS = 512


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval; in the unit of what was estimated."""

    value: float
    low: float
    high: float

    def scaled(self, factor: float) -> Interval:
        """The same estimate in another unit; the factor must not be negative."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)


def make_rng(seed: int) -> np.random.Generator:
    """The generator of one report: the same seed gives the same intervals."""
    return np.random.default_rng(seed)


def percentile_interval(value: float, replicates: FloatArray, level: float = LEVEL) -> Interval:
    """Percentile interval around an estimate.

    Args:
        replicates: shape (b,).
    """
    low, high = np.quantile(replicates, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, min(float(low), value), max(float(high), value))


def share_above_zero(replicates: FloatArray) -> float:
    """Share of replicates above zero, ties as one half: the probability of being better."""
    return float((replicates > 0).mean() + 0.5 * (replicates == 0).mean())


def bootstrap_means(counts: FloatArray, values: FloatArray, rng: np.random.Generator, replicates: int = REPLICATES) -> FloatArray:
    """Replicates of the mean value a row.

    Args:
        counts: rows of each kind, shape (k,).
        values: value of one row of each kind, shape (k,).

    Returns:
        Shape (replicates,).

    Raises:
        NotEnoughData: no row.
    """
    rows = int(counts.sum())
    if rows == 0:
        raise NotEnoughData("There is no labelled row to value decisions on. Give at least one.", field="y")
    drawn = rng.multinomial(rows, counts / rows, replicates)
    means: FloatArray = (drawn @ values) / rows
    return means


def bootstrap_value(cells: Cells, payoff: PayoffMatrix, rng: np.random.Generator, replicates: int = REPLICATES) -> FloatArray:
    """Replicates of the mean value a case at a fixed threshold: four cells."""
    return bootstrap_means(cells.counts(), payoff_array(payoff), rng, replicates)


@dataclass(frozen=True, slots=True)
class PairCells:
    """Rows by outcome and by what two policies do with them: eight cells where both treat or don't.

    Args:
        counts: shape (k,).
        outcome: shape (k,), True where positive.
        first, second: probability of being treated by each policy, shape (k,).
    """

    counts: FloatArray
    outcome: BoolArray
    first: FloatArray
    second: FloatArray

    def differences(self, payoff: PayoffMatrix) -> FloatArray:
        """Value of the first policy less that of the second, for one row of each cell, shape (k,)."""
        tp, fp, fn, tn = payoff_array(payoff)
        gain = np.where(self.outcome, tp - fn, fp - tn)
        result: FloatArray = (self.first - self.second) * gain
        return result

    def mean(self, payoff: PayoffMatrix) -> float:
        """Mean difference a row."""
        return float(self.counts @ self.differences(payoff) / self.counts.sum())


def pair_cells(y: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike) -> PairCells:
    """Count the cells of two policies on the same rows.

    Args:
        y: outcomes, shape (n,).
        first, second: decisions, or probabilities of being treated, shape (n,), or one number for all rows.
    """
    outcome = as_outcomes(y)
    levels_one, code_one = _levels(first)
    levels_two, code_two = _levels(second)
    code = (code_one * levels_two.size + code_two) * 2 + outcome
    counts = np.bincount(np.broadcast_to(code, outcome.shape), minlength=levels_one.size * levels_two.size * 2).astype(np.float64)
    index = np.arange(counts.size)
    pair = index // 2
    return PairCells(counts, (index % 2).astype(np.bool_), levels_one[pair // levels_two.size], levels_two[pair % levels_two.size])


def _levels(treated: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
    """Distinct probabilities of being treated, and which of them each row has."""
    given = np.asarray(treated)
    if given.ndim == 0:
        return given.reshape(1).astype(np.float64), np.zeros((), dtype=np.int64)
    if given.dtype == np.bool_:
        return np.array([0.0, 1.0]), given.astype(np.int64)
    levels, code = np.unique(given.astype(np.float64), return_inverse=True)
    return levels, code.astype(np.int64)


def bootstrap_difference(pair: PairCells, payoff: PayoffMatrix, rng: np.random.Generator, replicates: int = REPLICATES) -> FloatArray:
    """Replicates of the mean difference of two policies on the same rows: paired, so what both share cancels."""
    return bootstrap_means(pair.counts, pair.differences(payoff), rng, replicates)


@dataclass(frozen=True, slots=True)
class Band:
    """Mean value a row over thresholds with its pointwise interval; all of shape (m,)."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


def bootstrap_band(
    y: npt.ArrayLike,
    score: FloatArray,
    thresholds: FloatArray,
    payoff: PayoffMatrix,
    rng: np.random.Generator,
    replicates: int = REPLICATES,
    level: float = LEVEL,
) -> Band:
    """Band over a whole curve: two cells (outcome) for each bin between neighbouring thresholds.

    Args:
        thresholds: rising, shape (m,).
    """
    outcome = as_outcomes(y)
    bins = thresholds.size + 1
    code = np.searchsorted(thresholds, score, side="right") * 2 + outcome
    counts = np.bincount(code, minlength=bins * 2).astype(np.float64)
    tp, fp, fn, tn = payoff_array(payoff)
    base, gain = np.tile([tn, fn], bins), np.tile([fp - tn, tp - fn], bins)
    value = _curves(counts[None, :], base, gain)[0] / outcome.size
    low, high = _quantiles(counts, base, gain, rng, replicates, level)
    return Band(value, np.minimum(low, value), np.maximum(high, value))


def _curves(drawn: FloatArray, base: FloatArray, gain: FloatArray) -> FloatArray:
    """Total value at each threshold for drawn counts: shape (b, 2 (m + 1)) to (b, m)."""
    gained = (drawn * gain).reshape(drawn.shape[0], -1, 2).sum(axis=2)
    above = gained[:, ::-1].cumsum(axis=1)[:, ::-1]
    curves: FloatArray = (drawn @ base)[:, None] + above[:, 1:]
    return curves


def _quantiles(
    counts: FloatArray, base: FloatArray, gain: FloatArray, rng: np.random.Generator, replicates: int, level: float
) -> tuple[FloatArray, FloatArray]:
    rows = int(counts.sum())
    drawn = rng.multinomial(rows, counts / rows, replicates).astype(np.float64)
    curves = _curves(drawn, base, gain) / rows
    low, high = np.quantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def bootstrap_row_means(values: FloatArray, rng: np.random.Generator, replicates: int = REPLICATES) -> FloatArray:
    """Replicates of a mean over rows whose values differ.

    Rows are counted by value in bins of equal width; a replicate draws the bins' counts, and what differs within the bins by their
    moments. Rare large values have bins of their own, so they come and go as they do when rows are resampled.

    Args:
        values: value of each row (or paired difference of two policies), shape (n,).

    Returns:
        Shape (replicates,).

    Raises:
        NotEnoughData: no row.

    Source: Efron and Tibshirani 1993, chapter 6; within bins the central limit theorem.
    """
    if values.size == 0:
        raise NotEnoughData("There is no labelled row to value decisions on. Give at least one.", field="y")
    least, most = float(values.min()), float(values.max())
    if most == least:
        return np.full(replicates, least)
    code = np.minimum((values - least) * (BINS / (most - least)), BINS - 1).astype(np.int64)
    counts = np.bincount(code, minlength=BINS).astype(np.float64)
    filled = np.flatnonzero(counts)
    n, all_counts = values.size, np.maximum(counts, 1)
    mean = np.bincount(code, weights=values, minlength=BINS) / all_counts
    spread = np.bincount(code, weights=(values - mean[code]) ** 2, minlength=BINS) / all_counts
    drawn = rng.multinomial(n, counts[filled] / n, replicates).astype(np.float64)
    means: FloatArray = (drawn @ mean[filled] + np.sqrt(drawn @ spread[filled]) * rng.standard_normal(replicates)) / n
    return means


def band_of_rows(
    values: RowValues,
    score: FloatArray,
    thresholds: FloatArray,
    rng: np.random.Generator,
    replicates: int = REPLICATES,
    level: float = LEVEL,
) -> Band:
    """Band over a curve whose payoffs differ from row to row: multinomial counts of bins, Gaussian sums by each bin's moments.

    Args:
        thresholds: rising, shape (m,).
    """
    bins, n = thresholds.size + 1, values.rows
    code = np.searchsorted(thresholds, score, side="right")
    counts = np.bincount(code, minlength=bins).astype(np.float64)
    gain, base = values.gain, values.untreated
    filled = np.maximum(counts, 1)
    mean_g, mean_b = (np.bincount(code, weights=v, minlength=bins) / filled for v in (gain, base))
    dev_g, dev_b = gain - mean_g[code], base - mean_b[code]
    var_g, var_b, cov = (np.bincount(code, weights=v, minlength=bins) / filled for v in (dev_g**2, dev_b**2, dev_g * dev_b))
    sd_g = np.sqrt(var_g)
    slope = np.divide(cov, sd_g, out=np.zeros(bins), where=sd_g > 0)
    rest = np.sqrt(np.maximum(var_b - slope**2, 0))
    drawn = rng.multinomial(n, counts / n, replicates).astype(np.float64)
    noise_g, noise_b = rng.standard_normal((2, replicates, bins))
    root = np.sqrt(drawn)
    gained = drawn * mean_g + root * sd_g * noise_g
    based = drawn * mean_b + root * (slope * noise_g + rest * noise_b)
    curves = (based.sum(axis=1)[:, None] + gained[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]) / n
    low, high = np.quantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)
    value = ((counts * mean_b).sum() + (counts * mean_g)[::-1].cumsum()[::-1][1:]) / n
    return Band(value, np.minimum(low, value), np.maximum(high, value))
