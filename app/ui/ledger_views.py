"""The value ledger as pages draw it: periods against their promise, the way from promised to earned, and what was restated."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from app.ui.charts import LedgerBar, Role, WaterfallStep, ledger_bars, show_chart, waterfall
from app.ui.navigation import goto
from app.ui.page import gap, given, section, t, table, w
from app.ui.rows import Column, Main, Row, show_rows
from core.monitoring import value_story as story
from core.monitoring.value_ledger import LedgerRow, Sums, Total
from core.monitoring.value_reading import By, PortfolioLedger, ValueLedger

MOST_BARS = 62


def choose_by() -> By:
    """Months or days; the choice stands in the address."""
    names = {By.MONTH: t("Months"), By.DAY: t("Days")}
    chosen = st.segmented_control(
        t("Periods"), [by.value for by in By][::-1], default=By.MONTH.value, required=True, format_func=lambda by: names[By(by)], key="by",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    return By(str(chosen)) if chosen in set(By) else By.MONTH


def periods(rows: Sequence[LedgerRow], currency: str) -> list[tuple[date, Sums]]:
    """Rows of one currency added up by period, whatever the contract."""
    days = sorted({row.day for row in rows if row.key.currency == currency})
    return [(day, sum((row.sums for row in rows if row.day == day and row.key.currency == currency), Sums())) for day in days]


def period_chart(
    found: Sequence[tuple[date, Sums]], currency: str, by: By, table_of: dict[str, list[str]], *, key: str = "periods"
) -> None:
    """Earned and expected value by period, against what was promised."""
    words = w()
    shown = list(found)[-MOST_BARS:]
    several = len({day.year for day, _ in shown}) > 1
    bars = [
        LedgerBar(
            words.date(day, year=False) if by is By.DAY else words.month(day, year=several and (place == 0 or day.month == 1)),
            words.date(day) if by is By.DAY else words.month(day), sums.promised, sums.realised, sums.realised - sums.realised_half,
            sums.realised + sums.realised_half, sums.estimated,
        )
        for place, (day, sums) in enumerate(shown)
    ]  # fmt: skip
    title = story.rows_title(words, shown, by)
    show_chart(ledger_bars(words, currency, bars), title, story.rows_note(words, currency, by), table_of, title, key=key)


def steps_chart(total: Total, *, key: str = "steps") -> None:
    """The way from promised to earned."""
    words = w()
    found = story.steps(words, total)
    bars = [
        WaterfallStep(step.label, step.start, step.end, step.amount, _role(step, place, len(found))) for place, step in enumerate(found)
    ]
    title = story.steps_title(words, total)
    show_chart(
        waterfall(words, total.currency, bars), title, story.steps_note(words, total.currency), story.steps_table(words, total), title, key=key
    )  # fmt: skip


def _role(step: story.Step, place: int, count: int) -> Role:
    if step.level:
        return "main" if place == count - 1 else "reference"
    return "gain" if step.end >= step.start else "loss"


def show_restated(ledger: ValueLedger) -> None:
    """What was restated, beside what was recorded."""
    for series in ledger.restated:
        section(story.restated_title(w(), series), story.restated_note(w(), series))
        table(story.restated_table(w(), series))
        gap()


def show_joined(joined: PortfolioLedger) -> None:
    """All deployments together: the way from promised to earned, and the ledger of each; a row opens it."""
    total = story.main_total(joined.totals)
    if total is None:
        return
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        steps_chart(total, key="portfolio-steps")
    with right:
        section(
            t("Value ledgers"),
            t("Since {day}; earned against the plan; a row opens the ledger", day=w().date(joined.from_day)),
        )
        columns = [Column(t("Deployment"), "main"), Column(t("Promised for the plan"), "muted", phone="end"), Column(t("Earned"), "amount"),
                   Column(t("Expected besides"), "muted", phone="hide")]  # fmt: skip
        found = [row for ledger in joined.ledgers if (row := _joined_row(ledger)) is not None]
        if opened := show_rows(columns, found, key="ledgers", label=t("Value ledgers")):
            goto("value_ledger", deployment=opened)


def _joined_row(ledger: ValueLedger) -> Row | None:
    total, words = story.main_total(ledger.totals), w()
    if total is None:
        return None
    sums, currency = total.sums, total.currency
    cause = story.cause_text(words, sums)
    gap_text = words.money(sums.gap.total, currency, signed=True)
    return Row(ledger.live.id, (
        Main(given(ledger.live.title), t("{gap}, {cause}", gap=gap_text, cause=cause) if cause else gap_text),
        words.money(sums.promised, currency), words.money(sums.realised, currency) if sums.labelled else "–",
        words.money(sums.estimated, currency, signed=True),
    ))  # fmt: skip
