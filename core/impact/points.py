"""What one more point is worth: one more of a hundred positive cases reached, or one more of a hundred actions that hits.

A point can be thought of in two ways, and both are told. *Alone*: a better model brings it, and nothing else changes. *Moved*:
this model brings it by treating more or fewer cases than now, along its own curve. At the most valuable threshold the second
is about zero: that is what most valuable means.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.impact.amounts import Amount, amount_of
from core.impact.arrays import BoolArray, FloatArray
from core.impact.bootstrap import Interval
from core.impact.intervals import mean_interval, share_interval
from core.impact.payoff import RowValues

POINT = 0.01
NEAR_SHARE = 0.025
NEAR_LEAST, NEAR_MOST = 50, 20_000


class PointMetric(StrEnum):
    """REACH: share of positive cases that are treated (recall). HITS: share of treated cases that are positive (precision)."""

    REACH = "reach"
    HITS = "hits"


@dataclass(frozen=True, slots=True)
class PointWorth:
    """What one more percentage point is worth a period.

    Args:
        cases: REACH: positive cases that a point is; HITS: unneeded actions that are saved where as many are reached.
        alone: REACH at the same number of unneeded actions; HITS at the same number of positive cases reached. None where
            there is no point left to gain.
        moved: along the model's own curve from where it stands. None where that can't be told: too few cases near the
            threshold, or a hit rate there that doesn't differ from the whole.
        moved_actions: REACH: further actions that this takes; HITS: actions that are given up.
        near_hits: share of positives among the cases next to the threshold, with its interval.
    """

    metric: PointMetric
    cases: float
    alone: Amount | None
    moved: Amount | None
    moved_actions: float | None
    near_hits: Interval | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """Test rows as a policy sees them.

    Args:
        y: outcomes; decision: what the policy treats, shape (n,).
        rank: what it ranks by, shape (n,): every treated row's is above every untreated one's.
        values: weighted value of each row if treated and if left alone.
        weights: rows of production that each row stands for, shape (n,).
        cases_per_period: cases that a period brings.
    """

    y: BoolArray
    decision: BoolArray
    rank: FloatArray
    values: RowValues
    weights: FloatArray
    cases_per_period: float

    def gain(self, rows: BoolArray) -> Interval:
        """Mean gain of treating one of these cases, money, with its interval; a mean alone where all gain the same."""
        each = self.values.gain[rows] / self.weights[rows]
        if each.size == 0:
            return Interval(0.0, 0.0, 0.0)
        every = self.values.gain[self.y == bool(self.y[rows][0])] / self.weights[self.y == bool(self.y[rows][0])]
        return mean_interval(each, least=float(every.min()), most=float(every.max()))

    def share(self, of: BoolArray, among: BoolArray) -> Interval:
        """Share of rows of production among others, with the interval of the sample's share carried over."""
        hits, rows = int((of & among).sum()), int(among.sum())
        up = float(self.weights[self.y].mean()) if self.y.any() else 1.0
        down = float(self.weights[~self.y].mean()) if not self.y.all() else 1.0
        found = share_interval(hits, rows)
        return Interval(*(up * s / (up * s + down * (1 - s)) if 0 < s < 1 else s for s in (found.value, found.low, found.high)))

    def near(self) -> BoolArray:
        """The cases next to the threshold: as many of those just treated as of those just left alone."""
        count = min(max(round(NEAR_SHARE * self.rank.size), NEAR_LEAST), NEAR_MOST)
        near = np.zeros(self.rank.size, dtype=np.bool_)
        for rows, sign in ((np.flatnonzero(self.decision), 1), (np.flatnonzero(~self.decision), -1)):
            near[rows[np.argsort(sign * self.rank[rows], kind="stable")[:count]]] = True
        return near

    @property
    def scale(self) -> float:
        """Cases a period that a weight of one stands for."""
        return self.cases_per_period / self.rank.size

    @property
    def positives(self) -> Interval:
        """Positive cases a period; sure where their share in production is an assumption, which shows in weights."""
        if bool((self.weights == 1).all()):
            return share_interval(int(self.y.sum()), self.y.size).scaled(self.cases_per_period)
        known = float(self.weights[self.y].sum()) * self.scale
        return Interval(known, known, known)

    @property
    def actions(self) -> Interval:
        """Cases treated a period."""
        if bool((self.weights == 1).all()):
            return share_interval(int(self.decision.sum()), self.y.size).scaled(self.cases_per_period)
        most = float(self.weights.max())
        return mean_interval(self.decision * self.weights, least=0.0, most=most).scaled(self.cases_per_period)


