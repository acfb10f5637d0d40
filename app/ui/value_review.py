"""The builder's last step: what the value model says, what changed, and saving or proposing it as a new version."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.ui import session, states
from app.ui.navigation import goto
from app.ui.page import gap, note, section, sentences, t, table, w
from app.ui.text import md, whole_amounts
from app.ui.value_desk import Desk
from app.ui.value_draft import Draft, Reading, Step, read_draft
from app.ui.value_payoffs import try_out
from app.ui.value_preview import show_statements
from app.ui.value_sheet import KEPT, Sheet, go_to, step_name
from core.errors import KachiError
from core.identity import Permission
from core.impact import value_words
from core.impact.preview import Preview
from core.impact.value_saving import propose_value_model, save_value_model
from core.impact.value_words import Change
from core.project.service import ValueModelSpec, as_spec
from core.project.value_model import ValueModel

STEP_OF = (
    (("currency", "period", "cases_per_period"), Step.START), (("answers",), Step.QUESTIONS), (("payoff",), Step.PAYOFFS),
    (("rule", "limits"), Step.LIMITS), (("economics",), Step.COSTS),
)  # fmt: skip


def review_step(sheet: Sheet, desk: Desk) -> None:
    """Everything in plain words."""
    reading, words, nouns = read_draft(sheet.draft), w(), desk.project.nouns
    if reading.spec is None:
        _missing(desk, reading)
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        section(t("What it says"))
        sentences(value_words.sentences(words, nouns, reading.spec))
        preview = try_out(sheet, desk, reading.spec)
        if preview is not None:
            show_statements(nouns, preview.problems, preview.remarks)
    with right:
        _changes(desk, reading.spec)
        gap()
        if desk.newest is not None and desk.newest.currency != reading.spec.currency:
            note(
                t("So far this project counts in {before}. Amounts of two currencies are never added or compared: reports, promises and contracts "
                  "made before keep theirs.", before=desk.newest.currency)
            )  # fmt: skip
            sheet.tick("currency_change", t("Count in {after} from now on", after=reading.spec.currency))
        sheet.area("note", t("Note") if may_save() else t("Why you propose this"), placeholder=t("Why, and where the figures come from"))
    sheet.complain(reading.complaints)


def _missing(desk: Desk, reading: Reading) -> None:
    """What is missing or wrong, and where."""
    section(t("Not yet complete"))
    words = w()
    for name, error in reading.complaints.items():
        step = next((step for starts, step in STEP_OF if name.startswith(starts)), Step.PAYOFFS)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(md(value_words.error_words(words, desk.project.nouns, error)), width="stretch")
            st.button(t("Go to {step}", step=step_name(step, desk.project.task)), key=f"vm-go-{name}", on_click=go_to, args=(step,))


def _changes(desk: Desk, spec: ValueModelSpec) -> None:
    """What differs from the version in use; nothing where there is none."""
    if desk.newest is None:
        return
    found = _changed(desk, desk.newest, spec)
    if not found:
        section(t("Nothing differs from version {version}", version=desk.newest.version))
        return
    section(t("What changed against version {version}", version=desk.newest.version))
    show_changes(found, t("Before"), t("After"))


def _changed(desk: Desk, newest: ValueModel, spec: ValueModelSpec) -> tuple[Change, ...]:
    return value_words.changes(w(), desk.project.nouns, as_spec(newest), spec)


def show_changes(found: Sequence[Change], before: str, after: str) -> None:
    """What differs between two value models, as a table.

    Args:
        before, after: headings of its columns.
    """
    table(
        {
            "": [c.label for c in found],
            before: [whole_amounts(c.before) for c in found],
            after: [whole_amounts(c.after) for c in found],
        }
    )


def may_save() -> bool:
    """Whether the reader saves versions; others propose them."""
    return session.may(Permission.EDIT_PROJECTS)


def why_not(sheet: Sheet, desk: Desk, reading: Reading, preview: Preview | None) -> str | None:
    """Why the draft can't be saved or proposed now; None where it can."""
    refused = states.refused_because(Permission.PROPOSE_VALUE)
    if refused:
        return refused
    if reading.spec is None:
        return t("Something is missing or wrong; the page says what.")
    if desk.newest is not None and not may_save() and not _changed(desk, desk.newest, reading.spec):
        return t("Nothing differs from version {version}", version=desk.newest.version)
    if (
        desk.newest is not None
        and desk.newest.currency != reading.spec.currency
        and not (_ticked(sheet.draft, "currency_change") and reading.spec.note)
    ):
        return t("Confirm the other currency, and say in the note why.")
    if preview is not None and preview.problems and _is_newest(desk, preview):
        return t("Reports on your newest data couldn't be made with it. Change what can't stay.")
    return None


def _is_newest(desk: Desk, preview: Preview) -> bool:
    """Whether it was tried on the data that saving is held to, not on older one that was chosen to look at."""
    newest = next(iter(desk.data), None)
    return preview.source is not None and newest is not None and preview.source.dataset_version_id == newest.id


def _ticked(draft: Draft, name: str) -> bool:
    return draft.text(name) == "yes"


def propose(sheet: Sheet, desk: Desk, reading: Reading) -> None:
    """Propose the draft to those who edit the project, and show how it stands."""
    if reading.spec is None:
        return
    change = _ticked(sheet.draft, "currency_change")
    try:
        propose_value_model(session.workspace(), session.principal(), desk.project.id, reading.spec, currency_change=change)
    except KachiError as error:
        states.error(error, kept=t("What you typed is still here."))
        return
    session.forget(KEPT)
    session.flash(t("Your proposal is with the team. Until somebody takes it over, nothing changes."))
    st.rerun()


def save(sheet: Sheet, desk: Desk, reading: Reading) -> None:
    """Save the draft as a new version, and go to the project."""
    if reading.spec is None:
        return
    try:
        saved = save_value_model(
            session.workspace(), session.principal(), desk.project.id, reading.spec, currency_change=_ticked(sheet.draft, "currency_change")
        )
    except KachiError as error:
        states.error(error, kept=t("What you typed is still here."))
        return
    session.forget(KEPT)
    session.flash(t("Version {version} of the value model is saved.", version=saved.version))
    goto("project", project=desk.project.id)
