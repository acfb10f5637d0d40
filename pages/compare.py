"""Two to four finished runs side by side."""

import streamlit as st

from app.ui import session, states
from app.ui.navigation import goto, link
from app.ui.page import finding, gap, open_page, t, w
from app.ui.run_comparison import headline, lead, show_metrics, show_money, show_settings
from core.errors import KachiError
from core.project.model import Project, Task
from core.project.service import get_project
from core.training.model import Run, RunState
from core.training.service import list_runs
from core.training.view import compare_view
from core.training.wording import metric_name, metric_text, model_name, run_name

MOST = 4
ws, me, words = session.workspace(), session.principal(), w()


def label(run: Run) -> str:
    name = run_name(words, run)
    if run.summary is None:
        return name
    model = model_name(words, run.summary.best_model)
    score = metric_text(words, run.config.metric, run.summary.score)
    return t("{name} · {model} · {metric} {score}", name=name, model=model, metric=metric_name(words, run.config.metric), score=score)


def choose(runs: list[Run]) -> list[Run]:
    wanted = session.query("runs").split(",")
    first = [run for run in runs if run.id in wanted][:MOST] or runs[:2]
    first = first if len(first) > 1 else [*first, *[run for run in runs if run not in first][:1]]
    return st.multiselect(t("Runs"), runs, first, format_func=label, max_selections=MOST, key="compare-runs")


def main(project: Project) -> None:
    session.select_project(project.id)
    with open_page(project.name, t("Compare"), sample=project.is_sample or None):
        link(t("All training runs"), "runs", project=project.id)
    found = list_runs(ws, me, project_id=project.id, state=RunState.SUCCEEDED, limit=200)
    runs = [run for run in found if run.artifacts is not None]
    if len(runs) < 2:
        finding(t("Nothing to compare yet"), t("Comparing needs two finished runs of this project."))
        if states.empty(t("Fewer than two finished runs"), t("Train another one, with other settings or other data."), t("Go to the runs")):
            goto("runs", project=project.id)
        return
    above = st.container()
    chosen = choose(runs)
    session.set_query("runs", ",".join(run.id for run in chosen))
    if len(chosen) < 2:
        with above:
            finding(t("Choose at least two runs"), t("Then they stand here side by side."))
        return
    try:
        view = compare_view(ws, me, [run.id for run in chosen])
    except KachiError as error:
        states.error(error)
        return
    with above:
        finding(headline(view), lead(view))
    show_metrics(view)
    gap()
    show_money(view)
    gap()
    show_settings(view)
    if project.task is Task.BINARY:
        link(t("Compare their value curves in the impact report"), "impact_report", project=project.id, run=chosen[0].id)


if session.project_id() is None:
    goto("runs")
else:
    main(get_project(ws, me, session.project_id() or ""))
