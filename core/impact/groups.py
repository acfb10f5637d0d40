"""Rows by the value of a column: a group for each category, a few ranges of numbers and dates, and one for what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from core.impact.arrays import BoolArray, FloatArray, IntArray

MOST_VALUES = 20
RANGES = 5
LABEL = 60


class UnequalRows(InvalidInput):
    """Features and decisions aren't of the same rows."""

    def __init__(self, frame: int, rows: int) -> None:
        super().__init__(
            "There are {frame} rows of features for {rows} decisions. Give the same rows.", field="frame", frame=frame, rows=rows
        )


class GroupKind(StrEnum):
    """How a group is told apart."""

    VALUE = "value"
    RANGE = "range"
    DATES = "dates"
    MISSING = "missing"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share something in one column.

    Args:
        feature: the column.
        value: the category, for VALUE.
        low, high: smallest and largest number that occurs in it, for RANGE.
        first, last: first and last day that occurs in it, for DATES.
    """

    feature: str
    kind: GroupKind
    value: str = ""
    low: float | None = None
    high: float | None = None
    first: date | None = None
    last: date | None = None

    @property
    def label(self) -> str:
        """The group without its column, where no language is at hand: ``18 – 27``."""
        match self.kind:
            case GroupKind.RANGE:
                return _span(write_number(self.low or 0.0), write_number(self.high or 0.0))
            case GroupKind.DATES:
                return _span(str(self.first), str(self.last))
            case GroupKind.VALUE:
                return self.value
            case _:
                return self.kind.value


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low} – {high}"


@dataclass(frozen=True, slots=True)
class Grouping:
    """A column as groups.

    Args:
        codes: the group of each row, shape (n,); -1 where it belongs to none.
    """

    feature: str
    groups: tuple[Group, ...]
    codes: IntArray


def group_column(
    column: pd.Series, *, most: int = MOST_VALUES, ranges: int = RANGES, missing: bool = False, others: bool = False
) -> Grouping | None:
    """Group the rows of a column.

    Up to `most` different values are a group each; more numbers or dates become about `ranges` ranges with equally many
    rows (a value that alone fills a range stands alone); of more categories the most frequent are a group each.

    Args:
        column: any values, n rows; its name is the feature.
        missing: whether missing (and infinite) values are a group.
        others: whether the rarer of many categories together are a group; else such a column isn't grouped at all.

    Returns:
        None where there are fewer than two groups.
    """
    codes, values = _factorize(column)
    if len(values) <= most:
        found: Grouping | None = _categories(str(column.name), codes, values, most)
    elif pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column) or _all_dates(values):
        found = _ranges(column, ranges)
    else:
        found = _categories(str(column.name), codes, values, most) if others else None
    if found is None:
        return None
    return _with_missing(found) if missing else (found if len(found.groups) > 1 else None)


def _factorize(column: pd.Series) -> tuple[IntArray, pd.Index]:
    try:
        codes, values = pd.factorize(column, sort=False)
    except TypeError:  # lists and dicts don't hash
        codes, values = pd.factorize(column.astype(str), sort=False)
    return np.asarray(codes, dtype=np.int64), pd.Index(values)


def _all_dates(values: pd.Index) -> bool:
    return values.dtype == object and all(isinstance(value, date) for value in values)


def _categories(feature: str, codes: IntArray, values: pd.Index, most: int) -> Grouping:
    if len(values) <= most:
        return Grouping(feature, tuple(Group(feature, GroupKind.VALUE, write_value(v)) for v in values), codes)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    kept = np.argsort(-counts, kind="stable")[: most - 1]
    place = np.full(len(values) + 1, most - 1, dtype=np.int64)
    place[kept] = np.arange(most - 1)
    place[-1] = -1
    named = tuple(Group(feature, GroupKind.VALUE, write_value(values[index])) for index in kept)
    return Grouping(feature, (*named, Group(feature, GroupKind.OTHERS)), place[codes])


def _ranges(column: pd.Series, ranges: int) -> Grouping | None:
    numbers, dated = _numbers(column)
    present = np.isfinite(numbers)
    ordered = np.sort(numbers[present])
    edges = _edges(ordered, ranges)
    codes = np.where(present, np.searchsorted(edges, numbers, side="right"), -1).astype(np.int64)
    starts = np.concatenate(([0], np.searchsorted(ordered, edges, side="left")))
    ends = np.append(starts[1:], ordered.size)
    feature = str(column.name)
    groups = tuple(_range(feature, float(ordered[a]), float(ordered[b - 1]), dated=dated) for a, b in zip(starts, ends, strict=True))
    return Grouping(feature, groups, codes)


def _edges(ordered: FloatArray, ranges: int) -> FloatArray:
    """Inner edges, rising: a row belongs to the range of the largest edge that it reaches."""
    inner = ordered[np.clip((np.arange(1, ranges) * ordered.size) // ranges, 0, ordered.size - 1)]
    found = set(inner.tolist())
    for spike in {value for value in found if np.count_nonzero(inner == value) > 1} | {value for value in found if value == ordered[0]}:
        after = int(np.searchsorted(ordered, spike, side="right"))
        if after < ordered.size:
            found.add(float(ordered[after]))
    found.discard(float(ordered[0]))
    return np.array(sorted(found))


def _numbers(column: pd.Series) -> tuple[FloatArray, bool]:
    """A column as numbers; dates as days since 1970."""
    if pd.api.types.is_numeric_dtype(column):
        numbers: FloatArray = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers, False
    moments = pd.to_datetime(column, errors="coerce", utc=True)
    days = moments.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    as_days: FloatArray = np.where(np.isnat(days), np.nan, days.astype(np.int64) / 86_400e6)
    return as_days, True


def _range(feature: str, low: float, high: float, *, dated: bool) -> Group:
    if not dated:
        return Group(feature, GroupKind.RANGE, low=low, high=high)
    first, last = (date.fromordinal(date(1970, 1, 1).toordinal() + int(np.floor(end))) for end in (low, high))
    return Group(feature, GroupKind.DATES, first=first, last=last)


def _with_missing(found: Grouping) -> Grouping | None:
    lost = found.codes < 0
    if not lost.any():
        return found if len(found.groups) > 1 else None
    if not found.groups:
        return None
    codes = np.where(lost, len(found.groups), found.codes)
    return Grouping(found.feature, (*found.groups, Group(found.feature, GroupKind.MISSING)), codes)


def group_mask(grouping: Grouping, code: int) -> BoolArray:
    """Rows of one group, shape (n,)."""
    mask: BoolArray = grouping.codes == code
    return mask


def write_value(value: object) -> str:
    """A category as people write it.

    >>> write_value(3.0), write_value(True), write_value("north"), write_value(datetime(2026, 3, 1))
    ('3', 'True', 'north', '2026-03-01')
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        return write_number(float(value))
    if isinstance(value, datetime):  # pandas' Timestamp is one
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ", timespec="minutes")
    return str(value)[:LABEL]


def write_number(value: float) -> str:
    """A number as a label: thousands grouped, six digits that count, no decimals from 100,000 on.

    >>> write_number(1234567.8), write_number(0.1234567), write_number(42.0)
    ('1,234,568', '0.123457', '42')
    """
    return f"{value:,.0f}" if 100_000 <= abs(value) < 1e15 else f"{value:,.6g}"
