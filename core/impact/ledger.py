"""Realised value: what labelled decisions earned over the alternative that was promised against, summed so that sums merge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InvalidInput
from core.impact.alternatives import AlternativeKind
from core.impact.arrays import BoolArray, FloatArray
from core.impact.bootstrap import LEVEL, Interval
from core.impact.payoff import row_values
from core.impact.rule import rule_mask
from core.project.value_model import Formula, PayoffMatrix, TodaysRule


def decision_values(y: npt.ArrayLike, decision: npt.ArrayLike, payoff: PayoffMatrix) -> FloatArray:
    """Value of each labelled decision.

    Args:
        y: outcomes, shape (n,), 0 or 1.
        decision: what was done, shape (n,), 0 or 1 (or the probability of being treated).

    Returns:
        Shape (n,), money per case.
    """
    return row_values(y, payoff).of(decision)


def reference_decisions(kind: AlternativeKind, rule: TodaysRule | Formula | None, frame: pd.DataFrame) -> BoolArray:
    """What an alternative that needs no model would have done with the same rows.

    Args:
        kind: NOTHING, EVERYBODY or RULE.
        rule: today's rule, where `kind` is RULE.
        frame: the rows; only the rule's column is read.

    Raises:
        InvalidInput: the kind needs a model, or the rule or its column is missing.
    """
    if kind is AlternativeKind.NOTHING:
        return np.zeros(len(frame), dtype=np.bool_)
    if kind is AlternativeKind.EVERYBODY:
        return np.ones(len(frame), dtype=np.bool_)
    if kind is AlternativeKind.RULE and rule is not None:
        return rule_mask(rule, frame)
    raise InvalidInput("Realised value is compared with doing nothing, treating everybody or today's rule, not with '{kind}'.", kind=kind)


@dataclass(frozen=True, slots=True)
class ValueSums:
    """Enough to tell a mean value and its interval; sums of parts (hours, segments) add up to the sum of the whole.

    Args:
        rows: labelled decisions.
        total: sum of their values, money.
        squares: sum of squared values.
    """

    rows: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: ValueSums) -> ValueSums:
        return ValueSums(self.rows + other.rows, self.total + other.total, self.squares + other.squares)

    def total_interval(self, level: float = LEVEL) -> Interval:
        """The total with the interval that its rows' spread gives (normal approximation), money.

        With fewer than two rows the spread is unknown: the interval is the total itself.
        """
        if self.rows < 2:
            return Interval(self.total, self.total, self.total)
        spread = max(self.squares - self.total**2 / self.rows, 0.0) / (self.rows - 1)
        half = NormalDist().inv_cdf((1 + level) / 2) * (self.rows * spread) ** 0.5
        return Interval(self.total, self.total - half, self.total + half)

    def mean_interval(self, level: float = LEVEL) -> Interval:
        """The mean per labelled decision with its interval."""
        return self.total_interval(level).scaled(1 / self.rows) if self.rows else Interval(0.0, 0.0, 0.0)


def sum_values(values: FloatArray) -> ValueSums:
    """Sum the values of rows.

    >>> sum_values(np.array([1.0, 2.0, 3.0]))
    ValueSums(rows=3, total=6.0, squares=14.0)
    """
    return ValueSums(int(values.size), float(values.sum()), float((values**2).sum()))


def add_sums(parts: Iterable[ValueSums]) -> ValueSums:
    """The sums of several parts together."""
    return sum(parts, ValueSums())
