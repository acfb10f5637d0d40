"""Runs of several classes and forecasts in money, through the service."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidInput
from core.identity import Principal
from core.impact import source, task_service, task_value
from core.impact.multiclass import ClassPolicy
from core.impact.regression import ForecastPolicy
from core.impact.report import Verdict
from core.project import service as projects
from core.project.model import Task
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import ClassPayoffs, DeviationCosts, PayoffMatrix, Period
from core.workspace import Workspace
from tests.impact.conftest import NOUNS

COSTS = ClassPayoffs(("F", "L"), ((Decimal(0), Decimal(-1)), (Decimal(-10), Decimal(0))))
DEVIATIONS = DeviationCosts(Decimal(3), Decimal(1))


class Tables(source.TrainedRuns):
    """The data of a run in memory."""

    def __init__(self, data: pd.DataFrame) -> None:
        self.data = data

    def columns(self, ws: Workspace, dataset_version_id: str, names: Sequence[str], rows: np.ndarray) -> pd.DataFrame:
        return self.data[[name for name in names if name in self.data]].iloc[rows].reset_index(drop=True)

    def features(self, ws: Workspace, dataset_version_id: str) -> Sequence[str]:
        return [str(name) for name in self.data.columns]

    attributes = features


def shops(rows: int) -> pd.DataFrame:
    """Columns that tell nothing of a run's rows."""
    rng = np.random.default_rng(9)
    return pd.DataFrame(
        {"region": rng.choice(["north", "south"], rows), "gender": rng.choice(["f", "m"], rows), "size": rng.uniform(0, 1, rows)}
    )


def finished(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task, project_id: str, frame: pd.DataFrame,
    data: pd.DataFrame | None = None,
) -> None:  # fmt: skip
    monkeypatch.setattr(source, "_source", Tables(shops(len(frame)) if data is None else data))
    frame.assign(row=np.arange(len(frame))).to_parquet(tmp_path / "scores.parquet", index=False)
    sha256 = ws.artifacts.put(tmp_path / "scores.parquet").sha256
    run = SimpleNamespace(
        id="run-1",
        number=7,
        project_id=project_id,
        task=task,
        dataset_version_id="v-1",
        artifacts=SimpleNamespace(scores_sha256=sha256),
        summary=SimpleNamespace(best_model="LightGBM"),
    )
    for place in (task_value, source):
        monkeypatch.setattr(place, "finished", lambda ws, run_id: run)


def classes_frame(rows: int = 4_000) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    p = rng.beta(1, 4, rows)
    y = np.where(rng.random(rows) < p, "L", "F")
    return pd.DataFrame({"split": np.where(np.arange(rows) < rows // 2, "validation", "test"), "y": y, "p:F": 1 - p, "p:L": p})


def project_of(ws: Workspace, actor: Principal, task: Task, payoff: object) -> projects.Project:
    spec = ValueModelSpec("EUR", Period.MONTH, 1_000, payoff)  # type: ignore[arg-type]
    return projects.create_project(ws, actor, ProjectSpec(f"Queue {task}", "Which queue?", NOUNS, task=task, value=spec))


def test_costly_errors_move_the_decision_between_classes(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.MULTICLASS, COSTS)
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project.id, classes_frame())
    found = task_value.value_task_run(ws, viewer, "run-1").classes
    assert found is not None
    assert found.recommended is ClassPolicy.BY_VALUE
    likely = found.policy_value(ClassPolicy.MOST_LIKELY)
    assert likely is not None
    assert likely.behind.low > 0
    # By hand: decide L where 10 p > 1 - p.
    test = classes_frame().iloc[2_000:]
    decided = np.where(10 * test["p:L"] > test["p:F"], "L", "F")
    cost = np.where(decided == test["y"], 0, np.where(test["y"] == "L", -10, -1)).mean() * 1_000
    ours = found.policy_value(ClassPolicy.BY_VALUE)
    assert ours is not None
    assert float(ours.value.value) == pytest.approx(cost, abs=0.01)


def test_a_forecast_is_moved_to_where_errors_cost_least(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.REGRESSION, DEVIATIONS)
    rng = np.random.default_rng(5)
    forecast = rng.uniform(50, 150, 6_000)
    actual = forecast + rng.normal(0, 10, 6_000)
    frame = pd.DataFrame({"split": np.where(np.arange(6_000) < 3_000, "validation", "test"), "y": actual, "score": forecast})
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project.id, frame)
    found = task_value.value_task_run(ws, viewer, "run-1").forecast
    assert found is not None
    assert found.recommended is ForecastPolicy.ADJUSTED
    # The newsvendor with normal errors: the 75 % quantile, 0.6745 standard deviations above the forecast.
    assert found.adjustment.amount == pytest.approx(6.745, abs=0.8)
    assert found.saving.low > 0


def test_other_payoffs_than_the_runs_are_refused(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ClassPayoffs(("F", "M"), ((Decimal(0), Decimal(-1)), (Decimal(-10), Decimal(0))))
    project = project_of(ws, scientist, Task.MULTICLASS, other)
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project.id, classes_frame())
    with pytest.raises(InvalidInput, match="The payoffs know the classes F, M"):
        task_value.value_task_run(ws, viewer, "run-1")
    with pytest.raises(InvalidInput, match="doesn't fit"):
        project_of(ws, scientist, Task.REGRESSION, PayoffMatrix(Decimal(1), Decimal(-1), Decimal(0), Decimal(0)))


def test_the_newest_run_of_each_project_is_listed_in_money(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(ws, scientist, Task.MULTICLASS, COSTS)
    assert task_service.list_latest_tasks(ws, viewer) == []
    assert task_service.find_latest_task(ws, viewer, project.slug) is None
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project.id, classes_frame())
    monkeypatch.setattr(task_service.training_rows, "list_runs", lambda *_, **__: [SimpleNamespace(id="run-1")])
    one = task_service.find_latest_task(ws, viewer, project.slug)
    (found,) = task_service.list_latest_tasks(ws, viewer)
    assert found == one
    assert (found.project.id, found.report_id, found.report.run_id) == (project.id, None, "run-1")
    assert found.report.classes is not None
    assert found.report.gain == found.report.classes.gain
    assert found.report.verdict is Verdict.BETTER
