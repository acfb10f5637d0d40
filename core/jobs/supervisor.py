"""The supervisor: one thread that starts queued jobs, takes in their events and results, and ends what must end."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from core.clock import Clock
from core.errors import Conflict, KachiError, StorageFull
from core.jobs import table
from core.jobs.model import Job, JobKind
from core.jobs.processes import Claim, is_alive, kill_group, read_claim, send, started_child
from core.jobs.protocol import JobResult, JobState, read_events, read_result
from core.settings import ROOT, Settings, job_environment
from core.store import Store, Transaction
from core.store.artifacts import write_atomic
from core.words import mark

log = structlog.get_logger(__name__)
POLL_S = 0.1  # while a job runs
IDLE_S = 0.5  # while none does: an idle portal should be idle
STOP_S = 5.0
GRACE_S = 3.0  # from SIGTERM to SIGKILL; a cancelled job is gone within five seconds
STOPPED = mark("The job was stopped before it ended.")
LINGER_S = 2.0  # a process that has written its result and still lives after that is ended
TOO_LONG = mark("The job ran longer than its limit of {limit_s} s and was stopped.")
NO_RESULT = mark("The job's process ended without a result (exit status {status}). Memory may have run out; its log tells more.")
LOST = mark("The job's process ended while the portal was down, and left no result. Start it again.")
UNEXPECTED = mark("The job stopped at an unexpected error ({type}: {message}). Its log tells more.")


class Supervisor:
    """Owns the processes of one portal's jobs; see `core.jobs.protocol` for the files between them."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, kinds: Mapping[str, JobKind]) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._kinds = kinds
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._claims: dict[str, Claim] = {}
        self._stops: dict[str, tuple[float, JobState]] = {}
        self._wake = threading.Event()
        self._halt = threading.Event()
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._busy = True

    def start(self) -> None:
        """Start the thread; jobs that ran when the last portal ended are taken up again."""
        self._halt.clear()
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, within_s: float = STOP_S) -> None:
        """End the thread and leave the jobs running.

        Args:
            within_s: the round that is under way gets so long, seconds; what it doesn't take in, the next portal does.
        """
        self._halt.set()
        self._wake.set()
        if self._thread:
            self._thread.join(timeout=max(0.0, within_s))
            self._thread = None

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop: by file, by signal, after a grace by force."""
        with self._lock:
            job = table.get(self._store, job_id)
            if job is not None and job.state is JobState.QUEUED:
                self._finish(job, _ended(JobState.CANCELLED, "cancelled", STOPPED))
                return
            if job is not None and job.state is JobState.RUNNING:
                self._end(job_id, JobState.CANCELLED)
        self._wake.set()

    def _loop(self) -> None:
        while not self._halt.is_set():
            try:
                self.tick()
            except Exception:
                # The loop must outlive a bad job or a full disk; the next round tries again.
                log.exception("jobs.tick_failed")
                self._halt.wait(1.0)
            self._wake.wait(POLL_S if self._busy else IDLE_S)
            self._wake.clear()

    def tick(self) -> None:
        """One round: take in what runs, then fill free places from the queue. One job's trouble doesn't hold up the others."""
        with self._lock:
            running = table.in_state(self._store, JobState.RUNNING)
            for job in running:
                self._guarded(job, self._watch)
            free = self._settings.job_concurrency - len(table.in_state(self._store, JobState.RUNNING))
            waiting = table.next_queued(self._store, max(free, 0))
            for job in waiting:
                self._guarded(job, self._launch)
            self._busy = bool(running or waiting)

    def _guarded(self, job: Job, step: Callable[[Job], None]) -> None:
        try:
            step(job)
        except Exception:
            # A full disk, a conflict: what was not recorded now is recorded in a later round.
            log.exception("jobs.step_failed", job=job.id, kind=job.kind)
            self._halt.wait(0.5)

    def _launch(self, job: Job) -> None:
        kind = self._kinds.get(job.kind)
        if kind is None:
            self._finish(job, _failure(mark("There is no kind of job '{kind}' in this release."), kind=job.kind))
            return
        folder = self._settings.jobs_dir / job.id
        body = {"job_id": job.id, "kind": job.kind, "entry": kind.entry, "spec": job.spec, "memory_mb": job.memory_mb}
        try:
            write_atomic(folder / "spec.json", json.dumps(body, default=str, ensure_ascii=False).encode())
        except StorageFull as error:
            self._finish(job, _told(error))
            return

        def begin(tx: Transaction) -> None:
            table.mark_running(tx, job.id, tx.at)
            if kind.on_start:
                kind.on_start(tx, job)

        try:
            self._store.write(begin)
        except (StorageFull, Conflict):
            raise
        except Exception as error:
            log.exception("jobs.start_failed", job=job.id, kind=job.kind)
            self._finish(job, _told(error))
            return
        self._spawn(job, folder)

    def _spawn(self, job: Job, folder: Path) -> None:
        with (folder / "log.txt").open("ab") as stream:
            child = subprocess.Popen(
                [sys.executable, "-m", "core.jobs.worker", str(folder)],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
                env=job_environment(self._settings, folder), start_new_session=True,
            )  # fmt: skip
        self._children[job.id] = child
        self._claims[job.id] = started_child(child.pid)

    def _watch(self, job: Job) -> None:
        folder = self._settings.jobs_dir / job.id
        # In this order: a process that is gone has written all it will, and its events come before its result.
        alive = self._alive(job, folder)
        result = read_result(folder)
        self._take_events(job, folder)
        if result is not None and (not alive or _age_of(folder / "result.json") > LINGER_S):
            self._kill(job.id, folder)
            self._finish(self._fresh(job), result)
        elif not alive:
            self._gone(self._fresh(job), folder)
        else:
            self._enforce(job, folder)

    def _fresh(self, job: Job) -> Job:
        return table.get(self._store, job.id) or job

    def _alive(self, job: Job, folder: Path) -> bool:
        child, own = self._children.get(job.id), read_claim(folder)
        if child is not None:
            if child.poll() is None:
                return True
            if own is None or own.pid == child.pid:
                return False
            # A process that the last portal had started was first; ours stepped back.
            self._forget(job.id)
        return own is not None and is_alive(own)

    def _gone(self, job: Job, folder: Path) -> None:
        child, stop = self._children.get(job.id), self._stop_of(job.id, folder)
        if stop is not None:
            self._kill(job.id, folder)
            limit = stop is not JobState.CANCELLED
            self._finish(job, _ended(stop, stop.value, TOO_LONG if limit else STOPPED, **({"limit_s": job.time_limit_s} if limit else {})))
        elif child is None and read_claim(folder) is None:
            # The portal died between marking and starting: nobody ever ran it.
            self._spawn(job, folder)
        elif child is None:
            self._kill(job.id, folder)
            self._finish(job, _ended(JobState.LOST, "lost", LOST))
        else:
            self._kill(job.id, folder)
            self._finish(job, _failure(NO_RESULT, status=child.returncode))

    def _age_s(self, job: Job) -> float:
        started: datetime = job.started_at or job.requested_at
        return (self._clock() - started).total_seconds()

    def _enforce(self, job: Job, folder: Path) -> None:
        asked = self._stop_of(job.id, folder)
        if job.id not in self._stops and (asked is not None or self._age_s(job) > job.time_limit_s):
            # `asked` without a stop of our own: the portal before this one had asked.
            self._end(job.id, asked or JobState.FAILED)
        stop = self._stops.get(job.id)
        if stop is not None and time.monotonic() - stop[0] > GRACE_S:
            self._kill(job.id, folder)

    def _stop_of(self, job_id: str, folder: Path) -> JobState | None:
        """Why a job was asked to stop; kept in the folder so that the next portal knows as well."""
        if job_id in self._stops:
            return self._stops[job_id][1]
        try:
            return JobState((folder / "cancel").read_text() or JobState.CANCELLED.value)
        except (OSError, ValueError):
            return None

    def _end(self, job_id: str, state: JobState) -> None:
        folder = self._settings.jobs_dir / job_id
        self._stops.setdefault(job_id, (time.monotonic(), state))
        if folder.exists():
            try:
                (folder / "cancel").write_text(state.value)
            except OSError:
                log.warning("jobs.cancel_file_failed", job=job_id)
        own = self._claim_of(job_id, folder)
        if own is not None and is_alive(own):
            send(own.pid, signal.SIGTERM)

    def _claim_of(self, job_id: str, folder: Path) -> Claim | None:
        return self._claims.get(job_id) or read_claim(folder)

    def _kill(self, job_id: str, folder: Path) -> None:
        own, child = self._claim_of(job_id, folder), self._children.get(job_id)
        if own is not None:
            kill_group(own)
        if child is not None:
            child.wait(timeout=5)

    def _take_events(self, job: Job, folder: Path) -> None:
        events, offset = read_events(folder, job.events_offset)
        if offset == job.events_offset:
            return
        kind = self._kinds.get(job.kind)

        def take(tx: Transaction) -> None:
            if kind is not None and kind.on_events and events:
                kind.on_events(tx, job, events)
            table.set_offset(tx, job.id, offset)

        try:
            self._store.write(take)
        except (StorageFull, Conflict):
            raise
        except Exception:
            # Events that can't be taken in are told and passed over: they must not keep the job's result from arriving.
            log.exception("jobs.events_refused", job=job.id, kind=job.kind)
            self._store.write(lambda tx: table.set_offset(tx, job.id, offset))

    def _finish(self, job: Job, result: JobResult) -> None:
        kind = self._kinds.get(job.kind)
        collected = None
        if result.state is JobState.SUCCEEDED and kind is not None and kind.collect:
            try:
                collected = kind.collect(job, result, self._settings.jobs_dir / job.id)
            except Exception as error:
                log.warning("jobs.collect_failed", job=job.id, kind=job.kind, exc_info=error)
                result = _told(error)
        try:
            self._record(job, result, collected)
        except (StorageFull, Conflict):
            raise
        except Exception as error:
            # The step could not take the end in; it gets to know of a failure instead, so that nothing runs for ever.
            log.exception("jobs.record_failed", job=job.id, kind=job.kind)
            self._record(job, _told(error), None)
        self._after_end(job.id)

    def _record(self, job: Job, result: JobResult, collected: object) -> None:
        kind = self._kinds.get(job.kind)

        def record(tx: Transaction) -> None:
            if table.mark_ended(tx, job.id, result, tx.at) and kind is not None and kind.record:
                ended = replace(job, state=result.state, ended_at=tx.at, result=result.result, error=result.error)
                kind.record(tx, ended, result, collected)

        self._store.write(record)

    def _forget(self, job_id: str) -> None:
        self._children.pop(job_id, None)
        self._claims.pop(job_id, None)

    def _after_end(self, job_id: str) -> None:
        self._forget(job_id)
        self._stops.pop(job_id, None)
        for name in ("out", "tmp"):
            shutil.rmtree(self._settings.jobs_dir / job_id / name, ignore_errors=True)


def _ended(state: JobState, code: str, template: str, **fields: object) -> JobResult:
    return JobResult(state, {}, {"code": code, "template": template, "fields": fields})


def _failure(template: str, **fields: object) -> JobResult:
    return _ended(JobState.FAILED, "failed", template, **fields)


def _told(error: Exception) -> JobResult:
    if isinstance(error, KachiError):
        return _ended(JobState.FAILED, error.code, error.template, **error.fields)
    return _ended(JobState.FAILED, "unexpected", UNEXPECTED, type=type(error).__name__, message=str(error)[:500])


def _age_of(path: Path) -> float:
    return time.time() - path.stat().st_mtime
