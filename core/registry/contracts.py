"""What people do with value contracts: propose another one, sign it for the business, read and verify them."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Conflict, Corrupt, InvalidInput, KachiError, NotFound, PermissionDenied
from core.identity import Permission, Principal, require
from core.impact import service as impact
from core.impact import store as report_rows
from core.impact.detailing import Detailed, detail_report
from core.impact.freezing import keep_report
from core.impact.report import ImpactReport
from core.project import service as projects
from core.registry import contract_flow, contract_store, source
from core.registry import store as rows
from core.registry.approvals import REASON_MAX, freeze_json, get_approval
from core.registry.contract import Contract, ContractSignature, ContractState, Party, check_signature, sign_terms
from core.registry.contract_evidence import ContractEvidence, compare_contracts, evidence_from_json, evidence_to_json
from core.registry.contract_flow import Draft
from core.registry.contract_store import ContractFilter
from core.registry.duties import refusal
from core.registry.model import Approval, ApprovalKind, ApprovalState, CheckState, ModelVersion, Stake, VersionState
from core.signing import PUBLIC_KEY, public_key
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.workspace import Workspace

SIGNABLE = frozenset({ContractState.PROPOSED, ContractState.IN_FORCE})


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract with the signatures under it."""

    contract: Contract
    signatures: tuple[ContractSignature, ...]

    def signature(self, party: Party) -> ContractSignature | None:
        """A party's signature."""
        return next((s for s in self.signatures if s.party is party), None)


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """Whether a signature holds; `problem` says why not."""

    signature: ContractSignature
    holds: bool
    problem: str


def propose_contract(ws: Workspace, actor: Principal, model_version_id: str, value_model_id: str, reason: str) -> ContractView:
    """Ask for another value model for a version that is approved already; how the version decides stays as it is.

    Args:
        value_model_id: a version of the project's value model.
        reason: why; business and approver read it.

    Raises:
        Conflict: the version isn't approved or decides by the value model itself, this value model is in force already or reads
            columns that requests don't bring, or a proposal waits.
        InvalidInput: no reason, or the value model of another project. NotFound: no such version or value model.
    """
    require(actor, Permission.REQUEST_APPROVAL)
    text = _clean(reason, "reason")
    if not text:
        raise InvalidInput("Write why another value model is needed. Business and approver read it.", field="reason")
    version = rows.get_version(ws.store, model_version_id)
    if version is None:
        raise NotFound("model version", model_version_id)
    current = _changeable(ws, version, value_model_id)
    project = projects.get_project(ws, actor, version.project_id)
    before = impact.get_report(ws, actor, current.report_id)
    _check_columns(ws, actor, version, before, value_model_id)
    after = detail_report(
        ws, actor, impact.compute_report(ws, actor, version.run_id, value_model_id=value_model_id, threshold=version.threshold)
    )
    notes = [projects.get_value_model(ws, actor, report.value_model_id).note for report in (before, after)]
    evidence = compare_contracts(project, version, current.number, (before, notes[0]), (after, notes[1]), ws.clock())
    sha256 = freeze_json(ws, evidence_to_json(evidence))

    def work(tx: Transaction) -> str:
        _check_free(tx, version, current)
        return _propose(ws, tx, actor, version, after, (sha256, text))

    return get_contract(ws, actor, ws.store.write(work))


def _changeable(ws: Workspace, version: ModelVersion, value_model_id: str) -> Contract:
    current = contract_store.in_force(ws.store, version.id)
    if version.state is not VersionState.APPROVED or current is None:
        raise Conflict("Version {number} has no contract in force. Ask for its approval; its value model is agreed with it.", number=version.number)  # fmt: skip
    if version.policy.by_case:
        raise Conflict(
            "Version {number} decides by what each case is worth, so another value model would change its decisions. Register its run again under that value model instead.",
            number=version.number,
        )  # fmt: skip
    if current.value_model_id == value_model_id:
        raise Conflict("Contract {number} rests on this value model already. Choose another version of it.", number=current.number)
    _check_free(ws, version, current)
    return current


