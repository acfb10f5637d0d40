"""A finished run made of known scores, so that this step is tested without training anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import NotFound
from core.identity import Principal
from core.impact import source
from core.impact.source import FinishedRun
from core.project import service as projects
from core.project.model import Nouns, Task
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Operator, PayoffMatrix, Period, TodaysRule
from core.store import new_id
from core.workspace import Workspace

NOUNS = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
PAYOFF = PayoffMatrix(Decimal(12_000), Decimal(-1_500), Decimal(0), Decimal(0))
RULE = TodaysRule("tenure", Operator.BELOW, "12")


def make_frame(rows: int, seed: int = 7) -> pd.DataFrame:
    """Rows whose score is calibrated by construction, and a column that today's rule reads."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1.2, 3.5, rows)
    y = (rng.random(rows) < score).astype(np.int64)
    tenure = np.where(rng.random(rows) < 0.25 + 0.4 * y, rng.integers(0, 12, rows), rng.integers(12, 72, rows))
    return pd.DataFrame({"row": np.arange(rows), "y": y, "score": score, "tenure": tenure.astype(float)})


@dataclass
class Runs:
    """Finished runs in memory, with their scores in the artifact root."""

    ws: Workspace
    folder: Path
    runs: dict[str, FinishedRun] = field(default_factory=dict)
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)

    def add(
        self, project_id: str, frame: pd.DataFrame, *, version: str = "version-1", noise: float = 0.0, test_from: int | None = None
    ) -> FinishedRun:
        """Write a run's scores: the first half validates, the second half tests."""
        cut = len(frame) // 2 if test_from is None else test_from
        table = frame[["row", "y", "score"]].copy()
        table["split"] = np.where(np.arange(len(frame)) < cut, "validation", "test")
        rng = np.random.default_rng(len(self.runs))
        if noise:
            table["score"] = np.clip(table["score"] + rng.normal(0, noise, len(frame)), 0, 1)
        table["m:LightGBM"] = table["score"]
        table["m:Noise"] = rng.random(len(frame))
        path = self.folder / f"{new_id()}.parquet"
        table.to_parquet(path, index=False)
        run = FinishedRun(new_id(), len(self.runs) + 1, project_id, version, "LightGBM", self.ws.artifacts.put(path).sha256)
        self.runs[run.id], self.frames[version] = run, frame
        return run

    def find(self, ws: Workspace, run_id: str) -> FinishedRun:
        if run_id not in self.runs:
            raise NotFound("run", run_id)
        return self.runs[run_id]

    def task(self, ws: Workspace, run_id: str) -> Task:
        return Task.BINARY

    def newest(self, ws: Workspace, project_id: str, limit: int) -> list[FinishedRun]:
        return [run for run in reversed(self.runs.values()) if run.project_id == project_id][:limit]

    def columns(self, ws: Workspace, dataset_version_id: str, names: list[str], rows: np.ndarray) -> pd.DataFrame:
        return self.frames[dataset_version_id][[n for n in names if n in self.frames[dataset_version_id]]].iloc[rows].reset_index(drop=True)

    def features(self, ws: Workspace, dataset_version_id: str) -> list[str]:
        return [name for name in self.frames[dataset_version_id] if name not in {"row", "y", "score"}]

    def attributes(self, ws: Workspace, dataset_version_id: str) -> list[str]:
        return self.features(ws, dataset_version_id)


@pytest.fixture
def runs(ws: Workspace, tmp_path: Path) -> Iterator[Runs]:
    made = Runs(ws, tmp_path)
    before = source._source
    source.use_runs(made)
    yield made
    source.use_runs(before)


@pytest.fixture
def project(ws: Workspace, scientist: Principal) -> projects.Project:
    spec = ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, RULE)
    return projects.create_project(ws, scientist, ProjectSpec("Customer churn", "Whom should we call?", NOUNS, value=spec))


@pytest.fixture
def run(runs: Runs, project: projects.Project) -> FinishedRun:
    return runs.add(project.id, make_frame(4_000))
