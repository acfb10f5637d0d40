"""Messages that stand in tables; and states, roles and kinds as code holds them, with what people call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def mark(message: str) -> str:
    """Mark a message of a table or a constant for translation; it is translated where it is shown."""
    return message


_TERMS: Final[Mapping[str, str]] = {
    "viewer": mark("Viewer"),
    "scientist": mark("Data scientist"),
    "approver": mark("Approver"),
    "admin": mark("Administrator"),
    "none": mark("no role"),
    "queued": mark("waiting"),
    "running": mark("running"),
    "succeeded": mark("finished"),
    "failed": mark("failed"),
    "cancelled": mark("cancelled"),
    "lost": mark("lost"),
    "registered": mark("registered"),
    "pending": mark("waiting for a decision"),
    "approved": mark("approved"),
    "rejected": mark("rejected"),
    "withdrawn": mark("withdrawn"),
    "retired": mark("retired"),
    "gone": mark("gone"),
    "open": mark("open"),
    "acknowledged": mark("taken on"),
    "resolved": mark("resolved"),
}


def term_of(value: str) -> str:
    """The message of the catalogue for a value of an enumeration; the value itself where it has none.

    >>> term_of("scientist"), term_of("sprint")
    ('Data scientist', 'sprint')
    """
    return _TERMS.get(value, value)
