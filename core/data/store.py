"""Rows of data sets and their versions; all SQL of this step."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from core.data.model import Column, ColumnRoles, Dataset, DatasetVersion, DataWarning, Kind, Source
from core.store import Store, Transaction

DATASET = "id, project_id, name, created_by, created_at"
VERSION = (
    "id, dataset_id, project_id, number, name, sha256, profile_sha256, row_count, columns, roles, source, filename, note, warnings,"
    " parent_id, created_by, created_at"
)


def _row_to_dataset(row: tuple[Any, ...]) -> Dataset:
    return Dataset(row[0], row[1], row[2], row[3], row[4])


def _row_to_version(row: tuple[Any, ...]) -> DatasetVersion:
    columns = tuple(Column(c["name"], Kind(c["kind"]), c["missing"], c["distinct"]) for c in json.loads(row[8]))
    warnings = tuple(DataWarning(item["template"], tuple((k, v) for k, v in item["fields"])) for item in json.loads(row[13]))
    return DatasetVersion(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], columns, _roles(row[9]), Source(row[10]), row[11], row[12], warnings,
        row[14], row[15], row[16],
    )  # fmt: skip


def _roles(text: str | None) -> ColumnRoles | None:
    if text is None:
        return None
    body = json.loads(text)
    return ColumnRoles(body["target"], body["positive"], body["id_column"], body["time_column"], tuple(body["leave_out"]))


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def insert_dataset(tx: Transaction, dataset: Dataset) -> None:
    """Store a new data set."""
    tx.execute(
        f"INSERT INTO datasets ({DATASET}) VALUES (?, ?, ?, ?, ?)",
        [dataset.id, dataset.project_id, dataset.name, dataset.created_by, dataset.created_at],
    )


def find_dataset(tx: Transaction | Store, project_id: str, name: str) -> Dataset | None:
    """A project's data set by name."""
    row = tx.one(f"SELECT {DATASET} FROM datasets WHERE project_id = ? AND name = ?", [project_id, name])
    return _row_to_dataset(row) if row else None


def get_dataset(store: Store, dataset_id: str) -> Dataset | None:
    """One data set."""
    row = store.one(f"SELECT {DATASET} FROM datasets WHERE id = ?", [dataset_id])
    return _row_to_dataset(row) if row else None


def list_datasets(store: Store, *, project_id: str | None, before_id: str | None, limit: int) -> list[Dataset]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {DATASET} FROM datasets WHERE (? IS NULL OR project_id = ?) AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        [project_id, project_id, before_id, before_id, limit],
    )
    return [_row_to_dataset(row) for row in rows]


def insert_version(tx: Transaction, version: DatasetVersion) -> None:
    """Store a new version."""
    warnings = [{"template": w.template, "fields": [list(pair) for pair in w.fields]} for w in version.warnings]
    tx.execute(
        f"INSERT INTO dataset_versions ({VERSION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            version.id, version.dataset_id, version.project_id, version.number, version.name, version.sha256, version.profile_sha256, version.rows,
            _dump([asdict(c) for c in version.columns]), _dump(asdict(version.roles)) if version.roles else None, version.source,
            version.filename, version.note, _dump(warnings), version.parent_id, version.created_by, version.created_at,
        ],
    )  # fmt: skip


def set_roles(tx: Transaction, version_id: str, roles: ColumnRoles) -> None:
    """Declare roles."""
    tx.execute("UPDATE dataset_versions SET roles = ? WHERE id = ?", [_dump(asdict(roles)), version_id])


def next_number(tx: Transaction, dataset_id: str) -> int:
    """Number of a data set's next version."""
    row = tx.one("SELECT coalesce(max(number), 0) + 1 FROM dataset_versions WHERE dataset_id = ?", [dataset_id])
    return int(row[0]) if row else 1


def get_version(db: Store | Transaction, version_id: str) -> DatasetVersion | None:
    """One version."""
    row = db.one(f"SELECT {VERSION} FROM dataset_versions WHERE id = ?", [version_id])
    return _row_to_version(row) if row else None


def find_content(tx: Transaction, dataset_id: str, sha256: str) -> DatasetVersion | None:
    """The newest version of a data set with that content."""
    row = tx.one(
        f"SELECT {VERSION} FROM dataset_versions WHERE dataset_id = ? AND sha256 = ? ORDER BY number DESC LIMIT 1", [dataset_id, sha256]
    )
    return _row_to_version(row) if row else None


def list_versions(
    store: Store, *, project_id: str | None, dataset_id: str | None, before_id: str | None, limit: int
) -> list[DatasetVersion]:
    """Newest first."""
    rows = store.rows(
        f"SELECT {VERSION} FROM dataset_versions WHERE (? IS NULL OR project_id = ?) AND (? IS NULL OR dataset_id = ?) AND (? IS NULL OR id < ?)"
        " ORDER BY id DESC LIMIT ?",
        [project_id, project_id, dataset_id, dataset_id, before_id, before_id, limit],
    )
    return [_row_to_version(row) for row in rows]


def list_newest_versions(store: Store, *, project_id: str | None, limit: int) -> list[DatasetVersion]:
    """The newest version of each data set, those that changed last first."""
    rows = store.rows(
        f"SELECT {VERSION} FROM dataset_versions WHERE (? IS NULL OR project_id = ?)"
        " QUALIFY row_number() OVER (PARTITION BY dataset_id ORDER BY number DESC) = 1 ORDER BY id DESC LIMIT ?",
        [project_id, project_id, limit],
    )
    return [_row_to_version(row) for row in rows]


def is_used(tx: Transaction, version_id: str) -> bool:
    """Whether something was made of a version."""
    return tx.one("SELECT 1 FROM lineage_edges WHERE source_kind = 'dataset_version' AND source_id = ? LIMIT 1", [version_id]) is not None
