"""One training run: live while it goes on, then what it found."""

import streamlit as st

from app.ui import session, states
from app.ui.forms import confirm
from app.ui.navigation import link
from app.ui.page import open_page, t
from app.ui.run_form import can_register, register_form, start_form
from app.ui.run_live import show_live
from app.ui.run_report import show_ended, show_finished
from core.errors import NotFound
from core.identity import Permission
from core.training.model import Origin
from core.training.service import cancel_run, get_evaluation, list_metrics, stop_run_early
from core.training.view import RunView, view_run

ws, me = session.workspace(), session.principal()
EVERY_S = 2.0


def place(view: RunView) -> tuple[str, ...]:
    run = view.run
    return (view.project.name, t("Training run {number}", number=run.number), t("started by {name}", name=run.created_by_name))


def live_buttons(view: RunView) -> None:
    refused = states.refused_because(Permission.START_RUNS)
    if st.button(t("Cancel run"), key="run-cancel", disabled=bool(refused), help=refused, type="tertiary"):
        what = t("What was trained so far is thrown away. To keep the best model, use “Stop and keep best” instead.")
        confirm(t("Cancel this run?"), what, lambda _: cancel(view.run.id), button=t("Cancel run"))
    why = refused or (None if view.entries else t("No model is finished yet, so there is nothing to keep."))
    if st.button(t("Stop and keep best"), key="run-stop", icon=":material/stop_circle:", disabled=bool(why), help=why):
        stop_run_early(ws, me, view.run.id)
        session.flash(t("The model in training ends, then the best so far is kept."))
        st.rerun()


def cancel(run_id: str) -> None:
    cancel_run(ws, me, run_id)


@st.fragment(run_every=EVERY_S)
def watch(run_id: str, *, had_models: bool) -> None:
    view = view_run(ws, me, run_id)
    if view.run.state.final or bool(view.entries) != had_models:
        st.rerun()  # the buttons above stand outside of what is drawn again
    show_live(view)


def finished_buttons(view: RunView) -> None:
    link(t("Compare"), "compare", icon=":material/compare_arrows:", project=view.project.id, runs=view.run.id)
    again(view)
    if not can_register(view.run):
        return
    link(t("Impact report"), "impact_report", icon=":material/monitoring:", run=view.run.id, project=view.project.id)
    refused = states.refused_because(Permission.REGISTER_MODELS)
    if st.button(t("Register as a version"), type="primary", key="run-register", disabled=bool(refused), help=refused):
        register_form(view.run, view.project)


def again(view: RunView) -> None:
    refused = states.refused_because(Permission.START_RUNS)
    if view.run.origin is not Origin.EXTERNAL and st.button(t("Train again"), key="run-again", disabled=bool(refused), help=refused):
        start_form(view.project, view.run)


def main() -> None:
    try:
        view = view_run(ws, me, session.query("run"))
    except NotFound:
        states.not_found(t("run"), t("The list of runs shows what there is."), t("All training runs"), "runs")
        return
    session.select_project(view.project.id)
    with open_page(*place(view), sample=view.project.is_sample or None):
        if not view.run.state.final:
            live_buttons(view)
        elif view.run.artifacts is not None:
            finished_buttons(view)
        else:
            again(view)
    if not view.run.state.final:
        with st.container(key="k-live"):
            watch(view.run.id, had_models=bool(view.entries))
    elif view.run.artifacts is not None:
        show_finished(view, get_evaluation(ws, me, view.run.id))
    else:
        show_ended(view, list_metrics(ws, me, view.run.id))


main()
