"""Reasons and states in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.monitoring.model import AlertState, Part, Reason, Severity, Verdict
from core.words import Words, mark

PARTS: dict[Part, str] = {
    Part.DRIFT: mark("Data"),
    Part.QUALITY: mark("Completeness"),
    Part.PERFORMANCE: mark("Decisions"),
    Part.VALUE: mark("Value"),
    Part.TRAFFIC: mark("Traffic"),
}
VERDICTS: dict[Verdict, str] = {
    Verdict.GREEN: mark("Fine"),
    Verdict.AMBER: mark("Watch"),
    Verdict.RED: mark("Act"),
    Verdict.INSUFFICIENT_DATA: mark("Too early to say"),
}
STATES: dict[AlertState, str] = {
    AlertState.OPEN: mark("Open"),
    AlertState.ACKNOWLEDGED: mark("Taken"),
    AlertState.RESOLVED: mark("Resolved"),
}
SEVERITIES: dict[Severity, str] = {Severity.WARNING: mark("Watch"), Severity.CRITICAL: mark("Act")}


def say(words: Words, reason: Reason) -> str:
    """A reason as a sentence; fields are written by the ending of their names (see `Reason`)."""
    currency = str(reason.fields.get("currency", ""))
    return words.t(reason.template, **{name: _write(words, name, value, currency) for name, value in reason.fields.items()})


def _write(words: Words, name: str, value: Any, currency: str) -> str:
    if name.endswith("_n"):
        return words.number(value)
    if name.endswith("_share"):
        return words.percent(value, 1 if 0 < value < 0.1 else 0)
    if name.endswith("_psi"):
        return words.number(value, 2)
    if name.endswith("_money"):
        return words.money(value, currency)
    if isinstance(value, (list, tuple)):
        return ("、" if words.language == "ja" else ", ").join(str(item) for item in value)
    return str(value)


def reason_to_json(reason: Reason) -> dict[str, Any]:
    """A reason as plain JSON."""
    return {"template": reason.template, "fields": dict(reason.fields)}


def reason_from_json(data: Mapping[str, Any]) -> Reason:
    """A reason from plain JSON."""
    return Reason(data["template"], data["fields"])
