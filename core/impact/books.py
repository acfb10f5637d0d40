"""What decisions on one slice of rows are worth, with intervals: one face for payoffs that are constant and for those that differ by row.

Where positive cases are more or less frequent in production than in the sample, every amount is weighted: a positive row counts
as `positive_weight` rows of production, a negative one as `negative_weight` (Horvitz and Thompson 1952).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from core.impact.arrays import BoolArray, FloatArray
from core.impact.bootstrap import (
    LEVEL,
    Band,
    Interval,
    band_of_rows,
    bootstrap_band,
    bootstrap_difference,
    bootstrap_means,
    bootstrap_row_means,
    make_rng,
    pair_cells,
    percentile_interval,
    share_above_zero,
)
from core.impact.curve import ProfitCurve, profit_curve, profit_curve_of_rows
from core.impact.intervals import difference_of
from core.impact.payoff import RowValues, payoff_array
from core.impact.policy import RowPayoffs, constant_payoffs
from core.project.payoffs import CELLS, PayoffMatrix


@dataclass(frozen=True, slots=True)
class Weights:
    """How many rows of production one row of the sample stands for, by outcome; both 1 where prevalence is the sample's."""

    positive: float = 1.0
    negative: float = 1.0

    @property
    def odds_factor(self) -> float:
        """Production's prior odds over the sample's."""
        return self.positive / self.negative


def weights_for(prevalence: float | None, y: BoolArray) -> Weights:
    """Weights that give the sample production's prevalence; none where it isn't known or the sample has one outcome only."""
    share = float(np.mean(y)) if y.size else 0.0
    if prevalence is None or not 0 < share < 1:
        return Weights()
    return Weights(prevalence / share, (1 - prevalence) / (1 - share))


@dataclass(frozen=True, slots=True)
class Book(ABC):
    """What decisions on one slice are worth; every amount is a case's, in production's mix of outcomes.

    Args:
        y: outcomes, shape (n,). payoffs: of each row, not weighted. weights: of rows by outcome.
    """

    y: BoolArray
    payoffs: RowPayoffs
    weights: Weights

    @abstractmethod
    def values(self) -> RowValues:
        """Weighted value of each row if treated and if left alone."""

    @abstractmethod
    def value(self, decision: npt.ArrayLike, seed: int) -> Interval:
        """Mean value a case of a decision (or of probabilities of being treated), with its 95 % interval."""

    @abstractmethod
    def difference(self, decision: npt.ArrayLike, other: npt.ArrayLike, seed: int) -> tuple[Interval, float]:
        """Mean difference a case of two decisions on the same rows, paired, and the probability that the first is better."""

    @abstractmethod
    def curve(self, score: FloatArray) -> ProfitCurve:
        """Exact curve over thresholds; totals of all rows."""

    @abstractmethod
    def band(self, score: FloatArray, thresholds: FloatArray, seed: int) -> Band:
        """Value a case over rising thresholds, with pointwise intervals."""

    @abstractmethod
    def take(self, rows: npt.NDArray[np.generic]) -> Book:
        """Some of the rows (a mask or indices), each with the value that it has here."""

    def row_weights(self) -> FloatArray:
        """How many rows of production each row stands for, shape (n,)."""
        return np.where(self.y, self.weights.positive, self.weights.negative)

    def contributions(self, first: npt.ArrayLike, second: npt.ArrayLike) -> FloatArray:
        """Each payoff cell's part in the difference of two decisions, a case, shape (4,) in the order of `CELLS`."""
        rows = self.y.size
        lead = np.broadcast_to(np.asarray(first, dtype=np.float64), rows) - np.broadcast_to(np.asarray(second, dtype=np.float64), rows)
        return self._parts(lead, -lead)

    def parts(self, decision: npt.ArrayLike) -> FloatArray:
        """Each payoff cell's part in the value of one decision, a case, shape (4,)."""
        treated = np.broadcast_to(np.asarray(decision, dtype=np.float64), self.y.size)
        return self._parts(treated, 1 - treated)

    def _parts(self, treated: FloatArray, untreated: FloatArray) -> FloatArray:
        weight, y = self.row_weights(), self.y
        shares = {"tp": y * weight * treated, "fp": ~y * weight * treated, "fn": y * weight * untreated, "tn": ~y * weight * untreated}
        return np.array([float(shares[cell] @ getattr(self.payoffs, cell)) / y.size for cell in CELLS])


