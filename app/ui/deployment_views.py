"""What the deployment page draws: charts of its traffic, the request to copy, keys, timeline, and the bar of actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.ui import session, states
from app.ui.charts import DayPoint, day_bars, latency_line, share_area, show_chart
from app.ui.chips import Chip, state_chip
from app.ui.dialogs import close, dialog, slot
from app.ui.forms import action_bar, complain, confirm, text_field
from app.ui.navigation import link
from app.ui.page import facts, gap, n, note, section, t, w
from core.errors import KachiError
from core.identity import Permission
from core.serving import keys as key_service
from core.serving import service, telling
from core.serving.example import RequestExample
from core.serving.model import Deployment, DeploymentKey, DeploymentState, Leading, Move
from core.serving.telling import DayOfVersion

MOST_DAYS = 60
MOST_MOVES = 30


def charts(days: Sequence[DayOfVersion]) -> None:
    """Decisions, answer times and shares by day."""
    words = w()
    if not days:
        section(t("Traffic"))
        note(t("No decisions have come in yet. A request shows here some seconds after it was answered."))
        return
    totals = telling.by_day(days)[-MOST_DAYS:]
    left, right = st.columns(2, gap="medium")
    with left:
        chart = day_bars(words, [DayPoint(day, float(count)) for day, count, _ in totals])
        title = telling.traffic_finding(words, days)
        table = {t("Day"): [words.date(d) for d, _, _ in totals], t("Decisions"): [words.number(c) for _, c, _ in totals]}
        show_chart(chart, title, t("Decisions by day"), table, title, key="traffic")
    with right:
        title = telling.latency_finding(words, days)
        chart = latency_line(words, [DayPoint(day, ms) for day, _, ms in totals])
        show_chart(chart, title, t("Mean time in the gateway by day, milliseconds"), None, title, key="latency")
        if len({d.version for d in days}) > 1:
            gap()
            named = [DayPoint(day, share, t("Version {version}", version=v)) for day, v, share in telling.shares(days)]
            title = telling.share_finding(words, days)
            show_chart(share_area(words, named), title, t("Share of each day's decisions"), None, title, key="share")


def request_to_copy(example: RequestExample | None) -> None:
    """The command that asks for a decision, and the one that tells the outcome."""
    section(t("Ask for a decision"), t("Copy, put your API key in, and run. The answer carries an id; send the outcome with it later."))
    if example is None:
        note(t("There is nothing to ask yet."))
        return
    st.code(example.curl, language="bash", wrap_lines=True)
    with st.expander(t("Tell the outcome later"), type="compact"):
        st.code(example.feedback_curl, language="bash", wrap_lines=True)


def timeline(moves: Sequence[Move]) -> None:
    """Who did what and why."""
    section(t("Who did what, and why"))
    words = w()
    facts([(words.datetime(m.occurred_at), telling.move_text(words, m)) for m in moves[:MOST_MOVES]])


def keys(deployment: Deployment, found: Sequence[DeploymentKey]) -> None:
    """The keys that open it, and the way to a new one."""
    live = [k for k in found if k.revoked_at is None]
    opens = n("{n} key opens this deployment", "{n} keys open this deployment", len(live)) if live else t("No program may ask yet.")
    section(t("API keys"), opens)
    refused = states.refused_because(Permission.OPERATE_DEPLOYMENTS)
    for key in live:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            note(
                t("{name} ({hint}…), by {who}, {day}", name=key.name, hint=key.hint, who=key.created_by_name, day=w().date(key.created_at))
            )
            if st.button(t("Revoke"), key=f"k-revoke-{key.id}", disabled=bool(refused), help=refused):
                _ask_revoke(deployment, key)
    if st.button(t("Issue a key"), key="k-issue", disabled=bool(refused), help=refused, icon=":material/key:"):
        _issue(deployment)


def _ask_revoke(deployment: Deployment, key: DeploymentKey) -> None:
    def do(_: str) -> None:
        key_service.revoke_api_key(session.workspace(), session.principal(), deployment.id, key.id)
        session.flash(t("The key {name} is revoked.", name=key.name))

    what = t("Programs that use it are refused within a second. This can't be undone.")
    confirm(t("Revoke the key {name}?", name=key.name), what, do, button=t("Revoke"))


@dialog(" ")
def _issue(deployment: Deployment) -> None:
    form = st.empty()
    with form.container():
        secret = _ask_for_key(deployment)
    if secret:
        form.empty()
        section(t("New API key"))
        st.code(secret, language=None)
        complain(t("Copy it now: it is shown this once and stored nowhere."))


def _ask_for_key(deployment: Deployment) -> str | None:
    section(t("New API key"), t("Name the program that will use it, so that you can revoke it alone."))
    name = text_field(t("Name"), key="k-key-name", longest=80, placeholder=t("CRM system"))
    if not st.button(t("Issue"), type="primary", key="k-key-go", disabled=not name) or not name:
        return None
    try:
        issued = key_service.issue_api_key(session.workspace(), session.principal(), deployment.id, name)
    except KachiError as error:
        states.error(error)
        return None
    return issued.secret


Act = Callable[[str], Deployment]


def actions(deployment: Deployment, back_to: Leading | None) -> None:
    """The bar at the bottom: what can be done with the deployment now."""
    d, refused = deployment, states.refused_because(Permission.OPERATE_DEPLOYMENTS)
    with action_bar(refused or t("Every step is recorded with your name and your reason.")):
        nowhere = refused or (None if back_to else t("No earlier version has led here."))
        if st.button(t("Roll back"), key="k-back", disabled=bool(nowhere), help=nowhere, icon=":material/undo:"):
            _ask(d, "back", back_to)
        if d.canary_id is None:
            return
        if st.button(t("Abort pilot"), key="k-abort", disabled=bool(refused), help=refused):
            _ask(d, "abort")
        if st.button(t("Promote"), key="k-promote", type="primary", disabled=bool(refused), help=refused):
            _ask(d, "promote")


def other_changes(d: Deployment) -> None:
    """What is done more rarely than the steps of the bar."""
    section(t("Other changes"))
    if session.may(Permission.READ_DETAILS):
        link(t("Deploy another version"), "model", model=d.model_id)
    if d.state is DeploymentState.STOPPED:
        return
    refused = states.refused_because(Permission.OPERATE_DEPLOYMENTS)
    with st.container(horizontal=True):
        if d.canary_id is not None and st.button(t("Change share"), key="k-share", disabled=bool(refused), help=refused):
            _share(d)
        if st.button(t("Stop"), key="k-stop", disabled=bool(refused), help=refused):
            _ask(d, "stop")


def _ask(d: Deployment, verb: str, back_to: Leading | None = None) -> None:
    ws, me, seen = session.workspace(), session.principal(), d.generation
    champion, pilot, former = d.champion_number or 0, d.canary_number or 0, back_to.number if back_to else 0
    act: Act
    title, what, button, done, act = {
        "stop": (
            t("Stop {name}?", name=d.model_name),
            t("**No decisions** are made from now on, until a version is deployed again."),
            t("Stop"),
            t("{name} is stopped.", name=d.model_name),
            lambda reason: service.stop_deployment(ws, me, d.id, reason=reason, generation=seen),
        ),
        "back": (
            t("Roll back to version {version}?", version=former),
            t("Version {version} decides again **within two seconds**; no request is lost. A running pilot ends.", version=former),
            t("Roll back"),
            t("Version {version} decides again.", version=former),
            lambda reason: service.roll_back(ws, me, d.id, reason=reason, generation=seen),
        ),
        "abort": (
            t("End the pilot of version {version}?", version=pilot),
            t("Version {version} decides everything again.", version=champion),
            t("Abort pilot"),
            t("The pilot has ended."),
            lambda reason: service.abort_canary(ws, me, d.id, reason=reason, generation=seen),
        ),
        "promote": (
            t("Promote version {version}?", version=pilot),
            t("It decides **everything** from now on. Rolling back is one click."),
            t("Promote"),
            t("Version {version} decides from now on.", version=pilot),
            lambda reason: service.promote_canary(ws, me, d.id, reason=reason, generation=seen),
        ),
    }[verb]

    def do(reason: str) -> None:
        act(reason)
        session.flash(done)

    confirm(title, what, do, button=button, reason_required=True)


@dialog(" ")
def _share(d: Deployment) -> None:
    section(
        t("Share of the pilot"),
        t("Cases that go to version {version} today stay there when the share rises.", version=d.canary_number or 0),
    )
    percent = st.slider(t("Percent of the traffic"), 1, 100, telling.whole_percent(d.canary_share), key=slot("k-share-percent"))
    reason = text_field(t("Reason"), key="k-share-reason", longest=2000)
    if not st.button(t("Change share"), type="primary", key="k-share-go", disabled=not reason) or not reason:
        return
    try:
        share = telling.share_of_percent(percent)
        service.set_canary_share(session.workspace(), session.principal(), d.id, share, reason=reason, generation=d.generation)
    except KachiError as error:
        states.error(error)
        return
    session.flash(t("The pilot now gets {share} of the traffic.", share=w().percent(share)))
    close()


def state_badge(text: str, tone: str) -> Chip:
    """The state beside the finding."""
    return state_chip(text, tone)  # type: ignore[arg-type]
