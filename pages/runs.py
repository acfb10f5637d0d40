"""The training runs of a project: start one, open one, put some beside each other."""

import streamlit as st

from app.ui import session, states
from app.ui.navigation import goto, link
from app.ui.page import finding, n, open_page, t, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.run_form import start_form
from app.ui.run_live import run_chip
from app.ui.run_report import best_text, kept_text, list_headline
from core.identity import Permission
from core.project.model import Project
from core.project.service import get_project, list_projects
from core.training.service import count_runs
from core.training.view import ListedRun, view_runs
from core.training.wording import run_name
from core.words import mark

PAGE = 50
SORTS = {"created": mark("Newest first"), "value": mark("Best value first"), "score": mark("Best metric first")}
ws, me, words = session.workspace(), session.principal(), w()


def choose_project() -> None:
    with open_page(t("Training runs")):
        pass
    projects = list_projects(ws, me, limit=200)
    finding(t("Choose a project"), t("Each run belongs to one project and learns from its data."))
    if not projects:
        if states.empty(t("Start with a question"), t("Runs belong to a project, and there is none yet."), t("Go to the projects")):
            goto("projects")
        return
    columns = [Column(t("Project"), "main"), Column(t("Runs"), "amount")]
    rows = [Row(p.id, (Main(p.name, p.question), words.number(count_runs(ws, me, p.id)))) for p in projects]
    if opened := show_rows(columns, rows, key="run-projects", label=t("Projects")):
        goto("runs", project=opened)


def row(listed: ListedRun) -> Row:
    run = listed.run
    about = t("{data} · {name} · {ago}", data=listed.data or t("logged from elsewhere"), name=run.created_by_name,
              ago=words.ago(run.created_at, ws.clock()))  # fmt: skip
    return Row(run.id, (Main(run_name(words, run), about), run_chip(run.state), kept_text(listed), best_text(listed)))


def show_list(project: Project, count: int) -> None:
    sort = st.segmented_control(
        t("Order"), list(SORTS), default="created", required=True, format_func=lambda key: t(SORTS[key]), key="runs-sort",
        label_visibility="collapsed",
    ) or "created"  # fmt: skip
    page = int(st.pagination(-(-count // PAGE), key="runs-page")) if count > PAGE else 1
    found = view_runs(ws, me, project.id, sort=sort, offset=(page - 1) * PAGE, limit=PAGE)
    columns = [Column(t("Run"), "main"), Column(t("State"), "chip"), Column(t("Best model"), "text"), Column(t("Value"), "amount")]
    if opened := show_rows(columns, [row(listed) for listed in found], key=f"runs-{sort}-{page}", label=t("Training runs")):
        goto("run", run=opened)


def main(project: Project) -> None:
    session.select_project(project.id)
    count = count_runs(ws, me, project.id)
    refused = states.refused_because(Permission.START_RUNS)
    with open_page(project.name, t("Training runs"), sample=project.is_sample or None):
        if count > 1:
            link(t("Compare"), "compare", icon=":material/compare_arrows:", project=project.id)
        if count and st.button(t("Start training"), type="primary", key="runs-start", disabled=bool(refused), help=refused):
            start_form(project)
    if not count:
        finding(t("No model has been trained yet"), project.question)
        sentence = t("A run tries several kinds of models and says what each would earn.")
        if states.empty(t("Train a first model"), sentence, t("Start training"), key="runs", disabled_because=refused):
            start_form(project)
        return
    best = next(iter(view_runs(ws, me, project.id, sort="value", limit=1)), None)
    finding(list_headline(best, count), n("{n} run of this project", "{n} runs of this project", count))
    show_list(project, count)


if session.project_id() is None:
    choose_project()
else:
    main(get_project(ws, me, session.project_id() or ""))
