"""Deployments: what is served, who changed it, and the keys that open it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.serving import keys, service
from core.serving.example import request_example
from core.serving.model import DeploymentState, MoveKind
from core.serving.status import deployment_status

router = APIRouter(prefix="/deployments", tags=["deployments"])
Share = Annotated[float, Field(gt=0, le=1, description="Share of traffic.")]


class ActionBody(In):
    """Why, and which generation was seen (a change in between is then refused)."""

    reason: str = Field("", max_length=2000)
    generation: int | None = Field(None, ge=1)


class DeployBody(ActionBody):
    """Which approved version to serve; with a share as canary, else as champion."""

    model_version_id: str = Field(max_length=64)
    canary_share: Share | None = None


class ApproveBody(In):
    """Approve a request and serve its version at once."""

    approval_id: str = Field(max_length=64)
    reason: str = Field("", max_length=2000)
    canary_share: Share | None = None


class CanaryBody(ActionBody):
    """The canary's share of traffic."""

    share: Share


class RollBackBody(ActionBody):
    """Where to go back to; the champion before, if missing."""

    to_version_id: str | None = Field(None, max_length=64)


class DurabilityBody(ActionBody):
    """Longest time an answer stays unflushed, milliseconds; 0: flushed before it is sent; null: the gateway's setting."""

    flush_ms: int | None = Field(None, ge=0, le=10_000)


class KeyBody(In):
    """A new key's name."""

    name: str = Field(max_length=200)


class GrantBody(In):
    """How long replaying is allowed."""

    minutes: int = Field(30, ge=1, le=240)


class DeploymentOut(Out):
    """A deployment."""

    id: str
    name: str
    project_id: str
    model_id: str
    model_name: str
    state: DeploymentState
    generation: int
    champion_id: str | None
    champion_number: int | None
    canary_id: str | None
    canary_number: int | None
    canary_share: float
    entity_column: str | None
    flush_ms: int | None
    created_by_name: str
    created_at: datetime
    updated_at: datetime


class MoveOut(Out):
    """Who did what, when and why."""

    id: str
    generation: int
    occurred_at: datetime
    actor_id: str
    actor_name: str
    via: str
    kind: MoveKind
    version_id: str | None
    version_number: int | None
    from_number: int | None
    share: float | None
    reason: str


class KeyOut(Out):
    """A key; its secret is not stored."""

    id: str
    name: str
    hint: str
    created_by_name: str
    created_at: datetime
    revoked_at: datetime | None


class IssuedKeyOut(Out):
    """A fresh key with its secret, told this once."""

    key: KeyOut
    secret: str


class GrantOut(Out):
    """A replay grant; `token` goes into the header ``X-Kachi-Replay``."""

    token: str
    deployment: str
    expires_at: datetime


class FiguresOut(Out):
    """The last minute at the gateway."""

    requests: int
    rows: int
    p50_ms: float | None
    p95_ms: float | None


class StatusOut(Out):
    """What a gateway serves."""

    deployment: DeploymentOut
    reachable: bool
    in_step: bool
    serving: int | None
    canary: int | None
    generation: int | None
    refused: list[str]
    disk_full: bool
    figures: FiguresOut


class ExampleOut(Out):
    """A request to copy."""

    url: str
    curl: str
    feedback_curl: str


@router.get("")
def list_deployments(
    ws: Ws, actor: Actor, page: Paging, project_id: Annotated[str | None, Query(max_length=64)] = None
) -> Page[DeploymentOut]:
    """Deployments, newest first."""
    found = service.list_deployments(ws, actor, project_id=project_id, before_id=page.before, limit=page.limit)
    return Page(items=[DeploymentOut.model_validate(d) for d in found], next=next_key(found, page.limit))


@router.post("", status_code=201)
def deploy_version(ws: Ws, actor: Actor, body: DeployBody) -> DeploymentOut:
    """Serve an approved version, as champion or as canary."""
    made = service.deploy_version(
        ws, actor, body.model_version_id, canary_share=body.canary_share, reason=body.reason, generation=body.generation
    )
    return DeploymentOut.model_validate(made)


@router.post("/approve-and-deploy", status_code=201)
def approve_and_deploy(ws: Ws, actor: Actor, body: ApproveBody) -> DeploymentOut:
    """Approve a request and serve its version, in one step."""
    made = service.approve_and_deploy(ws, actor, body.approval_id, body.reason, canary_share=body.canary_share)
    return DeploymentOut.model_validate(made)


@router.get("/{deployment_id}")
def get_deployment(ws: Ws, actor: Actor, deployment_id: str) -> DeploymentOut:
    """One deployment, by id or name."""
    return DeploymentOut.model_validate(service.get_deployment(ws, actor, deployment_id))


