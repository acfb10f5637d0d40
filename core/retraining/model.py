"""What retraining speaks of: a policy per deployment, its evaluations, and the attempts that they start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput
from core.jobs.cron import check_cron
from core.registry.evidence import Comparison
from core.registry.phrases import Phrase


class Trigger(StrEnum):
    """What started an attempt."""

    DRIFT = "drift"
    LOST_VALUE = "lost_value"
    SCHEDULE = "schedule"
    MANUAL = "manual"


class AttemptState(StrEnum):
    """Building data, training, comparing; then a request, a stop with its reason, or a failure."""

    BUILDING = "building"
    TRAINING = "training"
    COMPARING = "comparing"
    REQUESTED = "requested"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self in {AttemptState.REQUESTED, AttemptState.STOPPED, AttemptState.FAILED}


@dataclass(frozen=True, slots=True)
class PolicySpec:
    """When a deployment's model is retrained, and what may be used for it.

    Args:
        on_drift, on_lost_value: start when a check of monitoring is red there.
        cron: also start at these times, five fields, UTC; empty: never by the clock.
        cooldown_hours: least time between two starts.
        min_new_labelled: fewest labelled served cases that no training has seen.
        max_training_rows: newest rows that are used at most.
        auto_request: ask for approval by itself when the challenger earns more; else it is only registered.
    """

    enabled: bool = True
    on_drift: bool = True
    on_lost_value: bool = True
    cron: str = ""
    cooldown_hours: float = 24.0
    min_new_labelled: int = 500
    max_training_rows: int = 1_000_000
    auto_request: bool = True

    def __post_init__(self) -> None:
        _within("cooldown_hours", self.cooldown_hours, 0, 24 * 366)
        _within("min_new_labelled", self.min_new_labelled, 100, 10_000_000)
        _within("max_training_rows", self.max_training_rows, 1_000, 10_000_000)
        if self.cron:
            check_cron(self.cron)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InvalidInput("'{field}' must lie between {low} and {high}.", field=name, low=low, high=high)


@dataclass(frozen=True, slots=True)
class RetrainingPolicy:
    """A deployment's policy as stored."""

    deployment_id: str
    project_id: str
    spec: PolicySpec
    created_at: datetime
    updated_at: datetime
    updated_by: str
    updated_by_name: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a policy decided, and why.

    Args:
        trigger: what called for retraining; None where nothing did.
        attempt_id: what was started; empty where nothing was.
        new_labelled: labelled served cases that no training has seen.
    """

    deployment_id: str
    evaluated_at: datetime
    trigger: Trigger | None
    attempt_id: str
    new_labelled: int
    reason: Phrase

    @property
    def started(self) -> bool:
        """Whether an attempt was started."""
        return bool(self.attempt_id)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One retraining, from its cause to its outcome; fields fill as it goes on.

    Args:
        cause: why it started; outcome: what came of it, None while it goes on.
        rows_original, rows_added: training rows from the champion's data, and from labelled served cases.
        rows_held_out: newest labelled cases, kept back to compare both on; held_out_sha256 names their artifact.
        held_from, seen_until: when the first kept-back case and the newest one were served.
    """

    id: str
    deployment_id: str
    deployment_name: str
    project_id: str
    trigger: Trigger
    state: AttemptState
    cause: Phrase
    started_by: str
    started_by_name: str
    started_at: datetime
    ended_at: datetime | None
    champion_version_id: str
    champion_number: int
    dataset_version_id: str
    run_id: str
    held_out_sha256: str
    rows_original: int
    rows_added: int
    rows_held_out: int
    held_from: datetime | None
    seen_until: datetime | None
    job_id: str
    comparison: Comparison | None
    model_version_id: str
    approval_id: str
    outcome: Phrase | None
