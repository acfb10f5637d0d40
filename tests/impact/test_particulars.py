"""Further figures of a run's own decisions: from the same rows as the report, for every kind of policy, and over REST."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from core.errors import PermissionDenied
from core.identity import Principal
from core.impact import service
from core.impact.books import open_book
from core.impact.calibration import Calibration
from core.impact.choosing import Sample
from core.impact.decision import DecisionPolicy, PolicyKind, Resource
from core.impact.particulars import particulars_of, rank_by, work_out
from core.impact.policy import RowPayoffs
from core.impact.sensitivity import Assumption
from core.impact.source import FinishedRun
from core.project import service as projects
from core.project.payoffs import PayoffMatrix
from core.project.service import ValueModelSpec
from core.project.value_model import Economics, Period
from core.workspace import Workspace
from tests.impact.conftest import PAYOFF, RULE


def test_they_are_of_the_reports_own_decisions(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    found = particulars_of(ws, viewer, report)
    cells = report.cells
    assert found.metrics.right.value == pytest.approx((cells.tp + cells.tn) / cells.rows)
    assert found.metrics.reached is not None
    assert found.metrics.reached.value == pytest.approx(cells.tp / cells.positives)
    assert found.reach.cases == pytest.approx(report.frequencies.positives / 100)
    assert found.reach.alone is not None
    assert float(found.reach.alone.value) == pytest.approx(12_000 * report.frequencies.positives / 100, rel=1e-9)
    assert {p.assumption for p in found.turning} <= {Assumption.PREVALENCE, Assumption.CAPACITY}
    assert particulars_of(ws, viewer, report) is found
    with pytest.raises(PermissionDenied):
        particulars_of(ws, Principal("x", "X", "", frozenset()), report)


def test_costs_turn_volume_into_a_turning_point(
    ws: Workspace, scientist: Principal, viewer: Principal, project: projects.Project, run: FinishedRun
) -> None:
    economics = Economics(one_off_cost=Decimal(100_000), running_cost=Decimal(10_000), horizon_months=24)
    projects.add_value_model(ws, scientist, project.id, ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, RULE, economics=economics))
    report = service.compute_report(ws, viewer, run.id)
    found = {p.assumption: p for p in particulars_of(ws, viewer, report).turning}
    volume = found[Assumption.CASES]
    assert volume.base == 10_000
    assert volume.at == pytest.approx(10_000 * (10_000 + 100_000 / 24) / float(report.gain.value), rel=1e-3)


def test_policies_by_case_rank_by_gain_for_what_is_scarce() -> None:
    rng = np.random.default_rng(3)
    score, cost = rng.random(2_000), rng.uniform(1, 5, 2_000)
    y = rng.random(2_000) < score
    amount = rng.lognormal(2, 1, 2_000)
    payoffs = RowPayoffs(amount, np.full(2_000, -3.0), np.zeros(2_000), np.zeros(2_000))
    book = open_book(y, PayoffMatrix(Decimal(1), Decimal(-3), Decimal(0), Decimal(0)), payoffs)
    sample = Sample(book, score, cost)
    for policy in (
        DecisionPolicy(PolicyKind.EXPECTED_VALUE, 0.0), DecisionPolicy(PolicyKind.EXPECTED_VALUE, 1.5, Resource.CASES),
        DecisionPolicy(PolicyKind.EXPECTED_VALUE, 0.7, Resource.MONEY), DecisionPolicy(PolicyKind.THRESHOLD, 0.4, calibration=Calibration()),
    ):  # fmt: skip
        rank, decision = rank_by(sample, policy), sample.decide(policy)
        assert 0 < decision.mean() < 1
        assert rank[decision].min() >= rank[~decision].max()
        found = work_out(sample, policy, {"nothing": 0.0, "everybody": 1.0}, 1_000, 0.0)
        assert found.metrics.rows == 2_000
        assert found.hits.alone is not None
