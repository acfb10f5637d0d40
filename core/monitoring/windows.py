"""The stretches of time that pages offer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from core.monitoring.model import Window


class Span(StrEnum):
    """What the portfolio looks at."""

    YEAR = "year"
    TWELVE_MONTHS = "twelve_months"
    ALL = "all"


def span_of(text: str) -> Span:
    """A span as an address names it; anything else is the last twelve months.

    >>> span_of("all").value, span_of("nonsense").value
    ('all', 'twelve_months')
    """
    return Span(text) if text in set(Span) else Span.TWELVE_MONTHS


def window_for(span: Span, now: datetime, zone: tzinfo = UTC) -> Window:
    """From when to when a span reaches, whole months, up to now.

    >>> window_for(Span.TWELVE_MONTHS, datetime(2026, 11, 24, tzinfo=UTC)).from_at.date().isoformat()
    '2025-12-01'
    """
    here = now.astimezone(zone)
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if span is Span.YEAR:
        start = first.replace(month=1)
    elif span is Span.TWELVE_MONTHS:
        start = first.replace(year=first.year - 1, month=first.month + 1) if first.month < 12 else first.replace(month=1)
    else:
        start = datetime(2000, 1, 1, tzinfo=UTC)
    return Window(start.astimezone(UTC), (now + timedelta(seconds=1)).astimezone(UTC))
