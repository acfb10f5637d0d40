"""All projects: the business questions, and where each stands in the loop."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip
from app.ui.dialogs import dialog, slot
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
from core.project.templates import Template, list_templates
from core.project.wording import spoken
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
    template = template_field(task)
    nouns = nouns_fields(f"new-{template.key}" if template else "new", spoken(w(), template.nouns) if template else None)
    needed = task is Task.BINARY or st.toggle(
        t("Say now what decisions are worth"), value=template is not None, key=slot(f"new-valued-{template.key if template else task}")
    )
    value = value_fields("new", task, nouns, template) if needed else None
    ready = bool(name and question and nouns and (value or not needed))
    with st.container(horizontal=True, gap="xsmall"):
        create = st.button(t("Create project"), type="primary", key="new-create", disabled=not ready)
        build = st.button(t("Create, then build the value model step by step"), key="new-build", disabled=not ready)
    if not (create or build):
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
    if build:
        goto("value_model", project=project.id, **({"template": template.key} if template else {}))
    goto("project", project=project.id)


def template_field(task: Task) -> Template | None:
    """The usual case that the words and payoffs are suggested for; None without one."""
    found = {template.key: template for template in list_templates(session.principal(), task)}
    names = {"": t("None of these"), **{key: t(template.name) for key, template in found.items()}}
    return found.get(st.selectbox(t("Usual case"), list(names), format_func=lambda key: names[key], key=slot(f"new-template-{task}")) or "")


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
