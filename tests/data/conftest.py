"""Projects and tables that the tests of data share."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from core.data.model import DatasetVersion
from core.data.service import upload_dataset
from core.identity import Principal
from core.project.model import Nouns, Project, Task
from core.project.service import ProjectSpec, create_project
from core.workspace import Workspace
from tests.project.test_service import SPEC

Bring = Callable[..., DatasetVersion]


def as_csv(rows: Sequence[Sequence[object]], separator: str = ",", quoting: int = csv.QUOTE_MINIMAL, end: str = "\n") -> str:
    """Rows as CSV text."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def churn_frame(rows: int = 400, seed: int = 1) -> pd.DataFrame:
    """A small honest table: a target, two features that say a little, an id, a date and a column that is the answer."""
    rng = np.random.default_rng(seed)
    left = rng.random(rows) < 0.3
    return pd.DataFrame(
        {
            "customer": [f"C{i:05}" for i in range(rows)],
            "since": pd.date_range("2026-01-01", periods=rows, freq="h").strftime("%Y-%m-%d %H:%M"),
            "tenure": rng.integers(0, 60, rows) - 10 * left,
            "plan": np.where(rng.random(rows) < 0.5, "monthly", "yearly"),
            "goodbye_letter": np.where(left, "sent", ""),
            "churn": np.where(left, "Yes", "No"),
        }
    )


@pytest.fixture
def project(ws: Workspace, scientist: Principal) -> Project:
    return create_project(ws, scientist, SPEC)


@pytest.fixture
def numbers_project(ws: Workspace, scientist: Principal) -> Project:
    nouns = Nouns("hour", "hours", "needs more", "needs less", "move", "moves")
    return create_project(ws, scientist, ProjectSpec("Demand", "How many?", nouns, Task.REGRESSION))


@pytest.fixture
def classes_project(ws: Workspace, scientist: Principal) -> Project:
    nouns = Nouns("job", "jobs", "runs long", "runs short", "move", "moves")
    return create_project(ws, scientist, ProjectSpec("Queues", "Which queue?", nouns, Task.MULTICLASS))


@pytest.fixture
def bring(ws: Workspace, scientist: Principal, project: Project) -> Bring:
    """Uploads bytes, text or a frame into the project."""

    def upload(content: bytes | str | pd.DataFrame, filename: str = "customers.csv", **options: object) -> DatasetVersion:
        if isinstance(content, pd.DataFrame):
            content = content.to_csv(index=False)
        data = content.encode() if isinstance(content, str) else content
        return upload_dataset(ws, scientist, project.id, filename, io.BytesIO(data), **options)  # type: ignore[arg-type]

    return upload
