"""The card's table as people ask for it: with permission, once, for runs and frozen reports."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.errors import Conflict, NotFound, PermissionDenied
from core.identity import Principal
from core.impact import explorer_service, reports, service
from core.impact.alternatives import AlternativeKind
from core.impact.choosing import Candidate
from core.impact.explorer import Axis
from core.impact.explorer_service import explore_report, explore_run
from core.impact.explorer_value import best_under, curve_under, gain_under
from core.impact.source import FinishedRun
from core.project import service as projects
from core.project.service import ValueModelSpec
from core.project.value_model import Economics, Formula, Limits, PayoffMatrix, Period
from core.workspace import Workspace
from tests.impact.conftest import RULE, Runs, make_frame


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
    explorer_service._tables._kept.clear()
    assert explore_run(ws, viewer, run.id) == first


def test_a_frozen_report_keeps_its_threshold_and_payoffs(ws: Workspace, scientist: Principal, viewer: Principal, run: FinishedRun) -> None:
    frozen = reports.freeze_run(ws, scientist, run.id, threshold=0.4)
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


BY_ROW = PayoffMatrix(Formula("tenure * 60"), Decimal(-1_500), Decimal(0), Formula("-0.1 * tenure"))


@pytest.mark.parametrize(
    "limits",
    [Limits(), Limits(capacity=900), Limits(budget=Decimal(500_000), action_cost=Formula("100 + tenure * 20")), Limits(least_precision=Decimal("0.6"))],
)  # fmt: skip
@pytest.mark.parametrize("prevalence", [None, Decimal("0.1")])
def test_a_policy_case_by_case_is_explored_by_the_share_that_it_treats(
    ws: Workspace,
    viewer: Principal,
    scientist: Principal,
    project: projects.Project,
    runs: Runs,
    limits: Limits,
    prevalence: Decimal | None,
) -> None:
    run = runs.add(project.id, make_frame(6_000))
    spec = ValueModelSpec("JPY", Period.MONTH, 10_000, BY_ROW, RULE, limits=limits, economics=Economics(prevalence=prevalence))
    projects.add_value_model(ws, scientist, project.id, spec)
    report = service.compute_report(ws, viewer, run.id)
    told, rule = report.policy_value(Candidate.CASE_BY_CASE), report.alternative(AlternativeKind.RULE)
    assert told is not None
    assert rule is not None
    table = explore_report(ws, viewer, replace(report, policy=told.policy))
    assert table.axis is Axis.SHARE
    assert table.by_row == ("tp", "tn")
    here, curve = table.recommended, curve_under(table, table.agreed)
    assert table.test.positive.rows[here] == round(told.reached * report.test.positives)
    assert curve.value[here] == pytest.approx(float(told.value.value), rel=1e-6)
    assert curve.actions[here] == pytest.approx(told.actions)
    assert best_under(table, table.agreed) == here
    assert (table.agreed.capacity, table.agreed.budget is not None) == (limits.capacity, limits.budget is not None)
    gain = gain_under(table, table.agreed, here, AlternativeKind.RULE)
    assert gain.value == pytest.approx(float(told.value.value - rule.value.value), rel=1e-6)
    shares = curve.actions / table.agreed.cases
    assert (shares[0], shares[-1]) == (pytest.approx(1), 0)
    assert len(table.thresholds) > 90


def test_a_threshold_on_formulas_and_another_prevalence_is_the_reports(
    ws: Workspace, viewer: Principal, scientist: Principal, project: projects.Project, runs: Runs
) -> None:
    run = runs.add(project.id, make_frame(6_000))
    spec = ValueModelSpec("JPY", Period.MONTH, 10_000, BY_ROW, RULE, economics=Economics(prevalence=Decimal("0.1")))
    projects.add_value_model(ws, scientist, project.id, spec)
    report, table = service.compute_report(ws, viewer, run.id, threshold=0.45), explore_run(ws, viewer, run.id, threshold=0.45)
    assert table.axis is Axis.LIKELIHOOD
    curve = curve_under(table, table.agreed)
    assert table.agreed.prevalence == 0.1
    assert curve.value[table.recommended] == pytest.approx(float(report.value.value), rel=1e-6)
    assert curve.actions[table.recommended] == pytest.approx(report.frequencies.actions)


def test_budget_and_least_share_of_hits_bound_the_best(
    ws: Workspace, viewer: Principal, scientist: Principal, project: projects.Project, run: FinishedRun
) -> None:
    limits = Limits(budget=Decimal(400_000), action_cost=Decimal(500))
    projects.add_value_model(ws, scientist, project.id, ValueModelSpec("JPY", Period.MONTH, 10_000, BY_ROW, limits=limits))
    table = explore_run(ws, viewer, run.id, threshold=0.3)
    assert table.test.positive.spent is not None
    assert table.test.positive.spent[0] == 500 * table.test.positive.rows[0]
    cheaper = replace(table.agreed, fp=-100.0)
    best = best_under(table, cheaper)
    assert curve_under(table, cheaper).actions[best] * 500 <= 400_000
    free = best_under(table, replace(cheaper, budget=None))
    assert curve_under(table, cheaper).actions[free] * 500 > 400_000
    sure = best_under(table, replace(cheaper, budget=None, precision=0.7))
    hits, others = table.validation.positive.rows[sure], table.validation.negative.rows[sure]
    assert hits / (hits + others) == pytest.approx(0.7, abs=0.12)
    assert table.thresholds[sure] > table.thresholds[free]
