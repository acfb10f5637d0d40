"""The spool: what a gateway served and heard, as append-only segments of JSON lines that the portal takes in exactly once.

A segment is ``<uuid7>.open`` while it is written and becomes ``<uuid7>.jsonl`` by a rename after its last flush. A writer holds a lock
on its folder as long as it lives, so that the next gateway on the machine finishes the segments of dead ones.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from core.store.ids import new_id

log = structlog.get_logger(__name__)

SEGMENT_BYTES = 8 << 20
SEGMENT_AGE_S = 2.0
MEMORY_BYTES = 64 << 20  # kept while the disk is full, about 100,000 predictions
RETRY_S = 0.5
CLOSE_S = 2.0
YOUNG_S = 60.0
LOCK = "writer.lock"
Told = Callable[[bool], None]


@dataclass(frozen=True, slots=True)
class SpoolState:
    """How the spool stands.

    Args:
        full: the disk took nothing at the last try.
        waiting_bytes: accepted, not on the disk yet; dropped_lines: given up because memory ran out while the disk was full.
    """

    full: bool
    waiting_bytes: int
    written_lines: int
    dropped_lines: int
    segments: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as read: its records, and whether its last line was torn off."""

    records: tuple[Mapping[str, Any], ...]
    torn: bool


def read_segment(path: Path) -> Segment:
    """Read a segment; a last line that a dying writer left half-written is dropped.

    Raises:
        ValueError: a line that is not the last can't be read.
    """
    data = path.read_bytes()
    whole, _, tail = data.rpartition(b"\n")
    records = [json.loads(line) for line in whole.split(b"\n") if line.strip()]
    return Segment(tuple(records), bool(tail.strip()))


