"""Each row at its own quantile: against the exact minimum, closed forms, constant costs, and where it would only look better."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.impact import class_sentences as say
from core.impact import task_sentences as tell
from core.impact.deviations import Adjusting, Adjustment, RowCosts, best_shift, choose_adjustment, choose_uniform, deviation_costs
from core.impact.regression import ForecastFindings, ForecastPolicy, ForecastSlice, value_forecast
from core.impact.row_shifts import ratio_shifts, shifts_at
from core.project.payoffs import DeviationCosts, Formula
from core.words import Words
from tests.impact.test_regression import SETTING

EN, JA = Words("en"), Words("ja")
SD = 10.0
BY_ROW = DeviationCosts(Formula("u"), Formula("o"))
GROUPS = np.array([[9.0, 1.0], [1.0, 4.0]])
"""Costs of a unit too few and too many: critical ratios of 0.9 and 0.2."""


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(0, 1_000), st.sampled_from([0.0, 0.7, 30.0]), st.booleans(), st.booleans())
def test_each_step_of_the_table_is_the_exact_minimum(rows: int, seed: int, tolerance: float, scaled: bool, tied: bool) -> None:
    rng = np.random.default_rng(seed)
    residuals = rng.integers(-3, 4, rows).astype(float) if tied else rng.normal(0, 3, rows)
    scale = rng.uniform(0.5, 2, rows) if scaled else None
    table = ratio_shifts(residuals, tolerance, scale, steps=10)
    assert list(table) == sorted(table)
    size = np.ones(rows) if scale is None else scale
    for step, shift in enumerate(table):
        costs = RowCosts(np.full(rows, float(step)), np.full(rows, 10.0 - step), tolerance)
        best = best_shift(residuals, costs, scale)

        def spent(amount: float, costs: RowCosts = costs) -> float:
            return float(sum(map(np.sum, deviation_costs(residuals, amount * size, costs))))

        assert spent(shift) == pytest.approx(spent(best), abs=1e-6 * max(1.0, float(np.abs(residuals).sum())))
        if 0 < step < 10:
            assert shift == pytest.approx(best, abs=1e-6)


def world(rows: int, seed: int, *, spread: np.ndarray | float = SD, shares: bool = False) -> tuple[ForecastSlice, np.ndarray]:
    """Unbiased forecasts of two groups of costs, and the group of each row."""
    rng = np.random.default_rng(seed)
    group, forecast = rng.integers(0, 2, rows), rng.uniform(50, 150, rows)
    sd = np.asarray(spread)[group] if np.ndim(spread) else spread
    actual = forecast * rng.lognormal(0, 0.3, rows) if shares else forecast + rng.normal(0, 1, rows) * sd
    under, over = GROUPS[group].T
    return ForecastSlice(actual, forecast, costs=RowCosts(under.copy(), over.copy())), group


def told(found: ForecastFindings, policy: ForecastPolicy) -> float:
    value = found.policy_value(policy)
    assert value is not None
    return float(value.cost_per_case.value)


def test_two_groups_of_costs_are_planned_at_their_own_normal_quantiles() -> None:
    """Forecast + sd z of each group's ratio; the expected cost is (under + over) sd phi(z), averaged over the groups."""
    (known, _), (fresh, group) = world(20_000, 1), world(40_000, 2)
    found = value_forecast(known, fresh, BY_ROW, 1)
    assert found.adjustment.kind is Adjusting.ADDED_BY_ROW
    z = np.array([NormalDist().inv_cdf(q) for q in (0.9, 0.2)])
    plan = found.adjustment.apply(fresh.forecast, fresh.costs)
    for place in (0, 1):
        assert plan[group == place] - fresh.forecast[group == place] == pytest.approx(SD * z[place], abs=0.4)
    expected = np.mean(GROUPS.sum(axis=1) * SD * np.array([NormalDist().pdf(each) for each in z]))
    assert told(found, ForecastPolicy.ADJUSTED) == pytest.approx(expected, rel=0.02)
    alike = found.policy_value(ForecastPolicy.SHIFTED)
    assert alike is not None
    assert alike.behind.low > 0
    assert found.recommended is ForecastPolicy.ADJUSTED
    assert not ForecastPolicy.SHIFTED.needs_no_model


def test_errors_in_shares_are_met_by_shares_of_each_row() -> None:
    (known, _), (fresh, _) = world(20_000, 3, shares=True), world(2_000, 4, shares=True)
    found = value_forecast(known, fresh, BY_ROW, 1)
    assert found.adjustment.kind is Adjusting.MULTIPLIED_BY_ROW
    for ratio in (0.9, 0.2):
        wanted = np.exp(0.3 * NormalDist().inv_cdf(ratio)) - 1
        assert shifts_at(found.adjustment.table, np.array([ratio]))[0] == pytest.approx(wanted, abs=0.03)
    assert choose_adjustment(known.actual, known.forecast - 200, known.costs or BY_ROW).kind is not Adjusting.MULTIPLIED_BY_ROW


