"""Alerts: what a check found and who looks after it."""

from collections.abc import Callable

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip, state_chip
from app.ui.dialogs import close, dialog, slot
from app.ui.navigation import link
from app.ui.page import facts, finding, gap, n, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.errors import KachiError
from core.identity.permissions import Permission
from core.monitoring import alerts as inbox
from core.monitoring import telling
from core.monitoring.model import Alert, AlertState, Severity
from core.monitoring.service import live_names
from core.monitoring.wording import SEVERITIES, STATES

ws, me, words = session.workspace(), session.principal(), w()
TONES = {Severity.WARNING: "orange", Severity.CRITICAL: "red"}


def severity_chip(alert: Alert) -> Chip:
    """How urgent it is; what is resolved is gray."""
    if alert.state is AlertState.RESOLVED:
        return state_chip(t(STATES[alert.state]), "gray")
    return state_chip(t(SEVERITIES[alert.severity]), TONES[alert.severity])  # type: ignore[arg-type]


def owner(alert: Alert) -> str:
    """Who looks after it."""
    return alert.handled_by if alert.state is not AlertState.OPEN else t("Nobody yet")


def act(do: Callable[..., Alert], alert: Alert, note: str, said: str) -> None:
    """Take one step with an alert; a refusal is shown in the drawer."""
    try:
        do(ws, me, alert.id, note)
    except KachiError as refusal:
        states.error(refusal)
    else:
        session.flash(said)
        close()


@dialog(" ", position="right")
def detail(alert: Alert, name: str) -> None:
    """One alert in the drawer, with what can be done about it."""
    section(telling.alert_title(words, alert), telling.alert_sentence(words, alert))
    rows = [
        (t("Deployment"), name),
        (t("State"), t(STATES[alert.state])),
        (t("Looked after by"), owner(alert)),
        (t("Opened"), words.datetime(alert.opened_at)),
        (t("Last seen"), words.datetime(alert.last_seen_at)),
    ]
    facts(rows + ([(t("Note"), alert.note)] if alert.note else []))
    if me.may(Permission.READ_DETAILS):
        link(t("See the figures"), "monitoring", deployment=alert.deployment_id)
    if alert.state is AlertState.RESOLVED:
        return
    why_not = states.refused_because(Permission.HANDLE_ALERTS)
    key = slot(f"k-note-{alert.id}")
    note = st.text_area(t("What is done about it"), alert.note, max_chars=400, key=key, disabled=bool(why_not)) or ""
    with st.container(horizontal=True, gap="xsmall"):
        take = alert.state is AlertState.OPEN and st.button(
            t("Take it"), type="primary", disabled=bool(why_not), help=why_not, key="k-take"
        )
        close = st.button(t("Resolve"), disabled=bool(why_not), help=why_not, key="k-resolve")
    if take:
        act(inbox.acknowledge_alert, alert, note, t("You look after this alert now."))
    elif close:
        act(inbox.resolve_alert, alert, note, t("The alert is resolved."))


def table(title: str, found: list[Alert], key: str) -> None:
    """Alerts as rows."""
    section(title)
    columns = [
        Column(t("Alert"), "main"),
        Column(t("State"), "chip"),
        Column(t("Looked after by"), "text"),
        Column(t("Opened"), "muted", phone="end"),
    ]
    rows = [
        Row(
            a.id,
            (
                Main(telling.alert_title(words, a), f"{names.get(a.deployment_id, a.deployment_id)} · {telling.alert_sentence(words, a)}"),
                severity_chip(a),
                owner(a),
                words.ago(a.opened_at, ws.clock()),
            ),
        )
        for a in found
    ]
    if opened := show_rows(columns, rows, key=key, label=title):
        alert = next(a for a in found if a.id == opened)
        detail(alert, names.get(alert.deployment_id, alert.deployment_id))


with open_page(t("Alerts")):
    every = st.segmented_control(
        t("Which"), ["open", "all"], default="open", required=True, key="k-which", label_visibility="collapsed",
        format_func=lambda which: t("Open alerts") if which == "open" else t("All alerts"),
    )  # fmt: skip
names, found = live_names(ws, me), inbox.list_alerts(ws, me, limit=200)
standing = inbox.most_urgent_first(found)
finding(telling.alerts_headline(words, found), t("Alerts open when a check finds something, and close by themselves when it is gone."))
gap()
if standing:
    table(n("{n} open alert", "{n} open alerts", len(standing)), standing, "standing")
elif every == "open" or not found:
    states.empty(t("No open alerts"), t("When a check finds drift, missing values, or less value than promised, it shows here."))
resolved = [a for a in found if a.state is AlertState.RESOLVED]
if every == "all" and resolved:
    table(t("Resolved"), resolved, "resolved")
