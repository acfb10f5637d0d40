"""Rows of restated days: what decisions would have brought under another contract than they were counted under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.monitoring.intake import VALUE_SUMS
from core.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class RestatedDay:
    """One day's decisions that were counted under `instead_of`; `sums` in the order of `VALUE_SUMS`."""

    day: date
    instead_of: str
    sums: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Restated:
    """A restatement that was made: under which contract, by whom, when, and of how many decisions."""

    deployment_id: str
    contract_id: str
    made_by: str
    made_by_name: str
    made_at: datetime
    decisions: int


def put_restatement(tx: Transaction, made: Restated, days: Sequence[RestatedDay]) -> None:
    """Keep a restatement; one made before of the same contract is replaced by it."""
    tx.execute("DELETE FROM restated_days WHERE deployment_id = ? AND contract_id = ?", [made.deployment_id, made.contract_id])
    tx.execute("DELETE FROM restatements WHERE deployment_id = ? AND contract_id = ?", [made.deployment_id, made.contract_id])
    tx.execute_many(
        f"INSERT INTO restated_days (deployment_id, contract_id, instead_of, day, {', '.join(VALUE_SUMS)})"
        f" VALUES (?, ?, ?, ?, {', '.join('?' * len(VALUE_SUMS))})",
        [(made.deployment_id, made.contract_id, day.instead_of, day.day, *day.sums) for day in days],
    )
    tx.execute(
        "INSERT INTO restatements (deployment_id, contract_id, made_by, made_by_name, made_at, decisions) VALUES (?, ?, ?, ?, ?, ?)",
        [made.deployment_id, made.contract_id, made.made_by, made.made_by_name, made.made_at, made.decisions],
    )


def list_restatements(store: Store, deployment_id: str) -> list[Restated]:
    """What was restated of a deployment, the newest first."""
    rows = store.rows(
        "SELECT deployment_id, contract_id, made_by, made_by_name, made_at, decisions FROM restatements WHERE deployment_id = ?"
        " ORDER BY made_at DESC",
        [deployment_id],
    )
    return [Restated(*row) for row in rows]


def read_restated(store: Store, deployment_id: str, contract_id: str) -> list[tuple[date, dict[str, Any]]]:
    """Sums of restated days by name, oldest first."""
    named = ", ".join(f"sum({name})" for name in VALUE_SUMS)
    rows = store.rows(
        f"SELECT day, {named} FROM restated_days WHERE deployment_id = ? AND contract_id = ? GROUP BY day ORDER BY day",
        [deployment_id, contract_id],
    )
    return [(row[0], dict(zip(VALUE_SUMS, row[1:], strict=True))) for row in rows]


def zero_sums() -> dict[str, Any]:
    """Sums of nothing."""
    money = {"gain_sum", "value_sum", "decided_sum", "known_gain_sum"}
    return {name: Decimal(0) if name in money else 0 for name in VALUE_SUMS}
