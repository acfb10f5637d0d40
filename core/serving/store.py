"""Rows of deployments, their moves and their keys; all SQL of this step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.serving.model import Deployment, DeploymentKey, DeploymentState, Move, MoveKind
from core.store import Store, Transaction

DEPLOYMENT = (
    "id, name, project_id, model_id, model_name, state, generation, champion_id, champion_number, canary_id, canary_number, canary_share,"
    " entity_column, flush_ms, created_by, created_by_name, created_at, updated_at"
)
MOVE = "id, deployment_id, generation, occurred_at, actor_id, actor_name, via, kind, version_id, version_number, from_number, share, reason"
KEY = "id, deployment_id, name, hint, created_by_name, created_at, revoked_at"


def _row_to_deployment(row: tuple[Any, ...]) -> Deployment:
    values = [*row[:5], DeploymentState(row[5]), *row[6:]]
    return Deployment(*values)


def _row_to_move(row: tuple[Any, ...]) -> Move:
    values = [*row[:7], MoveKind(row[7]), *row[8:]]
    return Move(*values)


def _row_to_key(row: tuple[Any, ...]) -> DeploymentKey:
    return DeploymentKey(*row)


def insert_deployment(tx: Transaction, d: Deployment) -> None:
    """Store a new deployment."""
    tx.execute(
        f"INSERT INTO deployments ({DEPLOYMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            d.id, d.name, d.project_id, d.model_id, d.model_name, d.state, d.generation, d.champion_id, d.champion_number, d.canary_id,
            d.canary_number, d.canary_share, d.entity_column, d.flush_ms, d.created_by, d.created_by_name, d.created_at, d.updated_at,
        ],
    )  # fmt: skip


def update_deployment(tx: Transaction, d: Deployment) -> None:
    """Store what of a deployment can change."""
    tx.execute(
        "UPDATE deployments SET state = ?, generation = ?, champion_id = ?, champion_number = ?, canary_id = ?, canary_number = ?,"
        " canary_share = ?, entity_column = ?, flush_ms = ?, updated_at = ? WHERE id = ?",
        [
            d.state, d.generation, d.champion_id, d.champion_number, d.canary_id, d.canary_number, d.canary_share, d.entity_column,
            d.flush_ms, tx.at, d.id,
        ],
    )  # fmt: skip


def get_deployment(store: Store | Transaction, key: str) -> Deployment | None:
    """By id or name."""
    row = store.one(f"SELECT {DEPLOYMENT} FROM deployments WHERE id = ? OR name = ?", [key, key])
    return _row_to_deployment(row) if row else None


def find_by_model(store: Store | Transaction, model_id: str) -> Deployment | None:
    """The deployment of a model."""
    row = store.one(f"SELECT {DEPLOYMENT} FROM deployments WHERE model_id = ? ORDER BY id LIMIT 1", [model_id])
    return _row_to_deployment(row) if row else None


def name_taken(tx: Transaction, name: str) -> bool:
    """Whether a deployment has that name."""
    return tx.one("SELECT 1 FROM deployments WHERE name = ?", [name]) is not None


def list_deployments(store: Store, *, project_id: str | None, before_id: str | None, limit: int) -> list[Deployment]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {DEPLOYMENT} FROM deployments WHERE (? IS NULL OR project_id = ?) AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        [project_id, project_id, before_id, before_id, limit],
    )
    return [_row_to_deployment(row) for row in rows]


def insert_move(tx: Transaction, m: Move) -> None:
    """Remember a move."""
    tx.execute(
        f"INSERT INTO deployment_moves ({MOVE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            m.id, m.deployment_id, m.generation, m.occurred_at, m.actor_id, m.actor_name, m.via, m.kind, m.version_id, m.version_number,
            m.from_number, m.share, m.reason,
        ],
    )  # fmt: skip


def list_moves(store: Store | Transaction, deployment_id: str) -> list[Move]:
    """All moves, the oldest first."""
    return [
        _row_to_move(r) for r in store.rows(f"SELECT {MOVE} FROM deployment_moves WHERE deployment_id = ? ORDER BY id", [deployment_id])
    ]


def insert_key(tx: Transaction, key: DeploymentKey, key_hash: str) -> None:
    """Store a new key."""
    tx.execute(
        "INSERT INTO deployment_keys (id, deployment_id, name, hint, key_hash, created_by_name, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [key.id, key.deployment_id, key.name, key.hint, key_hash, key.created_by_name, key.created_at],
    )


def list_keys(store: Store | Transaction, deployment_id: str) -> list[DeploymentKey]:
    """All keys of a deployment, newest first."""
    rows = store.rows(f"SELECT {KEY} FROM deployment_keys WHERE deployment_id = ? ORDER BY id DESC", [deployment_id])
    return [_row_to_key(row) for row in rows]


def live_key_hashes(store: Store, deployment_id: str) -> Sequence[str]:
    """Hashes of the keys that open a deployment."""
    rows = store.rows("SELECT key_hash FROM deployment_keys WHERE deployment_id = ? AND revoked_at IS NULL ORDER BY id", [deployment_id])
    return [row[0] for row in rows]


def revoke_key(tx: Transaction, key_id: str) -> None:
    """Close a key for good."""
    tx.execute("UPDATE deployment_keys SET revoked_at = ? WHERE id = ?", [tx.at, key_id])
