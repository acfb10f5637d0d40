"""Payoffs of classes and costs of forecasts that differ from row to row: against brute force, against constants, and where they can't be."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.identity import Principal
from core.impact import class_sentences as say
from core.impact import source, task_value
from core.impact.class_pays import ClassPays, RowCell, payoff_table, row_pays
from core.impact.deviations import RowCosts, best_shift, choose_uniform, covered_shares, deviation_costs, row_costs
from core.impact.multiclass import ClassPolicy, ClassSlice, value_classes
from core.impact.regression import ForecastPolicy, ForecastSlice, value_forecast
from core.project.model import Task
from core.project.payoffs import Cell, ClassPayoffs, DeviationCosts, Formula
from core.words import Words
from core.workspace import Workspace
from tests.impact.test_multiclass import SETTING, world
from tests.impact.test_task_value import finished, project_of

D = Decimal


def table(*rows: tuple[str | int, ...]) -> ClassPayoffs:
    cells: tuple[tuple[Cell, ...], ...] = tuple(tuple(Formula(c) if isinstance(c, str) else D(c) for c in row) for row in rows)
    return ClassPayoffs(tuple("ABC"[: len(rows)]), cells)


def fees(rows: int, seed: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"fee": np.random.default_rng(seed).uniform(1, 100, rows)})


BY_FEE = table((0, "-fee", -10), (-20, "fee - 50", -5), ("-2 * fee", -1, 3))


def by_hand(frame: pd.DataFrame, row: int) -> np.ndarray:
    fee = float(frame["fee"].iloc[row])
    return np.array([[0, -fee, -10], [-20, fee - 50, -5], [-2 * fee, -1, 3]])


def test_each_row_is_decided_on_by_its_own_table() -> None:
    truth, p = world(200, 3, 2)
    frame = fees(200)
    pays = row_pays(BY_FEE, frame)
    decided, best = pays.decide(p), pays.best(truth)
    worth = pays.of(truth, decided)
    totals = np.zeros(3)
    for row in range(200):
        hand = by_hand(frame, row)
        assert decided[row] == int(np.argmax(p[row] @ hand))
        assert worth[row] == pytest.approx(hand[truth[row], decided[row]])
        assert best[row] == pytest.approx(hand[truth[row]].max())
        totals += hand[truth[row]]
    assert pays.best_single(truth) == int(np.argmax(totals))


def slices(payoff: ClassPayoffs, rows: int = 3_000, *, by_row: bool = True) -> tuple[ClassSlice, ClassSlice]:
    made = []
    for seed in (3, 4):
        truth, p = world(rows, len(payoff.classes), seed)
        made.append(ClassSlice(truth, p, None, row_pays(payoff, fees(rows, seed)) if by_row else None))
    return made[0], made[1]


def test_a_formula_that_gives_one_amount_is_that_amount() -> None:
    plain, formula = table((0, -1, -4), (-5, 0, -1), (-9, -3, 0)), table((0, "0 * fee - 1", -4), (-5, 0, -1), ("-9 + 0 * fee", -3, 0))
    first = value_classes(*slices(plain, by_row=False), plain, 1_000, 7)
    second = value_classes(*slices(formula), formula, 1_000, 7)
    assert second.counts == first.counts
    assert second.worth == first.worth
    assert [e.truth + e.decided for e in second.errors] == [e.truth + e.decided for e in first.errors]
    for one, two in zip(first.policies, second.policies, strict=True):
        assert (two.policy, two.chosen, two.value.value) == (one.policy, one.chosen, one.value.value)
        assert float(two.value.low) == pytest.approx(float(one.value.low), rel=0.05)
        assert float(two.behind.high) == pytest.approx(float(one.behind.high), rel=0.05, abs=1)


def test_the_gain_by_rows_has_the_interval_of_its_rows() -> None:
    known, fresh = slices(BY_FEE)
    found = value_classes(known, fresh, BY_FEE, 1, 5)
    likely = found.policy_value(ClassPolicy.MOST_LIKELY)
    assert likely is not None
    assert fresh.pays is not None
    each = fresh.pays.of(fresh.truth, fresh.pays.decide(fresh.probabilities))
    each = each - fresh.pays.of(fresh.truth, fresh.probabilities.argmax(axis=1))
    assert float(likely.behind.value) == pytest.approx(each.mean(), abs=0.01)
    assert float(likely.behind.high - likely.behind.low) / 3.92 == pytest.approx(each.std() / each.size**0.5, rel=0.12)
    assert likely.better > 0.99
    assert float(sum(map(sum, found.worth))) == pytest.approx(
        float(fresh.pays.of(fresh.truth, fresh.pays.decide(fresh.probabilities)).mean()), abs=0.1
    )
    for error in found.errors:
        assert error.cost.low <= error.cost.value <= error.cost.high


@settings(deadline=None, max_examples=25)
@given(st.floats(0.01, 50), st.integers(0, 500))
def test_scaling_payoffs_scales_value(factor: float, seed: int) -> None:
    truth, p = world(80, 3, seed)
    pays = row_pays(BY_FEE, fees(80, seed))
    more = ClassPays(pays.table * factor, tuple(RowCell(c.truth, c.decided, c.values * factor) for c in pays.cells))
    decided = pays.decide(p)
    one, two = pays.mean(truth, decided, 1), more.mean(truth, decided, 1)
    assert (two.value, two.low, two.high) == pytest.approx((one.value * factor, one.low * factor, one.high * factor), abs=1e-6)


def test_a_table_with_formulas_has_no_single_amounts() -> None:
    with pytest.raises(InvalidInput, match=r"payoff\.values\.A\.B' differs from case to case"):
        payoff_table(BY_FEE)
    with pytest.raises(InvalidInput, match=r"payoff\.values\.A\.B' can't be worked out for 1 of 3 rows"):
        row_pays(BY_FEE, pd.DataFrame({"fee": [1.0, np.nan, 2.0]}))
    with pytest.raises(InvalidInput, match="reads the column 'fee', which the data doesn't have"):
        row_pays(BY_FEE, pd.DataFrame({"price": [1.0]}))
    with pytest.raises(InvalidInput, match="every decision worth the same"):
        table(("fee", "fee"), ("2 * fee", "2 * fee"))
    assert (BY_FEE.columns, BY_FEE.is_constant) == (("fee",), False)


def cheapest(residuals: np.ndarray, costs: RowCosts, scale: np.ndarray) -> float:
    """The least cost over all places where a row's cost bends."""
    places = np.concatenate(((residuals - costs.tolerance) / scale, (residuals + costs.tolerance) / scale))
    return min(float(sum(map(np.sum, deviation_costs(residuals, s * scale, costs)))) for s in places)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 25), st.integers(0, 1_000), st.sampled_from([0.0, 0.5]), st.booleans())
