"""Models and their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.impact_bodies import DecisionPolicyOut
from core.api.page import In, Out, Page, next_key
from core.api.value_bodies import PayoffOut
from core.registry import lineage, service
from core.registry.model import VersionOrigin, VersionState
from core.registry.store import VersionFilter

router = APIRouter(prefix="/models", tags=["models"])


class ModelOut(Out):
    """A line of versions that answer the same question."""

    id: str
    project_id: str
    name: str
    created_by: str
    created_by_name: str
    created_at: datetime


class VersionOut(Out):
    """A run's package with the policy that it decides by."""

    id: str
    model_id: str
    model_name: str
    project_id: str
    number: int
    run_id: str
    run_number: int
    dataset_version_id: str
    package_sha256: str
    impact_report_id: str
    value_model_id: str
    threshold: float
    currency: str
    payoff: PayoffOut
    policy: DecisionPolicyOut
    state: VersionState
    origin: VersionOrigin
    note: str
    created_by: str
    created_by_name: str
    created_at: datetime


class RegisterBody(In):
    """Make a finished run a version."""

    run_id: str = Field(max_length=64)
    model_name: str | None = Field(None, max_length=200, description="The line of versions that it joins; the project's name if missing.")
    threshold: float | None = Field(None, ge=0, le=1, description="The most valuable one on validation data if missing.")
    value_model_id: str | None = Field(None, max_length=64, description="The newest if missing.")
    note: str = Field("", max_length=2000)


class RetireBody(In):
    """Why a version is taken out of use."""

    reason: str = Field("", max_length=2000)


class ReignOut(Out):
    """A version's time as champion of a deployment."""

    version: VersionOut
    deployment_id: str
    deployment_name: str
    since: datetime
    until: datetime | None


@router.get("")
def list_models(ws: Ws, actor: Actor, page: Paging, project_id: Annotated[str | None, Query(max_length=64)] = None) -> Page[ModelOut]:
    """Models, newest first."""
    found = service.list_models(ws, actor, project_id=project_id, before_id=page.before, limit=page.limit)
    return Page(items=[ModelOut.model_validate(m) for m in found], next=next_key(found, page.limit))


@router.get("/versions")
def list_versions(
    ws: Ws,
    actor: Actor,
    page: Paging,
    model_id: Annotated[str | None, Query(max_length=64)] = None,
    project_id: Annotated[str | None, Query(max_length=64)] = None,
    run_id: Annotated[str | None, Query(max_length=64)] = None,
    state: VersionState | None = None,
) -> Page[VersionOut]:
    """Versions of all models, newest first."""
    wanted = VersionFilter(model_id, project_id, run_id, state)
    found = service.list_versions(ws, actor, wanted=wanted, before_id=page.before, limit=page.limit)
    return Page(items=[VersionOut.model_validate(v) for v in found], next=next_key(found, page.limit))


@router.post("/versions", status_code=201)
def register_model(ws: Ws, actor: Actor, body: RegisterBody) -> VersionOut:
    """Register a finished run as a version; its impact report is frozen."""
    version = service.register_model(
        ws, actor, body.run_id, model_name=body.model_name, threshold=body.threshold, value_model_id=body.value_model_id, note=body.note
    )  # fmt: skip
    return VersionOut.model_validate(version)


@router.get("/versions/{version_id}")
def get_version(ws: Ws, actor: Actor, version_id: str) -> VersionOut:
    """One version."""
    return VersionOut.model_validate(service.get_version(ws, actor, version_id))


@router.post("/versions/{version_id}/retire")
def retire_version(ws: Ws, actor: Actor, version_id: str, body: RetireBody) -> VersionOut:
    """Take an approved version out of use for good."""
    return VersionOut.model_validate(service.retire_version(ws, actor, version_id, body.reason))


@router.get("/{model_id}")
def get_model(ws: Ws, actor: Actor, model_id: str) -> ModelOut:
    """One model."""
    return ModelOut.model_validate(service.get_model(ws, actor, model_id))


@router.get("/{model_id}/versions")
def list_versions_of(ws: Ws, actor: Actor, page: Paging, model_id: str) -> Page[VersionOut]:
    """A model's versions, newest first."""
    service.get_model(ws, actor, model_id)
    found = service.list_versions(ws, actor, wanted=VersionFilter(model_id=model_id), before_id=page.before, limit=page.limit)
    return Page(items=[VersionOut.model_validate(v) for v in found], next=next_key(found, page.limit))


@router.get("/{model_id}/champions")
def list_champions(ws: Ws, actor: Actor, model_id: str, moment: Annotated[datetime | None, Query()] = None) -> list[ReignOut]:
    """Who was champion when, the newest first; with `moment` (UTC), who was then."""
    service.get_model(ws, actor, model_id)
    if moment is None:
        return [ReignOut.model_validate(r) for r in lineage.list_reigns(ws, actor, model_id)]
    return [ReignOut.model_validate(r) for r in lineage.champion_on(ws, actor, model_id, moment)]
