"""Deciding on requests where that changes what gateways are told."""

from __future__ import annotations

from core.errors import Conflict
from core.identity import Permission, Principal, require
from core.registry.approvals import decide
from core.registry.model import Approval, ApprovalKind
from core.registry.service import get_version
from core.serving import store as rows
from core.serving.model import Leading, MoveKind
from core.serving.publish import publish
from core.serving.service import Change, apply_change, clean_reason
from core.workspace import Workspace


def decide_request(ws: Workspace, actor: Principal, approval_id: str, approve: bool, reason: str = "") -> Approval:
    """Approve or reject a request. Another contract, once approved, is told to the gateways that serve its version.

    Raises:
        PermissionDenied, Conflict, InvalidInput, NotFound: as deciding does.
    """
    require(actor, Permission.DECIDE_APPROVAL)
    approval = decide(ws, actor, approval_id, approve, reason)
    if approve and approval.kind is ApprovalKind.CONTRACT:
        _tell_contract(ws, actor, approval, clean_reason(reason))
    return approval


def _tell_contract(ws: Workspace, actor: Principal, approval: Approval, reason: str) -> None:
    """Publish the new certificate where the version serves; a change in between publishes it too."""
    version = get_version(ws, actor, approval.model_version_id)
    deployment = rows.find_by_model(ws.store, version.model_id)
    if deployment is None or version.id not in {deployment.champion_id, deployment.canary_id}:
        return
    told = Leading(version.id, version.number)
    try:
        apply_change(ws, actor, deployment.id, lambda before: Change(before, MoveKind.CONTRACT, told), reason, None)
    except Conflict:
        publish(ws, deployment.id)
