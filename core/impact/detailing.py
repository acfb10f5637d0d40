"""Working out a report's details: when it is frozen and when it is exported, never while a page only shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import NewType

from core.identity import Permission, Principal, require
from core.impact.attributes import choose_attributes
from core.impact.breakdown import assess_run_fairness, segments_of
from core.impact.details import Details
from core.impact.particulars import particulars_of
from core.impact.report import ImpactReport
from core.impact.scenario_service import scenarios_of
from core.impact.two_way import move_two, widest_pair
from core.workspace import Workspace

Detailed = NewType("Detailed", ImpactReport)


def detail_report(ws: Workspace, actor: Principal, report: ImpactReport) -> Detailed:
    """A report with its details; one that has them stays as it is.

    Takes a second or two on 50,000 rows: call it before a transaction, not within.

    Raises:
        NotFound: its run, data or value model is gone.
    """
    require(actor, Permission.READ_VALUE)
    if report.details is not None:
        return Detailed(report)
    chosen, pair = choose_attributes(ws, report), widest_pair(report)
    details = Details(
        segments_of(ws, actor, report), tuple(assess_run_fairness(ws, actor, report, column) for column in chosen.columns), chosen.people,
        scenarios_of(ws, actor, report), particulars_of(ws, actor, report), move_two(ws, actor, report, *pair) if pair else None,
    )  # fmt: skip
    return Detailed(replace(report, details=details))
