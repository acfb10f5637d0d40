"""Where a model loses money: the worst segments, found on one half of the test rows and valued on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.impact.amounts import Amount, amount_of
from core.impact.arrays import BoolArray, FloatArray, IntArray
from core.impact.bootstrap import LEVEL, Interval
from core.impact.groups import Group, Grouping, UnequalRows, group_column
from core.impact.intervals import interval_of_rows, mean_interval
from core.impact.payoff import RowValues

MIN_ROWS = 50
MIN_BLOCKS = 10
TESTED = 5
STRONGEST = 10
RANGES = 8
OVERLAP = 0.5
CANDIDATES = 200
PRIOR_ROWS = 20.0
CASE_PLACES = 6


class SegmentVerdict(StrEnum):
    """What the interval of a segment's gain allows to say.

    LOSES: the reference is better there. WEAK: the model brings less there than on average. OPEN: neither is sure.
    """

    LOSES = "loses"
    WEAK = "weak"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Segment:
    """Cases that share one or two properties, and what deciding by the model is worth there.

    Args:
        groups: one or two; a case must belong to both.
        rows, share: of all test rows.
        valued_rows: rows of the half on which it was valued.
        cases: a period.
        treated: share of its cases that the model treats, 0 to 1.
        value_per_case, value: of the model's decisions, a case and a period.
        gain_per_case, gain: over the reference, a case and a period.
    """

    groups: tuple[Group, ...]
    rows: int
    share: float
    valued_rows: int
    cases: float
    treated: float
    value_per_case: Amount
    value: Amount
    gain_per_case: Amount
    gain: Amount
    verdict: SegmentVerdict


@dataclass(frozen=True, slots=True)
class SegmentFindings:
    """The worst segments, the largest loss first.

    Args:
        looked_at: segments that were compared on the first half; tested: those valued on the second.
        features: columns that could be grouped.
        searched_rows, valued_rows: sizes of the two halves.
        level: at which all intervals shown hold together.
        gain_per_case: of all valued rows, what WEAK is measured by.
    """

    segments: tuple[Segment, ...]
    looked_at: int
    tested: int
    features: int
    searched_rows: int
    valued_rows: int
    level: float
    gain_per_case: Amount

    @property
    def losing(self) -> tuple[Segment, ...]:
        """Segments in which the model surely loses money."""
        return tuple(s for s in self.segments if s.verdict is SegmentVerdict.LOSES)


@dataclass(frozen=True, slots=True)
class _Candidate:
    codes: tuple[tuple[int, int], ...]  # (index of the grouping, code)
    rank: tuple[int, float]


def find_segments(
    frame: pd.DataFrame,
    values: RowValues,
    decision: npt.ArrayLike,
    reference: npt.ArrayLike,
    cases_per_period: float,
    seed: int,
    most: int = TESTED,
    blocks: IntArray | None = None,
) -> SegmentFindings:
    """Find the segments in which deciding by the model is worth least.

    The rows are halved at random. On the first half every group of every feature, and every pair of groups of the ten
    strongest features, is ranked. At most `most` go on to the second half, which had no say in their choice: estimates
    are free of the optimism of the search, and their intervals hold together at 95 % (Bonferroni). Where no segment is
    bad, fewer than one report in twenty names one (simulated in the tests, with rare and skewed payoffs too).

    Args:
        frame: features of the test rows, n rows in the order of `values`.
        decision, reference: what the model treats, and what would be treated without it, shape (n,), or one number for all.
        seed: halves the rows; the same seed finds the same segments.
        blocks: number of each row's block, shape (n,), where rows depend on each other (hours of one day); each lies in one half.

    Raises:
        UnequalRows: another number of rows in the frame.
    """
    if len(frame) != values.rows:
        raise UnequalRows(len(frame), values.rows)
    treated = np.asarray(decision, dtype=np.float64)
    own = values.of(treated)
    gain = own - values.of(np.broadcast_to(np.asarray(reference, dtype=np.float64), own.shape))
    groupings, first = _groupings(frame), _half(own.size, seed) if blocks is None else _half_of_blocks(blocks, seed)
    candidates, looked_at = _search(groupings, gain, first)
    kept = [(c, mask) for c, mask in _distinct(groupings, candidates, most) if _enough(mask & ~first, blocks)]
    scale = _Scale(own, gain, treated, ~first, cases_per_period, 1 - (1 - LEVEL) / max(len(kept), 1), blocks)
    segments = (scale.segment(tuple(groupings[i].groups[code] for i, code in c.codes), mask) for c, mask in kept)
    overall = scale.interval(gain, ~first, LEVEL)
    worst, searched = tuple(sorted(segments, key=lambda s: s.gain.value)), int(np.count_nonzero(first))
    average = amount_of(overall, 1.0, CASE_PLACES)
    return SegmentFindings(worst, looked_at, len(kept), len(groupings), searched, own.size - searched, LEVEL, average)


def _groupings(frame: pd.DataFrame) -> list[Grouping]:
    """The columns that can be grouped."""
    found = (group_column(frame.iloc[:, i], ranges=RANGES, missing=True, others=True) for i in range(frame.shape[1]))
    return [g for g in found if g is not None]


def _half(rows: int, seed: int) -> BoolArray:
    half = np.zeros(rows, dtype=np.bool_)
    half[np.random.default_rng(seed).permutation(rows)[: rows // 2]] = True
    return half


def _half_of_blocks(blocks: IntArray, seed: int) -> BoolArray:
    codes = np.unique(blocks, return_inverse=True)[1]
    return _half(int(codes.max()) + 1, seed)[codes]


def _enough(rows: BoolArray, blocks: IntArray | None) -> bool:
    """Whether a segment's rows suffice to be valued on, and come from enough blocks."""
    if np.count_nonzero(rows) < MIN_ROWS:
        return False
    return blocks is None or np.unique(blocks[rows]).size >= MIN_BLOCKS


