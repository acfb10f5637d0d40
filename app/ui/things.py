"""What jobs and events speak of: the thing's name and its project, never a bare id."""

from collections.abc import Iterable, Sequence

from app.ui import session
from app.ui.page import w
from core.jobs.model import Job
from core.project.service import list_projects
from core.registry.names import name_things
from core.store.audit import AuditRecord

Key = tuple[str, str]


def job_subjects(jobs: Sequence[Job]) -> dict[str, str]:
    """What each job works for, by the job's id."""
    named = _named((job.subject_kind, job.subject_id) for job in jobs)
    projects = _projects()
    return {job.id: _joined(named[job.subject_kind, job.subject_id], projects.get(job.project_id or "", "")) for job in jobs}


def event_subjects(records: Sequence[AuditRecord]) -> dict[str, str]:
    """What each event is about, by the event's id; nothing for what people do to themselves."""
    named, projects = _named((r.event.target_kind, r.event.target_id) for r in records), _projects()
    found = {}
    for record in records:
        event = record.event
        own = event.target_id == event.actor_id
        told = named[event.target_kind, event.target_id] or str(event.details.get("name") or event.details.get("email") or "")
        found[record.id] = _joined("" if own else told, projects.get(event.project_id or "", ""))
    return found


def _named(keys: Iterable[Key]) -> dict[Key, str]:
    return name_things(session.workspace(), session.principal(), set(keys), w())


def _projects() -> dict[str, str]:
    words = w()
    return {p.id: words.given(p.name) for p in list_projects(session.workspace(), session.principal(), limit=500)}


def _joined(thing: str, project: str) -> str:
    parts = [thing, "" if thing == project or thing.startswith(f"{project} v") else project]
    return " · ".join(filter(None, parts))
