"""The first slide of a deck: what was found, and the key figures as cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from core.impact.export import palette
from core.impact.export.content import Figure
from core.impact.export.deck import INNER, LEFT, Box, Deck, Line
from core.impact.export.slide_tables import fit_size
from core.words import Words


class Opening(Protocol):
    """What a worded report of any kind begins with."""

    @property
    def eyebrow(self) -> str:
        """Project, kind of report, run."""

    @property
    def headline(self) -> str:
        """What was found."""

    @property
    def lead(self) -> str:
        """How sure that is."""

    @property
    def question(self) -> str:
        """What was asked."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The key figures."""


def add_opening(deck: Deck, words: Words, content: Opening, alerts: Sequence[str] = (), note: str = "") -> None:
    """The finding and its key figures.

    Args:
        alerts: what a reader must know before deciding. note: a gray line at the bottom, where there are no alerts.
    """
    slide = deck.add(content.headline, size=32)
    head = slide.shapes.title
    head.top, head.height = Box(0, 1.15, 0, 0).emu[1], Box(0, 0, 0, 1.5).emu[3]
    deck.text(slide, Box(LEFT, 0.75, INNER, 0.35), [Line(content.eyebrow, 14, palette.MUTED)])
    question = words.t("The question: {question}", question=content.question)
    deck.text(slide, Box(LEFT, 2.8, INNER, 1.2), [Line(content.lead, 18, palette.MUTED, space=8), Line(question, 14, palette.MUTED)])
    each = (INNER - 0.2 * (len(content.figures) - 1)) / len(content.figures)
    top, high = (4.45, 1.85) if not alerts else (4.1, 1.6)
    for index, figure in enumerate(content.figures):
        add_figure(deck, slide, Box(LEFT + index * (each + 0.2), top, each, high), figure)
    if alerts:
        lines = [Line(words.t("Know this before you decide"), 12, palette.LOSS, bold=True, space=2)]
        deck.note(slide, Box(LEFT, 5.85, INNER, 1.05), [*lines, *(Line(f"• {alert}", 11, space=1) for alert in alerts)])
    elif note:
        deck.text(slide, Box(LEFT, 6.5, INNER, 0.3), [Line(note, 12, palette.MUTED)])


def add_figure(deck: Deck, slide: Any, box: Box, figure: Figure) -> None:
    """A key figure on a card."""
    deck.panel(slide, box)
    inside = Box(box.left + 0.18, box.top + 0.14, box.width - 0.36, box.height - 0.28)
    lines = [
        Line(figure.label, 12, palette.MUTED),
        Line(figure.value, fit_size(figure.value, inside.width, 26, 18), bold=True),
        Line(figure.note, 12, palette.MUTED),
    ]
    deck.text(slide, inside, lines, middle=True)
