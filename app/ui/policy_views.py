"""How a report decides: the ways of deciding beside each other in money, and whether likelihoods come true."""

import streamlit as st

from app.ui.charts import Estimate, RatePoint, calibration, interval_dots, show_chart
from app.ui.page import note, t, w
from core.impact import policy_sentences as say
from core.impact.report import ImpactReport
from core.impact.sentences import amounts_note


def show_policies(report: ImpactReport) -> None:
    """Both, side by side; nothing for reports that were frozen before there were policies."""
    if not report.policies:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _ways(report)
    with right:
        _likelihoods(report)


def _ways(report: ImpactReport) -> None:
    words, currency = w(), report.currency
    found = sorted(report.policies, key=lambda p: -p.value.value)
    dots = [
        Estimate(
            say.policy_name(words, report, p.candidate), p.value.value, p.value.low, p.value.high,
            "main" if p.policy == report.decides else "reference",
        )
        for p in found
    ]  # fmt: skip
    chart = interval_dots(dots, write=lambda v: words.money(v, currency), write_tick=lambda v: words.money_tick(v, currency), zero=True)
    title = say.policy_finding(words, report)
    about = amounts_note(words, report, t("dot: estimate, line: 95% interval"))
    show_chart(chart, title, about, say.policy_rows(words, report), title, key="policies")
    note(say.policy_note(words, report))
    for sentence in say.formula_sentences(words, report):
        note(sentence)


def _likelihoods(report: ImpactReport) -> None:
    words, facts = w(), report.calibration
    if facts is None:
        return
    points = [RatePoint(p.said, p.came, p.low, p.high, p.rows) for p in facts.after]
    title = say.calibration_finding(words, report)
    figures = {
        t("Said"): [words.percent(p.said, 1) for p in facts.after],
        t("Came true"): [words.percent(p.came, 1) for p in facts.after],
        t("95% interval"): [f"{words.percent(p.low, 1)} – {words.percent(p.high, 1)}" for p in facts.after],
        t("Cases"): [words.number(p.rows) for p in facts.after],
    }
    show_chart(calibration(words, points), title, say.calibration_note(words, report), figures, title, key="reliability")
