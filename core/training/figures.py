"""Figures on held-out rows and what they carry; light, so that pages and lists can speak of them without the statistics libraries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
TRAIN, VALIDATION, TEST = "train", "validation", "test"
LEVEL = 0.95
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its slice, size and 95 % interval."""

    name: str
    value: float
    low: float
    high: float
    slice: str
    n: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of a yes-or-no decision."""

    tp: int
    fp: int
    fn: int
    tn: int


def confusion_at(truth: Bools, score: Floats, threshold: float) -> Confusion:
    """Counts where a case is decided yes at or above the threshold."""
    yes = score >= threshold
    return Confusion(int((yes & truth).sum()), int((yes & ~truth).sum()), int((~yes & truth).sum()), int((~yes & ~truth).sum()))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, the score interval).

    >>> [round(x, 4) for x in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * np.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
