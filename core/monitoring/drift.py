"""How far what is served lies from what was learned: pure statistics on histograms.

A verdict needs both an effect (PSI at or over a threshold) and significance (PSI over what chance alone
gives for these sizes), so that it depends neither on few rows (noise looks like drift) nor on many
(a trifle becomes "significant").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from core.monitoring.model import Verdict

# Siddiqi (2006), Credit Risk Scorecards, chapter 8: below 0.10 no change, 0.10-0.25 some, above a major one.
PSI_WATCH = 0.10
PSI_ACT = 0.25
# Chance of one false alarm over all features of one check.
FALSE_ALARM = 0.01

Counts = Sequence[int] | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Drift:
    """One feature (or the score), reference against now.

    Args:
        psi: population stability index. noise: largest PSI that chance gives at these sizes.
        ks: largest distance of the two distribution functions at the bins' edges (0 for categories).
        p_value: chi-squared test of both histograms. js: Jensen-Shannon distance, base 2, 0 to 1.
    """

    name: str
    verdict: Verdict
    psi: float
    noise: float
    js: float
    ks: float
    p_value: float
    reference_n: int
    current_n: int


def _shares(counts: Counts) -> npt.NDArray[np.float64]:
    # Half a case in each bin (Jeffreys' prior) keeps the logarithm finite without inventing mass.
    smooth = np.asarray(counts, dtype=np.float64) + 0.5
    shares: npt.NDArray[np.float64] = smooth / smooth.sum()
    return shares


def compute_psi(reference: Counts, current: Counts) -> float:
    """Population stability index of two histograms over the same bins.

    PSI = sum over bins of (q - p) ln(q / p), p and q the bins' shares (Siddiqi 2006, chapter 8; it is the
    symmetric Kullback-Leibler divergence of Jeffreys 1946). Bins get half a case each first.

    Args:
        reference, current: counts per bin, the same number of bins.

    >>> round(compute_psi([5000, 3000, 2000], [3000, 3000, 4000]), 3)
    0.241
    """
    p, q = _shares(reference), _shares(current)
    return float(np.sum((q - p) * np.log(q / p)))


def noise_psi(bins: int, reference_n: int, current_n: int, chance: float) -> float:
    """PSI that two samples of one population exceed with this chance.

    Without drift PSI / (1/n + 1/m) follows chi-squared with bins - 1 degrees of freedom (Yurdakul 2018,
    Statistical Properties of Population Stability Index, theorem 3), so its mean is (bins - 1)(1/n + 1/m).

    >>> round(noise_psi(10, 1000, 1000, 0.05), 4)
    0.0338
    """
    if bins < 2 or reference_n < 1 or current_n < 1:
        return 0.0
    return float(special.chdtri(bins - 1, chance) * (1 / reference_n + 1 / current_n))


def compute_js(reference: Counts, current: Counts) -> float:
    """Jensen-Shannon distance, base 2: 0 the same, 1 apart (Lin 1991; the root is a metric, Endres and Schindelin 2003).

    >>> compute_js([10, 0], [10, 0]), round(compute_js([10, 0], [0, 10]), 6)
    (0.0, 1.0)
    """
    p = np.asarray(reference, dtype=np.float64)
    q = np.asarray(current, dtype=np.float64)
    if p.sum() == 0 or q.sum() == 0:
        return 0.0
    p, q = p / p.sum(), q / q.sum()
    middle = (p + q) / 2

    def divergence(a: npt.NDArray[np.float64]) -> float:
        seen = a > 0
        return float(np.sum(a[seen] * np.log2(a[seen] / middle[seen])))

    return math.sqrt(max(0.0, (divergence(p) + divergence(q)) / 2))


def compute_ks(reference: Counts, current: Counts) -> float:
    """Kolmogorov-Smirnov distance at the bins' edges (a lower bound of the one on raw values).

    >>> compute_ks([5, 5, 0], [0, 5, 5])
    0.5
    """
    p = np.asarray(reference, dtype=np.float64)
    q = np.asarray(current, dtype=np.float64)
    if p.sum() == 0 or q.sum() == 0:
        return 0.0
    return float(np.max(np.abs(np.cumsum(p) / p.sum() - np.cumsum(q) / q.sum())))


def compute_p_value(reference: Counts, current: Counts) -> float:
    """Pearson's chi-squared test that both histograms come from one population; bins that are empty in both are left out.

    >>> compute_p_value([50, 50], [50, 50])
    1.0
    """
    table = np.asarray([reference, current], dtype=np.float64)
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return float(special.chdtrc(table.shape[1] - 1, statistic))


@dataclass(frozen=True, slots=True)
class Limits:
    """From where drift is watched and acted on, how many rows it takes, and how many features share the false alarms."""

    watch: float = PSI_WATCH
    act: float = PSI_ACT
    min_rows: int = 200
    tests: int = 1


def judge_psi(psi: float, noise: float, current_n: int, limits: Limits) -> Verdict:
    """Verdict on one PSI: enough rows, over chance, and over a threshold."""
    if current_n < limits.min_rows:
        return Verdict.INSUFFICIENT_DATA
    if psi <= noise or psi < limits.watch:
        return Verdict.GREEN
    return Verdict.RED if psi >= limits.act else Verdict.AMBER


def compare(name: str, reference: Counts, current: Counts, limits: Limits, *, ordered: bool = True) -> Drift:
    """Compare one histogram with its reference.

    Args:
        ordered: whether the bins have an order (numbers); categories have none, so no KS distance.
    """
    reference_n, current_n = int(np.sum(reference)), int(np.sum(current))
    if reference_n == 0 or current_n == 0:
        return Drift(name, Verdict.INSUFFICIENT_DATA, 0.0, 0.0, 0.0, 0.0, 1.0, reference_n, current_n)
    used = int(np.sum((np.asarray(reference) + np.asarray(current)) > 0))
    psi = compute_psi(reference, current)
    noise = noise_psi(used, reference_n, current_n, FALSE_ALARM / max(1, limits.tests))
    verdict = judge_psi(psi, noise, current_n, limits)
    ks = compute_ks(reference, current) if ordered else 0.0
    return Drift(name, verdict, psi, noise, compute_js(reference, current), ks, compute_p_value(reference, current), reference_n, current_n)


@dataclass(frozen=True, slots=True)
class ShareRise:
    """A share (of missing, or of unseen values) against the reference's."""

    name: str
    verdict: Verdict
    reference_share: float
    current_share: float
    current_n: int


def compare_share(name: str, reference: tuple[int, int], current: tuple[int, int], watch: float, act: float, limits: Limits) -> ShareRise:
    """Whether a share has risen: by `watch` or `act` at least, and beyond chance (one-sided pooled z test of two shares).

    Args:
        reference, current: (count, out of).
    """
    (x, n), (y, m) = reference, current
    before, now = x / n if n else 0.0, y / m if m else 0.0
    if m < limits.min_rows:
        return ShareRise(name, Verdict.INSUFFICIENT_DATA, before, now, m)
    rise = now - before
    pooled = (x + y) / (n + m)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) if n and m else 0.0
    significant = rise > -special.ndtri(FALSE_ALARM / max(1, limits.tests)) * error
    if not significant or rise < watch:
        return ShareRise(name, Verdict.GREEN, before, now, m)
    return ShareRise(name, Verdict.RED if rise >= act else Verdict.AMBER, before, now, m)
