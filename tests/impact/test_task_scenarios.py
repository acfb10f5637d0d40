"""Scenarios of classes and forecasts: against a report under the changed value model, and decisions held by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from core.api.task_bodies import FrozenTaskReportOut
from core.errors import DuplicateName, InvalidInput, NotFound, PermissionDenied
from core.identity import Principal
from core.impact import scenario_service as kept
from core.impact.any_report import any_report_from_json, any_report_to_json
from core.impact.deviations import deviation_costs
from core.impact.economics import business_case
from core.impact.multiclass import decide_classes
from core.impact.regression import ForecastPolicy, plan_forecast
from core.impact.scenarios import Override, Scenario
from core.impact.sensitivity import Assumption
from core.impact.task_detailing import detail_task
from core.impact.task_proposing import Moved
from core.impact.task_report import TaskReport
from core.impact.task_scenario_service import (
    evaluate_task_scenarios,
    evaluate_usual,
    propose_task_scenario,
    scenario_of_moved,
    task_scenarios_of,
    try_task_scenario,
    usual_scenarios_of,
)
from core.impact.task_scenario_words import changes_text, scenario_figures, scenario_notes
from core.impact.task_scenarios import TaskChange, TaskOverride, TaskScenario, TaskTrial, apply_task_scenario, usual_task_scenarios
from core.impact.task_value import value_task_as, value_task_run
from core.project.model import Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula
from core.project.terms import Economics
from core.words import Words
from core.workspace import Workspace
from tests.impact.export.test_task_exports import valued
from tests.impact.test_multiclass import QUEUE_PAYOFFS
from tests.impact.test_task_formulas import BY_FEE
from tests.impact.test_task_value import COSTS, DEVIATIONS, classes_frame, finished, project_of
from tests.impact.test_what_if import class_world, plans
from tests.pages.test_task_report import forecast_frame

D = Decimal
SPENT = Economics(D(900), D(30), None, D("0.05"), 24)
DEARER = TaskScenario("Dearer", (
    TaskOverride(TaskChange.PAYOFF, D("0.5"), relative=True, truth="L", decided="F"), TaskOverride(TaskChange.PAYOFF, D(-4), truth="F", decided="L"),
    TaskOverride(TaskChange.CASES, D(2_000)), TaskOverride(TaskChange.RUNNING_COST, D(50)), TaskOverride(TaskChange.DISCOUNT_RATE, D("0.1")),
))  # fmt: skip
SHORT = TaskScenario("Short", (
    TaskOverride(TaskChange.UNDER, D(2), relative=True), TaskOverride(TaskChange.OVER, D("0.25")), TaskOverride(TaskChange.TOLERANCE, D(3)),
    TaskOverride(TaskChange.ONE_OFF_COST, D(400)),
))  # fmt: skip


def made(ws: Workspace, actor: Principal, folder: Path, patch: pytest.MonkeyPatch, task: Task) -> TaskReport:
    classes = task is Task.MULTICLASS
    project = project_of(ws, actor, task, COSTS if classes else DEVIATIONS)
    finished(ws, folder, patch, task, project.id, classes_frame() if classes else forecast_frame())
    return value_task_run(ws, actor, "run-1")


@pytest.mark.parametrize(("task", "scenario"), [(Task.MULTICLASS, DEARER), (Task.REGRESSION, SHORT)])
def test_decided_anew_is_the_report_under_the_changed_value_model(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task, scenario: TaskScenario
) -> None:  # fmt: skip
    report = made(ws, scientist, tmp_path, monkeypatch, task)
    base, changed = try_task_scenario(ws, viewer, report, TaskScenario("Same")), try_task_scenario(ws, viewer, report, scenario)
    assert base.held == base.adapted
    assert (base.held.gain, base.held.value, base.held.reference) == (report.gain, report.value, report.setting.reference)
    again = value_task_as(ws, viewer, "run-1", replace(apply_task_scenario(report.value_model, scenario), id="changed"))
    assert (changed.adapted.gain, changed.adapted.value, changed.adapted.reference) == (again.gain, again.value, again.setting.reference)
    assert changed.held.gain.value < changed.adapted.gain.value
    assert changed.held.gain.value != report.gain.value
    assert changed.case == business_case(changed.held.gain, report.period, again.economics)


@pytest.mark.parametrize("payoff", [QUEUE_PAYOFFS, BY_FEE])
def test_classes_as_approved_are_paid_the_changed_payoffs(payoff: ClassPayoffs) -> None:
    known, fresh, _ = class_world(payoff)
    value = replace(valued(Task.MULTICLASS, QUEUE_PAYOFFS).value_model, payoff=payoff, cases_per_period=1_000)
    names = payoff.classes
    override = TaskOverride(TaskChange.PAYOFF, D("1.5"), relative=True, truth=names[1], decided=names[0])
    found = TaskTrial(value, lambda v: class_world(v.payoff)[:2] if isinstance(v.payoff, ClassPayoffs) else (known, fresh), 1).evaluate(
        TaskScenario("Worse", (override,))
    )
    _, recommended, _, decisions = decide_classes(known, fresh, payoff)
    ours = decisions[recommended]
    changed = apply_task_scenario(value, TaskScenario("x", (override,))).payoff
    assert isinstance(changed, ClassPayoffs)
    _, after, pays = class_world(changed)
    by_hand = float(pays[1].of(after.truth, ours).mean()) * 1_000
    assert float(found.held.value.value) == pytest.approx(by_hand, abs=0.01)


def test_plans_as_approved_cost_what_the_changed_costs_say() -> None:
    known, fresh = plans(DEVIATIONS)
    value = replace(valued(Task.REGRESSION, DEVIATIONS).value_model, payoff=DEVIATIONS, cases_per_period=500)
    found = TaskTrial(value, lambda _: (known, fresh), 1).evaluate(SHORT)
    ours = plan_forecast(known, fresh, DEVIATIONS)[1][ForecastPolicy.ADJUSTED]
    now = DeviationCosts(D(6), D("0.25"), D(3))
    fixed = plan_forecast(known, fresh, now)[1][ForecastPolicy(found.held.reference.policy)]
    own, other = (float(sum(map(np.mean, deviation_costs(fresh.actual, plan, now)))) * 500 for plan in (ours, fixed))
    assert float(found.held.value.value) == pytest.approx(-own, abs=0.01)
    assert float(found.held.gain.value) == pytest.approx(other - own, abs=0.01)
    assert found.held.gain.low < found.held.gain.value < found.held.gain.high


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_the_usual_two_bracket_what_is_assumed(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task
) -> None:
    report = made(ws, scientist, tmp_path, monkeypatch, task)
    table = evaluate_usual(ws, viewer, Words("en"), report)
    assert table.is_usual
    assert [r.name for r in table.results] == ["", "Pessimistic", "Optimistic"]
    base, worse, better = table.results
    assert worse.held.gain.value < base.held.gain.value < better.held.gain.value
    assert worse.case.npv.value < base.case.npv.value < better.case.npv.value
    spent = replace(report.value_model, economics=SPENT)
    both = usual_task_scenarios(spent, report.findings.tornado, "worse", "better")
    moves = {(o.assumption, o.value) for s in both for o in s.overrides if o.assumption is TaskChange.ONE_OFF_COST}
    assert moves == {(TaskChange.ONE_OFF_COST, D("1.2")), (TaskChange.ONE_OFF_COST, D("0.8"))}
    assert usual_task_scenarios(report.value_model, (), "worse", "better") == ()
    for scenario in usual_scenarios_of(Words("ja"), report):
        kept.save_scenario(ws, scientist, report.project_id, scenario)
    again = evaluate_task_scenarios(ws, viewer, report)
    assert not again.is_usual
    assert [r.held for r in again.results] == [r.held for r in table.results]


@pytest.mark.parametrize(("task", "scenario"), [(Task.MULTICLASS, DEARER), (Task.REGRESSION, SHORT)])
def test_saved_ones_stand_in_frozen_reports(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task, scenario: TaskScenario
) -> None:  # fmt: skip
    report = made(ws, scientist, tmp_path, monkeypatch, task)
    saved = kept.save_scenario(ws, scientist, report.project_id, scenario)
    assert kept.list_scenarios(ws, viewer, report.project_id) == [saved]
    assert saved.scenario == scenario
    with pytest.raises(DuplicateName):
        kept.save_scenario(ws, scientist, report.project_id, scenario)
    with pytest.raises(PermissionDenied):
        kept.save_scenario(ws, viewer, report.project_id, replace(scenario, name="Mine"))
    with pytest.raises(PermissionDenied):
        evaluate_task_scenarios(ws, Principal("x", "X", "", frozenset()), report)
    table = evaluate_task_scenarios(ws, viewer, report)
    detailed = detail_task(ws, viewer, report)
    assert detailed.details is not None
    assert detailed.details.scenarios == table
    frozen = any_report_from_json(task, any_report_to_json(detailed))
    assert frozen == detailed
    told = FrozenTaskReportOut.model_validate(frozen).details
    assert told is not None
    assert told.scenarios is not None
    assert told.scenarios.results[1].held.gain.value == table.results[1].held.gain.value
    kept.delete_scenario(ws, scientist, report.project_id, saved.id)
    with pytest.raises(NotFound):
        kept.delete_scenario(ws, scientist, report.project_id, saved.id)
    assert task_scenarios_of(ws, viewer, detailed) == table
    assert len(evaluate_task_scenarios(ws, viewer, report).results) == 1


def test_reports_of_earlier_releases_stay_readable(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detailed = detail_task(ws, viewer, made(ws, scientist, tmp_path, monkeypatch, Task.MULTICLASS))
    assert detailed.details is not None
    old = any_report_to_json(detailed)
    start = old.index(b',"scenarios":')
    frozen = any_report_from_json(Task.MULTICLASS, old[:start] + b"}}")
    assert isinstance(frozen, TaskReport)
    assert frozen.details == replace(detailed.details, scenarios=None)
    assert task_scenarios_of(ws, viewer, frozen) is None


def test_what_does_not_fit_is_refused_and_left_out_by_name(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = made(ws, scientist, tmp_path, monkeypatch, Task.MULTICLASS)
    refused = (
        (SHORT, "only that of a forecast"), (Scenario("x", (Override(Assumption.CASES, D(5)),)), "another kind"),
        (TaskScenario("x"), "at least one"),
        (TaskScenario("x", (TaskOverride(TaskChange.PAYOFF, D(1), truth="L", decided="?"),)), "no payoff of L taken for ?"),
        (TaskScenario("x", (TaskOverride(TaskChange.CASES, D(0)),)), "at least 1"),
        (TaskScenario("x", (TaskOverride(TaskChange.RUNNING_COST, D(-1)),)), "negative"),
    )  # fmt: skip
    for scenario, why in refused:
        with pytest.raises(InvalidInput, match=why.replace("?", r"\?")):
            kept.save_scenario(ws, scientist, report.project_id, scenario)
    for bad in (
        {"assumption": TaskChange.PAYOFF, "value": D(1)}, {"assumption": TaskChange.CASES, "value": D(1), "truth": "L"},
        {"assumption": TaskChange.CASES, "value": D("NaN")}, {"assumption": TaskChange.CASES, "value": D(-1), "relative": True},
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            TaskOverride(**bad)  # type: ignore[arg-type]
    kept.save_scenario(ws, scientist, report.project_id, DEARER)
    other = ClassPayoffs(("F", "X"), COSTS.values)
    gone = replace(report, value_model=replace(report.value_model, payoff=other))
    with pytest.raises(InvalidInput):
        apply_task_scenario(gone.value_model, DEARER)


def test_the_card_and_proposals_take_what_was_moved(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = made(ws, scientist, tmp_path, monkeypatch, Task.MULTICLASS)
    scenario = scenario_of_moved(" A  name ", Moved(2_000, pair=("L", "F"), payoff=-12.5))
    assert scenario == TaskScenario(
        "A name", (TaskOverride(TaskChange.CASES, D("2000")), TaskOverride(TaskChange.PAYOFF, D("-12.5"), truth="L", decided="F"))
    )
    with pytest.raises(InvalidInput, match="at least one"):
        scenario_of_moved("Nothing", Moved())
    proposal = propose_task_scenario(ws, viewer, report.run_id, scenario, "Why")
    assert isinstance(proposal.spec.payoff, ClassPayoffs)
    assert proposal.spec.payoff.values[1][0] == D("-12.50")
    assert proposal.spec.cases_per_period == 2_000


def test_a_formula_keeps_its_digits_as_a_multiple() -> None:
    value = valued(Task.REGRESSION, DEVIATIONS).value_model
    by_row = replace(value, payoff=DeviationCosts(Formula("fee"), D(20)))
    changed = apply_task_scenario(by_row, TaskScenario("x", (TaskOverride(TaskChange.UNDER, D("1E+1"), relative=True),)))
    assert changed.payoff == DeviationCosts(Formula("(fee) * 10"), D(20))


@pytest.mark.parametrize(("task", "scenario"), [(Task.MULTICLASS, DEARER), (Task.REGRESSION, SHORT)])
def test_words_say_what_changes_and_what_follows(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task, scenario: TaskScenario
) -> None:  # fmt: skip
    report, words = made(ws, scientist, tmp_path, monkeypatch, task), Words("en")
    kept.save_scenario(ws, scientist, report.project_id, scenario)
    table = evaluate_task_scenarios(ws, viewer, report)
    shown = scenario_figures(words, report, table)
    assert shown.rows[0][:2] == ("As assumed", "the value model as it is")
    told = changes_text(words, report, table.results[1])
    assert shown.rows[1][1] == told
    if task is Task.MULTICLASS:
        assert told == (
            "Cost of L taken for F −50% · Cost of F taken for L: €4.00 · Number of customers: 2,000 · Running cost: €50.00 · Discount rate: 10.0%"
        )
    else:
        assert (
            told
            == "Cost of each unit too few +100% · Cost of each unit too many: €0.25 · Units off that cost nothing: 3 · Cost of the roll-out: €400.00"
        )
    notes = scenario_notes(words, report, table)
    assert any(f"{scenario.name}: whoever decides anew, knowing this, gains" in note for note in notes)
    base, other = (r.held for r in table.results)
    turned = (other.value.value - base.value.value) * (other.gain.value - base.gain.value) < 0
    assert any("than as assumed, but" in n or "to save" in n for n in notes) is turned
