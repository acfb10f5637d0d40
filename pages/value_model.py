"""Building a value model: template, questions, payoffs tried on real rows, limits, costs, review."""

import streamlit as st

from app.ui import session, states
from app.ui.navigation import goto
from app.ui.page import open_page, t
from app.ui.value_builder import show_builder
from app.ui.value_desk import open_desk, start_over
from app.ui.value_proposals import go_on
from core.errors import NotFound
from core.project.service import get_project


def main() -> None:
    wanted = session.project_id()
    if wanted is None:
        goto("projects")
    try:
        project = get_project(session.workspace(), session.principal(), wanted)
    except NotFound:
        states.not_found(t("project"), t("The list of projects shows what there is."), t("All projects"), "projects")
        return
    session.select_project(project.id)
    go_on(project)
    desk = open_desk(project)
    title = t("Value model, version {version}", version=desk.newest.version + 1) if desk.newest else t("Value model")
    with open_page(t("Projects"), project.name, title, sample=project.is_sample or None):
        st.button(t("Start over"), key="vm-start-over", on_click=start_over, args=(desk,))
    wanted = session.query("template")
    session.set_query("template", None)  # it starts a draft once; later choices stand
    show_builder(desk, wanted)


main()
