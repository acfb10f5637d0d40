"""Metrics by known answers: scikit-learn, brute force and simulated coverage."""

from __future__ import annotations

import itertools
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

from core.project.model import Task
from core.training.figures import Confusion, confusion_at, wilson
from core.training.metrics import binary_metrics, class_metrics, class_point, delong, regression_metrics
from core.training.model import METRICS
from core.training.money import MoneyScale, best_value

TRUTH = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], dtype=bool)
SCORE = np.array([0.9, 0.8, 0.75, 0.6, 0.3, 0.7, 0.55, 0.4, 0.3, 0.2, 0.15, 0.1])


def by_name(metrics) -> dict:
    return {m.name: m for m in metrics}


def test_binary_metrics_equal_scikit_learn() -> None:
    found = by_name(binary_metrics(TRUTH, SCORE, "test", 1))
    yes = SCORE >= 0.5
    known = {
        "roc_auc": sk.roc_auc_score(TRUTH, SCORE), "average_precision": sk.average_precision_score(TRUTH, SCORE),
        "log_loss": sk.log_loss(TRUTH, SCORE), "brier": sk.brier_score_loss(TRUTH, SCORE), "accuracy": sk.accuracy_score(TRUTH, yes),
        "balanced_accuracy": sk.balanced_accuracy_score(TRUTH, yes), "precision": sk.precision_score(TRUTH, yes),
        "recall": sk.recall_score(TRUTH, yes), "f1": sk.f1_score(TRUTH, yes),
    }  # fmt: skip
    assert {name: m.value for name, m in found.items()} == pytest.approx(known)
    assert all(m.low <= m.value <= m.high and m.slice == "test" for m in found.values())
    assert (found["precision"].n, found["recall"].n, found["accuracy"].n) == (6, 5, 12)


def test_confusion_counts_from_the_threshold_on() -> None:
    assert confusion_at(TRUTH, SCORE, 0.3) == Confusion(tp=5, fp=4, fn=0, tn=3)
    assert confusion_at(TRUTH, SCORE, 1.0) == Confusion(0, 0, 5, 7)


def slow_delong_variance(truth: np.ndarray, score: np.ndarray) -> float:
    """DeLong, DeLong and Clarke-Pearson 1988, straight from the definition: structural components pair by pair."""
    x, y = score[truth], score[~truth]
    psi = np.array([[1.0 if a > b else 0.5 if a == b else 0.0 for b in y] for a in x])
    return float(psi.mean(axis=1).var(ddof=1) / len(x) + psi.mean(axis=0).var(ddof=1) / len(y))


def test_delong_equals_its_definition() -> None:
    rng = np.random.default_rng(4)
    for n in (12, 60, 200):
        truth = np.arange(n) % 3 == 0
        score = np.round(rng.normal(size=n) + truth, 1)  # many ties
        auc, low, high = delong(truth, score)
        assert auc == pytest.approx(sk.roc_auc_score(truth, score))
        half = 1.959963984540054 * np.sqrt(slow_delong_variance(truth, score)) / (auc * (1 - auc))
        logit = np.log(auc / (1 - auc))
        assert (low, high) == pytest.approx((1 / (1 + np.exp(half - logit)), 1 / (1 + np.exp(-half - logit))))


def test_delong_covers_what_it_says() -> None:
    rng = np.random.default_rng(9)
    true_auc = stats.norm.cdf(1 / np.sqrt(2))
    inside = 0
    for _ in range(400):
        truth = np.arange(150) < 60
        _, low, high = delong(truth, rng.normal(size=150) + truth)
        inside += low <= true_auc <= high
    assert 0.92 <= inside / 400 <= 0.98


def test_wilson_equals_scipy() -> None:
    for hits, n in ((0, 10), (8, 10), (10, 10), (83, 1000)):
        known = stats.binomtest(hits, n).proportion_ci(method="wilson")
        assert wilson(hits, n) == pytest.approx((known.low, known.high), abs=1e-9)
    assert wilson(0, 0) == (0.0, 1.0)


def test_class_metrics_equal_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    classes = ("high", "low", "mid")
    truth = rng.choice(classes, 90).astype(object)
    chances = rng.dirichlet([1, 1, 1], 90)
    predicted = np.asarray(classes, dtype=object)[chances.argmax(axis=1)]
    found = by_name(class_metrics(truth, predicted, chances, classes, "test", 1))
    assert found["accuracy"].value == pytest.approx(sk.accuracy_score(truth.astype(str), predicted.astype(str)))
    assert found["f1_macro"].value == pytest.approx(sk.f1_score(truth.astype(str), predicted.astype(str), average="macro"))
    assert found["log_loss"].value == pytest.approx(sk.log_loss(truth.astype(str), chances, labels=list(classes)))
    assert {"recall:high", "recall:low", "recall:mid"} <= found.keys()
    points = {name: class_point(name, truth, chances, classes) for name in METRICS[Task.MULTICLASS]}
    assert points == pytest.approx({name: found[name].value for name in points})


def test_regression_metrics_equal_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(50, 10, 80)
    predicted = truth + rng.normal(0, 4, 80)
    found = by_name(regression_metrics(truth, predicted, "test", 1))
    known = {
        "mean_absolute_error": sk.mean_absolute_error(truth, predicted), "root_mean_squared_error": sk.root_mean_squared_error(truth, predicted),
        "r2": sk.r2_score(truth, predicted), "mape": sk.mean_absolute_percentage_error(truth, predicted),
    }  # fmt: skip
    assert {name: m.value for name, m in found.items()} == pytest.approx(known)
    assert all(m.low < m.value < m.high for m in found.values())


SCORES = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=14)
MONEY = st.integers(-50, 50)


@settings(max_examples=150, deadline=None)
@given(SCORES, MONEY, MONEY, MONEY, MONEY)
def test_best_value_equals_trying_every_threshold(rows, tp, fp, fn, tn) -> None:
    truth, score = np.array([r[0] for r in rows]), np.array([r[1] / 6 for r in rows])
    scale = MoneyScale(tp, fp, fn, tn, 1000)

    def worth(threshold: float) -> float:
        cells = confusion_at(truth, score, threshold)
        return cells.tp * tp + cells.fp * fp + cells.fn * fn + cells.tn * tn

    tried = max(worth(t) for t in itertools.chain(score, [2.0]))
    value, threshold = best_value(truth, score, scale)
    assert value == Decimal(str(round(tried / len(rows) * 1000, 2)))
    assert worth(threshold) == pytest.approx(tried)
