"""The attempts of a retraining policy, each with its reason."""

import streamlit as st

from app.ui.chips import Tone, show_chips, state_chip
from app.ui.navigation import link
from app.ui.page import n, note, section, t, w
from app.ui.text import md
from core.registry.phrases import say
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


def _show_attempt(attempt: Attempt) -> None:
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
    """The newest attempts, each as a card."""
    section(
        n("{n} attempt", "{n} attempts", len(view.attempts)),
        t("Both versions decide on the newest cases with a known outcome; only a sure gain goes on."),
    )
    if not view.attempts:
        note(t("None so far."))
    for attempt in view.attempts[:12]:
        _show_attempt(attempt)
