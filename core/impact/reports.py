"""Reports of every kind by one name: a run's as of now, a frozen one, and freezing."""

from __future__ import annotations

from urllib.parse import urlencode

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact import service
from core.impact.any_report import AnyReport
from core.impact.detailing import Detailed, detail_report
from core.impact.freezing import keep_report
from core.impact.report import ImpactReport
from core.impact.service import ProjectReport
from core.impact.source import runs
from core.impact.store import FrozenReport
from core.impact.task_detailing import DetailedTask, detail_task
from core.impact.task_service import ProjectTaskReport, find_latest_task, read_task_report, shown_run
from core.impact.task_value import value_task_run
from core.impact.view import find_report
from core.project import service as projects
from core.project.model import Task
from core.words import Words
from core.workspace import Workspace

AnyShown = ProjectReport | ProjectTaskReport


def compute_any(
    ws: Workspace, actor: Principal, run_id: str, *, value_model_id: str | None = None, threshold: float | None = None
) -> AnyReport:
    """A run's report, whatever it predicts.

    Raises:
        NotFound: no such run or value model. Conflict: it hasn't finished. InvalidInput: it can't be valued in money, or a threshold was
            given for a run without one.
    """
    require(actor, Permission.READ_VALUE)
    if runs().task(ws, run_id) is Task.BINARY:
        return service.compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    if threshold is not None:
        raise InvalidInput("Only yes-or-no decisions have a threshold. Leave it out for this run.", field="threshold")
    return value_task_run(ws, actor, run_id, value_model_id)


def detail_any(ws: Workspace, actor: Principal, report: AnyReport) -> Detailed | DetailedTask:
    """A report with its details, as it is frozen and exported."""
    return detail_report(ws, actor, report) if isinstance(report, ImpactReport) else detail_task(ws, actor, report)


def freeze_run(
    ws: Workspace, actor: Principal, run_id: str, *, value_model_id: str | None = None, threshold: float | None = None
) -> FrozenReport:
    """Compute a run's report and keep it, so that a link to it always shows the same figures.

    Raises:
        as `compute_any`.
    """
    require(actor, Permission.REGISTER_MODELS)
    report = detail_any(ws, actor, compute_any(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold))
    report_id = ws.store.write(lambda tx: keep_report(ws, tx, actor, report))
    return service.find_frozen(ws, actor, report_id)


def read_frozen(ws: Workspace, actor: Principal, report_id: str) -> AnyReport:
    """A frozen report of any kind, whole.

    Raises:
        NotFound: no such report. Corrupt: its artifact has changed.
    """
    frozen = service.find_frozen(ws, actor, report_id)
    return service.get_report(ws, actor, report_id) if frozen.task is Task.BINARY else read_task_report(ws, frozen)


def find_shown(ws: Workspace, actor: Principal, *, report_id: str = "", run_id: str = "", project_id: str | None = None) -> AnyShown | None:
    """The report that an address names: a frozen one, a run's as of now, or a project's newest.

    Returns:
        None where it names nothing, or a project without a finished run.

    Raises:
        NotFound: it names a report, run or project that isn't there. InvalidInput: the run can't be valued in money.
    """
    if report_id:
        frozen = service.find_frozen(ws, actor, report_id)
        if frozen.task is not Task.BINARY:
            return ProjectTaskReport(projects.get_project(ws, actor, frozen.project_id), read_task_report(ws, frozen), report_id)
        return find_report(ws, actor, report_id=report_id)
    if run_id:
        return find_report(ws, actor, run_id=run_id) if runs().task(ws, run_id) is Task.BINARY else shown_run(ws, actor, run_id)
    if project_id is None:
        return None
    return find_latest_task(ws, actor, project_id) or find_report(ws, actor, project_id=project_id)


def print_address(words: Words, shown: AnyShown) -> str:
    """Where the report stands as a page to print, in the reader's language."""
    place = f"impact-reports/{shown.report_id}" if shown.report_id else f"runs/{shown.report.run_id}/impact"
    return f"/api/v1/{place}/print?{urlencode({'language': words.language})}"
