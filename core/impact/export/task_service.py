"""What people take of a run of several classes or of a forecast: a file, marked as a draft, since such reports aren't frozen."""

from __future__ import annotations

from core.data import store as data_rows
from core.identity import Principal
from core.impact.export.formats import ExportFormat
from core.impact.export.process import make_beside
from core.impact.export.service import Exported
from core.impact.export.spec import Origin
from core.impact.export.task_spec import TaskSpec, task_value_to_json
from core.impact.task_value import TaskValue, value_task_run
from core.words import Language
from core.workspace import Workspace


def export_task(
    ws: Workspace, actor: Principal, run_id: str, form: ExportFormat, language: Language, value_model_id: str | None = None
) -> Exported:
    """A run of several classes or a forecast as a file.

    Raises:
        NotFound: no such run or value model. InvalidInput: it can't be valued. Unavailable: the file can't be
            made now.
    """
    value = value_task_run(ws, actor, run_id, value_model_id)
    name = task_file_name(value, form, language)
    if form is ExportFormat.DATA:
        return Exported(name, form.media_type, task_value_to_json(value))
    version = data_rows.get_version(ws.store, value.dataset_version_id)
    named = (version.name, version.number) if version else ("", 0)
    project = value.project
    origin = Origin(project.name, project.question, project.is_sample, *named)
    data = make_beside(ws.settings, TaskSpec(form, language, ws.settings.timezone, value, origin))
    return Exported(name, form.media_type, data)


def task_file_name(value: TaskValue, form: ExportFormat, language: Language) -> str:
    """What the file is called."""
    return f"{value.project.slug}-impact-run-{value.run_number}-draft-{language}.{form.value}"
