"""Keeping the files readable: small ones of past days are joined, and what no list names is swept."""

from __future__ import annotations

from datetime import date, timedelta

from core.monitoring import intake
from core.monitoring.ingest import guard
from core.monitoring.intake import StoredFile
from core.monitoring.lake import Lake
from core.store import Transaction, new_id
from core.workspace import Workspace

CROWD = 8  # files of one day from which joining them pays
KEYS = {"predictions": "id", "truth": "prediction_id"}


def join_small_files(ws: Workspace) -> int:
    """Join the files of past days that have many; each day is one transaction that swaps the list.

    Returns:
        How many days were joined.
    """
    joined = 0
    for kind, deployment_id, day in intake.crowded_days(ws.store, ws.clock().date(), CROWD):
        with guard():
            _join_day(ws, kind, deployment_id, day)
        joined += 1
    return joined


def _join_day(ws: Workspace, kind: str, deployment_id: str, day: date) -> None:
    lake = Lake(ws.settings)
    old = intake.list_files(ws.store, kind, deployment_id, days=[day])
    key = KEYS[kind]
    with lake.connect() as con:
        table = con.sql(
            f"SELECT * FROM read_parquet(?, union_by_name = true) ORDER BY {key}", params=[[lake.url(f.path) for f in old]]
        ).to_arrow_table()
    path = f"{kind}/{deployment_id}/{day.isoformat()}/{new_id()}.parquet"
    lake.write(path, table)
    ids = table.column(key)
    new = StoredFile(path, kind, deployment_id, day, table.num_rows, ids[0].as_py(), ids[-1].as_py())

    def work(tx: Transaction) -> None:
        intake.drop_files(tx, [f.path for f in old])
        intake.add_files(tx, [new])

    ws.store.write(work)


def sweep(ws: Workspace) -> int:
    """Remove Parquet files that no list names: what crashes and joins left. Files younger than an hour stay, since a reader
    may still hold them.

    Returns:
        How many files went.
    """
    with guard():
        lake, listed = Lake(ws.settings), intake.listed_paths(ws.store)
        gone = [
            path
            for kind in KEYS
            for path in lake.find(kind)
            if path not in listed and lake.age_s(path) > timedelta(hours=1).total_seconds()
        ]
        for path in gone:
            lake.remove(path)
        return len(gone)
