"""Where a report's value is lost: the worst segments, and how alike the groups of a column are treated."""

import streamlit as st

from app.ui import session
from app.ui.charts import Estimate, interval_dots, show_chart
from app.ui.chips import Tone, state_chip
from app.ui.page import note, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.impact import breakdown
from core.impact import fairness_sentences as fair
from core.impact import segment_sentences as say
from core.impact.fairness import FairnessFindings, GapVerdict
from core.impact.phrases import counted
from core.impact.report import ImpactReport
from core.impact.segments import SegmentFindings, SegmentVerdict
from core.impact.setting import Setting, setting_of

SHOWN = 5


TONES: dict[SegmentVerdict, Tone] = {SegmentVerdict.LOSES: "red", SegmentVerdict.WEAK: "orange", SegmentVerdict.OPEN: "gray"}


def show_segments(report: ImpactReport) -> None:
    """The worst segments of a yes-or-no report."""
    show_worst(setting_of(report), breakdown.segments_of(session.workspace(), session.principal(), report))


def show_worst(setting: Setting, found: SegmentFindings) -> None:
    """The worst segments as rows, with how they were found."""
    words = w()
    section(say.segments_finding(words, found, setting))
    if found.segments:
        columns = [
            Column(t("Group"), "main"), Column(t("Verdict"), "chip"), Column(t("Cases {period}", period=words.period(setting.period.value)), "amount"),
            Column(t("Against the best alternative"), "amount"), Column(t("95% interval"), "amount"),
        ]  # fmt: skip
        rows = [
            Row(
                str(place),
                (
                    Main(say.segment_name(words, s.groups)), state_chip(say.verdict_name(words, s), TONES[s.verdict]), counted(words, setting.spoken(words), s.cases),
                    words.money(s.gain.value, setting.currency, signed=True),
                    words.money_range(s.gain.low, s.gain.high, setting.currency, signed=True),
                ),
            )
            for place, s in enumerate(found.segments[:SHOWN])
        ]  # fmt: skip
        show_rows(columns, rows, key="segments", label=t("Segments"), opens=False)
    note(say.segments_note(words, found))


@st.fragment
def show_fairness(report: ImpactReport) -> None:
    """A column of the reader's choice, and how alike its groups are treated; a frozen report shows its own first."""
    ws, me = session.workspace(), session.principal()
    kept = [found.attribute for found in report.details.fairness] if report.details is not None else []
    known = breakdown.list_attributes(ws, me, report.run_id)
    section(t("Are groups treated alike?"), t("Choose a column, also one that the model doesn't see."))
    key = f"fair-{report.run_id[-6:]}"
    options = [*kept, *(name for name in known if name not in kept)]
    chosen = st.selectbox(
        t("Compare groups by"), options, index=0 if kept else None, placeholder=t("Choose a column"), key=key, bind="query-params"
    )
    if not chosen:
        return
    found = breakdown.assess_run_fairness(ws, me, report, chosen)
    _show_groups(report, found)
    if report.details is not None and chosen not in kept:
        note(t("This column is not part of the frozen report; its figures were worked out now, from the same test rows and decisions."))


def _show_groups(report: ImpactReport, found: FairnessFindings) -> None:
    words, setting = w(), setting_of(report)
    of_people = report.details is None or found.attribute in report.details.people or report.details.fairness_by(found.attribute) is None
    title = fair.fairness_finding(words, found, setting) if of_people else fair.difference_finding(words, found)
    dots = [
        Estimate(say.group_name(words, g.group), g.selection.value, g.selection.low, g.selection.high, "main" if g.judged else "reference")
        for g in found.groups
    ]
    chart = interval_dots(dots, write=words.percent, write_tick=words.percent, zero=True)
    figures = {
        t("Group"): [say.group_name(words, g.group) for g in found.groups],
        t("Test rows"): [words.number(g.rows) for g in found.groups],
        t("Picked"): [words.percent(g.selection.value, 1) for g in found.groups],
        t("Reached"): ["–" if g.reach is None else words.percent(g.reach.value, 1) for g in found.groups],
        t("Value of a decision"): [words.money_exact(g.value_per_case.value, report.currency, signed=True) for g in found.groups],
    }
    show_chart(chart, title, t("share that is picked; line: 95% interval (Wilson)"), figures, title, key="fairness")
    for gap in found.gaps:
        marks = {GapVerdict.WARNING: "▲ ", GapVerdict.NOTICE: "◆ "}
        note(f"{marks.get(gap.verdict, '')}{fair.gap_sentence(words, gap, setting)}")
    if small := fair.small_groups_sentence(words, found):
        note(small)
    note(fair.fairness_note(words, found))