@dataclass(frozen=True, slots=True)
class ConstantBook(Book):
    """Payoffs that are the same for all rows: intervals from replicates of counts."""

    weighted: PayoffMatrix

    def take(self, rows: npt.NDArray[np.generic]) -> ConstantBook:
        """Some of the rows."""
        return ConstantBook(self.y[rows], self.payoffs.take(rows), self.weights, self.weighted)

    def values(self) -> RowValues:
        """Weighted value of each row."""
        tp, fp, fn, tn = payoff_array(self.weighted)
        return RowValues(np.where(self.y, tp, fp), np.where(self.y, fn, tn))

    def value(self, decision: npt.ArrayLike, seed: int) -> Interval:
        """Mean value a case."""
        pair = pair_cells(self.y, decision, 0.0)
        idle = np.where(pair.outcome, float(self.weighted.amount("fn")), float(self.weighted.amount("tn")))
        each = pair.differences(self.weighted) + idle
        mean = float(pair.counts @ each / pair.counts.sum())
        return percentile_interval(mean, bootstrap_means(pair.counts, each, make_rng(seed)))

    def difference(self, decision: npt.ArrayLike, other: npt.ArrayLike, seed: int) -> tuple[Interval, float]:
        """Mean paired difference a case."""
        pair = pair_cells(self.y, decision, other)
        drawn = bootstrap_difference(pair, self.weighted, make_rng(seed))
        return percentile_interval(pair.mean(self.weighted), drawn), share_above_zero(drawn)

    def curve(self, score: FloatArray) -> ProfitCurve:
        """Exact curve."""
        return profit_curve(self.y, score, self.weighted)

    def band(self, score: FloatArray, thresholds: FloatArray, seed: int) -> Band:
        """Band over thresholds."""
        return bootstrap_band(self.y, score, thresholds, self.weighted, make_rng(seed))


@dataclass(frozen=True, slots=True)
class RowBook(Book):
    """Payoffs that differ from row to row: intervals from replicates of counts of like rows."""

    weighted: RowValues

    def take(self, rows: npt.NDArray[np.generic]) -> RowBook:
        """Some of the rows."""
        return RowBook(
            self.y[rows], self.payoffs.take(rows), self.weights, RowValues(self.weighted.treated[rows], self.weighted.untreated[rows])
        )

    def values(self) -> RowValues:
        """Weighted value of each row."""
        return self.weighted

    def value(self, decision: npt.ArrayLike, seed: int) -> Interval:
        """Mean value a case."""
        each = self.weighted.of(decision)
        return percentile_interval(float(each.mean()), bootstrap_row_means(each, make_rng(seed)))

    def difference(self, decision: npt.ArrayLike, other: npt.ArrayLike, seed: int) -> tuple[Interval, float]:
        """Mean paired difference a case."""
        each = self.weighted.of(decision) - self.weighted.of(other)
        drawn = bootstrap_row_means(each, make_rng(seed))
        return percentile_interval(float(each.mean()), drawn), share_above_zero(drawn)

    def curve(self, score: FloatArray) -> ProfitCurve:
        """Exact curve."""
        return profit_curve_of_rows(self.weighted, score)

    def band(self, score: FloatArray, thresholds: FloatArray, seed: int) -> Band:
        """Band over thresholds."""
        return band_of_rows(self.weighted, score, thresholds, make_rng(seed))


def open_book(y: BoolArray, payoff: PayoffMatrix, payoffs: RowPayoffs | None = None, prevalence: float | None = None) -> Book:
    """The book of a slice.

    Args:
        y: outcomes, shape (n,).
        payoff: the value model's matrix.
        payoffs: its formulas' amounts for each row; None where all are constant.
        prevalence: of production; None as in the sample.
    """
    weights = weights_for(prevalence, y)
    if payoffs is not None:
        treated = np.where(y, payoffs.tp * weights.positive, payoffs.fp * weights.negative)
        untreated = np.where(y, payoffs.fn * weights.positive, payoffs.tn * weights.negative)
        return RowBook(y, payoffs, weights, RowValues(treated, untreated))
    return ConstantBook(y, constant_payoffs(payoff, y.size), weights, weighted_matrix(payoff, weights))


def weighted_matrix(payoff: PayoffMatrix, weights: Weights) -> PayoffMatrix:
    """Constant payoffs times the weight of their outcome."""
    if weights == Weights():
        return payoff
    up, down = Decimal(repr(weights.positive)), Decimal(repr(weights.negative))
    return PayoffMatrix(payoff.amount("tp") * up, payoff.amount("fp") * down, payoff.amount("fn") * up, payoff.amount("tn") * down)


def difference_apart(first: Interval, second: Interval) -> tuple[Interval, float]:
    """Difference of two estimates from independent samples, and the probability that the first is larger.

    Source: `difference_of`; half an interval's width is its spread times 1.96.
    """
    found = difference_of(first, second)
    spread = (found.high - found.low) / (2 * NormalDist().inv_cdf((1 + LEVEL) / 2))
    return found, NormalDist().cdf(found.value / spread) if spread > 0 else 0.5 + 0.5 * float(np.sign(found.value))
