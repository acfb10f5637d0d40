"""A table at a glance: types, gaps, distributions, what looks constant or unique."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pydantic import TypeAdapter

from core.data.baseline import as_numbers, as_texts
from core.data.model import Column, Kind

SAMPLE_ROWS = 200_000
HISTOGRAM_BINS = 20
TOP = 12
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column.

    Args:
        edges, counts: histogram of a number or a moment (seconds since 1970): counts[i] lies between edges[i] and edges[i+1].
        top: the most frequent values of anything else, with their counts.
        low, high, mean, median: of a number; None otherwise.
    """

    name: str
    kind: Kind
    missing: int
    distinct: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    top: tuple[tuple[str, int], ...]
    low: float | None
    high: float | None
    mean: float | None
    median: float | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A version's profile.

    Args:
        rows: of the whole version. sampled: how many of them the distributions were taken from.
        duplicates: rows of the sample that stand in it before.
        constant: columns in which no row differs. unique: columns whose every cell differs, as ids do.
    """

    rows: int
    sampled: int
    duplicates: int
    columns: tuple[ColumnProfile, ...]
    constant: tuple[str, ...]
    unique: tuple[str, ...]

    def column(self, name: str) -> ColumnProfile | None:
        """A column by name."""
        return next((c for c in self.columns if c.name == name), None)


_ADAPTER = TypeAdapter(Profile)


def build_profile(table: pa.Table, columns: tuple[Column, ...]) -> Profile:
    """Profile a clean table; distributions come from at most `SAMPLE_ROWS` rows, spread evenly."""
    step = max(1, -(-table.num_rows // SAMPLE_ROWS))
    sample = table if step == 1 else table.take(pa.array(np.arange(0, table.num_rows, step)))
    frame = sample.to_pandas()
    profiles = tuple(_profile(column, frame[column.name]) for column in columns)
    unique = tuple(c.name for c in columns if c.distinct == table.num_rows and table.num_rows > 1 and c.kind is not Kind.NUMBER)
    constant = tuple(c.name for c in columns if not c.tells)
    return Profile(table.num_rows, len(frame), int(frame.duplicated().sum()), profiles, constant, unique)


def _profile(column: Column, values: pd.Series) -> ColumnProfile:
    known = values.dropna()
    examples = tuple(str(v)[:60] for v in known.drop_duplicates().head(EXAMPLES))
    base = (column.name, column.kind, column.missing, column.distinct)
    if column.kind.numeric or column.kind is Kind.DATETIME:
        numbers = as_numbers(known)
        if numbers.size == 0:
            return ColumnProfile(*base, (), (), (), None, None, None, None, examples)
        edges, counts = _histogram(numbers, min(HISTOGRAM_BINS, max(1, column.distinct)))
        scale = max(1.0, float(np.abs(numbers).max()) / 1e150)  # keeps sums of huge numbers finite
        mean, median = float(np.mean(numbers / scale)) * scale, float(np.median(numbers / scale)) * scale
        return ColumnProfile(*base, edges, counts, (), float(numbers.min()), float(numbers.max()), mean, median, examples)
    tallied = as_texts(known).value_counts().head(TOP)
    top = tuple((str(value)[:120], int(count)) for value, count in tallied.items())
    return ColumnProfile(*base, (), (), top, None, None, None, None, examples)


def _histogram(numbers: npt.NDArray[np.float64], bins: int) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Edges and counts of equal bins; one bin where the range is too narrow, or too wide, to be cut."""
    low, high = float(numbers.min()), float(numbers.max())
    with np.errstate(all="ignore"):
        try:
            counts, edges = np.histogram(numbers, bins=bins)
        except ValueError:
            return (low, high), (numbers.size,)
    if not np.isfinite(edges).all() or counts.sum() != numbers.size:
        return (low, high), (numbers.size,)
    return tuple(map(float, edges)), tuple(map(int, counts))


def profile_to_json(profile: Profile) -> bytes:
    """As stored."""
    return _ADAPTER.dump_json(profile)


def profile_from_json(data: bytes) -> Profile:
    """As read back."""
    return _ADAPTER.validate_json(data)
