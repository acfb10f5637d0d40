"""Rows of monitors, checks and alerts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core.monitoring.model import (
    Alert,
    AlertState,
    Check,
    Monitor,
    MonitorConfig,
    Part,
    PartResult,
    Reason,
    Severity,
    Verdict,
)
from core.monitoring.wording import reason_from_json, reason_to_json
from core.store import Store, Transaction

MONITOR = "deployment_id, project_id, config, created_at, updated_at, updated_by"
CHECK = "id, deployment_id, project_id, model_version_id, version, ran_at, ran_by, from_at, to_at, verdict, parts"
ALERT = (
    "id, deployment_id, project_id, kind, severity, state, reasons, check_id, opened_at, last_seen_at, handled_by, handled_at,"
    " resolved_at, note"
)
CHECKS_KEPT = 500  # a deployment; older ones go, so that hourly checks never fill the store


def _row_to_monitor(row: tuple[Any, ...]) -> Monitor:
    return Monitor(row[0], row[1], MonitorConfig(**json.loads(row[2])), row[3], row[4], row[5])


def _reasons(data: Sequence[dict[str, Any]]) -> tuple[Reason, ...]:
    return tuple(reason_from_json(item) for item in data)


def _row_to_check(row: tuple[Any, ...]) -> Check:
    parts = tuple(PartResult(Part(p["part"]), Verdict(p["verdict"]), _reasons(p["reasons"]), p["figures"]) for p in json.loads(row[10]))
    return Check(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], Verdict(row[9]), parts)


def _row_to_alert(row: tuple[Any, ...]) -> Alert:
    return Alert(row[0], row[1], row[2], Part(row[3]), Severity(row[4]), AlertState(row[5]), _reasons(json.loads(row[6])), *row[7:])


def get_monitor(store: Store | Transaction, deployment_id: str) -> Monitor | None:
    """A deployment's monitor."""
    row = store.one(f"SELECT {MONITOR} FROM monitors WHERE deployment_id = ?", [deployment_id])
    return _row_to_monitor(row) if row else None


def list_monitors(store: Store) -> list[Monitor]:
    """All monitors, the newest first."""
    return [_row_to_monitor(row) for row in store.rows(f"SELECT {MONITOR} FROM monitors ORDER BY created_at DESC, deployment_id")]


def put_monitor(tx: Transaction, monitor: Monitor) -> None:
    """Store a monitor, in place of the one before."""
    tx.execute(
        f"INSERT INTO monitors ({MONITOR}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (deployment_id) DO UPDATE SET config = excluded.config,"
        " updated_at = excluded.updated_at, updated_by = excluded.updated_by",
        [
            monitor.deployment_id,
            monitor.project_id,
            json.dumps(asdict(monitor.config)),
            monitor.created_at,
            monitor.updated_at,
            monitor.updated_by,
        ],
    )


def insert_check(tx: Transaction, check: Check) -> None:
    """Store a check; the oldest beyond the kept number go, unless an alert names them."""
    parts = [
        {
            "part": p.part.value,
            "verdict": p.verdict.value,
            "reasons": [reason_to_json(reason) for reason in p.reasons],
            "figures": dict(p.figures),
        }
        for p in check.parts
    ]
    tx.execute(
        f"INSERT INTO monitor_checks ({CHECK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            check.id, check.deployment_id, check.project_id, check.model_version_id, check.version, check.ran_at, check.ran_by,
            check.from_at, check.to_at, check.verdict.value, json.dumps(parts, ensure_ascii=False),
        ],
    )  # fmt: skip
    tx.execute(
        "DELETE FROM monitor_checks WHERE deployment_id = ? AND id < (SELECT min(id) FROM (SELECT id FROM monitor_checks"
        " WHERE deployment_id = ? ORDER BY id DESC LIMIT ?)) AND id NOT IN (SELECT check_id FROM alerts)",
        [check.deployment_id, check.deployment_id, CHECKS_KEPT],
    )


def get_check(store: Store | Transaction, check_id: str) -> Check | None:
    """One check."""
    row = store.one(f"SELECT {CHECK} FROM monitor_checks WHERE id = ?", [check_id])
    return _row_to_check(row) if row else None


def list_checks(store: Store, deployment_id: str, *, before_id: str | None, limit: int) -> list[Check]:
    """A deployment's checks, the newest first."""
    rows = store.rows(
        f"SELECT {CHECK} FROM monitor_checks WHERE deployment_id = ? AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        [deployment_id, before_id, before_id, limit],
    )
    return [_row_to_check(row) for row in rows]


def newest_checks(store: Store) -> dict[str, Check]:
    """The newest check of each deployment."""
    rows = store.rows(f"SELECT {CHECK} FROM monitor_checks QUALIFY row_number() OVER (PARTITION BY deployment_id ORDER BY id DESC) = 1")
    return {row[1]: _row_to_check(row) for row in rows}


def insert_alert(tx: Transaction, alert: Alert) -> None:
    """Store a new alert."""
    reasons = json.dumps([reason_to_json(reason) for reason in alert.reasons], ensure_ascii=False)
    tx.execute(
        f"INSERT INTO alerts ({ALERT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            alert.id, alert.deployment_id, alert.project_id, alert.kind.value, alert.severity.value, alert.state.value, reasons,
            alert.check_id, alert.opened_at, alert.last_seen_at, alert.handled_by, alert.handled_at, alert.resolved_at, alert.note,
        ],
    )  # fmt: skip


def update_alert(tx: Transaction, alert: Alert) -> None:
    """Store what became of an alert."""
    reasons = json.dumps([reason_to_json(reason) for reason in alert.reasons], ensure_ascii=False)
    tx.execute(
        "UPDATE alerts SET severity = ?, state = ?, reasons = ?, check_id = ?, last_seen_at = ?, handled_by = ?, handled_at = ?,"
        " resolved_at = ?, note = ? WHERE id = ?",
        [
            alert.severity.value, alert.state.value, reasons, alert.check_id, alert.last_seen_at, alert.handled_by, alert.handled_at,
            alert.resolved_at, alert.note, alert.id,
        ],
    )  # fmt: skip


def get_alert(store: Store | Transaction, alert_id: str) -> Alert | None:
    """One alert."""
    row = store.one(f"SELECT {ALERT} FROM alerts WHERE id = ?", [alert_id])
    return _row_to_alert(row) if row else None


def unresolved_alerts(store: Store | Transaction, deployment_id: str | None = None) -> list[Alert]:
    """Alerts that aren't resolved, the newest first."""
    rows = store.rows(
        f"SELECT {ALERT} FROM alerts WHERE state <> 'resolved' AND (? IS NULL OR deployment_id = ?) ORDER BY id DESC",
        [deployment_id, deployment_id],
    )
    return [_row_to_alert(row) for row in rows]


def list_alerts(
    store: Store, *, state: str | None, deployment_id: str | None, project_id: str | None, before_id: str | None, limit: int
) -> list[Alert]:
    """Alerts by state, deployment and project, the newest first."""
    rows = store.rows(
        f"SELECT {ALERT} FROM alerts WHERE (? IS NULL OR state = ?) AND (? IS NULL OR deployment_id = ?) AND (? IS NULL OR project_id = ?)"
        " AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        [state, state, deployment_id, deployment_id, project_id, project_id, before_id, before_id, limit],
    )
    return [_row_to_alert(row) for row in rows]
