"""Another contract reaches the gateways that serve its version, and its timeline."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from core.errors import InvalidInput
from core.identity import Principal
from core.project.service import ValueModelSpec, add_value_model
from core.project.value_model import PayoffMatrix, Period
from core.registry.contracts import propose_contract, sign_for_business
from core.registry.model import ApprovalState
from core.serving.decisions import decide_request
from core.serving.manifest import Manifests
from core.serving.model import MoveKind
from core.serving.service import approve_and_deploy, deploy_version, timeline
from core.workspace import Workspace
from tests.serving.world import Models


def propose(ws: Workspace, models: Models, viewer: Principal, version_id: str) -> str:
    payoff = PayoffMatrix(Decimal(12_000), Decimal(-2_500), Decimal(0), Decimal(0))
    spec = ValueModelSpec("JPY", Period.MONTH, 10_000, payoff)
    value = add_value_model(ws, models.scientist, models.project.id, spec)
    contract = propose_contract(ws, models.scientist, version_id, value.id, "calls became dearer").contract
    sign_for_business(ws, viewer, contract.id)
    return contract.approval_id


def test_gateways_get_the_new_certificate_and_the_timeline_tells_it(
    ws: Workspace, models: Models, approver: Principal, viewer: Principal
) -> None:
    version = models.approve()
    made = deploy_version(ws, approver, version.id)
    manifests = Manifests(ws.settings.artifact_root)
    before = manifests.read(made.name)
    decide_request(ws, approver, propose(ws, models, viewer, version.id), approve=True, reason="new rates")
    after = manifests.read(made.name)
    assert before.champion is not None
    assert after.champion is not None
    old, new = (json.loads(entry.certificate)["policy"] for entry in (before.champion, after.champion))
    assert (old["fp"], new["fp"], new["threshold"]) == ("-1500.00", "-2500.00", old["threshold"])
    assert after.generation == before.generation + 1
    move = timeline(ws, approver, made.id)[0]
    assert (move.kind, move.version_number, move.reason) == (MoveKind.CONTRACT, 1, "new rates")


def test_a_contract_of_a_version_that_serves_nowhere_tells_nobody(
    ws: Workspace, models: Models, approver: Principal, viewer: Principal
) -> None:
    version, other = models.approve(), models.approve(noise=0.2)
    made = deploy_version(ws, approver, other.id)
    done = decide_request(ws, approver, propose(ws, models, viewer, version.id), approve=True, reason="new rates")
    assert done.state is ApprovalState.APPROVED
    assert [m.kind for m in timeline(ws, approver, made.id)] == [MoveKind.DEPLOY]


def test_a_contract_is_not_deployed(ws: Workspace, models: Models, approver: Principal, viewer: Principal) -> None:
    version = models.approve()
    asked = propose(ws, models, viewer, version.id)
    with pytest.raises(InvalidInput, match="isn't deployed"):
        approve_and_deploy(ws, approver, asked)
    assert decide_request(ws, approver, asked, approve=False, reason="not now").state is ApprovalState.REJECTED
