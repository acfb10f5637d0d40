"""The menu that takes the report of several classes or of a forecast out of the portal: files made when they are asked for, marked as drafts."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.ui import session
from app.ui.export_menu import LABELS, LANGUAGES
from app.ui.page import note, t
from core.identity.principal import Principal
from core.impact.export.failures import NoPdfHere, missing_library
from core.impact.export.formats import ExportFormat
from core.impact.export.task_service import export_task, task_file_name
from core.impact.task_value import TaskValue
from core.words import Language, error_text
from core.workspace import Workspace


def task_export_menu(value: TaskValue) -> None:
    """A button that opens the formats."""
    address = f"/api/v1/runs/{value.run_id}/impact/task/print?language={session.language()}"
    st.link_button(t("Print"), address, icon=":material/print:", type="tertiary")
    with st.popover(t("Download"), icon=":material/download:", type="tertiary"):
        note(t("Reports of classes and forecasts aren't frozen: files are marked as drafts."))
        chosen = st.segmented_control(
            t("Language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, default=session.language(), key="export-language"
        )
        language: Language = chosen or session.language()
        for form, (label, icon) in LABELS.items():
            if form is not ExportFormat.SLIDES:
                _button(value, form, language, t(label), icon)


def _button(value: TaskValue, form: ExportFormat, language: Language, label: str, icon: str) -> None:
    missing = missing_library() if form is ExportFormat.PDF else None
    st.download_button(
        label,
        partial(_data, session.workspace(), session.principal(), value, form, language),
        task_file_name(value, form, language),
        form.media_type,
        icon=icon,
        key=f"export-{form.value}",
        on_click="ignore",
        width="stretch",
        disabled=missing is not None,
        help=error_text(session.words(), NoPdfHere(missing)) if missing else None,
    )


def _data(ws: Workspace, me: Principal, value: TaskValue, form: ExportFormat, language: Language) -> bytes:
    """The file, once it is asked for: off the page's own thread, so that the page stays usable."""
    return export_task(ws, me, value.run_id, form, language, value.value_model.id).data
