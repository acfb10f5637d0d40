"""What the registry takes from training and data: finished runs with their facts, and the rows that a model was tested on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from core.data import service as data
from core.data import store as data_rows
from core.data.frames import read_frame
from core.data.model import DatasetVersion
from core.errors import Conflict
from core.identity import Permission, Principal, require
from core.impact.arrays import IntArray
from core.registry.evidence import DataFacts, MetricFact, RunFacts
from core.training import service as training
from core.training.evaluation import Evaluation
from core.training.package import read_package
from core.workspace import Workspace


def column_examples(ws: Workspace, dataset_version_id: str, names: Sequence[str]) -> dict[str, float | str | None]:
    """The first value of each of these columns that isn't missing; None for a column without one."""
    version = data_rows.get_version(ws.store, dataset_version_id)
    known = [] if version is None else [name for name in names if version.column(name) is not None]
    if version is None or not known:
        return dict.fromkeys(names)
    frame = read_frame(ws.artifacts.path(version.sha256), known)
    found: dict[str, float | str | None] = dict.fromkeys(names)
    for name in known:
        present = frame[name].dropna()
        if len(present):
            first = present.iloc[0]
            found[name] = float(first) if isinstance(first, int | float | np.number) and not isinstance(first, bool) else str(first)
    return found


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


def trained_run(ws: Workspace, actor: Principal, run_id: str) -> TrainedRun:
    """A finished run with its facts.

    Raises:
        NotFound: no such run. Conflict: it hasn't finished well, or brought no model package.
    """
    require(actor, Permission.READ_DETAILS)
    run = training.finished(ws, run_id)
    if run.artifacts is None or not run.artifacts.package_sha256 or not run.artifacts.scores_sha256:
        raise Conflict("Run {number} was trained elsewhere and has no model package. Choose a run that Kachi trained.", number=run.number)
    package = read_package(ws.artifacts.path(run.artifacts.package_sha256))
    found = training.get_evaluation(ws, actor, run_id)
    config = {"preset": run.config.preset.value, "metric": run.config.metric, "split": run.config.split.value}
    seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at and run.started_at else 0.0
    facts = RunFacts(
        run.id, run.number, config, found.best_model, run.config.seed, run.started_at, seconds, _predict_ms(found),
        run.artifacts.package_sha256,
    )  # fmt: skip
    metrics = tuple(MetricFact(m.name, m.value, m.low, m.high, m.slice, m.n) for m in found.metrics)
    features = tuple(feature.name for feature in package.features)
    return TrainedRun(run.project_id, run.dataset_version_id, run.artifacts.scores_sha256, features, facts, metrics)


def _predict_ms(found: Evaluation) -> float | None:
    return next((row.predict_ms for row in found.leaderboard if row.model == found.best_model), None)


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
