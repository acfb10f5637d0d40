"""Rows of proposed value models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.project.proposal import Decision, Proposal, ProposalState
from core.project.service import ValueModelSpec
from core.project.value_json import (
    economics_from_json,
    economics_to_json,
    limits_from_json,
    limits_to_json,
    payoff_from_json,
    payoff_to_json,
    rule_from_json,
    rule_to_json,
)
from core.project.value_model import Period
from core.store import Store, Transaction

COLUMNS = (
    "id, project_id, currency, period, cases_per_period, payoff, rule, note, limits, economics, currency_change, seen_id, seen_version,"
    " proposed_by, proposed_by_name, proposed_at, state, decided_by, decided_by_name, decided_at, reason, value_model_id, value_model_version"
)


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Which proposals; None leaves a condition out."""

    project_id: str | None = None
    state: ProposalState | None = None
    proposed_by: str | None = None


def _row_to_proposal(row: tuple[Any, ...]) -> Proposal:
    spec = ValueModelSpec(
        row[2], Period(row[3]), row[4], payoff_from_json(row[5]), rule_from_json(row[6]), row[7], limits_from_json(row[8]),
        economics_from_json(row[9]),
    )  # fmt: skip
    state = ProposalState(row[16])
    decision = None if state is ProposalState.OPEN else Decision(state, row[17], row[18], row[19], row[20], row[21], row[22])
    return Proposal(row[0], row[1], spec, row[10], row[11], row[12], row[13], row[14], row[15], decision)


def insert_proposal(tx: Transaction, proposal: Proposal) -> None:
    """Store a new, open one."""
    p, spec = proposal, proposal.spec
    tx.execute(
        f"INSERT INTO value_proposals ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', NULL, '', NULL, NULL)",
        [
            p.id, p.project_id, spec.currency, spec.period, spec.cases_per_period, payoff_to_json(spec.payoff), rule_to_json(spec.rule),
            spec.note, limits_to_json(spec.limits), economics_to_json(spec.economics), p.currency_change, p.seen_id, p.seen_version,
            p.proposed_by, p.proposed_by_name, p.proposed_at, p.state,
        ],
    )  # fmt: skip


def close_proposal(tx: Transaction, proposal_id: str, decision: Decision) -> None:
    """Store how an open one was decided."""
    tx.execute(
        "UPDATE value_proposals SET state = ?, decided_by = ?, decided_by_name = ?, decided_at = ?, reason = ?, value_model_id = ?,"
        " value_model_version = ? WHERE id = ?",
        [
            decision.state, decision.decided_by, decision.decided_by_name, decision.decided_at, decision.reason, decision.value_model_id,
            decision.value_model_version, proposal_id,
        ],
    )  # fmt: skip


def get_proposal(source: Store | Transaction, proposal_id: str) -> Proposal | None:
    """One by id."""
    row = source.one(f"SELECT {COLUMNS} FROM value_proposals WHERE id = ?", [proposal_id])
    return _row_to_proposal(row) if row else None


def list_proposals(store: Store, wanted: ProposalFilter, *, before_id: str | None, limit: int) -> list[Proposal]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM value_proposals WHERE (? IS NULL OR project_id = ?) AND (? IS NULL OR state = ?)"
        " AND (? IS NULL OR proposed_by = ?) AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        [
            wanted.project_id, wanted.project_id, wanted.state, wanted.state, wanted.proposed_by, wanted.proposed_by, before_id, before_id,
            limit,
        ],
    )  # fmt: skip
    return [_row_to_proposal(row) for row in rows]


def count_open(tx: Transaction, project_id: str) -> int:
    """How many of a project wait."""
    row = tx.one("SELECT count(*) FROM value_proposals WHERE project_id = ? AND state = 'open'", [project_id])
    return int(row[0]) if row else 0


def open_by_project(store: Store) -> dict[str, int]:
    """How many wait, by project."""
    return {
        str(row[0]): int(row[1])
        for row in store.rows("SELECT project_id, count(*) FROM value_proposals WHERE state = 'open' GROUP BY project_id")
    }
