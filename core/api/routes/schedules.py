"""Schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from core.api.deps import Actor
from core.api.page import In, Out, Page
from core.api.portal import current
from core.jobs.cron import describe_cron
from core.jobs.schedule_table import Outcome, Schedule
from core.jobs.schedules import Schedules
from core.registry.phrases import say_stored
from core.words import Words

router = APIRouter(prefix="/schedules", tags=["schedules"])
Text = Annotated[str | None, Query(max_length=100)]


def running() -> Schedules:
    """The portal's schedules."""
    return current().schedules


Clockwork = Annotated[Schedules, Depends(running)]


class ScheduleBody(In):
    """A new schedule."""

    kind: str = Field(max_length=80)
    subject_kind: str = Field(max_length=40)
    subject_id: str = Field(max_length=64)
    project_id: str | None = Field(None, max_length=64)
    cron: str = Field(max_length=100, description="Five fields, UTC.")


class ScheduleChange(In):
    """What of a schedule can change; what is missing stays."""

    cron: str | None = Field(None, max_length=100)
    enabled: bool | None = None


class ScheduleOut(Out):
    """A schedule."""

    id: str
    kind: str
    subject_kind: str
    subject_id: str
    project_id: str | None
    cron: str
    in_words: str
    enabled: bool
    created_at: datetime
    last_started_at: datetime | None
    last_ended_at: datetime | None
    last_outcome: Outcome
    last_note: str
    next_at: datetime | None


def _out(schedule: Schedule) -> ScheduleOut:
    phrase = describe_cron(schedule.cron)
    words = phrase.template.format(**phrase.fields, **phrase.words)
    names = [name for name in ScheduleOut.model_fields if name != "in_words"]
    return ScheduleOut.model_validate(
        {name: getattr(schedule, name) for name in names} | {"in_words": words, "last_note": say_stored(Words("en"), schedule.last_note)}
    )


@router.get("")
def list_schedules(schedules: Clockwork, actor: Actor, kind: Text = None, subject_id: Text = None) -> Page[ScheduleOut]:
    """All schedules, oldest first."""
    return Page(items=[_out(found) for found in schedules.list(actor, kind=kind, subject_id=subject_id)])


@router.post("", status_code=201)
def create_schedule(schedules: Clockwork, actor: Actor, body: ScheduleBody) -> ScheduleOut:
    """Schedule something."""
    made = schedules.create(actor, body.kind, body.subject_kind, body.subject_id, body.cron, project_id=body.project_id)
    return _out(made)


@router.get("/{schedule_id}")
def get_schedule(schedules: Clockwork, actor: Actor, schedule_id: str) -> ScheduleOut:
    """One schedule."""
    return _out(schedules.get(actor, schedule_id))


@router.patch("/{schedule_id}")
def change_schedule(schedules: Clockwork, actor: Actor, schedule_id: str, body: ScheduleChange) -> ScheduleOut:
    """Change when something runs, or switch it on or off."""
    schedule = schedules.get(actor, schedule_id)
    if body.cron is not None:
        schedule = schedules.edit(actor, schedule_id, body.cron)
    if body.enabled is not None:
        schedule = schedules.set_enabled(actor, schedule_id, body.enabled)
    return _out(schedule)


@router.post("/{schedule_id}/run", status_code=202)
def run_schedule(schedules: Clockwork, actor: Actor, schedule_id: str) -> ScheduleOut:
    """Run it at once, beside its rule; read it again to see how it ended."""
    return _out(schedules.run_now(actor, schedule_id))
