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
FAST = RunConfig("roc_auc", time_limit_s=30, families=(Family.LIGHTGBM, Family.LINEAR))


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


def make_case(ws: Workspace, actor: Principal, task: Task | str, table: pd.DataFrame | None = None, name: str = "Churn") -> Case:
    """A project of a task, with data whose roles are declared."""
    task = Task(task)
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


def churn_table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Customers who leave the sooner the shorter they stay and the more they pay."""
    rng = np.random.default_rng(seed)
    tenure, bill = rng.integers(1, 72, rows), rng.normal(60, 15, rows).round(2)
    plan = rng.choice(["basic", "plus", "pro"], rows)
    chance = 1 / (1 + np.exp((tenure - 30) / 8 - (bill - 60) / 20 - (plan == "basic")))
    return pd.DataFrame({"tenure": tenure, "bill": bill, "plan": plan, "churn": np.where(rng.random(rows) < chance, "yes", "no")})


def as_csv(table: pd.DataFrame) -> io.BytesIO:
    """A table as an uploaded file."""
    return io.BytesIO(table.to_csv(index=False).encode())


def other_project(ws: Workspace, actor: Principal, task: Task) -> Project:
    """A project without a value model."""
    return create_project(ws, actor, ProjectSpec(f"Project {task.value}", "What will happen?", NOUNS, task))


@pytest.fixture
def wired(live: Workspace) -> Workspace:
    """A workspace that runs training jobs."""
    return live


@pytest.fixture
def project(still: Workspace, scientist: Principal) -> Project:
    value = ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF)
    return create_project(still, scientist, ProjectSpec("Customer churn", "Whom should we call?", NOUNS, value=value))


@pytest.fixture
def data(still: Workspace, scientist: Principal, project: Project) -> DatasetVersion:
    version = upload_dataset(still, scientist, project.id, "churn.csv", as_csv(churn_table(500)))
    return declare_roles(still, scientist, version.id, ColumnRoles("churn", "yes"))
