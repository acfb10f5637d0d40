"""What jobs, schedules and their states are called; messages of the catalogue."""

from __future__ import annotations

from core.jobs.cron import Rhythm
from core.jobs.protocol import JobState
from core.jobs.schedule_table import Outcome
from core.words import mark

JOB_STATES: dict[JobState, tuple[str, str]] = {
    JobState.QUEUED: (mark("Waiting"), "gray"),
    JobState.RUNNING: (mark("Running"), "blue"),
    JobState.SUCCEEDED: (mark("Done"), "green"),
    JobState.FAILED: (mark("Failed"), "red"),
    JobState.CANCELLED: (mark("Stopped"), "gray"),
    JobState.LOST: (mark("Lost"), "red"),
}
OUTCOMES: dict[Outcome, tuple[str, str]] = {
    Outcome.NONE: (mark("Not run so far"), "gray"),
    Outcome.RUNNING: (mark("Running"), "blue"),
    Outcome.OK: (mark("Went well"), "green"),
    Outcome.FAILED: (mark("Failed"), "red"),
    Outcome.INTERRUPTED: (mark("Interrupted"), "orange"),
}
RHYTHMS: dict[Rhythm, str] = {
    Rhythm.MINUTES: mark("Every few minutes"),
    Rhythm.HOURLY: mark("Every hour"),
    Rhythm.DAILY: mark("Every day"),
    Rhythm.WEEKLY: mark("Every week"),
    Rhythm.MONTHLY: mark("Every month"),
    Rhythm.OWN: mark("By a cron rule of your own"),
}
KINDS: dict[str, str] = {
    "training": mark("Training"),
    "training.fit": mark("Training"),
    "retraining.compare": mark("Compare challenger and champion"),
    "retraining.evaluate": mark("Look whether to retrain"),
    "monitoring.check": mark("Check what is served"),
}


def kind_name(kind: str) -> str:
    """A message of the catalogue for a kind of job or schedule; the kind itself where there is none."""
    return KINDS.get(kind, kind)
