"""The usual metrics as natural frequencies: of 100 decisions, of 100 pairs, of the tenth that is ranked highest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.impact.arrays import BoolArray, FloatArray
from core.impact.bootstrap import Interval
from core.impact.intervals import mean_interval, share_interval

TOP_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class MetricFrequencies:
    """Metrics on the test rows, each a share with its 95 % interval; in production's mix of outcomes where it differs.

    Args:
        right: decisions that are right (accuracy). usual: the same if every case were taken for the more frequent outcome;
            usual_is_positive: which that is.
        reached: positive cases that are treated (recall); None without one.
        hits: treated cases that are positive (precision); None where nobody is treated.
        ranked: pairs of a positive and a negative case of which the positive is ranked higher, ties as a half (AUC); None
            with one outcome only.
        positives: share of positive cases. top: the same among the tenth that is ranked highest.
        lift: how many times `positives` that is; None without a positive case.
        rows: test rows.
    """

    right: Interval
    usual: float
    usual_is_positive: bool
    reached: Interval | None
    hits: Interval | None
    ranked: Interval | None
    positives: Interval
    top: Interval
    lift: Interval | None
    rows: int


def metric_frequencies(y: BoolArray, decision: BoolArray, rank: FloatArray, up: float = 1.0, down: float = 1.0) -> MetricFrequencies:
    """Say the usual metrics in natural frequencies.

    Args:
        y: outcomes; decision: what is treated; rank: what the policy ranks by; shape (n,).
        up, down: rows of production that a positive and a negative row stand for.

    Source: AUC's interval by DeLong et al. 1988 on the logit scale; shares by Wilson 1927.
    """
    weights = np.where(y, up, down)
    even = up == down == 1
    base = share_interval(int(y.sum()), y.size)
    share = base if even else Interval(*[up * base.value] * 3)
    right = (
        share_interval(int((y == decision).sum()), y.size)
        if even
        else mean_interval((y == decision) * weights, least=0.0, most=max(up, down))
    )
    top = _mixed(y[_top(rank, weights)], up, down)
    return MetricFrequencies(
        right, max(share.value, 1 - share.value), share.value > 0.5,
        share_interval(int((y & decision).sum()), int(y.sum())) if y.any() else None,
        _mixed(y[decision], up, down) if decision.any() else None, _ranked(y, rank), share, top,
        Interval(*(end / share.value for end in (top.value, top.low, top.high))) if share.value else None, y.size,
    )  # fmt: skip


def _mixed(y: BoolArray, up: float, down: float) -> Interval:
    """Share of positives in production's mix, with the sample's interval carried over."""
    found = share_interval(int(y.sum()), y.size)
    return Interval(*(up * s / (up * s + down * (1 - s)) if 0 < s < 1 else s for s in (found.value, found.low, found.high)))


def _top(rank: FloatArray, weights: FloatArray) -> BoolArray:
    """The tenth of production that is ranked highest; rows that are ranked alike at its end are drawn from in their order."""
    order = np.argsort(-rank, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    top = np.zeros(rank.size, dtype=np.bool_)
    top[order[before < TOP_SHARE * weights.sum() - 1e-9]] = True
    return top


def _ranked(y: BoolArray, rank: FloatArray) -> Interval | None:
    from core.training.metrics import delong

    return Interval(*delong(y, rank)) if y.any() and not y.all() else None
