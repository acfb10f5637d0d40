"""Which steps take part: their job kinds, schedule kinds and background workers, wired once at start."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

from core.jobs.schedules import Schedules
from core.workspace import Workspace

STEPS = ("project", "data", "training", "impact", "registry", "serving", "monitoring", "retraining")
Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs beside the jobs; started in order, stopped in reverse."""

    schedules: Schedules
    starts: tuple[Act, ...]
    stops: tuple[Act, ...]

    def start(self) -> None:
        """Start every part."""
        for start in self.starts:
            start()

    def stop(self) -> None:
        """Stop every part, the last first."""
        for stop in reversed(self.stops):
            stop()


def wire(ws: Workspace) -> Parts:
    """Register what each step brings: ``jobs.kinds(ws)``, ``schedules.kinds(ws)``, and ``background.parts(ws, schedules)``."""
    schedules = Schedules(ws.store, ws.clock)
    starts: list[Act] = []
    stops: list[Act] = []
    for step in STEPS:
        for kind in _module_calls(step, "jobs", "kinds", ws):
            ws.jobs.register(kind)  # type: ignore[arg-type]
        for kind in _module_calls(step, "schedules", "kinds", ws):
            schedules.register(kind)  # type: ignore[arg-type]
    for step in STEPS:
        module = _module(step, "background")
        if module is not None:
            start, stop = module.parts(ws, schedules)
            starts.append(start)
            stops.append(stop)
    return Parts(schedules, (*starts, schedules.start), (*stops, schedules.stop))


def _module(step: str, name: str) -> ModuleType | None:
    if find_spec(f"core.{step}") is None or find_spec(f"core.{step}.{name}") is None:
        return None
    return importlib.import_module(f"core.{step}.{name}")


def _module_calls(step: str, name: str, function: str, ws: Workspace) -> list[object]:
    module = _module(step, name)
    return list(getattr(module, function)(ws)) if module is not None else []
