"""What a job is, and what the portal does with each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.jobs.protocol import JobResult, JobState, JsonObject
from core.store import Transaction


@dataclass(frozen=True, slots=True)
class Job:
    """A job as stored.

    Args:
        subject_kind, subject_id: what it works for (``run``, ``deployment`` …).
        events_offset: bytes of its events that the portal has taken in.
    """

    id: str
    kind: str
    subject_kind: str
    subject_id: str
    project_id: str | None
    state: JobState
    spec: Mapping[str, Any]
    time_limit_s: int
    memory_mb: int
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    events_offset: int
    result: Mapping[str, Any]
    error: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What to run.

    Args:
        kind: a registered kind.
        spec: plain JSON, all that the job needs.
        time_limit_s, memory_mb: None takes the settings' limits.
    """

    kind: str
    spec: JsonObject
    subject_kind: str
    subject_id: str
    project_id: str | None = None
    time_limit_s: int | None = None
    memory_mb: int | None = None


@dataclass(frozen=True, slots=True)
class JobKind:
    """How one kind of job is run and taken in.

    Args:
        entry: ``core.module:function``; the function takes a JobContext and returns plain JSON.
        on_start: records that it runs; within the transaction that marks it running.
        on_events: takes in new events; within the transaction that moves the offset, so each event counts once.
        collect: heavy, repeatable work on the job's folder before anything is recorded (storing artifacts).
        record: takes in the end; within the transaction that marks the job ended, so it happens once.
            Gets what `collect` returned, or None where the job did not succeed.
    """

    name: str
    entry: str
    on_start: Callable[[Transaction, Job], None] | None = None
    on_events: Callable[[Transaction, Job, Sequence[JsonObject]], None] | None = None
    collect: Callable[[Job, JobResult, Path], Any] | None = None
    record: Callable[[Transaction, Job, JobResult, Any], None] | None = None
