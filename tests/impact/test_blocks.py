"""Rows of one day count as one where sureness is told of a forecast."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.identity import Principal
from core.impact import blocks, source, task_value
from core.impact.blocks import LEAST_DAYS, blocks_of_days
from core.impact.task_sentences import source_rows
from core.project.model import Task
from core.words import Words
from core.workspace import Workspace
from tests.impact.test_task_value import DEVIATIONS, finished, project_of

DAYS, HOURS = 40, 24


def test_hours_of_a_day_are_one_block_and_a_row_without_a_time_is_its_own() -> None:
    times = pd.Series(pd.date_range("2026-01-01", periods=LEAST_DAYS * 3, freq="8h"))
    found = blocks_of_days(times)
    assert found is not None
    assert (np.bincount(found) == 3).all()
    with_gaps = blocks_of_days(times.mask(np.arange(times.size) < 4))
    assert with_gaps is not None
    assert np.unique(with_gaps).size == LEAST_DAYS - 1 + 4


def test_without_enough_days_or_with_a_day_for_each_row_rows_count_alone() -> None:
    assert blocks_of_days(pd.Series(pd.date_range("2026-01-01", periods=24, freq="1h"))) is None
    assert blocks_of_days(pd.Series(pd.date_range("2026-01-01", periods=100, freq="1D"))) is None
    assert blocks_of_days(pd.Series(["never"] * 50)) is None


def test_a_forecast_of_hours_is_as_sure_as_its_days_allow(
    ws: Workspace, scientist: Principal, viewer: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, rows = np.random.default_rng(5), 2 * DAYS * HOURS
    forecast = rng.uniform(50, 150, rows)
    together = np.repeat(rng.normal(0, 10, 2 * DAYS), HOURS)
    split = np.where(np.arange(rows) < rows // 2, "validation", "test")
    frame = pd.DataFrame({"split": split, "row": np.arange(rows), "y": forecast + together + rng.normal(0, 2, rows), "score": forecast})
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project_of(ws, scientist, Task.REGRESSION, DEVIATIONS).id, frame)
    alone = task_value.value_task_run(ws, viewer, "run-1").forecast
    times = pd.DataFrame({"ts": pd.date_range("2026-01-01", periods=rows, freq="1h")})
    kept = SimpleNamespace(columns=lambda ws, version, names, at: times[names].iloc[at].reset_index(drop=True))
    monkeypatch.setattr(source, "_source", kept)
    version = SimpleNamespace(roles=SimpleNamespace(time_column="ts"))
    monkeypatch.setattr(blocks.data_rows, "get_version", lambda store, version_id: version)
    task_value._kept._kept.clear()
    report = task_value.value_task_run(ws, viewer, "run-1")
    assert report.forecast is not None
    assert alone is not None
    assert (alone.days, report.forecast.days) == (None, DAYS)
    assert report.forecast.saving.value == alone.saving.value
    width, narrow = (float(f.saving.high - f.saving.low) for f in (report.forecast, alone))
    assert width > 1.5 * narrow
    assert any("40 days of the test cases" in told for _, told in source_rows(Words("en"), report))
