"""Requests and decisions: frozen evidence, one decision, never one's own."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Conflict, Corrupt, InvalidInput, KachiError, NotFound, PermissionDenied
from core.identity import SYSTEM, Principal, Role
from core.identity.users import UserSpec, create_user, disable_user
from core.project import service as projects
from core.project.model import Project
from core.project.proposals import propose_value_model, take_proposal
from core.project.service import ValueModelSpec
from core.project.value_model import Formula, PayoffMatrix, Period
from core.registry.approvals import (
    certificate_for,
    decide,
    get_approval,
    get_evidence,
    list_approvals,
    needs_reason,
    request_approval,
    withdraw_approval,
)
from core.registry.certificate import verify_certificate
from core.registry.duties import refusal
from core.registry.evidence import Basis, Uncompared
from core.registry.model import Approval, ApprovalState, CheckState, ModelVersion, VersionState
from core.registry.service import get_version, register_model
from core.registry.store import ApprovalFilter
from core.signing import public_key
from core.store.audit import list_events, verify_chain
from core.workspace import Workspace
from tests.registry.world import World, make_frame


@pytest.fixture
def version(ws: Workspace, scientist: Principal, world: World, project: Project) -> ModelVersion:
    return register_model(ws, scientist, world.add(project.id, make_frame(3_000)))


@pytest.fixture
def request_(ws: Workspace, scientist: Principal, version: ModelVersion) -> Approval:
    return request_approval(ws, scientist, version.id, "Please look.")


def approve_first(ws: Workspace, scientist: Principal, approver: Principal, version: ModelVersion) -> None:
    decide(ws, approver, request_approval(ws, scientist, version.id).id, approve=True, reason="fine")


def test_a_request_waits_with_its_evidence(ws: Workspace, viewer: Principal, version: ModelVersion, request_: Approval) -> None:
    assert (request_.state, request_.note, request_.barred) == (ApprovalState.OPEN, "Please look.", ("user-mori",))
    assert get_version(ws, viewer, version.id).state is VersionState.PENDING
    evidence = get_evidence(ws, viewer, request_.id)
    assert evidence.comparison is None
    assert evidence.headline.gain.value == request_.stake.value
    assert (request_.checks_passed, request_.checks_judged) == (evidence.passed, len(evidence.judged))
    assert [c.key for c in evidence.checks] == [
        "beats_alternatives", "gain_is_real", "data_is_fresh", "no_leak", "no_group_left_behind", "answers_fast", "can_be_rolled_back",
    ]  # fmt: skip
    assert list_approvals(ws, viewer, wanted=ApprovalFilter(state=ApprovalState.OPEN)) == [request_]


def test_approving_writes_a_certificate_that_holds(ws: Workspace, approver: Principal, version: ModelVersion, request_: Approval) -> None:
    with pytest.raises(Conflict, match="pending"):
        certificate_for(ws, version.id)
    done = decide(ws, approver, request_.id, approve=True, reason="worth it")
    assert (done.state, done.decided_by_name, done.reason) == (ApprovalState.APPROVED, "Tanaka", "worth it")
    text, signature = certificate_for(ws, version.id)
    certificate = verify_certificate(public_key(ws.settings.keys_dir / "approval.pub"), text, signature)
    assert (certificate.model_version_id, certificate.package_sha256) == (version.id, version.package_sha256)
    assert (certificate.requested_by, certificate.approved_by) == ("user-mori", "user-tanaka")
    assert certificate.policy.threshold == version.threshold
    actions = [e.event.action for e in list_events(ws.store, target_id=request_.id)]
    assert actions == ["approval.approve", "approval.request"]
    assert verify_chain(ws.store).broken_seq is None


def test_a_rejection_wants_a_reason_and_leaves_no_certificate(
    ws: Workspace, approver: Principal, version: ModelVersion, request_: Approval
) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        decide(ws, approver, request_.id, approve=False, reason="  ")
    assert decide(ws, approver, request_.id, approve=False, reason="too risky").state is ApprovalState.REJECTED
    assert get_version(ws, approver, version.id).state is VersionState.REJECTED
    with pytest.raises(Conflict, match="rejected"):
        certificate_for(ws, version.id)
    with pytest.raises(Conflict, match="Register a new version"):
        request_approval(ws, SYSTEM, version.id)


def test_nobody_approves_what_he_or_she_had_a_part_in(
    ws: Workspace, both: Principal, scientist: Principal, approver: Principal, world: World, project: Project
) -> None:
    own = register_model(ws, both, world.add(project.id, make_frame(2_000)))
    asked = request_approval(ws, both, own.id)
    with pytest.raises(PermissionDenied, match="You requested this"):
        decide(ws, both, asked.id, approve=True, reason="mine")
    withdraw_approval(ws, both, asked.id)
    through_a_friend = request_approval(ws, scientist, own.id)
    with pytest.raises(PermissionDenied, match="had a part"):
        decide(ws, both, through_a_friend.id, approve=True, reason="mine")
    assert get_approval(ws, both, through_a_friend.id).state is ApprovalState.OPEN
    assert refusal(ws, approver, through_a_friend) is None
    refused = refusal(ws, scientist, through_a_friend)
    assert refused is not None
    assert "approver" in str(refused)


def test_what_a_policy_asks_for_any_approver_decides_but_not_who_started_it(
    ws: Workspace, both: Principal, approver: Principal, world: World, project: Project
) -> None:
    frame = make_frame(2_000)
    by_policy = register_model(ws, SYSTEM, world.add(project.id, frame))
    asked = request_approval(ws, SYSTEM, by_policy.id, on_behalf_of=both.user_id)
    assert asked.barred == ("user-mori", both.user_id)  # and whose value model it is
    with pytest.raises(PermissionDenied):
        decide(ws, both, asked.id, approve=True, reason="x")
    with pytest.raises(PermissionDenied):
        decide(ws, SYSTEM, asked.id, approve=True, reason="x")
    assert decide(ws, approver, asked.id, approve=True, reason="x").state is ApprovalState.APPROVED


def test_whoever_wrote_or_proposed_the_value_model_does_not_approve_what_rests_on_it(
    ws: Workspace, scientist: Principal, approver: Principal, second_approver: Principal, world: World, project: Project
) -> None:
    payoff = PayoffMatrix(Decimal(12_000), Decimal(-2_500), Decimal(0), Decimal(0))
    proposal = propose_value_model(ws, approver, project.id, ValueModelSpec("JPY", Period.MONTH, 10_000, payoff, None, "calls cost more"))
    take_proposal(ws, scientist, proposal.id)
    own = register_model(ws, scientist, world.add(project.id, make_frame(2_000)))
    asked = request_approval(ws, SYSTEM, own.id)
    assert approver.user_id in asked.barred
    for approve in (True, False):
        with pytest.raises(PermissionDenied, match=r"You wrote or proposed the value model .* Nobody else may yet: ask an administrator"):
            decide(ws, approver, asked.id, approve=approve, reason="mine")
    assert get_approval(ws, approver, asked.id).state is ApprovalState.OPEN
    spec = UserSpec("kato@example.com", "Kato", "a long enough passphrase", frozenset({Role.APPROVER}))
    kato = create_user(ws, SYSTEM, spec)
    with pytest.raises(PermissionDenied, match=r"somebody else must approve\. Kato may\."):
        decide(ws, approver, asked.id, approve=True, reason="mine")
    before_this_rule = replace(asked, barred=())
    assert "You wrote or proposed" in str(refusal(ws, approver, before_this_rule))
    assert refusal(ws, second_approver, asked) is None
    disable_user(ws, SYSTEM, kato.id)
    assert "Nobody else may yet" in str(refusal(ws, approver, asked))
    assert decide(ws, second_approver, asked.id, approve=True, reason="fine").state is ApprovalState.APPROVED


def test_two_approvers_at_once_one_wins_and_the_other_is_told(
    ws: Workspace, approver: Principal, second_approver: Principal, request_: Approval
) -> None:
    gate, told = threading.Barrier(2), []

    def run(person: Principal, approve: bool) -> None:
        gate.wait()
        try:
            told.append((person.name, decide(ws, person, request_.id, approve=approve, reason="seen").state))
        except Conflict as error:
            told.append((person.name, str(error)))

    threads = [threading.Thread(target=run, args=pair) for pair in ((approver, True), (second_approver, False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = get_approval(ws, approver, request_.id)
    won = [name for name, said in told if said in (ApprovalState.APPROVED, ApprovalState.REJECTED)]
    lost = [said for _, said in told if said not in (ApprovalState.APPROVED, ApprovalState.REJECTED)]
    assert won == [final.decided_by_name]
    assert len(lost) == 1
    assert final.decided_by_name in lost[0]
    assert len([e for e in list_events(ws.store, target_id=request_.id) if e.event.action != "approval.request"]) == 1


def test_one_request_at_a_time(ws: Workspace, scientist: Principal, version: ModelVersion, request_: Approval) -> None:
    with pytest.raises(Conflict, match="waits already"):
        request_approval(ws, scientist, version.id)
    assert withdraw_approval(ws, scientist, request_.id, "not yet").state is ApprovalState.WITHDRAWN
    assert get_version(ws, scientist, version.id).state is VersionState.REGISTERED
    assert request_approval(ws, scientist, version.id).state is ApprovalState.OPEN


def test_withdrawing_is_for_who_asked_and_only_while_it_waits(
    ws: Workspace, scientist: Principal, other_scientist: Principal, approver: Principal, request_: Approval
) -> None:
    with pytest.raises(PermissionDenied, match="Mori"):
        withdraw_approval(ws, other_scientist, request_.id)
    decide(ws, approver, request_.id, approve=True, reason="fine")
    with pytest.raises(Conflict, match="Tanaka has approved"):
        withdraw_approval(ws, scientist, request_.id)


def test_evidence_that_was_changed_is_not_shown(ws: Workspace, viewer: Principal, request_: Approval) -> None:
    path: Path = ws.artifacts.path(request_.evidence_sha256)
    path.chmod(0o644)
    body = json.loads(path.read_text())
    body["headline"]["gain"]["value"] = "999999999.00"
    path.write_text(json.dumps(body))
    with pytest.raises(Corrupt):
        get_evidence(ws, viewer, request_.id)


def test_evidence_stays_as_it_was(ws: Workspace, scientist: Principal, world: World, version: ModelVersion, request_: Approval) -> None:
    before = get_evidence(ws, scientist, request_.id)
    world.missing, world.predict_ms, world.warnings = 0.9, 900.0, ("duration",)
    assert get_evidence(ws, scientist, request_.id) == before


def test_warnings_show_and_an_approval_against_them_wants_a_reason(
    ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project
) -> None:
    world.missing, world.predict_ms, world.warnings, world.age_days = 0.2, 300.0, ("duration",), 800
    asked = request_approval(ws, scientist, register_model(ws, scientist, world.add(project.id, make_frame(2_000))).id)
    states = {c.key: c.state for c in get_evidence(ws, approver, asked.id).checks}
    assert {states[k] for k in ("data_is_fresh", "no_leak", "answers_fast")} == {CheckState.WARN}
    assert asked.worst_check is CheckState.WARN
    assert needs_reason(asked, approve=True)
    with pytest.raises(InvalidInput, match="reason"):
        decide(ws, approver, asked.id, approve=True)
    assert decide(ws, approver, asked.id, approve=True, reason="known").state is ApprovalState.APPROVED


def test_a_second_version_is_held_against_the_first(
    ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project
) -> None:
    frame = make_frame(6_000)
    approve_first(ws, scientist, approver, register_model(ws, scientist, world.add(project.id, frame, noise=0.35)))
    asked = request_approval(ws, scientist, register_model(ws, scientist, world.add(project.id, frame)).id)
    evidence = get_evidence(ws, approver, asked.id)
    assert evidence.comparison is not None
    assert (evidence.comparison.basis, evidence.comparison.champion_number) == (Basis.SAME_TEST_ROWS, 1)
    assert (asked.champion_number, asked.stake.value) == (1, evidence.comparison.gain.value)
    states = {c.key: c.state for c in evidence.checks}
    assert states["gain_is_real"] is CheckState.PASS
    assert states["can_be_rolled_back"] is CheckState.PASS
    assert {c.what.template for c in evidence.changes if not c.same} >= {"Acts from this likelihood on"}


def test_a_worse_version_fails_its_check(ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project) -> None:
    frame = make_frame(6_000)
    approve_first(ws, scientist, approver, register_model(ws, scientist, world.add(project.id, frame)))
    asked = request_approval(ws, scientist, register_model(ws, scientist, world.add(project.id, frame, noise=0.5)).id)
    states = {c.key: c.state for c in get_evidence(ws, approver, asked.id).checks}
    assert states["gain_is_real"] is CheckState.FAIL
    assert asked.stake.high < 0


def test_other_data_is_compared_with_a_warning(
    ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project
) -> None:
    approve_first(ws, scientist, approver, register_model(ws, scientist, world.add(project.id, make_frame(3_000), noise=0.3)))
    asked = request_approval(
        ws, scientist, register_model(ws, scientist, world.add(project.id, make_frame(3_000, 8), version="dv-2")).id
    )  # fmt: skip
    evidence = get_evidence(ws, approver, asked.id)
    assert evidence.comparison is not None
    assert evidence.comparison.basis is Basis.OWN_TEST_ROWS
    assert {c.key: c.state for c in evidence.checks}["gain_is_real"] is CheckState.WARN
    assert evidence.risks[0].template.startswith("**Compared indirectly.**")


def test_a_champion_whose_data_lacks_a_column_of_the_payoffs_is_told_and_doesnt_stand_in_the_way(
    ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project
) -> None:
    approve_first(ws, scientist, approver, register_model(ws, scientist, world.add(project.id, make_frame(3_000))))
    frame = make_frame(3_000, 8).assign(premium=200.0)
    payoff = PayoffMatrix(Formula("60 * premium"), Decimal(-1_500), Decimal(0), Decimal(0))
    projects.add_value_model(ws, scientist, project.id, ValueModelSpec("JPY", Period.MONTH, 10_000, payoff))
    asked = request_approval(ws, scientist, register_model(ws, scientist, world.add(project.id, frame, version="dv-2")).id)
    evidence = get_evidence(ws, approver, asked.id)
    assert evidence.comparison is None
    assert evidence.uncompared == Uncompared(1, "premium")
    assert (evidence.champion_number, asked.champion_number) == (1, 1)
    states = {c.key: c.state for c in evidence.checks}
    assert (states["gain_is_real"], states["can_be_rolled_back"]) == (CheckState.WARN, CheckState.PASS)
    assert evidence.risks[0].fields == {"version": 1, "column": "premium"}
    assert asked.stake.value == evidence.headline.gain.value
    assert {c.what.template for c in evidence.changes if not c.same}
    assert decide(ws, approver, asked.id, approve=True, reason="the new payoffs are better").state is ApprovalState.APPROVED


def test_unknown_ids_are_told(ws: Workspace, scientist: Principal, approver: Principal) -> None:
    for act in (
        lambda: get_approval(ws, scientist, "none"), lambda: get_evidence(ws, scientist, "none"),
        lambda: decide(ws, approver, "none", approve=True), lambda: withdraw_approval(ws, scientist, "none"),
        lambda: request_approval(ws, scientist, "none"), lambda: certificate_for(ws, "none"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            act()


PEOPLE = [Principal(f"u{i}", f"U{i}", f"u{i}@x", frozenset({Role.SCIENTIST, Role.APPROVER})) for i in range(3)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["ask", "approve", "reject", "withdraw"]), st.integers(0, 2)), min_size=3, max_size=9))
def test_whatever_people_do_nobody_decides_on_a_part_of_theirs(
    ws: Workspace, world: World, project: Project, steps: list[tuple[str, int]]
) -> None:
    author = PEOPLE[steps[0][1]]
    version = register_model(ws, author, world.add(project.id, make_frame(400, seed=len(world.runs)), version=f"v{len(world.runs)}"))
    newest = None
    for verb, index in steps:
        person = PEOPLE[index]
        try:
            if verb == "ask":
                newest = request_approval(ws, person, version.id)
            elif newest is not None and verb == "withdraw":
                withdraw_approval(ws, person, newest.id)
            elif newest is not None:
                decide(ws, person, newest.id, approve=verb == "approve", reason="because")
        except KachiError:
            continue
    for approval in list_approvals(ws, author, wanted=ApprovalFilter(model_version_id=version.id)):
        if approval.state in {ApprovalState.APPROVED, ApprovalState.REJECTED}:
            assert approval.decided_by not in {approval.requested_by, author.user_id}
    approved = [
        a for a in list_approvals(ws, author, wanted=ApprovalFilter(model_version_id=version.id)) if a.state is ApprovalState.APPROVED
    ]
    assert (get_version(ws, author, version.id).state is VersionState.APPROVED) == bool(approved)
