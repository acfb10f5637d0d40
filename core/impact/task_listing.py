"""Runs of several classes and forecasts as lists and addresses find them: the newest of each project, in money."""

from __future__ import annotations

from core.errors import Conflict, InvalidInput
from core.identity import Permission, Principal, require
from core.impact.amounts import Amount
from core.impact.task_value import TaskValue, value_task_run
from core.project import service as projects
from core.project.model import Project, Task
from core.training import store as training_rows
from core.training.model import RunState
from core.workspace import Workspace


def newest_task_run(ws: Workspace, actor: Principal, project: Project) -> str | None:
    """The newest finished run of a project that isn't one of yes-or-no decisions; None without one."""
    require(actor, Permission.READ_VALUE)
    if project.task is Task.BINARY:
        return None
    found = training_rows.list_runs(
        ws.store, project_id=project.id, state=RunState.SUCCEEDED, sort="created", before_id=None, offset=0, limit=1
    )  # fmt: skip
    return found[0].id if found else None


def find_task_run(ws: Workspace, actor: Principal, project_id: str) -> str | None:
    """The same, by the project's id or name in addresses."""
    return newest_task_run(ws, actor, projects.get_project(ws, actor, project_id))


def list_task_values(ws: Workspace, actor: Principal, limit: int = 50) -> list[TaskValue]:
    """The newest run of each project of classes or forecasts that can be valued, newest project first."""
    require(actor, Permission.READ_VALUE)
    found = []
    for project in projects.list_projects(ws, actor, limit=limit):
        run_id = newest_task_run(ws, actor, project)
        try:
            found += [value_task_run(ws, actor, run_id)] if run_id else []
        except (InvalidInput, Conflict):
            continue  # no value model of its kind yet, or no scores: there is nothing to say in money
    return found


def gain_of(value: TaskValue) -> Amount:
    """What the recommended policy brings (or saves) a period over the best one that needs no model."""
    if value.classes is not None:
        return value.classes.gain
    assert value.forecast is not None
    return value.forecast.saving
