"""Value contracts: in force by the same approval, changed only by two people who didn't propose, signed, never restated."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import Conflict, Corrupt, InvalidInput, NotFound, PermissionDenied
from core.identity import SYSTEM, Principal, Role
from core.impact.decision import policy_from_json
from core.project import service as projects
from core.project.model import Project
from core.project.proposals import propose_value_model, take_proposal
from core.project.service import ValueModelSpec
from core.project.value_model import PayoffMatrix, Period
from core.registry import contract_store
from core.registry.approvals import certificate_for, decide, get_approval, get_evidence, list_approvals, request_approval, withdraw_approval
from core.registry.certificate import verify_certificate
from core.registry.contract import ContractState, Party, check_signature, terms_from_text
from core.registry.contracts import (
    contract_in_force,
    contract_of,
    get_contract,
    get_contract_evidence,
    list_contracts,
    propose_contract,
    sign_for_business,
    verify_contract,
)
from core.registry.model import ApprovalKind, ApprovalState, ModelVersion, VersionState
from core.registry.service import get_version, register_model
from core.registry.store import ApprovalFilter, newest_approved
from core.signing import public_key
from core.store.audit import list_events
from core.workspace import Workspace
from tests.registry.world import World, make_frame


@pytest.fixture
def version(ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project) -> ModelVersion:
    """An approved version, whose contract is in force."""
    made = register_model(ws, scientist, world.add(project.id, make_frame(2_000)))
    decide(ws, approver, request_approval(ws, scientist, made.id, "first").id, approve=True, reason="fine")
    return get_version(ws, scientist, made.id)


@pytest.fixture
def cheaper(ws: Workspace, other_scientist: Principal, project: Project) -> str:
    """Another version of the value model, by somebody else: a call costs 2,500 yen instead of 1,500."""
    payoff = PayoffMatrix(Decimal(12_000), Decimal(-2_500), Decimal(0), Decimal(0))
    spec = ValueModelSpec("JPY", Period.MONTH, 10_000, payoff, None, "calls cost more")
    return projects.add_value_model(ws, other_scientist, project.id, spec).id


def test_approving_a_version_puts_its_value_model_in_force(ws: Workspace, viewer: Principal, version: ModelVersion) -> None:
    view = contract_in_force(ws, viewer, version.id)
    assert view is not None
    contract = view.contract
    assert (contract.number, contract.state, contract.value_model_id, contract.report_id) == (
        1, ContractState.IN_FORCE, version.value_model_id, version.impact_report_id,
    )  # fmt: skip
    assert (contract.proposed_by_name, contract.reason, contract.replaces_number) == ("Mori", "first", None)
    assert [(s.party, s.user_name) for s in view.signatures] == [(Party.APPROVER, "Tanaka")]
    terms = terms_from_text(contract.terms)
    assert (terms.payoff, terms.currency, policy_from_json(terms.policy)) == (
        {"tp": "12000.00", "fp": "-1500.00", "fn": "0.00", "tn": "0.00"}, "JPY", version.policy,
    )  # fmt: skip
    assert terms.package_sha256 == version.package_sha256


def test_a_request_proposes_and_what_becomes_of_it_becomes_of_the_contract(
    ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project
) -> None:
    version = register_model(ws, scientist, world.add(project.id, make_frame(2_000)))
    first = request_approval(ws, scientist, version.id)
    proposed = contract_of(ws, scientist, first.id)
    assert proposed is not None
    assert proposed.contract.state is ContractState.PROPOSED
    assert contract_in_force(ws, scientist, version.id) is None
    withdraw_approval(ws, scientist, first.id)
    second = request_approval(ws, scientist, version.id)
    decide(ws, approver, second.id, approve=False, reason="no")
    states = [(v.contract.number, v.contract.state) for v in list_contracts(ws, approver)]
    assert states == [(2, ContractState.REJECTED), (1, ContractState.WITHDRAWN)]


def test_business_may_sign_before_or_after_the_approval(
    ws: Workspace, scientist: Principal, approver: Principal, viewer: Principal, world: World, project: Project, version: ModelVersion
) -> None:
    after = sign_for_business(ws, viewer, list_contracts(ws, viewer)[0].contract.id, "agreed in the steering group")
    assert [s.party for s in after.signatures] == [Party.APPROVER, Party.BUSINESS]
    other = register_model(ws, scientist, world.add(project.id, make_frame(2_000, seed=9)))
    asked = request_approval(ws, scientist, other.id)
    contract = contract_of(ws, viewer, asked.id)
    assert contract is not None
    sign_for_business(ws, viewer, contract.contract.id)
    decide(ws, approver, asked.id, approve=True, reason="better")
    now = contract_in_force(ws, viewer, other.id)
    assert now is not None
    assert {s.party for s in now.signatures} == {Party.BUSINESS, Party.APPROVER}
    first = contract_in_force(ws, viewer, version.id)
    assert first is not None
    assert first.contract.number == 1  # each version's decisions go by their own contract


def test_another_value_model_needs_business_and_approver(
    ws: Workspace, scientist: Principal, approver: Principal, viewer: Principal, version: ModelVersion, cheaper: str
) -> None:
    proposed = propose_contract(ws, scientist, version.id, cheaper, "Calls became dearer").contract
    assert (proposed.number, proposed.state, proposed.replaces_number) == (2, ContractState.PROPOSED, 1)
    (waiting,) = list_approvals(ws, approver, wanted=ApprovalFilter(state=ApprovalState.OPEN))
    assert (waiting.id, waiting.kind, waiting.note) == (proposed.approval_id, ApprovalKind.CONTRACT, "Calls became dearer")
    assert get_version(ws, approver, version.id).state is VersionState.APPROVED

    with pytest.raises(Conflict, match="Nobody has signed contract 2 for the business"):
        decide(ws, approver, waiting.id, approve=True, reason="fine")
    sign_for_business(ws, viewer, proposed.id)
    done = decide(ws, approver, waiting.id, approve=True, reason="the new rates are right")
    assert done.state is ApprovalState.APPROVED
    before, now = (get_contract(ws, viewer, key).contract for key in (list_contracts(ws, viewer)[1].contract.id, proposed.id))
    assert (before.state, now.state) == (ContractState.SUPERSEDED, ContractState.IN_FORCE)
    assert before.ended_at == now.in_force_at
    assert [c.number for c in contract_store.effective(ws.store, version.id)] == [1, 2]
    certificate = verify_certificate(public_key(ws.settings.keys_dir / "approval.pub"), *certificate_for(ws, version.id))
    assert (certificate.policy.fp, certificate.policy.value_model_id) == ("-2500.00", cheaper)
    assert (certificate.policy.threshold, certificate.package_sha256) == (version.threshold, version.package_sha256)
    assert newest_approved(ws.store, version.model_id) == version


def test_the_evidence_values_the_same_decisions_both_ways(
    ws: Workspace, scientist: Principal, approver: Principal, version: ModelVersion, cheaper: str
) -> None:
    proposed = propose_contract(ws, scientist, version.id, cheaper, "Calls became dearer").contract
    evidence = get_contract_evidence(ws, approver, proposed.approval_id)
    assert (evidence.before_number, evidence.threshold, evidence.same_money) == (1, version.threshold, True)
    assert evidence.before.actions == evidence.after.actions
    old, new = evidence.before, evidence.after
    assert (old.payoff["fp"], new.payoff["fp"], new.note) == ("-1500.00", "-2500.00", "calls cost more")
    # the same decisions: each unneeded call costs 1,000 yen more, nothing else changes
    unneeded = (old.value.value - new.value.value) / 1000
    assert 0 < unneeded < old.actions
    with pytest.raises(NotFound):
        get_evidence(ws, approver, proposed.approval_id)
    with pytest.raises(NotFound):
        get_contract_evidence(ws, approver, list_contracts(ws, approver)[1].contract.approval_id)


def test_nobody_signs_or_approves_what_they_proposed(
    ws: Workspace, scientist: Principal, other_scientist: Principal, approver: Principal, both: Principal, viewer: Principal,
    version: ModelVersion, cheaper: str,
) -> None:  # fmt: skip
    proposed = propose_contract(ws, both, version.id, cheaper, "Calls became dearer").contract
    with pytest.raises(PermissionDenied, match="You proposed this contract"):
        sign_for_business(ws, both, proposed.id)
    with pytest.raises(PermissionDenied, match="You had a part"):
        sign_for_business(ws, other_scientist, proposed.id)  # wrote the value model
    with pytest.raises(PermissionDenied):
        sign_for_business(ws, SYSTEM, proposed.id)
    with pytest.raises(PermissionDenied, match="You requested this"):
        decide(ws, both, proposed.approval_id, approve=True, reason="mine")
    sign_for_business(ws, approver, proposed.id)
    with pytest.raises(PermissionDenied, match="You signed this contract for the business"):
        decide(ws, approver, proposed.approval_id, approve=True, reason="mine too")
    with pytest.raises(Conflict, match="Tanaka has signed contract 2"):
        sign_for_business(ws, viewer, proposed.id)
    other = Principal("user-kato", "Kato", "", frozenset({Role.APPROVER}))
    decide(ws, other, proposed.approval_id, approve=True, reason="fine")
    with pytest.raises(Conflict, match="not open for signing"):
        sign_for_business(ws, viewer, list_contracts(ws, viewer)[1].contract.id)
    with pytest.raises(PermissionDenied):
        propose_contract(ws, viewer, version.id, cheaper, "why not")


def test_who_proposed_the_value_model_is_barred_like_its_author(
    ws: Workspace, scientist: Principal, other_scientist: Principal, approver: Principal, second_approver: Principal, version: ModelVersion
) -> None:
    payoff = PayoffMatrix(Decimal(12_000), Decimal(-2_500), Decimal(0), Decimal(0))
    spec = ValueModelSpec("JPY", Period.MONTH, 10_000, payoff, None, "calls cost more")
    made = take_proposal(ws, other_scientist, propose_value_model(ws, approver, version.project_id, spec).id)
    proposed = propose_contract(ws, scientist, version.id, made.id, "Calls became dearer").contract
    assert set(get_approval(ws, scientist, proposed.approval_id).barred) == {p.user_id for p in (scientist, other_scientist, approver)}
    with pytest.raises(PermissionDenied, match="You had a part"):
        sign_for_business(ws, approver, proposed.id)
    with pytest.raises(PermissionDenied, match="You wrote or proposed the value model"):
        decide(ws, approver, proposed.approval_id, approve=True, reason="mine")
    sign_for_business(ws, Principal("user-v", "Vera", "", frozenset({Role.VIEWER})), proposed.id)
    decide(ws, second_approver, proposed.approval_id, approve=True, reason="fine")
    in_force = contract_in_force(ws, scientist, version.id)
    assert in_force is not None
    assert in_force.contract.value_model_id == made.id


def test_the_approver_of_a_version_may_not_sign_for_the_business_as_well(ws: Workspace, approver: Principal, version: ModelVersion) -> None:
    with pytest.raises(PermissionDenied, match="You approved this contract"):
        sign_for_business(ws, approver, list_contracts(ws, approver)[0].contract.id)


def test_what_cannot_be_proposed(
    ws: Workspace, scientist: Principal, approver: Principal, viewer: Principal, world: World, version: ModelVersion, cheaper: str
) -> None:
    with pytest.raises(InvalidInput, match="Write why"):
        propose_contract(ws, scientist, version.id, cheaper, "  ")
    with pytest.raises(Conflict, match="rests on this value model already"):
        propose_contract(ws, scientist, version.id, version.value_model_id, "again")
    with pytest.raises(NotFound):
        propose_contract(ws, scientist, version.id, "none", "why")
    with pytest.raises(NotFound):
        propose_contract(ws, scientist, "none", cheaper, "why")
    waiting = propose_contract(ws, scientist, version.id, cheaper, "why").contract
    with pytest.raises(Conflict, match="Contract 2 waits"):
        propose_contract(ws, scientist, version.id, cheaper, "why")
    withdraw_approval(ws, scientist, waiting.approval_id, "a mistake")
    assert get_contract(ws, viewer, waiting.id).contract.state is ContractState.WITHDRAWN
    assert get_version(ws, viewer, version.id).state is VersionState.APPROVED
    again = propose_contract(ws, scientist, version.id, cheaper, "now for good").contract
    decide(ws, approver, again.approval_id, approve=False, reason="keep the old rates")
    assert get_contract(ws, viewer, again.id).contract.state is ContractState.REJECTED
    assert get_version(ws, viewer, version.id).state is VersionState.APPROVED
    now = contract_in_force(ws, viewer, version.id)
    assert now is not None
    assert now.contract.number == 1
    unapproved = register_model(ws, scientist, world.add(version.project_id, make_frame(2_000, seed=5)))
    with pytest.raises(Conflict, match="no contract in force"):
        propose_contract(ws, scientist, unapproved.id, cheaper, "why")


def test_signatures_hold_and_tell_when_something_was_changed(ws: Workspace, viewer: Principal, version: ModelVersion) -> None:
    sign_for_business(ws, viewer, list_contracts(ws, viewer)[0].contract.id)
    (view,) = list_contracts(ws, viewer)
    checks = verify_contract(ws, viewer, view.contract.id)
    assert [(c.signature.party, c.holds) for c in checks] == [(Party.APPROVER, True), (Party.BUSINESS, True)]
    key, signature = public_key(ws.settings.keys_dir / "approval.pub"), view.signatures[0]
    dearer = replace(view.contract, terms=view.contract.terms.replace("-1500.00", "-1.00"))
    with pytest.raises(Corrupt, match="stands under other terms"):
        check_signature(key, dearer, signature)
    with pytest.raises(Corrupt, match="doesn't hold"):
        check_signature(key, view.contract, replace(signature, statement=signature.statement.replace("user-tanaka", "user-mori")))
    with pytest.raises(Corrupt, match="other terms"):
        check_signature(key, view.contract, replace(signature, party=Party.BUSINESS))
    body = json.loads(signature.statement)
    assert body["terms_sha256"] == view.contract.terms_sha256
    ws.store.write(lambda tx: tx.execute("UPDATE value_contracts SET terms = replace(terms, '-1500.00', '-1.00')"))
    assert [c.holds for c in verify_contract(ws, viewer, view.contract.id)] == [False, False]


def test_each_step_is_in_the_trail(
    ws: Workspace, scientist: Principal, approver: Principal, viewer: Principal, version: ModelVersion, cheaper: str
) -> None:
    proposed = propose_contract(ws, scientist, version.id, cheaper, "Calls became dearer").contract
    sign_for_business(ws, viewer, proposed.id)
    decide(ws, approver, proposed.approval_id, approve=True, reason="fine")
    actions = [record.event.action for record in list_events(ws.store, target_id=proposed.id)]
    assert actions == ["contract.enter_force", "contract.sign", "contract.propose"]


def test_a_contract_in_another_currency_has_no_difference_in_money(
    ws: Workspace, scientist: Principal, approver: Principal, project: Project, version: ModelVersion
) -> None:
    payoff = PayoffMatrix(Decimal(80), Decimal(-10), Decimal(0), Decimal(0))
    spec = ValueModelSpec("EUR", Period.MONTH, 10_000, payoff, note="we report in euro now")
    model = projects.add_value_model(ws, scientist, project.id, spec, currency_change=True)
    proposed = propose_contract(ws, scientist, version.id, model.id, "we report in euro now").contract
    evidence = get_contract_evidence(ws, approver, proposed.approval_id)
    assert not evidence.same_money
    assert get_approval(ws, approver, proposed.approval_id).stake.currency == "EUR"
