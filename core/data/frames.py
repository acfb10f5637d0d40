"""Dataset versions as pandas frames, with the same types in training and in serving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.data.model import Column, Kind

BATCH_ROWS = 65_536


def read_frame(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows of a version, in the order of the upload.

    Args:
        path: its Parquet artifact.
        columns: only these, in this order; all if missing.
    """
    frame: pd.DataFrame = pq.read_table(path, columns=list(columns) if columns is not None else None, use_threads=False).to_pandas()
    return frame


def read_sample(path: Path, most: int, seed: int = 0) -> pd.DataFrame:
    """At most `most` rows of a version, drawn at random without repeating any, in the order of the upload.

    Args:
        path: its Parquet artifact; only one batch of it is in memory at a time.
        most: how many rows, at least 1.
        seed: of the draw.
    """
    file = pq.ParquetFile(path)
    rows = file.metadata.num_rows
    if rows <= most:
        return read_frame(path)
    drawn = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    taken, first = [], 0
    for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
        inside = drawn[np.searchsorted(drawn, first) : np.searchsorted(drawn, first + batch.num_rows)]
        taken.append(batch.take(pa.array(inside - first)))
        first += batch.num_rows
    frame: pd.DataFrame = pa.Table.from_batches(taken).to_pandas()
    return frame


def count_values(path: Path, column: str, most: int) -> pd.Series:
    """The most frequent values of a column of a version, counted without making an object of each cell.

    Args:
        path: its Parquet artifact.
        most: how many values.

    Returns:
        counts by value, the greatest first; missing cells aside.
    """
    counted = pc.value_counts(pq.read_table(path, columns=[column], use_threads=False).column(0))
    counted = counted.filter(pc.is_valid(counted.field("values")))
    first = np.argsort(-counted.field("counts").to_numpy(), kind="stable")[:most]
    kept = counted.take(pa.array(first))
    return pd.Series(kept.field("counts").to_numpy(), index=pd.Index(kept.field("values").to_pandas()))


def kinds_of(columns: Sequence[Column]) -> dict[str, Kind]:
    """Kind by name."""
    return {column.name: column.kind for column in columns}


def as_features(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> pd.DataFrame:
    """The columns of `kinds` in the types that models see: floats, true or false as text, categories and text as text, moments as moments.

    The gateway makes a row's frame the same way, so that a score never depends on how a row came in.
    """
    made: dict[str, pd.Series] = {}
    for name, kind in kinds.items():
        column = frame[name]
        if kind.numeric:
            made[name] = pd.to_numeric(column, errors="coerce").astype("float64")
        elif kind is Kind.DATETIME:
            made[name] = pd.to_datetime(column, errors="coerce").astype("datetime64[ns]")
        elif kind is Kind.BOOLEAN:
            made[name] = column.map({True: "true", False: "false", "true": "true", "false": "false"}).astype("object")
        else:
            known = column.notna()
            made[name] = column.astype("object").where(known, None).map(str, na_action="ignore")
    return pd.DataFrame(made, index=frame.index)


def read_spread(path: Path, columns: Sequence[str], most: int) -> pd.DataFrame:
    """Rows spread evenly over a version, at most so many, in the order of the upload; memory stays bounded by a batch.

    Args:
        path: its Parquet artifact.
        columns: only these, in this order; none gives rows without columns.
        most: rows; every row where there aren't more.

    Returns:
        Rows with their 0-based number in the version as index.
    """
    file = pq.ParquetFile(path)
    total = file.metadata.num_rows
    stride = max(-(-total // most), 1)
    if not columns:
        return pd.DataFrame(index=pd.RangeIndex(0, total, stride))
    taken, start = [], 0
    for batch in file.iter_batches(batch_size=50_000, columns=list(columns), use_threads=False):
        first = -start % stride
        part = batch.to_pandas().iloc[first::stride]
        taken.append(part.set_index(pd.RangeIndex(start + first, start + first + len(part) * stride, stride)))
        start += batch.num_rows
    frame: pd.DataFrame = pd.concat(taken) if taken else read_frame(path, columns)
    return frame[list(columns)]
