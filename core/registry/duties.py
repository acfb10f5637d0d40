"""Separation of duties: who may not decide on a request, why, and who else may."""

from __future__ import annotations

from core.errors import Conflict, KachiError, PermissionDenied
from core.identity import Permission, Principal, require
from core.identity import store as people
from core.identity.permissions import GRANTS
from core.project import store as versions
from core.registry import contract_store
from core.registry.model import Approval, ApprovalState
from core.store import Store, Transaction
from core.workspace import Workspace

NAMES = 3


def refusal(source: Workspace | Transaction, actor: Principal, approval: Approval) -> KachiError | None:
    """Why somebody can't decide a request; None where they can.

    It may wait no more; they may lack the permission; or they have a part in it: they asked for it, wrote or proposed the value
    model that it rests on, registered the version or started its retraining.
    """
    if approval.state is not ApprovalState.OPEN:
        return decided(approval)
    try:
        require(actor, Permission.DECIDE_APPROVAL)
    except PermissionDenied as error:
        return error
    store = source.store if isinstance(source, Workspace) else source
    authors = value_authors(store, approval)
    if actor.user_id not in {approval.requested_by, *approval.barred, *authors}:
        return None
    others = _others(store, approval, authors | {actor.user_id})
    if actor.user_id == approval.requested_by:
        return _requested(others)
    return _wrote(others) if actor.user_id in authors else _had_a_part(others)


def value_authors(source: Store | Transaction, approval: Approval) -> frozenset[str]:
    """Ids of who wrote or proposed the value model of a request; none for a request from before there were contracts."""
    contract = contract_store.of_approval(source, approval.id)
    model = versions.get_value_model(source, contract.value_model_id) if contract else None
    return model.authors if model else frozenset()


def decided(approval: Approval) -> Conflict:
    """What somebody is told who comes too late."""
    if approval.state is ApprovalState.WITHDRAWN:
        return Conflict("{name} has withdrawn this request. There is nothing to decide any more.", name=approval.decided_by_name)
    if approval.state is ApprovalState.APPROVED:
        return Conflict("{name} has approved this request already. There is nothing to decide any more.", name=approval.decided_by_name)
    return Conflict("{name} has rejected this request already. There is nothing to decide any more.", name=approval.decided_by_name)


def _others(source: Store | Transaction, approval: Approval, besides: frozenset[str]) -> str:
    """Names of those who may decide it, the first few; empty where nobody may."""
    barred = besides | {approval.requested_by, *approval.barred}
    roles = [role for role, granted in GRANTS.items() if Permission.DECIDE_APPROVAL in granted]
    names = sorted({user.name for role in roles for user in people.active_users(source, role) if user.id not in barred})
    return ", ".join(names[:NAMES]) + (" …" if len(names) > NAMES else "")


def _requested(others: str) -> PermissionDenied:
    if others:
        return PermissionDenied("You requested this; somebody else must approve. {names} may.", names=others)
    return PermissionDenied("You requested this; somebody else must approve. Nobody else may yet: ask an administrator for another approver.")  # fmt: skip


def _wrote(others: str) -> PermissionDenied:
    if others:
        return PermissionDenied("You wrote or proposed the value model that this rests on; somebody else must approve. {names} may.", names=others)  # fmt: skip
    return PermissionDenied(
        "You wrote or proposed the value model that this rests on; somebody else must approve. Nobody else may yet: ask an administrator for "
        "another approver."
    )


def _had_a_part(others: str) -> PermissionDenied:
    if others:
        return PermissionDenied("You had a part in this version; somebody else must approve. {names} may.", names=others)
    return PermissionDenied("You had a part in this version; somebody else must approve. Nobody else may yet: ask an administrator for another approver.")  # fmt: skip