def test_a_tolerance_takes_nothing_from_what_is_best() -> None:
    """With free deviations the best shift isn't the quantile; against every other shift of each group."""
    known, group = world(4_000, 5)
    assert known.costs is not None
    costs = replace(known.costs, tolerance=8.0)
    found = choose_adjustment(known.actual, known.forecast, costs)
    assert found.kind is Adjusting.ADDED_BY_ROW
    ours = sum(map(np.sum, deviation_costs(known.actual, found.apply(known.forecast, costs), costs)))
    best = 0.0
    for place in (0, 1):
        here = group == place
        part = costs.part(here)
        assert part is not None
        residuals = (known.actual - known.forecast)[here]
        best += min(float(sum(map(np.sum, deviation_costs(residuals, np.full(residuals.size, s), part)))) for s in np.arange(-30, 30, 0.1))
    assert ours == pytest.approx(best, rel=0.01)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 100), st.floats(0.01, 100), st.integers(30, 200))
def test_scaling_both_costs_changes_nothing(seed: int, factor: float, rows: int) -> None:
    known, _ = world(rows, seed)
    assert known.costs is not None
    scaled = replace(known.costs, under=known.costs.under * factor, over=known.costs.over * factor)
    first, second = (choose_adjustment(known.actual, known.forecast, costs) for costs in (known.costs, scaled))
    assert second.kind is first.kind
    assert second.amount == pytest.approx(first.amount)
    assert second.table == first.table


@pytest.mark.parametrize("rows", [10, 29, 30, 500])
def test_constant_costs_move_all_rows_as_before(rows: int) -> None:
    known, _ = world(rows, 6)
    plain = DeviationCosts(Decimal(3), Decimal(1))
    ratio = RowCosts(np.linspace(3, 30, rows), np.linspace(1, 10, rows))
    assert choose_adjustment(known.actual, known.forecast, plain) == choose_uniform(known.actual, known.forecast, plain)
    assert choose_adjustment(known.actual, known.forecast, ratio) == choose_uniform(known.actual, known.forecast, ratio)


def test_what_only_looks_better_is_not_chosen() -> None:
    """Rows that ask for much more have hardly any error: the quantile of all residuals would plan far too much for them."""
    known, _ = world(3_000, 7, spread=np.array([0.1, 50.0]))
    assert not choose_adjustment(known.actual, known.forecast, known.costs or BY_ROW).kind.by_row


def test_it_is_chosen_on_rows_that_it_was_not_fitted_on() -> None:
    """With costs that hardly differ and few rows, kinds by row are only taken where they save on held-out rows; over many draws that pays."""
    saved = []
    for seed in range(40):
        known, _ = world(40, seed)
        fresh, _ = world(2_000, 1_000 + seed)
        chosen = choose_adjustment(known.actual, known.forecast, known.costs or BY_ROW)
        alike = choose_uniform(known.actual, known.forecast, known.costs or BY_ROW)
        costs = fresh.costs or BY_ROW
        spent = [
            float(sum(map(np.sum, deviation_costs(fresh.actual, a.apply(fresh.forecast, fresh.costs), costs)))) for a in (chosen, alike)
        ]
        saved.append(spent[1] - spent[0])
    assert np.mean(saved) > 0


def test_rows_where_nothing_costs_anything_go_with_all_others() -> None:
    costs = RowCosts(np.array([9.0, 0.0, 1.0]), np.array([1.0, 0.0, 1.0]))
    assert costs.ratios == pytest.approx([0.9, 10 / 12, 0.5])
    assert costs.part(np.array([False, True, False])) is None
    with pytest.raises(InvalidInput, match="Give them"):
        Adjustment(Adjusting.ADDED_BY_ROW, table=(0.0, 1.0)).apply(np.ones(3))
    known, _ = world(60, 8)
    free = RowCosts(np.where(np.arange(60) == 7, 3.0, 0.0), np.where(np.arange(60) == 9, 3.0, 0.0))
    assert np.isfinite(choose_adjustment(known.actual, known.forecast, free).apply(known.forecast, free)).all()


@pytest.mark.parametrize("shares", [False, True])
def test_words_and_curve_follow(*, shares: bool) -> None:
    (known, _), (fresh, _) = world(6_000, 9, shares=shares), world(6_000, 10, shares=shares)
    found = value_forecast(known, fresh, BY_ROW, 100)
    said = say.adjustment_sentence(EN, SETTING, found)
    assert "is planned by its own costs: its forecast is moved by −" in said
    assert ("%" in said.split(".")[0]) is shares
    assert "Moving all alike would cost $" in said
    assert "own costs saves $" in tell.curve_title(EN, SETTING, found)
    assert ("share" if shares else "units") + " added to each plan" in tell.curve_note(EN, SETTING, found)
    (mark,) = tell.curve_marks(EN, found)
    assert (mark.amount, mark.name, mark.is_chosen) == (0.0, "as planned", True)
    assert say.adjustment_sentence(JA, SETTING, found).endswith("。")
    ours = found.policy_value(ForecastPolicy.ADJUSTED)
    assert ours is not None
    at_zero = next(point for point in found.curve if point.amount == 0)
    assert at_zero.cost == ours.cost
    lowest = min(point.cost.value for point in found.curve)
    assert float(at_zero.cost.value - lowest) < 0.02 * float(lowest)
