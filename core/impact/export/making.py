"""From a spec to a file's bytes, by format."""

from __future__ import annotations

import json

from core.errors import InvalidInput
from core.impact.export.formats import ExportFormat
from core.impact.export.spec import ExportSpec, spec_from_json, spec_to_json
from core.impact.export.task_spec import TaskSpec, task_spec_from_json, task_spec_to_json

AnySpec = ExportSpec | TaskSpec


def any_to_json(spec: AnySpec) -> bytes:
    """For the child."""
    return task_spec_to_json(spec) if isinstance(spec, TaskSpec) else spec_to_json(spec)


def any_from_json(body: bytes) -> AnySpec:
    """In the child; a report of decisions has a report, others have figures of their own kind."""
    return spec_from_json(body) if "report" in json.loads(body) else task_spec_from_json(body)


def make_file(spec: AnySpec) -> bytes:
    """Make one file; what a format needs is loaded only for it.

    Raises:
        InvalidInput: JSON, which is the frozen report itself.
    """
    if isinstance(spec, TaskSpec):
        return _task_file(spec)
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


def _task_file(spec: TaskSpec) -> bytes:
    match spec.format:
        case ExportFormat.PDF:
            from core.impact.export.task_html import make_task_pdf

            return make_task_pdf(spec)
        case ExportFormat.PAGE:
            from core.impact.export.task_html import make_task_page

            return make_task_page(spec)
        case ExportFormat.WORKBOOK:
            from core.impact.export.task_workbook import make_task_workbook

            return make_task_workbook(spec)
        case ExportFormat.SLIDES:
            from core.impact.export.task_slides import make_task_slides

            return make_task_slides(spec)
        case ExportFormat.DATA:
            raise InvalidInput("JSON is not made anew: it is the report as it was frozen.", field="format")
