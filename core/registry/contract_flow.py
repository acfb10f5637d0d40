"""The steps of a contract within the transaction of the request that decides on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import Conflict, PermissionDenied
from core.identity import Principal
from core.impact.decision import policy_to_json
from core.impact.report import ImpactReport
from core.impact.store import FrozenReport
from core.project.payoffs import CELLS
from core.project.value_json import cell_to_text, rule_to_json
from core.registry import contract_store as rows
from core.registry.contract import (
    FORMAT,
    Contract,
    ContractSignature,
    ContractState,
    ContractTerms,
    Party,
    sign_terms,
    terms_to_text,
    text_sha256,
)
from core.registry.model import Approval, ApprovalKind, ModelVersion
from core.store import Transaction
from core.store.lineage import Edge, Node
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Draft:
    """What a contract is made of.

    Args:
        id: its id. report, frozen: the frozen impact report that makes its promise, and its row.
        approval_id: the request that decides on it. reason: why it is proposed.
    """

    id: str
    version: ModelVersion
    report: ImpactReport
    frozen: FrozenReport
    approval_id: str
    reason: str


def propose(tx: Transaction, actor: Principal, draft: Draft) -> Contract:
    """Write a contract down, so that it can be signed."""
    version, report = draft.version, draft.report
    replaced = rows.in_force(tx, version.id)
    number = rows.next_number(tx, version.model_id)
    text = terms_to_text(_terms(draft, number, replaced.number if replaced else None, actor.user_id))
    contract = Contract(
        draft.id, version.project_id, version.model_id, version.model_name, version.id, version.number, number, report.value_model_id,
        report.value_model_version, draft.frozen.id, draft.approval_id, ContractState.PROPOSED, draft.reason, actor.user_id, actor.name,
        tx.at, text, text_sha256(text), replaced.number if replaced else None, None, None,
    )  # fmt: skip
    rows.insert_contract(tx, contract)
    tx.edge(Edge(Node.VALUE_MODEL, report.value_model_id, Node.CONTRACT, contract.id, "agreed_in"))
    tx.edge(Edge(Node.IMPACT_REPORT, draft.frozen.id, Node.CONTRACT, contract.id, "promises_for"))
    tx.edge(Edge(Node.CONTRACT, contract.id, Node.APPROVAL, draft.approval_id, "submitted_to"))
    details = {
        "model": version.model_name, "number": number, "version": version.number, "value_model": report.value_model_version,
        "terms": contract.terms_sha256, "reason": draft.reason,
    }  # fmt: skip
    tx.audit(actor.event("contract.propose", Node.CONTRACT, contract.id, project_id=version.project_id, details=details))
    return contract


def _terms(draft: Draft, number: int, replaces: int | None, proposed_by: str) -> ContractTerms:
    version, report = draft.version, draft.report
    return ContractTerms(
        FORMAT, draft.id, number, replaces, version.project_id, version.model_name, version.number, version.id, version.package_sha256,
        report.value_model_id, report.value_model_version, report.currency, report.period, report.cases_per_period, payoff_body(report),
        rule_body(report), policy_to_json(version.policy), report.reference.value, report.gain, draft.frozen.id, draft.frozen.sha256, proposed_by,
    )  # fmt: skip


def payoff_body(report: ImpactReport) -> Mapping[str, str]:
    """The payoffs of a report's value model as text, by cell: an amount, or a formula behind an equals sign."""
    return {cell: cell_to_text(getattr(report.payoff, cell)) for cell in CELLS}


def rule_body(report: ImpactReport) -> Mapping[str, str] | None:
    """Today's rule of a report's value model as text."""
    text = rule_to_json(report.rule)
    return {name: str(value) for name, value in json.loads(text).items()} if text else None


def enter_force(ws: Workspace, tx: Transaction, actor: Principal, contract: Contract, reason: str) -> None:
    """Sign for the approver and put a contract in force; the one before ends in the same moment."""
    if contract.terms:
        rows.insert_signature(
            tx, sign_terms(ws.settings.keys_dir, contract, Party.APPROVER, (actor.user_id, actor.name), reason, tx.at)
        )  # fmt: skip
    before = rows.in_force(tx, contract.model_version_id)
    if before is not None:
        rows.set_state(tx, before.id, ContractState.SUPERSEDED, in_force_at=before.in_force_at, ended_at=tx.at)
    rows.set_state(tx, contract.id, ContractState.IN_FORCE, in_force_at=tx.at, ended_at=None)
    tx.edge(Edge(Node.CONTRACT, contract.id, Node.MODEL_VERSION, contract.model_version_id, "values"))
    details = {
        "model": contract.model_name, "number": contract.number, "version": contract.version_number,
        "supersedes": before.number if before else None, "reason": reason,
    }  # fmt: skip
    tx.audit(actor.event("contract.enter_force", Node.CONTRACT, contract.id, project_id=contract.project_id, details=details))


def check_parties(tx: Transaction, actor: Principal, approval: Approval, contract: Contract) -> None:
    """Whether an approver may put a contract in force: business has signed where the contract changes, and is somebody else.

    Raises:
        Conflict: nobody has signed for the business. PermissionDenied: the actor has.
    """
    refused = refuse_approver(actor, approval, contract, rows.list_signatures(tx, [contract.id]))
    if refused is not None:
        raise refused


def refuse_approver(
    actor: Principal, approval: Approval, contract: Contract, signatures: Sequence[ContractSignature]
) -> Conflict | PermissionDenied | None:
    """Why an approver can't put a contract in force; None where they can. See `check_parties`."""
    business = next((s for s in signatures if s.party is Party.BUSINESS), None)
    if business is not None and business.user_id == actor.user_id:
        return PermissionDenied("You signed this contract for the business; somebody else must approve.")
    if business is None and approval.kind is ApprovalKind.CONTRACT:
        return Conflict(
            "Nobody has signed contract {number} for the business yet. Ask somebody from the business to sign it first.",
            number=contract.number,
        )
    return None


def close(tx: Transaction, actor: Principal, contract: Contract, state: ContractState, reason: str) -> None:
    """End a proposal: rejected or withdrawn."""
    rows.set_state(tx, contract.id, state, in_force_at=None, ended_at=tx.at)
    details = {"model": contract.model_name, "number": contract.number, "reason": reason}
    action = "contract.reject" if state is ContractState.REJECTED else "contract.withdraw"
    tx.audit(actor.event(action, Node.CONTRACT, contract.id, project_id=contract.project_id, details=details))
