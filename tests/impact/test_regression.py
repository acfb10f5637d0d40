"""Forecasts in money: newsvendors with closed forms, the exact shift against brute force, intervals, and bikes."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from core.errors import InvalidInput, NotEnoughData
from core.impact import class_sentences as say
from core.impact import deviations
from core.impact.alternatives import AlternativeKind
from core.impact.deviations import Adjusting, Adjustment, RowCosts, best_shift, choose_adjustment, deviation_costs
from core.impact.intervals import interval_of_rows
from core.impact.regression import ForecastFindings, ForecastPolicy, ForecastPolicyValue, ForecastSlice, value_forecast
from core.impact.setting import Setting
from core.project.model import Nouns
from core.project.payoffs import DeviationCosts
from core.project.value_model import Period
from core.words import Words

EN, JA = Words("en"), Words("ja")
NOUNS = Nouns("hour", "hours", "be busy", "be quiet", "delivery", "deliveries")
SETTING = Setting(NOUNS, "USD", Period.MONTH, 730, AlternativeKind.NOTHING)
ROOT = Path(__file__).resolve().parents[2]


def costs(under: float, over: float, tolerance: float = 0.0) -> DeviationCosts:
    return DeviationCosts(*(Decimal(str(v)) for v in (under, over, tolerance)))


def total(actual: np.ndarray, plan: np.ndarray, terms: DeviationCosts) -> float:
    return float(sum(part.sum() for part in deviation_costs(actual, plan, terms)))


def told(found: ForecastFindings, policy: ForecastPolicy) -> ForecastPolicyValue:
    value = found.policy_value(policy)
    assert value is not None
    return value


def test_a_newsvendor_of_normal_demand_has_its_closed_form() -> None:
    """Plan mean + sd z of the critical ratio; the expected cost is (under + over) sd phi(z)."""
    rng = np.random.default_rng(1)
    terms, mean, sd = costs(7, 3), 500.0, 80.0
    demand = rng.normal(mean, sd, 400_000)
    plan = best_shift(demand, terms)
    z = NormalDist().inv_cdf(terms.quantile)
    assert plan == pytest.approx(mean + sd * z, abs=0.6)
    expected = 10 * sd * NormalDist().pdf(z)
    assert total(demand, np.full(demand.size, plan), terms) / demand.size == pytest.approx(expected, rel=0.005)


def test_a_newsvendor_of_exponential_demand_has_its_closed_form() -> None:
    """Plan -theta ln(1 - ratio); the expected cost is over times the plan."""
    rng = np.random.default_rng(2)
    terms, theta = costs(9, 1), 120.0
    demand = rng.exponential(theta, 400_000)
    plan = best_shift(demand, terms)
    assert plan == pytest.approx(-theta * math.log(1 - 0.9), rel=0.01)
    assert total(demand, np.full(demand.size, plan), terms) / demand.size == pytest.approx(1 * plan, rel=0.01)


def test_adjusting_a_forecast_recovers_the_newsvendors_value() -> None:
    """A forecast whose errors are normal: adjusted, it costs (under + over) sd phi(z) a case; as it is, (under + over) sd / 2 phi(0) more."""
    rng = np.random.default_rng(3)
    terms, sd = costs(8, 2), 10.0
    forecast = rng.uniform(50, 150, 60_000)
    actual = forecast + rng.normal(0, sd, forecast.size)
    half = forecast.size // 2
    found = value_forecast(ForecastSlice(actual[:half], forecast[:half]), ForecastSlice(actual[half:], forecast[half:]), terms, 1)
    assert found.adjustment.kind is Adjusting.ADDED
    assert found.adjustment.amount == pytest.approx(sd * NormalDist().inv_cdf(0.8), abs=0.3)
    adjusted, plain = told(found, ForecastPolicy.ADJUSTED), told(found, ForecastPolicy.MODEL)
    assert float(adjusted.cost_per_case.value) == pytest.approx(10 * sd * NormalDist().pdf(NormalDist().inv_cdf(0.8)), rel=0.02)
    assert float(plain.cost_per_case.value) == pytest.approx(10 * sd * NormalDist().pdf(0), rel=0.02)
    assert adjusted.covered == pytest.approx(0.8, abs=0.01)
    assert plain.behind.low > 0
    assert found.reference is ForecastPolicy.FIXED
    assert found.quantile == pytest.approx(0.8)


def test_errors_that_grow_with_the_forecast_are_met_by_a_share() -> None:
    rng = np.random.default_rng(4)
    forecast = rng.uniform(10, 1_000, 5_000)
    actual = forecast * rng.lognormal(0, 0.3, 5_000)
    found = choose_adjustment(actual, forecast, costs(9, 1))
    assert found.kind is Adjusting.MULTIPLIED
    assert 0.2 < found.amount < 0.8
    assert choose_adjustment(actual, forecast - 500, costs(9, 1)).kind is Adjusting.ADDED


TERMS = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)).filter(lambda t: t[0] + t[1] > 0).map(lambda t: costs(*t))
RESIDUALS = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=25).map(np.array)


@settings(deadline=None, max_examples=200)
@given(RESIDUALS, TERMS, st.data())
def test_no_shift_costs_less(residuals: np.ndarray, terms: DeviationCosts, data: st.DataObject) -> None:
    scale = (
        None
        if data.draw(st.booleans())
        else np.array(data.draw(st.lists(st.integers(1, 5).map(float), min_size=residuals.size, max_size=residuals.size)))
    )
    size = np.ones(residuals.size) if scale is None else scale
    found = total(residuals, best_shift(residuals, terms, scale) * size, terms)
    free = float(terms.tolerance)
    corners = np.concatenate(((residuals - free) / size, (residuals + free) / size))
    best = min(total(residuals, corner * size, terms) for corner in corners)  # a convex, piecewise straight function is least at a corner
    assert found == pytest.approx(best, abs=1e-9)


@settings(deadline=None, max_examples=100)
@given(RESIDUALS, TERMS, st.integers(2, 50))
def test_scaling_costs_scales_and_shifting_demand_shifts_the_plan(residuals: np.ndarray, terms: DeviationCosts, factor: int) -> None:
    plan = np.full(residuals.size, best_shift(residuals, terms))
    more = DeviationCosts(terms.under * factor, terms.over * factor, terms.tolerance)
    assert total(residuals, plan, more) == pytest.approx(factor * total(residuals, plan, terms))
    assert best_shift(residuals, more) == pytest.approx(plan[0])
    assert best_shift(residuals + 7, terms) == pytest.approx(plan[0] + 7)
    wider = DeviationCosts(terms.under, terms.over, terms.tolerance + 1)
    assert total(residuals, plan, wider) <= total(residuals, plan, terms)


def test_one_sided_costs_plan_for_the_extremes() -> None:
    demand = np.array([3.0, 5.0, 9.0])
    assert best_shift(demand, costs(1, 0)) == 9
    assert best_shift(demand, costs(0, 1)) == 3
    assert (best_shift(demand, costs(1, 0, 2)), best_shift(demand, costs(0, 1, 2))) == (7, 5)


def test_few_rows_are_not_adjusted_on() -> None:
    assert choose_adjustment(np.arange(29.0), np.zeros(29), costs(9, 1)) == Adjustment()
    found = value_forecast(ForecastSlice(np.arange(5.0), np.arange(5.0)), ForecastSlice(np.arange(9.0), np.arange(9.0)), costs(9, 1), 10)
    assert found.recommended is ForecastPolicy.MODEL
    assert found.saving.value > 0
    assert say.adjustment_sentence(EN, SETTING, found) == "The forecast is planned by as it is."


def days(count: int, hours: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Hours whose errors share their day's."""
    rng = np.random.default_rng(seed)
    block = np.repeat(np.arange(count), hours)
    return np.repeat(rng.normal(0, 1, count), hours) + rng.normal(0, 0.5, count * hours) + 5, block


