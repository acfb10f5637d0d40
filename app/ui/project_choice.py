"""Choosing a project on a page that needs one."""

from app.ui import session, states
from app.ui.navigation import goto
from app.ui.page import finding, given, open_page, t
from app.ui.rows import Column, Main, Row, show_rows
from core.project.service import list_projects

LISTED = 200


def choose_project(page: str, title: str, why: str) -> None:
    """All projects as rows; one that is chosen opens the page.

    Args:
        page: its key. title: as the reader knows it. why: what a project is needed for.
    """
    with open_page(title):
        pass
    projects = list_projects(session.workspace(), session.principal(), limit=LISTED)
    finding(t("Choose a project"), why)
    if not projects:
        states.empty(t("No project yet"), t("As soon as there is one, it stands here."))
        return
    rows = [Row(p.id, (Main(given(p.name), given(p.question)),)) for p in projects]
    if opened := show_rows([Column(t("Project"), "main")], rows, key=f"{page}-projects", label=t("Projects")):
        goto(page, project=opened)
