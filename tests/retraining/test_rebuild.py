"""New training data: schema kept, newest held back, types as in the champion's data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.model import ColumnRoles
from core.errors import NotEnoughData
from core.retraining.rebuild import (
    MIN_HELD_OUT,
    SERVED,
    TRUTH,
    LabelledCases,
    as_rows,
    held_out_table,
    other_label,
    rebuild,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
ROLES = ColumnRoles("y", "yes", "customer", "day", ("duration",))


def parent(rows: int = 300) -> pa.Table:
    return pa.table(
        {
            "customer": pa.array([f"c{i}" for i in range(rows)]),
            "day": pa.array([START - timedelta(days=rows - i) for i in range(rows)], pa.timestamp("us", tz="UTC")),
            "age": pa.array([20 + i % 60 for i in range(rows)], pa.int64()),
            "balance": pa.array([float(i) for i in range(rows)]),
            "job": pa.array(["admin", "student"] * (rows // 2)),
            "loan": pa.array([True, False] * (rows // 2)),
            "duration": pa.array([i % 7 for i in range(rows)], pa.int64()),
            "y": pa.array(["yes", "no", "no"] * (rows // 3)),
        }
    )


def cases(n: int = 400, version: str = "mv-1") -> LabelledCases:
    frame = pd.DataFrame(
        {"age": [30, 31.0, None, "33"] * (n // 4), "balance": 1.5, "job": ["new job", None] * (n // 2), "loan": ["true", False] * (n // 2)}
    )
    at = tuple(START + timedelta(minutes=i) for i in range(n))
    keys = tuple(f"p{i:05d}" for i in range(n))
    return LabelledCases(frame, np.arange(n) % 2, at, keys, (version,) * n, np.linspace(0, 1, n))


def test_served_cases_become_rows_of_the_champions_data() -> None:
    made = as_rows(parent(), ROLES, cases(4))
    assert made.schema.names == parent().schema.names
    assert [f.type for f in made.schema] == [f.type for f in parent().schema]
    assert made.to_pylist()[0] == {
        "customer": "p00000", "day": START, "age": 30, "balance": 1.5, "job": "new job", "loan": True, "duration": None, "y": "no",
    }  # fmt: skip
    assert made.column("age").to_pylist() == [30, 31, None, 33]
    assert made.column("job").to_pylist() == ["new job", None, "new job", None]
    assert made.column("loan").to_pylist() == [True, False, True, False]


def test_the_newest_are_held_back() -> None:
    found = rebuild(parent(), ROLES, cases(1_000), 100_000)
    assert (found.original, found.added, len(found.held_out)) == (300, 700, 300)
    assert found.table.num_rows == 1_000
    assert found.held_out.key[0] == "p00700"
    assert set(found.table.column("customer").to_pylist()).isdisjoint(found.held_out.key)


def test_few_cases_hold_back_enough_to_compare() -> None:
    found = rebuild(parent(), ROLES, cases(2 * MIN_HELD_OUT), 100_000)
    assert (found.added, len(found.held_out)) == (MIN_HELD_OUT, MIN_HELD_OUT)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(50, 300).map(lambda k: 4 * k), most=st.integers(1, 2_000))
def test_the_oldest_rows_go_first_and_none_is_used_twice(n: int, most: int) -> None:
    found = rebuild(parent(), ROLES, cases(n), most)
    assert found.table.num_rows == found.original + found.added <= most
    names = found.table.column("customer").to_pylist()
    assert len(set(names)) == len(names)
    if found.original:
        assert names[found.original - 1] == "c299"
    if found.added:
        assert names[-1] == found.held_out.key[0].replace(found.held_out.key[0], f"p{int(found.held_out.key[0][1:]) - 1:05d}")


@pytest.mark.parametrize("n", [0, 4, 2 * MIN_HELD_OUT - 4])
def test_too_few_cases_are_told(n: int) -> None:
    with pytest.raises(NotEnoughData, match=str(2 * MIN_HELD_OUT)):
        rebuild(parent(), ROLES, cases(n), 1_000)


def test_one_outcome_says_nothing() -> None:
    given_ = cases(400)
    same = LabelledCases(given_.features, np.ones(400, dtype=np.int64), given_.served_at, given_.key, given_.model_version_id, given_.score)
    with pytest.raises(NotEnoughData, match="same outcome"):
        rebuild(parent(), ROLES, same, 1_000)


def test_time_that_is_a_number_goes_on_rising() -> None:
    table = parent(300).set_column(1, "day", pa.array(list(range(300)), pa.int64()))
    made = as_rows(table, ROLES, cases(4))
    assert made.column("day").to_pylist() == [300, 301, 302, 303]


def test_the_other_label_is_found_or_told() -> None:
    assert other_label(parent(), ROLES) == "no"
    with pytest.raises(NotEnoughData):
        other_label(parent().set_column(7, "y", pa.array(["yes", "no", "maybe"] * 100)), ROLES)


def test_the_comparison_gets_the_champions_own_scores() -> None:
    mixed = cases(8)
    mixed = LabelledCases(mixed.features, mixed.truth, mixed.served_at, mixed.key, ("mv-1", "mv-2") * 4, mixed.score)
    table = held_out_table(mixed, "mv-1").to_pandas()
    assert table[TRUTH].tolist() == [0, 1] * 4
    assert table[SERVED].notna().tolist() == [True, False] * 4
    assert table["age"].astype(str).tolist()[0] == "30"
