"""The menu that takes an impact report out of the portal: the formats, in either language, made when they are asked for."""

from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st

from app.ui import session
from app.ui.downloads import telling
from app.ui.navigation import goto
from app.ui.page import note, t
from core.identity.permissions import Permission
from core.identity.principal import Principal
from core.impact.export.failures import NoPdfHere, missing_library
from core.impact.export.formats import ExportFormat
from core.impact.export.service import export_shown, file_name
from core.impact.report import ImpactReport, ThresholdSource
from core.impact.reports import AnyShown, freeze_run
from core.words import Language, error_text, mark
from core.workspace import Workspace

LABELS: Final = {
    ExportFormat.PDF: (mark("PDF, to read and print"), ":material/picture_as_pdf:"),
    ExportFormat.SLIDES: (mark("PowerPoint, to present"), ":material/slideshow:"),
    ExportFormat.WORKBOOK: (mark("Excel, to calculate with"), ":material/table_chart:"),
    ExportFormat.PAGE: (mark("Web page, to keep"), ":material/html:"),
    ExportFormat.DATA: (mark("JSON, for programs"), ":material/data_object:"),
}
LANGUAGES: Final[dict[Language, str]] = {"en": "English", "ja": "日本語"}


def export_menu(shown: AnyShown) -> None:
    """A button that opens the formats; a draft can be frozen there first."""
    with st.popover(t("Download"), icon=":material/download:", type="tertiary"):
        if shown.report_id:
            note(t("Frozen and signed: these figures stay as they are."))
        else:
            note(t("Not frozen yet: files are marked as drafts."))
            _offer_freezing(shown)
        _file_buttons(partial(_data, session.workspace(), session.principal(), shown), partial(file_name, shown))


def _file_buttons(make: Callable[[ExportFormat, Language], bytes], name: Callable[[ExportFormat, Language], str]) -> None:
    """The language, and a button for each format.

    Args:
        make: the file, once it is asked for: off the page's own thread, so that the page stays usable. name: what it is called.
    """
    chosen = st.segmented_control(
        t("Language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, default=session.language(), key="export-language"
    )
    language: Language = chosen or session.language()
    for form in ExportFormat:
        _button(form, partial(make, form, language), name(form, language))


def _button(form: ExportFormat, make: Callable[[], bytes], name: str) -> None:
    label, icon = LABELS[form]
    missing = missing_library() if form is ExportFormat.PDF else None
    st.download_button(
        t(label),
        telling(make, session.words()),
        name,
        form.media_type,
        icon=icon,
        key=f"export-{form.value}",
        on_click="ignore",
        width="stretch",
        disabled=missing is not None,
        help=error_text(session.words(), NoPdfHere(missing)) if missing else None,
    )


def _data(ws: Workspace, me: Principal, shown: AnyShown, form: ExportFormat, language: Language) -> bytes:
    return export_shown(ws, me, shown, form, language).data


def _offer_freezing(shown: AnyShown) -> None:
    if not session.may(Permission.REGISTER_MODELS):
        return
    if st.button(t("Freeze and sign"), icon=":material/lock:", key="export-freeze", width="stretch"):
        report = shown.report
        threshold = report.threshold if isinstance(report, ImpactReport) and report.threshold_source is ThresholdSource.READER else None
        frozen = freeze_run(
            session.workspace(), session.principal(), report.run_id, value_model_id=report.value_model_id, threshold=threshold
        )
        session.flash(t("The report is frozen and signed."))
        goto("impact_report", report=frozen.id)
