"""Reports of several classes and of forecasts as pages and lists find them: frozen ones, and those of runs as of now."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Conflict, InvalidInput
from core.identity import Permission, Principal, require
from core.impact import store as rows
from core.impact.source import FinishedRun
from core.impact.task_report import TaskReport, task_report_from_json
from core.impact.task_value import value_task_run
from core.project import service as projects
from core.project.model import Project, Task
from core.training import store as training_rows
from core.training.model import RunState
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ProjectTaskReport:
    """A report with its project; `report_id` is None where it was computed now and not kept."""

    project: Project
    report: TaskReport
    report_id: str | None


def read_task_report(ws: Workspace, frozen: rows.FrozenReport) -> TaskReport:
    """A frozen report, whole.

    Raises:
        Corrupt: its artifact has changed.
    """
    ws.artifacts.verify(frozen.sha256)
    return task_report_from_json(ws.artifacts.path(frozen.sha256).read_bytes())


def shown_run(ws: Workspace, actor: Principal, run_id: str) -> ProjectTaskReport:
    """A run's report as of now.

    Raises:
        as `value_task_run`.
    """
    report = value_task_run(ws, actor, run_id)
    return ProjectTaskReport(projects.get_project(ws, actor, report.project_id), report, None)


def find_latest_task(ws: Workspace, actor: Principal, project_id: str) -> ProjectTaskReport | None:
    """The report that a project's readers want: the newest frozen one, else that of the newest finished run.

    Args:
        project_id: its id or its name in addresses.

    Returns:
        None for yes-or-no projects, and where nothing has been trained yet.

    Raises:
        InvalidInput, Conflict: nothing is frozen, and the newest run can't be valued.
    """
    require(actor, Permission.READ_VALUE)
    project = projects.get_project(ws, actor, project_id)
    if project.task is Task.BINARY:
        return None
    frozen = rows.list_reports(ws.store, project_id=project.id, before_id=None, limit=1)
    if frozen:
        return ProjectTaskReport(project, read_task_report(ws, frozen[0]), frozen[0].id)
    run_id = newest_task_run(ws, project)
    return shown_run(ws, actor, run_id) if run_id else None


def newest_task_run(ws: Workspace, project: Project) -> str | None:
    """The newest finished run of a project; None without one."""
    found = training_rows.list_runs(
        ws.store, project_id=project.id, state=RunState.SUCCEEDED, sort="created", before_id=None, offset=0, limit=1
    )  # fmt: skip
    return found[0].id if found else None


def list_task_runs(ws: Workspace, actor: Principal, project_id: str, limit: int = 20) -> list[FinishedRun]:
    """Finished runs of a project of classes or forecasts that left scores, newest first."""
    require(actor, Permission.READ_VALUE)
    found = training_rows.list_runs(
        ws.store, project_id=project_id, state=RunState.SUCCEEDED, sort="created", before_id=None, offset=0, limit=limit
    )  # fmt: skip
    return [
        FinishedRun(run.id, run.number, run.project_id, run.dataset_version_id, run.summary.best_model, run.artifacts.scores_sha256)
        for run in found
        if run.artifacts is not None and run.summary is not None and run.task is not Task.BINARY
    ]


def list_latest_tasks(ws: Workspace, actor: Principal, limit: int = 50) -> list[ProjectTaskReport]:
    """The newest report of each project of classes or forecasts that has one, newest project first."""
    require(actor, Permission.READ_VALUE)
    found = []
    for project in projects.list_projects(ws, actor, limit=limit):
        try:
            latest = find_latest_task(ws, actor, project.id)
        except (InvalidInput, Conflict):
            continue  # no value model of its kind yet, or no scores: there is nothing to say in money
        found += [latest] if latest else []
    return found
