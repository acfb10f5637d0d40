"""What the report of several classes or of a forecast says beside its headline: worked out when it is frozen or exported."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskDetails:
    """A report's breakdowns."""
