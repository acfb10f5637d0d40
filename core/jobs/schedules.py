"""What runs by itself: schedules kept in the store, carried out by APScheduler in the portal's process."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from core.clock import Clock
from core.errors import Conflict, InvalidInput, KachiError, NotFound
from core.identity import Permission, Principal, require
from core.jobs import schedule_table as table
from core.jobs.cron import check_cron, make_trigger, next_after
from core.jobs.schedule_table import Outcome, Schedule
from core.store import Store, Transaction, new_id
from core.store.audit import AuditEvent
from core.store.lineage import Node
from core.words import mark

log = structlog.get_logger(__name__)
SYNC_S = 2  # the store is the truth; a schedule made inside a step's own transaction is seen within this time
NOTE_MOST = 4_000
UNEXPECTED = mark("Unexpected error ({name}). The portal's log tells more.")
GRACE_S = 3600  # a run that comes late by at most this still happens; several missed ones become one
WORKERS = 4
CATCH_UP_S = 5.0


@dataclass(frozen=True, slots=True)
class ScheduleKind:
    """One kind of thing that runs by itself.

    Args:
        name: stable, ``monitoring.check``.
        run: gets the subject's id, does the work and returns one sentence about it. It may raise; the message is kept.
    """

    name: str
    run: Callable[[str], str]


class Schedules:
    """All schedules of one portal."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kinds: dict[str, ScheduleKind] = {}
        self._scheduler: BackgroundScheduler | None = None
        self._known: dict[str, str] = {}
        self._busy: set[str] = set()
        self._lock = threading.RLock()
        self._idle = threading.Condition(self._lock)

    def register(self, kind: ScheduleKind) -> None:
        """Make a kind known; done once at start by each step."""
        self._kinds[kind.name] = kind

    def start(self) -> None:
        """Start the clockwork: what was missed while the portal was down runs once, soon."""
        with self._lock:
            self._store.write(table.set_interrupted)
            self._known = {}
            self._scheduler = BackgroundScheduler(
                timezone="UTC",
                executors={"default": ThreadPoolExecutor(WORKERS)},
                job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_S},
            )
            self._sync(catch_up=True)
            self._scheduler.add_job(self._sync, "interval", seconds=SYNC_S, id="sync", misfire_grace_time=None)
            self._scheduler.start()

    def stop(self, within_s: float = 0.0) -> bool:
        """Stop the clockwork.

        Args:
            within_s: runs that are under way get so long, seconds; one that takes longer is told as interrupted at the next start.

        Returns:
            Whether none is under way any more.
        """
        with self._lock:
            scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=False)
        with self._lock:
            return self._idle.wait_for(lambda: not self._busy, within_s)

    def ensure(
        self, tx: Transaction, kind: str, subject_kind: str, subject_id: str, project_id: str | None, cron: str,
        created_by: str = "system",
    ) -> str:  # fmt: skip
        """Have a schedule of that kind for a subject, within the caller's transaction; one that exists stays as people set it.

        Returns:
            its id.
        """
        self._check_kind(kind)
        found = table.find(tx, kind, subject_id)
        if found is not None:
            return found.id
        schedule = Schedule(
            new_id(), kind, subject_kind, subject_id, project_id, check_cron(cron), True, created_by, tx.at, None, None, Outcome.NONE, ""
        )
        table.insert(tx, schedule)
        return schedule.id

    def remove(self, tx: Transaction, kind: str, subject_id: str) -> None:
        """Take a subject's schedule away, within the caller's transaction."""
        found = table.find(tx, kind, subject_id)
        if found is not None:
            table.delete(tx, found.id)

    def create(
        self, actor: Principal, kind: str, subject_kind: str, subject_id: str, cron: str, *, project_id: str | None = None
    ) -> Schedule:
        """Schedule something.

        Raises:
            Conflict: the subject has a schedule of that kind. InvalidInput: no such kind, or a rule that can't be.
        """
        require(actor, Permission.EDIT_SCHEDULES)
        self._check_kind(kind)
        tidy = check_cron(cron)

        def work(tx: Transaction) -> str:
            if table.find(tx, kind, subject_id) is not None:
                raise Conflict("This has a schedule of that kind already. Change that one.")
            made = self.ensure(tx, kind, subject_kind, subject_id, project_id, tidy, actor.user_id)
            details = {"kind": kind, "subject": subject_id, "cron": tidy}
            tx.audit(actor.event("schedule.create", Node.SCHEDULE, made, project_id=project_id, details=details))
            return made

        return self._changed(self._store.write(work))

    def edit(self, actor: Principal, schedule_id: str, cron: str) -> Schedule:
        """Change when something runs.

        Raises:
            InvalidInput: a rule that can't be.
        """
        require(actor, Permission.EDIT_SCHEDULES)
        tidy, schedule = check_cron(cron), self._get(schedule_id)

        def work(tx: Transaction) -> None:
            table.set_cron(tx, schedule_id, tidy)
            tx.audit(self._event(actor, "schedule.edit", schedule, {"from": schedule.cron, "to": tidy}))

        self._store.write(work)
        return self._changed(schedule_id)

    def set_enabled(self, actor: Principal, schedule_id: str, enabled: bool) -> Schedule:
        """Switch a schedule on or off."""
        require(actor, Permission.EDIT_SCHEDULES)
        schedule = self._get(schedule_id)

        def work(tx: Transaction) -> None:
            table.set_enabled(tx, schedule_id, enabled)
            tx.audit(self._event(actor, "schedule.enable" if enabled else "schedule.disable", schedule, {}))

        if schedule.enabled != enabled:
            self._store.write(work)
        return self._changed(schedule_id)

    def run_now(self, actor: Principal, schedule_id: str) -> Schedule:
        """Run something at once, beside its rule. It runs in the background; where no clockwork runs, before this returns.

        Raises:
            Conflict: it runs at this moment.
        """
        require(actor, Permission.EDIT_SCHEDULES)
        schedule = self._get(schedule_id)
        if schedule_id in self._busy:
            raise Conflict("This runs at this moment. Wait until it has ended.")
        self._store.write(lambda tx: tx.audit(self._event(actor, "schedule.run_now", schedule, {})))
        scheduler = self._scheduler
        if scheduler is None:
            self._run(schedule_id)
        else:
            scheduler.add_job(self._run, args=[schedule_id], misfire_grace_time=None)
        return self.get(actor, schedule_id)

    def get(self, actor: Principal, schedule_id: str) -> Schedule:
        """One schedule.

        Raises:
            NotFound: there is none.
        """
        require(actor, Permission.READ_DETAILS)
        return self._with_next(self._get(schedule_id))

    def list(self, actor: Principal, *, kind: str | None = None, subject_id: str | None = None) -> list[Schedule]:
        """All schedules, oldest first."""
        require(actor, Permission.READ_DETAILS)
        return [self._with_next(found) for found in table.list_all(self._store, kind=kind, subject_id=subject_id)]

    def kinds(self) -> tuple[str, ...]:
        """Names of the kinds that this portal knows."""
        return tuple(sorted(self._kinds))

    def _get(self, schedule_id: str) -> Schedule:
        found = table.get(self._store, schedule_id)
        if found is None:
            raise NotFound("schedule", schedule_id)
        return found

    def _with_next(self, schedule: Schedule) -> Schedule:
        return replace(schedule, next_at=next_after(schedule.cron, self._clock()) if schedule.enabled else None)

    def _check_kind(self, kind: str) -> None:
        if kind not in self._kinds:
            known = ", ".join(self.kinds())
            raise InvalidInput("There is no kind of schedule '{kind}'. Known: {known}.", field="kind", kind=kind[:80], known=known)

    def _event(self, actor: Principal, action: str, schedule: Schedule, details: dict[str, str]) -> AuditEvent:
        more = {"kind": schedule.kind, "subject": schedule.subject_id} | details
        return actor.event(action, Node.SCHEDULE, schedule.id, project_id=schedule.project_id, details=more)

    def _changed(self, schedule_id: str) -> Schedule:
        self._sync()
        return self._with_next(self._get(schedule_id))

    def _sync(self, *, catch_up: bool = False) -> None:
        """Make APScheduler hold exactly the enabled schedules of the store, each with its present rule."""
        with self._lock:
            if self._scheduler is None:
                return
            wanted = {s.id: s for s in table.list_all(self._store) if s.enabled and s.kind in self._kinds}
            for gone in set(self._known) - set(wanted):
                self._scheduler.remove_job(gone)
                del self._known[gone]
            for schedule in wanted.values():
                if self._known.get(schedule.id) != schedule.cron:
                    self._arm(schedule, catch_up=catch_up)

    def _arm(self, schedule: Schedule, *, catch_up: bool) -> None:
        assert self._scheduler is not None
        now = self._clock()
        due = next_after(schedule.cron, now)
        if catch_up and next_after(schedule.cron, schedule.last_started_at or schedule.created_at) <= now:
            due = now + timedelta(seconds=CATCH_UP_S)
        self._scheduler.add_job(
            self._run, make_trigger(schedule.cron), args=[schedule.id], id=schedule.id, next_run_time=due, replace_existing=True
        )
        self._known[schedule.id] = schedule.cron

    def _run(self, schedule_id: str) -> None:
        with self._lock:
            if schedule_id in self._busy:
                return
            self._busy.add(schedule_id)
        try:
            schedule = table.get(self._store, schedule_id)
            if schedule is not None and schedule.kind in self._kinds:
                self._carry_out(schedule)
        finally:
            with self._lock:
                self._busy.discard(schedule_id)
                self._idle.notify_all()

    def _carry_out(self, schedule: Schedule) -> None:
        started: datetime = self._clock()
        self._store.write(lambda tx: table.set_started(tx, schedule.id, started))
        try:
            outcome, note = Outcome.OK, self._kinds[schedule.kind].run(schedule.subject_id)
        except KachiError as error:
            outcome, note = Outcome.FAILED, _note(error.template, error.fields)
        except Exception as error:
            # A fault of ours must not stop the clockwork; it is told on the page and in the log.
            log.exception("schedules.run_failed", kind=schedule.kind, subject=schedule.subject_id)
            outcome, note = Outcome.FAILED, _note(UNEXPECTED, {"name": type(error).__name__})
        self._store.write(lambda tx: table.set_ended(tx, schedule.id, tx.at, outcome, note[:NOTE_MOST]))


def _note(template: str, fields: Mapping[str, object]) -> str:
    """A sentence as it is stored: read later, in the reader's language."""
    return json.dumps({"template": template, "fields": {name: str(value) for name, value in fields.items()}}, ensure_ascii=False)
