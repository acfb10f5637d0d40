"""Where a run of classes or a forecast loses money, and how alike it treats the groups of a column."""

import streamlit as st

from app.ui import session, states
from app.ui.breakdown_views import show_worst
from app.ui.charts import Estimate, interval_dots, show_chart
from app.ui.page import gap, note, section, t, w
from core.errors import KachiError
from core.impact import fairness_sentences as fair
from core.impact import task_breakdown as breakdown
from core.impact.fairness import GapVerdict
from core.impact.segment_sentences import group_name
from core.impact.task_fairness import TaskFairness
from core.impact.task_group_words import group_figures, groups_note
from core.impact.task_report import TaskReport

MARKS = {GapVerdict.WARNING: "▲ ", GapVerdict.NOTICE: "◆ "}


def show_task_groups(report: TaskReport) -> None:
    """The worst segments, and below them the groups of a column of the reader's choice."""
    try:
        worst = breakdown.task_segments(session.workspace(), session.principal(), report)
    except KachiError as lacking:  # scores of an earlier release, or data that is gone
        states.error(lacking)
        return
    show_worst(report.setting, worst)
    gap()
    _fairness(report)


@st.fragment
def _fairness(report: TaskReport) -> None:
    """A frozen report shows its own columns first."""
    ws, me = session.workspace(), session.principal()
    kept = [found.attribute for found in report.details.fairness] if report.details is not None else []
    known = breakdown.task_attributes(ws, me, report)
    section(t("Are groups treated alike?"), t("Choose a column, also one that the model doesn't see."))
    options = [*kept, *(name for name in known if name not in kept)]
    chosen = st.selectbox(
        t("Compare groups by"), options, index=0 if kept else None, placeholder=t("Choose a column"), key=f"fair-{report.run_id[-6:]}",
        bind="query-params",
    )  # fmt: skip
    if not chosen:
        return
    _groups(report, breakdown.task_fairness(ws, me, report, chosen))
    if report.details is not None and chosen not in kept:
        note(t("This column is not part of the frozen report; its figures were worked out now, from the same test rows and decisions."))


def _groups(report: TaskReport, found: TaskFairness) -> None:
    words, setting = w(), report.setting
    of_people = report.details is None or found.attribute in report.details.people or report.details.fairness_by(found.attribute) is None
    shown = group_figures(words, setting, found, of_people=of_people)
    dots = [
        Estimate(group_name(words, g.group), g.good.value, g.good.low, g.good.high, "main" if g.judged else "reference")
        for g in found.groups
    ]  # fmt: skip
    chart = interval_dots(dots, write=words.percent, write_tick=words.percent, zero=True)
    show_chart(chart, shown.title, shown.note, shown.by_column(), shown.title, key="task-groups")
    for gap_found in found.gaps:
        note(f"{MARKS.get(gap_found.verdict, '')}{fair.gap_sentence(words, gap_found, setting)}")
    if small := fair.small_groups_sentence(words, found):
        note(small)
    note(groups_note(words, found))
