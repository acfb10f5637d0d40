"""What decisions are worth: cells, payoffs and the value of each row if treated and if left alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput
from core.impact.arrays import BoolArray, FloatArray, as_outcomes
from core.project.payoffs import CELLS, PayoffMatrix

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Cells:
    """How many rows fell into each cell of a decision: treated rightly, treated in vain, missed, rightly left alone."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def rows(self) -> int:
        """All rows."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def treated(self) -> int:
        """Rows that were acted on."""
        return self.tp + self.fp

    @property
    def positives(self) -> int:
        """Rows whose outcome was positive."""
        return self.tp + self.fn

    def counts(self) -> FloatArray:
        """Shape (4,), in the order of `CELLS`."""
        return np.array([self.tp, self.fp, self.fn, self.tn], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class RowValues:
    """Value of each row if it is treated and if it is left alone, given its true outcome.

    Args:
        treated, untreated: shape (n,), money per case in units of the currency.
    """

    treated: FloatArray
    untreated: FloatArray

    def __post_init__(self) -> None:
        if self.treated.shape != self.untreated.shape or self.treated.ndim != 1:
            raise InvalidInput("Each row needs both of its values, if treated and if left alone.", field="payoff")
        if not bool(np.isfinite(self.treated).all() and np.isfinite(self.untreated).all()):
            raise InvalidInput("A row's payoff is missing or infinite. Look for empty cells and divisions by zero.", field="payoff")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.treated.size)

    @property
    def gain(self) -> FloatArray:
        """What treating a row brings over leaving it alone, shape (n,)."""
        return self.treated - self.untreated

    def of(self, decision: npt.ArrayLike) -> FloatArray:
        """Value of each row under a decision (booleans, or probabilities of being treated), shape (n,)."""
        share = np.asarray(decision, dtype=np.float64)
        return self.untreated + share * self.gain


def payoff_array(payoff: PayoffMatrix) -> FloatArray:
    """The payoffs as floats, shape (4,), in the order of `CELLS`."""
    return np.array([float(payoff.amount(cell)) for cell in CELLS])


def row_values(y: npt.ArrayLike, payoff: PayoffMatrix) -> RowValues:
    """Spread constant payoffs over rows.

    Args:
        y: outcomes, shape (n,), 0 or 1.
        payoff: value of one case in each cell.
    """
    outcome = as_outcomes(y)
    tp, fp, fn, tn = payoff_array(payoff)
    return RowValues(np.where(outcome, tp, fp), np.where(outcome, fn, tn))


def decide(score: FloatArray, threshold: float) -> BoolArray:
    """The decision of a threshold: treat where the score is at least the threshold. The gateway decides the same way."""
    decision: BoolArray = np.asarray(score) >= threshold
    return decision


def count_cells(y: npt.ArrayLike, decision: BoolArray) -> Cells:
    """Count the cells of a decision.

    >>> count_cells([1, 1, 0, 0], np.array([True, False, True, False]))
    Cells(tp=1, fp=1, fn=1, tn=1)
    """
    outcome = as_outcomes(y)
    tp = int(np.count_nonzero(outcome & decision))
    treated, positives = int(np.count_nonzero(decision)), int(np.count_nonzero(outcome))
    return Cells(tp, treated - tp, positives - tp, outcome.size - treated - positives + tp)


def total_value(cells: Cells, payoff: PayoffMatrix) -> Decimal:
    """Exact value of all rows of a decision, in units of the currency."""
    total = Decimal(0)
    for name in CELLS:
        total = _EXACT.add(total, _EXACT.multiply(payoff.amount(name), Decimal(getattr(cells, name))))
    return total


def as_money(amount: float, places: int = 2) -> Decimal:
    """An amount as a decimal, rounded to `places`, never a negative zero.

    Raises:
        InvalidInput: not a finite number.
    """
    if not np.isfinite(amount):
        raise InvalidInput("An amount became infinite. Use smaller payoffs or fewer cases per period.", field="payoff")
    rounded = _EXACT.quantize(Decimal(repr(float(amount))), Decimal(1).scaleb(-places))
    return rounded or abs(rounded)
