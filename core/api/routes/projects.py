"""Projects and their value models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.api.value_bodies import NewVersionBody, ValueModelBody, ValueModelOut
from core.impact.value_saving import save_value_model
from core.project import service
from core.project.model import Nouns, Phase, Task

router = APIRouter(prefix="/projects", tags=["projects"])


class NounsBody(In):
    """The project's own words."""

    case_one: str
    case_many: str
    outcome: str
    outcome_not: str
    action_one: str
    action_many: str


class ProjectBody(In):
    """A new project."""

    name: str = Field(max_length=200)
    question: str = Field(max_length=1000)
    nouns: NounsBody
    task: Task = Task.BINARY
    value: ValueModelBody | None = None
    is_sample: bool = False


class ProjectChange(In):
    """What of a project can change."""

    name: str = Field(max_length=200)
    question: str = Field(max_length=1000)
    nouns: NounsBody


class NounsOut(Out):
    """The project's own words."""

    case_one: str
    case_many: str
    outcome: str
    outcome_not: str
    action_one: str
    action_many: str


class ProjectOut(Out):
    """A project."""

    id: str
    slug: str
    name: str
    question: str
    task: Task
    nouns: NounsOut
    owner_id: str
    owner_name: str
    is_sample: bool
    phase: Phase
    created_at: datetime
    archived_at: datetime | None


class PhaseOut(Out):
    """A move along the loop."""

    phase: Phase
    at: datetime
    actor_name: str
    reason: str


def _nouns(body: NounsBody) -> Nouns:
    return Nouns(**body.model_dump())


@router.post("", status_code=201)
def create_project(ws: Ws, actor: Actor, body: ProjectBody) -> ProjectOut:
    """Create a project with the first version of its value model."""
    value = body.value.spec() if body.value else None
    spec = service.ProjectSpec(body.name, body.question, _nouns(body.nouns), body.task, value, body.is_sample)
    return ProjectOut.model_validate(service.create_project(ws, actor, spec))


@router.get("")
def list_projects(ws: Ws, actor: Actor, page: Paging, archived: Annotated[bool, Query()] = False) -> Page[ProjectOut]:
    """Projects, newest first."""
    found = service.list_projects(ws, actor, before_id=page.before, limit=page.limit, archived=archived)
    return Page(items=[ProjectOut.model_validate(p) for p in found], next=next_key(found, page.limit))


@router.get("/{project_id}")
def get_project(ws: Ws, actor: Actor, project_id: str) -> ProjectOut:
    """One project, by id or slug."""
    return ProjectOut.model_validate(service.get_project(ws, actor, project_id))


@router.patch("/{project_id}")
def update_project(ws: Ws, actor: Actor, project_id: str, body: ProjectChange) -> ProjectOut:
    """Change a project's words."""
    changed = service.update_project(ws, actor, project_id, name=body.name, question=body.question, nouns=_nouns(body.nouns))
    return ProjectOut.model_validate(changed)


@router.get("/{project_id}/phases")
def list_phases(ws: Ws, actor: Actor, project_id: str) -> list[PhaseOut]:
    """How a project went through the loop, oldest move first."""
    return [PhaseOut.model_validate(move) for move in service.list_phase_moves(ws, actor, project_id)]


@router.get("/{project_id}/value-models")
def list_value_models(ws: Ws, actor: Actor, project_id: str) -> list[ValueModelOut]:
    """All versions of a project's value model, newest first."""
    return [ValueModelOut.model_validate(m) for m in service.list_value_models(ws, actor, project_id)]


@router.post("/{project_id}/value-models", status_code=201)
def add_value_model(ws: Ws, actor: Actor, project_id: str, body: NewVersionBody) -> ValueModelOut:
    """Add a version of the value model; older amounts stay as they are."""
    added = save_value_model(ws, actor, project_id, body.spec(), currency_change=body.currency_change)
    return ValueModelOut.model_validate(added)