def test_no_other_shift_costs_less_with_costs_by_row(rows: int, seed: int, tolerance: float, scaled: bool) -> None:
    rng = np.random.default_rng(seed)
    residuals, scale = rng.normal(0, 3, rows), rng.uniform(0.5, 2, rows) if scaled else np.ones(rows)
    costs = RowCosts(rng.integers(0, 4, rows) + 0.5, rng.integers(0, 4, rows).astype(float), tolerance)
    shift = best_shift(residuals, costs, scale)
    if np.isfinite(shift):
        ours = float(sum(map(np.sum, deviation_costs(residuals, shift * scale, costs))))
        assert ours == pytest.approx(cheapest(residuals, costs, scale), abs=1e-6)


def forecasts(rows: int, seed: int, costs: DeviationCosts | None) -> ForecastSlice:
    rng = np.random.default_rng(seed)
    forecast = rng.uniform(50, 150, rows)
    made = None if costs is None else row_costs(costs, fees(rows, seed))
    return ForecastSlice(forecast + rng.normal(0, 10, rows), forecast, costs=made)


def test_costs_by_formula_that_give_one_amount_are_that_amount() -> None:
    plain, formula = DeviationCosts(D(3), D(1), D(2)), DeviationCosts(Formula("3 + 0 * fee"), Formula("0 * fee + 1"), D(2))
    first = value_forecast(forecasts(900, 1, None), forecasts(900, 2, None), plain, 100)
    second = value_forecast(forecasts(900, 1, formula), forecasts(900, 2, formula), formula, 100)
    assert second.policies == first.policies
    assert (second.adjustment, second.saving, second.curve) == (first.adjustment, first.saving, first.curve)
    assert second.quantile == pytest.approx(first.quantile)
    assert (first.quantiles, second.quantiles) == (None, (0.75, 0.75, 0.75))


def test_costs_by_row_move_each_plan_to_its_own_quantile() -> None:
    """Where a unit too few costs a row's fee and one too many 20, moving all alike takes the quantile that the fees weigh, each its own."""
    costs = DeviationCosts(Formula("fee"), D(20))
    found = value_forecast(forecasts(4_000, 1, costs), forecasts(4_000, 2, costs), costs, 100)
    assert found.quantile == pytest.approx(50.5 / 70.5, abs=0.01)
    # Errors of standard deviation 10 around 100 on average; the 71.6 % point of the standard normal is 0.573.
    known = forecasts(4_000, 1, costs)
    assert known.costs is not None
    alike = choose_uniform(known.actual, known.forecast, known.costs)
    assert alike.apply(np.array([100.0]))[0] == pytest.approx(100 + 10 * 0.573, abs=0.8)
    # A fee of 20 asks for the median, one of 80 for the 80 % point, 0.842.
    two = RowCosts(np.array([20.0, 80.0]), np.array([20.0, 20.0]))
    assert found.adjustment.kind.by_row
    assert found.adjustment.apply(np.array([100.0, 100.0]), two) == pytest.approx([100, 108.42], abs=1.0)
    assert found.quantiles is not None
    low, middle, high = found.quantiles
    assert (low, high) == (pytest.approx(6 / 26, abs=0.03), pytest.approx(95 / 115, abs=0.01))
    assert low < middle < high
    told = say.quantile_sentence(Words("en"), SETTING, found)
    assert "differs from case to case" in told
    assert say.quantile_sentence(Words("ja"), SETTING, found).endswith("得策です。")
    lowest = min(found.curve, key=lambda point: point.cost.value)
    spread = found.curve[-1].amount - found.curve[0].amount
    assert lowest.amount == pytest.approx(0, abs=0.1 * spread)
    assert {0.0, found.adjustment.amount} <= {point.amount for point in found.curve}
    for point in found.curve:
        assert float(point.under + point.over) == pytest.approx(float(point.cost.value), abs=0.02)


