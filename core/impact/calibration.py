"""Whether probabilities mean what they say, and what to do where they don't: isotonic or Platt, chosen out of sample."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from core.errors import NotEnoughData
from core.impact.arrays import FloatArray, as_outcomes, as_scores

FOLDS = 5
LEAST_ROWS = 50
EDGE = 1e-6
# The two numbers of a sigmoid are known well enough from so many rows: the slope to about 1 %.
PLATT_ROWS = 200_000


class Method(StrEnum):
    """How scores become probabilities."""

    NONE = "none"
    PLATT = "platt"
    ISOTONIC = "isotonic"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A monotone map from scores to probabilities.

    Args:
        slope, intercept: of Platt's sigmoid in the score's log-odds.
        knots, values: of the isotonic steps, rising, joined by straight lines.
    """

    method: Method = Method.NONE
    slope: float = 1.0
    intercept: float = 0.0
    knots: tuple[float, ...] = ()
    values: tuple[float, ...] = ()

    def apply(self, score: npt.ArrayLike) -> FloatArray:
        """Calibrated probabilities, shape (n,)."""
        raw = np.asarray(score, dtype=np.float64)
        if self.method is Method.PLATT:
            calibrated: FloatArray = expit(self.slope * _log_odds(raw) + self.intercept)
            return calibrated
        if self.method is Method.ISOTONIC:
            return np.interp(raw, self.knots, self.values)
        return raw


def fit_calibration(y: npt.ArrayLike, score: npt.ArrayLike, method: Method) -> Calibration:
    """Fit one method on all given rows.

    Raises:
        NotEnoughData: fewer than 50 rows, or one class only.
    """
    outcome = as_outcomes(y)
    scores = as_scores(score, outcome.size)
    _require_enough(outcome)
    return _fit(outcome, scores, method)


def _require_enough(y: npt.NDArray[np.bool_]) -> None:
    if y.size < LEAST_ROWS or not 0 < int(y.sum()) < y.size:
        raise NotEnoughData("Calibration needs at least {least} rows with both outcomes.", field="y", least=LEAST_ROWS)


def _fit(y: npt.NDArray[np.bool_], score: FloatArray, method: Method) -> Calibration:
    if method is Method.PLATT:
        return _fit_platt(y, score)
    return _fit_isotonic(y, score) if method is Method.ISOTONIC else Calibration(Method.NONE)


@dataclass(frozen=True, slots=True)
class CrossFitted:
    """The calibration that was chosen out of sample.

    Args:
        whole: fitted on all rows.
        parts: fitted on the rows outside of each fold.
    """

    whole: Calibration
    parts: tuple[Calibration, ...]


def choose_calibration(y: npt.ArrayLike, score: npt.ArrayLike, seed: int = 0) -> Calibration:
    """The method with the smallest log loss in five-fold cross-validation, fitted on all rows; the scores as they are where neither helps."""
    outcome = as_outcomes(y)
    return cross_fit(outcome, score, folds_of(outcome.size, seed)).whole


def cross_fit(y: npt.ArrayLike, score: npt.ArrayLike, fold: npt.NDArray[np.int64]) -> CrossFitted:
    """Choose as `choose_calibration` does, and keep what was fitted outside of each fold.

    Args:
        fold: which fold each row is in (`folds_of`), shape (n,).

    Raises:
        NotEnoughData: fewer than 50 rows, or one class only.
    """
    outcome = as_outcomes(y)
    scores = as_scores(score, outcome.size)
    _require_enough(outcome)
    losses, fitted = {Method.NONE: log_loss(outcome, scores)}, {Method.NONE: (Calibration(),) * FOLDS}
    for method in (Method.PLATT, Method.ISOTONIC):
        held, parts = np.empty(outcome.size), []
        for part in range(FOLDS):
            inside = fold != part
            parts.append(_fit_part(outcome[inside], scores[inside], method))
            held[~inside] = parts[-1].apply(scores[~inside])
        losses[method], fitted[method] = log_loss(outcome, held), tuple(parts)
    best = min(losses, key=losses.__getitem__)
    return CrossFitted(_fit(outcome, scores, best), fitted[best])


def folds_of(rows: int, seed: int) -> npt.NDArray[np.int64]:
    """Which of five folds each row is in, shape (n,): as many rows in each, drawn at random."""
    return np.asarray(np.random.default_rng(seed).permutation(rows) % FOLDS, dtype=np.int64)


def _fit_part(y: npt.NDArray[np.bool_], score: FloatArray, method: Method) -> Calibration:
    """Fit on a part of the rows; where it happens to hold one class only, scores stay as they are."""
    return _fit(y, score, method) if 0 < int(y.sum()) < y.size else Calibration()


def log_loss(y: npt.ArrayLike, probability: npt.ArrayLike) -> float:
    """Mean log loss, probabilities kept 10^-6 away from 0 and 1."""
    p = np.clip(np.asarray(probability, dtype=np.float64), EDGE, 1 - EDGE)
    return float(-np.where(as_outcomes(y), np.log(p), np.log1p(-p)).mean())


def _fit_platt(y: npt.NDArray[np.bool_], score: FloatArray) -> Calibration:
    """Sigmoid by maximum likelihood, targets smoothed (Platt 1999, section 2.2)."""
    from scipy.optimize import minimize

    if y.size > PLATT_ROWS:
        drawn = np.random.default_rng(y.size).choice(y.size, PLATT_ROWS, replace=False)
        y, score = y[drawn], score[drawn]
    positives, rows = int(y.sum()), y.size
    target = np.where(y, (positives + 1) / (positives + 2), 1 / (rows - positives + 2))
    x = _log_odds(score)

    def loss(beta: FloatArray) -> tuple[float, FloatArray]:
        z = beta[0] * x + beta[1]
        slack = expit(z) - target
        return float((np.logaddexp(0, z) - target * z).mean()), np.array([(slack * x).mean(), slack.mean()])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return Calibration(Method.PLATT, float(found[0]), float(found[1]))


def _fit_isotonic(y: npt.NDArray[np.bool_], score: FloatArray) -> Calibration:
    """Pool adjacent violators (Zadrozny and Elkan 2002), knots at the edges of the pools."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(score, y.astype(np.float64))
    return Calibration(Method.ISOTONIC, knots=tuple(map(float, fitted.X_thresholds_)), values=tuple(map(float, fitted.y_thresholds_)))


def _log_odds(score: FloatArray) -> FloatArray:
    odds: FloatArray = logit(np.clip(score, EDGE, 1 - EDGE))
    return odds
