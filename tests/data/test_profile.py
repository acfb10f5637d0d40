"""Profiles, leaks and baselines: known answers on small tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.baseline import (
    Baseline,
    as_texts,
    baseline_from_json,
    baseline_to_json,
    bin_values,
    build_baseline,
    quantile_edges,
    score_histogram,
)
from core.data.frames import as_features
from core.data.leaks import LeakLevel, find_leaks
from core.data.model import Column, ColumnRoles, Kind
from core.data.profile import build_profile, profile_from_json, profile_to_json
from core.errors import Corrupt

KINDS = {"n": Kind.NUMBER, "c": Kind.CATEGORY, "d": Kind.DATETIME}


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [1.0, 2.0, 3.0, 4.0, None],
            "c": ["a", "a", "b", None, "c"],
            "d": pd.to_datetime(["2026-01-01", "2026-01-02", None, "2026-01-04", "2026-01-05"]),
        }
    )


def test_a_profile_says_what_is_there() -> None:
    frame = pd.concat([table(), table().head(1)], ignore_index=True)
    columns = tuple(Column(name, kind, int(frame[name].isna().sum()), frame[name].nunique()) for name, kind in KINDS.items())
    profile = build_profile(pa.Table.from_pandas(frame, preserve_index=False), columns)
    number, category = profile.column("n"), profile.column("c")
    assert number is not None
    assert category is not None
    assert (profile.rows, profile.sampled, profile.duplicates) == (6, 6, 1)
    assert (number.low, number.high, number.mean, number.median) == (1.0, 4.0, 2.2, 2.0)
    assert sum(number.counts) == 5
    assert len(number.edges) == len(number.counts) + 1
    assert category.top == (("a", 3), ("b", 1), ("c", 1))
    assert profile_from_json(profile_to_json(profile)) == profile


def test_a_large_table_is_profiled_from_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.data.profile.SAMPLE_ROWS", 100)
    made = pa.table({"n": list(range(1000))})
    profile = build_profile(made, (Column("n", Kind.INTEGER, 0, 1000),))
    assert (profile.rows, profile.sampled) == (1000, 100)
    assert profile.unique == ("n",)


@pytest.mark.parametrize("values", [[5e-324, 0.0], [1e308, -1e308], [1e308, 1e308], [0.0, 0.0]])
def test_odd_ranges_have_a_profile(values: list[float]) -> None:
    profile = build_profile(pa.table({"n": values}), (Column("n", Kind.NUMBER, 0, len(set(values))),))
    column = profile_from_json(profile_to_json(profile)).columns[0]
    assert sum(column.counts) == 2
    assert column.mean == pytest.approx((values[0] / 2 + values[1] / 2), abs=1e-9)


def leaky(rows: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    y = rng.random(rows) < 0.3
    return pd.DataFrame(
        {
            "y": np.where(y, "yes", "no"),
            "copy": np.where(y, "gone", "here"),
            "near": y + rng.normal(0, 0.32, rows),
            "call_duration": y + rng.normal(0, 0.9, rows),
            "balance": y + rng.normal(0, 0.9, rows),
            "noise": rng.normal(size=rows),
            "id": [f"c{i}" for i in range(rows)],
        }
    )


LEAKY_KINDS = {
    "y": Kind.CATEGORY, "copy": Kind.CATEGORY, "near": Kind.NUMBER, "call_duration": Kind.NUMBER, "balance": Kind.NUMBER,
    "noise": Kind.NUMBER, "id": Kind.TEXT,
}  # fmt: skip


def test_leaks_are_found_with_evidence_and_honest_columns_are_not() -> None:
    found = find_leaks(leaky(), LEAKY_KINDS, ColumnRoles("y", "yes"))
    assert [(leak.column, leak.level) for leak in found] == [
        ("copy", LeakLevel.SURE), ("near", LeakLevel.SURE), ("call_duration", LeakLevel.HINT),
    ]  # fmt: skip
    assert found[0].power == 1.0
    assert all(leak.rows == 1000 for leak in found)
    left_out = ColumnRoles("y", "yes", leave_out=("copy", "near", "call_duration"))
    assert find_leaks(leaky(), LEAKY_KINDS, left_out) == ()


def test_leaks_of_numbers_and_classes() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=2000)
    frame = pd.DataFrame({"t": x, "twice": 2 * x, "noise": rng.normal(size=2000)})
    kinds = dict.fromkeys(frame, Kind.NUMBER)
    assert [leak.column for leak in find_leaks(frame, kinds, ColumnRoles("t"))] == ["twice"]
    classes = pd.DataFrame({"t": rng.choice(list("abc"), 2000)})
    classes["same"] = classes["t"].str.upper()
    assert [leak.column for leak in find_leaks(classes, dict.fromkeys(classes, Kind.CATEGORY), ColumnRoles("t"))] == ["same"]


def test_a_baseline_bins_what_it_was_built_from_into_its_own_counts() -> None:
    frame = table()
    for feature in build_baseline(frame, KINDS):
        counts = bin_values(feature, frame[feature.name])
        assert tuple(counts[:-1]) == feature.counts
        assert counts[-1] == feature.missing == 1
        assert feature.rows == 5
        assert len(counts) == feature.bins + 1


def test_unseen_values_fall_into_the_last_bin_and_ends_are_open() -> None:
    number, category, _ = build_baseline(table(), KINDS)
    assert bin_values(category, pd.Series(["a", "new", None, "newer"])).tolist() == [1, 0, 0, 2, 1]
    assert bin_values(number, pd.Series([-1e9, 1e9, np.nan])).tolist() == [1, 0, 0, 1, 1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6) | st.none(), min_size=1, max_size=200), st.integers(2, 20))
def test_every_value_falls_into_one_bin(values: list[float | None], bins: int) -> None:
    (feature,) = build_baseline(pd.DataFrame({"n": pd.Series(values, dtype="float64")}), {"n": Kind.NUMBER}, bins)
    assert sum(feature.counts) + feature.missing == len(values)
    assert list(feature.edges) == sorted(set(feature.edges))
    assert feature.bins <= bins


def test_deciles_hold_a_tenth_each() -> None:
    (feature,) = build_baseline(pd.DataFrame({"n": np.arange(1000.0)}), {"n": Kind.NUMBER})
    assert len(feature.counts) == 10
    assert all(abs(count - 100) <= 1 for count in feature.counts), "a quantile's rank may round up"
    assert quantile_edges(np.array([1.0, 1.0, 2.0]), 10) == (1.0,)


def test_a_baseline_survives_its_file() -> None:
    baseline = Baseline(build_baseline(table(), KINDS), score_histogram(np.array([0.0, 0.005, 0.5, 1.0])))
    assert baseline_from_json(baseline_to_json(baseline)) == baseline
    assert (baseline.score_counts[0], baseline.score_counts[50], baseline.score_counts[99]) == (2, 1, 1)
    with pytest.raises(Corrupt):
        baseline_from_json(b"{}")


def test_features_look_the_same_in_training_and_serving() -> None:
    kinds = {"n": Kind.INTEGER, "b": Kind.BOOLEAN, "c": Kind.CATEGORY, "d": Kind.DATETIME}
    trained = pd.DataFrame({"n": [1, 2], "b": [True, False], "c": ["x", None], "d": pd.to_datetime(["2026-01-01", None])})
    served = pd.DataFrame({"n": ["1", 2], "b": ["true", False], "c": ["x", None], "d": ["2026-01-01", None]})
    pd.testing.assert_frame_equal(as_features(trained, kinds), as_features(served, kinds))
    assert as_texts(pd.Series([True, None, False], dtype=object)).tolist()[::2] == ["true", "false"]
