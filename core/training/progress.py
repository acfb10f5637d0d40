"""A live run: phase, time, resources and log, read from what its job tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.identity import Permission, Principal, require
from core.jobs.protocol import JsonObject, read_events
from core.training.model import Run, RunState
from core.training.service import get_run
from core.words.speech import fill
from core.words.terms import mark
from core.workspace import Workspace

LOG_LINES = 300
RESOURCE_POINTS = 60
PHASES = ("reading", "training", "evaluating", "explaining")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a run's log: a message of the catalogue and its fields."""

    at: datetime
    template: str
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """In English."""
        return fill(self.template, dict(self.fields))


@dataclass(frozen=True, slots=True)
class ResourcePoint:
    """What a run's processes used at a moment: processor in percent of one core, memory in MB."""

    at: datetime
    cpu_pct: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    Args:
        share: of the time limit that has passed, 0 to 1; 1 once it has ended.
        remaining_s: until the time limit at the latest. current: model in training now.
    """

    phase: str
    elapsed_s: float
    remaining_s: float
    share: float
    current: str | None
    models: int
    cores: int
    resources: tuple[ResourcePoint, ...]
    log: tuple[LogLine, ...]


def run_progress(ws: Workspace, actor: Principal, run_id: str) -> Progress:
    """Everything that a live page shows of a run beside its leaderboard."""
    require(actor, Permission.READ_DETAILS)
    run = get_run(ws, actor, run_id)
    events, _ = read_events(ws.jobs.folder(run.job_id)) if run.job_id else ([], 0)
    began = run.started_at or run.created_at
    elapsed = max(0.0, ((run.ended_at or ws.clock()) - began).total_seconds()) if run.state is not RunState.QUEUED else 0.0
    limit = float(run.config.time_limit_s)
    share = 1.0 if run.state.final else min(0.99, elapsed / limit)
    return Progress(
        _phase(events, run), elapsed, max(0.0, limit - elapsed), share, _current(events),
        sum(e.get("event") == "model_finished" for e in events), int(_last(events, "resources", "cores", 1)), _resources(events), _log(events),
    )  # fmt: skip


def _phase(events: Sequence[JsonObject], run: Run) -> str:
    if run.state.final or run.state is RunState.QUEUED:
        return run.state.value
    return str(_last(events, "phase", "phase", PHASES[0]))


def _last(events: Sequence[JsonObject], kind: str, field: str, default: object) -> str:
    return str(next((e[field] for e in reversed(events) if e.get("event") == kind and field in e), default))


def _current(events: Sequence[JsonObject]) -> str | None:
    last = next((e for e in reversed(events) if e.get("event") in {"model_started", "model_finished", "phase"}), None)
    return str(last["model"]) if last and last["event"] == "model_started" else None


def _resources(events: Sequence[JsonObject]) -> tuple[ResourcePoint, ...]:
    points = [e for e in events if e.get("event") == "resources"]
    step = max(1, len(points) // RESOURCE_POINTS)
    return tuple(ResourcePoint(datetime.fromisoformat(e["at"]), float(e["cpu_pct"]), float(e["memory_mb"])) for e in points[::step])


def _log(events: Sequence[JsonObject]) -> tuple[LogLine, ...]:
    lines = [_line(event) for event in events]
    return tuple([line for line in lines if line is not None][-LOG_LINES:])


def _line(event: JsonObject) -> LogLine | None:
    moment = datetime.fromisoformat(event["at"])
    match event.get("event"):
        case "phase" | "log":
            fields = event.get("fields") or {}
            return LogLine(moment, str(event.get("message", "")), tuple((str(k), str(v)) for k, v in fields.items()))
        case "model_started":
            return LogLine(moment, mark("{model} started"), (("model", str(event["model"])),))
        case "model_finished":
            told = (("model", str(event["model"])), ("seconds", str(round(float(event.get("fit_s") or 0), 1))))
            if event.get("value") is None:
                return LogLine(moment, mark("{model} finished in {seconds} s"), told)
            return LogLine(moment, mark("{model} finished in {seconds} s, value {value}"), (*told, ("value", str(event["value"]))))
        case "model_failed":
            return LogLine(moment, mark("{model} brought no model"), (("model", str(event["model"])),))
        case _:
            return None
