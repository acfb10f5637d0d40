"""Dataset versions as pandas frames, with the same types in training and in serving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from core.data.model import Column, Kind


def read_frame(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows of a version, in the order of the upload.

    Args:
        path: its Parquet artifact.
        columns: only these, in this order; all if missing.
    """
    frame: pd.DataFrame = pq.read_table(path, columns=list(columns) if columns is not None else None, use_threads=False).to_pandas()
    return frame


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
