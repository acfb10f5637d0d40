"""What the registry takes from training and data: finished runs with their facts, and the rows that a model was tested on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from core.data import service as data
from core.data.frames import read_frame
from core.data.model import DatasetVersion
from core.identity import Principal
from core.impact.arrays import IntArray
from core.registry.evidence import DataFacts, MetricFact, RunFacts
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A run that has ended well.

    Args:
        features: names of the columns that its model uses.
    """

    project_id: str
    dataset_version_id: str
    scores_sha256: str
    features: tuple[str, ...]
    facts: RunFacts
    metrics: tuple[MetricFact, ...]


def data_facts(ws: Workspace, actor: Principal, run: TrainedRun) -> DataFacts:
    """What a run learned from: size, gaps, age, and columns that may give the answer away."""
    version = data.get_version(ws, actor, run.dataset_version_id)
    used = [c for c in version.columns if c.name in run.features]
    missing = sum(c.missing for c in used) / max(version.rows * len(used), 1)
    leaks = tuple(leak.column for leak in data.get_leaks(ws, actor, version.id) if leak.column in run.features)
    first, last = _times(ws, version)
    return DataFacts(
        version.id,
        version.name,
        version.number,
        version.sha256,
        version.rows,
        run.features,
        missing,
        version.created_at,
        first,
        last,
        leaks,
    )


def _times(ws: Workspace, version: DatasetVersion) -> tuple[datetime | None, datetime | None]:
    """Time of the oldest and the newest row; None where no column tells."""
    name = version.roles.time_column if version.roles else None
    if name is None:
        return None, None
    moments = pd.to_datetime(read_frame(ws.artifacts.path(version.sha256), [name])[name], errors="coerce", utc=True).dropna()
    if moments.empty:
        return None, None
    return moments.min().to_pydatetime().astimezone(UTC), moments.max().to_pydatetime().astimezone(UTC)


def feature_rows(ws: Workspace, actor: Principal, run: TrainedRun, rows: IntArray) -> pd.DataFrame:
    """Features of some rows of a run's data, in their order, shape (len(rows), features)."""
    version = data.get_version(ws, actor, run.dataset_version_id)
    return read_frame(ws.artifacts.path(version.sha256), run.features).iloc[rows].reset_index(drop=True)
