"""Deploying, piloting, promoting, rolling back and stopping: who may, what is remembered, and what gateways are told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Conflict, DuplicateName, InvalidInput, KachiError, NotFound, PermissionDenied, Unavailable
from core.identity import SYSTEM, Principal
from core.project.model import Phase
from core.project.service import get_project
from core.registry.approvals import get_approval
from core.registry.lineage import champion_of, list_reigns
from core.registry.model import ApprovalState
from core.registry.service import retire_version
from core.serving import publish as publishing
from core.serving.example import request_example
from core.serving.keys import issue_api_key, issue_replay_grant, list_api_keys, revoke_api_key
from core.serving.manifest import Manifest, Manifests
from core.serving.model import DeploymentState, MoveKind
from core.serving.publish import reconcile
from core.serving.service import (
    abort_canary,
    approve_and_deploy,
    deploy_version,
    deployment_of_model,
    get_deployment,
    list_deployments,
    promote_canary,
    roll_back,
    roll_back_target,
    set_canary_share,
    set_durability,
    stop_deployment,
    timeline,
)
from core.serving.status import deployment_status
from core.store.audit import list_events
from core.workspace import Workspace
from tests.serving.world import Models


def manifest(ws: Workspace, name: str = "customer-churn") -> Manifest:
    return Manifests(ws.settings.artifact_root).read(name)


def test_the_first_version_gets_a_name_of_its_own(ws: Workspace, models: Models, approver: Principal) -> None:
    version = models.approve()
    made = deploy_version(ws, approver, version.id, reason="go live")
    assert (made.name, made.state, made.champion_number, made.generation) == ("customer-churn", DeploymentState.LIVE, 1, 1)
    told = manifest(ws)
    assert told.champion is not None
    assert (told.champion.version, told.champion.package_sha256, told.key_hashes) == (1, version.package_sha256, ())
    (move,) = timeline(ws, approver, made.id)
    assert (move.kind, move.actor_name, move.reason, move.version_number) == (MoveKind.DEPLOY, "Tanaka", "go live", 1)
    assert [e.event.action for e in list_events(ws.store, target_id=made.id)] == ["deployment.deploy"]
    assert get_project(ws, approver, made.project_id).phase is Phase.DEPLOYMENT
    leader = champion_of(ws, version.model_id)
    assert leader is not None
    assert (leader.id, leader.serving) == (version.id, True)


def test_only_an_approved_version_is_deployed(ws: Workspace, models: Models, approver: Principal) -> None:
    with pytest.raises(Conflict, match="only approved versions"):
        deploy_version(ws, approver, models.register().id)
    assert list_deployments(ws, approver) == []
    with pytest.raises(NotFound):
        deploy_version(ws, approver, "nothing")


@pytest.mark.parametrize("role", ["scientist", "viewer"])
def test_others_only_look(ws: Workspace, models: Models, approver: Principal, role: str, request: pytest.FixtureRequest) -> None:
    person: Principal = request.getfixturevalue(role)
    made = deploy_version(ws, approver, models.approve().id)
    acts: list[Callable[[], object]] = [
        lambda: deploy_version(ws, person, made.champion_id or ""),
        lambda: set_canary_share(ws, person, made.id, 0.1),
        lambda: promote_canary(ws, person, made.id),
        lambda: abort_canary(ws, person, made.id),
        lambda: roll_back(ws, person, made.id),
        lambda: stop_deployment(ws, person, made.id),
        lambda: set_durability(ws, person, made.id, 0),
        lambda: issue_api_key(ws, person, made.id, "k"),
        lambda: revoke_api_key(ws, person, made.id, "k"),
        lambda: issue_replay_grant(ws, person, made.id),
        lambda: approve_and_deploy(ws, person, "x"),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert get_deployment(ws, person, "customer-churn") == made


def test_a_canary_is_piloted_widened_and_promoted(ws: Workspace, models: Models, approver: Principal) -> None:
    first, second = models.approve(), models.approve(0.05)
    made = deploy_version(ws, approver, first.id)
    piloted = deploy_version(ws, approver, second.id, canary_share=0.1)
    assert (piloted.state, piloted.canary_number, piloted.canary_share, piloted.champion_number) == (DeploymentState.PILOT, 2, 0.1, 1)
    told = manifest(ws)
    assert told.canary is not None
    assert (told.canary.version, told.canary_share) == (2, 0.1)
    assert set_canary_share(ws, approver, made.id, 0.5).canary_share == 0.5
    after = promote_canary(ws, approver, made.id, reason="it earned more")
    assert (after.state, after.champion_number, after.canary_id, after.canary_share) == (DeploymentState.LIVE, 2, None, 0.0)
    told = manifest(ws)
    assert (told.champion and told.champion.version, told.canary, told.former and told.former.version) == (2, None, 1)
    kinds = [m.kind for m in timeline(ws, approver, made.id)]
    assert kinds == [MoveKind.PROMOTE, MoveKind.CANARY_SHARE, MoveKind.CANARY_START, MoveKind.DEPLOY]


def test_a_canary_is_aborted(ws: Workspace, models: Models, approver: Principal) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    deploy_version(ws, approver, models.approve(0.05).id, canary_share=0.2)
    after = abort_canary(ws, SYSTEM, made.id, reason="it lost money")
    assert (after.champion_number, after.canary_id, after.state) == (1, None, DeploymentState.LIVE)
    assert timeline(ws, approver, made.id)[0].automatic
    for act in (abort_canary, promote_canary):
        with pytest.raises(Conflict, match="No canary"):
            act(ws, approver, made.id)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_a_share_is_a_share(ws: Workspace, models: Models, approver: Principal, share: float) -> None:
    deploy_version(ws, approver, models.approve().id)
    with pytest.raises(InvalidInput):
        deploy_version(ws, approver, models.approve(0.05).id, canary_share=share)


def test_a_canary_needs_a_champion(ws: Workspace, models: Models, approver: Principal) -> None:
    with pytest.raises(InvalidInput, match="no champion yet"):
        deploy_version(ws, approver, models.approve().id, canary_share=0.1)


def test_rolling_back_goes_down_the_ladder(ws: Workspace, models: Models, approver: Principal) -> None:
    versions = [models.approve(noise) for noise in (0.0, 0.05, 0.1)]
    made, *_ = [deploy_version(ws, approver, v.id) for v in versions]
    assert roll_back(ws, approver, made.id, reason="complaints").champion_number == 2
    assert roll_back(ws, approver, made.id).champion_number == 1
    with pytest.raises(Conflict, match="nothing to roll back"):
        roll_back(ws, approver, made.id)
    deploy_version(ws, approver, versions[2].id)
    assert roll_back_target(ws, approver, made.id) is not None
    assert roll_back(ws, approver, made.id, to_version_id=versions[0].id).champion_number == 1
    reigns = list_reigns(ws, approver, versions[0].model_id)
    assert [r.version.number for r in reigns] == [1, 3, 1, 2, 3, 2, 1]
    assert sum(r.until is None for r in reigns) == 1


def test_a_retired_version_is_passed_over(ws: Workspace, models: Models, approver: Principal) -> None:
    versions = [models.approve(noise) for noise in (0.0, 0.05, 0.1)]
    made, *_ = [deploy_version(ws, approver, v.id) for v in versions]
    retire_version(ws, approver, versions[1].id, "biased")
    assert roll_back(ws, approver, made.id).champion_number == 1


def test_stopping_and_starting_again(ws: Workspace, models: Models, approver: Principal) -> None:
    version = models.approve()
    made = deploy_version(ws, approver, version.id)
    assert stop_deployment(ws, approver, made.id, reason="audit").state is DeploymentState.STOPPED
    assert manifest(ws).state == "stopped"
    leader = champion_of(ws, version.model_id)
    assert leader is not None
    assert not leader.serving
    with pytest.raises(Conflict, match="stopped already"):
        stop_deployment(ws, approver, made.id)
    with pytest.raises(InvalidInput, match="is stopped"):
        deploy_version(ws, approver, models.approve(0.05).id, canary_share=0.1)
    again = deploy_version(ws, approver, version.id)
    assert (again.state, again.id, manifest(ws).state) == (DeploymentState.LIVE, made.id, "live")


def test_two_people_at_once_one_is_told(ws: Workspace, models: Models, approver: Principal, admin: Principal) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    seen = deploy_version(ws, approver, models.approve(0.05).id, canary_share=0.1)
    promote_canary(ws, approver, made.id, generation=seen.generation)
    with pytest.raises(Conflict, match="Somebody else changed"):
        abort_canary(ws, admin, made.id, generation=seen.generation)
    assert get_deployment(ws, admin, made.id).champion_number == 2


def test_the_version_that_leads_is_not_deployed_again(ws: Workspace, models: Models, approver: Principal) -> None:
    version = models.approve()
    deploy_version(ws, approver, version.id)
    with pytest.raises(Conflict, match="leads here already"):
        deploy_version(ws, approver, version.id)
    with pytest.raises(Conflict, match="leads here already"):
        deploy_version(ws, approver, version.id, canary_share=0.5)


def test_approving_and_deploying_is_one_step(ws: Workspace, models: Models, approver: Principal, scientist: Principal) -> None:
    approval_id = models.request()
    made = approve_and_deploy(ws, approver, approval_id, "looks right")
    assert get_approval(ws, approver, approval_id).state is ApprovalState.APPROVED
    assert (made.champion_number, timeline(ws, approver, made.id)[0].reason) == (1, "looks right")
    with pytest.raises(PermissionDenied):
        approve_and_deploy(ws, scientist, models.request(0.05), "mine")
    assert deployment_of_model(ws, approver, made.model_id) == made


def test_a_keys_secret_is_shown_once_and_kept_as_a_hash(ws: Workspace, models: Models, approver: Principal) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    issued = issue_api_key(ws, approver, made.id, " CRM  system ")
    assert issued.key.name == "CRM system"
    assert manifest(ws).key_hashes == (hashlib.sha256(issued.secret.encode()).hexdigest(),)
    stored = (ws.settings.home / "kachi.duckdb").read_bytes()
    ws.store.checkpoint()
    assert issued.secret.encode() not in stored + (ws.settings.home / "kachi.duckdb").read_bytes()
    with pytest.raises(DuplicateName):
        issue_api_key(ws, approver, made.id, "CRM system")
    revoked = revoke_api_key(ws, approver, made.id, issued.key.id)
    assert revoked.revoked_at is not None
    assert manifest(ws).key_hashes == ()
    assert [k.id for k in list_api_keys(ws, approver, made.id)] == [issued.key.id]
    for wrong, error in ((issued.key.id, Conflict), ("nothing", NotFound)):
        with pytest.raises(error):
            revoke_api_key(ws, approver, made.id, wrong)
    with pytest.raises(InvalidInput):
        issue_api_key(ws, approver, made.id, "  ")


def test_lost_manifests_are_written_again(ws: Workspace, models: Models, approver: Principal) -> None:
    deploy_version(ws, approver, models.approve().id)
    path = Path(ws.settings.artifact_root) / "serving" / "deployments" / "customer-churn.json"
    before = path.read_bytes()
    assert reconcile(ws) == 0
    path.write_bytes(before[:50])
    assert reconcile(ws) == 1
    assert path.read_bytes() == before
    path.unlink()
    assert reconcile(ws) == 1


def test_a_full_disk_keeps_the_change_and_tells_the_gateways_later(
    ws: Workspace, models: Models, approver: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    second = models.approve(0.05)

    def refuse(self: Manifests, wanted: Manifest) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(publishing.Manifests, "write", refuse)
        with pytest.raises(Unavailable, match="is saved"):
            deploy_version(ws, approver, second.id)
    assert get_deployment(ws, approver, made.id).champion_number == 2
    told = manifest(ws).champion
    assert told is not None
    assert told.version == 1
    assert reconcile(ws) == 1
    told = manifest(ws).champion
    assert told is not None
    assert told.version == 2


def test_an_example_to_copy(ws: Workspace, models: Models, approver: Principal, viewer: Principal) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    example = request_example(ws, viewer, made.id)
    assert example is not None
    assert dict(example.row) == {"tenure": 5, "charge": 70.5, "plan": "basic", "senior": False}
    assert example.curl.startswith("curl ")
    assert "/v1/models/customer-churn/predict" in example.curl
    assert '"plan": "basic"' in example.curl


def test_without_a_gateway_the_status_says_so(ws: Workspace, models: Models, approver: Principal) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    status = deployment_status(ws, approver, made.id)
    assert (status.reachable, status.in_step, status.figures.requests) == (False, False, 0)


def test_a_replay_grant_lasts_a_while(ws: Workspace, models: Models, approver: Principal, admin: Principal) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    grant = issue_replay_grant(ws, admin, made.id, minutes=10)
    assert 500 < (grant.expires_at - ws.clock()).total_seconds() <= 600
    assert "deployment.replay_grant" in [e.event.action for e in list_events(ws.store, target_id=made.id)]
    for minutes in (0, 241):
        with pytest.raises(KachiError):
            issue_replay_grant(ws, admin, made.id, minutes=minutes)


def test_durability_is_a_choice_of_the_deployment(ws: Workspace, models: Models, approver: Principal) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    assert set_durability(ws, approver, made.id, 0).flush_ms == 0
    assert manifest(ws).flush_ms == 0
    with pytest.raises(InvalidInput):
        set_durability(ws, approver, made.id, 10_001)
