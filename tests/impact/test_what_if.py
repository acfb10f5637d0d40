"""What if the assumptions about classes and forecasts were otherwise: against working everything out anew on all rows."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from core.identity import Principal
from core.impact.class_pays import ClassPays, payoff_table, row_pays
from core.impact.class_table import ClassTable, class_table, decide_under
from core.impact.deviations import Adjusting, deviation_costs, row_costs
from core.impact.multiclass import ClassPolicy, ClassSlice, decide_classes, value_classes
from core.impact.plan_table import PlanTable, agreed_view, plan_table, plan_under
from core.impact.regression import ForecastFindings, ForecastPolicy, ForecastSlice, value_forecast
from core.impact.task_explorer import answer_payoff
from core.impact.task_sensitivity import Rival
from core.impact.task_value import value_task_run
from core.project.model import Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula
from core.workspace import Workspace
from tests.impact.test_multiclass import QUEUE_PAYOFFS, QUEUES, world
from tests.impact.test_task_formulas import BY_FEE, fees, slices
from tests.impact.test_task_value import COSTS, classes_frame, finished, project_of

D = Decimal
CASES = 10_000.0


def plans(costs: DeviationCosts, rows: int = 4_000, *, share: bool = False) -> tuple[ForecastSlice, ForecastSlice]:
    """Errors that grow with the forecast, or don't."""
    made = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        forecast = rng.uniform(20, 150, rows)
        errors = rng.normal(0, 1, rows) * (forecast / 8 if share else 10)
        each = None if costs.is_constant else row_costs(costs, fees(rows, seed))
        made.append(ForecastSlice(forecast + errors, forecast, forecast + rng.normal(0, 20, rows), costs=each))
    return made[0], made[1]


def forecast_table(costs: DeviationCosts, known: ForecastSlice, fresh: ForecastSlice) -> tuple[ForecastFindings, PlanTable]:
    found = value_forecast(known, fresh, costs, CASES)
    return found, plan_table(known, fresh, found, CASES, 1)


@pytest.mark.parametrize(
    ("costs", "share"),
    [(DeviationCosts(D(3), D(1)), False), (DeviationCosts(D(3), D(1), D(4)), True), (DeviationCosts(Formula("fee"), D(20)), False)],
)
def test_as_assumed_the_card_says_what_the_report_says(costs: DeviationCosts, share: bool) -> None:
    found, table = forecast_table(costs, *plans(costs, share=share))
    if costs.is_constant:
        assert (table.kind is Adjusting.MULTIPLIED) == share
    answer, ours = plan_under(table, agreed_view(table)), found.policy_value(found.recommended)
    assert ours is not None
    assert answer.cost == pytest.approx(float(ours.cost.value), rel=1e-4)
    assert float(answer.saving.value) == pytest.approx(float(found.saving.value), rel=1e-3)
    assert float(answer.saving.low) == pytest.approx(float(found.saving.low), rel=1e-3)
    assert answer.against == Rival(found.reference)
    assert answer.covered == pytest.approx(ours.covered)
    if not table.on_approved:
        assert answer.best == pytest.approx(table.approved)


@pytest.mark.parametrize("share", [False, True])
def test_other_costs_and_amounts_are_those_of_all_rows(share: bool) -> None:
    costs = DeviationCosts(D(3), D(1), D(2))
    known, fresh = plans(costs, share=share)
    _, table = forecast_table(costs, known, fresh)
    for under, over, cases, amount in ((1.0, 4.0, 500.0, -0.1), (7.5, 0.5, 20_000.0, 0.2), (2.0, 2.0, CASES, 0.05)):
        moved = DeviationCosts(D(str(under)), D(str(over)), D(2))
        shift = amount * (fresh.forecast if share else 100 * np.ones(fresh.actual.size))
        view = replace(agreed_view(table), under=under, over=over, cases=cases, amount=amount if share else 100 * amount)
        answer = plan_under(table, view)
        by_hand = sum(map(np.mean, deviation_costs(fresh.actual, fresh.forecast + shift, moved))) * cases
        assert answer.cost == pytest.approx(by_hand, rel=2e-3)
        again = value_forecast(known, fresh, moved, cases)
        assert answer.against == Rival(again.reference)
        rival = again.policy_value(again.reference)
        assert rival is not None
        assert float(answer.saving.value) == pytest.approx(float(rival.cost.value) - by_hand, rel=5e-3, abs=0.002 * by_hand)
        under_rows, _ = deviation_costs(fresh.actual, fresh.forecast + shift, moved)
        assert answer.covered == pytest.approx(float((under_rows == 0).mean()), abs=0.003)
        if again.adjustment.kind is table.kind:
            assert float(answer.best_saving.value) == pytest.approx(float(again.saving.value), rel=5e-3)


