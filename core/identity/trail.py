"""The audit trail, for those who may read it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.identity.permissions import Permission, require
from core.identity.principal import Principal
from core.store.audit import AuditRecord, AuditVerdict, audit_actors, list_events, verify_chain

if TYPE_CHECKING:
    from core.workspace import Workspace


def list_audit(
    ws: Workspace,
    actor: Principal,
    *,
    before_seq: int | None = None,
    limit: int = 100,
    action: str | None = None,
    actor_id: str | None = None,
    target_kind: str | None = None,
    target_id: str | None = None,
    project_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[AuditRecord]:
    """Newest events first; every filter that is given must match (`action` also as a prefix)."""
    require(actor, Permission.READ_AUDIT)
    return list_events(
        ws.store, before_seq=before_seq, limit=limit, action=action, actor_id=actor_id, target_kind=target_kind, target_id=target_id,
        project_id=project_id, since=since, until=until,
    )  # fmt: skip


def verify_audit(ws: Workspace, actor: Principal) -> AuditVerdict:
    """Recompute the chain: whether any event was changed, removed or slipped in."""
    require(actor, Permission.READ_AUDIT)
    return verify_chain(ws.store)


def list_actors(ws: Workspace, actor: Principal) -> list[tuple[str, str]]:
    """Id and latest name of everybody who appears in the trail, by name."""
    require(actor, Permission.READ_AUDIT)
    return audit_actors(ws.store)
