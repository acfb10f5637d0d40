"""The supervisor: one thread that starts queued jobs, takes in their events and results, and ends what must end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import psutil
import structlog

from core.clock import Clock
from core.errors import KachiError, StorageFull
from core.jobs import table
from core.jobs.model import Job, JobKind
from core.jobs.protocol import JobResult, JobState, read_events, read_result
from core.settings import ROOT, Settings, job_environment
from core.store import Store, Transaction
from core.store.artifacts import write_atomic

log = structlog.get_logger(__name__)
POLL_S = 0.1
GRACE_S = 3.0  # from SIGTERM to SIGKILL; a cancelled job is gone within five seconds
STOPPED = "The job was stopped before it ended."
CLAIM_S = 15.0  # a worker that has not claimed its folder by then never started


class Supervisor:
    """Owns the processes of one portal's jobs; see `core.jobs.protocol` for the files between them."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, kinds: Mapping[str, JobKind]) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._kinds = kinds
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stops: dict[str, tuple[float, JobState]] = {}
        self._wake = threading.Event()
        self._halt = threading.Event()
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; jobs that ran when the last portal ended are taken up again."""
        self._halt.clear()
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and leave the jobs running."""
        self._halt.set()
        self._wake.set()
        if self._thread:
            self._thread.join(timeout=5)
            self._thread = None

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop: by file, by signal, after a grace by force."""
        with self._lock:
            job = table.get(self._store, job_id)
            if job is not None and job.state is JobState.QUEUED:
                self._finish(job, JobResult(JobState.CANCELLED, {}, {"code": "cancelled", "template": STOPPED, "fields": {}}))
                return
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
            self._wake.wait(POLL_S)
            self._wake.clear()

    def tick(self) -> None:
        """One round: take in what runs, then fill free places from the queue."""
        with self._lock:
            for job in table.in_state(self._store, JobState.RUNNING):
                self._watch(job)
            free = self._settings.job_concurrency - len(table.in_state(self._store, JobState.RUNNING))
            for job in table.next_queued(self._store, max(free, 0)):
                self._launch(job)

    def _launch(self, job: Job) -> None:
        kind = self._kinds.get(job.kind)
        if kind is None:
            self._finish(job, _failure("There is no kind of job '{kind}' in this release.", kind=job.kind))
            return
        folder = self._settings.jobs_dir / job.id
        body = {"job_id": job.id, "kind": job.kind, "entry": kind.entry, "spec": job.spec, "memory_mb": job.memory_mb}
        try:
            write_atomic(folder / "spec.json", json.dumps(body, default=str, ensure_ascii=False).encode())
        except StorageFull as error:
            self._finish(job, JobResult(JobState.FAILED, {}, {"code": error.code, "template": error.template, "fields": error.fields}))
            return

        def mark(tx: Transaction) -> None:
            table.mark_running(tx, job.id, tx.at)
            if kind.on_start:
                kind.on_start(tx, job)

        self._store.write(mark)
        self._spawn(job, folder)

    def _spawn(self, job: Job, folder: Path) -> None:
        with (folder / "log.txt").open("ab") as stream:
            self._children[job.id] = subprocess.Popen(
                [sys.executable, "-m", "core.jobs.worker", str(folder)],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
                env=job_environment(self._settings, folder), start_new_session=True,
            )  # fmt: skip

    def _watch(self, job: Job) -> None:
        folder = self._settings.jobs_dir / job.id
        alive = self._alive(job, folder)
        self._take_events(job, folder)
        result = read_result(folder)
        if result is not None and (not alive or job.id not in self._children):
            self._kill(job.id, folder)
            self._finish(self._fresh(job), result)
        elif not alive:
            self._gone(job, folder)
        else:
            self._enforce(job, folder)

    def _fresh(self, job: Job) -> Job:
        return table.get(self._store, job.id) or job

    def _alive(self, job: Job, folder: Path) -> bool:
        child = self._children.get(job.id)
        if child is not None:
            return child.poll() is None
        return _process(folder) is not None

    def _gone(self, job: Job, folder: Path) -> None:
        child = self._children.get(job.id)
        stop = self._stops.get(job.id)
        if stop is not None:
            template = STOPPED if stop[1] is JobState.CANCELLED else "The job ran longer than its limit of {limit_s} s and was stopped."
            self._finish(
                job, JobResult(stop[1], {}, {"code": stop[1].value, "template": template, "fields": {"limit_s": job.time_limit_s}})
            )
        elif child is None and not (folder / "process.json").exists():
            # The portal died between marking and starting: nobody ever ran it.
            if self._age_s(job) > CLAIM_S or not (folder / "events.jsonl").exists():
                self._spawn(job, folder)
        elif child is None:
            self._finish(
                job,
                JobResult(
                    JobState.LOST,
                    {},
                    {
                        "code": "lost",
                        "template": "The job's process ended while the portal was down, and left no result. Start it again.",
                        "fields": {},
                    },
                ),
            )
        else:
            self._finish(
                job,
                _failure(
                    "The job's process ended without a result (exit status {status}). Memory may have run out; its log tells more.",
                    status=child.returncode,
                ),
            )

    def _age_s(self, job: Job) -> float:
        started: datetime = job.started_at or job.requested_at
        return (self._clock() - started).total_seconds()

    def _enforce(self, job: Job, folder: Path) -> None:
        if job.id not in self._stops and self._age_s(job) > job.time_limit_s:
            self._end(job.id, JobState.FAILED)
        stop = self._stops.get(job.id)
        if stop is not None and time.monotonic() - stop[0] > GRACE_S:
            self._kill(job.id, folder)

    def _end(self, job_id: str, state: JobState) -> None:
        folder = self._settings.jobs_dir / job_id
        self._stops.setdefault(job_id, (time.monotonic(), state))
        if folder.exists():
            (folder / "cancel").touch()
        pid = self._pid(job_id, folder)
        if pid is not None:
            _signal_process(pid, signal.SIGTERM)

    def _pid(self, job_id: str, folder: Path) -> int | None:
        child = self._children.get(job_id)
        if child is not None:
            return child.pid
        process = _process(folder)
        return process.pid if process else None

    def _kill(self, job_id: str, folder: Path) -> None:
        """Kill the whole process group, helpers of numeric libraries included."""
        child = self._children.get(job_id)
        pid = self._pid(job_id, folder)
        if pid is not None:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if child is not None:
            child.wait(timeout=5)

    def _take_events(self, job: Job, folder: Path) -> None:
        events, offset = read_events(folder, job.events_offset)
        if not events:
            return
        kind = self._kinds.get(job.kind)

        def take(tx: Transaction) -> None:
            if kind is not None and kind.on_events:
                kind.on_events(tx, job, events)
            table.set_offset(tx, job.id, offset)

        self._store.write(take)

    def _finish(self, job: Job, result: JobResult) -> None:
        kind = self._kinds.get(job.kind)
        folder = self._settings.jobs_dir / job.id
        collected = None
        if result.state is JobState.SUCCEEDED and kind is not None and kind.collect:
            try:
                collected = kind.collect(job, result, folder)
            except KachiError as error:
                result = JobResult(JobState.FAILED, {}, {"code": error.code, "template": error.template, "fields": error.fields})

        def record(tx: Transaction) -> None:
            if table.mark_ended(tx, job.id, result, tx.at) and kind is not None and kind.record:
                kind.record(
                    tx, replace(job, state=result.state, ended_at=tx.at, result=result.result, error=result.error), result, collected
                )

        self._store.write(record)
        self._after_end(job.id)

    def _after_end(self, job_id: str) -> None:
        self._children.pop(job_id, None)
        self._stops.pop(job_id, None)
        shutil.rmtree(self._settings.jobs_dir / job_id / "out", ignore_errors=True)


def _failure(template: str, **fields: object) -> JobResult:
    return JobResult(JobState.FAILED, {}, {"code": "failed", "template": template, "fields": fields})


def _process(folder: Path) -> psutil.Process | None:
    """The live process that claimed a folder; None if it is gone or its pid belongs to a stranger now."""
    try:
        own = json.loads((folder / "process.json").read_bytes())
        process = psutil.Process(own["pid"])
        same = abs(process.create_time() - own["started"]) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, psutil.Error):
        return None


def _signal_process(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
