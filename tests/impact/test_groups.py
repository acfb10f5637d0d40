"""Columns as groups: categories, ranges, dates, what is missing, and odd columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.impact.groups import Group, Grouping, GroupKind, group_column, group_mask, write_number


def grouped(values: object, **options: object) -> Grouping:
    found = group_column(pd.Series(values, name="x"), **options)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_few_values_are_a_group_each() -> None:
    found = grouped(["a", "b", None, "a"])
    assert [g.label for g in found.groups] == ["a", "b"]
    assert found.codes.tolist() == [0, 1, -1, 0]
    with_missing = grouped(["a", "b", None, "a"], missing=True)
    assert with_missing.groups[-1] == Group("x", GroupKind.MISSING)
    assert group_mask(with_missing, 2).tolist() == [False, False, True, False]
    assert [g.label for g in grouped([1.0, 2.5, 1.0]).groups] == ["1", "2.5"]
    assert [g.label for g in grouped([True, False]).groups] == ["True", "False"]


def test_numbers_become_ranges_of_equal_size() -> None:
    found = grouped(np.arange(100))
    assert [g.label for g in found.groups] == ["0 – 19", "20 – 39", "40 – 59", "60 – 79", "80 – 99"]
    assert np.bincount(found.codes).tolist() == [20] * 5


def test_a_value_that_fills_a_range_stands_alone() -> None:
    found = grouped(np.r_[np.zeros(60), np.arange(1, 41)])
    assert found.groups[0] == Group("x", GroupKind.RANGE, low=0.0, high=0.0)
    assert found.groups[0].label == "0"
    assert np.bincount(found.codes)[0] == 60


def test_the_rarer_of_many_categories_are_together() -> None:
    values = ["a"] * 50 + ["b"] * 30 + [f"k{i}" for i in range(40)]
    assert group_column(pd.Series(values, name="x")) is None
    found = grouped(values, others=True, most=3)
    assert [g.kind for g in found.groups] == [GroupKind.VALUE, GroupKind.VALUE, GroupKind.OTHERS]
    assert np.bincount(found.codes).tolist() == [50, 30, 40]


def test_dates_become_ranges_of_days() -> None:
    days = pd.date_range("2024-01-01", periods=100, freq="D")
    found = grouped(days, ranges=2)
    assert [(g.first, g.last) for g in found.groups] == [(date(2024, 1, 1), date(2024, 2, 19)), (date(2024, 2, 20), date(2024, 4, 9))]
    assert found.groups[0].label == "2024-01-01 – 2024-02-19"
    zoned = grouped(days.tz_localize("Asia/Tokyo"), ranges=2)
    assert zoned.groups[0].kind is GroupKind.DATES
    plain = grouped([day.date() for day in days], ranges=2)
    assert plain.groups[0].last == date(2024, 2, 19)


@pytest.mark.parametrize(
    "values",
    [
        [None] * 30,
        [1.0] * 30,
        [np.nan] * 29 + [np.nan],
        pd.Series([pd.NA] * 5, dtype="Int64"),
        [],
    ],
)
def test_columns_without_groups_are_none(values: object) -> None:
    assert group_column(pd.Series(values, name="x"), missing=True, others=True) is None  # type: ignore[arg-type]


def test_odd_columns_are_survived() -> None:
    assert [g.label for g in grouped([Decimal(1), Decimal(2)]).groups] == ["1", "2"]
    assert len(grouped([[1], [2], [1]]).groups) == 2
    assert grouped(np.r_[np.linspace(0, 1, 50), np.inf, np.nan], missing=True).codes[-2:].tolist() == [5, 5]
    assert len(grouped(pd.Series([1, 2, None] * 20, dtype="Int64"), missing=True).groups) == 3
    assert len(grouped(pd.Series(range(60), dtype="Int64").mask(lambda s: s > 50), missing=True).groups) == 6
    assert len(grouped(pd.Categorical(["a", "b"])).groups) == 2
    assert grouped(["x" * 200, "y"]).groups[0].label == "x" * 60


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.integers(-9, 9).map(float)), max_size=80),
    st.integers(2, 10),
)
def test_every_number_is_in_the_range_that_names_it(values: list[float | None], ranges: int) -> None:
    column = pd.Series(values, name="x", dtype="float64")
    found = group_column(column, ranges=ranges, most=2, missing=True)
    if found is None:
        return
    assert np.bincount(found.codes, minlength=len(found.groups)).sum() == len(values)
    for code, group in enumerate(found.groups):
        inside = column[group_mask(found, code)]
        assert len(inside)
        if group.kind is GroupKind.RANGE:
            assert (inside.min(), inside.max()) == (group.low, group.high)


def test_numbers_as_labels() -> None:
    assert [write_number(v) for v in (1e5, 99_999.4, -2_500_000.7, 0.00012345, 1e20)] == [
        "100,000",
        "99,999.4",
        "-2,500,001",
        "0.00012345",
        "1e+20",
    ]
