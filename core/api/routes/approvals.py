"""Requests for approval: their evidence, and what came of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.project.value_model import Period
from core.registry import approvals
from core.registry.contract_evidence import evidence_to_json as contract_evidence_to_json
from core.registry.contracts import get_contract_evidence
from core.registry.evidence import evidence_to_json
from core.registry.model import ApprovalKind, ApprovalState, CheckState
from core.registry.store import ApprovalFilter
from core.serving.decisions import decide_request
from core.serving.service import approve_and_deploy

router = APIRouter(prefix="/approvals", tags=["approvals"])


class StakeOut(Out):
    """What is at stake a period, with its 95 % interval."""

    value: Decimal
    low: Decimal
    high: Decimal
    currency: str
    period: Period


class ApprovalOut(Out):
    """A request and what came of it."""

    id: str
    model_version_id: str
    model_name: str
    version_number: int
    project_id: str
    state: ApprovalState
    note: str
    requested_by: str
    requested_by_name: str
    requested_at: datetime
    evidence_sha256: str
    champion_number: int | None
    stake: StakeOut
    checks_passed: int
    checks_judged: int
    worst_check: CheckState
    decided_by: str
    decided_by_name: str
    decided_at: datetime | None
    reason: str
    kind: ApprovalKind


class CertificateOut(Out):
    """The signed certificate of an approved version."""

    certificate: str
    signature: str


class RequestBody(In):
    """Ask for a version's approval."""

    model_version_id: str = Field(max_length=64)
    note: str = Field("", max_length=2000)


class ReasonBody(In):
    """Why."""

    reason: str = Field("", max_length=2000)


class ApproveBody(In):
    """Why, and whether the version serves at once."""

    reason: str = Field("", max_length=2000)
    deploy: bool = Field(False, description="Deploy at once, as champion or with `canary_share` as canary.")
    canary_share: float | None = Field(None, ge=0.001, le=1)


class DecisionOut(Out):
    """The request as it is now, and the deployment where the version serves at once."""

    approval: ApprovalOut
    deployment_id: str | None
    deployment_name: str | None


@router.post("", status_code=201)
def request_approval(ws: Ws, actor: Actor, body: RequestBody) -> ApprovalOut:
    """Ask for approval; the evidence is frozen now."""
    return ApprovalOut.model_validate(approvals.request_approval(ws, actor, body.model_version_id, body.note))


@router.get("")
def list_approvals(
    ws: Ws,
    actor: Actor,
    page: Paging,
    state: ApprovalState | None = None,
    project_id: Annotated[str | None, Query(max_length=64)] = None,
    model_version_id: Annotated[str | None, Query(max_length=64)] = None,
    kind: ApprovalKind | None = None,
) -> Page[ApprovalOut]:
    """Requests, newest first; `state=open` is what waits."""
    wanted = ApprovalFilter(state, project_id, model_version_id, kind)
    found = approvals.list_approvals(ws, actor, wanted=wanted, before_id=page.before, limit=page.limit)
    return Page(items=[ApprovalOut.model_validate(a) for a in found], next=next_key(found, page.limit))


@router.get("/{approval_id}")
def get_approval(ws: Ws, actor: Actor, approval_id: str) -> ApprovalOut:
    """One request."""
    return ApprovalOut.model_validate(approvals.get_approval(ws, actor, approval_id))


@router.get("/{approval_id}/evidence", response_class=Response, responses={200: {"content": {"application/json": {}}}})
def get_evidence(ws: Ws, actor: Actor, approval_id: str) -> Response:
    """The frozen evidence, whole; amounts are text, so that no digit is lost. Of a contract: the same decisions valued both ways."""
    if approvals.get_approval(ws, actor, approval_id).kind is ApprovalKind.CONTRACT:
        body = contract_evidence_to_json(get_contract_evidence(ws, actor, approval_id))
    else:
        body = evidence_to_json(approvals.get_evidence(ws, actor, approval_id))
    return Response(body, media_type="application/json")


@router.post("/{approval_id}/approve")
def approve(ws: Ws, actor: Actor, approval_id: str, body: ApproveBody) -> DecisionOut:
    """Approve, and with `deploy` serve the version at once."""
    if not body.deploy:
        decided = decide_request(ws, actor, approval_id, approve=True, reason=body.reason)
        return DecisionOut(approval=ApprovalOut.model_validate(decided), deployment_id=None, deployment_name=None)
    deployment = approve_and_deploy(ws, actor, approval_id, body.reason, canary_share=body.canary_share)
    decided = approvals.get_approval(ws, actor, approval_id)
    return DecisionOut(approval=ApprovalOut.model_validate(decided), deployment_id=deployment.id, deployment_name=deployment.name)


@router.post("/{approval_id}/reject")
def reject(ws: Ws, actor: Actor, approval_id: str, body: ReasonBody) -> ApprovalOut:
    """Reject, with a reason."""
    return ApprovalOut.model_validate(decide_request(ws, actor, approval_id, approve=False, reason=body.reason))


@router.post("/{approval_id}/withdraw")
def withdraw(ws: Ws, actor: Actor, approval_id: str, body: ReasonBody) -> ApprovalOut:
    """Take a request back."""
    return ApprovalOut.model_validate(approvals.withdraw_approval(ws, actor, approval_id, body.reason))


@router.get("/{approval_id}/certificate")
def get_certificate(ws: Ws, actor: Actor, approval_id: str) -> CertificateOut:
    """The signed certificate that the approval wrote."""
    approval = approvals.get_approval(ws, actor, approval_id)
    text, signature = approvals.certificate_for(ws, approval.model_version_id)
    return CertificateOut(certificate=text, signature=signature)
