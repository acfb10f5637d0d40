"""The time, as a parameter: UTC and aware."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, UTC and aware."""
    return datetime.now(UTC)
