"""What parts of a worded report are made of, whatever the format: findings, tables, sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A part's title, which states what is found, and the gray line below it: unit, period, how the interval is drawn."""

    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text; the first column is read from the left, amounts from the right.

    Args:
        own: the row that stands out: the model's own.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    own: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a report: what it found, the figures, and what is said of them.

    Args:
        drawn: the figures that a picture shows instead of a table, for formats that don't have the picture.
    """

    finding: Finding
    table: Table | None
    told: tuple[str, ...]
    drawn: Table | None = None
