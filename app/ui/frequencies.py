"""Natural frequencies: a sentence on 1,000 people and 100 squares of 10."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.ui.text import html, md, paragraph

SQUARES = 100


@dataclass(frozen=True, slots=True)
class Share:
    """One part of the whole.

    Args:
        label: what these are: "reached", "missed".
        count: how many of ``of``.
        tone: ``main`` (blue), ``alternative`` (orange), ``loss`` (red), ``rest`` (gray).
    """

    label: str
    count: int
    tone: str = "main"


def squares(shares: Sequence[Share], of: int) -> tuple[int, ...]:
    """How many of the 100 squares each part gets: largest remainders, so that they add up to 100.

    >>> squares([Share("reached", 823), Share("missed", 177)], 1000)
    (82, 18)
    >>> squares([Share("a", 1), Share("b", 1), Share("c", 1)], 3)
    (34, 33, 33)
    """
    if of <= 0:
        return tuple(0 for _ in shares)
    exact = [share.count * SQUARES / of for share in shares]
    whole = [int(value) for value in exact]
    missing = min(round(sum(exact)), SQUARES) - sum(whole)
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for index in order[: max(0, missing)]:
        whole[index] += 1
    return tuple(whole)


def show_frequencies(sentence: str, shares: Sequence[Share], *, of: int, note: str = "", alt: str = "") -> None:
    """Draw the sentence, the 100 squares and the note.

    Args:
        sentence: "Of **1,000 customers who would leave**, we reach **820** and miss **180**."
        shares: the parts, in the order in which they are drawn.
        of: the whole.
        note: what a square stands for.
        alt: the picture in words; by default the parts and their counts.
    """
    st.markdown(paragraph(sentence))
    cells = "".join(
        f'<i class="k-sq k-sq-{_tone(share.tone)}"></i>' * count for share, count in zip(shares, squares(shares, of), strict=True)
    )
    said = alt or ", ".join(f"{share.label}: {share.count} / {of}" for share in shares)
    st.html(f'<div class="k-squares" role="img" aria-label="{html(said)}">{cells}</div>')
    if note:
        st.caption(md(note))


def _tone(tone: str) -> str:
    return tone if tone in {"main", "alternative", "loss", "rest", "reference"} else "rest"