def class_world(payoff: ClassPayoffs, rows: int = 4_000) -> tuple[ClassSlice, ClassSlice, tuple[ClassPays, ClassPays]]:
    size = len(payoff.classes)
    if payoff.is_constant:
        known, fresh = (ClassSlice(*world(rows, size, seed)) for seed in (3, 4))
        table = ClassPays(payoff_table(payoff))
        return known, fresh, (table, table)
    known, fresh = slices(payoff, rows)
    return known, fresh, tuple(row_pays(payoff, fees(rows, seed)) for seed in (3, 4))  # type: ignore[return-value]


def made_table(payoff: ClassPayoffs, pair: tuple[int, int]) -> tuple[ClassSlice, ClassSlice, ClassTable]:
    known, fresh, pays = class_world(payoff)
    _, recommended, _, decided = decide_classes(known, fresh, payoff)
    return known, fresh, class_table(known, fresh, pays, payoff.classes, pair, decided[recommended], CASES, 1)


@pytest.mark.parametrize(("payoff", "pair"), [(QUEUE_PAYOFFS, (1, 0)), (QUEUE_PAYOFFS, (0, 0)), (BY_FEE, (1, 2))])
def test_as_agreed_decisions_are_worth_what_the_report_says(payoff: ClassPayoffs, pair: tuple[int, int]) -> None:
    known, fresh, table = made_table(payoff, pair)
    found = value_classes(known, fresh, payoff, CASES, 1)
    answer = decide_under(table, table.agreed, CASES)
    assert float(answer.gain.value) == pytest.approx(float(found.gain.value), abs=0.02)
    assert float(answer.gain.low) == pytest.approx(float(found.gain.low), rel=0.03)
    by_value = found.policy_value(ClassPolicy.BY_VALUE)
    rival = found.policy_value(found.reference)
    assert by_value is not None
    assert rival is not None
    assert float(answer.anew.value) == pytest.approx(float(by_value.value.value - rival.value.value), abs=0.02)
    assert answer.right_anew == pytest.approx(by_value.right.value)
    assert answer.against == Rival(found.reference, rival.chosen)


@pytest.mark.parametrize("payoff_now", [-14.0, -9.0, -2.5, -0.5, 0.0])
def test_another_payoff_is_decided_anew_as_on_all_rows(payoff_now: float) -> None:
    pair = (1, 0)  # F taken for VF costs 5
    known, fresh, table = made_table(QUEUE_PAYOFFS, pair)
    rows = [[D(str(v)) for v in row] for row in QUEUE_PAYOFFS.values]
    rows[pair[0]][pair[1]] = D(str(payoff_now))
    moved = ClassPayoffs(QUEUES, tuple(tuple(row) for row in rows))
    again = value_classes(known, fresh, moved, 500.0, 1)
    answer = decide_under(table, payoff_now, 500.0)
    by_value, rival = again.policy_value(ClassPolicy.BY_VALUE), again.policy_value(again.reference)
    assert by_value is not None
    assert rival is not None
    assert answer.against == Rival(again.reference, rival.chosen)
    assert float(answer.anew.value) == pytest.approx(float(by_value.value.value - rival.value.value), abs=0.3)
    assert answer.right_anew == pytest.approx(by_value.right.value, abs=0.002)
    pays = ClassPays(payoff_table(moved))
    ours = ClassPays(payoff_table(QUEUE_PAYOFFS)).decide(fresh.probabilities)
    by_hand = pays.of(fresh.truth, ours).mean() * 500 - float(rival.value.value)
    assert float(answer.gain.value) == pytest.approx(by_hand, abs=0.02)
    assert answer.gain.low <= answer.gain.value <= answer.gain.high


