"""Value contracts of a deployment: by which value model its decisions are valued, and who agreed on it."""

import streamlit as st

from app.ui import contract_views as views
from app.ui import session, states
from app.ui.navigation import goto, link
from app.ui.page import finding, gap, given, open_page, t, w
from core.errors import NotFound
from core.project.service import get_project
from core.registry import contract_sentences as said
from core.registry.contract_store import ContractFilter
from core.registry.contracts import contract_in_force, list_contracts
from core.serving.service import get_deployment


def main() -> None:
    ws, me, words = session.workspace(), session.principal(), w()
    try:
        deployment = get_deployment(ws, me, session.query("deployment"))
        project = get_project(ws, me, deployment.project_id)
    except NotFound:
        states.not_found(t("deployment"), t("The list of deployments shows what there is."))
        link(t("All deployments"), "deployments")
        return
    view = contract_in_force(ws, me, deployment.champion_id) if deployment.champion_id else None
    with open_page(t("Value contracts"), given(deployment.model_name), sample=project.is_sample or None):
        link(t("Value ledger"), "value_ledger", deployment=deployment.id)
    finding(said.headline(words, view), said.lead(words, view), chip=views.contract_chip(view) if view else None)
    if view is not None:
        with st.container(horizontal=True):
            views.sign_button(view, primary=True)
            views.propose_button(view)
            views.restate_button(view, deployment)
        gap()
        views.show_terms(view)
        gap()
    views.show_contracts(list_contracts(ws, me, wanted=ContractFilter(model_id=deployment.model_id)))


if not session.query("deployment"):
    goto("value_ledger")
main()
