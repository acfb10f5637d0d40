"""What this step takes from the steps before it: finished runs, their scores and the rows that today's rule reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from core.errors import Unavailable
from core.impact.arrays import IntArray
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
            NotFound: no such run. Conflict: it hasn't finished well.
        """

    def newest(self, ws: Workspace, project_id: str, limit: int) -> list[FinishedRun]:
        """Finished runs of a project, newest first."""

    def column(self, ws: Workspace, dataset_version_id: str, name: str, rows: IntArray) -> pd.DataFrame:
        """One column of a dataset version on those rows, in their order."""


_source: RunSource | None = None


def use_runs(source: RunSource | None) -> None:
    """Say where finished runs come from: the training step at start, a fixture in tests."""
    global _source
    _source = source


def runs() -> RunSource:
    """Where finished runs come from."""
    if _source is None:
        raise Unavailable("Finished runs can't be read yet. Wait until the portal has started, then try again.")
    return _source


def scores_path(ws: Workspace, run: FinishedRun) -> Path:
    """The file of a run's scores."""
    return ws.artifacts.path(run.scores_sha256)
