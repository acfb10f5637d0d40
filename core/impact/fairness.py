"""Whether a model treats groups of people alike: who is picked, who is reached, and what a decision is worth, group by group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InvalidInput
from core.impact.amounts import Amount, amount_of
from core.impact.arrays import BoolArray, FloatArray, IntArray, as_outcomes
from core.impact.bootstrap import LEVEL, Interval
from core.impact.groups import Group, Grouping, UnequalRows, group_column
from core.impact.intervals import difference_of, mean_interval, ratio_of, share_interval
from core.impact.payoff import RowValues

MIN_ROWS = 30
# A group picked less than 80 % as often as the most picked is taken as a sign of adverse impact, unless the numbers are
# small and the difference isn't significant (EEOC Uniform Guidelines 1978, 29 CFR 1607.4(D)).
FOUR_FIFTHS = 0.8
CASE_PLACES = 6


class FairnessMetric(StrEnum):
    """What is compared between groups.

    SELECTION: share of cases that are treated. REACH: share of positive cases that are treated (recall, equal
    opportunity). VALUE: value per case of the model's decisions. Of classes RIGHT: share decided rightly, and VALUE; of forecasts
    ENOUGH: share of cases in which the plan was enough, and COST of an error per case.
    """

    SELECTION = "selection"
    REACH = "reach"
    VALUE = "value"
    RIGHT = "right"
    ENOUGH = "enough"
    COST = "cost"

    @property
    def is_money(self) -> bool:
        """Whether it is an amount and no share."""
        return self in {FairnessMetric.VALUE, FairnessMetric.COST}


PICKING = (FairnessMetric.SELECTION, FairnessMetric.REACH, FairnessMetric.VALUE)


class GapVerdict(StrEnum):
    """What a gap between two groups comes to.

    WARNING: surely there, and below four fifths. NOTICE: surely there, but within four fifths (or in value, which has no
    such rule). POSSIBLE: below four fifths, but chance may explain it. NONE: neither.
    """

    WARNING = "warning"
    NOTICE = "notice"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """How a model treats one group.

    Args:
        rows, positives: test rows of the group, and those with a positive outcome.
        selection, reach: shares with their 95 % Wilson intervals; `reach` is None without a positive case.
        value_per_case: of the model's decisions, with its 95 % interval.
        judged, reach_judged: whether there are enough rows (positives) for a judgement.
    """

    group: Group
    rows: int
    positives: int
    selection: Interval
    reach: Interval | None
    value_per_case: Amount
    judged: bool
    reach_judged: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """The widest sure gap between two groups in one metric; where none is sure, the widest.

    Args:
        lowest, highest: the two groups, and their figures.
        difference: highest less lowest, with an interval that allows for all pairs and metrics looked at; money for VALUE.
        ratio: lowest by highest, with its interval; None for VALUE and where the highest is zero.
        behind: every group that is surely behind the highest.
    """

    metric: FairnessMetric
    lowest: Group
    highest: Group
    low_value: float
    high_value: float
    difference: Interval
    ratio: Interval | None
    behind: tuple[Group, ...]
    verdict: GapVerdict

    @property
    def significant(self) -> bool:
        """Whether chance doesn't explain it."""
        return self.difference.low > 0


@dataclass(frozen=True, slots=True)
class FairnessFindings:
    """A model's treatment of the groups of one attribute.

    Args:
        groups: all groups, the most rows first.
        gaps: one for each metric in which at least two groups can be judged.
        pairs: comparisons that the intervals allow for.
    """

    attribute: str
    groups: tuple[GroupOutcome, ...]
    gaps: tuple[Gap, ...]
    pairs: int
    level: float

    @property
    def warnings(self) -> tuple[Gap, ...]:
        """Gaps that are surely there."""
        return tuple(g for g in self.gaps if g.significant)

    @property
    def too_small(self) -> tuple[GroupOutcome, ...]:
        """Groups that aren't judged."""
        return tuple(g for g in self.groups if not g.judged)


def assess_fairness(
    attribute: pd.Series, y: npt.ArrayLike, decision: npt.ArrayLike, values: RowValues, level: float = LEVEL
) -> FairnessFindings:
    """Compare how a model treats the groups of an attribute.

    Every pair of groups is compared in every metric. The intervals of the differences hold together at `level`
    (Bonferroni over pairs and metrics), so that in at most one report of twenty chance alone gives a warning. Groups with
    fewer than 30 rows (for REACH: positive rows) are shown, but not judged.

    Args:
        attribute: the column that people chose, n rows; numbers and dates become ranges.
        y, decision: outcome and whether treated, shape (n,), 0 or 1.
        values: each row's value if treated and if left alone.

    Raises:
        InvalidInput: the attribute has another length or no groups.

    Source: Newcombe 1998 (intervals of differences of shares); four fifths: 29 CFR 1607.4(D).
    """
    outcome, treated = as_outcomes(y), as_outcomes(decision)
    if len(attribute) != outcome.size:
        raise UnequalRows(len(attribute), outcome.size)
    grouping = group_column(attribute, missing=True, others=True)
    if grouping is None:
        raise InvalidInput("'{column}' doesn't split these cases into groups. Choose another column.", field="attribute", column=str(attribute.name))  # fmt: skip
    table = _Table(grouping, outcome, treated, values.of(treated))
    groups = [table.outcome(code, level) for code in range(len(grouping.groups))]
    pairs = _pairs_of(groups)
    sure = 1 - (1 - level) / max(pairs, 1)
    found = [
        widest_gap(metric, grouping.groups, table.sure_intervals(metric, groups, sure), table.rates[metric.value]) for metric in PICKING
    ]
    order = sorted((g for g in groups if g.rows), key=lambda g: -g.rows)
    return FairnessFindings(str(attribute.name), tuple(order), tuple(g for g in found if g is not None), pairs, level)


