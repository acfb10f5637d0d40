"""The profit curve against brute force, ties, edges and known properties."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, NotEnoughData
from core.impact.curve import decimate, profit_curve, profit_curve_of_rows, threshold_grid
from core.impact.payoff import RowValues, count_cells, decide, row_values, total_value
from core.project.value_model import PayoffMatrix

CENTS = st.integers(-10_000_000, 10_000_000).map(lambda n: Decimal(n) / 100)


@st.composite
def payoffs(draw: st.DrawFn) -> PayoffMatrix:
    tp, fp, fn, tn = (draw(CENTS) for _ in range(4))
    return PayoffMatrix(tp + Decimal("0.01") if tp == fn and fp == tn else tp, fp, fn, tn)


@st.composite
def scored(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Few distinct scores, so that ties are the rule."""
    n = draw(st.integers(1, 40))
    y = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    score = draw(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]) | st.floats(0, 1), min_size=n, max_size=n))
    return np.array(y), np.array(score)


@settings(max_examples=200, deadline=None)
@given(scored(), payoffs())
def test_curve_equals_brute_force(data: tuple[np.ndarray, np.ndarray], payoff: PayoffMatrix) -> None:
    y, score = data
    curve = profit_curve(y, score, payoff)
    assert (np.diff(curve.thresholds) < 0).all()
    for threshold, treated, value in zip(curve.thresholds, curve.treated, curve.value, strict=True):
        cells = count_cells(y, decide(score, threshold))
        assert cells.treated == treated
        assert value == pytest.approx(float(total_value(cells, payoff)), rel=1e-9, abs=1e-6)
    # every decision that any threshold can make is on the curve, so its maximum is the maximum
    every = [*np.unique(score), np.inf, -np.inf]
    best = max(float(total_value(count_cells(y, decide(score, at)), payoff)) for at in every)
    assert curve.value[curve.best] == pytest.approx(best, rel=1e-9, abs=1e-6)
    assert curve.treated[0] == 0
    assert curve.treated[-1] == y.size


@settings(max_examples=100, deadline=None)
@given(scored(), payoffs())
def test_rows_and_constants_agree(data: tuple[np.ndarray, np.ndarray], payoff: PayoffMatrix) -> None:
    y, score = data
    constant, rows = profit_curve(y, score, payoff), profit_curve_of_rows(row_values(y, payoff), score)
    np.testing.assert_allclose(rows.value, constant.value, rtol=1e-9, atol=1e-4)
    np.testing.assert_array_equal(rows.treated, constant.treated)


@settings(max_examples=100, deadline=None)
@given(scored(), payoffs(), st.integers(1, 50), st.integers(-1_000, 1_000))
def test_scaling_scales_and_adding_shifts(data: tuple[np.ndarray, np.ndarray], payoff: PayoffMatrix, factor: int, constant: int) -> None:
    y, score = data
    first = profit_curve(y, score, payoff)
    moved = PayoffMatrix(*(getattr(payoff, c) * factor + constant for c in ("tp", "fp", "fn", "tn")))
    second = profit_curve(y, score, moved)
    np.testing.assert_allclose(second.value, first.value * factor + constant * y.size, rtol=1e-9, atol=1e-3)


def test_bayes_threshold_is_recovered_on_calibrated_scores() -> None:
    rng = np.random.default_rng(3)
    score = rng.random(400_000)
    y = rng.random(400_000) < score
    for tp, fp, fn, tn in ((0, -1, -5, 0), (100, -20, 0, 0), (30, -70, 0, 0), (10, -10, -10, 10)):
        payoff = PayoffMatrix(*map(Decimal, (tp, fp, fn, tn)))
        assert profit_curve(y, score, payoff).best_threshold == pytest.approx(payoff.bayes_threshold, abs=0.025)


def test_all_scores_alike_leave_two_decisions() -> None:
    payoff = PayoffMatrix(Decimal(10), Decimal(-1), Decimal(0), Decimal(0))
    curve = profit_curve([1, 0, 0], [0.4, 0.4, 0.4], payoff)
    assert curve.treated.tolist() == [0, 3]
    assert curve.value.tolist() == [0, 8]
    assert curve.best_threshold == 0.0
    top = profit_curve([1, 0], [1.0, 1.0], PayoffMatrix(Decimal(-10), Decimal(-1), Decimal(0), Decimal(0)))
    assert not decide(np.array([1.0, 1.0]), top.best_threshold).any()


def test_one_class_only() -> None:
    payoff = PayoffMatrix(Decimal(10), Decimal(-1), Decimal(0), Decimal(0))
    assert profit_curve([0, 0, 0], [0.1, 0.2, 0.3], payoff).value.max() == 0
    everybody = profit_curve([1, 1, 1], [0.1, 0.2, 0.3], payoff)
    assert everybody.value[everybody.best] == 30
    assert everybody.treated[everybody.best] == 3


def test_neighbouring_floats_stay_apart() -> None:
    low, high = 0.5, np.nextafter(0.5, 1)
    curve = profit_curve([0, 1], [low, high], PayoffMatrix(Decimal(10), Decimal(-100), Decimal(0), Decimal(0)))
    assert decide(np.array([low, high]), curve.best_threshold).tolist() == [False, True]


def test_huge_payoffs_stay_exact() -> None:
    limit = Decimal(10) ** 12
    payoff = PayoffMatrix(limit, -limit, -limit, limit)
    y = np.array([1, 0] * 500)
    cells = count_cells(y, y.astype(bool))
    assert total_value(cells, payoff) == limit * 1000
    curve = profit_curve(y, y * 0.5 + 0.25, payoff)
    assert curve.value[curve.best] == 1e15


def test_bad_input_is_told() -> None:
    payoff = PayoffMatrix(Decimal(10), Decimal(-1), Decimal(0), Decimal(0))
    with pytest.raises(NotEnoughData, match="no labelled row"):
        profit_curve([], [], payoff)
    with pytest.raises(InvalidInput, match="0 or 1"):
        profit_curve([0, 2], [0.1, 0.2], payoff)
    with pytest.raises(InvalidInput, match="1 scores for 2 rows"):
        profit_curve([0, 1], [0.1], payoff)
    with pytest.raises(InvalidInput, match="1 scores are missing or infinite"):
        profit_curve([0, 1], [0.1, float("nan")], payoff)
    with pytest.raises(InvalidInput, match="missing or infinite"):
        RowValues(np.array([1.0, np.nan]), np.zeros(2))


def test_decimation_keeps_ends_and_optimum() -> None:
    rng = np.random.default_rng(1)
    score = rng.random(50_000)
    curve = profit_curve(rng.random(50_000) < score, score, PayoffMatrix(Decimal(10), Decimal(-3), Decimal(0), Decimal(0)))
    thin = decimate(curve)
    assert thin.thresholds.size <= 1_000
    assert (thin.thresholds[0], thin.thresholds[-1]) == (curve.thresholds[0], curve.thresholds[-1])
    assert thin.best_threshold == curve.best_threshold
    assert thin.value.max() == curve.value.max()
    assert np.diff(-thin.thresholds).max() < 0.01
    assert decimate(thin) is thin


@given(st.floats(0, 1))
def test_grid_covers_the_scores_in_round_steps(top: float) -> None:
    grid, step = threshold_grid(top)
    assert grid[0] == 0
    assert grid[-1] >= min(top, 1 - step)
    assert 61 <= grid.size <= 201
    np.testing.assert_allclose(np.diff(grid), step, rtol=1e-6)