def test_todays_way_is_a_rival() -> None:
    known, fresh, pays = class_world(QUEUE_PAYOFFS)
    ruled = replace(fresh, rule=np.where(np.arange(fresh.truth.size) % 10 == 0, 0, fresh.truth))
    table = class_table(known, ruled, pays, QUEUES, (1, 0), fresh.truth, CASES, 1)
    assert decide_under(table, -5.0, CASES).against == Rival(ClassPolicy.RULE)
    costs = DeviationCosts(D(3), D(1))
    before, after = plans(costs)
    _, planned = forecast_table(costs, before, replace(after, today=after.actual))
    assert plan_under(planned, agreed_view(planned)).against == Rival(ForecastPolicy.TODAY)


def test_a_million_rows_answer_at_once() -> None:
    """The sums stand for any number of rows: an answer takes the same for 4,000 and for 400,000."""
    costs = DeviationCosts(D(3), D(1))
    known, fresh = plans(costs, 400_000)
    _, table = forecast_table(costs, known, fresh)
    assert table.sample.actual.size == 20_000
    began = time.perf_counter()
    answer = plan_under(table, replace(agreed_view(table), under=4.0))
    assert time.perf_counter() - began < 1.0
    whole = value_forecast(known, fresh, DeviationCosts(D(4), D(1)), CASES)
    assert float(answer.best_saving.value) == pytest.approx(float(whole.saving.value), rel=1e-3)
    width = float(whole.saving.high - whole.saving.low)
    assert float(answer.best_saving.high - answer.best_saving.low) == pytest.approx(width, rel=0.05)


def test_rows_that_go_wrong_together_make_it_less_sure() -> None:
    """Where the hours of a day share an error, the interval is that of days, of a sample of whole days too."""
    costs, rng = DeviationCosts(D(3), D(1)), np.random.default_rng(4)
    blocks = np.repeat(np.arange(4_000), 10)
    forecast = rng.uniform(50, 150, blocks.size)
    actual = forecast + rng.normal(0, 8, 4_000)[blocks] + rng.normal(0, 4, blocks.size)
    known, fresh = ForecastSlice(actual, forecast), ForecastSlice(actual, forecast, blocks=blocks)
    found, table = forecast_table(costs, known, fresh)
    assert table.sample.actual.size == 20_000
    answer = plan_under(table, agreed_view(table))
    assert float(answer.saving.value) == pytest.approx(float(found.saving.value), rel=1e-3)
    width = float(found.saving.high - found.saving.low)
    assert float(answer.saving.high - answer.saving.low) == pytest.approx(width, rel=0.06)
    alone = plan_under(forecast_table(costs, known, known)[1], agreed_view(table)).saving
    assert float(alone.high - alone.low) < 0.9 * width


def test_where_nothing_is_moved_the_card_and_the_report_name_the_same_interval(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.MULTICLASS, COSTS)
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project.id, classes_frame())
    report = value_task_run(ws, viewer, "run-1")
    answer = answer_payoff(ws, viewer, report, "F", "L")
    assert answer.gain == report.gain
    twice = answer_payoff(ws, viewer, report, "F", "L", cases=2_000)
    assert (float(twice.gain.low), float(twice.gain.high)) == pytest.approx(
        (2 * float(report.gain.low), 2 * float(report.gain.high)), abs=0.05
    )
    dearer = answer_payoff(ws, viewer, report, "F", "L", payoff=-1.5).gain
    assert dearer.low < dearer.value < dearer.high
    assert dearer.value > report.gain.value  # always deciding on L pays for it even more often
