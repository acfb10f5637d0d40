"""The menu that takes the report of several classes or of a forecast out of the portal: files made when they are asked for, marked as drafts."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.ui import session
from app.ui.export_menu import file_buttons
from app.ui.page import note, t
from core.identity.principal import Principal
from core.impact.export.formats import ExportFormat
from core.impact.export.task_service import export_task, task_file_name
from core.impact.task_value import TaskValue
from core.words import Language
from core.workspace import Workspace


def task_export_menu(value: TaskValue) -> None:
    """A button that opens the formats."""
    address = f"/api/v1/runs/{value.run_id}/impact/task/print?language={session.language()}"
    st.link_button(t("Print"), address, icon=":material/print:", type="tertiary")
    with st.popover(t("Download"), icon=":material/download:", type="tertiary"):
        note(t("Reports of classes and forecasts aren't frozen: files are marked as drafts."))
        file_buttons(list(ExportFormat), partial(_data, session.workspace(), session.principal(), value), partial(task_file_name, value))


def _data(ws: Workspace, me: Principal, value: TaskValue, form: ExportFormat, language: Language) -> bytes:
    return export_task(ws, me, value.run_id, form, language, value.value_model.id).data
