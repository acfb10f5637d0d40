"""Tables that keep to their place on a slide: type as large as there is room for, and as many rows; the rest is counted in a sentence."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pptx.util import Inches

from core.impact.export import palette
from core.impact.export.deck import Box, Deck, Line
from core.impact.export.pieces import Table
from core.words import Words

POINTS = 72
NARROW, WIDE, BETWEEN = 0.55, 1.0, 0.22
"""Widths in ems: of Arial's letters and digits on average, of Japanese ones, and of the gap where the two meet."""
GAP, PADDING, LEADING = 0.14, 0.09, 1.22
LARGEST, SMALLEST, STEP = 13.0, 8.5, 0.5
TALLEST, NOTE = 0.44, 0.26


@dataclass(frozen=True, slots=True)
class Fitted:
    """How a table is set.

    Args:
        size: of the type, points. widths: of the columns, inches. heights: of the lines, headings first, inches.
        rows: how many of the table's rows are shown.
    """

    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    rows: int


def text_width(text: str, size: float) -> float:
    """How wide a line of text is, inches, roughly.

    >>> round(text_width("1,000", 72), 2), round(text_width("千", 72), 2), round(text_width("2千", 72), 2)
    (2.75, 1.0, 1.77)
    """
    wide = [unicodedata.east_asian_width(sign) in "WF" for sign in text]
    ems = sum(WIDE if w else NARROW for w in wide) + BETWEEN * sum(a != b for a, b in pairwise(wide))
    return ems * size / POINTS


def fit_size(text: str, width: float, largest: float, least: float) -> float:
    """The largest type in which a text takes one line; `least` where even that is too wide.

    >>> fit_size("a", 10, 25, 20), fit_size("a" * 75, 12, 25, 20)
    (25, 20.5)
    """
    size = largest
    while size > least and text_width(text, size) > width:
        size -= STEP
    return size


def lines_of(text: str, size: float, width: float) -> int:
    """How many lines a text takes in a column; words don't break, so that lines are seldom full."""
    wide = text_width(text, size)
    return 1 if wide <= width else math.ceil(wide * 1.12 / width)


def height_of(lines: Sequence[Line], width: float) -> float:
    """How high paragraphs are, inches."""
    return sum(lines_of(line.text, line.size, width) * line.size * LEADING / POINTS + line.space / POINTS for line in lines)


def fit_table(table: Table, width: float, height: float, *, alike: bool = False, tallest: float = TALLEST) -> Fitted:
    """Set a table into a place: the largest type with which it fits; at the smallest, as many rows as fit, but one at least.

    >>> fit_table(Table(("A", "B"), (("a", "1"),) * 3), 6.0, 2.0).rows
    3
    >>> fit_table(Table(("A", "B"), (("a", "1"),) * 30), 6.0, 2.0).rows < 10
    True
    """
    lines = (*((table.headings,) if table.headings else ()), *table.rows)
    heads, size = len(lines) - len(table.rows), LARGEST
    while True:
        widths = _widths(lines, width, size, alike=alike)
        heights = [max(_height(cell, size, wide) for cell, wide in zip(line, widths, strict=True)) for line in lines]
        if sum(heights) <= height:
            spare = (height - sum(heights)) / len(heights)
            return Fitted(size, widths, tuple(max(high, min(high + spare, tallest)) for high in heights), len(table.rows))
        if size <= SMALLEST:
            shown = len(lines)
            while shown > heads + 1 and sum(heights[:shown]) > height - NOTE:
                shown -= 1
            return Fitted(size, widths, tuple(heights[:shown]), shown - heads)
        size -= STEP


def _height(text: str, size: float, width: float) -> float:
    return lines_of(text, size, max(width - GAP, 0.2)) * size * LEADING / POINTS + PADDING


def _widths(lines: Sequence[Sequence[str]], width: float, size: float, *, alike: bool) -> tuple[float, ...]:
    """As wide as the text wants; what is too wide wraps, what is left over goes to all alike."""
    wanted = [max(text_width(cell, size) for cell in column) + GAP for column in zip(*lines, strict=True)]
    if alike:
        wanted[1:] = [max(wanted[1:], default=0.0)] * len(wanted[1:])
    over = sum(wanted) - width
    if over > 0:
        # The widest give way first: level them down to where all fit.
        low, high = 0.0, max(wanted)
        for _ in range(40):
            level = (low + high) / 2
            low, high = (level, high) if sum(min(w, level) for w in wanted) <= width else (low, level)
        wanted = [min(w, low) for w in wanted]
    spare = (width - sum(wanted)) / len(wanted)
    return tuple(w + spare for w in wanted)


def add_fitted(deck: Deck, slide: Any, box: Box, words: Words, table: Table, *, amounts: bool = True, alike: bool = False) -> float:
    """A table in its place, and below it how many rows were left out, if any were.

    Args:
        amounts: whether all columns but the first stand right. alike: whether these are to be as wide as each other.

    Returns:
        Where it ends, inches from the top.
    """
    found = fit_table(table, box.width, box.height, alike=alike)
    own = table.own if table.own is not None and table.own < found.rows else None
    shown = Table(table.headings, table.rows[: found.rows], own)
    graphic = deck.table(slide, box, shown, found.widths, size=found.size, row=min(found.heights), amounts=amounts)
    for place, high in enumerate(found.heights):
        graphic.table.rows[place].height = Inches(high)
    graphic.height = Inches(sum(found.heights))
    end = box.top + sum(found.heights)
    if found.rows < len(table.rows):
        rest = words.t(
            "The first {shown} of {all} rows; the web page and the workbook have all.",
            shown=words.number(found.rows), all=words.number(len(table.rows)),
        )  # fmt: skip
        deck.text(slide, Box(box.left, end + 0.04, box.width, NOTE - 0.04), [Line(rest, 10, palette.MUTED, space=0)])
        end += NOTE
    return end
