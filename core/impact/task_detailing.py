"""Working out the details of a report of several classes or of a forecast: when it is frozen or exported, never while it is only shown."""

from __future__ import annotations

from dataclasses import replace
from typing import NewType

from core.identity import Permission, Principal, require
from core.impact.task_details import TaskDetails
from core.impact.task_report import TaskReport
from core.workspace import Workspace

DetailedTask = NewType("DetailedTask", TaskReport)


def detail_task(ws: Workspace, actor: Principal, report: TaskReport) -> DetailedTask:
    """A report with its details; one that has them stays as it is."""
    require(actor, Permission.READ_VALUE)
    if report.details is not None:
        return DetailedTask(report)
    return DetailedTask(replace(report, details=TaskDetails()))
