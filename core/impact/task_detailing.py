"""Working out the details of a report of several classes or of a forecast: when it is frozen or exported, never while it is only shown."""

from __future__ import annotations

from dataclasses import replace
from typing import NewType

from core.identity import Permission, Principal, require
from core.impact.task_breakdown import choose_task_columns, task_fairness, task_segments
from core.impact.task_details import TaskDetails
from core.impact.task_report import TaskReport
from core.impact.task_scenario_service import evaluate_task_scenarios
from core.impact.task_value import names_rows
from core.workspace import Workspace

DetailedTask = NewType("DetailedTask", TaskReport)


def detail_task(ws: Workspace, actor: Principal, report: TaskReport) -> DetailedTask:
    """A report with its details; one that has them stays as it is, and one whose scores don't say which rows they are of.

    Takes a second or two on 50,000 rows: call it before a transaction, not within.

    Raises:
        NotFound: its data is gone.
    """
    require(actor, Permission.READ_VALUE)
    if report.details is not None or not names_rows(ws.artifacts.path(report.provenance.scores_sha256)):
        return DetailedTask(report)
    chosen = choose_task_columns(ws, report)
    groups = tuple(task_fairness(ws, actor, report, column) for column in chosen.columns)
    scenarios = evaluate_task_scenarios(ws, actor, report)
    return DetailedTask(replace(report, details=TaskDetails(task_segments(ws, actor, report), groups, chosen.people, scenarios)))
