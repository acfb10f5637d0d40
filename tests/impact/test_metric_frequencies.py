"""Metrics as natural frequencies: against scikit-learn, in production's mix, and in words."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter
from sklearn.metrics import accuracy_score, precision_score, recall_score, roc_auc_score

from core.impact.alternatives import AlternativeKind
from core.impact.metric_frequencies import MetricFrequencies, metric_frequencies
from core.impact.metric_sentences import metric_sentences, ranked_sentence, right_sentence, top_sentence
from core.impact.setting import Setting
from core.project.value_model import Period
from core.words import Words
from tests.impact.conftest import NOUNS

EN, JA = Words("en"), Words("ja")
SETTING = Setting(NOUNS, "JPY", Period.MONTH, 10_000, AlternativeKind.NOTHING)


def sample(rows: int = 4_000, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.beta(1.2, 3.5, rows)
    return rng.random(rows) < score, score >= 0.3, score


def test_the_figures_are_scikit_learns() -> None:
    y, decision, score = sample()
    found = metric_frequencies(y, decision, score)
    assert found.right.value == pytest.approx(accuracy_score(y, decision))
    assert found.reached is not None
    assert found.reached.value == pytest.approx(recall_score(y, decision))
    assert found.hits is not None
    assert found.hits.value == pytest.approx(precision_score(y, decision))
    assert found.ranked is not None
    assert found.ranked.value == pytest.approx(roc_auc_score(y, score))
    best = np.sort(score)[-400]
    assert found.top.value == pytest.approx(y[score >= best].mean())
    assert found.lift is not None
    assert found.lift.value == pytest.approx(y[score >= best].mean() / y.mean())
    assert found.usual == pytest.approx(1 - y.mean())
    for share in (found.right, found.reached, found.hits, found.ranked, found.positives, found.top):
        assert share.low < share.value < share.high


def test_in_productions_mix_they_are_those_of_rows_repeated() -> None:
    """Every negative row counts three times as much as every positive one."""
    y, decision, score = sample(1_000)
    share = y.mean()
    prevalence = share / (share + 3 * (1 - share))
    found = metric_frequencies(y, decision, score, prevalence / share, (1 - prevalence) / (1 - share))
    repeats = np.where(y, 1, 3)
    y3, d3 = np.repeat(y, repeats), np.repeat(decision, repeats)
    assert found.right.value == pytest.approx(accuracy_score(y3, d3))
    assert found.hits is not None
    assert found.hits.value == pytest.approx(precision_score(y3, d3))
    assert found.positives.value == pytest.approx(y3.mean())
    assert found.reached is not None
    assert found.reached.value == pytest.approx(recall_score(y3, d3))
    top = np.argsort(-np.repeat(score, repeats), kind="stable")[: y3.size // 10]
    assert found.top.value == pytest.approx(y3[top].mean(), abs=0.01)


def test_words_in_both_languages() -> None:
    found = metric_frequencies(*sample())
    said = metric_sentences(EN, SETTING, found)
    assert len(said) == 5
    assert said[1].startswith(f"Of 100 customers who would leave, {round(100 * found.reached.value)} are reached (95% confidence: ")  # type: ignore[union-attr]
    assert "Whoever took all of them for customers who would have stayed would be right" in said[0]
    assert "one from the customers who would leave and one from the customers who would have stayed" in said[3]
    assert f"That is {found.lift.value:.1f} times as many." in said[4]  # type: ignore[union-attr]
    assert all(text.endswith("。") for text in metric_sentences(JA, SETTING, found))
    often = metric_frequencies(np.arange(100) < 70, np.arange(100) < 50, -np.arange(100.0))
    assert often.usual_is_positive
    assert "for customers who would leave would be right for 70" in right_sentence(EN, SETTING, often)


def test_one_class_and_nobody_treated() -> None:
    none = metric_frequencies(np.zeros(50, bool), np.zeros(50, bool), np.linspace(0, 1, 50))
    assert (none.reached, none.hits, none.ranked, none.lift) == (None, None, None, None)
    assert metric_sentences(EN, SETTING, none) == (right_sentence(EN, SETTING, none),)
    assert (ranked_sentence(EN, SETTING, none), top_sentence(EN, SETTING, none)) == ("", "")
    every = metric_frequencies(np.ones(50, bool), np.ones(50, bool), np.linspace(0, 1, 50))
    assert every.right.value == 1
    assert every.lift is not None
    assert every.lift.value == 1
    rare = metric_frequencies(np.arange(1_000) < 4, np.arange(1_000) < 4, -np.arange(1_000.0))
    assert "of all it is 0.4" in top_sentence(EN, SETTING, rare)


def test_frequencies_survive_json() -> None:
    found = metric_frequencies(*sample())
    adapter = TypeAdapter(MetricFrequencies)
    assert adapter.validate_json(adapter.dump_json(found)) == found
