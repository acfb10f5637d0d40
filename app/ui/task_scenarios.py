"""A run of classes or a forecast under changed assumptions that have a name: shown, kept, removed."""

from __future__ import annotations

import streamlit as st

from app.ui import session, states
from app.ui.charts import Estimate, interval_dots, show_chart
from app.ui.dialogs import close, dialog, slot
from app.ui.page import gap, note, section, t, w
from app.ui.scenario_removal import remove_scenario
from core.errors import KachiError
from core.identity import Permission
from core.impact import task_scenario_words as told
from core.impact.plan_table import PlanTable
from core.impact.scenario_service import save_scenario
from core.impact.task_proposing import Moved
from core.impact.task_report import TaskReport
from core.impact.task_scenario_service import evaluate_usual, scenario_of_moved, task_scenarios_of, usual_scenarios_of
from core.impact.task_scenarios import TaskScenarioTable


def show_task_scenarios(report: TaskReport) -> None:
    """The gain in each saved scenario beside the one as assumed; where none is saved, in the two to start from."""
    ws, me = session.workspace(), session.principal()
    gap()
    table = task_scenarios_of(ws, me, report)
    if report.details is not None and (table is None or len(table.results) == 1):
        section(t("No scenario was saved when this report was frozen"))
        return
    if table is None or (len(table.results) == 1 and not table.unfit):
        table = evaluate_usual(ws, me, w(), report)
        if len(table.results) == 1:
            section(t("No scenario is saved yet"), t("Change an assumption on the card above and save it under a name."))
            return
    _chart(report, table)
    for sentence in told.scenario_notes(w(), report, table):
        note(sentence)
    if table.is_usual:
        note(t("No scenario is saved yet. These two move what matters most a fifth to either side; keep them, or save your own from the card above."))  # fmt: skip
    if report.details is None and me.may(Permission.EDIT_PROJECTS):
        _buttons(report, table)


def _chart(report: TaskReport, table: TaskScenarioTable) -> None:
    words, currency, shown = w(), report.currency, told.scenario_figures(w(), report, table)
    dots = [
        Estimate(told.result_name(words, r), r.held.gain.value, r.held.gain.low, r.held.gain.high, "reference" if r.name else "main")
        for r in table.results
    ]
    chart = interval_dots(
        dots, write=lambda v: words.money(v, currency, signed=True), write_tick=lambda v: words.money_tick(v, currency), zero=True
    )
    show_chart(chart, shown.title, shown.note, shown.by_column(), shown.title, key="task-scenarios")
    for result in table.results:
        note(told.task_scenario_sentence(words, report.setting, result))


def _buttons(report: TaskReport, table: TaskScenarioTable) -> None:
    key = report.run_id[-6:]
    if not table.is_usual:
        if st.button(t("Remove a scenario"), key=f"task-scenario-remove-{key}", type="tertiary"):
            remove_scenario(report.project_id)
    elif st.button(t("Keep these two"), key=f"task-scenario-usual-{key}", type="tertiary"):
        _keep_usual(report)


def _keep_usual(report: TaskReport) -> None:
    try:
        for scenario in usual_scenarios_of(w(), report):
            save_scenario(session.workspace(), session.principal(), report.project_id, scenario)
    except KachiError as error:
        states.error(error)
    else:
        session.flash(t("Both scenarios are saved."))
        st.rerun()


def save_button(report: TaskReport, moved: Moved, table: PlanTable | None = None) -> None:
    """The way from the reader's assumptions to a scenario; only where something is moved, and for those who edit the project."""
    if moved == Moved() or moved == Moved(pair=moved.pair):
        return
    label = t("Save as a scenario")
    if session.may(Permission.EDIT_PROJECTS) and st.button(label, key=f"if-keep-{report.run_id[-6:]}", type="tertiary"):
        _keep(report, moved, table)


@dialog(t("Save as a scenario"))
def _keep(report: TaskReport, moved: Moved, table: PlanTable | None) -> None:
    """Ask for a name and keep the reader's assumptions under it."""
    name = st.text_input(t("Name"), max_chars=60, key=slot("scenario-name"), placeholder=t("Pessimistic"))
    if st.button(t("Save"), type="primary", key=slot("scenario-save"), disabled=not name.strip()):
        try:
            save_scenario(session.workspace(), session.principal(), report.project_id, scenario_of_moved(name, moved, table))
        except KachiError as error:
            states.error(error)
        else:
            session.flash(t("Scenario “{name}” is saved.", name=name.strip()))
            close()
