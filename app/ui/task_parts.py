"""What stands below the pictures of a run of classes or a forecast: what one wrong assumption would do, and the parts that open one at a time."""

import streamlit as st

from app.ui.case_views import show_case
from app.ui.charts import Swing, show_chart, tornado
from app.ui.impact_parts import proposal_link
from app.ui.page import gap, note, section, sentences, t, w
from app.ui.task_group_views import show_task_groups
from app.ui.task_scenarios import show_task_scenarios
from app.ui.task_what_if import show_what_if
from core.impact.regression import ForecastFindings
from core.impact.sentences import before_costs_sentence
from core.impact.task_case import task_case, task_case_sentences
from core.impact.task_report import TaskReport
from core.impact.task_sensitivity_words import sure_sentence, task_break_even_sentences, task_swing_label
from core.impact.task_tables import swing_figures


@st.fragment
def show_task_parts(found: TaskReport) -> None:
    """Tabs; only the one that is open is worked out, and it stands in the address."""
    case, what_if, who = st.tabs(
        [t("Business case"), t("What if"), t("Who gains and loses")], key=f"part-{found.run_id[-6:]}", bind="query-params"
    )
    if what_if.open:
        with what_if:
            show_what_if(found)
            show_task_scenarios(found)
    if who.open:
        with who:
            show_task_groups(found)
    if case.open:
        with case:
            show_case(found.setting, task_case(found), task_case_sentences)


def show_swings(report: TaskReport) -> None:
    """One assumption at a time, and up to where the model pays; nothing where none moves the gain."""
    words, setting, found = w(), report.setting, report.findings
    if not found.tornado:
        return
    shown = swing_figures(words, setting, found)
    center = (found.saving if isinstance(found, ForecastFindings) else found.gain).value
    gap()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        bars = [Swing(task_swing_label(words, setting, s), s.at_low, s.at_high) for s in found.tornado]
        show_chart(
            tornado(words, setting.currency, center, bars), shown.title, shown.note, shown.by_column(), shown.title, key="task-swings"
        )
    with right:
        section(t("Up to where the model pays"), t("one assumption at a time, all others as they are"))
        if points := task_break_even_sentences(words, setting, found):
            sentences(points)
        if sure := sure_sentence(words, found):
            note(sure)
        if costs := before_costs_sentence(words, report.value_model.economics):
            note(costs)
        proposal_link(report)
