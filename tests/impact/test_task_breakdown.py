"""Where classes and forecasts lose money and how alike they treat groups: against groups that were made so, by hand, and through the service."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidInput, PermissionDenied
from core.identity import Principal
from core.impact import fairness_sentences as fair
from core.impact import reports
from core.impact import segment_sentences as where
from core.impact import task_breakdown as breakdown
from core.impact.fairness import FairnessMetric, GapVerdict
from core.impact.payoff import RowValues
from core.impact.segments import find_segments
from core.impact.task_detailing import detail_task
from core.impact.task_fairness import assess_task_fairness
from core.impact.task_group_words import group_figures, unlike_finding
from core.impact.task_report import TaskReport, task_report_from_json, task_report_to_json
from core.impact.task_value import task_slices, value_task_run
from core.project.model import Task
from core.words import Words
from core.workspace import Workspace
from tests.impact.test_task_value import COSTS, DEVIATIONS, finished, project_of

EN, JA = Words("en"), Words("ja")
RIGHT, ENOUGH = (FairnessMetric.RIGHT, FairnessMetric.VALUE), (FairnessMetric.ENOUGH, FairnessMetric.COST)


def poor_north(rows: int = 8_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """In the north every other case is L, whatever the model says: always deciding on L would do better there."""
    rng = np.random.default_rng(4)
    p, north = rng.beta(1, 4, rows), rng.random(rows) < 0.25
    y = np.where(rng.random(rows) < np.where(north, 0.5, p), "L", "F")
    split = np.where(np.arange(rows) < rows // 2, "validation", "test")
    data = pd.DataFrame(
        {"region": np.where(north, "north", "south"), "gender": rng.choice(["f", "m"], rows), "load": rng.normal(0, 1, rows)}
    )
    return pd.DataFrame({"split": split, "y": y, "p:F": 1 - p, "p:L": p}), data


def short_north(rows: int = 8_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """In the north more is needed than the model knows."""
    rng = np.random.default_rng(5)
    forecast, north = rng.uniform(50, 150, rows), rng.random(rows) < 0.2
    actual = forecast + rng.normal(0, 10, rows) + np.where(north, 90, 0)
    split = np.where(np.arange(rows) < rows // 2, "validation", "test")
    data = pd.DataFrame({"region": np.where(north, "north", "south"), "age": rng.integers(18, 80, rows)})
    return pd.DataFrame({"split": split, "y": actual, "score": forecast}), data


@pytest.fixture
def classes(ws: Workspace, scientist: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TaskReport:
    frame, data = poor_north()
    finished(ws, tmp_path, monkeypatch, Task.MULTICLASS, project_of(ws, scientist, Task.MULTICLASS, COSTS).id, frame, data)
    return value_task_run(ws, scientist, "run-1")


@pytest.fixture
def forecast(ws: Workspace, scientist: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TaskReport:
    frame, data = short_north()
    finished(ws, tmp_path, monkeypatch, Task.REGRESSION, project_of(ws, scientist, Task.REGRESSION, DEVIATIONS).id, frame, data)
    return value_task_run(ws, scientist, "run-1")


def test_what_decisions_came_to_adds_up_to_the_report(ws: Workspace, classes: TaskReport) -> None:
    found = breakdown.outcomes_of(classes, *task_slices(ws, classes))
    assert classes.classes is not None
    assert (found.own - found.other).mean() * 1_000 == pytest.approx(float(classes.gain.value), abs=0.01)
    assert found.own.mean() * 1_000 == pytest.approx(float(classes.value.value), abs=0.01)
    assert found.good.sum() == sum(classes.classes.counts[i][i] for i in range(2))


def test_what_plans_came_to_adds_up_to_the_report(ws: Workspace, forecast: TaskReport) -> None:
    found = breakdown.outcomes_of(forecast, *task_slices(ws, forecast))
    assert forecast.forecast is not None
    assert (found.own - found.other).mean() * 1_000 == pytest.approx(float(forecast.gain.value), abs=0.01)
    ours = forecast.forecast.policy_value(forecast.forecast.recommended)
    assert ours is not None
    assert (-found.own.mean() * 1_000, found.good.mean()) == (pytest.approx(float(ours.cost.value), abs=0.01), pytest.approx(ours.covered))


def test_the_segment_that_loses_is_found(ws: Workspace, viewer: Principal, classes: TaskReport) -> None:
    found = breakdown.task_segments(ws, viewer, classes)
    worst = found.losing[0]
    assert ("region", "north") in [(g.feature, g.value) for g in worst.groups]
    assert breakdown.task_segments(ws, viewer, classes) is found
    assert "deciding by the model brings" in where.segment_sentence(EN, worst, classes.setting, found.gain_per_case)
    assert "always deciding on L" in where.segment_sentence(EN, worst, classes.setting, found.gain_per_case)
    with pytest.raises(PermissionDenied):
        breakdown.task_segments(ws, Principal("x", "X", "", frozenset()), classes)


def test_where_plans_lose_is_told_as_a_cost(ws: Workspace, viewer: Principal, forecast: TaskReport) -> None:
    found = breakdown.task_segments(ws, viewer, forecast)
    worst = found.losing[0]
    assert ("region", "north") in [(g.feature, g.value) for g in worst.groups]
    told = where.segment_sentence(EN, worst, forecast.setting, found.gain_per_case)
    assert "planning by the model costs €" in told
    assert where.segment_sentence(JA, worst, forecast.setting, found.gain_per_case).endswith("）。")


def test_groups_are_compared_in_shares_and_in_money(ws: Workspace, viewer: Principal, classes: TaskReport, forecast: TaskReport) -> None:
    by_region = breakdown.task_fairness(ws, viewer, forecast, "region")
    north = next(g for g in by_region.groups if g.group.value == "north")
    assert north.good.high < 0.2
    share, cost = by_region.gaps
    assert (share.metric, share.verdict, share.lowest.value) == (FairnessMetric.ENOUGH, GapVerdict.WARNING, "north")
    assert (cost.metric, cost.verdict, cost.highest.value) == (FairnessMetric.COST, GapVerdict.NOTICE, "north")
    assert fair.gap_sentence(EN, share, forecast.setting).startswith("Of 100 customers, the plan is enough in ")
    assert fair.gap_sentence(EN, cost, forecast.setting).startswith("Errors cost €")
    for words in (EN, JA):
        shown = group_figures(words, forecast.setting, by_region, of_people=True)
        assert len(shown.rows) == 2
        assert unlike_finding(words, forecast.setting, by_region)
    with pytest.raises(InvalidInput, match="no column 'y'"):
        breakdown.task_fairness(ws, viewer, forecast, "y")


def test_shares_and_amounts_are_those_of_the_rows() -> None:
    rng = np.random.default_rng(1)
    group = pd.Series(rng.choice(["a", "b", "c"], 3_000, p=[0.6, 0.39, 0.01]), name="shop")
    good, money = rng.random(3_000) < np.where(group == "a", 0.9, 0.6), rng.normal(5, 1, 3_000) + (group == "b")
    found = assess_task_fairness(group, good, money.to_numpy(), RIGHT)
    for told in found.groups:
        here = (group == told.group.value).to_numpy()
        assert told.rows == here.sum()
        assert told.good.value == pytest.approx(good[here].mean())
        assert float(told.per_case.value) == pytest.approx(money[here].mean(), abs=1e-5)
    right, value = found.gaps
    assert (right.verdict, right.lowest.value, right.highest.value) == (GapVerdict.WARNING, "b", "a")
    assert right.difference.low > 0.2
    assert value.difference.value == pytest.approx(1, abs=0.1)
    assert [g.group.value for g in found.too_small] == ["c"]


def test_like_groups_seldom_warn() -> None:
    """Where groups are treated alike, fewer than one look in twenty finds a gap that is surely there."""
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        group = pd.Series(rng.choice(["a", "b", "c"], 600), name="shop")
        found = assess_task_fairness(group, rng.random(600) < 0.8, rng.exponential(5, 600), ENOUGH)
        alarms += bool(found.warnings)
    assert alarms <= 14


def test_a_report_is_detailed_once_and_kept(ws: Workspace, scientist: Principal, classes: TaskReport) -> None:
    found = detail_task(ws, scientist, classes)
    assert found.details is not None
    assert found.details.people == ("gender",)
    assert found.details.fairness[0].attribute == "gender"
    assert found.details.warnings == ()
    assert found.details.segments.losing
    assert detail_task(ws, scientist, found) is found
    kept = task_report_from_json(task_report_to_json(found))
    assert kept == found
    frozen = reports.read_frozen(ws, scientist, reports.freeze_run(ws, scientist, "run-1").id)
    assert isinstance(frozen, TaskReport)
    assert frozen.details == found.details
    assert breakdown.task_segments(ws, scientist, frozen) == found.details.segments
    assert frozen.details is not None
    assert breakdown.task_fairness(ws, scientist, frozen, "gender") == frozen.details.fairness_by("gender")


def test_days_that_go_wrong_as_a_whole_seldom_warn() -> None:
    """Rows of a day share their luck: counted one by one they would warn too often, counted by day they don't."""
    rows, alarms, losing = np.repeat(np.arange(60), 20), [0, 0], [0, 0]
    for seed in range(80):
        rng = np.random.default_rng(seed)
        luck, shop = rng.normal(0, 1, 60), rng.choice(["a", "b"], 60)
        group = pd.Series(shop[rows], name="shop")
        money = luck[rows] + rng.normal(0, 0.5, rows.size)
        frame = pd.DataFrame({"shop": group, "kind": rng.choice(["x", "y", "z"], 60)[rows]})
        for place, blocks in enumerate((None, rows)):
            alarms[place] += bool(assess_task_fairness(group, money > 0, money, ENOUGH, blocks=blocks).warnings)
            values = RowValues(money, np.zeros(rows.size))
            losing[place] += bool(find_segments(frame, values, np.ones(rows.size), 0.0, 100, seed, blocks=blocks).losing)
    assert alarms[0] > 20
    assert losing[0] > 20
    assert alarms[1] <= 7
    assert losing[1] <= 7


def test_scores_that_name_no_rows_leave_the_breakdowns_out(
    ws: Workspace, scientist: Principal, classes: TaskReport, tmp_path: Path
) -> None:
    pd.read_parquet(ws.artifacts.path(classes.provenance.scores_sha256)).drop(columns="row").to_parquet(tmp_path / "old.parquet")
    scores = ws.artifacts.put(tmp_path / "old.parquet").sha256
    old = replace(classes, provenance=replace(classes.provenance, scores_sha256=scores))
    assert detail_task(ws, scientist, old) is old
    with pytest.raises(InvalidInput, match="Train it again"):
        breakdown.task_segments(ws, scientist, old)
