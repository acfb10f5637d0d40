"""Rows of projects and value models; all SQL of this step."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from core.project.model import Nouns, Phase, PhaseMove, Project, Task
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
from core.project.value_model import Period, ValueModel
from core.store import Store, Transaction, new_id

PROJECT = "id, slug, name, question, task, nouns, owner_id, owner_name, is_sample, phase, created_at, archived_at"
VALUE = "id, project_id, version, currency, period, cases_per_period, payoff, rule, note, created_by, created_at, limits, economics, proposed_by"


def _row_to_project(row: tuple[Any, ...]) -> Project:
    return Project(
        row[0], row[1], row[2], row[3], Task(row[4]), Nouns(**json.loads(row[5])), row[6], row[7], row[8], Phase(row[9]), row[10], row[11]
    )


def _row_to_value_model(row: tuple[Any, ...]) -> ValueModel:
    return ValueModel(
        row[0], row[1], row[2], row[3], Period(row[4]), row[5], payoff_from_json(row[6]), rule_from_json(row[7]), row[8], row[9], row[10],
        limits_from_json(row[11]), economics_from_json(row[12]), row[13],
    )  # fmt: skip


def insert_project(tx: Transaction, project: Project) -> None:
    """Store a new project."""
    tx.execute(
        f"INSERT INTO projects ({PROJECT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            project.id, project.slug, project.name, project.question, project.task, json.dumps(asdict(project.nouns), ensure_ascii=False),
            project.owner_id, project.owner_name, project.is_sample, project.phase, project.created_at, project.archived_at,
        ],
    )  # fmt: skip


def update_project(tx: Transaction, project: Project) -> None:
    """Store a project's name, question, words and end."""
    tx.execute(
        "UPDATE projects SET name = ?, question = ?, nouns = ?, archived_at = ? WHERE id = ?",
        [project.name, project.question, json.dumps(asdict(project.nouns), ensure_ascii=False), project.archived_at, project.id],
    )


def get_project(store: Store, key: str) -> Project | None:
    """By id or slug."""
    row = store.one(f"SELECT {PROJECT} FROM projects WHERE id = ? OR slug = ?", [key, key])
    return _row_to_project(row) if row else None


def slug_exists(tx: Transaction, slug: str) -> bool:
    """Whether a slug is taken."""
    return tx.one("SELECT 1 FROM projects WHERE slug = ?", [slug]) is not None


def list_projects(store: Store, *, before_id: str | None, limit: int, archived: bool) -> list[Project]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {PROJECT} FROM projects WHERE (? IS NULL OR id < ?) AND (? OR archived_at IS NULL) ORDER BY id DESC LIMIT ?",
        [before_id, before_id, archived, limit],
    )
    return [_row_to_project(row) for row in rows]


def set_phase(tx: Transaction, project_id: str, phase: Phase, actor_name: str, reason: str) -> None:
    """Move a project and remember the move."""
    tx.execute("UPDATE projects SET phase = ? WHERE id = ?", [phase, project_id])
    tx.execute(
        "INSERT INTO project_phases (id, project_id, phase, occurred_at, actor_name, reason) VALUES (?, ?, ?, ?, ?, ?)",
        [new_id(), project_id, phase, tx.at, actor_name, reason],
    )


def current_phase(tx: Transaction, project_id: str) -> Phase | None:
    """Where a project stands."""
    row = tx.one("SELECT phase FROM projects WHERE id = ?", [project_id])
    return Phase(row[0]) if row else None


def list_phase_moves(store: Store | Transaction, project_id: str) -> list[PhaseMove]:
    """All moves, oldest first."""
    rows = store.rows("SELECT phase, occurred_at, actor_name, reason FROM project_phases WHERE project_id = ? ORDER BY id", [project_id])
    return [PhaseMove(Phase(row[0]), row[1], row[2], row[3]) for row in rows]


def insert_value_model(tx: Transaction, model: ValueModel) -> None:
    """Store a new version."""
    tx.execute(
        f"INSERT INTO value_models ({VALUE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            model.id, model.project_id, model.version, model.currency, model.period, model.cases_per_period, payoff_to_json(model.payoff),
            rule_to_json(model.rule), model.note, model.created_by, model.created_at, limits_to_json(model.limits),
            economics_to_json(model.economics), model.proposed_by,
        ],
    )  # fmt: skip


def next_value_version(tx: Transaction, project_id: str) -> int:
    """Number of the next version of a project's value model."""
    row = tx.one("SELECT coalesce(max(version), 0) + 1 FROM value_models WHERE project_id = ?", [project_id])
    return int(row[0]) if row else 1


def newest_value_model(tx: Transaction, project_id: str) -> ValueModel | None:
    """The newest version of a project's value model; None where it has none."""
    row = tx.one(f"SELECT {VALUE} FROM value_models WHERE project_id = ? ORDER BY version DESC LIMIT 1", [project_id])
    return _row_to_value_model(row) if row else None


def get_value_model(store: Store | Transaction, value_model_id: str) -> ValueModel | None:
    """One version by id."""
    row = store.one(f"SELECT {VALUE} FROM value_models WHERE id = ?", [value_model_id])
    return _row_to_value_model(row) if row else None


def list_value_models(store: Store, project_id: str) -> list[ValueModel]:
    """All versions, newest first."""
    rows = store.rows(f"SELECT {VALUE} FROM value_models WHERE project_id = ? ORDER BY version DESC", [project_id])
    return [_row_to_value_model(row) for row in rows]
