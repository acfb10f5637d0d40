"""The spool: nothing that was flushed is lost, whatever happens to the writer."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.serving import spool as module
from core.serving.spool import Spool, read_segment, recover
from core.settings import ROOT

WRITER = """
import sys, threading, time
from pathlib import Path
from core.serving.spool import Spool
spool = Spool(Path(sys.argv[1]), flush_ms=int(sys.argv[2]))
i = 0
while True:
    i += 1
    done = threading.Event()
    spool.append(b'{"id": %d}\\n' % i, (lambda ok: done.set()) if sys.argv[2] == "0" else None)
    if sys.argv[2] == "0":
        done.wait()
    print(i, flush=True)
    time.sleep(0.002)
"""


def lines(root: Path) -> list[int]:
    found = []
    for path in sorted(p for p in root.rglob("*") if p.suffix in {".open", ".jsonl"}):
        found += [record["id"] for record in read_segment(path).records]
    return found


def test_lines_reach_a_finished_segment_in_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path, flush_ms=5)
    for i in range(500):
        spool.append(json.dumps({"id": i}).encode() + b"\n")
    spool.close()
    assert lines(tmp_path) == list(range(500))
    assert [p.suffix for p in tmp_path.rglob("*") if p.is_file()] == [".jsonl"]


def test_a_segment_ends_by_age_and_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_AGE_S", 0.1)
    spool = Spool(tmp_path, flush_ms=1)
    spool.append(b'{"id": 1}\n')
    until = time.monotonic() + 5
    while not list(tmp_path.rglob("*.jsonl")) and time.monotonic() < until:
        time.sleep(0.01)
    assert lines(tmp_path) == [1]
    monkeypatch.setattr(module, "SEGMENT_BYTES", 10)
    spool.append(b'{"id": 2, "more": "text"}\n')
    spool.close()
    assert len(list(tmp_path.rglob("*.jsonl"))) == 2


def test_a_torn_last_line_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.open"
    path.write_bytes(b'{"id": 1}\n{"id": 2}\n{"id": 3, "x')
    segment = read_segment(path)
    assert ([r["id"] for r in segment.records], segment.torn) == ([1, 2], True)


@pytest.mark.parametrize("flush_ms", [0, 20])
def test_a_killed_writer_leaves_everything_that_was_flushed(tmp_path: Path, flush_ms: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), str(flush_ms)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert writer.stdout is not None
    acknowledged: list[tuple[float, int]] = []
    while len(acknowledged) < 150:
        acknowledged.append((time.monotonic(), int(writer.stdout.readline())))
    killed = time.monotonic()
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    rest = [int(line) for line in writer.stdout.read().split()]
    writer.stdout.close()
    kept = set(lines(tmp_path))
    # With a flush interval only what was acknowledged longer ago than that (and a disk's moment) is promised.
    promised = [i for at, i in acknowledged if flush_ms == 0 or at < killed - flush_ms / 1000 - 0.2] + (rest if flush_ms == 0 else [])
    assert set(promised) <= kept
    assert list(tmp_path.rglob("*.open"))
    assert recover(tmp_path) == 1
    assert not list(tmp_path.rglob("*.open"))
    assert set(lines(tmp_path)) == kept


def test_a_living_writers_segment_is_left_alone(tmp_path: Path) -> None:
    spool = Spool(tmp_path, flush_ms=1)
    told = threading.Event()
    spool.append(b'{"id": 1}\n', lambda ok: told.set())
    assert told.wait(5)
    assert recover(tmp_path) == 0
    assert list(tmp_path.rglob("*.open"))
    spool.close()


def test_a_full_disk_refuses_who_waits_and_keeps_what_was_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.02)
    spool = Spool(tmp_path, flush_ms=1)
    full, write = threading.Event(), os.write

    def refuse(handle: int, data: bytes) -> int:
        if full.is_set():
            write(handle, bytes(data)[:3])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data)

    monkeypatch.setattr(module.os, "write", refuse)
    answers: list[bool] = []
    told = threading.Event()
    full.set()
    spool.append(b'{"id": 1}\n')
    spool.append(b'{"id": 2}\n', lambda ok: (answers.append(ok), told.set()))
    assert told.wait(5)
    assert answers == [False]
    assert spool.state().full
    full.clear()
    until = time.monotonic() + 5
    while spool.state().full and time.monotonic() < until:
        time.sleep(0.01)
    assert not spool.state().full
    spool.close()
    assert lines(tmp_path) == [1]


def test_memory_is_bounded_while_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.02)
    monkeypatch.setattr(module, "MEMORY_BYTES", 1000)

    def refuse(handle: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "write", refuse)
    spool = Spool(tmp_path, flush_ms=1)
    for _ in range(200):
        spool.append(b'{"id": 1, "and": "more"}\n')
    until = time.monotonic() + 5
    while not spool.state().full and time.monotonic() < until:
        time.sleep(0.01)
    state = spool.state()
    assert state.waiting_bytes <= 1000
    assert state.dropped_lines > 100
    spool.close()