def test_a_cost_that_comes_out_negative_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"The cost 'payoff\.over' comes out negative for 1 of 2 rows") as refused:
        row_costs(DeviationCosts(D(1), Formula("fee - 10")), pd.DataFrame({"fee": [5.0, 15.0]}))
    assert refused.value.field == "payoff.over"
    with pytest.raises(InvalidInput, match="At least one of the two costs must be above zero"):
        row_costs(DeviationCosts(Formula("0 * fee"), D(0)), pd.DataFrame({"fee": [5.0, 15.0]}))
    with pytest.raises(InvalidInput, match="differs from case to case"):
        deviation_costs(np.ones(2), np.ones(2), DeviationCosts(D(1), Formula("fee")))
    with pytest.raises(InvalidInput, match="must be a number"):
        DeviationCosts(D(1), D(2), Formula("fee"))  # type: ignore[arg-type]
    assert covered_shares(RowCosts(np.array([0.0, 1.0]), np.array([0.0, 1.0]))) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_a_run_is_valued_with_its_rows_columns(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task
) -> None:
    """The rows of the data set that the scores name, not the first ones."""
    rng = np.random.default_rng(9)
    data, rows = fees(500), rng.permutation(500)[:400]
    frame = pd.DataFrame({"split": np.where(np.arange(400) < 200, "validation", "test"), "row": rows})
    if task is Task.MULTICLASS:
        p = rng.beta(1, 2, 400)
        frame = frame.assign(y=np.where(rng.random(400) < p, "B", "A"), **{"p:A": 1 - p, "p:B": p})
        payoff: ClassPayoffs | DeviationCosts = table((0, -30), ("-fee", 0))
    else:
        frame = frame.assign(y=rng.uniform(5, 10, 400), score=rng.uniform(5, 10, 400))
        payoff = DeviationCosts(Formula("fee"), D(1))
    frame.to_parquet(tmp_path / "scores.parquet", index=False)
    sha256 = ws.artifacts.put(tmp_path / "scores.parquet").sha256
    project = project_of(ws, scientist, task, payoff)
    run = SimpleNamespace(
        id="run-1", number=7, project_id=project.id, task=task, dataset_version_id="v", artifacts=SimpleNamespace(scores_sha256=sha256),
        summary=None,
    )  # fmt: skip
    monkeypatch.setattr(task_value, "finished", lambda ws, run_id: run)
    kept = SimpleNamespace(
        columns=lambda ws, version, names, at: data[[n for n in names if n in data]].iloc[at].reset_index(drop=True),
        attributes=lambda ws, version: list(data.columns),
    )
    monkeypatch.setattr(source, "_source", kept)
    found = task_value.value_task_run(ws, viewer, "run-1")
    test = frame.iloc[200:].join(data["fee"], on="row")
    if found.classes is not None:
        decided = np.where(test["p:B"] * test["fee"] > 30 * test["p:A"], "B", "A")
        worth = np.where(decided == test["y"], 0, np.where(test["y"] == "B", -test["fee"], -30)).mean()
        ours = found.classes.policy_value(ClassPolicy.BY_VALUE)
        assert ours is not None
        assert float(ours.value_per_case.value) == pytest.approx(worth, abs=1e-5)
    else:
        assert found.forecast is not None
        gap = test["y"] - test["score"]
        cost = (test["fee"] * gap.clip(lower=0) + (-gap).clip(lower=0)).mean()
        plain = found.forecast.policy_value(ForecastPolicy.MODEL)
        assert plain is not None
        assert float(plain.cost_per_case.value) == pytest.approx(cost, abs=1e-5)


def test_a_run_whose_data_lacks_a_column_of_the_formulas_says_which_there_are(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame({"split": ["validation", "test"] * 5, "row": range(10), "y": range(10), "score": range(10)}, dtype=object)
    project = project_of(ws, scientist, Task.REGRESSION, DeviationCosts(Formula("2 * price"), D(1)))
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project.id, frame.astype({"row": int, "y": float, "score": float}))
    kept = SimpleNamespace(columns=lambda *_: fees(5)[[]], attributes=lambda *_: ["fee", "plan"])
    monkeypatch.setattr(source, "_source", kept)
    with pytest.raises(InvalidInput, match=r"reads the column 'price', which the data doesn't have\. There are: fee, plan\."):
        task_value.value_task_run(ws, viewer, "run-1")
