"""Runs beside each other by value: money, paired differences, curves, people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui import session
from app.ui.cards import Card, show_cards
from app.ui.charts import Estimate, Role, RunLine, interval_dots, show_chart, value_lines
from app.ui.frequencies import Share, show_frequencies
from app.ui.navigation import goto
from app.ui.page import facts, finding, gap, note, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.task_comparison_views import show_task_value
from core.impact import comparison_words as tell
from core.impact.breakdown import segments_of
from core.impact.comparison import Comparison
from core.impact.explorer_service import RunCurve, compare_curves
from core.impact.report import ImpactReport
from core.impact.segment_sentences import segments_finding
from core.impact.segments import SegmentFindings
from core.impact.sentences import actions_label, reach_sentence, result_label, squares_note
from core.impact.setting import setting_of
from core.impact.task_comparison import AnyComparison, TaskComparison
from core.words import Words

ROLES: Final[tuple[Role, ...]] = ("main", "alternative", "other", "reference")
TABLE_STEP: Final = 12


def show_comparison(found: AnyComparison, above: DeltaGenerator) -> None:
    """Draw a comparison of runs of any kind of prediction.

    Args:
        above: where the finding stands.
    """
    if isinstance(found, TaskComparison):
        show_task_value(found, above)
        return
    ws, me, words = session.workspace(), session.principal(), w()
    with above:
        finding(tell.comparison_headline(words, found), tell.comparison_lead(words, found))
    segments = [segments_of(ws, me, report) for report in found.reports]
    show_value(found, compare_curves(ws, me, found.reports), segments)


def show_value(found: Comparison, curves: Sequence[RunCurve], segments: Sequence[SegmentFindings]) -> None:
    """Draw a comparison of two to four runs.

    Args:
        found: the most valuable run first.
        curves, segments: of the same runs, in their order.
    """
    words = w()
    _cards(words, found)
    left, right = st.columns(2, gap="medium")
    with left:
        _money(words, found)
    with right:
        _differences(words, found)
    gap()
    _curves(words, found, curves)
    gap()
    _people(words, found.reports)
    gap()
    section(t("Where each run loses money"), t("Found on one half of the test cases, valued on the other"))
    facts([(tell.run_label(words, r), segments_finding(words, s, setting_of(r))) for r, s in zip(found.reports, segments, strict=True)])
    gap()
    _lines(words, found)


def _lines(words: Words, found: Comparison) -> None:
    """A line for each run; it opens the run's report."""
    first, obstacle = found.reports[0], found.differences[0].obstacle
    section(t("Side by side"), tell.obstacle_text(words, obstacle) if obstacle else "")
    columns = [
        Column(t("Run"), "main"), Column(result_label(words, first), "amount"), Column(t("95% interval"), "muted", width="minmax(205px, 1.5fr)"),
        Column(t("Behind the first"), "amount", phone="end"),
        Column(t("reached of 1,000"), "muted"), Column(t("unneeded of 100"), "muted"),
    ]  # fmt: skip
    rows = [
        Row(report.run_id, (Main(told.name, told.decides), told.value, told.range, told.behind, told.reached, told.unneeded))
        for report, told in zip(found.reports, tell.side_by_side(words, found), strict=True)
    ]
    if opened := show_rows(columns, rows, key="compared-runs", label=t("Side by side")):
        goto("impact_report", run=opened, project=first.project_id)


def _cards(words: Words, found: Comparison) -> None:
    """Each run's money, and how far it is behind the first."""
    cards = []
    for k, report in enumerate(found.reports):
        money = words.money(report.value.value, report.currency)
        gain = found.differences[k - 1].gain if k else None
        if k == 0:
            cards.append(Card(tell.run_label(words, report), money, t("Brings most"), tone="good"))
        elif gain is None:
            cards.append(Card(tell.run_label(words, report), money))
        else:
            off = words.money(-gain.value, report.currency, signed=True, minus="-")
            note = t("vs run {number}", number=found.reports[0].run_number)
            cards.append(Card(tell.run_label(words, report), money, off, tone="auto" if gain.low > 0 else "neutral", note=note))
    show_cards(cards, key="compared")


def _money(words: Words, found: Comparison) -> None:
    first = found.reports[0]
    dots = [
        Estimate(tell.run_label(words, r), r.value.value, r.value.low, r.value.high, ROLES[k % len(ROLES)])
        for k, r in enumerate(found.reports)
    ]
    chart = interval_dots(dots, write=lambda v: words.money(v, first.currency), write_tick=lambda v: words.money_tick(v, first.currency))
    title = t("What each run brings")
    note = t(
        "{result} · {currency} · {how}",
        result=result_label(words, first),
        currency=first.currency,
        how=t("dot: estimate, line: 95% interval"),
    )
    show_chart(chart, title, note, None, tell.comparison_headline(words, found), key="compared-money")


def _differences(words: Words, found: Comparison) -> None:
    first, numbers = found.reports[0], {r.run_id: r for r in found.reports}
    told = [(numbers[d.second_run_id], d.gain) for d in found.differences if d.gain is not None]
    title, about = tell.differences_finding(words, found), tell.differences_note(words, found)
    if not told:
        section(title, tell.obstacle_text(words, found.differences[0].obstacle))
        return
    dots = [
        Estimate(t("than run {number}", number=r.run_number), g.value, g.low, g.high, ROLES[found.reports.index(r) % len(ROLES)])
        for r, g in told
    ]
    chart = interval_dots(
        dots,
        write=lambda v: words.money(v, first.currency, signed=True),
        write_tick=lambda v: words.money_tick(v, first.currency),
        zero=True,
    )
    show_chart(chart, title, about, None, title, key="compared-differences")
    for sentence in tell.differences_in_cases(words, found):
        note(sentence)


def _curves(words: Words, found: Comparison, curves: Sequence[RunCurve]) -> None:
    first = found.reports[0]
    lines = [
        RunLine(
            tell.run_label(words, report), ROLES[k % len(ROLES)], [(p.actions, p.value, p.low, p.high) for p in curve.points],
            (curve.chosen.actions, curve.chosen.value),
        )
        for k, (report, curve) in enumerate(zip(found.reports, curves, strict=True))
    ]  # fmt: skip
    chart = value_lines(words, first.currency, lines, axis_title=actions_label(words, first))
    told = [(line.name, point) for line in lines for point in line.points[::TABLE_STEP]]
    figures = {
        t("Run"): [name for name, _ in told],
        actions_label(words, first): [words.number(p[0]) for _, p in told],
        result_label(words, first): [words.money_exact(p[1], first.currency) for _, p in told],
        t("95% interval"): [words.money_range(p[2], p[3], first.currency) for _, p in told],
    }
    title, legend = tell.curves_finding(words, found, curves), [(line.role, line.name) for line in lines]
    show_chart(chart, title, tell.curves_note(words, found), figures, title, key="compared-curves", legend=legend)


def _people(words: Words, reports: Sequence[ImpactReport]) -> None:
    section(t("What it means for people"))
    columns = st.columns(len(reports), gap="medium")
    for column, report in zip(columns, reports, strict=True):
        with column:
            st.caption(f"{tell.run_label(words, report)} · {tell.decides_text(words, report)}")
            reached = report.frequencies.reached or 0
            shares = [Share(t("reached"), reached), Share(t("missed"), 1000 - reached, "rest")] if report.cells.positives else []
            show_frequencies(reach_sentence(words, report), shares, of=1000, note=squares_note(words, report))
