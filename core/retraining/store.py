"""Rows of policies, evaluations and attempts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from core.registry.evidence import Comparison
from core.registry.phrases import Phrase
from core.retraining.model import Attempt, AttemptState, Evaluation, PolicySpec, RetrainingPolicy, Trigger
from core.store import Store, Transaction

POLICY = (
    "deployment_id, project_id, enabled, on_drift, on_lost_value, cron, cooldown_hours, min_new_labelled, max_training_rows, "
    "auto_request, created_at, updated_at, updated_by, updated_by_name"
)
ATTEMPT = (
    "id, deployment_id, deployment_name, project_id, trigger, state, cause, started_by, started_by_name, started_at, ended_at, "
    "champion_version_id, champion_number, dataset_version_id, run_id, held_out_sha256, rows_original, rows_added, rows_held_out, "
    "held_from, seen_until, job_id, comparison, model_version_id, approval_id, outcome"
)
_COMPARISON: TypeAdapter[Comparison] = TypeAdapter(Comparison)
_ACTIVE = "state IN ('building', 'training', 'comparing')"


def _row_to_policy(row: tuple[Any, ...]) -> RetrainingPolicy:
    return RetrainingPolicy(row[0], row[1], PolicySpec(*row[2:10]), *row[10:])


def _row_to_attempt(row: tuple[Any, ...]) -> Attempt:
    comparison = _COMPARISON.validate_json(row[22]) if row[22] else None
    outcome = _phrase(row[25]) if row[25] else None
    return Attempt(
        row[0], row[1], row[2], row[3], Trigger(row[4]), AttemptState(row[5]), _phrase(row[6]), row[7], row[8], row[9], row[10], row[11],
        row[12], row[13], row[14], row[15], row[16], row[17], row[18], row[19], row[20], row[21], comparison, row[23], row[24], outcome,
    )  # fmt: skip


def _row_to_evaluation(row: tuple[Any, ...]) -> Evaluation:
    return Evaluation(row[0], row[1], Trigger(row[2]) if row[2] else None, row[3], row[4], _phrase(row[5]))


def _phrase(text: str) -> Phrase:
    body = json.loads(text)
    return Phrase(body["template"], body["fields"])


def _json(phrase: Phrase) -> str:
    return json.dumps({"template": phrase.template, "fields": dict(phrase.fields)}, ensure_ascii=False, default=str)


def put_policy(tx: Transaction, policy: RetrainingPolicy) -> None:
    """Store a policy, new or changed."""
    values = [
        policy.deployment_id, policy.project_id, *asdict(policy.spec).values(), policy.created_at, policy.updated_at, policy.updated_by,
        policy.updated_by_name,
    ]  # fmt: skip
    changed = ", ".join(f"{name} = excluded.{name}" for name in POLICY.split(", ")[1:])
    tx.execute(
        f"INSERT INTO retraining_policies ({POLICY}) VALUES ({', '.join('?' * 14)}) ON CONFLICT (deployment_id) DO UPDATE SET {changed}",
        values,
    )


def get_policy(store: Store | Transaction, deployment_id: str) -> RetrainingPolicy | None:
    """A deployment's policy."""
    row = store.one(f"SELECT {POLICY} FROM retraining_policies WHERE deployment_id = ?", [deployment_id])
    return _row_to_policy(row) if row else None


def list_policies(store: Store) -> list[RetrainingPolicy]:
    """All policies."""
    return [_row_to_policy(row) for row in store.rows(f"SELECT {POLICY} FROM retraining_policies ORDER BY deployment_id")]


def put_evaluation(tx: Transaction, evaluation: Evaluation) -> None:
    """Keep the newest evaluation of a policy."""
    tx.execute(
        "INSERT INTO retraining_evaluations (deployment_id, evaluated_at, trigger, attempt_id, new_labelled, reason)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (deployment_id) DO UPDATE SET evaluated_at = excluded.evaluated_at,"
        " trigger = excluded.trigger, attempt_id = excluded.attempt_id, new_labelled = excluded.new_labelled, reason = excluded.reason",
        [
            evaluation.deployment_id, evaluation.evaluated_at, evaluation.trigger or "", evaluation.attempt_id, evaluation.new_labelled,
            _json(evaluation.reason),
        ],
    )  # fmt: skip


def get_evaluation(store: Store, deployment_id: str) -> Evaluation | None:
    """What a policy decided last."""
    row = store.one(
        "SELECT deployment_id, evaluated_at, trigger, attempt_id, new_labelled, reason FROM retraining_evaluations WHERE deployment_id = ?",
        [deployment_id],
    )
    return _row_to_evaluation(row) if row else None


