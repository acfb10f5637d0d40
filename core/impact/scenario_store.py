"""Rows of saved scenarios."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import Corrupt, KachiError
from core.impact.scenarios import Override, Scenario
from core.impact.sensitivity import Assumption
from core.impact.task_scenarios import TaskChange, TaskOverride, TaskScenario
from core.store import Store, Transaction

COLUMNS = "id, project_id, name, overrides, updated_by, updated_by_name, created_at, updated_at"

AnyScenario = Scenario | TaskScenario


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """A scenario as it is kept."""

    id: str
    project_id: str
    scenario: AnyScenario
    updated_by: str
    updated_by_name: str
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """Its name."""
        return self.scenario.name


def overrides_to_json(scenario: AnyScenario) -> str:
    """What a scenario changes; values as text, so that no digit is lost."""
    return json.dumps([_to_json(o) for o in scenario.overrides])


def _to_json(override: Override | TaskOverride) -> dict[str, str | bool]:
    """Those of classes and forecasts also name a true class and one that is decided on, empty for all but payoffs."""
    plain: dict[str, str | bool] = {"assumption": override.assumption, "value": str(override.value), "relative": override.relative}
    return plain | {"truth": override.truth, "decided": override.decided} if isinstance(override, TaskOverride) else plain


def _from_json(name: str, found: list[dict[str, Any]]) -> AnyScenario:
    if any("truth" in o for o in found):
        return TaskScenario(name, tuple(
            TaskOverride(TaskChange(o["assumption"]), Decimal(o["value"]), bool(o["relative"]), o["truth"], o["decided"]) for o in found
        ))  # fmt: skip
    return Scenario(name, tuple(Override(Assumption(o["assumption"]), Decimal(o["value"]), bool(o["relative"])) for o in found))


def _row_to_saved(row: tuple[Any, ...]) -> SavedScenario:
    try:
        scenario = _from_json(row[2], json.loads(row[3]))
    except (ValueError, KeyError, TypeError, InvalidOperation, KachiError) as error:
        raise Corrupt("The stored scenario '{name}' can't be read. Delete it, or restore a backup.", name=str(row[2])[:60]) from error
    return SavedScenario(row[0], row[1], scenario, *row[4:])


def insert_scenario(tx: Transaction, saved: SavedScenario) -> None:
    """Store a new scenario."""
    tx.execute(
        f"INSERT INTO scenarios ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            saved.id, saved.project_id, saved.scenario.name, overrides_to_json(saved.scenario), saved.updated_by, saved.updated_by_name,
            saved.created_at, saved.updated_at,
        ],
    )  # fmt: skip


def update_scenario(tx: Transaction, saved: SavedScenario) -> None:
    """Store a scenario's new name and assumptions."""
    tx.execute(
        "UPDATE scenarios SET name = ?, overrides = ?, updated_by = ?, updated_by_name = ?, updated_at = ? WHERE id = ?",
        [saved.scenario.name, overrides_to_json(saved.scenario), saved.updated_by, saved.updated_by_name, saved.updated_at, saved.id],
    )


def delete_scenario(tx: Transaction, scenario_id: str) -> None:
    """Remove a scenario."""
    tx.execute("DELETE FROM scenarios WHERE id = ?", [scenario_id])


def find_named(source: Store | Transaction, project_id: str, name: str) -> str | None:
    """Id of the scenario of that name."""
    row = source.one("SELECT id FROM scenarios WHERE project_id = ? AND name = ?", [project_id, name])
    return str(row[0]) if row else None


def get_scenario(store: Store, project_id: str, scenario_id: str) -> SavedScenario | None:
    """One scenario of a project."""
    row = store.one(f"SELECT {COLUMNS} FROM scenarios WHERE id = ? AND project_id = ?", [scenario_id, project_id])
    return _row_to_saved(row) if row else None


def list_scenarios(store: Store, project_id: str) -> list[SavedScenario]:
    """All of a project, in the order in which they were made."""
    rows = store.rows(f"SELECT {COLUMNS} FROM scenarios WHERE project_id = ? ORDER BY id", [project_id])
    return [_row_to_saved(row) for row in rows]


def count_scenarios(tx: Transaction, project_id: str) -> int:
    """How many a project has."""
    row = tx.one("SELECT count(*) FROM scenarios WHERE project_id = ?", [project_id])
    return int(row[0]) if row else 0
