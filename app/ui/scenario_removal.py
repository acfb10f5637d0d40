"""The dialog that removes a saved scenario of a project, whatever its runs predict."""

from __future__ import annotations

import streamlit as st

from app.ui import session, states
from app.ui.dialogs import close, dialog, slot
from app.ui.page import t
from core.errors import KachiError
from core.impact.scenario_service import delete_scenario, list_scenarios


@dialog(t("Remove a scenario"))
def remove_scenario(project_id: str) -> None:
    """Ask which one, and remove it."""
    ws, me = session.workspace(), session.principal()
    names = {s.id: s.name for s in list_scenarios(ws, me, project_id)}
    chosen = st.selectbox(t("Scenario"), list(names), format_func=lambda key: names[key], key=slot("scenario-which"))
    if st.button(t("Remove"), type="primary", key=slot("scenario-remove-now"), disabled=chosen is None) and chosen:
        try:
            delete_scenario(ws, me, project_id, chosen)
        except KachiError as error:
            states.error(error)
        else:
            close()
