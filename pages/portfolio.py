"""The portfolio: what the models have earned, against what was promised, project by project."""

import streamlit as st

from app.ui import session, states
from app.ui.cards import Card, show_cards
from app.ui.charts import MonthValue, show_chart, value_over_time
from app.ui.chips import Chip, Health
from app.ui.ledger_views import show_joined
from app.ui.navigation import goto
from app.ui.page import finding, gap, open_page, section, sources, t, w
from app.ui.rows import Column, Main, Row, Spark, health_cell, show_rows
from core.identity.permissions import Permission
from core.monitoring import story
from core.monitoring.portfolio import CurrencyTotal, Portfolio, ProjectRow, get_portfolio
from core.monitoring.windows import Span, span_of, window_for

ws, me, words = session.workspace(), session.principal(), w()


def choose_span() -> Span:
    """The control beside the eyebrow; the choice stands in the address."""
    chosen = st.segmented_control(
        t("Period"),
        [span.value for span in Span],
        default=Span.TWELVE_MONTHS.value,
        required=True,
        format_func=lambda span: t(story.SPANS[span_of(span)]),
        key="span",
        bind="query-params",
        label_visibility="collapsed",
    )
    return span_of(str(chosen))


def chart(total: CurrencyTotal) -> None:
    """Earned against promised, month by month."""
    shown = story.finished(total.months, ws.clock())
    months = [MonthValue(m.month, m.entry.realised, m.entry.low, m.entry.high, m.entry.promised) for m in shown]
    title, about = story.chart_title(words, shown), story.chart_note(words, total.currency, total.months, ws.clock())
    show_chart(value_over_time(words, total.currency, months), title, about, story.month_table(words, total), title, key="value")


def project_row(row: ProjectRow) -> Row:
    """One project as a row."""
    project = row.project
    return Row(
        project.id,
        (
            Main(project.name, project.owner_name),
            Chip(story.stage_text(words, row)),
            story.earned_text(words, row.entry),
            story.promised_text(words, row),
            Spark(story.trend(row, ws.clock())),
            health_cell(Health(row.standing.value)),
        ),
    )


def open_project(found: Portfolio, project_id: str) -> None:
    """A row opens its impact report; a project without one opens itself."""
    row = next(r for r in found.projects if r.project.id == project_id)
    if row.report_id:
        goto("impact_report", report=row.report_id, project=project_id)
    goto("project", project=project_id)


def project_rows(found: Portfolio) -> None:
    """All projects."""
    section(t("Projects"))
    columns = [
        Column(t("Project"), "main"),
        Column(t("Stage"), "chip", phone="hide"),
        Column(t("Earned"), "amount"),
        Column(t("Promised for these"), "muted"),
        Column(t("Trend"), "spark"),
        Column(t("Health"), "chip"),
    ]
    opened = show_rows(columns, [project_row(row) for row in found.projects], key="projects", label=t("Projects"))
    if opened:
        open_project(found, opened)


with open_page(t("Portfolio"), freshness=story.freshness(ws, me, words)):
    span = choose_span()
found = get_portfolio(ws, me, window_for(span, ws.clock(), words.timezone))
if not found.projects:
    why_not = states.refused_because(Permission.EDIT_PROJECTS)
    if states.empty(
        t("No project yet"),
        t("A project starts with a business question. As soon as a model decides, this page says what it earns."),
        t("Create a project"),
        disabled_because=why_not,
    ):
        goto("projects")
    st.stop()
finding(story.headline(words, found, span), story.lead(words, found))
show_cards([Card(f.label, f.value, f.delta, tone=f.tone, note=f.note) for f in story.figures(words, found)])  # type: ignore[arg-type]
gap()
if found.main is not None and found.main.entry.labelled:
    chart(found.main)
    gap()
    show_joined(found.ledger)
    gap()
project_rows(found)
sources(story.sources(words, found))
