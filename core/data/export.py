"""Data as CSV for spreadsheets, with formulas defused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BATCH = 5000


def defuse(cell: object) -> object:
    """A cell that a spreadsheet would run becomes text (OWASP, CSV Injection); numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(DANGEROUS):
        return f"'{cell}"
    return "" if cell is None else cell


def write_csv(path: Path) -> Iterator[str]:
    """The rows of a Parquet file as CSV text, in pieces, the header first."""
    file = pq.ParquetFile(path)
    yield _lines([[defuse(name) for name in file.schema_arrow.names]])
    for batch in file.iter_batches(batch_size=BATCH):
        columns = [column.to_pylist() for column in batch.columns]
        yield _lines([[defuse(cell) for cell in row] for row in zip(*columns, strict=True)])


def _lines(rows: list[list[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
