"""Scenarios: applied to value models, evaluated in full, saved by name."""

from __future__ import annotations

from dataclasses import asdict, replace
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from core.errors import Conflict, Corrupt, DuplicateName, InvalidInput, NotFound, PermissionDenied
from core.identity import Principal
from core.impact import scenario_service as service
from core.impact import service as impact
from core.impact.alternatives import AlternativeKind
from core.impact.scenario_sentences import knowing_sentence, override_text, scenario_sentence, scenarios_finding, turned_sentences
from core.impact.scenarios import (
    Override,
    Scenario,
    ScenarioResult,
    apply_scenario,
    assumed_values,
    ranges_of,
    read_number,
    usual_scenarios,
)
from core.impact.sensitivity import Assumption, Range
from core.impact.setting import Setting
from core.impact.source import FinishedRun
from core.project import service as projects
from core.project.service import ValueModelSpec
from core.project.value_model import Economics, Formula, Limits, PayoffMatrix, Period, ValueModel
from core.store.audit import verify_chain
from core.words import Words
from core.workspace import Workspace
from tests.impact.conftest import NOUNS, PAYOFF, RULE

EN, JA = Words("en"), Words("ja")
SETTING = Setting(NOUNS, "JPY", Period.MONTH, 10_000, AlternativeKind.NOTHING)
LIMITS = Limits(capacity=6_000)
ECONOMICS = Economics(Decimal(500_000), Decimal(20_000), None, Decimal("0.05"), 24)


def changed(assumption: Assumption, value: str, *, relative: bool = False) -> Override:
    return Override(assumption, Decimal(value), relative)


def scenario(*overrides: Override, name: str = "bad winter") -> Scenario:
    return Scenario(name, overrides)


@pytest.fixture
def value(ws: Workspace, scientist: Principal, project: projects.Project) -> ValueModel:
    spec = ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, RULE, limits=LIMITS, economics=ECONOMICS)
    return projects.add_value_model(ws, scientist, project.id, spec)


def test_every_assumption_can_be_changed(value: ValueModel) -> None:
    made = apply_scenario(
        value,
        scenario(
            changed(Assumption.TP, "9000"), changed(Assumption.FP, "1.5", relative=True), changed(Assumption.CASES, "0.5", relative=True),
            changed(Assumption.CAPACITY, "800"), changed(Assumption.PREVALENCE, "2", relative=True),
            changed(Assumption.ONE_OFF_COST, "2", relative=True), changed(Assumption.RUNNING_COST, "1"),
            changed(Assumption.DISCOUNT_RATE, "0.1"),
        ),
        0.25,
    )  # fmt: skip
    assert made.payoff == PayoffMatrix(Decimal(9_000), Decimal(-2_250), Decimal(0), Decimal(0))
    assert (made.cases_per_period, made.limits.capacity) == (5_000, 800)
    assert made.economics == Economics(Decimal(1_000_000), Decimal(1), Decimal("0.50"), Decimal("0.1"), 24)
    assert (made.id, made.rule, made.currency) == (value.id, value.rule, value.currency)
    budgeted = replace(value, limits=Limits(budget=Decimal(100), action_cost=Decimal(1)))
    assert apply_scenario(budgeted, scenario(changed(Assumption.BUDGET, "0.5", relative=True)), 0.2).limits.budget == 50