def _search(groupings: Sequence[Grouping], gain: FloatArray, half: BoolArray) -> tuple[list[_Candidate], int]:
    """Rank all groups, and all pairs of groups of the strongest features, on one half."""
    part = gain[half]
    codes = [g.codes[half] for g in groupings]
    sizes = [len(g.groups) for g in groupings]
    found: list[_Candidate] = []
    strength = np.zeros(len(groupings))
    looked_at = 0
    for i, (own, size) in enumerate(zip(codes, sizes, strict=True)):
        ranked = _rank(own, size, part)
        looked_at += len(ranked)
        found += [_Candidate(((i, code),), rank) for code, rank in ranked]
        strength[i] = max((abs(rank[1]) for _, rank in ranked), default=0.0)
    strongest = sorted(np.argsort(-strength, kind="stable")[:STRONGEST].tolist())
    for i, j in combinations(strongest, 2):
        both = np.where((codes[i] >= 0) & (codes[j] >= 0), codes[i] * sizes[j] + codes[j], -1)
        ranked = _rank(both, sizes[i] * sizes[j], part)
        looked_at += len(ranked)
        found += [_Candidate(((i, code // sizes[j]), (j, code % sizes[j])), rank) for code, rank in ranked]
    worst = sorted((c for c in found if c.rank[1] < 0), key=lambda c: c.rank)
    return worst[:CANDIDATES], looked_at


def _rank(codes: IntArray, size: int, gain: FloatArray) -> list[tuple[int, tuple[int, float]]]:
    """Groups of enough rows with their rank: losing ones first, by how sure the loss is; the others by how far below average they lie.

    A group's spread is drawn a little towards everybody's, so that a few equal rows don't look sure.
    """
    inside = codes + 1
    counts = np.bincount(inside, minlength=size + 1)[1:].astype(np.float64)
    sums = np.bincount(inside, weights=gain, minlength=size + 1)[1:]
    squares = np.bincount(inside, weights=gain * gain, minlength=size + 1)[1:]
    mean, spread = float(gain.mean()), float(gain.var())
    enough = np.flatnonzero((counts >= MIN_ROWS) & (counts <= gain.size - MIN_ROWS))
    if spread == 0 or enough.size == 0:
        return []
    n, means = counts[enough], sums[enough] / counts[enough]
    own = np.maximum(squares[enough] / n - means**2, 0.0)
    prior = spread + (means - mean) ** 2
    error = np.sqrt((n * own + PRIOR_ROWS * prior) / (n + PRIOR_ROWS) / n)
    loss, below = means / error, (means - mean) / error
    return [
        (int(code), (0, float(lost)) if lost < -1 else (1, float(less)))
        for code, lost, less in zip(enough, loss, below, strict=True)
    ]  # fmt: skip


def _distinct(groupings: Sequence[Grouping], ranked: Sequence[_Candidate], most: int) -> list[tuple[_Candidate, BoolArray]]:
    """The best ranked that don't share more than half of the smaller one's rows with a better one."""
    kept: list[tuple[_Candidate, BoolArray]] = []
    for candidate in ranked:
        mask = np.logical_and.reduce([groupings[i].codes == code for i, code in candidate.codes])
        rows = np.count_nonzero(mask)
        if all(np.count_nonzero(mask & other) <= OVERLAP * min(rows, np.count_nonzero(other)) for _, other in kept):
            kept.append((candidate, mask))
        if len(kept) == most:
            break
    return kept


@dataclass(frozen=True, slots=True)
class _Scale:
    own: FloatArray
    gain: FloatArray
    treated: FloatArray
    valued: BoolArray
    cases_per_period: float
    level: float
    blocks: IntArray | None = None

    def segment(self, groups: tuple[Group, ...], mask: BoolArray) -> Segment:
        rows = int(np.count_nonzero(mask))
        share, here = rows / mask.size, mask & self.valued
        value, gain = (self.interval(amounts, here, self.level) for amounts in (self.own, self.gain))
        cases = share * self.cases_per_period
        return Segment(
            groups, rows, share, int(np.count_nonzero(here)), cases, float(self.treated[mask].mean()),
            amount_of(value, 1.0, CASE_PLACES), amount_of(value, cases), amount_of(gain, 1.0, CASE_PLACES), amount_of(gain, cases),
            self._verdict(gain),
        )  # fmt: skip

    def interval(self, amounts: FloatArray, here: BoolArray, level: float) -> Interval:
        """Mean of some rows with its interval."""
        if self.blocks is not None:
            return interval_of_rows(amounts[here], self.blocks[here], level)
        return mean_interval(amounts[here], least=float(amounts.min()), most=float(amounts.max()), level=level)

    def _verdict(self, gain: Interval) -> SegmentVerdict:
        if gain.high < 0:
            return SegmentVerdict.LOSES
        return SegmentVerdict.WEAK if gain.high < float(self.gain[self.valued].mean()) else SegmentVerdict.OPEN
