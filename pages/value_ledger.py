"""The value ledger: what a deployment promised, what it earned, what is still expected, and why they differ."""

import streamlit as st

from app.ui import ledger_views as views
from app.ui import session, states
from app.ui.cards import Card, show_cards
from app.ui.chips import show_chips
from app.ui.contract_views import contract_chip
from app.ui.navigation import goto, link
from app.ui.page import finding, gap, given, open_page, section, sources, t, w
from core.monitoring import value_story as story
from core.monitoring.service import live_names
from core.monitoring.value_reading import By, ValueLedger, get_value_ledger, pick_ledger
from core.project.service import get_project
from core.registry import contract_sentences as said
from core.registry.contracts import contract_in_force

ws, me, words = session.workspace(), session.principal(), w()


def choose(shown: str) -> None:
    """Whose ledger, where there are several; and the deployment's own page."""
    names = live_names(ws, me)
    if len(names) > 1:
        ids = list(names)
        chosen = st.selectbox(
            t("Deployment"), ids, index=ids.index(shown), format_func=lambda key: given(names[key]), label_visibility="collapsed", width=240
        )
        if chosen != shown:
            goto("value_ledger", deployment=str(chosen))
    link(t("Deployment"), "deployment", deployment=shown)


def charts(ledger: ValueLedger, by: By) -> None:
    """Periods beside the way from promised to earned."""
    total = ledger.totals[0]
    rows = [row for row in ledger.rows if row.key.currency == total.currency]
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        views.period_chart(views.periods(rows, total.currency), total.currency, by, story.rows_table(words, rows, by))
    with right:
        views.steps_chart(total)


def contract(ledger: ValueLedger) -> None:
    """Which contract counts now, who signed it, and the way to all of them."""
    view = contract_in_force(ws, me, ledger.live.champion_id) if ledger.live.champion_id else None
    section(said.headline(words, view), said.lead(words, view))
    with st.container(horizontal=True, vertical_alignment="center"):
        if view is not None:
            show_chips([contract_chip(view)])
        link(t("Contracts and what they say"), "contracts", deployment=ledger.live.id)


def main() -> None:
    key = pick_ledger(ws, me, session.query("deployment"))
    if key is None:
        with open_page(t("Value ledger")):
            pass
        states.empty(
            t("Nothing is deployed yet"), t("As soon as an approved version decides, this page tells what it promised and what came of it.")
        )
        return
    by = By.DAY if session.query("by") == By.DAY else By.MONTH
    ledger = get_value_ledger(ws, me, key, by=by)
    project = get_project(ws, me, ledger.live.project_id)
    with open_page(t("Value ledger"), given(project.name), sample=project.is_sample or None):
        choose(ledger.live.id)
    finding(story.headline(words, ledger), story.lead(words, ledger))
    if ledger.totals:
        show_cards([Card(f.label, f.value, f.delta, f.tone, f.note or None) for f in story.figures(words, ledger.totals[0])])
        gap()
        views.choose_by()
        charts(ledger, by)
        gap()
    contract(ledger)
    gap()
    views.show_restated(ledger)
    sources(story.sources(words, ledger))


main()
