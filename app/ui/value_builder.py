"""The value model builder: its steps in a row, the current one, and the way back and forth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from app.ui.forms import action_bar
from app.ui.navigation import goto
from app.ui.page import finding, gap, t
from app.ui.text import html
from app.ui.value_desk import Desk, find_draft
from app.ui.value_draft import Draft, Step, read_draft
from app.ui.value_payoffs import payoffs_step, preview_quietly
from app.ui.value_proposals import show_proposals
from app.ui.value_review import may_save, propose, review_step, save, why_not
from app.ui.value_sheet import Sheet, go_to, keep_draft, kept_draft, step_name
from app.ui.value_start import questions_step, start_step
from app.ui.value_terms import costs_step, limits_step
from app.ui.value_today import today_step
from core.project.model import Task
from core.words import mark

HEADINGS: Final = {
    Step.START: (mark("What is a right or a wrong decision worth?"), mark("A few questions about your business; no figure of a model is needed.")),
    Step.QUESTIONS: (mark("Questions about your business"), mark("Where you don't know a figure, keep what is suggested and come back later.")),
    Step.PAYOFFS: (mark("What each decision is worth"), mark("For one case, compared with leaving everything as it is. Costs are negative.")),
    Step.COSTS: (mark("What it costs to bring in and to run"), mark("So that the report can say when it has paid for itself.")),
    Step.REVIEW: (mark("Is this what you mean?"), mark("Reports that were made before keep the version that they were made with.")),
}  # fmt: skip

TODAY: Final = {
    Task.BINARY: (mark("How you decide today, and what limits you"), mark("A model that ignores them would promise what nobody can do.")),
    Task.MULTICLASS: (mark("How you decide today"), mark("So that reports say what the model brings over what you do already.")),
    Task.REGRESSION: (mark("How you plan today"), mark("So that reports say what the model saves against what you do already.")),
}  # fmt: skip

PROPOSED: Final = mark("Somebody who edits the project decides on your proposal; until then nothing changes.")


def show_builder(desk: Desk, wanted: str) -> None:
    """Draw the current step.

    Args:
        wanted: the key of a template to start from; empty: as it was.
    """
    draft = find_draft(desk, wanted)
    keep_draft(draft)
    heading, sentence = TODAY[draft.task] if draft.step is Step.LIMITS else HEADINGS[draft.step]
    finding(t(heading), t(sentence if may_save() or draft.step is not Step.REVIEW else PROPOSED))
    show_proposals(desk, draft)
    _show_steps(draft)
    gap()
    (_step if draft.step is Step.REVIEW else _typed_step)(desk)
    _actions(desk)


def _show_steps(draft: Draft) -> None:
    """The steps in a line; those behind are filled, the current one is bold."""
    position = draft.steps.index(draft.step)
    items = []
    for index, step in enumerate(draft.steps):
        state = "done" if index < position else "now" if index == position else "next"
        now = ' aria-current="step"' if state == "now" else ""
        items.append(f'<li class="k-phase k-phase-{state}"{now}><span>{html(step_name(step, draft.task))}</span></li>')
    st.html(f'<ol class="k-phases" style="--k-steps: {len(items)}" aria-label="{html(t("Steps"))}">{"".join(items)}</ol>')


def _step(desk: Desk) -> None:
    """The current step's inputs."""
    draft = kept_draft(desk.project)
    if draft is not None:
        STEPS[draft.step](Sheet(draft, desk.project.nouns), desk)


STEPS: Final = {
    Step.START: start_step,
    Step.QUESTIONS: questions_step,
    Step.PAYOFFS: payoffs_step,
    Step.LIMITS: lambda sheet, desk: (limits_step if desk.project.task is Task.BINARY else today_step)(sheet, desk),
    Step.COSTS: costs_step,
    Step.REVIEW: review_step,
}
_typed_step = st.fragment(_step)  # typing draws only these inputs anew; the review also decides on the button below


def _actions(desk: Desk) -> None:
    draft = kept_draft(desk.project)
    if draft is None:
        return
    position, keep = draft.steps.index(draft.step), None
    with action_bar(t("Step {number} of {count}", number=position + 1, count=len(draft.steps))):
        if st.button(t("Leave"), key="vm-leave", type="tertiary", help=t("What you typed stays until this tab is closed or loaded again.")):
            goto("project", project=desk.project.id)
        if position:
            st.button(t("Back"), key="vm-back", on_click=go_to, args=(draft.steps[position - 1],))
        if position + 1 < len(draft.steps):
            st.button(t("Next"), key="vm-next", type="primary", on_click=go_to, args=(draft.steps[position + 1],))
        else:
            keep = _keep_button(Sheet(draft, desk.project.nouns), desk)
    if keep is not None:
        keep()  # what it complains of stands in the page, not in the bar


def _keep_button(sheet: Sheet, desk: Desk) -> Callable[[], None] | None:
    """The button that saves or proposes the draft; what to do where it was pressed."""
    reading = read_draft(sheet.draft)
    refused = why_not(sheet, desk, reading, preview_quietly(sheet, desk, reading))
    label, key, act = (t("Save as a new version"), "vm-save", save) if may_save() else (t("Propose to the team"), "vm-propose", propose)
    if st.button(label, type="primary", key=key, disabled=bool(refused), help=refused):
        return lambda: act(sheet, desk, reading)
    return None
