"""Rows of contracts and of the signatures under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.registry.contract import Contract, ContractSignature, ContractState, Party
from core.store import Store, Transaction

CONTRACT = (
    "c.id, c.project_id, c.model_id, m.name, c.model_version_id, v.number, c.number, c.value_model_id, c.value_model_version, c.report_id,"
    " c.approval_id, c.state, c.reason, c.proposed_by, c.proposed_by_name, c.proposed_at, c.terms, c.terms_sha256, c.replaces_number,"
    " c.in_force_at, c.ended_at"
)
CONTRACTS = "value_contracts c JOIN model_versions v ON v.id = c.model_version_id JOIN models m ON m.id = c.model_id"
SIGNATURE = "contract_id, party, user_id, user_name, note, signed_at, statement, signature"


def _row_to_contract(row: tuple[Any, ...]) -> Contract:
    values = [*row[:11], ContractState(row[11]), *row[12:]]
    return Contract(*values)


def _row_to_signature(row: tuple[Any, ...]) -> ContractSignature:
    return ContractSignature(row[0], Party(row[1]), *row[2:])


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts: every one that is given must match."""

    project_id: str | None = None
    model_id: str | None = None
    model_version_id: str | None = None
    state: ContractState | None = None


def next_number(tx: Transaction, model_id: str) -> int:
    """Number of a model's next contract."""
    row = tx.one("SELECT coalesce(max(number), 0) + 1 FROM value_contracts WHERE model_id = ?", [model_id])
    return int(row[0]) if row else 1


def insert_contract(tx: Transaction, c: Contract) -> None:
    """Store a new contract."""
    tx.execute(
        "INSERT INTO value_contracts (id, project_id, model_id, model_version_id, number, value_model_id, value_model_version, report_id, approval_id, state,"
        " reason, proposed_by, proposed_by_name, proposed_at, terms, terms_sha256, replaces_number, in_force_at, ended_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            c.id, c.project_id, c.model_id, c.model_version_id, c.number, c.value_model_id, c.value_model_version, c.report_id,
            c.approval_id, c.state, c.reason, c.proposed_by, c.proposed_by_name, c.proposed_at, c.terms, c.terms_sha256, c.replaces_number, c.in_force_at, c.ended_at,
        ],
    )  # fmt: skip


def set_state(tx: Transaction, contract_id: str, state: ContractState, *, in_force_at: datetime | None, ended_at: datetime | None) -> None:
    """Move a contract on."""
    tx.execute(
        "UPDATE value_contracts SET state = ?, in_force_at = ?, ended_at = ? WHERE id = ?", [state, in_force_at, ended_at, contract_id]
    )


def get_contract(store: Store | Transaction, contract_id: str) -> Contract | None:
    """One contract by id."""
    row = store.one(f"SELECT {CONTRACT} FROM {CONTRACTS} WHERE c.id = ?", [contract_id])
    return _row_to_contract(row) if row else None


def of_approval(store: Store | Transaction, approval_id: str) -> Contract | None:
    """The contract that a request decides on."""
    row = store.one(f"SELECT {CONTRACT} FROM {CONTRACTS} WHERE c.approval_id = ? ORDER BY c.id DESC LIMIT 1", [approval_id])
    return _row_to_contract(row) if row else None


def in_force(store: Store | Transaction, model_version_id: str) -> Contract | None:
    """The contract by which a version's decisions are valued now."""
    row = store.one(
        f"SELECT {CONTRACT} FROM {CONTRACTS} WHERE c.model_version_id = ? AND c.state = 'in_force' ORDER BY c.in_force_at DESC LIMIT 1",
        [model_version_id],
    )
    return _row_to_contract(row) if row else None


def effective(store: Store | Transaction, model_version_id: str) -> list[Contract]:
    """Contracts that are or were in force for a version, the oldest first."""
    rows = store.rows(
        f"SELECT {CONTRACT} FROM {CONTRACTS} WHERE c.model_version_id = ? AND c.in_force_at IS NOT NULL ORDER BY c.in_force_at, c.id",
        [model_version_id],
    )
    return [_row_to_contract(row) for row in rows]


def list_contracts(store: Store | Transaction, wanted: ContractFilter, *, before_id: str | None, limit: int) -> list[Contract]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {CONTRACT} FROM {CONTRACTS} WHERE (? IS NULL OR c.project_id = ?) AND (? IS NULL OR c.model_id = ?)"
        " AND (? IS NULL OR c.model_version_id = ?) AND (? IS NULL OR c.state = ?) AND (? IS NULL OR c.id < ?) ORDER BY c.id DESC LIMIT ?",
        [
            wanted.project_id, wanted.project_id, wanted.model_id, wanted.model_id, wanted.model_version_id, wanted.model_version_id,
            wanted.state, wanted.state, before_id, before_id, limit,
        ],
    )  # fmt: skip
    return [_row_to_contract(row) for row in rows]


def insert_signature(tx: Transaction, s: ContractSignature) -> None:
    """Keep a signature; a party's second one fails on the primary key."""
    tx.execute(
        f"INSERT INTO contract_signatures ({SIGNATURE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [s.contract_id, s.party, s.user_id, s.user_name, s.note, s.signed_at, s.statement, s.signature],
    )


def list_signatures(store: Store | Transaction, contract_ids: Sequence[str]) -> list[ContractSignature]:
    """Signatures under some contracts, the oldest first."""
    rows = store.rows(
        f"SELECT {SIGNATURE} FROM contract_signatures WHERE contract_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY signed_at, party",
        [list(contract_ids)],
    )
    return [_row_to_signature(row) for row in rows]
