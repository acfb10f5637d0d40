"""What people do with alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.errors import Conflict, InvalidInput, NotFound
from core.identity import Permission, Principal, require
from core.monitoring import monitor_store as rows
from core.monitoring.model import Alert, AlertState, Severity
from core.store import Transaction
from core.store.lineage import Node
from core.workspace import Workspace


def list_alerts(
    ws: Workspace,
    actor: Principal,
    *,
    state: AlertState | None = None,
    deployment_id: str | None = None,
    project_id: str | None = None,
    before_id: str | None = None,
    limit: int = 100,
) -> list[Alert]:
    """Alerts, the newest first."""
    require(actor, Permission.READ_VALUE)
    return rows.list_alerts(
        ws.store, state=state.value if state else None, deployment_id=deployment_id, project_id=project_id, before_id=before_id, limit=limit
    )


def most_urgent_first(alerts: Sequence[Alert]) -> list[Alert]:
    """Those that aren't resolved: what to act on before what to watch, what nobody has taken before what somebody has, newest first."""
    standing = [a for a in alerts if a.state is not AlertState.RESOLVED]
    return sorted(standing, key=lambda a: (a.severity is not Severity.CRITICAL, a.state is not AlertState.OPEN))


def get_alert(ws: Workspace, actor: Principal, alert_id: str) -> Alert:
    """One alert.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_VALUE)
    alert = rows.get_alert(ws.store, alert_id)
    if alert is None:
        raise NotFound("alert", alert_id)
    return alert


def acknowledge_alert(ws: Workspace, actor: Principal, alert_id: str, note: str = "") -> Alert:
    """Take an alert: others see that somebody looks after it.

    Raises:
        Conflict: somebody else took it, or it is resolved.
    """
    require(actor, Permission.HANDLE_ALERTS)
    return ws.store.write(lambda tx: _move(tx, actor, alert_id, AlertState.ACKNOWLEDGED, note))


def resolve_alert(ws: Workspace, actor: Principal, alert_id: str, note: str = "") -> Alert:
    """Close an alert; where the next check finds the same again, a new one opens.

    Raises:
        Conflict: it is resolved already.
    """
    require(actor, Permission.HANDLE_ALERTS)
    return ws.store.write(lambda tx: _move(tx, actor, alert_id, AlertState.RESOLVED, note))


def _move(tx: Transaction, actor: Principal, alert_id: str, state: AlertState, note: str) -> Alert:
    alert = rows.get_alert(tx, alert_id)
    if alert is None:
        raise NotFound("alert", alert_id)
    text = " ".join(note.split())
    if len(text) > 400:
        raise InvalidInput("'{field}' needs at most {most} characters.", field="note", most=400)
    if alert.state is AlertState.RESOLVED:
        raise Conflict("This alert is resolved already. Look at the list again.")
    if state is AlertState.ACKNOWLEDGED and alert.state is AlertState.ACKNOWLEDGED:
        raise Conflict("{name} looks after this alert already. Talk to each other, or resolve it.", name=alert.handled_by)
    moved = replace(
        alert,
        state=state,
        handled_by=actor.name,
        handled_at=tx.at,
        resolved_at=tx.at if state is AlertState.RESOLVED else None,
        note=text or alert.note,
    )
    rows.update_alert(tx, moved)
    verb = "alert.acknowledge" if state is AlertState.ACKNOWLEDGED else "alert.resolve"
    tx.audit(actor.event(verb, Node.ALERT, alert.id, project_id=alert.project_id, details={"kind": alert.kind.value, "note": text}))
    return moved
