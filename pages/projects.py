"""All projects: the business questions, and where each stands in the loop."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip
from app.ui.dialogs import dialog
from app.ui.forms import text_field
from app.ui.navigation import goto
from app.ui.page import finding, n, open_page, t, w
from app.ui.phases import phase_name
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.value_form import nouns_fields, value_fields
from core.errors import KachiError
from core.identity import Permission
from core.project.model import Task
from core.project.service import ProjectSpec, create_project, list_projects
from core.words.terms import mark

TASKS = {
    Task.BINARY: mark("Yes or no: who will, who won't"),
    Task.MULTICLASS: mark("One of several classes"),
    Task.REGRESSION: mark("A number"),
}


@dialog(t("New project"), width="large")
def new_project() -> None:
    name = text_field(t("Name"), key="new-name", longest=80, placeholder=t("Customer churn"))
    question = text_field(
        t("Business question"), key="new-question", longest=400, placeholder=t("Which customers should we call before they leave?")
    )
    task = (
        st.selectbox(t("What should be predicted?"), list(Task), format_func=lambda choice: t(TASKS[choice]), key="new-task") or Task.BINARY
    )
    nouns = nouns_fields("new")
    value = value_fields("new", nouns) if task is Task.BINARY else None
    ready = bool(name and question and nouns and (value or task is not Task.BINARY))
    if not st.button(t("Create project"), type="primary", key="new-create", disabled=not ready):
        return
    assert name
    assert question
    assert nouns
    try:
        project = create_project(session.workspace(), session.principal(), ProjectSpec(name, question, nouns, task, value))
    except KachiError as error:
        states.error(error)
        return
    session.select_project(project.id)
    goto("project", project=project.id)


def main() -> None:
    actor, words = session.principal(), w()
    found = list_projects(session.workspace(), actor, limit=200)
    refused = states.refused_because(Permission.EDIT_PROJECTS)
    with open_page(t("Projects")):
        if found and st.button(t("New project"), type="primary", disabled=bool(refused), help=refused, key="projects-new"):
            new_project()
    finding(
        n("{n} business question under way", "{n} business questions under way", len(found)) if found else t("No business question yet"),
        t("Each project is one question, with its own words and its own value of a right and a wrong decision."),
    )
    if not found:
        sentence = t("A project starts with a question of the business and what a right or a wrong decision is worth.")
        if states.empty(t("Start with a question"), sentence, t("New project"), key="projects", disabled_because=refused):
            new_project()
        return
    columns = [Column(t("Project"), "main"), Column(t("Stage"), "chip"), Column(t("Owner"), "text"), Column(t("Created"), "muted")]
    rows = [
        Row(p.id, (Main(p.name, p.question), Chip(phase_name(p.phase)), p.owner_name, words.date(p.created_at)))
        for p in found
    ]  # fmt: skip
    opened = show_rows(columns, rows, key="projects", label=t("Projects"))
    if opened:
        goto("project", project=opened)


main()