def test_rows_that_depend_on_each_other_are_less_sure() -> None:
    held, naive = 0, 0
    for seed in range(200):
        values, block = days(40, 24, seed)
        found, wrong = interval_of_rows(values, block), interval_of_rows(values)
        held += found.low <= 5 <= found.high
        naive += wrong.low <= 5 <= wrong.high
    assert 0.90 <= held / 200 <= 0.99
    assert naive / 200 < 0.5
    with pytest.raises(NotEnoughData, match="two blocks"):
        interval_of_rows(np.array([1.0, 2.0]), np.array([7, 7]))


@pytest.mark.slow
def test_coverage_of_costs_in_simulation() -> None:
    terms = costs(8, 2)
    expected = 10 * NormalDist().pdf(0)
    held = 0
    for seed in range(1_000):
        errors = np.random.default_rng(seed).normal(0, 1, 300)
        cost = sum(deviation_costs(errors, np.zeros(300), terms))
        found = interval_of_rows(np.asarray(cost))
        held += found.low <= expected <= found.high
    assert 0.93 <= held / 1_000 <= 0.98


def bikes() -> tuple[ForecastSlice, ForecastSlice]:
    """A month of 2018 after a year of training, hours by day; today's planning is the same hour a week ago."""
    frame = pd.read_csv(ROOT / "data" / "samples" / "bikesharing_hourly.csv.gz", parse_dates=["ts"])
    frame = frame[(frame["ts"] >= "2017-04-01") & (frame["ts"] < "2018-07-01")].sort_values("ts").drop_duplicates("ts")
    known = pd.DataFrame(
        {
            "hour": frame["ts"].dt.hour,
            "weekday": frame["ts"].dt.weekday,
            "month": frame["ts"].dt.month,
            "tmax": frame["tmax"],
            "pn": frame["pn"],
        }
    )
    week_ago = frame.set_index("ts")["count"].reindex(frame["ts"] - pd.Timedelta(days=7)).to_numpy(dtype=float)
    train = (frame["ts"] < "2018-04-01").to_numpy()
    with threadpool_limits(1):  # threads collapse on a machine that is shared
        model = HistGradientBoostingRegressor(max_iter=60, random_state=0).fit(known[train], frame["count"][train])
    made = []
    for start, end in (("2018-04-01", "2018-05-15"), ("2018-05-15", "2018-07-01")):
        part = ((frame["ts"] >= start) & (frame["ts"] < end)).to_numpy() & np.isfinite(week_ago)
        forecast = np.maximum(model.predict(known[part]), 1.0)
        made.append(
            ForecastSlice(
                frame["count"][part].to_numpy(dtype=float),
                forecast,
                week_ago[part],
                frame["ts"][part].dt.dayofyear.to_numpy(dtype=np.int64),
            )
        )
    return made[0], made[1]


