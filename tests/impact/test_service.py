"""Reports computed, frozen, read and compared, as people ask for them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from core.errors import InvalidInput, NotFound, PermissionDenied
from core.identity import Principal
from core.impact import reports, service
from core.impact.alternatives import AlternativeKind
from core.impact.choosing import Candidate
from core.impact.comparison import Obstacle
from core.impact.decision import DecisionPolicy, PolicyKind
from core.impact.report import ThresholdSource, Verdict, report_from_json, report_to_json
from core.impact.service import ChampionRef
from core.impact.source import FinishedRun
from core.project import service as projects
from core.project.service import ValueModelSpec
from core.project.value_model import PayoffMatrix, Period, TodaysRule
from core.store.audit import verify_chain
from core.workspace import Workspace
from tests.impact.conftest import PAYOFF, RULE, Runs, make_frame


def test_report_chooses_on_validation_and_values_on_test(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    assert (report.validation.rows, report.test.rows) == (2_000, 2_000)
    assert report.threshold_source is ThresholdSource.VALIDATION
    # the scores are calibrated, so the threshold lies near the Bayes threshold 1500 / 13500 = 0.111
    assert report.threshold == pytest.approx(PAYOFF.bayes_threshold, abs=0.06)
    assert report.value.value == (report.cells.tp * 12_000 - report.cells.fp * 1_500) * Decimal(5)
    assert report.value.low < report.value.value < report.value.high
    assert report.verdict is Verdict.BETTER
    assert {a.kind for a in report.alternatives} == {
        AlternativeKind.NOTHING, AlternativeKind.EVERYBODY, AlternativeKind.RANDOM, AlternativeKind.RULE,
    }  # fmt: skip
    best = max((a for a in report.alternatives if a.kind.needs_no_model), key=lambda a: a.value.value)
    assert report.reference is best.kind
    assert report.gain.value == report.value.value - best.value.value
    assert len(report.curve) <= 1_000
    assert any(point.threshold == report.threshold and point.value == report.value.value for point in report.curve)


def test_report_survives_json(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    data = report_to_json(report)
    assert report_from_json(data) == report
    assert f'"value":"{report.value.value}"'.encode() in data


def test_same_content_is_computed_once_and_alike(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    first = service.compute_report(ws, viewer, run.id)
    assert service.compute_report(ws, viewer, run.id) is first
    service._reports._kept.clear()
    again = service.compute_report(ws, viewer, run.id)
    assert (again.value, again.gain, again.curve, again.tornado) == (first.value, first.gain, first.curve, first.tornado)


def test_readers_threshold(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    best = service.compute_report(ws, viewer, run.id)
    other = service.compute_report(ws, viewer, run.id, threshold=0.9)
    assert other.threshold_source is ThresholdSource.READER
    assert other.value.value < best.value.value
    for outside in (-0.1, 1.1):
        with pytest.raises(InvalidInput, match="between 0 and 1"):
            service.compute_report(ws, viewer, run.id, threshold=outside)


def test_frozen_report_stays_when_the_value_model_changes(
    ws: Workspace, scientist: Principal, viewer: Principal, project: projects.Project, run: FinishedRun
) -> None:
    frozen = reports.freeze_run(ws, scientist, run.id)
    before = service.get_report(ws, viewer, frozen.id)
    dearer = PayoffMatrix(Decimal(3_000), Decimal(-1_500), Decimal(0), Decimal(0))
    projects.add_value_model(ws, scientist, project.id, ValueModelSpec("JPY", Period.MONTH, 10_000, dearer, RULE))
    assert service.get_report(ws, viewer, frozen.id) == before
    now = service.compute_report(ws, viewer, run.id)
    assert (now.value_model_version, before.value_model_version) == (2, 1)
    assert now.value.value < before.value.value
    assert service.compute_report(ws, viewer, run.id, value_model_id=before.value_model_id).value == before.value
    assert (frozen.gain, frozen.value, frozen.verdict) == (before.gain, before.value, before.verdict)
    edges = ws.store.rows("SELECT source_kind, source_id FROM lineage_edges WHERE target_id = ? ORDER BY source_kind", [frozen.id])
    assert edges == [("run", run.id), ("value_model", before.value_model_id)]
    assert verify_chain(ws.store).broken_seq is None
    assert [r.id for r in service.list_frozen(ws, viewer, project_id=project.id)] == [frozen.id]


def test_viewers_may_look_but_not_freeze(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    assert service.compute_report(ws, viewer, run.id).run_id == run.id
    with pytest.raises(PermissionDenied):
        reports.freeze_run(ws, viewer, run.id)


def test_unknown_things_are_named(ws: Workspace, scientist: Principal, project: projects.Project, run: FinishedRun) -> None:
    with pytest.raises(NotFound, match="run"):
        service.compute_report(ws, scientist, "nothing")
    with pytest.raises(NotFound, match="value model"):
        service.compute_report(ws, scientist, run.id, value_model_id="nothing")
    with pytest.raises(NotFound, match="impact report"):
        service.get_report(ws, scientist, "nothing")
    spec = projects.ProjectSpec("Other", "Why?", project.nouns, value=ValueModelSpec("USD", Period.YEAR, 10, PAYOFF))
    other = projects.create_project(ws, scientist, spec)
    foreign = projects.list_value_models(ws, scientist, other.id)[0]
    with pytest.raises(InvalidInput, match="another project"):
        service.compute_report(ws, scientist, run.id, value_model_id=foreign.id)


def test_rule_of_a_missing_column_is_told(
    ws: Workspace, scientist: Principal, runs: Runs, project: projects.Project, run: FinishedRun
) -> None:
    bad = ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, TodaysRule("tenure", RULE.operator, "12"))
    projects.add_value_model(ws, scientist, project.id, bad)
    runs.frames["version-1"] = runs.frames["version-1"].rename(columns={"tenure": "months"}).assign(tenure=np.nan)
    report = service.compute_report(ws, scientist, run.id)
    rule = report.alternative(AlternativeKind.RULE)
    assert rule is not None
    assert rule.actions == 0


def test_comparison_is_paired_on_the_same_rows(
    ws: Workspace, scientist: Principal, runs: Runs, project: projects.Project, run: FinishedRun
) -> None:
    worse = runs.add(project.id, make_frame(4_000), noise=0.35)
    found = service.compare_reports(ws, scientist, [worse.id, run.id])
    assert [r.run_id for r in found.reports] == [run.id, worse.id]
    difference = found.differences[0]
    assert difference.obstacle is None
    assert difference.gain is not None
    assert difference.gain.value == found.reports[0].value.value - found.reports[1].value.value
    # paired: narrower than the two intervals put together
    widths = [r.value.high - r.value.low for r in found.reports]
    assert difference.gain.high - difference.gain.low < sum(widths)
    assert difference.better is not None
    assert difference.better > 0.95


def test_comparison_says_why_it_cannot(
    ws: Workspace, scientist: Principal, runs: Runs, project: projects.Project, run: FinishedRun
) -> None:
    other_rows = runs.add(project.id, make_frame(4_000), test_from=2_500)
    other_data = runs.add(project.id, make_frame(4_000, seed=8), version="version-2")
    found = service.compare_reports(ws, scientist, [run.id, other_rows.id])
    assert found.differences[0].obstacle is Obstacle.ROWS
    assert found.differences[0].gain is None
    assert service.compare_reports(ws, scientist, [run.id, other_data.id]).differences[0].obstacle is Obstacle.DATA
    with pytest.raises(InvalidInput, match="2 to 8"):
        service.compare_reports(ws, scientist, [run.id, run.id])


def test_champion_is_an_alternative_where_its_test_rows_are_the_same(
    ws: Workspace, scientist: Principal, runs: Runs, project: projects.Project, run: FinishedRun
) -> None:
    champion = runs.add(project.id, make_frame(4_000), noise=0.35)
    report = service.compute_report(
        ws, scientist, run.id, champion=ChampionRef(champion.id, DecisionPolicy(PolicyKind.THRESHOLD, 0.2), "version 1")
    )
    found = report.alternative(AlternativeKind.CHAMPION)
    assert found is not None
    assert found.name == "version 1"
    alone = service.compute_report(ws, scientist, champion.id, threshold=0.2)
    assert found.value.value == alone.value.value
    assert report.reference is not AlternativeKind.CHAMPION
    elsewhere = runs.add(project.id, make_frame(4_000, seed=9), version="version-3")
    unlike = service.compute_report(
        ws, scientist, run.id, champion=ChampionRef(elsewhere.id, DecisionPolicy(PolicyKind.THRESHOLD, 0.2), "version 2")
    )
    assert unlike.alternative(AlternativeKind.CHAMPION) is None


def test_leaderboard_in_money(ws: Workspace, scientist: Principal, run: FinishedRun) -> None:
    found = service.list_model_values(ws, scientist, run.id)
    assert [m.model for m in found] == ["LightGBM", "Noise"]
    report = service.compute_report(ws, scientist, run.id)
    single = report.policy_value(Candidate.BEST_THRESHOLD)
    assert single is not None
    assert (found[0].value, found[0].threshold) == (single.value, single.policy.cut)
