"""Curves and counts of a finished run's held-out rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn import metrics as sk

from core.training.evaluation import CalibrationBin, ClassCount, CurvePoint, Residual, ScoreBin
from core.training.figures import Bools, Floats, wilson

CURVE_POINTS = 200
CALIBRATION_BINS = 10
SCORE_BINS = 25
RESIDUAL_POINTS = 500


def roc_points(truth: Bools, score: Floats) -> tuple[CurvePoint, ...]:
    """The ROC curve, thinned to at most `CURVE_POINTS`."""
    false_rate, recall, thresholds = sk.roc_curve(truth, score)
    return _thin(false_rate, recall, np.minimum(thresholds, 1.0))


def pr_points(truth: Bools, score: Floats) -> tuple[CurvePoint, ...]:
    """The precision-recall curve, thinned to at most `CURVE_POINTS`."""
    precision, recall, thresholds = sk.precision_recall_curve(truth, score)
    return _thin(recall[:-1], precision[:-1], thresholds)


def _thin(x: Floats, y: Floats, threshold: Floats) -> tuple[CurvePoint, ...]:
    keep = np.unique(np.linspace(0, len(x) - 1, min(CURVE_POINTS, len(x))).astype(int))
    return tuple(CurvePoint(float(x[i]), float(y[i]), float(threshold[i])) for i in keep)


def calibration_bins(truth: Bools, score: Floats) -> tuple[CalibrationBin, ...]:
    """Mean score against observed share in bins of equal size; intervals are Wilson's."""
    order = np.argsort(score, kind="stable")
    made = []
    for part in np.array_split(order, min(CALIBRATION_BINS, max(1, len(order) // 20))):
        hits = int(truth[part].sum())
        made.append(CalibrationBin(float(score[part].mean()), hits / len(part), *wilson(hits, len(part)), len(part)))
    return tuple(made)


def score_bins(truth: Bools, score: Floats) -> tuple[ScoreBin, ...]:
    """Scores of both classes in equal bins of [0, 1]."""
    edges = np.linspace(0, 1, SCORE_BINS + 1)
    yes, _ = np.histogram(score[truth], edges)
    no, _ = np.histogram(score[~truth], edges)
    return tuple(ScoreBin(float(edges[i]), float(edges[i + 1]), int(yes[i]), int(no[i])) for i in range(SCORE_BINS))


def class_counts(truth: npt.NDArray[np.object_], predicted: npt.NDArray[np.object_], classes: tuple[str, ...]) -> tuple[ClassCount, ...]:
    """Every cell of the confusion matrix."""
    return tuple(ClassCount(a, b, int(((truth == a) & (predicted == b)).sum())) for a in classes for b in classes)


def residual_points(truth: Floats, predicted: Floats, seed: int) -> tuple[Residual, ...]:
    """A sample of cases for a scatter plot."""
    keep = np.random.default_rng(seed).permutation(len(truth))[:RESIDUAL_POINTS]
    return tuple(Residual(float(truth[i]), float(predicted[i])) for i in keep)
