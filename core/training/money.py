"""The best value of a model's scores under a payoff matrix: for ranking models while a run is live."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.project.expression import evaluate
from core.project.payoffs import CELLS, Formula, PayoffMatrix


@dataclass(frozen=True, slots=True)
class MoneyScale:
    """What turns decisions into money, as a run's job gets it.

    Args:
        tp, fp, fn, tn: value of one case in each cell. cases: per period.
    """

    tp: float
    fp: float
    fn: float
    tn: float
    cases: int


def make_scale(payoff: PayoffMatrix, cases: int, frame: pd.DataFrame | None, truth: npt.NDArray[np.bool_] | None) -> MoneyScale:
    """The scale of a payoff matrix. Formulas stand at their mean over the rows whose outcome they are for: good enough to rank models
    while a run is live; what a finished run is worth is told row by row.

    Args:
        frame: all rows with the columns that formulas read; None where there are no formulas.
        truth: outcomes of the rows, shape (n,).

    Raises:
        InvalidInput: a formula can't be worked out on these rows; says which, and how many.
    """

    def amount(cell: str) -> float:
        value = getattr(payoff, cell)
        if not isinstance(value, Formula) or frame is None or truth is None:
            return float(payoff.amount(cell))
        of = truth if cell in {"tp", "fn"} else ~truth
        each = evaluate(value.expression, frame, f"payoff.{cell}")
        return float(each[of].mean() if of.any() else each.mean())

    tp, fp, fn, tn = map(amount, CELLS)
    return MoneyScale(tp, fp, fn, tn, cases)


def best_value(truth: npt.NDArray[np.bool_], score: npt.NDArray[np.float64], scale: MoneyScale) -> tuple[Decimal, float]:
    """The most that any threshold brings a period, and that threshold (a case is treated at or above it; above 1: nobody).

    profit(k) = sum b + cumsum(a - b) over cases by falling score, a and b a case's value treated and not; equal scores
    are cut together.
    """
    order = np.argsort(-score, kind="stable")
    ranked, outcome = score[order], truth[order]
    gain = np.where(outcome, scale.tp - scale.fn, scale.fp - scale.tn)
    nobody = float(np.where(truth, scale.fn, scale.tn).sum())
    last_of_ties = np.append(ranked[1:] != ranked[:-1], True)
    totals = nobody + np.cumsum(gain)
    best, threshold = nobody, float(np.nextafter(1.0, 2.0))
    if last_of_ties.any():
        k = int(np.flatnonzero(last_of_ties)[np.argmax(totals[last_of_ties])])
        if totals[k] > best:
            best, threshold = float(totals[k]), float(ranked[k])
    return Decimal(str(round(best / len(truth) * scale.cases, 2))), threshold
