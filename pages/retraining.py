"""Retraining: a policy per deployment, what it decided last, and every attempt with its reason."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip, Tone, show_chips, state_chip
from app.ui.navigation import goto, link
from app.ui.page import finding, gap, n, note, open_page, section, t, w
from app.ui.policy_form import policy_form
from app.ui.rows import Column, Main, Row, show_rows
from app.ui.text import md
from core.errors import KachiError
from core.identity import Permission
from core.registry.phrases import say
from core.retraining import policy as retraining
from core.retraining.model import Attempt, AttemptState, Trigger
from core.retraining.policy import PolicyView
from core.words import mark

STATES: dict[AttemptState, tuple[str, Tone]] = {
    AttemptState.BUILDING: (mark("Building data"), "blue"),
    AttemptState.TRAINING: (mark("Training"), "blue"),
    AttemptState.COMPARING: (mark("Comparing"), "blue"),
    AttemptState.REQUESTED: (mark("Approval requested"), "green"),
    AttemptState.STOPPED: (mark("Not taken further"), "gray"),
    AttemptState.FAILED: (mark("Broke off"), "red"),
}
TRIGGERS = {
    Trigger.DRIFT: mark("Drift"),
    Trigger.LOST_VALUE: mark("Lost value"),
    Trigger.SCHEDULE: mark("Schedule"),
    Trigger.MANUAL: mark("By hand"),
}


def show_attempt(attempt: Attempt) -> None:
    words = w()
    text, tone = STATES[attempt.state]
    with st.container(border=True, gap="xsmall", key=f"attempt-{attempt.id}"):
        started = t("{trigger}, started {when}", trigger=t(TRIGGERS[attempt.trigger]), when=words.datetime(attempt.started_at))
        show_chips([state_chip(t(text), tone)])
        st.markdown(md(say(words, attempt.outcome or attempt.cause)))
        note(started)
        with st.container(horizontal=True):
            if attempt.approval_id:
                link(t("The request and its evidence"), "approval", approval=attempt.approval_id)
            if attempt.run_id:
                link(t("The challenger's training run"), "run", run=attempt.run_id)


def show_attempts(view: PolicyView) -> None:
    section(
        n("{n} attempt", "{n} attempts", len(view.attempts)),
        t("Both versions decide on the newest cases with a known outcome; only a sure gain goes on."),
    )
    if not view.attempts:
        note(t("None so far."))
    for attempt in view.attempts[:12]:
        show_attempt(attempt)


def show_last(view: PolicyView) -> None:
    words = w()
    if view.evaluation is None:
        note(t("The policy has not been asked yet."))
        return
    asked = t("Asked {ago}; {count} new cases with a known outcome.", ago=words.ago(view.evaluation.evaluated_at, session.workspace().clock()), count=words.number(view.evaluation.new_labelled))  # fmt: skip
    section(say(words, view.evaluation.reason), asked)


def chip(view: PolicyView) -> Chip:
    if view.policy is None or not view.policy.spec.enabled:
        return Chip(t("Off"), "gray", "○")
    return state_chip(t("On"), "green")


def main() -> None:
    ws, me = session.workspace(), session.principal()
    views = retraining.list_policies(ws, me)
    chosen = next((v for v in views if session.query("deployment") in {v.live.id, v.live.name}), views[0] if len(views) == 1 else None)
    refused = states.refused_because(Permission.EDIT_POLICIES)
    with open_page(t("Operate"), t("Retraining"), *([chosen.live.name] if chosen else [])):
        if chosen and st.button(t("Retrain now"), key="retrain-now", disabled=bool(refused), help=refused):
            try:
                retraining.retrain_now(ws, me, chosen.live.id)
            except KachiError as error:
                session.flash(w().t(error.template, **error.fields), "warning")
            else:
                session.flash(t("Retraining has started. Its data is being built."))
            st.rerun()
    if not views:
        finding(t("Nothing to retrain yet"))
        states.empty(t("No deployment yet"), t("When a version is deployed, a policy here keeps it up to date."))
        return
    if chosen is None:
        finding(n("{n} deployment", "{n} deployments", len(views)), t("Each has its own policy."))
        columns = [Column(t("Deployment"), "main"), Column(t("Policy"), "chip"), Column(t("Attempts"), "muted")]
        rows = [
            Row(v.live.id, (Main(v.live.name, say(w(), v.evaluation.reason) if v.evaluation else ""), chip(v), str(len(v.attempts))))
            for v in views
        ]
        if opened := show_rows(columns, rows, key="policies", label=t("Retraining")):
            goto("retraining", deployment=opened)
        return
    on = bool(chosen.policy and chosen.policy.spec.enabled)
    finding(
        t("{name} is retrained by itself", name=chosen.live.name) if on else t("{name} is retrained only by hand", name=chosen.live.name)
    )
    gap()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_last(chosen)
        gap()
        show_attempts(chosen)
    with right:
        policy_form(chosen)


main()
