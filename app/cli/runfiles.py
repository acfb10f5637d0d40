"""What a running portal leaves in its home for commands on the same machine: where it listens, and the local key."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.settings import Settings
from core.store.artifacts import write_atomic


@dataclass(frozen=True, slots=True)
class RunningPortal:
    """A portal that has this home open."""

    url: str
    pid: int
    key: str


def _folder(settings: Settings) -> Path:
    return settings.home / "run"


def write(settings: Settings, url: str, key: str) -> None:
    """Leave address and key; only the owner of the home can read the key."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    # mkstemp in write_atomic makes files that only their owner reads.
    write_atomic(folder / "cli.token", key.encode())
    write_atomic(folder / "portal.json", json.dumps({"url": url, "pid": os.getpid(), "started": _started(os.getpid())}).encode())


def remove(settings: Settings) -> None:
    """Take both away."""
    for name in ("portal.json", "cli.token"):
        (_folder(settings) / name).unlink(missing_ok=True)


def read(settings: Settings) -> RunningPortal | None:
    """The portal that runs on this home; None where none does, also after one was killed."""
    folder = _folder(settings)
    try:
        body = json.loads((folder / "portal.json").read_bytes())
        key = (folder / "cli.token").read_text()
        alive = abs(_started(int(body["pid"])) - float(body["started"])) < 1.0
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return RunningPortal(body["url"], int(body["pid"]), key) if alive else None


def _started(pid: int) -> float:
    return psutil.Process(pid).create_time()
