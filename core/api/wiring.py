"""Which steps take part: their job kinds, schedule kinds and background workers, wired once at start."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from core.workspace import Workspace

Start = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs beside the jobs; started in order, stopped in reverse."""

    starts: tuple[Start, ...]
    stops: tuple[Start, ...]

    def start(self) -> None:
        """Start every part."""
        for start in self.starts:
            start()

    def stop(self) -> None:
        """Stop every part, the last first."""
        for stop in reversed(self.stops):
            stop()


def wire(ws: Workspace) -> Parts:
    """Register what the steps bring."""
    for step in ("data", "training", "registry", "serving", "monitoring", "retraining"):
        try:
            module = importlib.import_module(f"core.{step}.jobs")
        except ModuleNotFoundError:
            continue
        for kind in module.kinds(ws):
            ws.jobs.register(kind)
    return Parts((), ())
