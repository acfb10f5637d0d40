"""A project with finished runs made of known scores, so that the registry is tested without training anything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import NotFound
from core.identity import Principal
from core.impact.source import FinishedRun
from core.project import service as projects
from core.project.model import Nouns, Project, Task
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Operator, PayoffMatrix, Period, TodaysRule
from core.registry.evidence import DataFacts, MetricFact, RunFacts
from core.registry.source import TrainedRun
from core.store import new_id
from core.workspace import Workspace

NOUNS = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
PAYOFF = PayoffMatrix(Decimal(12_000), Decimal(-1_500), Decimal(0), Decimal(0))
RULE = TodaysRule("tenure", Operator.BELOW, "12")
FEATURES = ("tenure", "plan", "region")


def make_frame(rows: int, seed: int = 7) -> pd.DataFrame:
    """Rows whose score is calibrated by construction, and three features."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1.2, 2.2, rows)
    y = (rng.random(rows) < score).astype(np.int64)
    tenure = np.where(rng.random(rows) < 0.25 + 0.4 * y, rng.integers(0, 12, rows), rng.integers(12, 72, rows))
    plan = np.where(score > 0.5, "flex", "fixed")
    region = rng.choice(["north", "south", "west"], rows)
    return pd.DataFrame({"row": np.arange(rows), "y": y, "score": score, "tenure": tenure.astype(float), "plan": plan, "region": region})


def new_project(ws: Workspace, actor: Principal, name: str = "Customer churn") -> Project:
    """A project with calls, customers and yen."""
    spec = ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, RULE)
    return projects.create_project(ws, actor, ProjectSpec(name, "Whom should we call?", NOUNS, value=spec))


@dataclass
class World:
    """Finished runs in memory, with their scores in the artifact root; stands in for training and data."""

    ws: Workspace
    folder: Path
    runs: dict[str, TrainedRun] = field(default_factory=dict)
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    predict_ms: float = 12.0
    missing: float = 0.01
    age_days: int = 30
    warnings: tuple[str, ...] = ()

    def add(self, project_id: str, frame: pd.DataFrame, *, version: str = "dv-1", noise: float = 0.0) -> str:
        """Write a run's scores: the first half validates, the second half tests. Noise makes it worse."""
        cut, number = len(frame) // 2, len(self.runs) + 1
        table = frame[["row", "y", "score"]].copy()
        table["split"] = np.where(np.arange(len(frame)) < cut, "validation", "test")
        shaken = table["score"] + np.random.default_rng(number).normal(0, max(noise, 1e-9), len(frame))
        table["score"] = np.clip(shaken, 0, 1)
        path = self.folder / f"{new_id()}.parquet"
        table.to_parquet(path, index=False)
        package = self.folder / f"package-{number}"
        package.mkdir()
        (package / "package.json").write_text(f'{{"run": {number}}}')
        run_id = new_id()
        facts = RunFacts(
            run_id, number, {"preset": "medium"}, "LightGBM", 0, self.ws.clock(), 14.0, self.predict_ms, self.ws.artifacts.put(package).sha256
        )  # fmt: skip
        metrics = (MetricFact("roc_auc", 0.84, 0.82, 0.86, "test", len(frame) - cut),)
        self.runs[run_id] = TrainedRun(project_id, version, self.ws.artifacts.put(path).sha256, FEATURES, facts, metrics)
        self.frames[version] = frame
        return run_id

    def trained_run(self, ws: Workspace, actor: Principal, run_id: str) -> TrainedRun:
        if run_id not in self.runs:
            raise NotFound("run", run_id)
        run = self.runs[run_id]
        return replace(run, facts=replace(run.facts, predict_ms=self.predict_ms))

    def data_facts(self, ws: Workspace, actor: Principal, run: TrainedRun) -> DataFacts:
        made = ws.clock() - timedelta(days=self.age_days)
        frame = self.frames[run.dataset_version_id]
        return DataFacts(
            run.dataset_version_id, "Customers", 1, "0" * 64, len(frame), FEATURES, self.missing, made, None, None, self.warnings
        )  # fmt: skip

    def feature_rows(self, ws: Workspace, actor: Principal, run: TrainedRun, rows: np.ndarray) -> pd.DataFrame:
        return self.frames[run.dataset_version_id].iloc[rows][list(FEATURES)].reset_index(drop=True)

    # The same runs, as the impact step asks for them.
    def find(self, ws: Workspace, run_id: str) -> FinishedRun:
        run = self.trained_run(ws, None, run_id)  # type: ignore[arg-type]
        return FinishedRun(run_id, run.facts.number, run.project_id, run.dataset_version_id, "LightGBM", run.scores_sha256)

    def task(self, ws: Workspace, run_id: str) -> Task:
        return Task.BINARY

    def newest(self, ws: Workspace, project_id: str, limit: int) -> list[FinishedRun]:
        return [self.find(ws, key) for key, run in reversed(self.runs.items()) if run.project_id == project_id][:limit]

    def columns(self, ws: Workspace, dataset_version_id: str, names: list[str], rows: np.ndarray) -> pd.DataFrame:
        frame = self.frames[dataset_version_id]
        return frame[[name for name in names if name in frame]].iloc[rows].reset_index(drop=True)

    def features(self, ws: Workspace, dataset_version_id: str) -> list[str]:
        return list(FEATURES)

    def attributes(self, ws: Workspace, dataset_version_id: str) -> list[str]:
        return list(FEATURES)
