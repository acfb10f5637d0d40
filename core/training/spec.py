"""What a training job is told, as plain JSON in its job folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from core.data.model import ColumnRoles, Kind
from core.project.model import Task
from core.training.model import RunConfig
from core.training.money import MoneyScale

STOP_FILE = "stop-early"  # its presence in the job folder asks to finish with the best so far


@dataclass(frozen=True, slots=True)
class FitSpec:
    """All that a training job needs.

    Args:
        table_path: the dataset version's Parquet. kinds: of the features, in the order of the table.
        scale: payoffs; None where money isn't asked for.
    """

    run_id: str
    dataset_sha256: str
    table_path: str
    task: Task
    roles: ColumnRoles
    kinds: dict[str, Kind]
    config: RunConfig
    scale: MoneyScale | None
    threads: int


_ADAPTER = TypeAdapter(FitSpec)


def spec_to_json(spec: FitSpec) -> dict[str, Any]:
    """Plain JSON."""
    body: dict[str, Any] = _ADAPTER.dump_python(spec, mode="json")
    return body


def spec_from_json(body: Mapping[str, Any]) -> FitSpec:
    """As the job reads it."""
    return _ADAPTER.validate_python(body)
