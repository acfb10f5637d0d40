"""What steps bring is wired: every kind of job, schedule and loop that exists, and no more."""

from __future__ import annotations

from pathlib import Path

from core.api.wiring import JOB_KINDS, LOOPS, SCHEDULE_KINDS, wire
from core.settings import ROOT


def brought(file: str, function: str) -> set[str]:
    """Modules of steps that bring something."""
    found = [path for path in (ROOT / "core").glob(f"*/{file}") if path.parent.name != "jobs" and f"\ndef {function}(" in path.read_text()]
    return {".".join(Path(path.relative_to(ROOT)).with_suffix("").parts) for path in found}


def test_every_step_that_brings_something_is_wired():
    assert {f.__module__ for f in JOB_KINDS} == brought("jobs.py", "kinds")
    assert {f.__module__ for f in SCHEDULE_KINDS} == brought("schedules.py", "kinds")
    assert {f.__module__ for f in LOOPS} == brought("background.py", "loops")


def test_wired_parts_start_and_stop(ws):
    parts = wire(ws)
    assert {"training.fit", "retraining.compare"} <= set(ws.jobs._kinds)
    assert "monitoring.check" in parts.schedules.kinds()
    assert {loop.name for loop in parts.loops} == {"ingest", "monitors", "upkeep", "manifests", "attempts", "policies"}
    parts.start()
    parts.stop(5)
    assert all(loop.join(0) for loop in parts.loops)
