"""Rows of models, versions and approvals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.errors import Corrupt
from core.impact.decision import DecisionPolicy, policy_from_json, policy_to_json
from core.project.value_json import payoff_from_json, payoff_to_json
from core.project.value_model import PayoffMatrix, Period
from core.registry.model import Approval, ApprovalKind, ApprovalState, CheckState, Model, ModelVersion, Stake, VersionOrigin, VersionState
from core.store import Store, Transaction

MODEL = "id, project_id, name, created_by, created_by_name, created_at"
VERSION = (
    "v.id, v.model_id, m.name, v.project_id, v.number, v.run_id, v.run_number, v.dataset_version_id, v.package_sha256, "
    "v.impact_report_id, v.value_model_id, v.threshold, v.currency, v.payoff, v.policy, v.state, v.origin, v.note, "
    "v.created_by, v.created_by_name, v.created_at"
)
VERSIONS = "model_versions v JOIN models m ON m.id = v.model_id"
APPROVAL = (
    "a.id, a.model_version_id, m.name, v.number, a.project_id, a.state, a.note, a.requested_by, a.requested_by_name, a.barred, "
    "a.requested_at, a.evidence_sha256, a.champion_number, a.stake, a.stake_low, a.stake_high, a.currency, a.period, "
    "a.checks_passed, a.checks_judged, a.worst_check, a.decided_by, a.decided_by_name, a.decided_at, a.reason, a.kind"
)
APPROVALS = "approvals a JOIN model_versions v ON v.id = a.model_version_id JOIN models m ON m.id = v.model_id"


def _row_to_model(row: tuple[Any, ...]) -> Model:
    return Model(*row)


def _row_to_version(row: tuple[Any, ...]) -> ModelVersion:
    payoff = payoff_from_json(row[13])
    if not isinstance(payoff, PayoffMatrix):
        raise Corrupt("Version {number} has no payoff matrix. Restore it from a backup.", number=row[4])
    return ModelVersion(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10], row[11], row[12], payoff,
        policy_from_json(row[14]), VersionState(row[15]), VersionOrigin(row[16]), row[17], row[18], row[19], row[20],
    )  # fmt: skip


def _row_to_approval(row: tuple[Any, ...]) -> Approval:
    stake = Stake(Decimal(row[13]), Decimal(row[14]), Decimal(row[15]), row[16], Period(row[17]))
    return Approval(
        row[0], row[1], row[2], row[3], row[4], ApprovalState(row[5]), row[6], row[7], row[8], tuple(json.loads(row[9])), row[10], row[11],
        row[12], stake, row[18], row[19], CheckState(row[20]), row[21], row[22], row[23], row[24], ApprovalKind(row[25]),
    )  # fmt: skip


def insert_model(tx: Transaction, model: Model) -> None:
    """Store a new model."""
    tx.execute(
        f"INSERT INTO models ({MODEL}) VALUES (?, ?, ?, ?, ?, ?)",
        [model.id, model.project_id, model.name, model.created_by, model.created_by_name, model.created_at],
    )


def find_model(tx: Transaction, project_id: str, name: str) -> Model | None:
    """A project's model of that name."""
    row = tx.one(f"SELECT {MODEL} FROM models WHERE project_id = ? AND name = ?", [project_id, name])
    return _row_to_model(row) if row else None


def get_model(store: Store, model_id: str) -> Model | None:
    """One model by id."""
    row = store.one(f"SELECT {MODEL} FROM models WHERE id = ?", [model_id])
    return _row_to_model(row) if row else None


def list_models(store: Store, *, project_id: str | None, before_id: str | None, limit: int) -> list[Model]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {MODEL} FROM models WHERE (? IS NULL OR project_id = ?) AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        [project_id, project_id, before_id, before_id, limit],
    )
    return [_row_to_model(row) for row in rows]


def next_number(tx: Transaction, model_id: str) -> int:
    """Number of a model's next version."""
    row = tx.one("SELECT coalesce(max(number), 0) + 1 FROM model_versions WHERE model_id = ?", [model_id])
    return int(row[0]) if row else 1


def insert_version(tx: Transaction, version: ModelVersion) -> None:
    """Store a new version."""
    v = version
    tx.execute(
        "INSERT INTO model_versions (id, model_id, project_id, number, run_id, run_number, dataset_version_id, package_sha256,"
        " impact_report_id, value_model_id, threshold, currency, payoff, policy, state, origin, note, created_by, created_by_name,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            v.id, v.model_id, v.project_id, v.number, v.run_id, v.run_number, v.dataset_version_id, v.package_sha256, v.impact_report_id,
            v.value_model_id, v.threshold, v.currency, payoff_to_json(v.payoff), policy_to_json(v.policy), v.state, v.origin, v.note, v.created_by,
            v.created_by_name, v.created_at,
        ],
    )  # fmt: skip


def get_version(store: Store | Transaction, version_id: str) -> ModelVersion | None:
    """One version by id."""
    row = store.one(f"SELECT {VERSION} FROM {VERSIONS} WHERE v.id = ?", [version_id])
    return _row_to_version(row) if row else None


@dataclass(frozen=True, slots=True)
class VersionFilter:
    """Which versions: every one that is given must match."""

    model_id: str | None = None
    project_id: str | None = None
    run_id: str | None = None
    state: VersionState | None = None


