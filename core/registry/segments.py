"""Whom a model reaches least: reach by group of each feature, with intervals that don't cry wolf."""

from __future__ import annotations

from itertools import pairwise
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.impact.arrays import BoolArray, IntArray
from core.registry.evidence import GroupReach, SegmentFacts

MIN_POSITIVES = 30
MOST_GROUPS = 20
FIFTHS = 5
SHOWN = 5
# Four fifths: a group reached less than 80 % as often as everybody (EEOC Uniform Guidelines 1978, 29 CFR 1607.4(D)).
FLOOR_SHARE = 0.8
LEVEL = 0.95


def wilson_interval(hits: int, rows: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson score interval of a share (Wilson 1927, equation 4 of Brown, Cai, DasGupta 2001).

    >>> low, high = wilson_interval(71, 100)
    >>> round(low, 4), round(high, 4)
    (0.6146, 0.7899)
    """
    if rows == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = hits / rows
    center = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * (share * (1 - share) / rows + z * z / (4 * rows * rows)) ** 0.5
    return max(0.0, center - half), min(1.0, center + half)


def find_segments(frame: pd.DataFrame, y: BoolArray, decision: BoolArray) -> SegmentFacts:
    """Compare reach (positive cases that are treated) over the groups of each feature.

    A column of up to 20 values gives a group a value, a numeric one fifths of its range; text with more values is left
    out. A group needs 30 positive rows. With many groups some look bad by chance, so each also carries the upper end of
    an interval at 1 - 0.05 / groups (Bonferroni): only where that lies below the floor is a group surely left behind.

    Args:
        frame: features of the test rows, n rows.
        y, decision: outcome and whether treated, shape (n,).
    """
    found: list[tuple[str, str, int, int]] = []
    for name in frame.columns:
        labels, codes = _groups(frame[name])
        if len(labels) < 2:
            continue
        positives = np.bincount(codes[(codes >= 0) & y], minlength=len(labels))
        hits = np.bincount(codes[(codes >= 0) & y & decision], minlength=len(labels))
        found += [(str(name), label, int(h), int(p)) for label, h, p in zip(labels, hits, positives, strict=True) if p >= MIN_POSITIVES]
    every, reached = int(np.count_nonzero(y)), int(np.count_nonzero(y & decision))
    if every < MIN_POSITIVES:
        return SegmentFacts(None, 0.0, (), 0)
    overall = _reach("", "", reached, every, 1)
    groups = sorted((_reach(*item, len(found)) for item in found), key=lambda g: (g.reach, g.high))
    return SegmentFacts(overall, FLOOR_SHARE * overall.reach, tuple(groups[:SHOWN]), len(found))


def _reach(feature: str, group: str, hits: int, positives: int, looked_at: int) -> GroupReach:
    low, high = wilson_interval(hits, positives)
    sure_high = wilson_interval(hits, positives, 1 - (1 - LEVEL) / max(looked_at, 1))[1]
    return GroupReach(feature, group, positives, hits / positives, low, high, sure_high)


def _groups(column: pd.Series) -> tuple[list[str], IntArray]:
    """Labels and the code of each row (-1: missing or not grouped)."""
    distinct = column.nunique(dropna=True)
    none: IntArray = np.full(len(column), -1, dtype=np.int64)
    if distinct <= MOST_GROUPS:
        codes, values = pd.factorize(column, sort=False)
        return [_label(value) for value in values], np.asarray(codes, dtype=np.int64)
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return [], none
    numbers: npt.NDArray[np.float64] = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    present = np.isfinite(numbers)
    edges = np.unique(np.quantile(numbers[present], np.linspace(0, 1, FIFTHS + 1)))
    if edges.size < 3:
        return [], none
    codes = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, edges.size - 2)
    codes[~present] = -1
    labels = [f"{_label(low)} – {_label(high)}" for low, high in pairwise(edges)]
    return labels, np.asarray(codes, dtype=np.int64)


def _label(value: object) -> str:
    if isinstance(value, float | np.floating):
        return f"{float(value):,.6g}"
    return str(value)[:60]