@router.get("/{deployment_id}/status")
def get_status(ws: Ws, actor: Actor, deployment_id: str) -> StatusOut:
    """What the gateway serves now, and whether it is what the portal wants."""
    return StatusOut.model_validate(deployment_status(ws, actor, deployment_id))


@router.get("/{deployment_id}/timeline")
def get_timeline(ws: Ws, actor: Actor, deployment_id: str) -> list[MoveOut]:
    """Who did what and why, the newest first."""
    return [MoveOut.model_validate(m) for m in service.timeline(ws, actor, deployment_id)]


@router.get("/{deployment_id}/example")
def get_example(ws: Ws, actor: Actor, deployment_id: str) -> ExampleOut | None:
    """A request to copy; null where nothing leads."""
    found = request_example(ws, actor, deployment_id)
    return ExampleOut.model_validate(found) if found else None


@router.put("/{deployment_id}/canary")
def set_canary_share(ws: Ws, actor: Actor, deployment_id: str, body: CanaryBody) -> DeploymentOut:
    """Change the canary's share of traffic."""
    changed = service.set_canary_share(ws, actor, deployment_id, body.share, reason=body.reason, generation=body.generation)
    return DeploymentOut.model_validate(changed)


@router.post("/{deployment_id}/promote")
def promote_canary(ws: Ws, actor: Actor, deployment_id: str, body: ActionBody) -> DeploymentOut:
    """Make the canary the champion."""
    return DeploymentOut.model_validate(
        service.promote_canary(ws, actor, deployment_id, reason=body.reason, generation=body.generation)
    )  # fmt: skip


@router.post("/{deployment_id}/abort")
def abort_canary(ws: Ws, actor: Actor, deployment_id: str, body: ActionBody) -> DeploymentOut:
    """End the canary."""
    return DeploymentOut.model_validate(service.abort_canary(ws, actor, deployment_id, reason=body.reason, generation=body.generation))


@router.post("/{deployment_id}/rollback")
def roll_back(ws: Ws, actor: Actor, deployment_id: str, body: RollBackBody) -> DeploymentOut:
    """Bring the champion before back."""
    changed = service.roll_back(
        ws, actor, deployment_id, reason=body.reason, to_version_id=body.to_version_id, generation=body.generation
    )  # fmt: skip
    return DeploymentOut.model_validate(changed)


@router.post("/{deployment_id}/stop")
def stop_deployment(ws: Ws, actor: Actor, deployment_id: str, body: ActionBody) -> DeploymentOut:
    """Answer nothing any more, until a version is deployed again."""
    return DeploymentOut.model_validate(service.stop_deployment(ws, actor, deployment_id, reason=body.reason, generation=body.generation))


@router.put("/{deployment_id}/durability")
def set_durability(ws: Ws, actor: Actor, deployment_id: str, body: DurabilityBody) -> DeploymentOut:
    """Choose how long an answer may stay unflushed."""
    changed = service.set_durability(ws, actor, deployment_id, body.flush_ms, reason=body.reason, generation=body.generation)
    return DeploymentOut.model_validate(changed)


@router.get("/{deployment_id}/keys")
def list_keys(ws: Ws, actor: Actor, deployment_id: str) -> list[KeyOut]:
    """Keys, newest first."""
    return [KeyOut.model_validate(k) for k in keys.list_api_keys(ws, actor, deployment_id)]


@router.post("/{deployment_id}/keys", status_code=201)
def issue_key(ws: Ws, actor: Actor, deployment_id: str, body: KeyBody, response: Response) -> IssuedKeyOut:
    """Make a key; its secret is told this once."""
    response.headers["cache-control"] = "no-store"
    return IssuedKeyOut.model_validate(keys.issue_api_key(ws, actor, deployment_id, body.name))


@router.delete("/{deployment_id}/keys/{key_id}")
def revoke_key(ws: Ws, actor: Actor, deployment_id: str, key_id: str) -> KeyOut:
    """Close a key for good."""
    return KeyOut.model_validate(keys.revoke_api_key(ws, actor, deployment_id, key_id))


@router.post("/{deployment_id}/replay-grants", status_code=201)
def issue_replay_grant(ws: Ws, actor: Actor, deployment_id: str, body: GrantBody, response: Response) -> GrantOut:
    """Let history be replayed into a deployment for a while."""
    response.headers["cache-control"] = "no-store"
    return GrantOut.model_validate(keys.issue_replay_grant(ws, actor, deployment_id, minutes=body.minutes))
