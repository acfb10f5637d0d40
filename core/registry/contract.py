"""Value contracts: by which value model a version's decisions are valued, agreed on and signed by business and approver."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from core.errors import Corrupt
from core.impact.amounts import Amount
from core.project.value_model import Period
from core.signing import holds, signing_key

FORMAT = 1
# Signed before the statement, so that no signature of a contract can ever pass as a certificate's or a grant's.
DOMAIN = b"kachi.contract.v1\n"


class ContractState(StrEnum):
    """Proposed until it is decided; in force until another one takes its place."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """Who signs."""

    BUSINESS = "business"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What is agreed on. Amounts of `gain` are a period's, over `reference`, the best alternative that needs no model.

    Args:
        payoff: value of one case in each cell, as text: an amount, or a formula behind an equals sign.
        rule: today's rule in words a program reads; None without one.
        policy: how the version decides, as JSON.
        report_sha256: the frozen impact report that makes the promise.
        replaces: number of the contract whose place it takes; None for a version's first.
    """

    format: int
    contract_id: str
    number: int
    replaces: int | None
    project_id: str
    model: str
    version: int
    model_version_id: str
    package_sha256: str
    value_model_id: str
    value_model_version: int
    currency: str
    period: Period
    cases_per_period: int
    payoff: Mapping[str, str]
    rule: Mapping[str, str] | None
    policy: str
    reference: str
    gain: Amount
    report_id: str
    report_sha256: str
    proposed_by: str


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract and how it stands.

    Args:
        number: 1, 2, 3 … within the model.
        report_id: the frozen impact report that makes its promise.
        approval_id: the request that decides on it: the version's own, or one for the contract alone.
        terms: the text that is signed; empty where it was carried over from before contracts were signed.
        replaces_number: the contract whose place it takes; None for a version's first.
        in_force_at: decisions from then on are valued by it; ended_at: up to then.
    """

    id: str
    project_id: str
    model_id: str
    model_name: str
    model_version_id: str
    version_number: int
    number: int
    value_model_id: str
    value_model_version: int
    report_id: str
    approval_id: str
    state: ContractState
    reason: str
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    terms: str
    terms_sha256: str
    replaces_number: int | None
    in_force_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContractSignature:
    """One party's signature under a contract's terms."""

    contract_id: str
    party: Party
    user_id: str
    user_name: str
    note: str
    signed_at: datetime
    statement: str
    signature: str


_TERMS: TypeAdapter[ContractTerms] = TypeAdapter(ContractTerms)


def terms_to_text(terms: ContractTerms) -> str:
    """The text that is signed: keys sorted, no spaces, so that equal terms have equal text."""
    return json.dumps(_plain(asdict(terms)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return str(value) if isinstance(value, Decimal) else value


def terms_from_text(text: str) -> ContractTerms:
    """Read a contract's terms.

    Raises:
        Corrupt: not terms of a format that this release knows.
    """
    try:
        terms = _TERMS.validate_json(text)
    except ValidationError as error:
        raise Corrupt("A contract's terms can't be read: {reason}. Restore them from a backup.", reason=str(error)[:200]) from error
    if terms.format != FORMAT:
        raise Corrupt("This contract has format {found}; this release reads format {known}.", found=terms.format, known=FORMAT)
    return terms


def text_sha256(text: str) -> str:
    """What signatures name terms by."""
    return hashlib.sha256(text.encode()).hexdigest()


def sign_terms(keys_dir: Path, contract: Contract, party: Party, user: tuple[str, str], note: str, at: datetime) -> ContractSignature:
    """Sign a contract's terms for a party with the portal's key.

    Args:
        user: id and name of who signs.
    """
    body = {
        "contract": contract.id, "terms_sha256": contract.terms_sha256, "party": party.value, "by": user[0], "note": note,
        "at": at.isoformat(),
    }  # fmt: skip
    statement = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signature = base64.b64encode(signing_key(keys_dir).sign(DOMAIN + statement.encode())).decode()
    return ContractSignature(contract.id, party, user[0], user[1], note, at, statement, signature)


def check_signature(key: Ed25519PublicKey, contract: Contract, signature: ContractSignature) -> None:
    """Check that a signature holds, that it stands under these terms, and that the terms are those that were hashed.

    Raises:
        Corrupt: something of it was changed.
    """
    if not holds(key, DOMAIN + signature.statement.encode(), signature.signature):
        raise Corrupt("A signature under contract {number} doesn't hold. Restore it from a backup.", number=contract.number)
    body = json.loads(signature.statement)
    told = (body.get("contract"), body.get("terms_sha256"), body.get("party"), body.get("by"))
    if told != (contract.id, text_sha256(contract.terms), signature.party.value, signature.user_id):
        raise Corrupt("A signature under contract {number} stands under other terms. Restore it from a backup.", number=contract.number)
