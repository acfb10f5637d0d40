"""The direct-marketing sample as the journey needs it: 2008 to train on, what followed to be served, in row order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.data.samples import Sample, get_sample

SAMPLE = "bank_marketing"
TRAIN_UNTIL = "2009-01-01"


@dataclass(frozen=True, slots=True)
class Served:
    """Rows for the gateway and their outcomes.

    Args:
        rows: features by name, missing ones as None. truth: 1 for the positive class.
    """

    rows: tuple[dict[str, Any], ...]
    truth: tuple[int, ...]

    def batches(self, size: int) -> Iterator[tuple[tuple[dict[str, Any], ...], tuple[int, ...]]]:
        """Consecutive pieces."""
        for start in range(0, len(self.rows), size):
            yield self.rows[start : start + size], self.truth[start : start + size]


def sample() -> Sample:
    """The sample with its roles and its project."""
    return get_sample(SAMPLE)


def read_table() -> pd.DataFrame:
    """All rows, as text and numbers, in row order."""
    return pd.read_csv(io.BytesIO(sample().read()), keep_default_na=False)


def write_training_file(folder: Path) -> Path:
    """The rows of 2008 as a CSV file."""
    table = read_table()
    path = folder / "bank-2008.csv"
    table[table["contacted_on"] < TRAIN_UNTIL].to_csv(path, index=False)
    return path


def served_rows(count: int, *, start: int = 0) -> Served:
    """Rows from 2009 on, as a caller would send them: features only."""
    chosen = sample()
    table = read_table()
    later = table[table["contacted_on"] >= TRAIN_UNTIL].iloc[start : start + count]
    return to_served(later, chosen.roles.not_features, chosen.roles.target, str(chosen.roles.positive))


def to_served(table: pd.DataFrame, hidden: frozenset[str], target: str, positive: str) -> Served:
    """A table as requests and outcomes."""
    features = table.drop(columns=[name for name in hidden if name in table.columns])
    cells = features.astype("object").where(features.notna(), None)
    rows = tuple({str(name): _plain(value) for name, value in row.items()} for row in cells.to_dict("records"))
    return Served(rows, tuple(int(str(value) == positive) for value in table[target]))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