def test_formulas_are_multiplied_or_replaced(value: ValueModel) -> None:
    by_row = replace(value, payoff=PayoffMatrix(Formula("2 * tenure"), Decimal(-5), Decimal(0), Decimal(0)))
    multiplied = apply_scenario(by_row, scenario(changed(Assumption.TP, "0.8", relative=True)), 0.2)
    assert multiplied.matrix.tp == Formula("(2 * tenure) * 0.8")
    assert apply_scenario(by_row, scenario(changed(Assumption.TP, "7")), 0.2).matrix.tp == Decimal(7)
    assert Assumption.TP not in assumed_values(by_row, 0.2)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        (changed(Assumption.CAPACITY, "-1"), "must not be negative"),
        (changed(Assumption.PREVALENCE, "0"), "must lie between 0 and 1"),
        (changed(Assumption.CASES, "0"), "at least 1"),
        (changed(Assumption.RUNNING_COST, "-1"), "must not be negative"),
        (changed(Assumption.DISCOUNT_RATE, "-1"), "discount rate"),
        (changed(Assumption.BUDGET, "2", relative=True), "no 'budget'"),
        (changed(Assumption.BUDGET, "2"), "cost of one action"),
    ],
)
def test_what_can_not_be_is_refused(value: ValueModel, override: Override, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        apply_scenario(value, scenario(override), 0.2)


def test_scenarios_themselves_are_checked() -> None:
    with pytest.raises(InvalidInput, match="1 to 60"):
        Scenario("  ")
    with pytest.raises(InvalidInput, match="once"):
        scenario(changed(Assumption.TP, "1"), changed(Assumption.TP, "2"))
    with pytest.raises(InvalidInput, match="multiple"):
        changed(Assumption.TP, "-0.5", relative=True)
    with pytest.raises(InvalidInput, match="between"):
        changed(Assumption.TP, "Infinity")
    assert read_number("−3.5", "x") == Decimal("-3.5")
    for wrong in ("abc", "nan", ""):
        with pytest.raises(InvalidInput, match="not an amount"):
            read_number(wrong, "x")


def test_ranges_come_from_scenarios(value: ValueModel) -> None:
    pair = usual_scenarios(value, "pessimistic", "optimistic")
    found = ranges_of(pair, value, 0.25)
    assert found[Assumption.TP] == Range(9_600, 14_400)
    assert found[Assumption.FP] == Range(-1_800, -1_200)
    assert found[Assumption.ONE_OFF_COST] == Range(400_000, 600_000)
    only_worse = ranges_of([scenario(changed(Assumption.CAPACITY, "500"))], value, 0.25)
    assert only_worse == {Assumption.CAPACITY: Range(500, 6_000)}


def test_a_scenario_is_what_a_report_of_that_value_model_says(
    ws: Workspace, scientist: Principal, viewer: Principal, run: FinishedRun, value: ValueModel
) -> None:
    """Knowing the scenario, the result is that of a report whose value model says so."""
    worse = scenario(changed(Assumption.TP, "8000"), changed(Assumption.CASES, "6000"), changed(Assumption.CAPACITY, "900"))
    result = service.try_scenario(ws, viewer, run.id, worse)
    applied = apply_scenario(value, worse, 0.25)
    spec = ValueModelSpec("JPY", Period.MONTH, 6_000, applied.payoff, RULE, limits=applied.limits, economics=ECONOMICS)
    report = impact.compute_report(ws, viewer, run.id, value_model_id=projects.add_value_model(ws, scientist, value.project_id, spec).id)
    assert asdict(result.adapted.value) == asdict(report.value)
    assert (asdict(result.adapted.gain), result.adapted.reference) == (asdict(report.gain), report.reference)
    assert result.held.actions <= 900 * 1.1
    assert result.case.gain == result.held.gain


def test_as_assumed_holds_what_the_report_says(ws: Workspace, viewer: Principal, run: FinishedRun, value: ValueModel) -> None:
    table = service.evaluate_scenarios(ws, viewer, run.id)
    report = impact.compute_report(ws, viewer, run.id)
    base = table.results[0]
    assert (table.value_model_id, table.value_model_version, base.name) == (value.id, 2, "")
    assert base.held == base.adapted
    assert (asdict(base.held.value), asdict(base.held.gain)) == (asdict(report.value), asdict(report.gain))
    assert {Assumption.CAPACITY, Assumption.ONE_OFF_COST, Assumption.RUNNING_COST, Assumption.DISCOUNT_RATE} <= {
        s.assumption for s in table.tornado
    }
    for swing in table.tornado:
        assert min(swing.at_low, swing.at_high) <= float(base.case.npv.value) * (1 + 1e-9) or swing.assumption is Assumption.CAPACITY
    more = next(s for s in table.tornado if s.assumption is Assumption.RUNNING_COST)
    assert more.at_high < float(base.case.npv.value) < more.at_low


def test_knowing_a_scenario_never_costs_much(ws: Workspace, viewer: Principal, run: FinishedRun, value: ValueModel) -> None:
    result = service.try_scenario(ws, viewer, run.id, scenario(changed(Assumption.FP, "-6000")))
    assert result.adapted.value.value > result.held.value.value
    assert knowing_sentence(EN, SETTING, result).startswith("Whoever knew this beforehand")
    same = service.try_scenario(ws, viewer, run.id, scenario(changed(Assumption.RUNNING_COST, "1")))
    assert same.held == same.adapted
    assert knowing_sentence(EN, SETTING, same) == ""


def test_saving_changing_and_deleting(ws: Workspace, scientist: Principal, viewer: Principal, value: ValueModel) -> None:
    bad = scenario(changed(Assumption.TP, "9000.25"), name="  bad   winter ")
    saved = service.save_scenario(ws, scientist, value.project_id, bad)
    assert (saved.name, saved.scenario.overrides) == ("bad winter", bad.overrides)
    again = service.save_scenario(
        ws, scientist, value.project_id, scenario(changed(Assumption.FP, "2", relative=True)), scenario_id=saved.id
    )
    assert (again.id, again.created_at) == (saved.id, saved.created_at)
    assert [s.scenario for s in service.list_scenarios(ws, viewer, value.project_id)] == [again.scenario]
    with pytest.raises(DuplicateName, match="bad winter"):
        service.save_scenario(ws, scientist, value.project_id, bad)
    other = service.save_scenario(ws, scientist, value.project_id, replace(bad, name="good summer"))
    with pytest.raises(DuplicateName):
        service.save_scenario(ws, scientist, value.project_id, replace(bad, name="bad winter"), scenario_id=other.id)
    service.delete_scenario(ws, scientist, value.project_id, saved.id)
    assert [s.name for s in service.list_scenarios(ws, viewer, value.project_id)] == ["good summer"]
    actions = [row[0] for row in ws.store.rows("SELECT action FROM audit_events WHERE action LIKE 'scenario.%' ORDER BY id")]
    assert actions == ["scenario.create", "scenario.update", "scenario.create", "scenario.delete"]
    assert verify_chain(ws.store).broken_seq is None


def test_who_may_and_what_is_refused(ws: Workspace, scientist: Principal, viewer: Principal, run: FinishedRun, value: ValueModel) -> None:
    worse = scenario(changed(Assumption.TP, "1"))
    with pytest.raises(PermissionDenied):
        service.save_scenario(ws, viewer, value.project_id, worse)
    with pytest.raises(PermissionDenied):
        service.delete_scenario(ws, viewer, value.project_id, "x")
    for act in (
        lambda: service.delete_scenario(ws, scientist, value.project_id, "none"),
        lambda: service.save_scenario(ws, scientist, value.project_id, worse, scenario_id="none"),
        lambda: service.save_scenario(ws, scientist, "none", worse),
        lambda: service.evaluate_scenarios(ws, viewer, run.id, "none"),
        lambda: service.evaluate_scenarios(ws, viewer, "none"),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(InvalidInput, match="at least one"):
        service.save_scenario(ws, scientist, value.project_id, Scenario("empty"))
    with pytest.raises(InvalidInput, match="every decision worth the same"):
        service.save_scenario(ws, scientist, value.project_id, scenario(changed(Assumption.TP, "0"), changed(Assumption.FP, "0")))
    for i in range(service.MOST_SCENARIOS):
        service.save_scenario(ws, scientist, value.project_id, replace(worse, name=f"s{i}"))
    with pytest.raises(Conflict, match="at most 20"):
        service.save_scenario(ws, scientist, value.project_id, worse)


def test_a_damaged_row_is_told(ws: Workspace, scientist: Principal, viewer: Principal, value: ValueModel) -> None:
    saved = service.save_scenario(ws, scientist, value.project_id, scenario(changed(Assumption.TP, "1")))
    ws.store.write(lambda tx: tx.execute('UPDATE scenarios SET overrides = \'[{"assumption": "luck"}]\' WHERE id = ?', [saved.id]))
    with pytest.raises(Corrupt, match="bad winter"):
        service.list_scenarios(ws, viewer, value.project_id)


def test_words_in_both_languages(ws: Workspace, viewer: Principal, run: FinishedRun, value: ValueModel) -> None:
    good = service.evaluate_scenarios(ws, viewer, run.id).results[0]
    bad = service.try_scenario(ws, viewer, run.id, scenario(changed(Assumption.TP, "2000"), changed(Assumption.ONE_OFF_COST, "1e9")))
    assert scenario_sentence(EN, SETTING, good).startswith("As assumed: +¥")
    assert scenario_sentence(EN, SETTING, bad).startswith("bad winter: ")
    assert "24か月間の現在価値" in scenario_sentence(JA, SETTING, bad)
    assert [scenarios_finding(EN, r) for r in ([good], [bad], [good, bad])] == [
        "The model pays in every scenario", "The model surely pays in no scenario", "The model surely pays in 1 of 2 scenarios",
    ]  # fmt: skip
    assert override_text(EN, SETTING, changed(Assumption.FP, "-2000")) == "Cost of each call that wasn't needed: ¥2,000"
    assert (
        override_text(EN, SETTING, changed(Assumption.TP, "0.8", relative=True))
        == "Value of each call that was needed: 80% of what is assumed"
    )
    assert override_text(JA, SETTING, changed(Assumption.PREVALENCE, "0.31")).endswith("：31.0%")
    adapter = TypeAdapter(ScenarioResult)
    assert adapter.validate_json(adapter.dump_json(bad)) == bad


def test_a_gain_that_moves_against_the_value_is_explained(ws: Workspace, viewer: Principal, run: FinishedRun, value: ValueModel) -> None:
    base = service.evaluate_scenarios(ws, viewer, run.id).results[0]
    better = service.try_scenario(ws, viewer, run.id, scenario(changed(Assumption.TN, "1000"), name="quiet ones buy"))
    worse = service.try_scenario(ws, viewer, run.id, scenario(changed(Assumption.TP, "5000"), name="hard times"))
    assert better.held.value.value > base.held.value.value
    assert better.held.gain.value < base.held.gain.value  # today's rule, which calls fewer, gains more by it
    (said,) = turned_sentences(EN, [base, better], "JPY")
    assert said.startswith("quiet ones buy: the decisions are worth more than as assumed, but the best way without a model gains even more")
    assert turned_sentences(EN, [base], "JPY") == ()
    # Seen from there, what is assumed today is the reverse.
    (reverse,) = turned_sentences(EN, [better, replace(base, name="today")], "JPY")
    assert reverse.startswith("today: the decisions are worth less than as assumed, but the best way without a model loses even more")
    assert "quiet ones buy" in turned_sentences(JA, [base, better], "JPY")[0]
    assert worse.held.value.value < base.held.value.value
    assert worse.held.gain.value < base.held.gain.value
    assert turned_sentences(EN, [base, worse], "JPY") == ()


def test_a_comma_that_parts_no_thousands_is_no_number() -> None:
    assert read_number("1,200.5", "x") == Decimal("1200.5")
    assert read_number("−0.8", "x") == Decimal("-0.8")
    for text in ("12,50", "1e99", "NaN", "much"):
        with pytest.raises(InvalidInput, match="is not an amount"):
            read_number(text, "x")
