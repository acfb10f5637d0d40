"""Requests for approval: made with frozen evidence, decided once, by somebody who has no part in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from core.identity import SYSTEM, Permission, Principal, require
from core.impact import service as impact
from core.project import service as projects
from core.registry import contract_flow
from core.registry import contract_store as contract_rows
from core.registry import store as rows
from core.registry.certificate import Certificate, Policy, sign_certificate
from core.registry.certifying import certified_policy
from core.registry.contract import Contract, ContractState
from core.registry.contract_flow import Draft
from core.registry.duties import decided, refusal
from core.registry.evidence import Comparison, Evidence, evidence_from_json, evidence_to_json
from core.registry.gathering import build_evidence
from core.registry.lineage import champion_of
from core.registry.model import Approval, ApprovalKind, ApprovalState, CheckState, ModelVersion, Stake, VersionState
from core.registry.store import ApprovalFilter, Decision
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.store.scratch import scratch_folder
from core.workspace import Workspace

REASON_MAX = 2000


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """What a request says beyond its version.

    Args:
        comparison: on the newest labelled rows, where retraining made one.
        on_behalf_of: who started the retraining by hand; that person may not decide either.
    """

    note: str = ""
    comparison: Comparison | None = None
    on_behalf_of: str | None = None


def request_approval(
    ws: Workspace,
    actor: Principal,
    model_version_id: str,
    note: str = "",
    *,
    comparison: Comparison | None = None,
    on_behalf_of: str | None = None,
) -> Approval:
    """Ask for a version's approval; its evidence is put together now and never changes again.

    Args:
        comparison: against the champion on the newest labelled rows, where retraining made one.
        on_behalf_of: id of who started the retraining by hand; that person may not decide either.

    Raises:
        Conflict: a request waits already, or the version has been decided on. NotFound: no such version.
    """
    require(actor, Permission.REQUEST_APPROVAL)
    version = _version(ws, model_version_id)
    _check_requestable(version)
    spec = RequestSpec(_clean(note, "note"), comparison, on_behalf_of)
    champion = champion_of(ws, version.model_id)
    other = _version(ws, champion.id) if champion and champion.id != version.id else None
    evidence = build_evidence(ws, actor, version, other, comparison)
    sha256 = freeze_json(ws, evidence_to_json(evidence))
    report = impact.get_report(ws, actor, version.impact_report_id)
    frozen = impact.find_frozen(ws, actor, version.impact_report_id)
    authors = projects.get_value_model(ws, actor, report.value_model_id).authors

    def work(tx: Transaction) -> str:
        approval = _request(tx, actor, version.id, spec, (evidence, sha256), authors)
        contract_flow.propose(tx, actor, Draft(new_id(), version, report, frozen, approval.id, spec.note))
        return approval.id

    return _approval(ws, ws.store.write(work))


def _check_requestable(version: ModelVersion) -> None:
    if version.state is VersionState.PENDING:
        raise Conflict("A request for version {number} waits already. Decide or withdraw that one.", number=version.number)
    if version.state is not VersionState.REGISTERED:
        raise Conflict(
            "Version {number} is {state} already. Register a new version to ask again.", number=version.number, state=version.state.value
        )


def freeze_json(ws: Workspace, data: bytes) -> str:
    """Keep evidence as it is; the SHA-256 that names it."""
    with scratch_folder(ws.settings) as folder:
        path = folder / "evidence.json"
        path.write_bytes(data)
        return ws.artifacts.put(path).sha256


def _request(
    tx: Transaction, actor: Principal, version_id: str, spec: RequestSpec, frozen: tuple[Evidence, str], authors: frozenset[str]
) -> Approval:
    evidence, sha256 = frozen
    version = rows.get_version(tx, version_id)
    if version is None:
        raise NotFound("model version", version_id)
    _check_requestable(version)
    gain = evidence.comparison.gain if evidence.comparison else evidence.headline.gain
    barred = {person for person in (actor.user_id, version.created_by, spec.on_behalf_of, *authors) if person and person != "system"}
    approval = Approval(
        new_id(), version.id, version.model_name, version.number, version.project_id, ApprovalState.OPEN, spec.note, actor.user_id,
        actor.name, tuple(sorted(barred)), tx.at, sha256, evidence.champion_number,
        Stake(gain.value, gain.low, gain.high, evidence.value.currency, evidence.value.period),
        evidence.passed, len(evidence.judged), evidence.worst, "", "", None, "",
    )  # fmt: skip
    rows.insert_approval(tx, approval)
    rows.set_version_state(tx, version.id, VersionState.PENDING)
    tx.edge(Edge(Node.MODEL_VERSION, version.id, Node.APPROVAL, approval.id, "submitted_to"))
    details = {"version": version.number, "evidence": sha256, "note": spec.note}
    tx.audit(actor.event("approval.request", Node.APPROVAL, approval.id, project_id=version.project_id, details=details))
    return approval


def needs_reason(approval: Approval, approve: bool) -> bool:
    """Whether a decision needs its reason in words: a rejection, or an approval against a warning."""
    return not approve or approval.worst_check in {CheckState.WARN, CheckState.FAIL}


def decide(ws: Workspace, actor: Principal, approval_id: str, approve: bool, reason: str = "") -> Approval:
    """Approve or reject a request. Approving writes the signed certificate that gateways ask for.

    Raises:
        PermissionDenied: the actor asked for it, wrote or proposed its value model, registered the version or started its retraining.
        Conflict: somebody decided first; the message names them. InvalidInput: a reason is missing. NotFound: no such request.
    """
    require(actor, Permission.DECIDE_APPROVAL)
    text = _clean(reason, "reason")
    # Read before the transaction: what a certificate says of a version never changes.
    version = rows.get_version(ws.store, _approval(ws, approval_id).model_version_id)
    contract = contract_rows.of_approval(ws.store, approval_id)
    value_model_id = contract.value_model_id if contract else None
    policy = certified_policy(ws, version, value_model_id) if approve and version is not None else None

    def work(tx: Transaction) -> None:
        approval = rows.get_approval(tx, approval_id)
        if approval is None:
            raise NotFound("approval", approval_id)
        refused = refusal(tx, actor, approval)
        if refused is not None:
            raise refused
        if not text and needs_reason(approval, approve):
            raise InvalidInput("Write a reason: a rejection needs one, and so does an approval while a check warns.", field="reason")
        _decide(ws, tx, actor, approval, policy, text)

    ws.store.write(work)
    return _approval(ws, approval_id)


def _decide(ws: Workspace, tx: Transaction, actor: Principal, approval: Approval, policy: Policy | None, reason: str) -> None:
    """Approve by a policy, or reject without one."""
    version = rows.get_version(tx, approval.model_version_id)
    assert version is not None
    contract = contract_rows.of_approval(tx, approval.id) or _late_contract(ws, tx, actor, approval, version)
    approve = policy is not None
    state = ApprovalState.APPROVED if approve else ApprovalState.REJECTED
    rows.close_approval(tx, approval.id, Decision(state, actor.user_id, actor.name, reason))
    if approval.kind is ApprovalKind.VERSION:
        rows.set_version_state(tx, version.id, VersionState.APPROVED if approve else VersionState.REJECTED)
    details = {"version": approval.version_number, "reason": reason, "evidence": approval.evidence_sha256, "contract": contract.number}
    if policy is not None:
        contract_flow.check_parties(tx, actor, approval, contract)
        certificate = _certificate(tx, actor, approval, version, policy)
        text, signature = sign_certificate(ws.settings.keys_dir, certificate)
        rows.set_certificate(tx, approval.id, text, signature)
        contract_flow.enter_force(ws, tx, actor, contract, reason)
        details["package"] = version.package_sha256
    else:
        contract_flow.close(tx, actor, contract, ContractState.REJECTED, reason)
    action = "approval.approve" if approve else "approval.reject"
    tx.audit(actor.event(action, Node.APPROVAL, approval.id, project_id=approval.project_id, details=details))


def _late_contract(ws: Workspace, tx: Transaction, actor: Principal, approval: Approval, version: ModelVersion) -> Contract:
    """The contract of a request that was made before there were contracts, in the name of who asked."""
    report = impact.get_report(ws, actor, version.impact_report_id)
    frozen = impact.find_frozen(ws, actor, version.impact_report_id)
    asked_by = replace(SYSTEM, user_id=approval.requested_by, name=approval.requested_by_name)
    return contract_flow.propose(tx, asked_by, Draft(new_id(), version, report, frozen, approval.id, approval.note))


def _certificate(tx: Transaction, actor: Principal, approval: Approval, version: ModelVersion, policy: Policy) -> Certificate:
    return Certificate(
        version.model_name, version.number, version.id, version.project_id, version.package_sha256, policy, approval.requested_by,
        actor.user_id, approval.id, tx.at,
    )  # fmt: skip


def withdraw_approval(ws: Workspace, actor: Principal, approval_id: str, reason: str = "") -> Approval:
    """Take a request back; its version, or another contract, can then be asked for again.

    Raises:
        PermissionDenied: somebody else asked. Conflict: it is decided already. NotFound: no such request.
    """
    require(actor, Permission.REQUEST_APPROVAL)
    text = _clean(reason, "reason")

    def work(tx: Transaction) -> None:
        approval = rows.get_approval(tx, approval_id)
        if approval is None:
            raise NotFound("approval", approval_id)
        if approval.state is not ApprovalState.OPEN:
            raise decided(approval)
        if actor.user_id != approval.requested_by and not approval.requested_by == "system":
            raise PermissionDenied("{name} asked for this approval, and only they can withdraw it.", name=approval.requested_by_name)
        rows.close_approval(tx, approval.id, Decision(ApprovalState.WITHDRAWN, actor.user_id, actor.name, text))
        if approval.kind is ApprovalKind.VERSION:
            rows.set_version_state(tx, approval.model_version_id, VersionState.REGISTERED)
        contract = contract_rows.of_approval(tx, approval.id)
        if contract is not None:
            contract_flow.close(tx, actor, contract, ContractState.WITHDRAWN, text)
        tx.audit(actor.event("approval.withdraw", Node.APPROVAL, approval.id, project_id=approval.project_id, details={"reason": text}))

    ws.store.write(work)
    return _approval(ws, approval_id)


def get_approval(ws: Workspace, actor: Principal, approval_id: str) -> Approval:
    """One request.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_VALUE)
    return _approval(ws, approval_id)


