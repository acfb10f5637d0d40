"""Monitoring: what one deployment is served, against its training data and its promise."""

import streamlit as st

from app.ui import monitor_views as views
from app.ui import session, states
from app.ui.cards import Card, show_cards
from app.ui.chips import show_checks
from app.ui.dialogs import close, dialog
from app.ui.navigation import goto
from app.ui.page import finding, gap, given, head, open_page, section, sources, t, w
from core.errors import KachiError, NotEnoughData
from core.identity.permissions import Permission
from core.monitoring import service, telling
from core.monitoring.catalogue import Live
from core.monitoring.check import Comparison, run_check
from core.monitoring.service import MonitorView

ws, me, words = session.workspace(), session.principal(), w()


def choose(found: list[MonitorView]) -> MonitorView:
    """The deployment in the address, else the one that needs somebody most, else the first."""
    asked = session.query("deployment")
    return next((m for m in found if asked in {m.live.id, m.live.name}), service.most_urgent(found))


def controls(found: list[MonitorView], shown: MonitorView) -> None:
    """Which deployment, its settings, and the check."""
    if len(found) > 1:
        ids = [m.live.id for m in found]
        names = {m.live.id: given(m.live.title) for m in found}
        chosen = st.selectbox(
            t("Deployment"), ids, index=ids.index(shown.live.id), format_func=names.__getitem__, label_visibility="collapsed", width=220
        )
        if chosen != shown.live.id:
            goto("monitoring", deployment=str(chosen))
    why_not = states.refused_because(Permission.EDIT_MONITORS)
    if st.button(t("Settings"), disabled=bool(why_not), help=why_not, icon=":material/tune:"):
        settings(shown)
    why_not = states.refused_because(Permission.HANDLE_ALERTS)
    if st.button(t("Check now"), type="primary", disabled=bool(why_not), help=why_not):
        check(shown.live)


def check(live: Live) -> None:
    """Check now and tell it."""
    try:
        run_check(ws, me, live.id)
    except KachiError as refusal:
        states.error(refusal)
    else:
        session.flash(t("Checked."))
        goto("monitoring", deployment=live.id)


@dialog(" ", position="right")
def settings(shown: MonitorView) -> None:
    """When the checks of this deployment warn."""
    section(t("When to warn"), t("Checks run every hour; the page Schedules changes that."))
    try:
        config = views.config_form(shown.config)
        if st.button(t("Save"), type="primary", disabled=config is None, key="k-save") and config is not None:
            service.edit_monitor(ws, me, shown.live.id, config)
            session.flash(t("The settings are saved; the next check follows them."))
            close()
    except KachiError as refusal:
        states.error(refusal)


def features(c: Comparison) -> None:
    """Every column, and the opened one in its charts."""
    section(t("Columns"), t("The most drifted first; open a row to see it."))
    if opened := views.feature_rows(c):
        session.set_query("feature", opened)
    asked = session.query("feature")
    chosen = next((f for f in c.features if f.drift.name == asked), c.features[0])
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        views.feature_chart(chosen)
    with right:
        days = service.list_drift_days(ws, me, c.live.id, chosen.drift.name)
        views.drift_days(telling.feature_name(words, chosen), days, c.config)


def figures(shown: MonitorView) -> None:
    """All that a check rests on."""
    try:
        c = service.get_comparison(ws, me, shown.live.id)
    except NotEnoughData as refusal:
        states.error(refusal)
        return
    show_cards([Card(label, value, note=note) for label, value, note in telling.cards(words, c)])
    gap()
    if shown.check is not None:
        section(t("What was checked"))
        show_checks(words, views.statements(shown.check))
        gap()
    if c.features:
        features(c)
        gap()
    views.performance(c)
    for ledger in service.get_ledger(ws, me, c.live.id, service.all_time(ws))[:1]:
        gap()
        views.value(ledger, ws.clock())
    sources(telling.sources(words, c))


if not (found := service.list_monitors(ws, me)):
    head(t("Monitoring"), finding_text=t("Nothing is live yet"))
    states.empty(t("No deployment to watch"), t("As soon as an approved version is deployed, it is watched here by itself."))
    st.stop()
shown = choose(found)
with open_page(t("Monitoring"), shown.live.title, freshness=telling.freshness(words, shown.check, ws.clock())):
    controls(found, shown)
chip = views.verdict_chip(shown.check.verdict) if shown.check else None
finding(telling.headline(words, shown.check), telling.lead(words, shown.check, shown.live.title), chip=chip)
figures(shown)
