"""The queue of jobs: submit, look at, cancel. The supervisor starts them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.identity import Permission, Principal, require
from core.jobs import table
from core.jobs.model import Job, JobKind, JobRequest
from core.jobs.protocol import JobState, JsonObject, read_events
from core.jobs.supervisor import STOP_S, Supervisor
from core.settings import Settings
from core.store import Store, Transaction, new_id

LOG_BYTES = 200_000


class Jobs:
    """All jobs of one portal."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._kinds: dict[str, JobKind] = {}
        self._supervisor = Supervisor(settings, store, clock, self._kinds)

    def register(self, kind: JobKind) -> None:
        """Make a kind of job known; done once at start by each step."""
        self._kinds[kind.name] = kind

    def start(self) -> None:
        """Start the supervisor: re-attach to what runs, collect what ended meanwhile, start what waits."""
        self._supervisor.start()

    def stop(self, within_s: float = STOP_S) -> None:
        """Stop supervising, within so many seconds. Running jobs go on; the next portal takes them up."""
        self._supervisor.stop(within_s)

    def folder(self, job_id: str) -> Path:
        """The job's folder."""
        return self._settings.jobs_dir / job_id

    def submit(self, tx: Transaction, actor: Principal, request: JobRequest) -> str:
        """Queue a job within the caller's transaction, so that it exists exactly if its subject does.

        The caller has checked the permission for what the job does.

        Returns:
            the job's id.
        """
        if request.kind not in self._kinds:
            raise InvalidInput("There is no kind of job '{kind}'. Known: {known}.", kind=request.kind, known=", ".join(sorted(self._kinds)))
        job_id = new_id()
        limits = request.time_limit_s or self._settings.job_time_limit_s, request.memory_mb or self._settings.job_memory_mb
        job = Job(
            job_id, request.kind, request.subject_kind, request.subject_id, request.project_id, JobState.QUEUED, request.spec, *limits,
            actor.user_id, tx.at, None, None, 0, {}, {},
        )  # fmt: skip
        table.insert(tx, job)
        self._supervisor.wake()
        return job_id

    def get(self, job_id: str) -> Job:
        """One job.

        Raises:
            NotFound: there is none.
        """
        job = table.get(self._store, job_id)
        if job is None:
            raise NotFound("job", job_id)
        return job

    def list(
        self,
        actor: Principal,
        *,
        state: JobState | None = None,
        kind: str | None = None,
        subject_id: str | None = None,
        before_id: str | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Newest jobs first."""
        require(actor, Permission.READ_DETAILS)
        return table.find(self._store, state=state, kind=kind, subject_id=subject_id, before_id=before_id, limit=limit)

    def events(self, actor: Principal, job_id: str, *, offset: int = 0) -> tuple[Sequence[JsonObject], int]:
        """What a job has told since a byte offset, and the offset to go on from.

        Raises:
            NotFound: there is no such job.
        """
        require(actor, Permission.READ_DETAILS)
        return read_events(self.folder(self.get(job_id).id), max(0, offset))

    def log(self, actor: Principal, job_id: str, *, most_bytes: int = LOG_BYTES) -> str:
        """The end of what a job printed.

        Raises:
            NotFound: there is no such job.
        """
        require(actor, Permission.READ_DETAILS)
        path = self.folder(self.get(job_id).id) / "log.txt"
        if not path.exists():
            return ""
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - most_bytes))
            return stream.read(most_bytes).decode(errors="replace")

    def cancel(self, actor: Principal, job_id: str) -> Job:
        """Ask a job to stop; it is gone within five seconds.

        Raises:
            Conflict: it has ended already.
        """
        # An admin may end a job whose owner is away.
        if not actor.may(Permission.MANAGE_USERS):
            require(actor, Permission.START_RUNS)
        job = self.get(job_id)
        if job.state.final:
            raise Conflict("This job has ended already ({state}). There is nothing to stop.", state=job.state.value)
        self._store.write(
            lambda tx: tx.audit(actor.event("job.cancel", "job", job_id, project_id=job.project_id, details={"kind": job.kind}))
        )
        self._supervisor.cancel(job_id)
        return self.get(job_id)

    def wait(self, job_id: str, timeout_s: float) -> Job:
        """Block until a job has ended.

        Raises:
            Unavailable: it hasn't within the time.
        """
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            job = self.get(job_id)
            if job.state.final:
                return job
            time.sleep(0.05)
        raise Unavailable("The job {job_id} has not ended within {timeout_s} s.", job_id=job_id, timeout_s=timeout_s)
