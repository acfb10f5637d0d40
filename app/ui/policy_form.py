"""The form of a deployment's retraining policy."""

import streamlit as st

from app.ui import session, states
from app.ui.forms import number_field
from app.ui.page import section, t
from app.ui.timing import timing_fields
from core.errors import KachiError
from core.identity import Permission
from core.retraining.model import PolicySpec
from core.retraining.policy import PolicyView, put_policy

DAY_H = 24
MONTHLY = "0 3 1 * *"


def policy_form(view: PolicyView) -> None:
    """Draw the form; saving stores the policy."""
    spec = view.policy.spec if view.policy else PolicySpec(enabled=False)
    refused = states.refused_because(Permission.EDIT_POLICIES)
    section(t("Policy"), t("It prepares a better version and asks for its approval. It never deploys by itself."))
    enabled = st.toggle(t("Retrain by itself"), spec.enabled, key="policy-enabled")
    on_drift = st.checkbox(t("When a check finds strong drift"), spec.on_drift, key="policy-drift")
    on_lost = st.checkbox(t("When it earns less than promised"), spec.on_lost_value, key="policy-lost")
    timed = st.checkbox(t("Also at fixed times"), bool(spec.cron), key="policy-timed")
    cron = timing_fields(spec.cron or MONTHLY, "policy-cron") if timed else ""
    days = number_field(
        t("Least time between two attempts"), key="policy-cooldown", value=spec.cooldown_hours / DAY_H, low=0, high=366, decimals=1, unit=t("days")
    )  # fmt: skip
    least = number_field(
        t("Fewest new cases with a known outcome"), key="policy-least", value=spec.min_new_labelled, low=100, high=10_000_000
    )
    most = number_field(t("Most rows to train on"), key="policy-most", value=spec.max_training_rows, low=1_000, high=10_000_000)
    auto = st.checkbox(t("Ask for approval when it surely earns more"), spec.auto_request, key="policy-auto")
    ready = None not in (days, least, most)
    if st.button(t("Save the policy"), type="primary", key="policy-save", disabled=bool(refused) or not ready, help=refused):
        try:
            made = PolicySpec(enabled, on_drift, on_lost, cron, (days or 0) * DAY_H, int(least or 0), int(most or 0), auto)
            put_policy(session.workspace(), session.principal(), view.live.id, made)
        except KachiError as error:
            states.error(error)
        else:
            session.flash(t("The policy is saved."))
            st.rerun()
