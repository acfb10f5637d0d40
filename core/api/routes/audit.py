"""The audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from core.api.deps import Actor, Paging, Ws
from core.api.page import Out, Page
from core.errors import InvalidInput
from core.identity import trail
from core.store.audit import AuditRecord

router = APIRouter(prefix="/audit", tags=["audit"])
Text = Annotated[str | None, Query(max_length=100)]


class AuditOut(Out):
    """Who did what to which thing, and when."""

    seq: int
    id: str
    at: datetime
    actor_id: str
    actor_name: str
    via: str
    action: str
    target_kind: str
    target_id: str
    project_id: str | None
    details: dict[str, Any]
    prev_hash: str
    hash: str


class VerdictOut(Out):
    """Whether the chain holds; `broken_seq` is the first event that doesn't fit."""

    events: int
    broken_seq: int | None
    head: str


def _out(record: AuditRecord) -> AuditOut:
    event = record.event
    return AuditOut(
        seq=record.seq, id=record.id, at=record.at, actor_id=event.actor_id, actor_name=event.actor_name, via=event.via, action=event.action,
        target_kind=event.target_kind, target_id=event.target_id, project_id=event.project_id, details=dict(event.details),
        prev_hash=record.prev_hash, hash=record.hash,
    )  # fmt: skip


def _seq(before: str | None) -> int | None:
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise InvalidInput("'{before}' is no place in the trail. Use the 'next' of the page before.", field="before", before=before)
    return int(before) if before else None


@router.get("")
def list_audit(
    ws: Ws, actor: Actor, page: Paging, action: Text = None, actor_id: Text = None, target_kind: Text = None, target_id: Text = None,
    project_id: Text = None, since: datetime | None = None, until: datetime | None = None,
) -> Page[AuditOut]:  # fmt: skip
    """Newest events first; `action` matches as a prefix too."""
    found = trail.list_audit(
        ws, actor, before_seq=_seq(page.before), limit=page.limit, action=action, actor_id=actor_id, target_kind=target_kind,
        target_id=target_id, project_id=project_id, since=since, until=until,
    )  # fmt: skip
    last = str(found[-1].seq) if found and len(found) >= page.limit else None
    return Page(items=[_out(record) for record in found], next=last)


@router.get("/verify")
def verify_audit(ws: Ws, actor: Actor) -> VerdictOut:
    """Recompute the hash chain from the first event on."""
    return VerdictOut.model_validate(trail.verify_audit(ws, actor))
