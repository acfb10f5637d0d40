"""Finished runs of classes and of forecasts in the store, with their scores: as those that a training leaves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from core.identity import Principal
from core.project.model import Task
from core.store import Transaction, new_id
from core.training import store as rows
from core.training.model import Artifacts, Origin, Run, RunConfig, RunState, RunSummary
from core.workspace import Workspace

METRIC = {Task.MULTICLASS: "log_loss", Task.REGRESSION: "rmse"}


def add_task_run(
    ws: Workspace, actor: Principal, task: Task, project_id: str, frame: pd.DataFrame, folder: Path, *, version_id: str = "v-1"
) -> str:
    """A run that ended well; its id.

    Args:
        frame: its scores: split, row, y, and `score` or a column for each class.
    """
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / "scores.parquet", index=False)
    artifacts = Artifacts("0" * 64, ws.artifacts.put(folder / "scores.parquet").sha256, "0" * 64)
    summary = RunSummary("LightGBM", 0.5, None, None, None, 600, 200, int((frame["split"] == "test").sum()), 1, False)

    def work(tx: Transaction) -> str:
        run = Run(
            new_id(), rows.next_number(tx, project_id), project_id, version_id, "", RunConfig(METRIC[task]), task, Origin.USER,
            RunState.QUEUED, "", None, actor.user_id, actor.name, tx.at, None, None, "", None, None,
        )  # fmt: skip
        rows.insert_run(tx, run)
        rows.mark_running(tx, run.id, tx.at)
        rows.mark_succeeded(tx, run.id, tx.at, artifacts, summary)
        return run.id

    return ws.store.write(work)
