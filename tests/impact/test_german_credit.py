"""The classic with a published answer: Statlog German credit with its official 5:1 costs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from core.impact.alternatives import AlternativeKind, compare_alternative, without_model
from core.impact.books import open_book
from core.impact.curve import profit_curve
from core.impact.payoff import count_cells, decide, total_value
from core.project.value_model import PayoffMatrix

ROOT = Path(__file__).resolve().parents[2]
# Treating a case means refusing it; positive means a bad risk. Refusing a good one costs 1, taking a bad one 5.
OFFICIAL = PayoffMatrix(Decimal(0), Decimal(-1), Decimal(-5), Decimal(0))


def _sample() -> Path:
    for folder in (ROOT / "data" / "samples", ROOT.parent / "shared" / "data"):
        found = sorted(folder.rglob("german_credit.csv.gz")) if folder.exists() else []
        if found:
            return found[0]
    pytest.skip("the sample german_credit is not here")


@pytest.fixture(scope="module")
def scored() -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(_sample())
    y = (frame.pop("creditability") == "bad").to_numpy()
    text = frame.select_dtypes(exclude="number").columns
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), text), remainder=StandardScaler()),
        LogisticRegression(max_iter=2000),
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return y, cross_val_predict(model, frame, y, cv=folds, method="predict_proba")[:, 1]


def cost(y: np.ndarray, decision: np.ndarray) -> float:
    return -float(total_value(count_cells(y, decision), OFFICIAL)) / y.size


def test_costs_per_case(scored: tuple[np.ndarray, np.ndarray]) -> None:
    y, score = scored
    assert OFFICIAL.bayes_threshold == pytest.approx(1 / 6)
    assert cost(y, decide(score, 0.5)) == pytest.approx(0.896, abs=0.03)
    assert cost(y, decide(score, 1 / 6)) == pytest.approx(0.518, abs=0.02)
    assert cost(y, np.zeros(1000, dtype=bool)) == 1.50
    assert cost(y, np.ones(1000, dtype=bool)) == 0.70


def test_the_best_threshold_lies_near_bayes(scored: tuple[np.ndarray, np.ndarray]) -> None:
    y, score = scored
    curve = profit_curve(y, score, OFFICIAL)
    assert -curve.value.max() / 1000 <= cost(y, decide(score, 1 / 6))
    assert curve.best_threshold == pytest.approx(1 / 6, abs=0.08)


def test_refusing_all_is_the_alternative_to_beat(scored: tuple[np.ndarray, np.ndarray]) -> None:
    y, score = scored
    decision = decide(score, 1 / 6)
    found = {a.kind: compare_alternative(open_book(y, OFFICIAL), decision, a, 1) for a in without_model(decision, None)}
    assert found[AlternativeKind.NOTHING].value.value == pytest.approx(-1.50)
    assert found[AlternativeKind.EVERYBODY].value.value == pytest.approx(-0.70)
    assert found[AlternativeKind.EVERYBODY].gain.low > 0
    assert found[AlternativeKind.EVERYBODY].better > 0.999
    # at 0.5, as most tools would cut, the model loses against refusing everybody
    blind = decide(score, 0.5)
    worse = compare_alternative(open_book(y, OFFICIAL), blind, without_model(blind, None)[1], 1)
    assert worse.gain.high < 0
