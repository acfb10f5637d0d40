"""Reading a version: a sample of many rows, and values counted in place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.frames import BATCH_ROWS, count_values, read_frame, read_sample

ROWS = 3 * BATCH_ROWS + 17


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.parquet"
    pq.write_table(pa.table({"n": np.arange(ROWS), "hour": np.arange(ROWS) % 24}), path, row_group_size=70_000)
    return path


def test_a_sample_is_drawn_from_everywhere_in_the_order_of_the_upload(long: Path) -> None:
    sample = read_sample(long, 5_000)
    assert len(sample) == 5_000
    assert sample["n"].is_monotonic_increasing
    assert sample["n"].is_unique
    assert (sample["hour"] == sample["n"] % 24).all()
    assert sample["n"].iloc[0] < ROWS * 0.01
    assert sample["n"].iloc[-1] > ROWS * 0.99
    assert sample["hour"].value_counts(normalize=True).to_numpy() == pytest.approx(np.full(24, 1 / 24), abs=0.02)
    assert sample.equals(read_sample(long, 5_000))
    assert not sample.equals(read_sample(long, 5_000, seed=1))


def test_few_rows_are_all_read(long: Path) -> None:
    pd.testing.assert_frame_equal(read_sample(long, ROWS), read_frame(long))


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        (["b", "a", None, "b", "c", "a", "b"], {"b": 3, "a": 2, "c": 1}),
        ([True, False, None, True], {True: 2, False: 1}),
        ([3, 3, 1, 2, 2, 3], {3: 3, 2: 2, 1: 1}),
        ([None, None], {}),
    ],
)
def test_values_are_counted_the_most_frequent_first(tmp_path: Path, cells: list, known: dict) -> None:
    pq.write_table(pa.table({"other.name": [0] * len(cells), "na.me": cells}), tmp_path / "t.parquet")
    assert list(count_values(tmp_path / "t.parquet", "na.me", 50).items()) == list(known.items())
    assert len(count_values(tmp_path / "t.parquet", "na.me", 1)) == min(1, len(known))