def reach_point(rows: Ranked) -> PointWorth:
    """What it is worth to reach one more of every hundred positive cases.

    Alone: ``0.01 positives (gain of a missed positive)``. Moved: that takes ``0.01 positives / m`` further actions where m of
    one are hits next to the threshold: ``0.01 positives (a + b (1 - m) / m)`` with the gains a of a hit and b of a miss.
    """
    positives, missed = rows.positives, rows.y & ~rows.decision
    point = POINT * positives.value
    if not point or float(rows.weights[missed].sum()) * rows.scale < point:
        return PointWorth(PointMetric.REACH, point, None, None, None, None)
    alone = amount_of(_carried(lambda p, a: POINT * p * a, positives, rows.gain(missed)))
    near = rows.near()
    if not _both(rows.y[near]):
        return PointWorth(PointMetric.REACH, point, alone, None, None, None)
    hits = rows.share(rows.y, near)
    gains = rows.gain(near & rows.y), rows.gain(near & ~rows.y)
    moved = _carried(lambda p, m, a, b: POINT * p * (a + b * (1 - m) / m), positives, hits, *gains)
    return PointWorth(PointMetric.REACH, point, alone, amount_of(moved), point / hits.value, hits)


def hits_point(rows: Ranked) -> PointWorth:
    """What it is worth if one more of every hundred actions hits.

    Alone: as many positives are reached with ``0.01 A / (P + 0.01)`` fewer actions, all of them unneeded. Moved: the model
    gives up the ``0.01 A / (P - m)`` actions next to its threshold, of which m of one hit.
    """
    treated, misses = rows.decision, rows.decision & ~rows.y
    actions, precise = rows.actions, rows.share(rows.y, treated)
    if not misses.any() or precise.value + POINT > 1:
        return PointWorth(PointMetric.HITS, 0.0, None, None, None, None)
    fewer = POINT * actions.value / (precise.value + POINT)
    alone = _carried(lambda n, p, b: -POINT * n / (p + POINT) * b, actions, precise, rows.gain(misses))
    near = rows.near()
    hits = rows.share(rows.y, near)
    if not _both(rows.y[near]) or not (hits.high < precise.value and hits.value < precise.low):
        return PointWorth(PointMetric.HITS, fewer, amount_of(alone), None, None, hits if near.any() else None)
    gains = rows.gain(near & rows.y), rows.gain(near & ~rows.y)
    moved = _carried(lambda n, m, p, a, b: -POINT * n / (p - m) * (m * a + (1 - m) * b), actions, hits, precise, *gains)
    given_up = POINT * actions.value / (precise.value - hits.value)
    return PointWorth(PointMetric.HITS, fewer, amount_of(alone), amount_of(moved), given_up, hits)


def _both(y: BoolArray) -> bool:
    return y.size >= NEAR_LEAST and bool(y.any()) and not bool(y.all())


def _carried(figure: Callable[..., float], *estimates: Interval) -> Interval:
    """A figure of independent estimates with its interval: each moved to its ends alone, the deviations squared and added.

    Source: square-and-add, as for sums and differences (Zou and Donner 2008), to first order for other figures.
    """
    values = [e.value for e in estimates]
    centre = figure(*values)
    down = up = 0.0
    for i, estimate in enumerate(estimates):
        ends = [figure(*values[:i], end, *values[i + 1 :]) for end in (estimate.low, estimate.high)]
        down = math.hypot(down, centre - min(*ends, centre))
        up = math.hypot(up, max(*ends, centre) - centre)
    return Interval(centre, centre - down, centre + up)
