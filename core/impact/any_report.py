"""A report of any kind, as it is kept: of yes-or-no decisions, of several classes, of a forecast."""

from __future__ import annotations

from core.impact.report import ImpactReport, report_from_json, report_to_json
from core.impact.task_report import TaskReport, task_report_from_json, task_report_to_json
from core.project.model import Task

AnyReport = ImpactReport | TaskReport


def task_of(report: AnyReport) -> Task:
    """What kind of report it is."""
    return Task.BINARY if isinstance(report, ImpactReport) else report.task


def any_report_to_json(report: AnyReport) -> bytes:
    """A report of any kind as it is frozen."""
    return report_to_json(report) if isinstance(report, ImpactReport) else task_report_to_json(report)


def any_report_from_json(task: Task, content: bytes) -> AnyReport:
    """Read a frozen report.

    Args:
        task: as its row has it.

    Raises:
        Corrupt: not a report of that kind in a format that this release knows.
    """
    return report_from_json(content) if task is Task.BINARY else task_report_from_json(content)