class Spool:
    """Writer of one gateway; appends come from any thread, one thread of its own writes and flushes.

    Args:
        root: folder of all gateways' folders.
        flush_ms: longest time that an accepted line stays unflushed while the disk takes it.
    """

    def __init__(self, root: Path, flush_ms: int) -> None:
        self._flush_s = flush_ms / 1000
        self._lock = threading.Condition()
        self._buffer: deque[tuple[bytes, Told | None]] = deque()
        self._waiting = 0
        self._first_at = 0.0
        self._urgent = False
        self._closing = False
        self._full = False
        self._written = self._dropped = self._segments = 0
        self._file: int | None = None
        self._name = ""
        self._size = 0
        self._opened_at = 0.0
        root.mkdir(parents=True, exist_ok=True)
        recover(root)
        self.folder = root / f"gateway-{new_id()}"
        self.folder.mkdir()
        self._guard = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._guard, fcntl.LOCK_EX)
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    def append(self, lines: bytes, told: Told | None = None) -> None:
        """Accept whole lines (each ends with a newline).

        Args:
            told: called from the writer's thread once they are flushed (True) or the disk refused them (False). With it the lines
                are flushed at once; refused ones are not kept.
        """
        with self._lock:
            if not self._buffer:
                self._first_at = time.monotonic()
            self._buffer.append((lines, told))
            self._waiting += len(lines)
            self._urgent = self._urgent or told is not None
            while self._waiting > MEMORY_BYTES and len(self._buffer) > 1:
                self._give_up(*self._buffer.popleft())
            self._lock.notify()

    def _give_up(self, lines: bytes, told: Told | None) -> None:
        self._waiting -= len(lines)
        if told is None:
            self._dropped += lines.count(b"\n")
        else:
            told(False)

    def state(self) -> SpoolState:
        """How it stands now."""
        with self._lock:
            return SpoolState(self._full, self._waiting, self._written, self._dropped, self._segments)

    def close(self) -> None:
        """Flush, finish the open segment, end the thread."""
        with self._lock:
            self._closing = True
            self._lock.notify()
        self._thread.join(timeout=CLOSE_S)
        os.close(self._guard)
        (self.folder / LOCK).unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _run(self) -> None:
        while True:
            with self._lock:
                self._wait_for_work()
                items = list(self._buffer)
                self._buffer.clear()
                self._urgent, closing = False, self._closing
            if items and self._flush(b"".join(lines for lines, _ in items)):
                for _, told in items:
                    if told is not None:
                        told(True)
            elif items:
                self._keep(items, closing)
            if self._file is not None and (closing or self._due() <= 0 or self._size >= SEGMENT_BYTES):
                self._finish()
            if closing:
                return

    def _wait_for_work(self) -> None:
        while not self._closing:
            now = time.monotonic()
            if self._urgent or (self._buffer and now - self._first_at >= self._flush_s):
                return
            if self._file is not None and self._due() <= 0:
                return
            waits = [self._due()] if self._file is not None else []
            if self._buffer:
                waits.append(self._flush_s - (now - self._first_at))
            self._lock.wait(timeout=max(0.001, min(waits)) if waits else None)

    def _due(self) -> float:
        return self._opened_at + SEGMENT_AGE_S - time.monotonic()

    def _keep(self, items: list[tuple[bytes, Told | None]], closing: bool) -> None:
        # Who waits for the disk hears that it refused; what was acknowledged already waits in memory for room.
        with self._lock:
            for lines, told in reversed(items):
                if told is None and not closing:
                    self._buffer.appendleft((lines, None))
                else:
                    self._give_up(lines, told)
            self._first_at = time.monotonic()
        if not closing:
            time.sleep(RETRY_S)

    def _flush(self, data: bytes) -> bool:
        try:
            if self._file is None:
                self._open()
            assert self._file is not None
            view = memoryview(data)
            while view:
                view = view[os.write(self._file, view) :]
            os.fsync(self._file)
        except OSError as error:
            self._undo(error)
            return False
        self._size += len(data)
        with self._lock:
            self._waiting -= len(data)
            self._written += data.count(b"\n")
            self._full = False
        return True

    def _open(self) -> None:
        self._name = new_id()
        self._file = os.open(self.folder / f"{self._name}.open", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._size, self._opened_at = 0, time.monotonic()

    def _undo(self, error: OSError) -> None:
        if not self._full:
            log.error("spool.refused", folder=str(self.folder), reason=errno.errorcode.get(error.errno or 0, "?"))
        with self._lock:
            self._full = True
        if self._file is not None:
            os.ftruncate(self._file, self._size)

    def _finish(self) -> None:
        assert self._file is not None
        os.close(self._file)
        self._file = None
        path = self.folder / f"{self._name}.open"
        if self._size == 0:
            path.unlink(missing_ok=True)
            return
        os.rename(path, path.with_suffix(".jsonl"))
        _sync_folder(self.folder)
        self._segments += 1


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def recover(root: Path) -> int:
    """Finish the open segments of writers that are dead; those of living ones are left alone.

    Returns:
        how many segments were finished.
    """
    finished = 0
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        guard = _take(folder)
        if guard is None:
            continue
        try:
            finished += _finish_dead(folder)
        finally:
            os.close(guard)
    return finished


def _take(folder: Path) -> int | None:
    """The dead writer's lock; None where the writer lives, or has only just come."""
    try:
        guard = os.open(folder / LOCK, os.O_RDWR)
    except FileNotFoundError:
        if time.time() - folder.stat().st_mtime < YOUNG_S:
            return None
        guard = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(guard)
        return None
    return guard


def _finish_dead(folder: Path) -> int:
    finished = 0
    for path in sorted(folder.glob("*.open")):
        if path.stat().st_size:
            os.rename(path, path.with_suffix(".jsonl"))
            finished += 1
        else:
            path.unlink()
    _sync_folder(folder)
    if not any(p.name != LOCK for p in folder.iterdir()) and time.time() - folder.stat().st_mtime > YOUNG_S:
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()
    return finished
