"""The rows of jobs; all SQL on them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from core.jobs.model import Job
from core.jobs.protocol import JobResult, JobState
from core.store import Store, Transaction

COLUMNS = (
    "id, kind, subject_kind, subject_id, project_id, state, spec, time_limit_s, memory_mb,"
    " requested_by, requested_at, started_at, ended_at, events_offset, result, error"
)


def row_to_job(row: tuple[Any, ...]) -> Job:
    """A stored row as a Job."""
    return Job(
        row[0], row[1], row[2], row[3], row[4], JobState(row[5]), json.loads(row[6]), row[7], row[8], row[9], row[10], row[11], row[12], row[13],
        json.loads(row[14]), json.loads(row[15]),
    )  # fmt: skip


def insert(tx: Transaction, job: Job) -> None:
    """Store a new job."""
    tx.execute(
        f"INSERT INTO jobs ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            job.id, job.kind, job.subject_kind, job.subject_id, job.project_id, job.state, _dump(job.spec), job.time_limit_s, job.memory_mb,
            job.requested_by, job.requested_at, job.started_at, job.ended_at, job.events_offset, _dump(job.result), _dump(job.error),
        ],
    )  # fmt: skip


def _dump(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def get(store: Store, job_id: str) -> Job | None:
    """One job, or None."""
    row = store.one(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", [job_id])
    return row_to_job(row) if row else None


def in_state(store: Store, state: JobState) -> list[Job]:
    """All jobs in a state, oldest first."""
    return [row_to_job(row) for row in store.rows(f"SELECT {COLUMNS} FROM jobs WHERE state = ? ORDER BY id", [state])]


def next_queued(store: Store, count: int) -> list[Job]:
    """The jobs that have waited longest."""
    if count <= 0:
        return []
    return [row_to_job(row) for row in store.rows(f"SELECT {COLUMNS} FROM jobs WHERE state = 'queued' ORDER BY id LIMIT ?", [count])]


def find(store: Store, *, state: JobState | None, kind: str | None, subject_id: str | None, before_id: str | None, limit: int) -> list[Job]:
    """Newest jobs first; every filter that is given must match."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM jobs WHERE (? IS NULL OR state = ?) AND (? IS NULL OR kind = ?) AND (? IS NULL OR subject_id = ?)"
        " AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        [state, state, kind, kind, subject_id, subject_id, before_id, before_id, limit],
    )
    return [row_to_job(row) for row in rows]


def mark_running(tx: Transaction, job_id: str, at: datetime) -> None:
    """Queued to running."""
    tx.execute("UPDATE jobs SET state = 'running', started_at = ? WHERE id = ? AND state = 'queued'", [at, job_id])


def set_offset(tx: Transaction, job_id: str, offset: int) -> None:
    """Remember how far a job's events were taken in."""
    tx.execute("UPDATE jobs SET events_offset = ? WHERE id = ?", [offset, job_id])


def mark_ended(tx: Transaction, job_id: str, result: JobResult, at: datetime) -> bool:
    """Record the end once; False if it was recorded before."""
    row = tx.one("SELECT state FROM jobs WHERE id = ?", [job_id])
    if row is None or JobState(row[0]).final:
        return False
    tx.execute(
        "UPDATE jobs SET state = ?, ended_at = ?, result = ?, error = ? WHERE id = ?",
        [result.state, at, _dump(dict(result.result)), _dump(dict(result.error)), job_id],
    )
    return True
