"""The contract between the portal and a job's process, as files in the job's folder.

spec.json      written by the portal before the start: job id, kind, entry ("core.training.job:run"), spec, limits
events.jsonl   appended by the job: {"at", "event", ...}, one object a line
log.txt        what the job printed
process.json   who runs it: pid and start time, so that a restarted portal can tell it from a stranger
out/           artifacts
cancel         its presence asks the job to stop
result.json    written last and atomically: {"state", "result", "error"}
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import KachiError
from core.store.artifacts import write_atomic

JsonObject = dict[str, Any]


class JobState(StrEnum):
    """States of a job; the last four are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.LOST}


class JobCancelled(KachiError):
    """Raised inside a job that noticed that it should stop."""

    code = "job_cancelled"

    def __init__(self) -> None:
        super().__init__("The job was stopped before it ended.")


@dataclass(frozen=True, slots=True)
class JobResult:
    """How a job ended.

    Args:
        state: a final state.
        result: what the job returned (plain JSON); empty unless it succeeded.
        error: template and fields of a KachiError, or type and message of another; empty on success.
    """

    state: JobState
    result: Mapping[str, Any]
    error: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job's entry function gets.

    Args:
        folder: the job's folder.
        spec: the job's own parameters, plain JSON.
        events_fd: descriptor that events are appended to (an int, so that it survives pickling).
        stopping: tells whether SIGTERM has come.
    """

    folder: Path
    spec: JsonObject
    events_fd: int
    stopping: Callable[[], bool]

    @property
    def out(self) -> Path:
        """Folder for the job's artifacts."""
        return self.folder / "out"

    @property
    def cancelled(self) -> bool:
        """Whether the job should stop: asked by signal or by file."""
        return self.stopping() or (self.folder / "cancel").exists()

    def raise_if_cancelled(self) -> None:
        """Raise JobCancelled where a stop was asked for; call it between steps."""
        if self.cancelled:
            raise JobCancelled

    def emit(self, event: str, **fields: Any) -> None:
        """Append one event. ``progress`` (done, total, note), ``log`` (message) and ``metric`` are shown by the job page."""
        emit(self.events_fd, event, **fields)


def emit(events_fd: int, event: str, **fields: Any) -> None:
    """Append one event line to a descriptor in one write, so that lines of several threads don't mix."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(), "event": event, **fields}, default=str, ensure_ascii=False, allow_nan=False)
    os.write(events_fd, line.encode() + b"\n")


def read_events(folder: Path, offset: int = 0) -> tuple[list[JsonObject], int]:
    """Complete event lines from a byte offset on, and the offset behind them (a torn last line waits)."""
    path = folder / "events.jsonl"
    if not path.exists():
        return [], offset
    with path.open("rb") as stream:
        stream.seek(offset)
        data = stream.read()
    end = data.rfind(b"\n") + 1
    return [event for line in data[:end].split(b"\n") if (event := _event(line)) is not None], offset + end


def _event(line: bytes) -> JsonObject | None:
    # A disk that was full leaves a line torn in the middle of the file; the others still count.
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


def write_result(folder: Path, result: JobResult) -> None:
    """Write result.json atomically; the last thing that a job does."""
    body = {"state": result.state.value, "result": dict(result.result), "error": dict(result.error)}
    write_atomic(folder / "result.json", json.dumps(body, default=str, ensure_ascii=False).encode())


def read_result(folder: Path) -> JobResult | None:
    """The job's result, or None while there is none."""
    try:
        body = json.loads((folder / "result.json").read_bytes())
    except FileNotFoundError:
        return None
    return JobResult(JobState(body["state"]), body["result"], body["error"])
