"""Schedules: kept in the store, carried out once each, editable by those who may."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import utc_now
from core.errors import Conflict, InvalidInput, KachiError, NotFound, PermissionDenied
from core.jobs import schedule_table
from core.jobs.schedules import Outcome, ScheduleKind, Schedules
from core.registry.phrases import say_stored
from core.store.audit import list_events
from core.words import Words


@pytest.fixture
def ran():
    return []


@pytest.fixture
def schedules(ws, ran):
    made = Schedules(ws.store, utc_now)

    def work(subject: str) -> str:
        ran.append(subject)
        if subject == "bad":
            raise KachiError("The {thing} broke. Mend it.", thing="check")
        if subject == "fault":
            raise ZeroDivisionError
        return f"checked {subject}"

    made.register(ScheduleKind("check", work))
    yield made
    made.stop()


def until(condition, seconds=8.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def test_a_run_leaves_its_outcome_and_an_audit_event(ws, schedules, scientist, ran):
    made = schedules.create(scientist, "check", "monitor", "m1", "0 6 * * *")
    assert made.next_at is not None
    done = schedules.run_now(scientist, made.id)
    assert (ran, done.last_outcome, done.last_note) == (["m1"], Outcome.OK, "checked m1")
    assert [event.event.action for event in list_events(ws.store)] == ["schedule.run_now", "schedule.create"]


@pytest.mark.parametrize(("subject", "note"), [("bad", "The check broke. Mend it."), ("fault", "Unexpected error (ZeroDivisionError).")])
def test_a_failed_run_says_why(schedules, scientist, subject, note):
    made = schedules.create(scientist, "check", "monitor", subject, "0 6 * * *")
    done = schedules.run_now(scientist, made.id)
    assert done.last_outcome is Outcome.FAILED
    assert note in say_stored(Words("en"), done.last_note)
    assert say_stored(Words("ja"), done.last_note)


def test_the_clockwork_runs_what_is_due_and_follows_changes(ws, schedules, scientist, ran):
    made = schedules.create(scientist, "check", "monitor", "m1", "* * * * *")
    past = utc_now() - timedelta(hours=3)
    ws.store.write(lambda tx: tx.execute("UPDATE schedules SET created_at = ? WHERE id = ?", [past, made.id]))
    schedules.start()
    # Missed while nothing ran: happens once, a few seconds after the start.
    until(lambda: ran == ["m1"])
    until(lambda: schedules.get(scientist, made.id).last_outcome is Outcome.OK)
    schedules.set_enabled(scientist, made.id, False)
    assert schedules.get(scientist, made.id).next_at is None
    assert schedules._scheduler.get_job(made.id) is None
    schedules.set_enabled(scientist, made.id, True)
    changed = schedules.edit(scientist, made.id, "0 6 * * 1")
    assert changed.next_at.weekday() == 0
    assert schedules._scheduler.get_job(made.id).next_run_time == changed.next_at
    schedules.run_now(scientist, made.id)
    until(lambda: ran == ["m1", "m1"])


def test_a_schedule_made_within_a_step_is_found_without_being_told(ws, schedules, scientist, ran):
    schedules.start()
    made = ws.store.write(lambda tx: schedules.ensure(tx, "check", "deployment", "d1", None, "0 6 * * *"))
    until(lambda: schedules._scheduler.get_job(made) is not None)
    again = ws.store.write(lambda tx: schedules.ensure(tx, "check", "deployment", "d1", None, "0 7 * * *"))
    assert again == made
    assert schedules.get(scientist, made).cron == "0 6 * * *"
    ws.store.write(lambda tx: schedules.remove(tx, "check", "d1"))
    until(lambda: schedules._scheduler.get_job(made) is None)
    with pytest.raises(NotFound):
        schedules.get(scientist, made)


def test_it_does_not_run_twice_at_once(schedules, scientist):
    slow = []

    def work(subject: str) -> str:
        slow.append(subject)
        until(lambda: len(slow) == 2)
        return "done"

    schedules.register(ScheduleKind("slow", work))
    schedules.start()
    made = schedules.create(scientist, "slow", "monitor", "m1", "0 6 * * *")
    schedules.run_now(scientist, made.id)
    until(lambda: slow == ["m1"])
    with pytest.raises(Conflict):
        schedules.run_now(scientist, made.id)
    schedules._run(made.id)
    assert slow == ["m1"]
    slow.append("go")
    until(lambda: schedules.get(scientist, made.id).last_outcome is Outcome.OK)


def test_a_run_cut_off_by_the_portals_death_is_told(ws, schedules, scientist):
    made = schedules.create(scientist, "check", "monitor", "m1", "0 6 * * *")
    ws.store.write(lambda tx: schedule_table.set_started(tx, made.id, datetime(2026, 1, 1, tzinfo=UTC)))
    schedules.start()
    assert schedules.get(scientist, made.id).last_outcome is Outcome.INTERRUPTED


def test_bad_input_and_missing_rights(schedules, scientist, viewer, approver):
    made = schedules.create(scientist, "check", "monitor", "m1", "0 6 * * *")
    with pytest.raises(Conflict):
        schedules.create(scientist, "check", "monitor", "m1", "0 7 * * *")
    with pytest.raises(InvalidInput):
        schedules.create(scientist, "nothing", "monitor", "m2", "0 7 * * *")
    with pytest.raises(InvalidInput):
        schedules.edit(scientist, made.id, "hello")
    with pytest.raises(NotFound):
        schedules.edit(scientist, "nothing", "0 6 * * *")
    for act in (
        lambda: schedules.edit(approver, made.id, "0 7 * * *"),
        lambda: schedules.run_now(viewer, made.id),
        lambda: schedules.set_enabled(approver, made.id, False),
        lambda: schedules.list(viewer),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert [s.id for s in schedules.list(approver)] == [made.id]
