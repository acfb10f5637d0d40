"""Small data sets and a workspace whose jobs run."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from core.data.model import ColumnRoles, DatasetVersion
from core.data.service import declare_roles, upload_dataset
from core.identity import Principal
from core.project.model import Nouns, Project, Task
from core.project.service import ProjectSpec, ValueModelSpec, create_project
from core.project.value_model import PayoffMatrix, Period
from core.training.jobs import kinds
from core.training.model import METRICS, Family, RunConfig
from core.workspace import Workspace

NOUNS = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
PAYOFF = PayoffMatrix(Decimal(100), Decimal(-20), Decimal(0), Decimal(0))
ROWS = 400


@dataclass(frozen=True)
class Case:
    """A project and data to train on."""

    project: Project
    version: DatasetVersion


def make_table(rows: int = ROWS, seed: int = 3) -> pd.DataFrame:
    """A number that tells, a category that tells a little, noise with gaps, a day; and a target of each task."""
    rng = np.random.default_rng(seed)
    age, noise = rng.normal(40, 10, rows), rng.normal(size=rows)
    plan = rng.choice(["basic", "plus", "pro"], rows)
    latent = (age - 40) / 10 + (plan == "basic") + rng.normal(0, 0.7, rows)
    noise[rng.random(rows) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "age": age.round(2), "plan": plan, "noise": noise, "day": pd.date_range("2025-01-01", periods=rows, freq="h").astype(str),
            "churn": np.where(latent > 0.6, "yes", "no"), "level": pd.cut(latent, [-99, -0.3, 0.9, 99], labels=["low", "mid", "high"]).astype(str),
            "spend": (latent * 100 + 500).round(1),
        }
    )  # fmt: skip


TARGETS = {Task.BINARY: ("churn", "yes"), Task.MULTICLASS: ("level", None), Task.REGRESSION: ("spend", None)}


def make_case(ws: Workspace, actor: Principal, task: Task, table: pd.DataFrame | None = None, name: str = "Churn") -> Case:
    """A project of a task, with data whose roles are declared."""
    value = ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF) if task is Task.BINARY else None
    project = create_project(ws, actor, ProjectSpec(name, "Whom should we call?", NOUNS, task, value))
    content = (make_table() if table is None else table).to_csv(index=False).encode()
    version = upload_dataset(ws, actor, project.id, "customers.csv", io.BytesIO(content))
    target, positive = TARGETS[task]
    hidden = tuple(name for name, _ in TARGETS.values() if name != target)
    return Case(project, declare_roles(ws, actor, version.id, ColumnRoles(target, positive, None, "day", hidden)))


def quick(task: Task = Task.BINARY, **changes: object) -> RunConfig:
    """One small model, soon done."""
    given: dict[str, object] = {"metric": METRICS[task][0], "time_limit_s": 30, "families": (Family.LIGHTGBM,)}
    return RunConfig(**(given | changes))  # type: ignore[arg-type]


@pytest.fixture
def live(ws: Workspace) -> Iterator[Workspace]:
    """A workspace that runs training jobs."""
    for kind in kinds(ws):
        ws.jobs.register(kind)
    ws.jobs.start()
    yield ws
    ws.jobs.stop()


@pytest.fixture
def still(ws: Workspace) -> Workspace:
    """A workspace that knows training jobs and starts none."""
    for kind in kinds(ws):
        ws.jobs.register(kind)
    return ws
