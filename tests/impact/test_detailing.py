"""What stands below a report's card, frozen with it: the same as the page works out, kept whatever changes later, and read from old reports."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from core.errors import Corrupt, PermissionDenied
from core.identity import Principal
from core.impact import breakdown, reports, scenario_service, service, two_way
from core.impact.attributes import choose_attributes, tells_of_people
from core.impact.detailing import detail_report
from core.impact.fairness import GapVerdict
from core.impact.particulars import particulars_of
from core.impact.report import FORMAT, ImpactReport, report_from_json, report_to_json
from core.impact.scenarios import Override, Scenario
from core.impact.sensitivity import Assumption
from core.impact.source import FinishedRun
from core.project import service as projects
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.terms import Economics, Limits
from core.project.value_model import PayoffMatrix, Period
from core.workspace import Workspace
from tests.impact.conftest import NOUNS, Runs

PAYOFF = PayoffMatrix(Decimal(100), Decimal(-60), Decimal(0), Decimal(0))
COSTS = Economics(Decimal(2_000), Decimal(100), None, Decimal("0.05"), 12)
WORSE = Scenario("bad winter", (Override(Assumption.TP, Decimal("0.8"), relative=True),))


def unequal(rows: int = 8_000) -> pd.DataFrame:
    """In the north acting never pays; the old are picked more often than the young; noise tells nothing."""
    rng = np.random.default_rng(4)
    age = rng.integers(18, 80, rows)
    score = np.clip(rng.beta(1.2, 3.5, rows) + (age - 18) / 150, 0.001, 0.999)
    north = rng.random(rows) < 0.25
    y = rng.random(rows) < np.where(north, score * 0.05, score)
    return pd.DataFrame(
        {
            "row": np.arange(rows), "y": y.astype(np.int64), "score": score, "region": np.where(north, "north", "south"), "age": age,
            "gender": rng.choice(["f", "m"], rows), "tier": np.where(score > 0.4, "gold", "basic"), "noise": rng.choice(list("abcd"), rows),
        }
    )  # fmt: skip


def make_run(ws: Workspace, scientist: Principal, runs: Runs, frame: pd.DataFrame, *, economics: Economics = COSTS) -> FinishedRun:
    spec = ProjectSpec("Churn", "Whom?", NOUNS, value=ValueModelSpec("EUR", Period.MONTH, 1_000, PAYOFF, economics=economics))
    return runs.add(projects.create_project(ws, scientist, spec).id, frame)


@pytest.fixture
def run(ws: Workspace, scientist: Principal, runs: Runs) -> FinishedRun:
    made = make_run(ws, scientist, runs, unequal())
    scenario_service.save_scenario(ws, scientist, made.project_id, WORSE)
    return made


def test_details_are_what_the_page_works_out(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    assert report.details is None
    details = detail_report(ws, viewer, report).details
    assert details is not None
    assert details.segments == breakdown.segments_of(ws, viewer, report)
    assert ("region", "north") in [(g.feature, g.value) for g in details.segments.losing[0].groups]
    assert details.fairness == tuple(breakdown.assess_run_fairness(ws, viewer, report, f.attribute) for f in details.fairness)
    assert details.scenarios == scenario_service.evaluate_scenarios(ws, viewer, run.id)
    assert [r.name for r in details.scenarios.results] == ["", "bad winter"]
    assert details.scenarios.results[0].held.gain == report.gain
    assert details.scenarios.results[1].overrides == WORSE.overrides
    assert details.particulars == particulars_of(ws, viewer, report)
    pair = two_way.widest_pair(report)
    assert pair is not None
    assert details.two_way == two_way.move_two(ws, viewer, report, *pair)


def test_columns_that_tell_of_people_are_compared_first(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    chosen = choose_attributes(ws, report)
    assert chosen.people == ("age", "gender")
    # the widest sure gap fills up to three; noise has none
    assert chosen.columns == ("age", "gender", "tier")
    details = detail_report(ws, viewer, report).details
    assert details is not None
    assert [found.attribute for found in details.warnings] == ["age"]
    told = details.fairness_by("tier")
    assert told is not None
    assert any(gap.verdict is GapVerdict.WARNING for gap in told.gaps)


def test_noise_alone_is_no_reason_to_compare(ws: Workspace, scientist: Principal, runs: Runs) -> None:
    frame = unequal()[["row", "y", "score", "noise"]].assign(more=np.random.default_rng(9).choice(list("wxyz"), 8_000))
    report = service.compute_report(ws, scientist, make_run(ws, scientist, runs, frame).id)
    assert choose_attributes(ws, report).columns == ()


def test_columns_that_say_the_same_are_compared_once(ws: Workspace, scientist: Principal, runs: Runs) -> None:
    frame = unequal()[["row", "y", "score", "tier", "region"]]
    other = np.where(frame["region"] == "north", "gold", frame["tier"])
    frame = frame.assign(rank=frame["tier"].map({"gold": 1, "basic": 2}), mixed=other).drop(columns="region")
    report = service.compute_report(ws, scientist, make_run(ws, scientist, runs, frame).id)
    columns = choose_attributes(ws, report).columns
    assert len({"tier", "rank"} & set(columns)) == 1
    assert "mixed" in columns


def test_names_that_tell_of_people() -> None:
    told = ["Sex", "customer_age", "SeniorCitizen", "personal_status_and_sex", "foreign_worker", "DOB", "性別", "顧客年齢", "国籍コード"]
    silent = ["usage", "page_views", "message", "tenure", "average_balance", "sextant", "contract", "障害件数", "利用年数"]
    assert [name for name in told if not tells_of_people(name)] == []
    assert [name for name in silent if tells_of_people(name)] == []


def test_frozen_details_stay_whatever_changes(ws: Workspace, scientist: Principal, viewer: Principal, runs: Runs, run: FinishedRun) -> None:
    frozen = reports.freeze_run(ws, scientist, run.id)
    before = service.get_report(ws, viewer, frozen.id)
    assert before.format == FORMAT
    assert before.details is not None
    saved = scenario_service.list_scenarios(ws, viewer, run.project_id)[0]
    scenario_service.delete_scenario(ws, scientist, run.project_id, saved.id)
    runs.runs.clear()  # nothing can be worked out any more
    kept = service.get_report(ws, viewer, frozen.id)
    assert breakdown.segments_of(ws, viewer, kept) == before.details.segments
    assert breakdown.assess_run_fairness(ws, viewer, kept, "age") == before.details.fairness[0]
    assert [r.name for r in scenario_service.scenarios_of(ws, viewer, kept).results] == ["", "bad winter"]
    assert particulars_of(ws, viewer, kept) == before.details.particulars
    assert before.details.two_way is not None
    pair = (before.details.two_way.first, before.details.two_way.second)
    assert two_way.move_two(ws, viewer, kept, *pair) == before.details.two_way
    assert detail_report(ws, viewer, kept) is kept


def test_reports_of_earlier_formats_are_read(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    second = json.loads(report_to_json(detail_report(ws, viewer, report)))
    del second["details"]
    second["format"] = 2
    assert report_from_json(json.dumps(second).encode()) == _of_format(report, 2)
    first = {key: value for key, value in second.items() if key not in {"policy", "policies", "calibration", "parts", "outcome_gains"}}
    old = report_from_json(json.dumps(first | {"format": 1}).encode())
    assert (old.value, old.gain, old.policies, old.details) == (report.value, report.gain, (), None)
    with pytest.raises(Corrupt, match="format 4"):
        report_from_json(json.dumps(second | {"format": 4}).encode())


def _of_format(report: ImpactReport, number: int) -> ImpactReport:
    return report_from_json(report_to_json(report).replace(b'"format":3', f'"format":{number}'.encode(), 1))


def test_details_survive_json(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = detail_report(ws, viewer, service.compute_report(ws, viewer, run.id))
    assert report_from_json(report_to_json(report)) == report


def test_data_without_a_column_to_group_by(ws: Workspace, scientist: Principal, runs: Runs) -> None:
    bare = make_run(ws, scientist, runs, unequal()[["row", "y", "score"]])
    report = service.get_report(ws, scientist, reports.freeze_run(ws, scientist, bare.id).id)
    assert report.details is not None
    assert (report.details.segments.segments, report.details.fairness) == ((), ())


def test_a_test_slice_with_one_outcome(ws: Workspace, scientist: Principal, runs: Runs) -> None:
    frame = unequal()
    frame.loc[4_000:, "y"] = 0
    report = service.get_report(ws, scientist, reports.freeze_run(ws, scientist, make_run(ws, scientist, runs, frame).id).id)
    assert report.details is not None
    assert report.details.particulars.metrics.reached is None
    assert all(group.reach is None for found in report.details.fairness for group in found.groups)


def test_a_readers_threshold_decides_in_its_scenarios_too(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = detail_report(ws, viewer, service.compute_report(ws, viewer, run.id, threshold=0.7))
    assert report.details is not None
    base, worse = report.details.scenarios.results
    assert base.held.gain == report.gain
    assert base.adapted.value.value > base.held.value.value
    assert worse.held.actions == base.held.actions


def test_scenarios_that_no_longer_fit_are_left_out_by_name(ws: Workspace, scientist: Principal, run: FinishedRun) -> None:
    capped = ValueModelSpec("EUR", Period.MONTH, 1_000, PAYOFF, limits=Limits(capacity=200), economics=COSTS)
    projects.add_value_model(ws, scientist, run.project_id, capped)
    fewer = Scenario("half the callers", (Override(Assumption.CAPACITY, Decimal("0.5"), relative=True),))
    scenario_service.save_scenario(ws, scientist, run.project_id, fewer)
    assert scenario_service.evaluate_scenarios(ws, scientist, run.id).unfit == ()
    projects.add_value_model(ws, scientist, run.project_id, ValueModelSpec("EUR", Period.MONTH, 1_000, PAYOFF, economics=COSTS))
    table = scenario_service.evaluate_scenarios(ws, scientist, run.id)
    assert table.unfit == ("half the callers",)
    assert [r.name for r in table.results] == ["", "bad winter"]
    reports.freeze_run(ws, scientist, run.id)


def test_who_may_not_look_gets_no_details(ws: Workspace, viewer: Principal, run: FinishedRun) -> None:
    report = service.compute_report(ws, viewer, run.id)
    with pytest.raises(PermissionDenied):
        detail_report(ws, Principal("x", "X", "", frozenset()), report)
