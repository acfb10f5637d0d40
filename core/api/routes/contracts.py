"""Value contracts: by which value model decisions are valued, and who agreed on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.registry import contracts
from core.registry.contract import ContractState, ContractTerms, Party, terms_from_text
from core.registry.contract_store import ContractFilter
from core.registry.contracts import ContractView

router = APIRouter(prefix="/contracts", tags=["contracts"])
Key = Annotated[str | None, Query(max_length=64)]


class ProposeBody(In):
    """Another value model for a version that is approved already; how the version decides stays as it is."""

    model_version_id: str = Field(max_length=64)
    value_model_id: str = Field(max_length=64)
    reason: str = Field(max_length=2000)


class SignBody(In):
    """A word with the signature."""

    note: str = Field("", max_length=2000)


class SignatureOut(Out):
    """Who agreed, when, and with which words."""

    party: Party
    user_id: str
    user_name: str
    note: str
    signed_at: datetime


class ContractOut(Out):
    """A contract. `terms` is null where it was carried over from before contracts were signed."""

    id: str
    number: int
    project_id: str
    model_id: str
    model_name: str
    model_version_id: str
    version_number: int
    value_model_id: str
    value_model_version: int
    report_id: str
    approval_id: str
    state: ContractState
    reason: str
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    replaces_number: int | None
    in_force_at: datetime | None
    ended_at: datetime | None
    terms: ContractTerms | None
    signatures: list[SignatureOut]


class SignedOut(Out):
    """A signature with what was signed, and whether it holds."""

    party: Party
    user_id: str
    statement: str
    signature: str
    holds: bool
    problem: str


class DocumentOut(Out):
    """The signed text of a contract: each statement names its SHA-256."""

    terms: str
    terms_sha256: str
    signatures: list[SignedOut]


def contract_out(view: ContractView) -> ContractOut:
    """A contract as REST shows it."""
    c = view.contract
    fields = {name: getattr(c, name) for name in ContractOut.model_fields if name not in {"terms", "signatures"}}
    terms = terms_from_text(c.terms) if c.terms else None
    return ContractOut(**fields, terms=terms, signatures=[SignatureOut.model_validate(s) for s in view.signatures])


@router.post("", status_code=201)
def propose_contract(ws: Ws, actor: Actor, body: ProposeBody) -> ContractOut:
    """Ask for another value model; it is in force once business has signed and an approver has approved `approval_id`."""
    return contract_out(contracts.propose_contract(ws, actor, body.model_version_id, body.value_model_id, body.reason))


@router.get("")
def list_contracts(
    ws: Ws, actor: Actor, page: Paging, project_id: Key = None, model_id: Key = None, model_version_id: Key = None,
    state: ContractState | None = None,
) -> Page[ContractOut]:  # fmt: skip
    """Contracts, newest first."""
    wanted = ContractFilter(project_id, model_id, model_version_id, state)
    found = contracts.list_contracts(ws, actor, wanted=wanted, before_id=page.before, limit=page.limit)
    return Page(items=[contract_out(view) for view in found], next=next_key([view.contract for view in found], page.limit))


@router.get("/{contract_id}")
def get_contract(ws: Ws, actor: Actor, contract_id: str) -> ContractOut:
    """One contract."""
    return contract_out(contracts.get_contract(ws, actor, contract_id))


@router.post("/{contract_id}/sign")
def sign_contract(ws: Ws, actor: Actor, contract_id: str, body: SignBody) -> ContractOut:
    """Agree to a contract for the business; not by who proposed or approves it."""
    return contract_out(contracts.sign_for_business(ws, actor, contract_id, body.note))


@router.get("/{contract_id}/document")
def get_document(ws: Ws, actor: Actor, contract_id: str) -> DocumentOut:
    """The signed text, the signatures under it, and whether they hold."""
    contract = contracts.get_contract(ws, actor, contract_id).contract
    checks = contracts.verify_contract(ws, actor, contract_id)
    signed = [
        SignedOut(
            party=c.signature.party, user_id=c.signature.user_id, statement=c.signature.statement, signature=c.signature.signature,
            holds=c.holds, problem=c.problem,
        )
        for c in checks
    ]  # fmt: skip
    return DocumentOut(terms=contract.terms, terms_sha256=contract.terms_sha256, signatures=signed)