def _check_columns(ws: Workspace, actor: Principal, version: ModelVersion, before: ImpactReport, value_model_id: str) -> None:
    """Requests go on as they are, so payoffs may only read what these bring: the model's columns and those of the payoffs so far."""
    known = {*source.trained_run(ws, actor, version.run_id).features, *before.payoff.columns}
    unknown = [name for name in projects.get_value_model(ws, actor, value_model_id).matrix.columns if name not in known]
    if unknown:
        raise Conflict(
            "This value model reads '{column}', which requests to version {number} don't bring. Register its run again under that value model instead.",
            column=unknown[0], number=version.number,
        )  # fmt: skip


def _check_free(source: Workspace | Transaction, version: ModelVersion, current: Contract) -> None:
    """No other proposal waits, and the contract in force is still the one that was compared with."""
    store = source.store if isinstance(source, Workspace) else source
    waiting = contract_store.list_contracts(
        store, ContractFilter(model_version_id=version.id, state=ContractState.PROPOSED), before_id=None, limit=1
    )  # fmt: skip
    if waiting:
        raise Conflict("Contract {number} waits for a decision already. Decide or withdraw that one.", number=waiting[0].number)
    now = contract_store.in_force(store, version.id)
    if now is None or now.id != current.id:
        raise Conflict("Another contract came into force a moment ago. Look at it, then propose again.")


def _propose(ws: Workspace, tx: Transaction, actor: Principal, version: ModelVersion, report: Detailed, evidence: tuple[str, str]) -> str:
    sha256, reason = evidence
    frozen = report_rows.get_report(tx, keep_report(ws, tx, actor, report))
    assert frozen is not None
    authors = projects.get_value_model(ws, actor, report.value_model_id).authors
    barred = tuple(sorted({actor.user_id, *authors}))
    approval = Approval(
        new_id(), version.id, version.model_name, version.number, version.project_id, ApprovalState.OPEN, reason, actor.user_id, actor.name,
        barred, tx.at, sha256, None, Stake(report.gain.value, report.gain.low, report.gain.high, report.currency, report.period),
        0, 0, CheckState.UNKNOWN, "", "", None, "", ApprovalKind.CONTRACT,
    )  # fmt: skip
    rows.insert_approval(tx, approval)
    contract = contract_flow.propose(tx, actor, Draft(new_id(), version, report, frozen, approval.id, reason))
    tx.edge(Edge(Node.MODEL_VERSION, version.id, Node.APPROVAL, approval.id, "submitted_to"))
    details = {"version": version.number, "contract": contract.number, "evidence": sha256, "note": reason}
    tx.audit(actor.event("approval.request", Node.APPROVAL, approval.id, project_id=version.project_id, details=details))
    return contract.id


def sign_refusal(actor: Principal, view: ContractView, approval: Approval) -> KachiError | None:
    """Why somebody can't sign a contract for the business; None where they can."""
    contract, business = view.contract, view.signature(Party.BUSINESS)
    if business is not None:
        return Conflict("{name} has signed contract {number} for the business already.", name=business.user_name, number=contract.number)
    if contract.state not in SIGNABLE or not contract.terms:
        return Conflict("Contract {number} is not open for signing any more. Look at the one in force.", number=contract.number)
    if actor.is_system or actor.user_id == contract.proposed_by:
        return PermissionDenied("You proposed this contract; somebody else must sign it for the business.")
    approver = view.signature(Party.APPROVER)
    if approver is not None and approver.user_id == actor.user_id:
        return PermissionDenied("You approved this contract; somebody else must sign it for the business.")
    if actor.user_id in approval.barred:
        return PermissionDenied("You had a part in this version; somebody else must sign it for the business.")
    return None


def sign_for_business(ws: Workspace, actor: Principal, contract_id: str, note: str = "") -> ContractView:
    """Agree to a contract for the business: that these payoffs are what its decisions are worth.

    Raises:
        PermissionDenied: the actor proposed or approved it. Conflict: it is signed, or can't be any more. NotFound: no such contract.
    """
    require(actor, Permission.READ_VALUE)
    text = _clean(note, "note")

    def work(tx: Transaction) -> None:
        contract = contract_store.get_contract(tx, contract_id)
        if contract is None:
            raise NotFound("contract", contract_id)
        view = ContractView(contract, tuple(contract_store.list_signatures(tx, [contract.id])))
        approval = rows.get_approval(tx, contract.approval_id)
        assert approval is not None
        refused = sign_refusal(actor, view, approval)
        if refused is not None:
            raise refused
        contract_store.insert_signature(
            tx, sign_terms(ws.settings.keys_dir, contract, Party.BUSINESS, (actor.user_id, actor.name), text, tx.at)
        )  # fmt: skip
        details = {"model": contract.model_name, "number": contract.number, "terms": contract.terms_sha256, "note": text}
        tx.audit(actor.event("contract.sign", Node.CONTRACT, contract.id, project_id=contract.project_id, details=details))

    ws.store.write(work)
    return get_contract(ws, actor, contract_id)


