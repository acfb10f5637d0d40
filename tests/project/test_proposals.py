"""Proposed value models: made by readers, taken over or declined by those who edit the project, each decided once."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import Conflict, InvalidInput, KachiError, NotFound, PermissionDenied
from core.identity import Permission, Principal
from core.identity.permissions import GRANTS
from core.project import proposals, service
from core.project.model import Task
from core.project.payoffs import Formula
from core.project.proposal import Proposal, ProposalState
from core.project.proposal_store import ProposalFilter
from core.project.proposals import decline_proposal, list_proposals, propose_value_model, take_proposal, withdraw_proposal
from core.project.terms import Economics, Limits
from core.project.value_model import DeviationCosts, PayoffMatrix
from core.store.audit import list_events, verify_chain
from core.store.lineage import Node
from core.workspace import Workspace
from tests.project.test_service import PAYOFF, SPEC, VALUE

DEARER = replace(
    VALUE,
    payoff=PayoffMatrix(Formula("0.3 * bill"), Decimal("-12.50"), Decimal(0), Decimal(0)),
    note="Calls cost more since April",
    limits=Limits(capacity=800),
    economics=Economics(one_off_cost=Decimal(5000)),
)


@pytest.fixture
def project_id(ws: Workspace, scientist: Principal) -> str:
    return service.create_project(ws, scientist, SPEC).id


@pytest.fixture
def proposal(ws: Workspace, viewer: Principal, project_id: str) -> Proposal:
    return propose_value_model(ws, viewer, project_id, DEARER)


def test_everybody_who_reads_value_may_propose() -> None:
    assert all((Permission.PROPOSE_VALUE in granted) == (Permission.READ_VALUE in granted) for granted in GRANTS.values())


def test_a_proposal_keeps_all_that_was_said_and_changes_nothing(
    ws: Workspace, viewer: Principal, project_id: str, proposal: Proposal
) -> None:
    (kept,) = list_proposals(ws, viewer, ProposalFilter(project_id))
    assert kept == proposal
    assert (kept.spec, kept.seen_version, kept.proposed_by_name, kept.state) == (DEARER, 1, "Sato", ProposalState.OPEN)
    assert [m.version for m in service.list_value_models(ws, viewer, project_id)] == [1]
    assert proposals.count_waiting(ws, viewer) == {project_id: 1}


def test_taking_it_over_makes_it_the_next_version_and_names_both(
    ws: Workspace, scientist: Principal, viewer: Principal, project_id: str, proposal: Proposal
) -> None:
    made = take_proposal(ws, scientist, proposal.id)
    newest = service.list_value_models(ws, viewer, project_id)[0]
    assert newest == made
    assert (newest.version, service.as_spec(newest)) == (2, DEARER)
    assert newest.authors == {scientist.user_id, viewer.user_id}
    (closed,) = list_proposals(ws, viewer, ProposalFilter(project_id, ProposalState.TAKEN))
    assert closed.decision is not None
    assert (closed.decision.value_model_id, closed.decision.value_model_version, closed.decision.decided_by_name) == (made.id, 2, "Mori")
    assert proposals.count_waiting(ws, viewer) == {}
    actions = [e.event.action for e in list_events(ws.store, project_id=project_id)]
    assert actions[:3] == ["value_proposal.take", "value_model.create", "value_proposal.create"]
    edges = ws.store.rows("SELECT target_id, relation FROM lineage_edges WHERE source_kind = ?", [Node.VALUE_PROPOSAL])
    assert edges == [(made.id, "became")]
    assert verify_chain(ws.store).broken_seq is None


def test_only_those_who_edit_the_project_decide(
    ws: Workspace, viewer: Principal, approver: Principal, admin: Principal, proposal: Proposal
) -> None:
    for actor in (viewer, approver, admin):
        with pytest.raises(PermissionDenied, match="scientist"):
            take_proposal(ws, actor, proposal.id)
        with pytest.raises(PermissionDenied, match="scientist"):
            decline_proposal(ws, actor, proposal.id, "no")
    nobody = Principal("user-x", "X", "x@example.com", frozenset())
    with pytest.raises(PermissionDenied):
        propose_value_model(ws, nobody, proposal.project_id, DEARER)


def test_only_its_maker_withdraws_it(ws: Workspace, viewer: Principal, scientist: Principal, proposal: Proposal) -> None:
    with pytest.raises(PermissionDenied, match="Only Sato"):
        withdraw_proposal(ws, scientist, proposal.id)
    assert withdraw_proposal(ws, viewer, proposal.id).state is ProposalState.WITHDRAWN
    with pytest.raises(Conflict, match="Sato has withdrawn"):
        take_proposal(ws, scientist, proposal.id)


def test_declining_needs_a_reason_that_is_kept(ws: Workspace, viewer: Principal, scientist: Principal, proposal: Proposal) -> None:
    for reason in ("  ", "x" * 401):
        with pytest.raises(InvalidInput, match="Write a reason"):
            decline_proposal(ws, scientist, proposal.id, reason)
    closed = decline_proposal(ws, scientist, proposal.id, " The figures are last year's ")
    assert closed.decision is not None
    assert closed.decision.reason == "The figures are last year's"
    with pytest.raises(Conflict, match="Mori has declined"):
        withdraw_proposal(ws, viewer, proposal.id)
    assert list_events(ws.store, project_id=proposal.project_id)[0].event.details["reason"] == "The figures are last year's"


def test_another_version_since_is_said_until_it_was_seen(ws: Workspace, scientist: Principal, project_id: str, proposal: Proposal) -> None:
    second = service.add_value_model(ws, scientist, project_id, replace(VALUE, cases_per_period=9000))
    with pytest.raises(Conflict, match="Version 2 of the value model came since"):
        take_proposal(ws, scientist, proposal.id)
    with pytest.raises(Conflict, match="Version 2"):
        take_proposal(ws, scientist, proposal.id, newest_seen=proposal.seen_id)
    assert take_proposal(ws, scientist, proposal.id, newest_seen=second.id).version == 3


def test_a_currency_that_changed_meanwhile_is_never_changed_back_in_silence(
    ws: Workspace, scientist: Principal, project_id: str, proposal: Proposal
) -> None:
    dollars = replace(VALUE, currency="USD", note="Reported in dollars")
    second = service.add_value_model(ws, scientist, project_id, dollars, currency_change=True)
    with pytest.raises(Conflict, match="counts in JPY, but the project counts in USD"):
        take_proposal(ws, scientist, proposal.id, newest_seen=second.id)


def test_another_currency_is_proposed_only_where_it_is_meant(
    ws: Workspace, scientist: Principal, viewer: Principal, project_id: str
) -> None:
    dollars = replace(DEARER, currency="USD")
    with pytest.raises(InvalidInput, match="So far this project counts in JPY"):
        propose_value_model(ws, viewer, project_id, dollars)
    made = propose_value_model(ws, viewer, project_id, dollars, currency_change=True)
    assert take_proposal(ws, scientist, made.id).currency == "USD"


@pytest.mark.parametrize(
    "bad",
    [
        replace(DEARER, currency="XXX"),
        replace(DEARER, cases_per_period=0),
        replace(DEARER, payoff=DeviationCosts(Decimal(1), Decimal(1), Decimal(0))),
    ],
)
def test_what_cannot_be_saved_cannot_be_proposed(
    ws: Workspace, scientist: Principal, viewer: Principal, project_id: str, bad: service.ValueModelSpec
) -> None:
    with pytest.raises(InvalidInput) as saving:
        service.add_value_model(ws, scientist, project_id, bad)
    with pytest.raises(InvalidInput) as proposing:
        propose_value_model(ws, viewer, project_id, bad)
    assert str(proposing.value) == str(saving.value)


def test_it_says_why_and_differs(ws: Workspace, viewer: Principal, project_id: str) -> None:
    with pytest.raises(InvalidInput, match="Write why you propose this"):
        propose_value_model(ws, viewer, project_id, replace(DEARER, note="  "))
    with pytest.raises(InvalidInput, match="what version 1 says already"):
        propose_value_model(ws, viewer, project_id, replace(VALUE, note="Just to say so", payoff=PAYOFF))
    with pytest.raises(NotFound):
        propose_value_model(ws, viewer, "nothing", DEARER)


def test_a_first_value_model_can_be_proposed(ws: Workspace, scientist: Principal, viewer: Principal) -> None:
    project = service.create_project(ws, scientist, replace(SPEC, task=Task.REGRESSION, value=None))
    costs = DeviationCosts(Decimal(3), Decimal(1), Decimal(0))
    made = propose_value_model(ws, viewer, project.id, replace(VALUE, payoff=costs, rule=None, note="From purchasing"))
    assert made.seen_version is None
    assert take_proposal(ws, scientist, made.id).version == 1


def test_ten_wait_at_most(ws: Workspace, viewer: Principal, project_id: str) -> None:
    made = [propose_value_model(ws, viewer, project_id, replace(DEARER, cases_per_period=100 + n)) for n in range(proposals.MOST_OPEN)]
    with pytest.raises(Conflict, match="10 proposals for this project wait"):
        propose_value_model(ws, viewer, project_id, DEARER)
    withdraw_proposal(ws, viewer, made[3].id)
    propose_value_model(ws, viewer, project_id, DEARER)
    first = list_proposals(ws, viewer, ProposalFilter(project_id, ProposalState.OPEN), limit=4)
    rest = list_proposals(ws, viewer, ProposalFilter(project_id, ProposalState.OPEN), before_id=first[-1].id)
    assert [p.spec.cases_per_period for p in (*first, *rest)] == [7000, 109, 108, 107, 106, 105, 104, 102, 101, 100]


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(
    ws: Workspace, scientist: Principal, other_scientist: Principal, project_id: str, proposal: Proposal
) -> None:
    for _ in range(5):
        start, told = threading.Barrier(2), list[str]()

        def decide(actor: Principal, key: str, start: threading.Barrier = start, told: list[str] = told) -> None:
            start.wait()
            try:
                take_proposal(ws, actor, key)
            except KachiError as error:
                told.append(str(error))

        threads = [threading.Thread(target=decide, args=(actor, proposal.id)) for actor in (scientist, other_scientist)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        newest = service.list_value_models(ws, scientist, project_id)[0]
        winner = "Mori" if newest.created_by == scientist.user_id else "Ito"
        assert told == [f"{winner} has taken this proposal over already, as version {newest.version}."]
        proposal = propose_value_model(ws, scientist, project_id, replace(DEARER, cases_per_period=newest.cases_per_period + 1))
    assert [m.version for m in service.list_value_models(ws, scientist, project_id)] == [6, 5, 4, 3, 2, 1]
