"""Keeping the files readable: small ones of past days are joined, and what no list names is swept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.monitoring import intake
from core.monitoring.ingest import guard
from core.monitoring.intake import StoredFile
from core.monitoring.lake import Lake
from core.store import Transaction, new_id
from core.workspace import Workspace

CROWD = 8  # files of one day from which joining them pays
KEEP = timedelta(hours=1)
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


class Upkeep:
    """Tidies the files again and again, and knows since when each has been without a place in the list."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._unlisted_since: dict[str, datetime] = {}

    def tidy(self) -> None:
        """Join what is small, then remove what has been joined or left over long enough ago."""
        join_small_files(self._ws)
        self.sweep()

    def sweep(self) -> int:
        """Remove Parquet files that no list names: what crashes and joins left.

        One goes only after it was seen unlisted for the length of `KEEP`: whoever read the list before it changed (a page, a backup that is
        being packed) still finds what it names.

        Returns:
            How many files went.
        """
        with guard():
            lake, listed, now = Lake(self._ws.settings), intake.listed_paths(self._ws.store), self._ws.clock()
            unlisted = [path for kind in KEYS for path in lake.find(kind) if path not in listed]
            self._unlisted_since = {path: self._unlisted_since.get(path, now) for path in unlisted}
            gone = [path for path, since in self._unlisted_since.items() if now - since >= KEEP]
            for path in gone:
                lake.remove(path)
                del self._unlisted_since[path]
            return len(gone)
