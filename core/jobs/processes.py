"""The processes of jobs: who claimed a folder, whether that one still lives, and how a whole group is ended."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import psutil

SAME_S = 1.0  # two readings of one process's start time differ by less


@dataclass(frozen=True, slots=True)
class Claim:
    """Which process a folder belongs to; the start time tells it from a later one with the same number."""

    pid: int
    started: float


def claim(folder: Path) -> bool:
    """Make a folder this process's own. Only the first one gets it, and nobody ever sees half a claim."""
    part = folder / f".process.{os.getpid()}"
    own = {"pid": os.getpid(), "started": psutil.Process().create_time()}
    try:
        with part.open("w") as stream:
            json.dump(own, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(part, folder / "process.json")
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    return True


def read_claim(folder: Path) -> Claim | None:
    """Who claimed a folder; None where nobody has."""
    try:
        body = json.loads((folder / "process.json").read_bytes())
        return Claim(int(body["pid"]), float(body["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def started_child(pid: int) -> Claim:
    """The claim of a child that was just started and not waited for, so that its number is surely its own."""
    return Claim(pid, psutil.Process(pid).create_time())


def is_alive(found: Claim) -> bool:
    """Whether that very process lives: not a zombie, and not a stranger with its number."""
    try:
        return _same(found) and psutil.Process(found.pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _same(found: Claim) -> bool:
    try:
        return abs(psutil.Process(found.pid).create_time() - found.started) < SAME_S
    except psutil.Error:
        return False


def send(pid: int, number: signal.Signals) -> None:
    """Signal one process; that it is gone is fine."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def kill_group(found: Claim) -> None:
    """Kill a job's process and all of its group, helpers of numeric libraries included, also where the first one has gone already."""
    if psutil.pid_exists(found.pid) and not _same(found):
        # The number belongs to a stranger now, and so does the group: the kernel reuses it only once the group is empty.
        return
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == found.pid and process.create_time() >= found.started - SAME_S:
                send(process.pid, signal.SIGKILL)
        except (psutil.Error, ProcessLookupError, PermissionError):
            continue
