"""Retraining: a policy per deployment, what it decided last, and every attempt with its reason."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import Chip, state_chip
from app.ui.navigation import goto
from app.ui.page import finding, gap, n, open_page, t, w
from app.ui.policy_form import policy_form
from app.ui.retraining_views import show_attempts
from app.ui.rows import Column, Main, Row, show_rows
from core.errors import KachiError
from core.identity import Permission
from core.registry.phrases import say
from core.retraining import policy as retraining
from core.retraining.policy import PolicyView
from core.words import error_text


def last_answer(view: PolicyView) -> str:
    words = w()
    if view.evaluation is None:
        return t("The policy has not been asked yet.")
    asked = t("Asked {ago}; {count} new cases with a known outcome.", ago=words.ago(view.evaluation.evaluated_at, session.workspace().clock()), count=words.number(view.evaluation.new_labelled))  # fmt: skip
    return words.together(say(words, view.evaluation.reason), asked)


def is_on(view: PolicyView) -> bool:
    return bool(view.policy and view.policy.spec.enabled)


def chip(view: PolicyView) -> Chip:
    return state_chip(t("On"), "green") if is_on(view) else Chip(t("Off"), "gray", "○")


def show_policies(views: list[PolicyView]) -> None:
    alone = sum(is_on(v) for v in views)
    finding(
        n(
            "{n} of {all} deployments is retrained by itself",
            "{n} of {all} deployments are retrained by themselves",
            alone,
            all=len(views),
        )
        if alone
        else t("No deployment is retrained by itself"),
        t("A policy says when a new version is trained. It asks for approval and never deploys by itself."),
    )
    columns = [Column(t("Deployment"), "main"), Column(t("Policy"), "chip"), Column(t("Attempts"), "muted")]
    rows = [
        Row(v.live.id, (Main(v.live.title, say(w(), v.evaluation.reason) if v.evaluation else ""), chip(v), str(len(v.attempts))))
        for v in views
    ]
    if opened := show_rows(columns, rows, key="policies", label=t("Retraining")):
        goto("retraining", deployment=opened)


def main() -> None:
    ws, me = session.workspace(), session.principal()
    views = retraining.list_policies(ws, me)
    chosen = next((v for v in views if session.query("deployment") in {v.live.id, v.live.name}), views[0] if len(views) == 1 else None)
    refused = states.refused_because(Permission.EDIT_POLICIES)
    with open_page(t("Retraining"), *([chosen.live.title] if chosen else [])):
        if chosen and st.button(t("Retrain now"), key="retrain-now", disabled=bool(refused), help=refused):
            try:
                retraining.retrain_now(ws, me, chosen.live.id)
            except KachiError as error:
                session.flash(error_text(w(), error), "warning")
            else:
                session.flash(t("Retraining has started. Its data is being built."))
            st.rerun()
    if not views:
        finding(t("Nothing to retrain yet"))
        states.empty(t("No deployment yet"), t("When a version is deployed, a policy here keeps it up to date."))
        return
    if chosen is None:
        show_policies(views)
        return
    name = chosen.live.title
    title = t("{name} is retrained by itself", name=name) if is_on(chosen) else t("{name} is retrained only by hand", name=name)
    finding(title, last_answer(chosen))
    gap()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_attempts(chosen)
    with right:
        policy_form(chosen)


main()
