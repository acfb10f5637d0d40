"""Rows that open: a table for people, whose row is one button, and which becomes two lines on a phone.

The rows are data, set as text in the browser; no HTML is ever made of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st

from app.ui.chips import Chip, Health, health_chip
from app.ui.page import given, t

Kind = Literal["main", "chip", "amount", "muted", "text", "spark"]
Phone = Literal["first", "figure", "second", "end", "hide"]

_HERE: Final = Path(__file__).parent
_component = st.components.v2.component(
    "kachi_rows",
    html='<div class="k-rows"></div>',
    css=(_HERE / "rows.css").read_text(encoding="utf-8"),
    js=(_HERE / "rows.js").read_text(encoding="utf-8"),
)
_WIDTHS: Final[dict[Kind, str]] = {
    "main": "minmax(150px, 2.3fr)",
    "chip": "minmax(0, 1.25fr)",
    "amount": "minmax(max-content, .9fr)",
    "muted": "minmax(max-content, .9fr)",
    "text": "minmax(0, 1.2fr)",
    "spark": "minmax(0, 1fr)",
}
_CHEVRON: Final = "29px"
"""The last column of rows that open: the arrow, and the space at the right of it that the row keeps free."""
_PHONES: Final[dict[Kind, Phone]] = {
    "main": "first",
    "chip": "second",
    "amount": "figure",
    "muted": "hide",
    "text": "hide",
    "spark": "hide",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        label: its heading.
        kind: what its cells are: ``main`` (`Main`), ``chip`` (`Chip`), ``spark`` (`Spark`); ``amount``
            (bold, right), ``muted`` (gray, right) and ``text`` (gray, left) take a string.
        phone: its place in the two lines on a phone: ``first`` and ``figure`` above, ``second`` and
            ``end`` below, or ``hide``; by default by kind. Only one column may take each place.
        width: a CSS grid width, when the kind's own is not right.
    """

    label: str
    kind: Kind = "text"
    phone: Phone | None = None
    width: str | None = None


@dataclass(frozen=True, slots=True)
class Main:
    """What a row is: its name, and a gray line below."""

    title: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line of at most 60 values; a fall of more than 3% of the range start is red, a flat line gray."""

    values: tuple[float, ...]
    alt: str = ""

    @property
    def direction(self) -> Literal["up", "down", "flat"]:
        """Where the line goes from its first to its last value."""
        if len(self.values) < 2 or max(self.values) == min(self.values):
            return "flat"
        return "down" if self.values[-1] < self.values[0] - 0.03 * abs(self.values[0]) else "up"


Cell = Main | Chip | Spark | str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the id that `show_rows` returns when it is opened, and one cell per column."""

    id: str
    cells: tuple[Cell, ...]


def show_rows(columns: Sequence[Column], rows: Sequence[Row], *, key: str, label: str, opens: bool = True) -> str | None:
    """Draw rows.

    Args:
        columns: headings and kinds.
        rows: at most a few hundred; give a page of them for more.
        key: unique on the page.
        label: what the rows are, for screen readers.
        opens: whether rows are buttons.

    Returns:
        The id of the row that was opened in this very run, else ``None``.
    """
    result = _component(
        data=rows_data(columns, rows, label=label, opens=opens, told=given), key=key, on_opened_change=lambda: None
    )  # without a callback the component returns no trigger
    opened = result.get("opened")
    known = {row.id for row in rows}
    return opened if isinstance(opened, str) and opened in known else None


def rows_data(
    columns: Sequence[Column], rows: Sequence[Row], *, label: str, opens: bool, told: Callable[[str], str] = str
) -> dict[str, Any]:
    """What the browser gets: plain data, one entry per column and per cell; ``told`` says texts in the reader's language."""
    widths = [column.width or _WIDTHS[column.kind] for column in columns]
    return {
        "label": label,
        "opens": opens,
        "template": " ".join([*widths, *([_CHEVRON] if opens else [])]),
        "columns": [
            {
                "label": column.label,
                "kind": column.kind,
                "right": column.kind in ("amount", "muted"),
                "phone": column.phone or _PHONES[column.kind],
            }
            for column in columns
        ],
        "rows": [{"id": row.id, "cells": [_cell(cell, told) for cell in row.cells]} for row in rows],
    }


def health_cell(health: Health) -> Chip:
    """The cell of a health, in the reader's language."""
    from app.ui import session

    return health_chip(session.words(), health)


def _cell(cell: Cell, told: Callable[[str], str]) -> dict[str, Any]:
    match cell:
        case Main():
            return {"kind": "main", "title": told(cell.title), "sub": told(cell.sub)}
        case Chip():
            return {"kind": "chip", "text": cell.text, "tone": cell.tone, "sign": cell.sign}
        case Spark():
            alt = cell.alt or {"up": t("rising"), "down": t("falling"), "flat": t("flat")}[cell.direction]
            return {"kind": "spark", "values": list(cell.values), "direction": cell.direction, "alt": alt}
        case None:
            return {"kind": "text", "text": "–"}
        case _:
            return {"kind": "text", "text": told(str(cell))}
