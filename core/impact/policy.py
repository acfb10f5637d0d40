"""Which cases to treat: by one threshold under limits, by expected value case by case, or the best few under a capacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput
from core.impact.arrays import BoolArray, FloatArray, as_outcomes, as_scores
from core.impact.curve import ProfitCurve
from core.impact.payoff import RowValues
from core.project.value_model import PayoffMatrix


@dataclass(frozen=True, slots=True)
class RowPayoffs:
    """Payoffs that differ from case to case: the four cells' values of each row, money, shape (n,) each.

    They are known before the outcome is; `values` turns them into what treating and leaving alone was worth after it.
    """

    tp: FloatArray
    fp: FloatArray
    fn: FloatArray
    tn: FloatArray

    def __post_init__(self) -> None:
        sizes = {array.shape for array in (self.tp, self.fp, self.fn, self.tn)}
        if len(sizes) != 1 or self.tp.ndim != 1:
            raise InvalidInput("The four payoffs must be given for the same rows.", field="payoff")
        if not all(bool(np.isfinite(array).all()) for array in (self.tp, self.fp, self.fn, self.tn)):
            raise InvalidInput("A row's payoff is missing or infinite. Look for empty cells and divisions by zero.", field="payoff")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.tp.size)

    def take(self, rows: npt.NDArray[np.generic]) -> RowPayoffs:
        """Some of the rows (a mask or indices)."""
        return RowPayoffs(self.tp[rows], self.fp[rows], self.fn[rows], self.tn[rows])

    def values(self, y: npt.ArrayLike) -> RowValues:
        """Each row's value if treated and if left alone, given its outcome."""
        outcome = as_outcomes(y)
        return RowValues(np.where(outcome, self.tp, self.fp), np.where(outcome, self.fn, self.tn))


def constant_payoffs(payoff: PayoffMatrix, rows: int) -> RowPayoffs:
    """The same payoffs for every row."""
    return RowPayoffs(*(np.full(rows, float(getattr(payoff, cell))) for cell in ("tp", "fp", "fn", "tn")))


def expected_gain(probability: npt.ArrayLike, payoffs: RowPayoffs) -> FloatArray:
    """What treating each case is expected to bring over leaving it alone.

    Args:
        probability: calibrated probability of the positive class, shape (n,).

    Returns:
        Money per case, shape (n,).

    Source: p tp + (1 - p) fp - (p fn + (1 - p) tn) (Elkan 2001, section 2).
    """
    p = as_scores(probability, payoffs.rows)
    gain: FloatArray = p * (payoffs.tp - payoffs.fn) + (1 - p) * (payoffs.fp - payoffs.tn)
    return gain


def decide_by_value(probability: npt.ArrayLike, payoffs: RowPayoffs) -> BoolArray:
    """The Bayes decision: treat exactly where the expected gain is above zero."""
    decision: BoolArray = expected_gain(probability, payoffs) > 0
    return decision


def decide_top(gain: FloatArray, most: int) -> BoolArray:
    """Treat the cases with the largest expected gain, at most so many, and none whose gain isn't above zero.

    Equal gains at the limit are taken in the order of the rows.

    Args:
        gain: expected gain of each case, shape (n,).
        most: how many may be treated.

    Raises:
        InvalidInput: a negative capacity.
    """
    if most < 0:
        raise InvalidInput("The capacity must not be negative.", field="capacity")
    decision = np.zeros(gain.size, dtype=np.bool_)
    decision[np.argsort(-gain, kind="stable")[:most]] = True
    return decision & (gain > 0)


def decide_within_budget(gain: FloatArray, cost: FloatArray, budget: float) -> BoolArray:
    """Treat the cases that bring most for what they cost, as long as the budget lasts.

    Greedy by gain for each unit of cost (Dantzig 1957): at most one case's gain away from the best that a budget can buy.

    Args:
        gain: expected gain of each case, shape (n,).
        cost: what treating each case takes from the budget, not negative, shape (n,).
        budget: money for all of these cases.

    Raises:
        InvalidInput: a negative budget or cost.
    """
    if budget < 0 or bool((cost < 0).any()):
        raise InvalidInput("Budget and costs must not be negative.", field="budget")
    with np.errstate(over="ignore"):  # next to nothing for a gain: as good as free
        rate = np.divide(gain, cost, out=np.full(gain.size, np.inf), where=cost > 0)
    order = np.argsort(np.where(gain > 0, -rate, np.inf), kind="stable")
    paid = np.cumsum(np.where(gain[order] > 0, cost[order], 0.0))
    decision = np.zeros(gain.size, dtype=np.bool_)
    decision[order[paid <= budget * (1 + 1e-12)]] = True
    return decision & (gain > 0)


def best_within(
    curve: ProfitCurve, *, most_share: float = 1.0, hits: npt.NDArray[np.int64] | None = None, least_hit_rate: float = 0.0
) -> int:
    """The most valuable threshold of a curve that keeps to limits.

    Args:
        most_share: largest share of cases that may be treated, 0 to 1.
        hits: treated positives at each point of the curve, shape (k,); needed for a hit rate.
        least_hit_rate: at least this share of the treated must be positive, 0 to 1 (treating nobody always passes).

    Returns:
        Index on the curve; treating nobody where nothing else keeps to the limits.

    Raises:
        InvalidInput: a share outside 0 to 1, or a hit rate without hits.
    """
    if not (0 <= most_share <= 1 and 0 <= least_hit_rate <= 1):
        raise InvalidInput("Shares of capacity and hit rate must lie between 0 and 1.", field="capacity")
    allowed = curve.treated <= most_share * curve.rows + 1e-9
    if least_hit_rate > 0:
        if hits is None:
            raise InvalidInput("A least hit rate needs the outcomes of the treated.", field="least_hit_rate")
        allowed &= hits >= least_hit_rate * curve.treated
    allowed[0] = True
    return int(np.argmax(np.where(allowed, curve.value, -np.inf)))


def savings(value: float, nothing: float, everybody: float, perfect_cost: float = 0.0) -> float:
    """Share of the avoidable cost that a policy saves against the better of treating nobody and everybody.

    Args:
        value, nothing, everybody: total values (costs are negative).
        perfect_cost: cost that even perfect foresight would leave, for a scale on which it saves 1; 0 for savings of all cost.

    Source: Bahnsen et al. 2014, equation 5: (cost of the naive - cost) / cost of the naive.
    """
    naive = -max(nothing, everybody)
    if naive <= perfect_cost:
        raise InvalidInput("Doing nothing or treating everybody costs nothing here, so there is nothing to save.", field="payoff")
    return (naive + value) / (naive - perfect_cost)
