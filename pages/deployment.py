"""One deployment: who answers, how much and how fast, how to ask it, and what can be done with it."""

import streamlit as st

from app.ui import deployment_views as views
from app.ui import session, states
from app.ui.cards import Card, show_cards
from app.ui.navigation import goto, link
from app.ui.page import finding, gap, open_page, sources, t, w
from core.errors import KachiError, NotFound
from core.identity import Permission
from core.monitoring.service import list_traffic
from core.project.service import get_project
from core.serving import telling
from core.serving.example import request_example
from core.serving.keys import list_api_keys
from core.serving.model import Deployment
from core.serving.service import get_deployment, roll_back_target
from core.serving.service import timeline as list_moves
from core.serving.status import deployment_status
from core.serving.telling import DayOfVersion


def traffic(deployment: Deployment) -> list[DayOfVersion]:
    """Decisions by day and version, as monitoring has summed them; none where it has nothing yet."""
    try:
        days = list_traffic(session.workspace(), session.principal(), deployment.id)
    except KachiError:
        return []
    return [DayOfVersion(d.day, d.version, d.predictions, d.latency_ms_mean) for d in days]


@st.fragment(run_every="5s")
def live(deployment: Deployment, days: list[DayOfVersion]) -> None:
    """The finding and the figures of the last minute, renewed by themselves."""
    ws, me, words = session.workspace(), session.principal(), w()
    status = deployment_status(ws, me, deployment.id)
    keys = list_api_keys(ws, me, deployment.id) if session.may(Permission.READ_DETAILS) else None
    badge = views.state_badge(telling.state(words, status), telling.tone(status))
    finding(telling.headline(words, status), telling.lead(words, status, keys), chip=badge)
    show_cards([Card(label, value, note=remark) for label, value, remark in telling.cards(words, status, days)])


def show_details(deployment: Deployment) -> None:
    """What happened to it; for those who work on it also its keys, how to ask it, and the rarer changes."""
    ws, me = session.workspace(), session.principal()
    moves = list_moves(ws, me, deployment.id)
    if not session.may(Permission.READ_DETAILS):
        views.timeline(moves)
        return
    left, right = st.columns(2, gap="medium")
    with left:
        views.timeline(moves)
        gap()
        views.keys(deployment, list_api_keys(ws, me, deployment.id))
        gap()
        views.other_changes(deployment)
    with right:
        views.request_to_copy(request_example(ws, me, deployment.id))


def main() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    try:
        deployment = get_deployment(ws, me, session.query("deployment") or "")
        project = get_project(ws, me, deployment.project_id)
    except NotFound:
        states.not_found(t("deployment"), t("The list of deployments shows what there is."), t("All deployments"), "deployments")
        return
    status = deployment_status(ws, me, deployment.id)
    changed = t("changed {ago}", ago=words.ago(deployment.updated_at, ws.clock()))
    with open_page(t("Deployments"), deployment.model_name, freshness=changed, sample=project.is_sample or None):
        link(t("Value ledger"), "value_ledger", deployment=deployment.id)
        if session.may(Permission.READ_DETAILS):
            link(t("Monitoring"), "monitoring", deployment=deployment.id)
    days = traffic(deployment)
    with st.container(key="k-live"):
        live(deployment, days)
    gap()
    views.charts(days)
    gap()
    show_details(deployment)
    sources(
        [
            (t("Live figures"), t("the gateway's last minute, renewed every five seconds")),
            (t("Gateway serves"), telling.in_step_text(words, status)),
            (t("Answers are kept"), telling.disk_text(words, status)),
            (t("Charts"), t("decisions that monitoring has taken in, by day")),
        ]
    )
    views.actions(deployment, roll_back_target(ws, me, deployment.id))


if not session.query("deployment"):
    goto("deployments")
main()