def test_bikes_are_planned_for_by_what_a_missing_one_costs() -> None:
    """A missing bike costs three times as much as an idle one: planning for 75 % of hours saves against the forecast as it is."""
    validation, test = bikes()
    found = value_forecast(validation, test, costs(3, 1), 730)
    adjusted, plain = told(found, ForecastPolicy.ADJUSTED), told(found, ForecastPolicy.MODEL)
    assert found.recommended is ForecastPolicy.ADJUSTED
    assert plain.behind.low > 0
    assert adjusted.covered > plain.covered
    assert found.saving.low > 0
    assert found.reference in {ForecastPolicy.TODAY, ForecastPolicy.FIXED}
    assert float(adjusted.under.value + adjusted.over.value) == pytest.approx(float(adjusted.cost.value), abs=0.02)
    assert say.forecast_finding(EN, SETTING, found).startswith("Planning by the model saves $")
    assert "that saves $" in say.adjustment_sentence(EN, SETTING, found)
    assert "plan enough for 75% of hours" in say.quantile_sentence(EN, SETTING, found)
    assert "in " in say.sides_sentence(EN, SETTING, found)
    for text in (
        say.adjustment_sentence(JA, SETTING, found),
        say.quantile_sentence(JA, SETTING, found),
        say.sides_sentence(JA, SETTING, found),
    ):
        assert text.endswith("。")
    adapter = TypeAdapter(ForecastFindings)
    assert adapter.validate_json(adapter.dump_json(found)) == found


def test_words_where_no_model_is_worth_it() -> None:
    rng = np.random.default_rng(5)
    actual = rng.normal(100, 5, 400)
    noise = ForecastSlice(actual, rng.normal(100, 40, 400), actual + 1)
    found = value_forecast(noise, noise, costs(1, 1), 10)
    assert found.reference is ForecastPolicy.TODAY
    assert say.forecast_finding(EN, SETTING, found) == "No model is worth it here: today's planning costs less"
    level = value_forecast(
        ForecastSlice(actual, np.full(400, actual.mean())), ForecastSlice(actual, np.full(400, actual.mean() + 0.01)), costs(1, 1), 10
    )
    assert say.forecast_finding(EN, SETTING, level).startswith("Too early to say whether the model saves anything against always planning")
    assert {say.forecast_policy_name(JA, p) for p in ForecastPolicy} & {say.forecast_policy_name(EN, p) for p in ForecastPolicy} == set()


def test_bad_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="must be numbers"):
        ForecastSlice(np.array([1.0]), np.array([np.nan]))
    with pytest.raises(InvalidInput, match="must be numbers"):
        ForecastSlice(np.array([1.0, 2.0]), np.array([1.0]))
    with pytest.raises(NotEnoughData):
        ForecastSlice(np.array([]), np.array([]))


def test_kinds_are_held_against_each_other_on_an_even_spread_of_very_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    forecast = rng.uniform(50, 150, 4_000)
    forecast[1] = -1.0  # not among those that are held: a share must not be chosen for it either
    actual = forecast + rng.normal(0, 10, 4_000)
    costs = RowCosts(np.where(np.arange(4_000) % 3, 9.0, 1.0), np.ones(4_000))
    whole = choose_adjustment(actual, forecast, costs)
    monkeypatch.setattr(deviations, "MOST_HELD", 1_000)
    few = choose_adjustment(actual, forecast, costs)
    assert few == whole
    assert few.kind is Adjusting.ADDED_BY_ROW
