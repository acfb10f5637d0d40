"""Whether groups are treated alike by decisions between classes and by forecasts: how often they are right (or enough), and what that is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from core.impact.amounts import Amount, amount_of
from core.impact.arrays import BoolArray, FloatArray, IntArray
from core.impact.bootstrap import LEVEL, Interval
from core.impact.fairness import CASE_PLACES, MIN_ROWS, FairnessMetric, Gap, widest_gap
from core.impact.groups import Group, Grouping, UnequalRows, group_column
from core.impact.intervals import interval_of_rows, mean_interval, share_interval
from core.impact.segments import MIN_BLOCKS


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """How one group is treated.

    Args:
        rows: test rows. good: share decided rightly, or for which the plan was enough, with its 95 % Wilson interval.
        per_case: what a decision is worth; of forecasts, what an error costs.
        judged: whether there are enough rows for a judgement.
    """

    group: Group
    rows: int
    good: Interval
    per_case: Amount
    judged: bool


@dataclass(frozen=True, slots=True)
class TaskFairness:
    """A model's treatment of the groups of one attribute.

    Args:
        groups: all groups, the most rows first.
        gaps: one for each of the two metrics, where at least two groups can be judged.
        pairs: comparisons that the intervals allow for.
    """

    attribute: str
    groups: tuple[TaskGroup, ...]
    gaps: tuple[Gap, ...]
    pairs: int
    level: float

    @property
    def warnings(self) -> tuple[Gap, ...]:
        """Gaps that are surely there."""
        return tuple(g for g in self.gaps if g.significant)

    @property
    def too_small(self) -> tuple[TaskGroup, ...]:
        """Groups that aren't judged."""
        return tuple(g for g in self.groups if not g.judged)


def assess_task_fairness(
    attribute: pd.Series, good: BoolArray, money: FloatArray, metrics: tuple[FairnessMetric, FairnessMetric], level: float = LEVEL,
    blocks: IntArray | None = None,
) -> TaskFairness:  # fmt: skip
    """Compare how a model treats the groups of an attribute.

    Every pair of groups with at least 30 rows is compared in both metrics; the intervals of the differences hold together at
    `level` (Bonferroni), so that in at most one report of twenty chance alone gives a warning.

    Args:
        attribute: the column, n rows; numbers and dates become ranges.
        good: whether decided rightly, or planned enough, shape (n,). money: of each decision, or the cost of each error, shape (n,).
        metrics: RIGHT and VALUE of classes, ENOUGH and COST of forecasts.
        blocks: number of each row's block, shape (n,), where rows depend on each other: intervals are of the spread of blocks, and groups
            of fewer than ten aren't judged; None where rows are independent.

    Raises:
        InvalidInput: the attribute has another length or no groups.

    Source: as `core.impact.fairness.assess_fairness`.
    """
    if len(attribute) != good.size:
        raise UnequalRows(len(attribute), good.size)
    grouping = group_column(attribute, missing=True, others=True)
    if grouping is None:
        raise InvalidInput("'{column}' doesn't split these cases into groups. Choose another column.", field="attribute", column=str(attribute.name))  # fmt: skip
    table = _Table(grouping, good, money, blocks)
    groups = [table.group(code, level) for code in range(len(grouping.groups))]
    judged = [code for code, group in enumerate(groups) if group.judged]
    pairs = len(judged) * (len(judged) - 1)
    sure = 1 - (1 - level) / max(pairs, 1)
    shares, amounts = ({code: interval(code, sure) for code in judged} for interval in (table.share, table.amount))
    found = [
        widest_gap(metrics[0], grouping.groups, shares, table.rates["good"]),
        widest_gap(metrics[1], grouping.groups, amounts, table.rates["money"]),
    ]
    order = sorted((g for g in groups if g.rows), key=lambda g: -g.rows)
    return TaskFairness(str(attribute.name), tuple(order), tuple(g for g in found if g is not None), pairs, level)


class _Table:
    """Rows by group."""

    def __init__(self, grouping: Grouping, good: BoolArray, money: FloatArray, blocks: IntArray | None) -> None:
        self.groups, self.codes, self.good, self.money, self.blocks = grouping.groups, grouping.codes, good, money, blocks
        size, inside = len(grouping.groups), grouping.codes >= 0
        self.rows = np.bincount(grouping.codes[inside], minlength=size)
        self.hits = np.bincount(grouping.codes[inside & good], minlength=size)
        self.rates = _rates(grouping, good, money)
        self.counted = np.array([self._blocks_of(code) for code in range(size)])

    def _blocks_of(self, code: int) -> int:
        """Rows of a group that count as one each: its blocks, where rows depend on each other."""
        return int(self.rows[code]) if self.blocks is None else int(np.unique(self.blocks[self.codes == code]).size)

    def share(self, code: int, level: float) -> Interval:
        if self.blocks is None or self.counted[code] < MIN_BLOCKS:
            return share_interval(int(self.hits[code]), int(self.rows[code]), level)
        here = self.codes == code
        found = interval_of_rows(self.good[here].astype(np.float64), self.blocks[here], level)
        return Interval(found.value, max(found.low, 0.0), min(found.high, 1.0))

    def amount(self, code: int, level: float) -> Interval:
        if self.blocks is not None and self.counted[code] >= MIN_BLOCKS:
            here = self.codes == code
            return interval_of_rows(self.money[here], self.blocks[here], level)
        return mean_interval(self.money[self.codes == code], least=float(self.money.min()), most=float(self.money.max()), level=level)

    def group(self, code: int, level: float) -> TaskGroup:
        rows = int(self.rows[code])
        per_case = amount_of(self.amount(code, level), 1.0, CASE_PLACES)
        return TaskGroup(
            self.groups[code],
            rows,
            self.share(code, level),
            per_case,
            rows >= MIN_ROWS and (self.blocks is None or self.counted[code] >= MIN_BLOCKS),
        )


def _rates(grouping: Grouping, good: BoolArray, money: FloatArray) -> dict[str, FloatArray]:
    """Each group's share and mean by fairlearn, from cells of group and outcome weighted with their rows."""
    from fairlearn.metrics import MetricFrame, selection_rate

    cell = grouping.codes * 2 + good
    counts = np.bincount(cell[grouping.codes >= 0], minlength=2 * len(grouping.groups))
    sums = np.bincount(cell[grouping.codes >= 0], weights=money[grouping.codes >= 0], minlength=counts.size)
    filled = np.flatnonzero(counts)
    weight = counts[filled].astype(np.float64)

    def mean(y_true: FloatArray, y_pred: FloatArray, amount: FloatArray, sample_weight: FloatArray) -> float:
        return float(np.average(amount, weights=sample_weight))

    metrics: dict[str, Callable[..., float]] = {"good": selection_rate, "money": mean}
    weights = {"sample_weight": weight}
    frame = MetricFrame(
        metrics=metrics, y_true=filled % 2, y_pred=filled % 2, sensitive_features=filled // 2,
        sample_params={"good": weights, "money": {**weights, "amount": sums[filled] / weight}},
    )  # fmt: skip
    every = frame.by_group.reindex(range(len(grouping.groups)))
    return {name: every[name].to_numpy(dtype=np.float64) for name in metrics}
