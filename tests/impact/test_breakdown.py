"""Segments and fairness of a run's own decisions, through the service and over REST."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidInput, PermissionDenied
from core.identity import Principal
from core.impact import breakdown, service
from core.impact.fairness import GapVerdict
from core.impact.source import FinishedRun
from core.project import service as projects
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Formula, PayoffMatrix, Period
from core.workspace import Workspace
from tests.impact.conftest import NOUNS, Runs

pytestmark = pytest.mark.usefixtures("runs")


def poor_north(rows: int = 8_000) -> pd.DataFrame:
    """In the north, acting never pays: the same scores, but hardly a positive case."""
    rng = np.random.default_rng(4)
    score = rng.beta(1.2, 3.5, rows)
    north = rng.random(rows) < 0.25
    y = rng.random(rows) < np.where(north, score * 0.05, score)
    return pd.DataFrame(
        {
            "row": np.arange(rows), "y": y.astype(np.int64), "score": score, "tenure": rng.integers(0, 72, rows).astype(float),
            "region": np.where(north, "north", "south"), "balance": rng.lognormal(4, 1, rows),
        }
    )  # fmt: skip


@pytest.fixture
def run(ws: Workspace, scientist: Principal, runs: Runs) -> FinishedRun:
    payoff = PayoffMatrix(Decimal(100), Decimal(-60), Decimal(0), Decimal(0))
    spec = ProjectSpec("Churn", "Whom?", NOUNS, value=ValueModelSpec("EUR", Period.MONTH, 1_000, payoff))
    return runs.add(projects.create_project(ws, scientist, spec).id, poor_north())


def test_the_segment_that_loses_is_found(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    found = breakdown.segments_of(ws, viewer, report)
    assert found.losing
    assert ("region", "north") in [(g.feature, g.value) for g in found.losing[0].groups]
    assert found.losing[0].gain.high < 0
    assert breakdown.segments_of(ws, viewer, report) is found


def test_groups_are_compared_by_any_column_but_the_target(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    assert "region" in breakdown.list_attributes(ws, viewer, run.id)
    alike = breakdown.assess_run_fairness(ws, viewer, report, "region")
    assert {g.group.value for g in alike.groups} == {"north", "south"}
    assert any(gap.verdict in {GapVerdict.WARNING, GapVerdict.NOTICE} for gap in alike.gaps)
    with pytest.raises(InvalidInput, match="no column 'y'"):
        breakdown.assess_run_fairness(ws, viewer, report, "y")
    nobody = Principal("x", "X", "", frozenset())
    with pytest.raises(PermissionDenied):
        breakdown.segments_of(ws, nobody, report)


def test_a_value_model_of_formulas_is_told_row_by_row(ws: Workspace, scientist: Principal, runs: Runs) -> None:
    payoff = PayoffMatrix(Formula("0.2 * balance"), Decimal(-5), Decimal(0), Decimal(0))
    spec = ValueModelSpec("EUR", Period.MONTH, 1_000, payoff)
    project = projects.create_project(ws, scientist, ProjectSpec("Calls", "Whom?", NOUNS, value=spec))
    run = runs.add(project.id, poor_north())
    report = service.compute_report(ws, scientist, run.id)
    assert report.by_case
    frame = poor_north().iloc[4_000:]
    assert float(report.amounts.tp) == pytest.approx(0.2 * frame["balance"][frame["y"] == 1].mean(), abs=0.01)
    assert report.policy_value(report.policies[1].candidate).behind.value > 0  # type: ignore[union-attr]
    found = breakdown.segments_of(ws, scientist, report)
    assert found.valued_rows == 2_000
    bad = PayoffMatrix(Formula("0.2 * income"), Decimal(-5), Decimal(0), Decimal(0))
    spec = ProjectSpec("Other", "Whom?", NOUNS, value=ValueModelSpec("EUR", Period.MONTH, 10, bad))
    other = runs.add(projects.create_project(ws, scientist, spec).id, poor_north())
    with pytest.raises(InvalidInput, match="income"):
        service.compute_report(ws, scientist, other.id)
