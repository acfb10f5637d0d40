"""One project: its question, where it stands, what its decisions are worth, and how it came here."""

import streamlit as st

from app.ui import session, states
from app.ui.dialogs import close, dialog
from app.ui.navigation import goto
from app.ui.page import facts, finding, gap, note, open_page, section, t, w
from app.ui.phases import phase_name, show_phases
from app.ui.project_work import next_step, open_step, show_work, steps_of
from app.ui.text import whole_amounts
from app.ui.value_form import nouns_fields
from core.errors import KachiError, NotFound
from core.identity import Permission
from core.impact import value_words
from core.project.model import Project, Task
from core.project.service import as_spec, get_project, list_phase_moves, list_value_models, update_project
from core.project.value_model import ValueModel
from core.project.wording import NOT_VALUED


@dialog(t("Edit project"), width="large")
def change_words(project: Project) -> None:
    name = st.text_input(t("Name"), project.name, max_chars=80, key="edit-name")
    question = st.text_input(t("Business question"), project.question, max_chars=400, key="edit-question")
    nouns = nouns_fields("edit", project.nouns)
    if st.button(t("Save"), type="primary", key="edit-save", disabled=nouns is None) and nouns:
        try:
            update_project(session.workspace(), session.principal(), project.id, name=name, question=question, nouns=nouns)
        except KachiError as error:
            states.error(error)
        else:
            session.flash(t("Saved."))
            close()


def show_value(project: Project, models: list[ValueModel]) -> None:
    newest = models[0] if models else None
    title = t("Value model, version {version}", version=newest.version) if newest else t("No value model yet")
    section(title, t("Value of one case, compared with leaving everything as it is."))
    if newest:
        words = w()
        found = value_words.facts(words, project.nouns, as_spec(newest))
        facts([(fact.label, whole_amounts(fact.value)) for fact in found])
    label = t("Change value model") if newest else t("Build a value model")
    if not session.may(Permission.EDIT_PROJECTS):
        label = t("Propose other assumptions") if newest else t("Propose a value model")
    if st.button(label, key="project-value"):
        goto("value_model", project=project.id)


def show_history(project: Project) -> None:
    section(t("How it came here"))
    words = w()
    moves = list_phase_moves(session.workspace(), session.principal(), project.id)
    facts(
        [(words.datetime(move.at), t("{phase} · {name}", phase=phase_name(move.phase), name=move.actor_name)) for move in reversed(moves)]
    )


def main() -> None:
    actor, wanted = session.principal(), session.project_id()
    if wanted is None:
        goto("projects")
    try:
        project = get_project(session.workspace(), actor, wanted)
    except NotFound:
        states.not_found(t("project"), t("The list of projects shows what there is."), t("All projects"), "projects")
        return
    session.select_project(project.id)
    refused = states.refused_because(Permission.EDIT_PROJECTS)
    steps = steps_of(project)
    coming = next_step(steps)
    with open_page(t("Projects"), project.name, sample=project.is_sample or None):
        if st.button(t("Edit project"), disabled=bool(refused), help=refused, key="project-words"):
            change_words(project)
        if coming and st.button(coming.then if not coming.done else coming.title, type="primary", key="project-next"):
            open_step(project, coming)
    finding(project.question, t("Owned by {name}. Stage: {phase}.", name=project.owner_name, phase=phase_name(project.phase)))
    show_phases(project.phase)
    gap()
    show_work(project, steps)
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        show_value(project, list_value_models(session.workspace(), actor, project.id))
        if project.task is not Task.BINARY:
            note(t(NOT_VALUED))
    with right:
        show_history(project)


main()
