"""Two to four finished runs side by side: what they bring, how sure that is, and what made the difference."""

import streamlit as st

from app.ui import session, states
from app.ui.navigation import goto, link
from app.ui.page import finding, gap, open_page, t, w
from app.ui.project_choice import choose_project
from app.ui.run_comparison import headline, lead, show_metrics, show_money, show_settings
from app.ui.value_comparison import show_comparison
from core.errors import KachiError
from core.identity.permissions import Permission
from core.impact.service import list_valued_runs, project_of_run
from core.impact.task_comparison import compare_runs
from core.impact.task_service import list_task_runs
from core.project.model import Project, Task
from core.project.service import get_project, list_value_models
from core.training.model import Run, RunState
from core.training.service import list_runs
from core.training.view import compare_view
from core.training.wording import metric_name, metric_text, model_name, run_name

MOST, LISTED = 4, 200
ws, me, words = session.workspace(), session.principal(), w()


def label(run: Run) -> str:
    name = run_name(words, run)
    if run.summary is None:
        return name
    model = model_name(words, run.summary.best_model)
    score = metric_text(words, run.config.metric, run.summary.score)
    return t("{name} · {model} · {metric} {score}", name=name, model=model, metric=metric_name(words, run.config.metric), score=score)


def offered(project: Project) -> dict[str, str]:
    """Runs to choose from, newest first; in a business reader's words where the details aren't for him or her."""
    if session.may(Permission.READ_DETAILS):
        found = list_runs(ws, me, project_id=project.id, state=RunState.SUCCEEDED, limit=LISTED)
        return {run.id: label(run) for run in found if run.artifacts is not None}
    valued = (list_valued_runs if project.task is Task.BINARY else list_task_runs)(ws, me, project.id, LISTED)
    return {run.id: t("Run {number} · {model}", number=run.number, model=model_name(words, run.model_name)) for run in valued}


def choose(runs: dict[str, str]) -> list[str]:
    wanted = session.query("runs").split(",")
    first = [run for run in runs if run in wanted][:MOST] or list(runs)[:2]
    first = first if len(first) > 1 else [*first, *[run for run in runs if run not in first][:1]]
    return st.multiselect(t("Runs"), list(runs), first, format_func=lambda run: runs[run], max_selections=MOST, key="compare-runs")


def by_value(chosen: list[str], above: st.delta_generator.DeltaGenerator) -> bool:
    """Whether it could be told; else the page says why not."""
    try:
        show_comparison(compare_runs(ws, me, chosen), above)
    except KachiError as error:
        states.error(error)
        return False
    gap()
    return True


def in_detail(project: Project, chosen: list[str], above: st.delta_generator.DeltaGenerator | None) -> None:
    view = compare_view(ws, me, chosen)
    if above is not None:
        with above:
            finding(headline(view), lead(view))
    show_metrics(view)
    gap()
    if above is not None:
        show_money(view)
        gap()
    show_settings(view)


def main(project: Project) -> None:
    session.select_project(project.id)
    with open_page(project.name, t("Compare"), sample=project.is_sample or None):
        if session.may(Permission.READ_DETAILS):
            link(t("All training runs"), "runs", project=project.id)
    runs = offered(project)
    if len(runs) < 2:
        finding(t("Nothing to compare yet"), t("Comparing needs two finished runs of this project."))
        why_not = states.refused_because(Permission.READ_DETAILS)
        text = t("Train another one, with other settings or other data.")
        if states.empty(t("Fewer than two finished runs"), text, t("Go to the runs"), disabled_because=why_not):
            goto("runs", project=project.id)
        return
    above = st.container()
    chosen = choose(runs)
    session.set_query("runs", ",".join(chosen))
    if len(chosen) < 2:
        with above:
            finding(t("Choose at least two runs"), t("Then they stand here side by side."))
        return
    told = bool(list_value_models(ws, me, project.id)) and by_value(chosen, above)
    try:
        if session.may(Permission.READ_DETAILS):
            in_detail(project, chosen, None if told else above)
    except KachiError as error:
        states.error(error)


def shown_project() -> str | None:
    """The project that was chosen; a link to runs alone tells theirs."""
    linked = session.query("runs").split(",")[0]
    return session.project_id() or (project_of_run(ws, me, linked) if linked else None)


if (project_id := shown_project()) is None:
    choose_project("compare", t("Compare"), t("Runs are compared within one project."))
else:
    main(get_project(ws, me, project_id))
