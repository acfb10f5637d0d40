"""Whom a model reaches least: reach by group of each feature, with intervals that don't cry wolf."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.impact.arrays import BoolArray
from core.impact.groups import group_column
from core.impact.intervals import wilson_interval
from core.registry.evidence import GroupReach, SegmentFacts

MIN_POSITIVES = 30
SHOWN = 5
# Four fifths: a group reached less than 80 % as often as everybody (EEOC Uniform Guidelines 1978, 29 CFR 1607.4(D)).
FLOOR_SHARE = 0.8
LEVEL = 0.95


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
        grouping = group_column(frame[name])
        if grouping is None:
            continue
        codes, count = grouping.codes, len(grouping.groups)
        positives = np.bincount(codes[(codes >= 0) & y], minlength=count)
        hits = np.bincount(codes[(codes >= 0) & y & decision], minlength=count)
        found += [
            (str(name), group.label, int(h), int(p))
            for group, h, p in zip(grouping.groups, hits, positives, strict=True)
            if p >= MIN_POSITIVES
        ]
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
