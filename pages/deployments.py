"""All deployments: which models make decisions now, and how each stands."""

import streamlit as st

from app.ui import session, states
from app.ui.chips import state_chip
from app.ui.navigation import goto
from app.ui.page import finding, open_page, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.serving import telling
from core.serving.service import list_deployments

ws, me, words = session.workspace(), session.principal(), w()
found = list_deployments(ws, me, limit=200)

with open_page(t("Deployments")):
    pass
if not found:
    finding(t("No model makes decisions yet"), t("A version is deployed once somebody has approved it."))
    if states.empty(
        t("Nothing is deployed"), t("Approve a version and deploy it; one click does both."), t("Open approvals"), key="deployments"
    ):
        goto("approvals")
    st.stop()
finding(telling.list_headline(words, found), t("Only versions that somebody approved are served; each change says who made it and why."))
columns = [
    Column(t("Deployment"), "main"),
    Column(t("State"), "chip"),
    Column(t("Serves"), "text", phone="end"),
    Column(t("Changed"), "muted"),
]
rows = []
for d in found:
    text, tone = telling.listed_state(words, d)
    chip = state_chip(text, tone)  # type: ignore[arg-type]
    rows.append(Row(d.id, (Main(d.model_name, d.name), chip, telling.serves(words, d), words.ago(d.updated_at, ws.clock()))))
if opened := show_rows(columns, rows, key="deployments", label=t("Deployments")):
    goto("deployment", deployment=opened)
