"""Jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from core.api.deps import Actor, Paging, Ws
from core.api.page import Out, Page, next_key
from core.identity import Permission, require
from core.jobs.protocol import JobState

router = APIRouter(prefix="/jobs", tags=["jobs"])
Text = Annotated[str | None, Query(max_length=100)]


class JobOut(Out):
    """A job."""

    id: str
    kind: str
    subject_kind: str
    subject_id: str
    project_id: str | None
    state: JobState
    time_limit_s: int
    memory_mb: int
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: dict[str, Any]


class EventsOut(Out):
    """What a job has told, and where to go on."""

    events: list[dict[str, Any]]
    offset: int


@router.get("")
def list_jobs(
    ws: Ws, actor: Actor, page: Paging, state: JobState | None = None, kind: Text = None, subject_id: Text = None
) -> Page[JobOut]:
    """Newest jobs first."""
    found = ws.jobs.list(actor, state=state, kind=kind, subject_id=subject_id, before_id=page.before, limit=page.limit)
    return Page(items=[JobOut.model_validate(job) for job in found], next=next_key(found, page.limit))


@router.get("/{job_id}")
def get_job(ws: Ws, actor: Actor, job_id: str) -> JobOut:
    """One job."""
    require(actor, Permission.READ_DETAILS)
    return JobOut.model_validate(ws.jobs.get(job_id))


@router.post("/{job_id}/cancel")
def cancel_job(ws: Ws, actor: Actor, job_id: str) -> JobOut:
    """Ask a job to stop; it is gone within five seconds."""
    return JobOut.model_validate(ws.jobs.cancel(actor, job_id))


@router.get("/{job_id}/events")
def list_job_events(ws: Ws, actor: Actor, job_id: str, offset: Annotated[int, Query(ge=0, lt=2**40)] = 0) -> EventsOut:
    """What a job has told since a byte offset."""
    events, end = ws.jobs.events(actor, job_id, offset=offset)
    return EventsOut(events=events, offset=end)


@router.get("/{job_id}/log", response_class=PlainTextResponse)
def read_job_log(ws: Ws, actor: Actor, job_id: str) -> str:
    """The end of what a job printed."""
    return ws.jobs.log(actor, job_id)
