"""Retraining policies, one a deployment, and their attempts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.registry.phrases import say
from core.retraining import policy as retraining
from core.retraining.model import Attempt, AttemptState, Evaluation, PolicySpec, Trigger
from core.retraining.policy import PolicyView
from core.words import Words

router = APIRouter(prefix="/policies", tags=["policies"])


class PolicyBody(In):
    """When a deployment's model is retrained, and what may be used for it."""

    enabled: bool = True
    on_drift: bool = True
    on_lost_value: bool = True
    cron: str = Field("", max_length=100, description="Five fields, UTC; empty: never by the clock.")
    cooldown_hours: float = Field(24.0, ge=0, le=8784)
    min_new_labelled: int = Field(500, ge=100, le=10_000_000)
    max_training_rows: int = Field(1_000_000, ge=1_000, le=10_000_000)
    auto_request: bool = True


class EvaluationOut(Out):
    """What a policy decided last, and why."""

    evaluated_at: datetime
    trigger: Trigger | None
    attempt_id: str
    new_labelled: int
    reason: str


class PolicyOut(Out):
    """A deployment's policy; `policy` is null before anybody set one."""

    deployment_id: str
    deployment_name: str
    project_id: str
    policy: PolicyBody | None
    updated_at: datetime | None
    updated_by_name: str | None
    evaluation: EvaluationOut | None


class ComparisonOut(Out):
    """The challenger against the champion on the newest labelled cases; amounts a period."""

    rows: int
    positives: int
    gain: Decimal
    gain_low: Decimal
    gain_high: Decimal
    better: float
    from_at: datetime | None
    to_at: datetime | None


class AttemptOut(Out):
    """One retraining, from its cause to its outcome."""

    id: str
    deployment_id: str
    deployment_name: str
    project_id: str
    trigger: Trigger
    state: AttemptState
    cause: str
    outcome: str | None
    started_by_name: str
    started_at: datetime
    ended_at: datetime | None
    champion_version_id: str
    champion_number: int
    dataset_version_id: str
    run_id: str
    rows_original: int
    rows_added: int
    rows_held_out: int
    comparison: ComparisonOut | None
    model_version_id: str
    approval_id: str


def _policy(view: PolicyView) -> PolicyOut:
    policy = view.policy
    return PolicyOut(
        deployment_id=view.live.id,
        deployment_name=view.live.name,
        project_id=view.live.project_id,
        policy=PolicyBody.model_validate(policy.spec, from_attributes=True) if policy else None,
        updated_at=policy.updated_at if policy else None,
        updated_by_name=policy.updated_by_name if policy else None,
        evaluation=_evaluation(view.evaluation) if view.evaluation else None,
    )


def _evaluation(found: Evaluation) -> EvaluationOut:
    return EvaluationOut(
        evaluated_at=found.evaluated_at,
        trigger=found.trigger,
        attempt_id=found.attempt_id,
        new_labelled=found.new_labelled,
        reason=say(Words("en"), found.reason),
    )


def _attempt(attempt: Attempt) -> AttemptOut:
    words, found = Words("en"), attempt.comparison
    told: Mapping[str, Any] = {name: getattr(attempt, name) for name in AttemptOut.model_fields if hasattr(attempt, name)}
    comparison = None
    if found is not None:
        gain = found.gain
        comparison = ComparisonOut(
            rows=found.rows, positives=found.positives, gain=gain.value, gain_low=gain.low, gain_high=gain.high, better=found.better,
            from_at=found.from_at, to_at=found.to_at,
        )  # fmt: skip
    outcome = say(words, attempt.outcome) if attempt.outcome else None
    return AttemptOut(**{**told, "cause": say(words, attempt.cause), "outcome": outcome, "comparison": comparison})


@router.get("")
def list_policies(ws: Ws, actor: Actor, page: Paging, project_id: str | None = None) -> Page[PolicyOut]:
    """Deployments with their policies, newest first."""
    found = retraining.list_policies(ws, actor, project_id=project_id, before_id=page.before, limit=page.limit)
    return Page(items=[_policy(view) for view in found], next=next_key(found, page.limit))


@router.get("/{deployment_id}")
def get_policy(ws: Ws, actor: Actor, deployment_id: str) -> PolicyOut:
    """A deployment's policy, by the deployment's id or name."""
    return _policy(retraining.get_policy(ws, actor, deployment_id))


@router.put("/{deployment_id}")
def put_policy(ws: Ws, actor: Actor, deployment_id: str, body: PolicyBody) -> PolicyOut:
    """Set a deployment's policy."""
    return _policy(retraining.put_policy(ws, actor, deployment_id, PolicySpec(**body.model_dump())))


@router.post("/{deployment_id}/run", status_code=202)
def retrain_now(ws: Ws, actor: Actor, deployment_id: str) -> AttemptOut:
    """Start an attempt by hand; it goes on in the background."""
    return _attempt(retraining.retrain_now(ws, actor, deployment_id))


@router.get("/{deployment_id}/attempts")
def list_attempts(ws: Ws, actor: Actor, page: Paging, deployment_id: str) -> Page[AttemptOut]:
    """A deployment's attempts, newest first."""
    live = retraining.get_policy(ws, actor, deployment_id).live
    found = retraining.list_attempts(ws, actor, deployment_id=live.id, before_id=page.before, limit=page.limit)
    return Page(items=[_attempt(a) for a in found], next=next_key(found, page.limit))


@router.get("/{deployment_id}/attempts/{attempt_id}")
def get_attempt(ws: Ws, actor: Actor, deployment_id: str, attempt_id: str) -> AttemptOut:
    """One attempt."""
    return _attempt(retraining.get_attempt(ws, actor, attempt_id))
