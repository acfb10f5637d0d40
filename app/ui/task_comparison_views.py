"""Runs of classes or of forecasts beside each other by value: money, paired differences, and what differs."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui.cards import Card, Tone, show_cards
from app.ui.charts import Estimate, Role, interval_dots, show_chart
from app.ui.frequencies import Share, show_frequencies
from app.ui.navigation import goto
from app.ui.page import finding, gap, note, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.impact import task_comparison_words as tell
from core.impact.comparison_words import differences_finding, obstacle_text, run_label
from core.impact.task_comparison import TaskComparison
from core.words import Words

ROLES: Final[tuple[Role, ...]] = ("main", "alternative", "other", "reference")


def show_task_value(found: TaskComparison, above: DeltaGenerator) -> None:
    """Draw a comparison of two to four runs, the best first.

    Args:
        above: where the finding stands.
    """
    words = w()
    with above:
        finding(tell.headline(words, found), tell.lead(words, found))
    _cards(words, found)
    left, right = st.columns(2, gap="medium")
    with left:
        _money(words, found)
    with right:
        _differences(words, found)
    gap()
    _cases(words, found)
    gap()
    _lines(words, found)


def _cards(words: Words, found: TaskComparison) -> None:
    """Each run's money, and how far it is behind the first."""
    cards = []
    for k, (report, told) in enumerate(zip(found.reports, tell.side_by_side(words, found), strict=True)):
        gain = found.differences[k - 1].gain if k else None
        if k == 0:
            cards.append(Card(told.name, told.amount, t("Costs least") if tell.plans(found) else t("Brings most"), tone="good"))
        elif gain is None:
            cards.append(Card(told.name, told.amount))
        else:
            versus = t("vs run {number}", number=found.reports[0].run_number)
            tone: Tone = ("bad" if tell.plans(found) else "auto") if gain.low > 0 else "neutral"
            off = words.money(gain.value if tell.plans(found) else -gain.value, report.currency, signed=True, minus="-")
            cards.append(Card(told.name, told.amount, off, tone=tone, note=versus))
    show_cards(cards, key="compared")


def _money(words: Words, found: TaskComparison) -> None:
    currency, amounts = found.reports[0].currency, [tell.shown_amount(r) for r in found.reports]
    dots = [
        Estimate(run_label(words, r), a.value, a.low, a.high, ROLES[k % len(ROLES)])
        for k, (r, a) in enumerate(zip(found.reports, amounts, strict=True))
    ]
    chart = interval_dots(dots, write=lambda v: words.money(v, currency), write_tick=lambda v: words.money_tick(v, currency))
    how = t("dot: estimate, line: 95% interval")
    about = t("{result} · {currency} · {how}", result=tell.money_label(words, found), currency=currency, how=how)
    show_chart(chart, tell.amounts_finding(words, found), about, None, tell.headline(words, found), key="compared-money")


def _differences(words: Words, found: TaskComparison) -> None:
    title, currency, by_id = differences_finding(words, found), found.reports[0].currency, {r.run_id: r for r in found.reports}
    told = [(by_id[d.second_run_id], d.gain) for d in found.differences if d.gain is not None]
    if not told:
        section(title, obstacle_text(words, found.differences[0].obstacle))
        return
    dots = [
        Estimate(t("than run {number}", number=r.run_number), g.value, g.low, g.high, ROLES[found.reports.index(r) % len(ROLES)])
        for r, g in told
    ]
    chart = interval_dots(
        dots, write=lambda v: words.money(v, currency, signed=True), write_tick=lambda v: words.money_tick(v, currency), zero=True
    )
    show_chart(chart, title, tell.differences_note(words, found), None, title, key="compared-differences")
    for difference in found.differences:
        if sentence := tell.difference_sentence(words, found, difference):
            note(sentence)


def _cases(words: Words, found: TaskComparison) -> None:
    """Of 100 cases, how many each run decides rightly or plans enough for, and which error costs it most."""
    section(tell.cases_finding(words, found), t("of the test cases; below: what its errors cost"))
    columns = st.columns(len(found.reports), gap="medium")
    for column, report in zip(columns, found.reports, strict=True):
        with column:
            st.caption(f"{run_label(words, report)} · {tell.decides_text(words, report)}")
            good = round(100 * tell.good_share(report).value)
            shares = [Share(tell.good_label(words, found), good), Share(t("the rest"), 100 - good, "loss")]
            show_frequencies(tell.good_sentence(words, report), shares, of=100, note=tell.costliest(words, report))


def _lines(words: Words, found: TaskComparison) -> None:
    """A line for each run; it opens the run's report."""
    first, obstacle = found.reports[0], found.differences[0].obstacle
    section(t("Side by side"), obstacle_text(words, obstacle) if obstacle else "")
    columns = [
        Column(t("Run"), "main"), Column(tell.money_label(words, found), "amount"),
        Column(t("95% interval"), "muted", width="minmax(205px, 1.5fr)"), Column(t("Behind the first"), "amount", phone="end"),
        Column(tell.good_label(words, found), "muted", width="minmax(170px, 1.2fr)"),
    ]  # fmt: skip
    rows = [
        Row(report.run_id, (Main(told.name, told.decides), told.amount, told.range, told.behind, told.good))
        for report, told in zip(found.reports, tell.side_by_side(words, found), strict=True)
    ]
    if opened := show_rows(columns, rows, key="compared-runs", label=t("Side by side")):
        goto("impact_report", run=opened, project=first.project_id)
