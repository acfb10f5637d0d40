"""What monitoring speaks of: verdicts with reasons, checks, alerts, and a deployment's monitor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.errors import InvalidInput


class Verdict(StrEnum):
    """How a part of a check went. Too little data is neither good nor bad, and never alarms."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    INSUFFICIENT_DATA = "insufficient_data"


class Part(StrEnum):
    """What a check looks at; also the kind of the alert that it opens."""

    DRIFT = "drift"
    QUALITY = "quality"
    PERFORMANCE = "performance"
    VALUE = "value"
    TRAFFIC = "traffic"


class Severity(StrEnum):
    """How urgent an alert is."""

    WARNING = "warning"
    CRITICAL = "critical"


class AlertState(StrEnum):
    """Open until somebody takes it, resolved by a person or by a later check that is green."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


_ORDER = (Verdict.INSUFFICIENT_DATA, Verdict.GREEN, Verdict.AMBER, Verdict.RED)


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The most alarming of several verdicts; insufficient data only where nothing could be judged.

    >>> worst((Verdict.GREEN, Verdict.INSUFFICIENT_DATA)).value, worst(()).value
    ('green', 'insufficient_data')
    """
    return max(verdicts, key=_ORDER.index, default=Verdict.INSUFFICIENT_DATA)


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence: its English template (the catalogue's key) and its fields, formatted for a reader by `core.monitoring.wording`.

    Args:
        fields: plain JSON; a field's ending says how it is written: ``_n`` count, ``_share`` percentage,
            ``_psi`` two decimals, ``_money`` amount in ``currency``; others as they are.
    """

    template: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartResult:
    """One part of a check: verdict, why, and the figures behind it (plain JSON)."""

    part: Part
    verdict: Verdict
    reasons: tuple[Reason, ...]
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison of what was served with what was learned and promised."""

    id: str
    deployment_id: str
    project_id: str
    model_version_id: str
    version: int
    ran_at: datetime
    ran_by: str
    from_at: datetime
    to_at: datetime
    verdict: Verdict
    parts: tuple[PartResult, ...]

    def part(self, part: Part) -> PartResult | None:
        """One of its parts."""
        return next((p for p in self.parts if p.part is part), None)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that a person should look at; while it isn't resolved, the same finding opens no second one."""

    id: str
    deployment_id: str
    project_id: str
    kind: Part
    severity: Severity
    state: AlertState
    reasons: tuple[Reason, ...]
    check_id: str
    opened_at: datetime
    last_seen_at: datetime
    handled_by: str
    handled_at: datetime | None
    resolved_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class MonitorConfig:
    """What a deployment's checks look at and when they warn.

    Args:
        window_days: how far a check looks back.
        min_rows, min_labels: fewest predictions, and labelled ones, that are judged.
        psi_watch, psi_act: PSI from which a feature is watched, and acted on (Siddiqi 2006: 0.10 and 0.25).
        missing_watch, missing_act: rise of the share of missing or unseen values.
        value_act_share: share of the promise below which earned value is red, where the interval shows it.
        quiet_hours: hours without a prediction after which traffic warns; 0: never.
    """

    window_days: int = 30
    min_rows: int = 200
    min_labels: int = 100
    psi_watch: float = 0.10
    psi_act: float = 0.25
    missing_watch: float = 0.02
    missing_act: float = 0.10
    value_act_share: float = 0.5
    quiet_hours: int = 0

    def __post_init__(self) -> None:
        _within("window_days", self.window_days, 1, 366)
        _within("min_rows", self.min_rows, 20, 10_000_000)
        _within("min_labels", self.min_labels, 20, 10_000_000)
        _within("psi_watch", self.psi_watch, 0.01, 5)
        _within("psi_act", self.psi_act, self.psi_watch, 10)
        _within("missing_watch", self.missing_watch, 0.001, 1)
        _within("missing_act", self.missing_act, self.missing_watch, 1)
        _within("value_act_share", self.value_act_share, 0, 1)
        _within("quiet_hours", self.quiet_hours, 0, 24 * 90)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InvalidInput("'{field}' must lie between {low} and {high}.", field=name, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Monitor:
    """A deployment's monitor."""

    deployment_id: str
    project_id: str
    config: MonitorConfig
    created_at: datetime
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, UTC, the end not in it."""

    from_at: datetime
    to_at: datetime

    def __post_init__(self) -> None:
        if self.from_at >= self.to_at:
            raise InvalidInput("The window ends before it starts. Give a start before its end.", field="window")
