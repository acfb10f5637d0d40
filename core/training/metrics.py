"""Metrics on held-out rows, each with its size and a 95 % interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats
from sklearn import metrics as sk

from core.training.figures import LEVEL, Bools, Floats, Metric, Z, confusion_at, wilson

REPLICATES = 300
BOOTSTRAP_ROWS = 20_000  # larger slices are resampled from so many rows and the interval is scaled by the root of the sizes


POINTS_OF_NUMBERS: Final = {
    "mean_absolute_error": sk.mean_absolute_error,
    "root_mean_squared_error": sk.root_mean_squared_error,
    "r2": sk.r2_score,
}
POINTS_OF_CHANCES: Final = {
    "roc_auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "log_loss": sk.log_loss,
    "brier": sk.brier_score_loss,
}
POINTS_OF_DECISIONS: Final = {"f1": sk.f1_score, "accuracy": sk.accuracy_score, "balanced_accuracy": sk.balanced_accuracy_score}


def delong(truth: Bools, score: Floats) -> tuple[float, float, float]:
    """AUC with its 95 % interval on the logit scale.

    Variance by DeLong, DeLong and Clarke-Pearson (1988), in the fast form of Sun and Xu (2014, algorithm 2).

    Raises:
        ValueError: one class only.
    """
    positives, negatives = score[truth], score[~truth]
    m, n = len(positives), len(negatives)
    if m == 0 or n == 0:
        message = "AUC needs both classes"
        raise ValueError(message)
    ranks = stats.rankdata(np.concatenate([positives, negatives]))
    auc = float((ranks[:m].sum() - m * (m + 1) / 2) / (m * n))
    v10 = (ranks[:m] - stats.rankdata(positives)) / n
    v01 = 1 - (ranks[m:] - stats.rankdata(negatives)) / m
    variance = (v10.var(ddof=1) / m if m > 1 else 0.0) + (v01.var(ddof=1) / n if n > 1 else 0.0)
    if variance == 0 or auc in {0.0, 1.0}:
        return auc, auc, auc
    logit, half = np.log(auc / (1 - auc)), Z * np.sqrt(variance) / (auc * (1 - auc))
    low, high = 1 / (1 + np.exp(-(logit - half))), 1 / (1 + np.exp(-(logit + half)))
    return auc, float(low), float(high)


def bootstrap(figure: Callable[[npt.NDArray[np.int64]], float], n: int, seed: int) -> tuple[float, float]:
    """95 % percentile interval of a figure of row positions, recentred where the rows were thinned.

    Args:
        figure: takes positions, shape (k,). n: rows there are.
    """
    rng = np.random.default_rng(seed)
    size = min(n, BOOTSTRAP_ROWS)
    drawn = np.array([figure(rng.integers(0, n, size)) for _ in range(REPLICATES)])
    drawn = drawn[np.isfinite(drawn)]
    if drawn.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    shrink = np.sqrt(size / n)
    centre = float(np.mean(drawn))
    return centre + (float(low) - centre) * shrink, centre + (float(high) - centre) * shrink


def _booted(name: str, figure: Callable[[npt.NDArray[np.int64]], float], n: int, part: str, seed: int) -> Metric:
    low, high = bootstrap(figure, n, seed)
    value = figure(np.arange(n))
    return Metric(name, value, min(low, value), max(high, value), part, n)


def _share(name: str, hits: int, n: int, part: str) -> Metric:
    low, high = wilson(hits, n)
    return Metric(name, hits / n if n else 0.0, low, high, part, n)


def binary_metrics(truth: Bools, score: Floats, part: str, seed: int, threshold: float = 0.5) -> tuple[Metric, ...]:
    """AUC, PR-AUC, log loss, Brier score; and at a threshold accuracy, precision, recall, F1 and balanced accuracy."""
    n = len(truth)
    clipped = np.clip(score, 1e-15, 1 - 1e-15)
    losses = -np.where(truth, np.log(clipped), np.log(1 - clipped))
    squares = (score - truth) ** 2
    cells = confusion_at(truth, score, threshold)
    yes = score >= threshold

    def f1(rows: npt.NDArray[np.int64]) -> float:
        return float(sk.f1_score(truth[rows], yes[rows], zero_division=0))

    def balanced(rows: npt.NDArray[np.int64]) -> float:
        t, y = truth[rows], yes[rows]
        return float((y[t].mean() + (~y[~t]).mean()) / 2) if t.any() and not t.all() else float("nan")

    def precision_recall(rows: npt.NDArray[np.int64]) -> float:
        return float(sk.average_precision_score(truth[rows], score[rows])) if truth[rows].any() else float("nan")

    return (
        Metric("roc_auc", *delong(truth, score), part, n),
        _booted("average_precision", precision_recall, n, part, seed),
        _mean("log_loss", losses, part),
        _mean("brier", squares, part),
        _share("accuracy", cells.tp + cells.tn, n, part),
        _booted("balanced_accuracy", balanced, n, part, seed),
        _share("precision", cells.tp, cells.tp + cells.fp, part),
        _share("recall", cells.tp, cells.tp + cells.fn, part),
        _booted("f1", f1, n, part, seed),
    )


def point_metric(name: str, truth: npt.NDArray[np.generic], score: Floats) -> float:
    """One figure without its interval, for leaderboards.

    Args:
        truth: 0 and 1 with probabilities in `score`, or numbers with predictions.
    """
    if name in POINTS_OF_NUMBERS:
        return float(POINTS_OF_NUMBERS[name](truth.astype(np.float64), score))
    outcome = truth == 1
    return float(POINTS_OF_CHANCES[name](outcome, score) if name in POINTS_OF_CHANCES else POINTS_OF_DECISIONS[name](outcome, score >= 0.5))


def _mean(name: str, values: Floats, part: str) -> Metric:
    mean, n = float(values.mean()), len(values)
    half = Z * float(values.std(ddof=1)) / np.sqrt(n) if n > 1 else 0.0
    return Metric(name, mean, mean - half, mean + half, part, n)


def class_metrics(
    truth: npt.NDArray[np.object_], predicted: npt.NDArray[np.object_], chances: Floats, classes: tuple[str, ...], part: str, seed: int
) -> tuple[Metric, ...]:
    """Accuracy, macro F1, log loss, and recall of each class.

    Args:
        chances: shape (rows, classes), in the order of `classes`.
    """
    n = len(truth)
    place = {name: index for index, name in enumerate(classes)}
    own = chances[np.arange(n), [place[str(value)] for value in truth]]
    made = [
        _share("accuracy", int((truth == predicted).sum()), n, part),
        _booted("f1_macro", lambda rows: float(sk.f1_score(truth[rows], predicted[rows], average="macro", zero_division=0)), n, part, seed),
        _booted("balanced_accuracy", lambda rows: _balanced(truth[rows], predicted[rows], classes), n, part, seed),
        _mean("log_loss", -np.log(np.clip(own, 1e-15, 1)), part),
    ]
    for name in classes:
        mine = truth == name
        made.append(_share(f"recall:{name}", int((mine & (predicted == name)).sum()), int(mine.sum()), part))
    return tuple(made)


def class_point(name: str, truth: npt.NDArray[np.object_], chances: Floats, classes: tuple[str, ...]) -> float:
    """One figure of a model of several classes without its interval, for leaderboards.

    Args:
        chances: shape (rows, classes), in the order of `classes`.
    """
    predicted = np.asarray(classes, dtype=object)[chances.argmax(axis=1)]
    if name == "log_loss":
        place = {label: index for index, label in enumerate(classes)}
        own = chances[np.arange(len(truth)), [place[str(value)] for value in truth]]
        return float(-np.log(np.clip(own, 1e-15, 1)).mean())
    if name == "f1_macro":
        return float(sk.f1_score(truth, predicted, average="macro", zero_division=0))
    return _balanced(truth, predicted, classes) if name == "balanced_accuracy" else float((truth == predicted).mean())


def _balanced(truth: npt.NDArray[np.object_], predicted: npt.NDArray[np.object_], classes: tuple[str, ...]) -> float:
    recalls = [float((predicted[truth == name] == name).mean()) for name in classes if (truth == name).any()]
    return float(np.mean(recalls))


def regression_metrics(truth: Floats, predicted: Floats, part: str, seed: int) -> tuple[Metric, ...]:
    """MAE, RMSE, R² and MAPE (over rows whose truth isn't zero)."""
    errors = predicted - truth
    n = len(truth)
    nonzero = np.abs(truth) > 1e-12

    def rmse(rows: npt.NDArray[np.int64]) -> float:
        return float(np.sqrt((errors[rows] ** 2).mean()))

    def r2(rows: npt.NDArray[np.int64]) -> float:
        spread = float(((truth[rows] - truth[rows].mean()) ** 2).sum())
        return 1 - float((errors[rows] ** 2).sum()) / spread if spread > 0 else float("nan")

    made = [
        _mean("mean_absolute_error", np.abs(errors), part),
        _booted("root_mean_squared_error", rmse, n, part, seed),
        _booted("r2", r2, n, part, seed),
    ]
    if nonzero.any():
        made.append(_mean("mape", np.abs(errors[nonzero] / truth[nonzero]), part))
    return tuple(made)
