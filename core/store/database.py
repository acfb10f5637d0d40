"""One DuckDB file, one process: cursors per thread, short write transactions, bounded retries."""

from __future__ import annotations

import errno
import random
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import structlog

from core.errors import Conflict, StorageFull, Unavailable
from core.store.audit import AuditEvent, append_event
from core.store.lineage import Edge, add_edge
from core.store.migrations import migrate

log = structlog.get_logger(__name__)
T = TypeVar("T")
Row = tuple[Any, ...]
RETRIES = 8
CLOSE_S = 60.0


class Transaction:
    """What a unit of work may do: bound SQL, audit events and lineage edges, all committed together."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, at: datetime) -> None:
        self._cursor = cursor
        self.at = at

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run one statement with bound parameters."""
        self._cursor.execute(sql, list(params))

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""
        if rows:
            self._cursor.executemany(sql, [list(row) for row in rows])

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        return self._cursor.execute(sql, list(params)).fetchall()

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """First row of a query, or None."""
        return self._cursor.execute(sql, list(params)).fetchone()

    def audit(self, event: AuditEvent) -> None:
        """Append an event to the hash chain; it is committed with everything else of this transaction."""
        append_event(self._cursor, event, self.at)

    def edge(self, edge: Edge) -> None:
        """Record where something came from; it is committed with everything else of this transaction."""
        add_edge(self._cursor, edge, self.at)


class Store:
    """The portal's only door to DuckDB.

    Args:
        path: the file; made if missing. Its schema is brought up to date at opening.
        memory_mb: memory that DuckDB may use.
        clock: tells the time, UTC and aware.

    Raises:
        Unavailable: another process has the file open.
        MigrationError: an applied migration was edited or is missing.
    """

    def __init__(self, path: Path, *, memory_mb: int, clock: Callable[[], datetime]) -> None:
        self.path = path
        self._clock = clock
        self._local = threading.local()
        self._write_lock = threading.RLock()
        self._memory_mb = memory_mb
        self._cursors: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
        self._opened = 0
        self._closed = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._root = self._connect()
        migrate(self._root, clock())

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            root = duckdb.connect(str(self.path), config={"memory_limit": f"{self._memory_mb}MB", "threads": 2})
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise Unavailable(
                    "Another process has the store {path} open. A portal is running already: use it, or stop it first.", path=str(self.path)
                ) from error
            raise
        root.execute("SET TimeZone = 'UTC'")
        return root

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("The portal has stopped. Start it again, then repeat what you did.")

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        self._check_open()
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None or self._local.opened != self._opened:
            self._local.opened = self._opened
            cursor = self._root.cursor()
            cursor.execute("SET TimeZone = 'UTC'")
            self._cursors.add(cursor)
            self._local.cursor = cursor
        return cursor

    def _reopen(self, opened: int) -> None:
        """DuckDB gives a file up after a write that failed half-way (a full disk): opened anew, it shows all that was committed."""
        with self._write_lock:
            self._check_open()
            if self._opened != opened:
                return
            log.warning("store.reopened", path=str(self.path))
            # As long as one cursor lives, connecting gives the same broken instance back.
            for connection in [*self._cursors, self._root]:
                connection.close()
            self._root = self._connect()
            self._opened += 1

    def _read(self, run: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        opened = self._opened
        try:
            return run(self._cursor())
        except (duckdb.FatalException, duckdb.ConnectionException):
            self._reopen(opened)
            return run(self._cursor())

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        return self._read(lambda cursor: cursor.execute(sql, list(params)).fetchall())

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """First row of a query, or None."""
        # Read to its end: an open result keeps its transaction open, and with it every later checkpoint out.
        return next(iter(self.rows(sql, params)), None)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's cursor, for reads that want Arrow or pandas back. Never write through it."""
        return self._cursor()

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction; on DuckDB's optimistic conflicts the whole of it runs again, boundedly.

        Raises:
            Conflict: still in conflict after all tries.
            StorageFull: no room left; nothing of it was kept.
        """
        for attempt in range(RETRIES):
            opened = self._opened
            try:
                return self._attempt(work)
            except (duckdb.Error, OSError) as error:
                if isinstance(error, duckdb.FatalException | duckdb.ConnectionException):
                    self._reopen(opened)
                if _is_full(error):
                    raise StorageFull(self.path.parent) from error
                if not isinstance(error, duckdb.TransactionException | duckdb.ConnectionException):
                    raise
                if attempt == RETRIES - 1:
                    raise Conflict("Somebody else changed the same thing at the same moment. Look again and retry.") from error
                time.sleep(random.uniform(0.5, 1.5) * 0.004 * 2**attempt)
        raise AssertionError("unreachable")

    def _attempt(self, work: Callable[[Transaction], T]) -> T:
        cursor = self._cursor()
        # One writer at a time: the audit chain needs an order anyhow, and a queue beats a storm of retries.
        with self._write_lock:
            cursor.execute("BEGIN TRANSACTION")
            try:
                result = work(Transaction(cursor, self._clock()))
                cursor.execute("COMMIT")
            except BaseException:
                _rollback(cursor)
                raise
            return result

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file; where reads keep it from that, it stays for the next time.

        Raises:
            StorageFull: no room left; the log stays, with all that is committed.
        """
        with self._write_lock:
            for attempt in range(RETRIES):
                opened = self._opened
                try:
                    self._cursor().execute("CHECKPOINT")
                except duckdb.TransactionException:
                    # A long read began before the last change. Nothing is lost: what is committed stands in the log beside the file.
                    time.sleep(0.004 * 2**attempt)
                except duckdb.Error as error:
                    if isinstance(error, duckdb.FatalException):
                        self._reopen(opened)
                    if _is_full(error):
                        raise StorageFull(self.path.parent) from error
                    raise
                else:
                    return
            log.warning("store.not_checkpointed", path=str(self.path))

    def exclusive(self) -> threading.RLock:
        """Lock that keeps writers out while it is held (backup)."""
        return self._write_lock

    def close(self, within_s: float = CLOSE_S) -> bool:
        """Fold the log into the file and close it, after the write that is under way; later calls fail.

        Args:
            within_s: at most so long, seconds. A longer write (a backup) is left to end with the process: what is committed stands
                in the file and its log either way.

        Returns:
            Whether it is closed.
        """
        if not self._write_lock.acquire(timeout=max(0.0, within_s)):
            log.warning("store.left_open", path=str(self.path), after_s=within_s)
            return False
        try:
            self._fold()
            self._closed = True
            self._root.close()
        finally:
            self._write_lock.release()
        return True

    def _fold(self) -> None:
        try:
            self.checkpoint()
        except (StorageFull, Unavailable, duckdb.Error) as error:
            log.warning("store.not_checkpointed", path=str(self.path), reason=str(error))


def _rollback(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error as error:
        # A failed COMMIT has rolled back already, and a connection that was given up has nothing to roll back.
        known = isinstance(error, duckdb.FatalException | duckdb.ConnectionException) or "no transaction is active" in str(error).lower()
        if not known:
            raise


def _is_full(error: Exception) -> bool:
    return getattr(error, "errno", None) == errno.ENOSPC or "no space left" in str(error).lower()