def _pairs_of(groups: Sequence[GroupOutcome]) -> int:
    judged, reached = sum(g.judged for g in groups), sum(g.reach_judged for g in groups)
    return judged * (judged - 1) + reached * (reached - 1) // 2


class _Table:
    """Rows counted by group, outcome and decision; the rates of all groups come from these few cells."""

    def __init__(self, grouping: Grouping, outcome: BoolArray, treated: BoolArray, amounts: FloatArray) -> None:
        self.groups, self.codes, self.amounts = grouping.groups, grouping.codes, amounts
        cell = grouping.codes * 4 + outcome * 2 + treated
        self.counts: IntArray = np.bincount(cell, minlength=4 * len(grouping.groups)).astype(np.int64)
        self.sums: FloatArray = np.bincount(cell, weights=amounts, minlength=4 * len(grouping.groups)).astype(np.float64)
        self.rates = _rates(self.counts, self.sums)

    def count(self, code: int) -> tuple[int, int, int, int]:
        """Rows, treated rows, positives and treated positives of a group."""
        _, untreated_hit, missed, reached = (int(c) for c in self.counts[4 * code : 4 * code + 4])
        return int(self.counts[4 * code : 4 * code + 4].sum()), untreated_hit + reached, missed + reached, reached

    def value(self, code: int, level: float) -> Interval:
        return mean_interval(self.amounts[self.codes == code], least=float(self.amounts.min()), most=float(self.amounts.max()), level=level)

    def outcome(self, code: int, level: float) -> GroupOutcome:
        rows, treated, positives, reached = self.count(code)
        return GroupOutcome(
            self.groups[code], rows, positives, share_interval(treated, rows, level),
            share_interval(reached, positives, level) if positives else None,
            amount_of(self.value(code, level), 1.0, CASE_PLACES), rows >= MIN_ROWS, positives >= MIN_ROWS,
        )  # fmt: skip

    def sure_intervals(self, metric: FairnessMetric, groups: Sequence[GroupOutcome], level: float) -> dict[int, Interval]:
        """Intervals of the groups that can be judged in a metric, at the level that allows for all comparisons."""
        made: dict[int, Interval] = {}
        for code, group in enumerate(groups):
            rows, treated, positives, reached = self.count(code)
            match metric:
                case FairnessMetric.SELECTION if group.judged:
                    made[code] = share_interval(treated, rows, level)
                case FairnessMetric.REACH if group.reach_judged:
                    made[code] = share_interval(reached, positives, level)
                case FairnessMetric.VALUE if group.judged:
                    made[code] = self.value(code, level)
                case _:
                    pass
        return made


def _rates(counts: IntArray, sums: FloatArray) -> dict[str, FloatArray]:
    """Each group's rates by fairlearn, from cells weighted with their rows."""
    from fairlearn.metrics import MetricFrame, selection_rate, true_positive_rate

    filled = counts > 0
    cell = np.flatnonzero(filled)
    weight = counts[filled].astype(np.float64)
    mean = sums[filled] / weight

    def value(y_true: FloatArray, y_pred: FloatArray, amount: FloatArray, sample_weight: FloatArray) -> float:
        return float(np.average(amount, weights=sample_weight))

    metrics: dict[str, Callable[..., float]] = {"selection": selection_rate, "reach": true_positive_rate, "value": value}
    weights = {"sample_weight": weight}
    frame = MetricFrame(
        metrics=metrics, y_true=(cell % 4) // 2, y_pred=cell % 2, sensitive_features=cell // 4,
        sample_params={"selection": weights, "reach": weights, "value": {**weights, "amount": mean}},
    )  # fmt: skip
    every = frame.by_group.reindex(range(counts.size // 4))
    return {name: every[name].to_numpy(dtype=np.float64) for name in metrics}


def widest_gap(metric: FairnessMetric, groups: Sequence[Group], intervals: dict[int, Interval], rates: FloatArray) -> Gap | None:
    """The widest sure gap of all pairs, else the widest; None where fewer than two groups can be judged.

    Args:
        intervals: of the groups that can be judged, by their place, at the level that allows for all comparisons. rates: of all groups.
    """
    if len(intervals) < 2:
        return None
    found = []
    for one, two in combinations(intervals, 2):
        low, high = (one, two) if rates[one] <= rates[two] else (two, one)
        found.append((difference_of(intervals[high], intervals[low]), low, high))
    difference, low, high = max(found, key=lambda f: (f[0].low > 0, f[0].value))
    top = max(intervals, key=lambda code: rates[code])
    behind = tuple(groups[a] for d, a, b in found if b == top and d.low > 0)
    ratio = None if metric.is_money else ratio_of(intervals[low], intervals[high])
    below = ratio is not None and ratio.value < FOUR_FIFTHS
    return Gap(
        metric, groups[low], groups[high], float(rates[low]), float(rates[high]), difference, ratio, behind,
        _verdict(sure=difference.low > 0, below=below),
    )  # fmt: skip


def _verdict(*, sure: bool, below: bool) -> GapVerdict:
    if sure:
        return GapVerdict.WARNING if below else GapVerdict.NOTICE
    return GapVerdict.POSSIBLE if below else GapVerdict.NONE
