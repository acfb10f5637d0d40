"""Alerts: what a person should look at."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.api.routes.monitors import ReasonOut
from core.monitoring import alerts
from core.monitoring.model import AlertState, Part, Severity

router = APIRouter(prefix="/alerts", tags=["alerts"])


class NoteBody(In):
    """What the person says."""

    note: str = Field("", max_length=400)


class AlertOut(Out):
    """An alert."""

    id: str
    deployment_id: str
    project_id: str
    kind: Part
    severity: Severity
    state: AlertState
    reasons: list[ReasonOut]
    check_id: str
    opened_at: datetime
    last_seen_at: datetime
    handled_by: str
    handled_at: datetime | None
    resolved_at: datetime | None
    note: str


@router.get("")
def list_alerts(
    ws: Ws,
    actor: Actor,
    page: Paging,
    state: Annotated[AlertState | None, Query()] = None,
    deployment_id: Annotated[str | None, Query(max_length=80)] = None,
    project_id: Annotated[str | None, Query(max_length=80)] = None,
) -> Page[AlertOut]:
    """Alerts, the newest first."""
    found = alerts.list_alerts(
        ws, actor, state=state, deployment_id=deployment_id, project_id=project_id, before_id=page.before, limit=page.limit
    )
    return Page(items=[AlertOut.model_validate(alert) for alert in found], next=next_key(found, page.limit))


@router.get("/{alert_id}")
def get_alert(ws: Ws, actor: Actor, alert_id: str) -> AlertOut:
    """One alert."""
    return AlertOut.model_validate(alerts.get_alert(ws, actor, alert_id))


@router.post("/{alert_id}/acknowledge")
def acknowledge_alert(ws: Ws, actor: Actor, alert_id: str, body: NoteBody | None = None) -> AlertOut:
    """Take an alert: others see that somebody looks after it."""
    return AlertOut.model_validate(alerts.acknowledge_alert(ws, actor, alert_id, body.note if body else ""))


@router.post("/{alert_id}/resolve")
def resolve_alert(ws: Ws, actor: Actor, alert_id: str, body: NoteBody | None = None) -> AlertOut:
    """Close an alert."""
    return AlertOut.model_validate(alerts.resolve_alert(ws, actor, alert_id, body.note if body else ""))
