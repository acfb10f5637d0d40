"""The best value of a model's scores under a payoff matrix: for ranking models while a run is live."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt


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
