"""Slides of a report's details: where it loses money and whether groups are treated alike, on one; scenarios beside the business case."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import Any, Protocol

from core.impact.export import palette
from core.impact.export.charts import Estimate
from core.impact.export.content_details import Compared
from core.impact.export.deck import INNER, LEFT, Box, Deck, Line
from core.impact.export.pieces import Finding, Part, Table
from core.impact.export.slide_charts import add_estimates
from core.impact.export.slide_tables import height_of
from core.words import Words

TOP, BOTTOM = 1.75, 6.9
MOST_SCENARIOS, MOST_ALONE, MOST_COMPARED = 4, 6, 3


WIDTHS, LINE = (1.5, 5.0, 1.3, 2.2, 1.6), 66


def _scenarios(part: Part, most: int) -> tuple[Table, float]:
    """As many scenarios as there is room for, and how high a row must be for the longest list of changes."""
    assert part.table is not None
    table = Table(part.table.headings, part.table.rows[:most], part.table.own)
    wide = max(sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in row[1]) for row in table.rows)
    return table, 0.16 + 0.17 * math.ceil(wide / LINE)


def scenarios_height(part: Part) -> float:
    """Inches that the scenarios' table takes below the business case."""
    table, row = _scenarios(part, MOST_SCENARIOS)
    return 0.45 + row * (len(table.rows) + 1) + height_of(_told(part), INNER)


def scenarios_table(deck: Deck, slide: Any, part: Part, top: float) -> None:
    """The scenarios below the business case, their finding above them."""
    table, row = _scenarios(part, MOST_SCENARIOS)
    deck.text(slide, Box(LEFT, top + 0.08, INNER, 0.3), [Line(part.finding.title, 13, bold=True)])
    deck.table(slide, Box(LEFT, top + 0.4, INNER, 0), table, WIDTHS, size=10, row=row, texts=2)
    if part.told:
        high = height_of(_told(part), INNER)
        deck.text(slide, Box(LEFT, top + 0.43 + row * (len(table.rows) + 1), INNER, high), _told(part))


def _told(part: Part) -> list[Line]:
    return [Line(sentence, 10, palette.MUTED, space=2) for sentence in part.told]


def add_scenarios(deck: Deck, words: Words, currency: str, gains: Sequence[Estimate], part: Part) -> None:
    """The scenarios on a slide of their own, where there is no business case.

    Args:
        gains: of each, in the order of the part's rows.
    """
    table, row = _scenarios(part, MOST_ALONE)
    slide = deck.add(part.finding.title, part.finding.note)
    high = row * (len(table.rows) + 1)
    told = height_of(_told(part), INNER)
    add_estimates(slide, Box(LEFT - 0.1, TOP, INNER + 0.1, 4.95 - high - told), words, currency, gains[:MOST_ALONE])
    deck.table(slide, Box(LEFT, TOP + 5.0 - high - told, INNER, 0), table, WIDTHS, size=10, row=row, texts=2)
    if part.told:
        deck.text(slide, Box(LEFT, TOP + 5.05 - told, INNER, told), _told(part))


class Groups(Protocol):
    """What a worded report of any kind says of segments and groups."""

    @property
    def segments(self) -> Part:
        """The worst segments."""

    @property
    def alike(self) -> Finding:
        """What all compared columns come to."""

    @property
    def compared(self) -> tuple[Compared, ...]:
        """One for each column."""


def add_groups(deck: Deck, words: Words, details: Groups) -> None:
    """The worst segments on the left, how groups of people are treated on the right."""
    slide = deck.add(words.t("Where it loses money, and whether groups are treated alike"))
    half = (INNER - 0.5) / 2
    _segments(deck, slide, details.segments, Box(LEFT, TOP - 0.25, half, BOTTOM - TOP))
    _alike(deck, slide, details, Box(LEFT + half + 0.5, TOP - 0.25, half, BOTTOM - TOP))


def _segments(deck: Deck, slide: Any, part: Part, box: Box) -> None:
    deck.text(slide, Box(box.left, box.top, box.width, 0.6), [Line(part.finding.title, 14, bold=True)])
    if part.table is not None:
        headings = (*part.table.headings[:2], *part.table.headings[3:])
        rows = tuple((*row[:2], *row[3:]) for row in part.table.rows)
        deck.table(slide, Box(box.left, box.top + 0.65, box.width, 0), Table(headings, rows), (2.5, 1.0, 1.2, 1.5), size=9.5, row=0.6)
    deck.text(slide, Box(box.left, BOTTOM - 0.75, box.width, 0.75), [Line(part.finding.note, 9, palette.MUTED)])


def _alike(deck: Deck, slide: Any, details: Groups, box: Box) -> None:
    deck.text(slide, Box(box.left, box.top, box.width, 0.6), [Line(details.alike.title, 14, bold=True)])
    shown = sorted(details.compared, key=lambda found: not found.warning)[:MOST_COMPARED]
    top, each = box.top + 0.65, (BOTTOM - 0.8 - box.top - 0.65) / max(len(shown), 1)
    for place, found in enumerate(shown):
        _one(deck, slide, found, Box(box.left, top + place * each, box.width, each - 0.1))
    deck.text(slide, Box(box.left, BOTTOM - 0.75, box.width, 0.75), [Line(details.alike.note, 9, palette.MUTED)])


def _one(deck: Deck, slide: Any, found: Compared, box: Box) -> None:
    """A column: its finding and its widest gap; on a ground that warns where it must stand out."""
    colour = palette.LOSS if found.warning else palette.TEXT
    lines = [Line(found.part.finding.title, 11, colour, bold=True, space=2), *(Line(told, 9.5, space=2) for told in found.part.told[:1])]
    if found.warning:
        deck.note(slide, box, lines)
    else:
        deck.text(slide, box, lines, middle=True)