def list_approvals(
    ws: Workspace, actor: Principal, *, wanted: ApprovalFilter | None = None, before_id: str | None = None, limit: int = 100
) -> list[Approval]:
    """Requests, newest first; ``ApprovalFilter(state=ApprovalState.OPEN)`` is what waits."""
    require(actor, Permission.READ_VALUE)
    return rows.list_approvals(ws.store, wanted or ApprovalFilter(), before_id=before_id, limit=limit)


def get_evidence(ws: Workspace, actor: Principal, approval_id: str) -> Evidence:
    """The frozen evidence of a request for a version, whole.

    Raises:
        Corrupt: its bytes aren't what was recorded. NotFound: no such request, or one for a contract.
    """
    approval = get_approval(ws, actor, approval_id)
    if approval.kind is not ApprovalKind.VERSION:
        raise NotFound("evidence", approval_id)
    ws.artifacts.verify(approval.evidence_sha256)
    return evidence_from_json(ws.artifacts.path(approval.evidence_sha256).read_bytes())


def certificate_for(ws: Workspace, model_version_id: str) -> tuple[str, str]:
    """Signed certificate of an approved version, for its deployment: the JSON text and its signature.

    Raises:
        Conflict: it isn't approved (any more). NotFound: no such version.
    """
    version = _version(ws, model_version_id)
    found = rows.get_certificate(ws.store, model_version_id)
    if version.state is not VersionState.APPROVED or found is None:
        raise Conflict(
            "Version {number} is {state}, and only approved versions can be served. Ask for its approval first.",
            number=version.number,
            state=version.state.value,
        )
    return found


def _version(ws: Workspace, version_id: str) -> ModelVersion:
    version = rows.get_version(ws.store, version_id)
    if version is None:
        raise NotFound("model version", version_id)
    return version


def _approval(ws: Workspace, approval_id: str) -> Approval:
    approval = rows.get_approval(ws.store, approval_id)
    if approval is None:
        raise NotFound("approval", approval_id)
    return approval


def _clean(text: str, field: str) -> str:
    if len(text.strip()) > REASON_MAX:
        raise InvalidInput("'{field}' is longer than {most} characters. Shorten it.", field=field, most=REASON_MAX)
    return text.strip()
