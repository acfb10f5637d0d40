"""Policies: Bayes by row, capacity, budget; calibration; and the direct marketing case with its known answer."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

from core.errors import InvalidInput, NotEnoughData
from core.impact.calibration import FOLDS, Method, choose_calibration, cross_fit, fit_calibration, folds_of, log_loss
from core.impact.curve import profit_curve, profit_curve_of_rows
from core.impact.payoff import decide, row_values
from core.impact.policy import (
    RowPayoffs,
    best_within,
    constant_payoffs,
    decide_by_value,
    decide_top,
    decide_within_budget,
    expected_gain,
    savings,
)
from core.project.expression import evaluate, parse_expression
from core.project.value_model import PayoffMatrix

ROOT = Path(__file__).resolve().parents[2]
PAYOFF = PayoffMatrix(Decimal(100), Decimal(-20), Decimal(-30), Decimal(5))
GAINS = st.lists(st.floats(-100, 100), min_size=1, max_size=40).map(np.array)


def test_by_value_is_the_bayes_threshold_where_payoffs_are_constant() -> None:
    p = np.linspace(0, 1, 1001)
    chosen = decide_by_value(p, constant_payoffs(PAYOFF, p.size))
    threshold = PAYOFF.bayes_threshold
    assert threshold is not None
    np.testing.assert_array_equal(chosen, p > threshold)


@settings(deadline=None)
@given(GAINS, st.integers(0, 45))
def test_top_is_the_best_choice_and_more_capacity_never_hurts(gain: np.ndarray, most: int) -> None:
    chosen = decide_top(gain, most)
    assert chosen.sum() <= most
    best = np.sort(gain[gain > 0])[::-1][:most].sum()
    assert gain[chosen].sum() == pytest.approx(best)
    assert gain[decide_top(gain, most + 1)].sum() >= gain[chosen].sum()


@settings(deadline=None)
@given(GAINS, st.floats(0, 200), st.data())
def test_budget_is_kept_and_more_never_hurts(gain: np.ndarray, budget: float, data: st.DataObject) -> None:
    cost = np.array(data.draw(st.lists(st.floats(0, 50), min_size=gain.size, max_size=gain.size)))
    chosen = decide_within_budget(gain, cost, budget)
    assert cost[chosen].sum() <= budget * (1 + 1e-9) + 1e-9
    assert (gain[chosen] > 0).all()
    assert gain[decide_within_budget(gain, cost, budget + 10)].sum() >= gain[chosen].sum() - 1e-9


def test_limits_on_a_curve() -> None:
    rng = np.random.default_rng(1)
    score = rng.random(5_000)
    y = rng.random(5_000) < score
    curve = profit_curve(y, score, PAYOFF)
    order = np.argsort(-score)
    hits = np.concatenate(([0], np.cumsum(y[order])))
    free = best_within(curve)
    assert free == curve.best
    values = []
    for share in (0.0, 0.1, 0.3, 0.6, 1.0):
        index = best_within(curve, most_share=share)
        assert curve.treated[index] <= share * 5_000
        values.append(curve.value[index])
    assert values == sorted(values)
    sure = best_within(curve, hits=hits, least_hit_rate=0.8)
    assert hits[sure] >= 0.8 * curve.treated[sure]
    assert curve.treated[sure] < curve.treated[free]
    assert best_within(curve, hits=hits * 0, least_hit_rate=1.0) == 0


def test_bad_limits_are_told() -> None:
    curve = profit_curve([1, 0], [0.6, 0.4], PAYOFF)
    for wrong in ({"most_share": -0.1}, {"most_share": 1.1}, {"least_hit_rate": 2.0}, {"least_hit_rate": 0.5}):
        with pytest.raises(InvalidInput):
            best_within(curve, **wrong)
    with pytest.raises(InvalidInput, match="negative"):
        decide_top(np.array([1.0]), -1)
    with pytest.raises(InvalidInput, match="negative"):
        decide_within_budget(np.array([1.0]), np.array([-1.0]), 5)
    with pytest.raises(InvalidInput, match="same rows"):
        RowPayoffs(np.zeros(2), np.zeros(3), np.zeros(2), np.zeros(2))
    with pytest.raises(InvalidInput, match="nothing to save"):
        savings(1.0, 0.0, -5.0)


def test_row_payoffs_become_row_values() -> None:
    y = np.array([1, 0, 1])
    values = constant_payoffs(PAYOFF, 3).values(y)
    np.testing.assert_array_equal(values.treated, row_values(y, PAYOFF).treated)
    np.testing.assert_array_equal(values.untreated, row_values(y, PAYOFF).untreated)
    assert expected_gain([0.5], constant_payoffs(PAYOFF, 1))[0] == pytest.approx(0.5 * 130 + 0.5 * -25)


def distorted(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True probabilities, outcomes, and scores whose log-odds were tripled."""
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 3, n)
    odds = (p / (1 - p)) ** 3
    return p, rng.random(n) < p, odds / (1 + odds)


