"""What a seeding has done so far, kept in the home after every step, so that an interrupted one goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.store.artifacts import write_atomic

NAME = "demo-seed.json"


class Progress:
    """Answers of finished steps by name, in one file.

    Args:
        home: the demo's home. now: the moment that a new history ends at; an old one keeps its own.
    """

    def __init__(self, home: Path, now: datetime) -> None:
        self._path = home / NAME
        self._done: dict[str, Any] = json.loads(self._path.read_bytes()) if self._path.exists() else {}
        self.now = datetime.fromisoformat(self.once("now", now.isoformat))

    def once(self, step: str, work: Callable[[], Any]) -> Any:
        """The step's answer: from its first time, or worked out now and kept; plain JSON."""
        if step not in self._done:
            self.keep(step, work())
        return self._done[step]

    def get(self, step: str) -> Any:
        """A step's answer; None where it isn't done."""
        return self._done.get(step)

    def all(self) -> Mapping[str, Any]:
        """All answers by step."""
        return dict(self._done)

    def keep(self, step: str, answer: Any) -> None:
        """Keep a step's answer."""
        self._done[step] = answer
        write_atomic(self._path, json.dumps(self._done, indent=1).encode())

    def forget(self, step: str) -> None:
        """Let a step be done again."""
        self._done.pop(step, None)
        write_atomic(self._path, json.dumps(self._done, indent=1).encode())


def is_seeded(home: Path) -> bool:
    """Whether nothing is left to do."""
    path = home / NAME
    return path.exists() and bool(json.loads(path.read_bytes()).get("finished"))
