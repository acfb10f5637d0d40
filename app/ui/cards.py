"""The row of key figures below the finding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from app.ui.text import md

Tone = Literal["auto", "good", "bad", "neutral", "info"]
_COLOURS: dict[Tone, Literal["green", "red", "gray", "blue"]] = {"good": "green", "bad": "red", "neutral": "gray", "info": "blue"}


@dataclass(frozen=True, slots=True)
class Card:
    """One figure.

    Args:
        label: what it is, with its period.
        value: the figure, formatted.
        delta: a difference (with its sign) or a short remark, shown as a chip.
        tone: colour of the chip; ``auto``: green for plus, red for minus, gray without a sign.
        note: muted words beside the chip, such as "vs October".
        trend: values of a sparkline; give all cards of a row one, or none.
        help: tooltip beside the label.
    """

    label: str
    value: str
    delta: str | None = None
    tone: Tone = "auto"
    note: str | None = None
    trend: tuple[float, ...] | None = None
    help: str | None = None


def show_cards(cards: Sequence[Card], *, key: str = "cards", border: bool = True) -> None:
    """Draw up to four cards in a row; two by two on a phone.

    Args:
        cards: the figures.
        key: unique on the page, when it has more than one row of cards.
        border: ``False`` inside of a card, since cards don't stand in cards.
    """
    with st.container(key=f"k-cards-{key}"):
        grid = st.grid(len(cards), min_column_width=150, gap="small")
        for card in cards:
            with grid:
                _show(card, border=border)


def _show(card: Card, *, border: bool) -> None:
    first = (card.delta or "")[:1]
    moved: Literal["up", "down", "off"] = "up" if first == "+" else "down" if first in "−-" and first else "off"
    if card.tone in {"neutral", "info"}:
        moved = "off"  # a remark, though it may begin with a minus, as an interval does
    tone = card.tone if card.tone != "auto" else {"up": "good", "down": "bad", "off": "neutral"}[moved]
    st.metric(
        md(card.label),
        md(card.value),
        md(card.delta) if card.delta else None,
        delta_color=_COLOURS[tone],  # type: ignore[index]
        delta_arrow=moved,
        delta_description=md(card.note) if card.note else None,
        chart_data=list(card.trend) if card.trend else None,
        chart_type="line",
        help=card.help,
        border=border,
        height="stretch",
    )
