"""One version of a data set: its profile, what may go wrong with it, and what each column is for."""

import streamlit as st

from app.ui import data_views as views
from app.ui import session, states
from app.ui.cards import Card, show_cards
from app.ui.chips import Chip, state_chip
from app.ui.navigation import goto, link
from app.ui.page import finding, gap, open_page, section, sources, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.data import service, telling
from core.data.model import DatasetVersion
from core.data.overview import Overview, get_overview
from core.errors import KachiError, NotFound
from core.identity import Permission
from core.project.model import Project
from core.project.service import get_project

ws, me, words = session.workspace(), session.principal(), w()
PREVIEW = 50


def chip(seen: Overview) -> Chip:
    """How ready the version is."""
    if seen.version.roles is None:
        return state_chip(t("Not declared yet"), "blue")
    return state_chip(t("Look at the warnings"), "orange") if seen.serious else state_chip(t("Ready to train"), "green")


def controls(version: DatasetVersion) -> None:
    """The other versions' door, and all rows as a file."""
    st.link_button(t("Download CSV"), f"/api/v1/datasets/versions/{version.id}/csv", icon=":material/download:")
    refused = states.refused_because(Permission.EDIT_DATA)
    if st.button(t("New version"), disabled=bool(refused), help=refused, key="dataset-new"):
        views.upload_form(version.project_id, version.name)


def declare(project: Project, version: DatasetVersion) -> Overview:
    """Ask for the roles beside what follows from them; the version as it would look with them."""
    section(t("What each column is for"), t("Everything that is not named here is learned from."))
    roles = views.roles_form(project, version)
    seen = get_overview(ws, me, version.id, roles)
    refused = states.refused_because(Permission.EDIT_DATA)
    same = roles is not None and roles == version.roles
    label = t("Declare") if version.roles is None else t("Change")
    if st.button(label, type="primary", key="declare", disabled=bool(refused) or roles is None or same, help=refused) and roles:
        try:
            declared = service.declare_roles(ws, me, version.id, roles)
        except KachiError as error:
            states.error(error, kept=t("Nothing was changed."))
        else:
            for warning in declared.warnings[len(version.warnings) :]:
                session.flash(t(warning.template, **dict(warning.fields)), "warning")
            session.flash(t("Declared. This data can be trained on now."))
            goto("dataset", version=declared.id, project=project.id)
    return seen


def show_versions(version: DatasetVersion) -> None:
    """All versions of the data set."""
    section(t("Versions"), t("A version never changes; a model keeps the one that it learned from."))
    columns = [Column(t("Version"), "main"), Column(t("Rows"), "amount"), Column(t("Arrived"), "muted")]
    rows = []
    for v in service.list_versions(ws, me, dataset_id=version.dataset_id, limit=100):
        said = v.note or t(telling.SOURCES[v.source])
        name = t("Version {version}, shown here", version=v.number) if v.id == version.id else t("Version {version}", version=v.number)
        rows.append(Row(v.id, (Main(name, said), words.number(v.rows), words.datetime(v.created_at))))
    if (opened := show_rows(columns, rows, key="versions", label=t("Versions"))) and opened != version.id:
        goto("dataset", version=opened, project=version.project_id)


def show(version: DatasetVersion) -> None:
    """The page of a version."""
    project = get_project(ws, me, version.project_id)
    session.select_project(project.id)
    now = get_overview(ws, me, version.id)
    place = t("{name}, version {version}", name=version.name, version=version.number)
    with open_page(t("Data"), project.name, place, sample=project.is_sample or None):
        controls(version)
    finding(telling.headline(words, project, now), telling.lead(words, project, now), chip=chip(now))
    show_cards([Card(label, value, note=said) for label, value, said in telling.cards(words, now)])
    gap()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        thought = declare(project, version)
    with right:
        views.show_findings(thought)
        views.show_target(project, thought)
    gap()
    views.show_columns(thought)
    gap()
    section(t("First rows"), t("As they were read, in the order of the file."))
    st.dataframe(service.preview_rows(ws, me, version.id, count=PREVIEW), hide_index=True, key="preview")
    gap()
    show_versions(version)
    if version.roles is not None:
        link(t("Train on it"), "runs", project=project.id)
    sources(telling.sources(words, now))


try:
    shown = service.get_version(ws, me, session.query("version"))
except NotFound:
    states.not_found(t("data set"), t("The list of data sets shows what there is."), t("All data sets"), "data")
    st.stop()
show(shown)
