"""Predictions and truth as Parquet files below the artifact root: written whole or not at all, named by segment."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from core.errors import StorageFull
from core.monitoring.spool import PAYOFFS
from core.settings import Settings

# Columns that files of earlier releases lack, with their DuckDB types; they read as nothing.
LATER = {"contract_id": "VARCHAR", "action": "INTEGER", "probability": "DOUBLE"} | dict.fromkeys(PAYOFFS, "DOUBLE")


def read_files(parameter: str) -> str:
    """SQL: the rows of Parquet files, with the columns that older ones lack.

    Args:
        parameter: place of the list of URLs: ``?`` or ``$name``.
    """
    later = ", ".join(f"NULL::{kind} AS {name}" for name, kind in LATER.items())
    # A row of nothing brings the columns.
    return f"(SELECT * FROM read_parquet({parameter}, union_by_name = true) UNION ALL BY NAME SELECT {later} WHERE false)"


class Lake:
    """The folders ``predictions`` and ``truth`` of the artifact root.

    Args:
        settings: tells the artifact root, local or any fsspec URL.
    """

    def __init__(self, settings: Settings) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(settings.artifact_root)
        self._is_local = isinstance(self._fs, LocalFileSystem)

    def write(self, path: str, table: pa.Table) -> None:
        """Write a file under its final name only once it is whole and on disk; writing it again replaces it.

        Args:
            path: relative to the artifact root.

        Raises:
            StorageFull: no room; nothing was kept.
        """
        target = f"{self._root}/{path}"
        part = f"{target}.part"
        self._fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        try:
            with self._fs.open(part, "wb") as stream:
                pq.write_table(table, stream, compression="zstd", compression_level=1, row_group_size=100_000)
                if self._is_local:
                    stream.flush()
                    os.fsync(stream.fileno())
            self._rename(part, target)
        except OSError as error:
            self.remove(f"{path}.part")
            if error.errno == errno.ENOSPC:
                raise StorageFull(self._root) from error
            raise

    def _rename(self, part: str, target: str) -> None:
        if not self._is_local:
            self._fs.mv(part, target)
            return
        os.replace(part, target)
        folder = os.open(Path(target).parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self, path: str) -> None:
        """Remove a file if it is there."""
        if self._fs.exists(f"{self._root}/{path}"):
            self._fs.rm(f"{self._root}/{path}")

    def url(self, path: str) -> str:
        """What DuckDB reads the file by."""
        full = f"{self._root}/{path}"
        return full if self._is_local else str(self._fs.unstrip_protocol(full))

    def find(self, kind: str) -> list[str]:
        """All files of a kind that lie there, listed in the store or not, relative to the artifact root."""
        folder = f"{self._root}/{kind}"
        if not self._fs.exists(folder):
            return []
        return sorted(str(name)[len(str(self._root)) + 1 :] for name in self._fs.find(folder))

    def connect(self, memory_mb: int = 512) -> duckdb.DuckDBPyConnection:
        """A DuckDB of its own, in memory, that reads these files; never the store."""
        config: dict[str, Any] = {"memory_limit": f"{memory_mb}MB", "threads": 2}
        connection = duckdb.connect(":memory:", config=config)
        connection.execute("SET TimeZone = 'UTC'")
        if not self._is_local:
            connection.register_filesystem(self._fs)
        return connection
