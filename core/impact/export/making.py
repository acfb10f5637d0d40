"""From a spec to a file's bytes, by format."""

from __future__ import annotations

from core.errors import InvalidInput
from core.impact.export.formats import ExportFormat
from core.impact.export.spec import ExportSpec


def make_file(spec: ExportSpec) -> bytes:
    """Make one file; what a format needs is loaded only for it.

    Raises:
        InvalidInput: JSON, which is the frozen report itself.
    """
    match spec.format:
        case ExportFormat.PDF:
            from core.impact.export.pdf import make_pdf

            return make_pdf(spec)
        case ExportFormat.PAGE:
            from core.impact.export.html import make_page

            return make_page(spec)
        case ExportFormat.SLIDES:
            from core.impact.export.slides import make_slides

            return make_slides(spec)
        case ExportFormat.WORKBOOK:
            from core.impact.export.workbook import make_workbook

            return make_workbook(spec)
        case ExportFormat.DATA:
            raise InvalidInput("JSON is not made anew: it is the report as it was frozen.", field="format")
