"""The card's table as people ask for it: with permission, once, for runs and frozen reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import Conflict, NotFound, PermissionDenied
from core.identity import Principal
from core.impact import explorer_service, service
from core.impact.explorer_service import explore_report, explore_run
from core.impact.explorer_value import curve_under
from core.impact.source import FinishedRun
from core.workspace import Workspace
from tests.impact.conftest import Runs


def test_the_table_says_what_the_report_says(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report, table = service.compute_report(ws, viewer, run.id), explore_run(ws, viewer, run.id)
    curve = curve_under(table, table.agreed)
    here = table.recommended
    assert table.thresholds[here] == report.threshold
    assert curve.value[here] == pytest.approx(float(report.value.value))
    assert curve.low[here] == pytest.approx(float(report.value.low), abs=0.1 * float(report.value.value))
    assert curve.actions[here] == pytest.approx(report.frequencies.actions)
    assert table.rule is not None
    assert (table.agreed.tp, table.agreed.fp, table.agreed.cases, table.agreed.capacity) == (12_000, -1_500, 10_000, None)


def test_the_same_content_is_summed_up_once(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    first = explore_run(ws, viewer, run.id)
    assert explore_run(ws, viewer, run.id) is first
    other = explore_run(ws, viewer, run.id, threshold=0.4)
    assert other.thresholds[other.recommended] == 0.4
    explorer_service._cache._kept.clear()
    assert explore_run(ws, viewer, run.id) == first


def test_a_frozen_report_keeps_its_threshold_and_payoffs(ws: Workspace, scientist: Principal, viewer: Principal, run: FinishedRun) -> None:
    frozen = service.freeze_run_report(ws, scientist, run.id, threshold=0.4)
    table = explore_report(ws, viewer, service.get_report(ws, viewer, frozen.id))
    assert table.thresholds[table.recommended] == 0.4


def test_other_scores_than_the_reports_are_refused(ws: Workspace, viewer: Principal, runs: Runs, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    runs.runs[run.id] = replace(run, scores_sha256="0" * 64)
    with pytest.raises(Conflict, match="other scores"):
        explore_report(ws, viewer, report)


def test_only_those_who_may_see_value(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    nobody = replace(viewer, roles=frozenset())
    with pytest.raises(PermissionDenied):
        explore_report(ws, nobody, report)
    with pytest.raises(PermissionDenied):
        explore_run(ws, nobody, run.id)
    with pytest.raises(NotFound):
        explore_run(ws, viewer, "none")
