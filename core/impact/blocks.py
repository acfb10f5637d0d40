"""Rows that depend on each other: the hours of a day go wrong together, so a day counts once where sureness is told."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data import store as data_rows
from core.impact.arrays import IntArray
from core.impact.source import runs
from core.workspace import Workspace

LEAST_DAYS = 20


def day_blocks(ws: Workspace, dataset_version_id: str, rows: IntArray) -> IntArray | None:
    """The calendar day of rows by their data's time column, as numbers, shape (n,); a row without a time is a day of its own.

    Returns:
        None without a time column, with fewer than 20 days, or where every row has a day of its own.
    """
    version = data_rows.get_version(ws.store, dataset_version_id)
    column = version.roles.time_column if version is not None and version.roles is not None else None
    if column is None:
        return None
    frame = runs().columns(ws, dataset_version_id, [column], rows)
    return None if column not in frame.columns else blocks_of_days(frame[column])


def blocks_of_days(times: pd.Series) -> IntArray | None:
    """The same, of given times.

    >>> blocks_of_days(pd.Series(["2026-01-01 08:00", "2026-01-01 09:00", "2026-01-02 08:00"])) is None
    True
    """
    days = pd.to_datetime(times, errors="coerce", utc=True, format="ISO8601").dt.floor("D")
    codes = pd.factorize(days)[0].astype(np.int64)
    missing = codes < 0
    codes[missing] = codes.max(initial=-1) + 1 + np.arange(int(missing.sum()))
    count = np.unique(codes).size
    return codes if LEAST_DAYS <= count < codes.size else None
