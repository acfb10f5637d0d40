"""Runs, end to end: queued, trained in a process of their own, collected, valued; stopped and cancelled without remains."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import psutil
import pytest

from core.data.model import ColumnRoles, DatasetVersion
from core.data.service import declare_roles, upload_dataset
from core.errors import Conflict, InvalidInput, PermissionDenied
from core.identity import Principal
from core.jobs.protocol import JobResult, JobState
from core.project.model import Phase, Project, Task
from core.project.service import get_project, list_phase_moves, move_phase
from core.training import service
from core.training.jobs import kinds
from core.training.model import Family, Run, RunConfig, RunState, SplitKind
from core.training.package import PackagedModel
from core.training.progress import run_progress
from core.workspace import Workspace
from tests.training.conftest import FAST, as_csv, churn_table, other_project


def test_a_run_leaves_package_scores_and_evaluation(wired: Workspace, scientist: Principal, project: Project, data: DatasetVersion) -> None:
    run = service.start_run(wired, scientist, project.id, data.id, FAST)
    assert run.state is RunState.QUEUED
    assert wired.jobs.wait(run.job_id, 120).state is JobState.SUCCEEDED
    done = service.get_run(wired, scientist, run.id)
    assert done.state is RunState.SUCCEEDED
    assert done.artifacts is not None
    assert done.summary is not None
    assert done.summary.value is not None
    assert (done.summary.train_rows, done.summary.validation_rows, done.summary.test_rows) == (300, 100, 100)
    assert get_project(wired, scientist, project.id).phase is Phase.EVALUATION

    evaluation = service.get_evaluation(wired, scientist, run.id)
    auc = evaluation.metric_named("roc_auc")
    assert auc is not None
    assert 0.6 < auc.low < auc.value < auc.high <= 1
    assert auc.n == 100
    assert evaluation.failures == ()
    assert {entry.family for entry in service.leaderboard(wired, scientist, run.id)} == {Family.LIGHTGBM, Family.LINEAR, Family.ENSEMBLE}
    assert evaluation.importance[0].feature in {"tenure", "plan", "bill"}

    scores = pd.read_parquet(service.scores_path(wired, scientist, run.id))
    assert set(scores["split"]) == {"validation", "test"}
    model = PackagedModel(wired.artifacts.path(done.artifacts.package_sha256))
    table = churn_table(500).iloc[scores["row"]]
    np.testing.assert_array_equal(model.score(table), scores["score"].to_numpy())
    assert [feature.name for feature in model.package.features] == ["tenure", "bill", "plan"]
    progress = run_progress(wired, scientist, run.id)
    assert progress.models == 3
    assert any("finished" in line.text for line in progress.log)


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_other_tasks_train_too(wired: Workspace, scientist: Principal, task: Task) -> None:
    project = other_project(wired, scientist, task)
    version = upload_dataset(wired, scientist, project.id, "churn.csv", as_csv(churn_table(400)))
    target = "plan" if task is Task.MULTICLASS else "bill"
    version = declare_roles(wired, scientist, version.id, ColumnRoles(target))
    config = replace(service.default_config(task), time_limit_s=30, families=(Family.LIGHTGBM,))
    run = service.start_run(wired, scientist, project.id, version.id, config)
    assert wired.jobs.wait(run.job_id, 120).state is JobState.SUCCEEDED
    evaluation = service.get_evaluation(wired, scientist, run.id)
    assert evaluation.metrics
    assert bool(evaluation.class_counts) == (task is Task.MULTICLASS)
    assert bool(evaluation.residuals) == (task is Task.REGRESSION)
    kept = next(row for row in evaluation.leaderboard if row.model == evaluation.best_model)
    assert kept.score_test == pytest.approx(evaluation.metric_named(evaluation.metric).value)


def test_cancel_leaves_no_process_and_the_next_run_starts(
    wired: Workspace, scientist: Principal, project: Project, data: DatasetVersion
) -> None:
    long = replace(FAST, time_limit_s=600, families=(Family.RANDOM_FOREST, Family.LIGHTGBM))
    first = service.start_run(wired, scientist, project.id, data.id, long)
    second = service.start_run(wired, scientist, project.id, data.id, FAST)
    _until(lambda: service.get_run(wired, scientist, first.id).state is RunState.RUNNING)
    assert service.get_run(wired, scientist, second.id).state is RunState.QUEUED
    time.sleep(1.5)
    began = time.monotonic()
    service.cancel_run(wired, scientist, first.id)
    assert wired.jobs.wait(first.job_id, 10).state is JobState.CANCELLED
    assert time.monotonic() - began < 5
    folder = str(wired.jobs.folder(first.job_id))
    assert not [p for p in psutil.process_iter(["cmdline"]) if folder in " ".join(p.info["cmdline"] or [])]
    assert service.get_run(wired, scientist, first.id).state is RunState.CANCELLED
    assert get_project(wired, scientist, project.id).phase is Phase.MODELING  # the second one trains
    with pytest.raises(Conflict):
        service.cancel_run(wired, scientist, first.id)
    assert wired.jobs.wait(second.job_id, 120).state is JobState.SUCCEEDED


def test_a_run_without_a_model_takes_its_project_back_to_where_it_stood(
    ws: Workspace, scientist: Principal, project: Project, data: DatasetVersion
) -> None:
    """Without a supervisor, queued jobs wait; their ends are told by hand."""
    (kind,) = kinds(ws)

    def end(run: Run, state: JobState) -> None:
        job = ws.jobs.get(run.job_id)
        ws.store.write(lambda tx: kind.record(tx, job, JobResult(state, {}, {"template": "x"}), None))  # type: ignore[misc]

    def phases() -> list[str]:
        return [move.phase.value for move in list_phase_moves(ws, scientist, project.id)]

    before = phases()
    assert before[-1] == "data_preparation"
    first, second = (service.start_run(ws, scientist, project.id, data.id, FAST) for _ in range(2))
    end(first, JobState.CANCELLED)
    assert get_project(ws, scientist, project.id).phase is Phase.MODELING
    end(second, JobState.FAILED)
    assert get_project(ws, scientist, project.id).phase is Phase.DATA_PREPARATION
    assert phases() == [*before, "modeling", "data_preparation"]
    assert list_phase_moves(ws, scientist, project.id)[-1].reason == "run 2 failed"
    third = service.start_run(ws, scientist, project.id, data.id, FAST)
    ws.store.write(lambda tx: move_phase(tx, scientist, project.id, Phase.DATA_UNDERSTANDING, "data arrived"))
    end(third, JobState.CANCELLED)
    assert phases()[-1] == "data_understanding"


def test_stopping_early_keeps_the_best(wired: Workspace, scientist: Principal, project: Project, data: DatasetVersion) -> None:
    config = replace(FAST, families=(Family.LIGHTGBM, Family.CATBOOST, Family.RANDOM_FOREST, Family.LINEAR))
    run = service.start_run(wired, scientist, project.id, data.id, config)
    _until(lambda: bool(service.leaderboard(wired, scientist, run.id)))
    service.stop_run_early(wired, scientist, run.id)
    assert wired.jobs.wait(run.job_id, 120).state is JobState.SUCCEEDED
    done = service.get_run(wired, scientist, run.id)
    assert done.summary is not None
    assert done.summary.stopped_early
    assert done.artifacts is not None
    assert PackagedModel(wired.artifacts.path(done.artifacts.package_sha256)).score(churn_table(3)).shape == (3,)


def test_what_can_not_be_trained_is_refused_at_once(
    ws: Workspace, scientist: Principal, viewer: Principal, project: Project, data: DatasetVersion
) -> None:
    with pytest.raises(PermissionDenied):
        service.start_run(ws, viewer, project.id, data.id, FAST)
    with pytest.raises(InvalidInput, match="metric"):
        service.start_run(ws, scientist, project.id, data.id, replace(FAST, metric="r2"))
    fresh = upload_dataset(ws, scientist, project.id, "other.csv", as_csv(churn_table(200, seed=1)))
    with pytest.raises(InvalidInput, match="target"):
        service.start_run(ws, scientist, project.id, fresh.id, FAST)
    assert service.list_runs(ws, scientist, project_id=project.id) == []


def test_a_split_by_time_without_a_time_column_fails_with_the_reason(
    wired: Workspace, scientist: Principal, project: Project, data: DatasetVersion
) -> None:
    run = service.start_run(wired, scientist, project.id, data.id, replace(FAST, split=SplitKind.TIME))
    assert wired.jobs.wait(run.job_id, 60).state is JobState.FAILED
    assert "time column" in service.get_run(wired, scientist, run.id).error


@pytest.mark.parametrize(
    "change", [{"time_limit_s": 5}, {"families": ()}, {"seed": -1}, {"test_share": 0.9}, {"families": (Family.ENSEMBLE,)}]
)
def test_impossible_configurations_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        RunConfig("roc_auc", **change)  # type: ignore[arg-type]


def _until(condition: object, timeout_s: float = 30) -> None:
    until = time.monotonic() + timeout_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)