@pytest.mark.parametrize("method", [Method.PLATT, Method.ISOTONIC])
def test_calibration_undoes_a_distortion(method: Method) -> None:
    _, y, score = distorted(20_000, 1)
    truth, fresh, other = distorted(20_000, 2)
    fitted = fit_calibration(y, score, method)
    assert np.abs(fitted.apply(other) - truth).mean() < 0.02 < np.abs(other - truth).mean()
    assert log_loss(fresh, fitted.apply(other)) < log_loss(fresh, other)
    assert (np.diff(fitted.apply(np.linspace(0, 1, 101))) >= -1e-12).all()


def test_calibration_is_chosen_out_of_sample() -> None:
    p, y, score = distorted(5_000, 3)
    assert choose_calibration(y, score).method is Method.PLATT
    steps = np.where(p < 0.5, 0.2, 0.21)
    rng = np.random.default_rng(4)
    assert choose_calibration(rng.random(5_000) < np.where(p < 0.5, 0.1, 0.9), steps).method in {Method.PLATT, Method.ISOTONIC}
    for few in ([1, 0] * 10, [1] * 100):
        with pytest.raises(NotEnoughData):
            choose_calibration(few, np.linspace(0.1, 0.9, len(few)))


@pytest.mark.parametrize(("rows", "positives"), [(50, 1), (55, 2), (60, 30)])
def test_calibration_is_chosen_from_few_rows_too(rows: int, positives: int) -> None:
    y = np.arange(rows) < positives
    score = np.random.default_rng(5).random(rows)
    fitted = cross_fit(y, score, folds_of(rows, 0))
    assert len(fitted.parts) == FOLDS
    assert np.isfinite(fitted.whole.apply(score)).all()


def test_calibration_doesnt_hang_on_the_order_of_the_rows() -> None:
    _, y, score = distorted(4_000, 6)
    fold, order = folds_of(4_000, 1), np.argsort(-score, kind="stable")
    one, two = cross_fit(y, score, fold), cross_fit(y[order], score[order], fold[order])
    at = np.linspace(0, 1, 101)
    for first, second in zip((one.whole, *one.parts), (two.whole, *two.parts), strict=True):
        assert first.apply(at) == pytest.approx(second.apply(at), abs=1e-4)


def marketing() -> pd.DataFrame:
    frame = pd.read_csv(ROOT / "data" / "samples" / "bank_marketing.csv.gz")
    return frame[frame["balance"] > 0].reset_index(drop=True)


def marketing_savings(frame: pd.DataFrame, seed: int) -> dict[str, float]:
    """Savings on a third of the rows: cut-off 0.5, best single threshold, decision per row, perfect foresight."""
    known = frame[["age", "job", "marital", "education", "default", "balance", "housing", "loan", "previous", "poutcome"]]
    known = known.astype(dict.fromkeys(known.select_dtypes(exclude="number"), "category"))
    y = (frame["y"] == "yes").to_numpy()
    train, test = train_test_split(np.arange(len(frame)), test_size=1 / 3, random_state=seed)
    model = HistGradientBoostingClassifier(max_iter=80, learning_rate=0.08, categorical_features="from_dtype", random_state=0)
    p = model.fit(known.iloc[train], y[train]).predict_proba(known.iloc[test])[:, 1]
    missed = evaluate(parse_expression("-max(balance * 0.02463333 * 0.25, 1)", list(frame.columns)), frame.iloc[test])
    call, nothing = np.full(test.size, -1.0), np.zeros(test.size)
    payoffs = RowPayoffs(call, call, missed, nothing)
    values = payoffs.values(y[test])
    idle, everybody = values.untreated.sum(), values.treated.sum()

    def saved(decision: np.ndarray) -> float:
        return savings(values.of(decision).sum(), idle, everybody)

    threshold = profit_curve_of_rows(values, p).best_threshold
    return {
        "half": saved(p >= 0.5),
        "threshold": saved(decide(p, threshold)),
        "rows": saved(decide_by_value(p, payoffs)),
        "perfect": saved(values.gain > 0),
    }


def test_direct_marketing_pays_by_row() -> None:
    found = marketing_savings(marketing(), 0)
    assert found["half"] < 0 < found["threshold"] < found["rows"] < found["perfect"]
    assert found["rows"] == pytest.approx(0.50, abs=0.05)
    assert found["perfect"] == pytest.approx(0.87, abs=0.03)


@pytest.mark.slow
def test_direct_marketing_mean_of_three_splits() -> None:
    frame = marketing()
    mean = {key: np.mean([marketing_savings(frame, seed)[key] for seed in range(3)]) for key in ("half", "threshold", "rows", "perfect")}
    assert mean["rows"] >= 0.48
    assert mean["threshold"] == pytest.approx(0.29, abs=0.05)
    assert mean["half"] == pytest.approx(-0.28, abs=0.08)
