"""CRISP-DM's phases in plain words, and the line that shows where a project stands."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.ui.page import t
from app.ui.text import html
from core.project.model import Phase
from core.words.terms import mark

NAMES: Final = {
    Phase.BUSINESS_UNDERSTANDING: mark("Question"),
    Phase.DATA_UNDERSTANDING: mark("Data understood"),
    Phase.DATA_PREPARATION: mark("Data prepared"),
    Phase.MODELING: mark("Model training"),
    Phase.EVALUATION: mark("Evaluation"),
    Phase.DEPLOYMENT: mark("In use"),
}


def phase_name(phase: Phase) -> str:
    """A phase in the reader's language."""
    return t(NAMES[phase])


def show_phases(current: Phase) -> None:
    """The six phases as a line of steps; those behind are filled, the current one is bold."""
    phases = list(Phase)
    position = phases.index(current)
    items = []
    for index, phase in enumerate(phases):
        state = "done" if index < position else "now" if index == position else "next"
        mark_now = ' aria-current="step"' if state == "now" else ""
        items.append(f'<li class="k-phase k-phase-{state}"{mark_now}><span>{html(phase_name(phase))}</span></li>')
    st.html(f'<ol class="k-phases" aria-label="{html(t("Stage"))}">{"".join(items)}</ol>')