def insert_attempt(tx: Transaction, attempt: Attempt) -> None:
    """Store a new attempt."""
    a = attempt
    tx.execute(
        f"INSERT INTO retraining_attempts ({ATTEMPT}) VALUES ({', '.join('?' * 26)})",
        [
            a.id, a.deployment_id, a.deployment_name, a.project_id, a.trigger, a.state, _json(a.cause), a.started_by, a.started_by_name,
            a.started_at, a.ended_at, a.champion_version_id, a.champion_number, a.dataset_version_id, a.run_id, a.held_out_sha256,
            a.rows_original, a.rows_added, a.rows_held_out, a.held_from, a.seen_until, a.job_id, None, a.model_version_id, a.approval_id, None,
        ],
    )  # fmt: skip


def get_attempt(store: Store | Transaction, attempt_id: str) -> Attempt | None:
    """One attempt."""
    row = store.one(f"SELECT {ATTEMPT} FROM retraining_attempts WHERE id = ?", [attempt_id])
    return _row_to_attempt(row) if row else None


def list_attempts(store: Store, *, deployment_id: str | None, before_id: str | None, limit: int) -> list[Attempt]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {ATTEMPT} FROM retraining_attempts WHERE (? IS NULL OR deployment_id = ?) AND (? IS NULL OR id < ?)"
        " ORDER BY id DESC LIMIT ?",
        [deployment_id, deployment_id, before_id, before_id, limit],
    )
    return [_row_to_attempt(row) for row in rows]


def active_attempt(store: Store | Transaction, deployment_id: str) -> Attempt | None:
    """The attempt of a deployment that is under way."""
    row = store.one(f"SELECT {ATTEMPT} FROM retraining_attempts WHERE deployment_id = ? AND {_ACTIVE}", [deployment_id])
    return _row_to_attempt(row) if row else None


def active_attempts(store: Store) -> list[Attempt]:
    """All attempts that are under way, oldest first."""
    return [_row_to_attempt(row) for row in store.rows(f"SELECT {ATTEMPT} FROM retraining_attempts WHERE {_ACTIVE} ORDER BY id")]


def attempt_of_version(store: Store, model_version_id: str) -> Attempt | None:
    """The attempt that made a version."""
    row = store.one(f"SELECT {ATTEMPT} FROM retraining_attempts WHERE model_version_id = ?", [model_version_id])
    return _row_to_attempt(row) if row else None


def set_built(tx: Transaction, attempt: Attempt) -> None:
    """The training data is there and the run has started."""
    a = attempt
    tx.execute(
        "UPDATE retraining_attempts SET state = ?, dataset_version_id = ?, run_id = ?, held_out_sha256 = ?, rows_original = ?,"
        " rows_added = ?, rows_held_out = ?, held_from = ?, seen_until = ? WHERE id = ?",
        [
            a.state, a.dataset_version_id, a.run_id, a.held_out_sha256, a.rows_original, a.rows_added, a.rows_held_out, a.held_from,
            a.seen_until, a.id,
        ],
    )  # fmt: skip


def set_comparing(tx: Transaction, attempt_id: str, job_id: str) -> None:
    """The comparison's job is queued."""
    tx.execute("UPDATE retraining_attempts SET state = 'comparing', job_id = ? WHERE id = ?", [job_id, attempt_id])


def set_compared(tx: Transaction, attempt_id: str, comparison: Comparison) -> None:
    """The comparison is in."""
    tx.execute("UPDATE retraining_attempts SET comparison = ? WHERE id = ?", [comparison_to_json(comparison), attempt_id])


def set_version(tx: Transaction, attempt_id: str, model_version_id: str) -> None:
    """The challenger is registered."""
    tx.execute("UPDATE retraining_attempts SET model_version_id = ? WHERE id = ?", [model_version_id, attempt_id])


def set_ended(tx: Transaction, attempt_id: str, state: AttemptState, outcome: Phrase, approval_id: str = "") -> None:
    """The attempt is over."""
    tx.execute(
        "UPDATE retraining_attempts SET state = ?, outcome = ?, approval_id = ?, ended_at = ? WHERE id = ?",
        [state, _json(outcome), approval_id, tx.at, attempt_id],
    )


def comparison_to_json(comparison: Comparison) -> str:
    """A comparison as text; amounts are strings."""
    return _COMPARISON.dump_json(comparison).decode()


def comparison_from_json(text: str) -> Comparison:
    """A comparison as its job wrote it."""
    return _COMPARISON.validate_json(text)
