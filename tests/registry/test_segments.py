"""Groups that are reached least: planted groups, and no false alarms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.registry.segments import FLOOR_SHARE, find_segments


def planted(rows: int = 6_000) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"age": rng.integers(18, 90, rows), "sex": rng.choice(["f", "m"], rows), "key": [f"k{i}" for i in range(rows)]})
    y = rng.random(rows) < 0.3
    reach = np.where(frame["age"] >= 75, 0.35, 0.85)
    return frame, y, rng.random(rows) < reach


def test_a_group_that_is_left_behind_comes_first() -> None:
    frame, y, decision = planted()
    found = find_segments(frame, y, decision)
    assert found.overall is not None
    assert found.worst[0].feature == "age"
    assert found.worst[0].sure_high < found.floor == pytest.approx(FLOOR_SHARE * found.overall.reach)
    assert {g.feature for g in found.worst} <= {"age", "sex"}  # a key is no group


def test_chance_alone_rarely_leaves_a_group_behind() -> None:
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(40):
        frame = pd.DataFrame({f"c{i}": rng.choice(list("abcdefgh"), 1_500) for i in range(12)})
        y = rng.random(1_500) < 0.4
        found = find_segments(frame, y, rng.random(1_500) < 0.6)
        alarms += any(g.sure_high < found.floor for g in found.worst)
    assert alarms <= 2


def test_too_few_cases_say_nothing() -> None:
    frame = pd.DataFrame({"a": ["x", "y"] * 10})
    found = find_segments(frame, np.ones(20, dtype=bool), np.ones(20, dtype=bool))
    assert (found.overall, found.worst, found.looked_at) == (None, (), 0)


def test_missing_and_odd_columns_are_survived() -> None:
    rows = 400
    frame = pd.DataFrame(
        {
            "empty": [None] * rows,
            "constant": 1.0,
            "holes": [np.nan, 1.0, 2.5, np.inf] * (rows // 4),
            "many": np.r_[np.linspace(0, 1, rows - 1), np.nan],
            "flag": [True, False] * (rows // 2),
            "cat": pd.Categorical(["a", "b"] * (rows // 2)),
        }
    )
    y = np.ones(rows, dtype=bool)
    found = find_segments(frame, y, np.arange(rows) % 3 > 0)
    assert found.looked_at >= 4
    assert all(0 <= g.low <= g.reach <= g.high <= 1 for g in found.worst)
