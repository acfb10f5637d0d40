"""Projects: made whole or not at all, moved along the loop, valued by versions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import DuplicateName, InvalidInput, NotFound, PermissionDenied
from core.identity import Principal
from core.project import service
from core.project.model import Nouns, Phase, Task
from core.project.value_model import Formula, Operator, PayoffMatrix, Period, TodaysRule, parse_amount, parse_cell
from core.store.audit import list_events, verify_chain
from core.workspace import Workspace

NOUNS = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
PAYOFF = PayoffMatrix(Decimal(90), Decimal(-10), Decimal(0), Decimal(0))
VALUE = service.ValueModelSpec("JPY", Period.MONTH, 7000, PAYOFF, TodaysRule("tenure", Operator.BELOW, "6"))
SPEC = service.ProjectSpec("Customer churn", "Whom should we call?", NOUNS, value=VALUE)


def test_a_project_comes_with_its_first_value_model(ws: Workspace, scientist: Principal, viewer: Principal) -> None:
    project = service.create_project(ws, scientist, SPEC)
    assert service.get_project(ws, viewer, "customer-churn") == project
    (model,) = service.list_value_models(ws, viewer, project.id)
    assert (model.version, model.payoff, model.rule, model.currency) == (1, PAYOFF, VALUE.rule, "JPY")
    assert [e.event.action for e in list_events(ws.store, project_id=project.id)] == ["value_model.create", "project.create"]
    assert verify_chain(ws.store).broken_seq is None


def test_names_are_unique_and_nothing_is_half_written(ws: Workspace, scientist: Principal) -> None:
    service.create_project(ws, scientist, SPEC)
    with pytest.raises(DuplicateName):
        service.create_project(ws, scientist, replace(SPEC, name="customer  CHURN"))
    bad = replace(VALUE, currency="XXX")
    with pytest.raises(InvalidInput):
        service.create_project(ws, scientist, replace(SPEC, name="Other", value=bad))
    assert [p.name for p in service.list_projects(ws, scientist)] == ["Customer churn"]


def test_versions_of_the_value_model_count_up_and_stay(ws: Workspace, scientist: Principal) -> None:
    project = service.create_project(ws, scientist, SPEC)
    dearer = replace(VALUE, payoff=PayoffMatrix(Decimal(90), Decimal("-12.50"), Decimal(0), Decimal(0)))
    second = service.add_value_model(ws, scientist, project.id, dearer)
    assert second.version == 2
    assert [m.payoff.fp for m in service.list_value_models(ws, scientist, project.id)] == [Decimal("-12.50"), Decimal("-10.00")]


def test_roles_are_checked_in_core(ws: Workspace, viewer: Principal, approver: Principal) -> None:
    for actor in (viewer, approver):
        with pytest.raises(PermissionDenied, match="scientist"):
            service.create_project(ws, actor, SPEC)


def test_moves_along_the_loop_are_recorded_once(ws: Workspace, scientist: Principal) -> None:
    project = service.create_project(ws, scientist, SPEC)
    for phase in (Phase.DATA_UNDERSTANDING, Phase.DATA_UNDERSTANDING, Phase.MODELING, Phase.DATA_PREPARATION):
        ws.store.write(lambda tx, phase=phase: service.move_phase(tx, scientist, project.id, phase, "test"))
    moves = [m.phase for m in service.list_phase_moves(ws, scientist, project.id)]
    assert moves == [Phase.BUSINESS_UNDERSTANDING, Phase.DATA_UNDERSTANDING, Phase.MODELING, Phase.DATA_PREPARATION]


def test_a_project_in_use_stays_so_until_its_use_ends(ws: Workspace, scientist: Principal) -> None:
    project = service.create_project(ws, scientist, SPEC)
    ws.store.write(lambda tx: service.move_phase(tx, scientist, project.id, Phase.DEPLOYMENT, "deployed"))
    ws.store.write(lambda tx: service.move_phase(tx, scientist, project.id, Phase.MODELING, "run 2 started"))
    assert service.get_project(ws, scientist, project.id).phase is Phase.DEPLOYMENT
    ws.store.write(lambda tx: service.move_phase(tx, scientist, project.id, Phase.EVALUATION, "stopped", out_of_use=True))
    assert service.get_project(ws, scientist, project.id).phase is Phase.EVALUATION


def test_unknown_projects_are_said_so(ws: Workspace, viewer: Principal) -> None:
    with pytest.raises(NotFound):
        service.get_project(ws, viewer, "nothing")


def test_a_regression_project_needs_no_payoffs_but_a_binary_one_does(ws: Workspace, scientist: Principal) -> None:
    assert service.create_project(ws, scientist, replace(SPEC, name="Demand", task=Task.REGRESSION, value=None)).task is Task.REGRESSION
    with pytest.raises(InvalidInput, match="payoff"):
        service.create_project(ws, scientist, replace(SPEC, name="No payoffs", value=None))


@pytest.mark.parametrize("name", ["", "   ", "!!!", "x" * 81])
def test_impossible_names_are_refused(ws: Workspace, scientist: Principal, name: str) -> None:
    with pytest.raises(InvalidInput):
        service.create_project(ws, scientist, replace(SPEC, name=name))


def test_slugs_keep_other_scripts() -> None:
    assert service.slugify("解約防止 2026!") == "解約防止-2026"
    assert service.slugify("A 'quoted' -- name") == "a-quoted-name"


def test_another_currency_is_never_taken_silently(ws: Workspace, scientist: Principal) -> None:
    project = service.create_project(ws, scientist, SPEC)
    dollars = replace(VALUE, currency="USD")
    with pytest.raises(InvalidInput, match="counts in JPY; this version counts in USD") as refused:
        service.add_value_model(ws, scientist, project.id, dollars)
    assert refused.value.field == "currency"
    with pytest.raises(InvalidInput, match="Say in the note why") as silent:
        service.add_value_model(ws, scientist, project.id, dollars, currency_change=True)
    assert silent.value.field == "note"
    told = replace(dollars, note="The region reports in dollars from April on")
    assert service.add_value_model(ws, scientist, project.id, told, currency_change=True).version == 2
    assert service.add_value_model(ws, scientist, project.id, dollars).version == 3  # the same as the version before
    with pytest.raises(InvalidInput, match="counts in USD; this version counts in JPY"):
        service.add_value_model(ws, scientist, project.id, VALUE)
    assert [m.currency for m in service.list_value_models(ws, scientist, project.id)] == ["USD", "USD", "JPY"]


@pytest.mark.parametrize("text", ["1e999999999", "-1e999999999", "1e13", "nan", "inf"])
def test_amounts_beyond_all_measure_are_refused_and_crash_nothing(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_cell(text, "payoff.tp")
    with pytest.raises(InvalidInput):
        parse_amount(text, "payoff.tp")


def test_a_formula_may_begin_as_in_a_spreadsheet() -> None:
    assert parse_cell("= 0.3 * premium", "payoff.tp") == Formula("0.3 * premium")
    assert parse_cell("=12", "payoff.tp") == Decimal(12)
