"""The rows of schedules; all SQL on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from core.store import Transaction

COLUMNS = (
    "id, kind, subject_kind, subject_id, project_id, cron, enabled, created_by, created_at,"
    " last_started_at, last_ended_at, last_outcome, last_note"
)


class Outcome(StrEnum):
    """How the last run ended; NONE before the first."""

    NONE = ""
    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that runs by itself.

    Args:
        cron: five fields, UTC.
        last_note: what the last run said, in words.
        next_at: when it comes next; None while it is off.
    """

    id: str
    kind: str
    subject_kind: str
    subject_id: str
    project_id: str | None
    cron: str
    enabled: bool
    created_by: str
    created_at: datetime
    last_started_at: datetime | None
    last_ended_at: datetime | None
    last_outcome: Outcome
    last_note: str
    next_at: datetime | None = None


class Reader(Protocol):
    """The store, or a transaction on it."""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""

    def one(self, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """First row of a query, or None."""


def row_to_schedule(row: tuple[Any, ...]) -> Schedule:
    """A stored row as a Schedule."""
    return Schedule(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10], Outcome(row[11]), row[12],
    )  # fmt: skip


def insert(tx: Transaction, schedule: Schedule) -> None:
    """Store a new schedule."""
    tx.execute(
        "INSERT INTO schedules (id, kind, subject_kind, subject_id, project_id, cron, enabled, created_by, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            schedule.id, schedule.kind, schedule.subject_kind, schedule.subject_id, schedule.project_id, schedule.cron, schedule.enabled,
            schedule.created_by, schedule.created_at,
        ],
    )  # fmt: skip


def get(db: Reader, schedule_id: str) -> Schedule | None:
    """One schedule, or None."""
    row = db.one(f"SELECT {COLUMNS} FROM schedules WHERE id = ?", [schedule_id])
    return row_to_schedule(row) if row else None


def find(db: Reader, kind: str, subject_id: str) -> Schedule | None:
    """The schedule of a kind for a subject, or None."""
    row = db.one(f"SELECT {COLUMNS} FROM schedules WHERE kind = ? AND subject_id = ?", [kind, subject_id])
    return row_to_schedule(row) if row else None


def list_all(db: Reader, *, kind: str | None = None, subject_id: str | None = None) -> list[Schedule]:
    """Oldest first; every filter that is given must match."""
    rows = db.rows(
        f"SELECT {COLUMNS} FROM schedules WHERE (? IS NULL OR kind = ?) AND (? IS NULL OR subject_id = ?) ORDER BY id",
        [kind, kind, subject_id, subject_id],
    )
    return [row_to_schedule(row) for row in rows]


def set_cron(tx: Transaction, schedule_id: str, cron: str) -> None:
    """Replace the rule."""
    tx.execute("UPDATE schedules SET cron = ? WHERE id = ?", [cron, schedule_id])


def set_enabled(tx: Transaction, schedule_id: str, enabled: bool) -> None:
    """Switch on or off."""
    tx.execute("UPDATE schedules SET enabled = ? WHERE id = ?", [enabled, schedule_id])


def set_started(tx: Transaction, schedule_id: str, at: datetime) -> None:
    """A run begins."""
    tx.execute(
        "UPDATE schedules SET last_started_at = ?, last_ended_at = NULL, last_outcome = 'running', last_note = '' WHERE id = ?",
        [at, schedule_id],
    )


def set_ended(tx: Transaction, schedule_id: str, at: datetime, outcome: Outcome, note: str) -> None:
    """A run ended."""
    tx.execute("UPDATE schedules SET last_ended_at = ?, last_outcome = ?, last_note = ? WHERE id = ?", [at, outcome, note, schedule_id])


def set_interrupted(tx: Transaction) -> None:
    """Runs that the last portal did not end."""
    tx.execute("UPDATE schedules SET last_outcome = 'interrupted' WHERE last_outcome = 'running'")


def delete(tx: Transaction, schedule_id: str) -> None:
    """Take a schedule away."""
    tx.execute("DELETE FROM schedules WHERE id = ?", [schedule_id])
