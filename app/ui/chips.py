"""Chips (a word on a tint), signs of health, and check lists: built as HTML from escaped text only."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import streamlit as st

from app.ui.text import html
from core.words import Words, mark

Tone = Literal["gray", "green", "orange", "red", "blue"]


class Health(StrEnum):
    """How a project, a model or a deployment stands; each has a sign, a word and a colour."""

    AHEAD = "ahead"
    AS_PROMISED = "as_promised"
    BELOW = "below"
    STOPPED = "stopped"
    EARLY = "early"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Chip:
    """A word on a tint.

    Args:
        text: what it says, already in the reader's language.
        tone: its colour.
        sign: one of ● ▲ ✕ ◆ ○, or empty.
    """

    text: str
    tone: Tone = "gray"
    sign: str = ""


_HEALTH: dict[Health, tuple[str, Tone, str]] = {
    Health.AHEAD: (mark("Ahead of promise"), "green", "●"),
    Health.AS_PROMISED: (mark("As promised"), "green", "●"),
    Health.BELOW: (mark("Below promise"), "orange", "▲"),
    Health.STOPPED: (mark("Stopped"), "red", "✕"),
    Health.EARLY: (mark("Too early to say"), "blue", "◆"),
    Health.NOT_STARTED: (mark("Not started"), "gray", "○"),
}
SIGNS: dict[Tone, str] = {"green": "●", "orange": "▲", "red": "✕", "blue": "◆", "gray": "○"}
"""The sign that goes with each colour wherever a chip tells a state."""


def health_chip(words: Words, health: Health) -> Chip:
    """The chip of a health."""
    text, tone, sign = _HEALTH[health]
    return Chip(words.t(text), tone, sign)


def state_chip(text: str, tone: Tone) -> Chip:
    """A chip that tells a state: the colour's own sign is added, so colour is never alone."""
    return Chip(text, tone, SIGNS[tone])


def chip_html(chip: Chip) -> str:
    """The chip as HTML; its text is escaped."""
    sign = f'<span class="k-sign" aria-hidden="true">{html(chip.sign)}</span>' if chip.sign else ""
    return f'<span class="k-chip k-{chip.tone}">{sign}{html(chip.text)}</span>'


def show_chips(chips: Sequence[Chip]) -> None:
    """Draw chips in a line."""
    st.html(f'<div class="k-chips">{"".join(chip_html(chip) for chip in chips)}</div>')


CheckResult = Literal["pass", "warn", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Check:
    """One row of a check list.

    Args:
        result: how it went.
        name: what was checked, as a statement.
        evidence: the figure that decided it.
    """

    result: CheckResult
    name: str
    evidence: str = ""


_CHECK_SIGNS: dict[CheckResult, tuple[str, str]] = {
    "pass": ("✓", mark("Passed")),
    "warn": ("!", mark("Warning")),
    "fail": ("✕", mark("Failed")),
    "unknown": ("?", mark("Not checked")),
}


def show_checks(words: Words, checks: Sequence[Check]) -> None:
    """Draw a check list: sign, statement, and the evidence at the right (below it on a phone)."""
    items = []
    for check in checks:
        sign, said = _CHECK_SIGNS[check.result]
        items.append(
            f'<li class="k-check"><span class="k-mark k-{check.result}" role="img" aria-label="{html(words.t(said))}">{sign}</span>'
            f'<span class="k-check-name">{html(check.name)}</span><span class="k-check-note">{html(check.evidence)}</span></li>'
        )
    st.html(f'<ul class="k-checks">{"".join(items)}</ul>')