def list_versions(store: Store, wanted: VersionFilter, *, before_id: str | None, limit: int) -> list[ModelVersion]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {VERSION} FROM {VERSIONS} WHERE (? IS NULL OR v.model_id = ?) AND (? IS NULL OR v.project_id = ?)"
        " AND (? IS NULL OR v.run_id = ?) AND (? IS NULL OR v.state = ?) AND (? IS NULL OR v.id < ?) ORDER BY v.id DESC LIMIT ?",
        [
            wanted.model_id, wanted.model_id, wanted.project_id, wanted.project_id, wanted.run_id, wanted.run_id, wanted.state,
            wanted.state, before_id, before_id, limit,
        ],
    )  # fmt: skip
    return [_row_to_version(row) for row in rows]


def set_version_state(tx: Transaction, version_id: str, state: VersionState) -> None:
    """Move a version on."""
    tx.execute("UPDATE model_versions SET state = ? WHERE id = ?", [state, version_id])


def newest_approved(store: Store, model_id: str) -> ModelVersion | None:
    """The version of a model that was approved last and isn't retired."""
    row = store.one(
        f"SELECT {VERSION} FROM {VERSIONS} JOIN approvals a ON a.model_version_id = v.id AND a.state = 'approved' AND a.kind = 'version'"
        " WHERE v.model_id = ? AND v.state = 'approved' ORDER BY a.decided_at DESC, v.number DESC LIMIT 1",
        [model_id],
    )
    return _row_to_version(row) if row else None


def insert_approval(tx: Transaction, approval: Approval) -> None:
    """Store a new request."""
    a, stake = approval, approval.stake
    tx.execute(
        "INSERT INTO approvals (id, model_version_id, project_id, state, note, requested_by, requested_by_name, barred, requested_at,"
        " evidence_sha256, champion_number, stake, stake_low, stake_high, currency, period, checks_passed, checks_judged, worst_check,"
        " decided_by, decided_by_name, decided_at, reason, kind)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            a.id, a.model_version_id, a.project_id, a.state, a.note, a.requested_by, a.requested_by_name, json.dumps(a.barred),
            a.requested_at, a.evidence_sha256, a.champion_number, stake.value, stake.low, stake.high, stake.currency, stake.period,
            a.checks_passed, a.checks_judged, a.worst_check, a.decided_by, a.decided_by_name, a.decided_at, a.reason, a.kind,
        ],
    )  # fmt: skip


def get_approval(store: Store | Transaction, approval_id: str) -> Approval | None:
    """One request by id."""
    row = store.one(f"SELECT {APPROVAL} FROM {APPROVALS} WHERE a.id = ?", [approval_id])
    return _row_to_approval(row) if row else None


def open_approval(store: Store | Transaction, version_id: str) -> Approval | None:
    """A version's open request, for itself or for another contract."""
    row = store.one(f"SELECT {APPROVAL} FROM {APPROVALS} WHERE a.model_version_id = ? AND a.state = 'open'", [version_id])
    return _row_to_approval(row) if row else None


@dataclass(frozen=True, slots=True)
class ApprovalFilter:
    """Which requests: every one that is given must match."""

    state: ApprovalState | None = None
    project_id: str | None = None
    model_version_id: str | None = None
    kind: ApprovalKind | None = None


def list_approvals(store: Store, wanted: ApprovalFilter, *, before_id: str | None, limit: int) -> list[Approval]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {APPROVAL} FROM {APPROVALS} WHERE (? IS NULL OR a.state = ?) AND (? IS NULL OR a.project_id = ?)"
        " AND (? IS NULL OR a.model_version_id = ?) AND (? IS NULL OR a.kind = ?) AND (? IS NULL OR a.id < ?) ORDER BY a.id DESC LIMIT ?",
        [
            wanted.state, wanted.state, wanted.project_id, wanted.project_id, wanted.model_version_id, wanted.model_version_id,
            wanted.kind, wanted.kind, before_id, before_id, limit,
        ],
    )  # fmt: skip
    return [_row_to_approval(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a request."""

    state: ApprovalState
    decided_by: str
    decided_by_name: str
    reason: str


def close_approval(tx: Transaction, approval_id: str, decision: Decision) -> None:
    """Store what came of a request; the caller has seen, in the same transaction, that it was open."""
    tx.execute(
        "UPDATE approvals SET state = ?, decided_by = ?, decided_by_name = ?, decided_at = ?, reason = ? WHERE id = ?",
        [decision.state, decision.decided_by, decision.decided_by_name, tx.at, decision.reason, approval_id],
    )


def set_certificate(tx: Transaction, approval_id: str, certificate: str, signature: str) -> None:
    """Keep the signed certificate of an approved request."""
    tx.execute("UPDATE approvals SET certificate = ?, signature = ? WHERE id = ?", [certificate, signature, approval_id])


def get_certificate(store: Store, version_id: str) -> tuple[str, str] | None:
    """Certificate (JSON) and signature of what was approved last for a version: itself, or another contract."""
    row = store.one(
        "SELECT certificate, signature FROM approvals WHERE model_version_id = ? AND state = 'approved' ORDER BY decided_at DESC, id DESC LIMIT 1",
        [version_id],
    )
    return (str(row[0]), str(row[1])) if row and row[0] is not None else None


def same_policy(tx: Transaction, run_id: str, policy: DecisionPolicy, value_model_id: str) -> ModelVersion | None:
    """A version of the same run that decides the same way and wasn't rejected."""
    row = tx.one(
        f"SELECT {VERSION} FROM {VERSIONS} WHERE v.run_id = ? AND CAST(v.policy AS VARCHAR) = ? AND v.value_model_id = ? AND v.state <> 'rejected'"
        " ORDER BY v.id DESC LIMIT 1",
        [run_id, policy_to_json(policy), value_model_id],
    )
    return _row_to_version(row) if row else None
