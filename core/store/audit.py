"""The audit trail: append-only events, each carrying the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from core.store.ids import new_id

if TYPE_CHECKING:
    from core.store.database import Store

GENESIS = "0" * 64
COLUMNS = "seq, id, occurred_at, actor_id, actor_name, via, action, target_kind, target_id, project_id, details, prev_hash, hash"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to which thing.

    Args:
        action: dotted verb in the past tense's root, ``approval.approve``, ``run.start``.
        target_kind, target_id: the thing; the kinds are those of lineage (``run``, ``model_version`` …).
        details: plain JSON, shown to admins; never secrets.
    """

    actor_id: str
    actor_name: str
    via: str
    action: str
    target_kind: str
    target_id: str
    project_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An event as stored."""

    seq: int
    id: str
    at: datetime
    event: AuditEvent
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verification of the chain found; ``broken_seq`` is None when it holds."""

    events: int
    broken_seq: int | None
    head: str


def append_event(cursor: duckdb.DuckDBPyConnection, event: AuditEvent, at: datetime) -> None:
    """Insert an event behind the newest one; the caller's transaction commits it."""
    head = cursor.execute("SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1").fetchone()
    seq, prev = (head[0] + 1, head[1]) if head else (1, GENESIS)
    key = new_id()
    details = json.dumps(dict(event.details), sort_keys=True, ensure_ascii=False, default=str)
    values = (
        seq,
        key,
        at,
        event.actor_id,
        event.actor_name,
        event.via,
        event.action,
        event.target_kind,
        event.target_id,
        event.project_id,
        details,
    )
    cursor.execute(
        f"INSERT INTO audit_events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*values, prev, _hash(prev, values)],
    )


def _hash(prev: str, values: tuple[Any, ...]) -> str:
    canonical = [v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v for v in values]
    return hashlib.sha256((prev + json.dumps(canonical, ensure_ascii=False)).encode()).hexdigest()


def verify_chain(store: Store) -> AuditVerdict:
    """Recompute every hash of the chain from the first event on."""
    prev, count = GENESIS, 0
    for row in _scan(store):
        count += 1
        if row[0] != count or row[11] != prev or row[12] != _hash(prev, tuple(row[:11])):
            return AuditVerdict(count, int(row[0]), prev)
        prev = row[12]
    return AuditVerdict(count, None, prev)


def _scan(store: Store) -> Iterable[tuple[Any, ...]]:
    last = 0
    while True:
        rows = store.rows(f"SELECT {COLUMNS} FROM audit_events WHERE seq > ? ORDER BY seq LIMIT 5000", [last])
        if not rows:
            return
        yield from rows
        last = rows[-1][0]


def list_events(
    store: Store,
    *,
    before_seq: int | None = None,
    limit: int = 100,
    actor_id: str | None = None,
    action: str | None = None,
    target_kind: str | None = None,
    target_id: str | None = None,
    project_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[AuditRecord]:
    """Newest events first; every filter that is given must match (``action`` also as a prefix, ``approval.``; ``until`` is excluded)."""
    tests: dict[str, Any] = {
        "seq < ?": before_seq,
        "actor_id = ?": actor_id,
        "target_kind = ?": target_kind,
        "target_id = ?": target_id,
        "project_id = ?": project_id,
        "starts_with(action, ?)": action,
        "occurred_at >= ?": since,
        "occurred_at < ?": until,
    }
    given = {test: value for test, value in tests.items() if value is not None}
    where = " AND ".join(given) or "true"
    rows = store.rows(f"SELECT {COLUMNS} FROM audit_events WHERE {where} ORDER BY seq DESC LIMIT ?", [*given.values(), limit])
    return [_row_to_record(row) for row in rows]


def audit_actors(store: Store) -> list[tuple[str, str]]:
    """Id and latest name of everybody who appears in the trail, by name."""
    rows = store.rows("SELECT actor_id, arg_max(actor_name, seq) AS name FROM audit_events GROUP BY actor_id ORDER BY name")
    return [(row[0], row[1]) for row in rows]


def _row_to_record(row: tuple[Any, ...]) -> AuditRecord:
    event = AuditEvent(row[3], row[4], row[5], row[6], row[7], row[8], row[9], json.loads(row[10]))
    return AuditRecord(row[0], row[1], row[2], event, row[11], row[12])
