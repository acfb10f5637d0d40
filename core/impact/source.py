"""What this step takes from the steps before it: finished runs, their scores and the rows that today's rule reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from core.data import store as data_rows
from core.data.frames import read_frame
from core.errors import InvalidInput, NotFound
from core.impact.arrays import IntArray
from core.project.model import Task
from core.project.wording import NOT_VALUED
from core.training import store as training_rows
from core.training.model import Run, RunState
from core.training.service import finished
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What is needed of a run that has ended well.

    Args:
        model_name: the leaderboard model whose probability ``score`` is.
        scores_sha256: its scores artifact.
    """

    id: str
    number: int
    project_id: str
    dataset_version_id: str
    model_name: str
    scores_sha256: str


class RunSource(Protocol):
    """Where finished runs come from."""

    def find(self, ws: Workspace, run_id: str) -> FinishedRun:
        """One finished run.

        Raises:
            NotFound: no such run. Conflict: it hasn't finished well. InvalidInput: not a yes-or-no run.
        """

    def task(self, ws: Workspace, run_id: str) -> Task:
        """What a finished run predicts.

        Raises:
            NotFound: no such run. Conflict: it hasn't finished well.
        """

    def newest(self, ws: Workspace, project_id: str, limit: int) -> list[FinishedRun]:
        """Finished runs of a project, newest first."""

    def columns(self, ws: Workspace, dataset_version_id: str, names: Sequence[str], rows: IntArray) -> pd.DataFrame:
        """Columns of a dataset version on those rows, in their order; those that it has of these names."""

    def features(self, ws: Workspace, dataset_version_id: str) -> Sequence[str]:
        """Columns that models of a dataset version see."""

    def attributes(self, ws: Workspace, dataset_version_id: str) -> Sequence[str]:
        """All columns of a dataset version but its target and its id."""


class TrainedRuns:
    """The runs of the training step, read without its permission: who may see value may see what it is made of."""

    def find(self, ws: Workspace, run_id: str) -> FinishedRun:
        """One finished run."""
        found = _valued(finished(ws, run_id))
        if found is None:
            raise InvalidInput(NOT_VALUED, field="run")
        return found

    def task(self, ws: Workspace, run_id: str) -> Task:
        """What a finished run predicts."""
        return finished(ws, run_id).task

    def newest(self, ws: Workspace, project_id: str, limit: int) -> list[FinishedRun]:
        """Finished yes-or-no runs of a project, newest first."""
        found = training_rows.list_runs(
            ws.store, project_id=project_id, state=RunState.SUCCEEDED, sort="created", before_id=None, offset=0, limit=limit
        )
        return [run for run in map(_valued, found) if run is not None]

    def columns(self, ws: Workspace, dataset_version_id: str, names: Sequence[str], rows: IntArray) -> pd.DataFrame:
        """Columns of a dataset version on those rows."""
        version = data_rows.get_version(ws.store, dataset_version_id)
        if version is None:
            raise NotFound("data set version", dataset_version_id)
        known = [name for name in names if version.column(name) is not None]
        if not known:
            return pd.DataFrame(index=range(rows.size))
        return read_frame(ws.artifacts.path(version.sha256), known).iloc[rows].reset_index(drop=True)

    def features(self, ws: Workspace, dataset_version_id: str) -> Sequence[str]:
        """Columns that models see."""
        version = data_rows.get_version(ws.store, dataset_version_id)
        return [] if version is None else [column.name for column in version.features]

    def attributes(self, ws: Workspace, dataset_version_id: str) -> Sequence[str]:
        """All columns but target and id."""
        version = data_rows.get_version(ws.store, dataset_version_id)
        if version is None:
            return []
        hidden = {version.roles.target, version.roles.id_column} if version.roles else set()
        return [column.name for column in version.columns if column.name not in hidden]


def _valued(run: Run) -> FinishedRun | None:
    if run.state is not RunState.SUCCEEDED or run.artifacts is None or run.summary is None or run.task is not Task.BINARY:
        return None
    return FinishedRun(run.id, run.number, run.project_id, run.dataset_version_id, run.summary.best_model, run.artifacts.scores_sha256)


_source: RunSource = TrainedRuns()


def use_runs(source: RunSource) -> None:
    """Take finished runs from elsewhere (tests)."""
    global _source
    _source = source


def runs() -> RunSource:
    """Where finished runs come from."""
    return _source


def scores_path(ws: Workspace, run: FinishedRun) -> Path:
    """The file of a run's scores."""
    return ws.artifacts.path(run.scores_sha256)