def get_contract(ws: Workspace, actor: Principal, contract_id: str) -> ContractView:
    """One contract.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_VALUE)
    contract = contract_store.get_contract(ws.store, contract_id)
    if contract is None:
        raise NotFound("contract", contract_id)
    return ContractView(contract, tuple(contract_store.list_signatures(ws.store, [contract.id])))


def decision_refusal(ws: Workspace, actor: Principal, approval: Approval) -> KachiError | None:
    """Why somebody can't approve a request now, its contract included: as `approvals.refusal`, or business hasn't signed yet."""
    refused = refusal(ws, actor, approval)
    view = contract_of(ws, actor, approval.id) if refused is None and approval.kind is ApprovalKind.CONTRACT else None
    return contract_flow.refuse_approver(actor, approval, view.contract, view.signatures) if view else refused


def contract_of(ws: Workspace, actor: Principal, approval_id: str) -> ContractView | None:
    """The contract that a request decides on; None for one from before there were contracts."""
    require(actor, Permission.READ_VALUE)
    contract = contract_store.of_approval(ws.store, approval_id)
    return ContractView(contract, tuple(contract_store.list_signatures(ws.store, [contract.id]))) if contract else None


def contract_in_force(ws: Workspace, actor: Principal, model_version_id: str) -> ContractView | None:
    """The contract by which a version's decisions are valued now; None before its approval."""
    require(actor, Permission.READ_VALUE)
    contract = contract_store.in_force(ws.store, model_version_id)
    return ContractView(contract, tuple(contract_store.list_signatures(ws.store, [contract.id]))) if contract else None


def list_contracts(
    ws: Workspace, actor: Principal, *, wanted: ContractFilter | None = None, before_id: str | None = None, limit: int = 100
) -> list[ContractView]:
    """Contracts, newest first."""
    require(actor, Permission.READ_VALUE)
    found = contract_store.list_contracts(ws.store, wanted or ContractFilter(), before_id=before_id, limit=limit)
    signatures = contract_store.list_signatures(ws.store, [c.id for c in found])
    return [ContractView(c, tuple(s for s in signatures if s.contract_id == c.id)) for c in found]


def get_contract_evidence(ws: Workspace, actor: Principal, approval_id: str) -> ContractEvidence:
    """The frozen evidence of a request for another contract.

    Raises:
        Corrupt: its bytes aren't what was recorded. NotFound: no such request, or one for a version.
    """
    approval = get_approval(ws, actor, approval_id)
    if approval.kind is not ApprovalKind.CONTRACT:
        raise NotFound("evidence", approval_id)
    ws.artifacts.verify(approval.evidence_sha256)
    return evidence_from_json(ws.artifacts.path(approval.evidence_sha256).read_bytes())


def verify_contract(ws: Workspace, actor: Principal, contract_id: str) -> tuple[SignatureCheck, ...]:
    """Check every signature under a contract with the portal's public key."""
    view = get_contract(ws, actor, contract_id)
    if not view.signatures:
        return ()
    key = public_key(ws.settings.keys_dir / PUBLIC_KEY)
    found = []
    for signature in view.signatures:
        try:
            check_signature(key, view.contract, signature)
        except Corrupt as error:
            found.append(SignatureCheck(signature, holds=False, problem=str(error)))
        else:
            found.append(SignatureCheck(signature, holds=True, problem=""))
    return tuple(found)


def _clean(text: str, field: str) -> str:
    if len(text.strip()) > REASON_MAX:
        raise InvalidInput("'{field}' is longer than {most} characters. Shorten it.", field=field, most=REASON_MAX)
    return text.strip()
