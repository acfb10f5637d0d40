"""The data sets of a project: bring a file in, or start with a sample."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import state_chip
from app.ui.data_views import sample_form, upload_form
from app.ui.navigation import goto
from app.ui.page import finding, gap, given, n, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.data import samples
from core.data.model import DatasetVersion
from core.data.service import list_newest_versions
from core.errors import NotFound
from core.identity import Permission
from core.project.model import Project
from core.project.service import get_project, list_projects

ws, me, words = session.workspace(), session.principal(), w()


def chosen_project() -> Project | None:
    """The project in the address or of this session, if it is still there."""
    wanted = session.project_id()
    try:
        return get_project(ws, me, wanted) if wanted else None
    except NotFound:
        return None


def project_field(project: Project | None) -> None:
    """Which project's data is shown."""
    names = {p.id: p.name for p in list_projects(ws, me, limit=200)}
    if not names:
        return
    ids = list(names)
    index = ids.index(project.id) if project and project.id in names else None
    chosen = st.selectbox(
        t("Project"),
        ids,
        index=index,
        format_func=lambda i: given(names[i]),
        placeholder=t("All projects"),
        label_visibility="collapsed",
        width=220,
    )
    if chosen and (project is None or chosen != project.id):
        goto("data", project=chosen)


def show_datasets(found: list[DatasetVersion]) -> None:
    """One row a data set: its newest version."""
    columns = [
        Column(t("Data set"), "main"),
        Column(t("State"), "chip"),
        Column(t("Rows"), "amount"),
        Column(t("Columns"), "muted"),
        Column(t("Arrived"), "muted"),
    ]
    rows = []
    for v in found:
        state = state_chip(t("Ready to train"), "green") if v.roles else state_chip(t("Say what to predict"), "blue")
        name = Main(v.name, t("version {version} · {file}", version=v.number, file=v.filename))
        rows.append(Row(v.id, (name, state, words.number(v.rows), words.number(len(v.columns)), words.ago(v.created_at, ws.clock()))))
    if opened := show_rows(columns, rows, key="datasets", label=t("Data sets")):
        goto("dataset", version=opened)


def show_samples(project: Project | None) -> None:
    """The samples that ship with Kachi."""
    section(t("Start with a sample"), t("Real public data, each with a datasheet and a question of business."))
    columns = [Column(t("Sample"), "main"), Column(t("Rows"), "amount")]
    rows = [Row(s.key, (Main(t(s.title), s.project_in(words.language).question), words.number(s.rows))) for s in samples.list_samples()]
    if opened := show_rows(columns, rows, key="samples", label=t("Samples")):
        sample_form(opened, project)


project = chosen_project()
found = list_newest_versions(ws, me, project_id=project.id if project else None)
refused = states.refused_because(Permission.EDIT_DATA) or (None if project else t("Choose a project first."))
with open_page(*([project.name] if project else []), t("Data"), sample=project.is_sample if project else None):
    project_field(project)
    if found and st.button(t("Upload a file"), type="primary", disabled=bool(refused), help=refused, key="data-upload") and project:
        upload_form(project.id)
total = words.number(sum(v.rows for v in found))
finding(
    n("{n} data set with {rows} rows", "{n} data sets with {rows} rows", len(found), rows=total) if found else t("No data yet"),
    t("Each upload becomes a version that never changes, so that every model can say what it learned from."),
)
if found:
    show_datasets(found)
else:
    invitation = t("Upload a table with one row per case and a column that says what happened; it is profiled at once.")
    if states.empty(t("Bring the first table"), invitation, t("Upload a file"), key="data", disabled_because=refused) and project:
        upload_form(project.id)
gap()
show_samples(project)
