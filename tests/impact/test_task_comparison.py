"""Runs of classes and of forecasts beside each other: paired row by row, told apart by hand, and where they can't be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidInput, NotFound, PermissionDenied
from core.identity import Principal
from core.impact import task_comparison_words as tell
from core.impact.amounts import Amount
from core.impact.comparison import Obstacle
from core.impact.comparison_words import differences_finding, obstacle_text
from core.impact.task_comparison import TaskComparison, compare_runs, compare_tasks
from core.impact.task_service import list_task_runs
from core.project import service as projects
from core.project.model import Task
from core.project.payoffs import DeviationCosts, Formula
from core.project.service import ValueModelSpec
from core.project.value_model import Period
from core.words import Words
from core.workspace import Workspace
from tests.impact.task_runs import add_task_run
from tests.impact.test_task_value import COSTS, DEVIATIONS, project_of

EN, JA = Words("en"), Words("ja")
ROWS = 2_400
TRUTH = np.where(np.random.default_rng(1).random(ROWS) < 0.3, "L", "F")
DEMAND = np.random.default_rng(2).uniform(50, 150, ROWS)


def split(rows: int = ROWS) -> np.ndarray:
    return np.where(np.arange(rows) < rows // 2, "validation", "test")


def classes(seed: int, sharp: float) -> pd.DataFrame:
    """Chances that come true, of a normal sign that tells the classes apart the better the sharper it is."""
    sign = np.random.default_rng(seed).normal(np.where(TRUTH == "L", sharp, -sharp), 1)
    p = 1 / (1 + np.exp(-(2 * sharp * sign + np.log(0.3 / 0.7))))
    return pd.DataFrame({"split": split(), "row": np.arange(ROWS), "y": TRUTH, "p:F": 1 - p, "p:L": p})


def forecasts(seed: int, spread: float) -> pd.DataFrame:
    score = DEMAND + np.random.default_rng(seed).normal(0, spread, ROWS)
    return pd.DataFrame({"split": split(), "row": np.arange(ROWS), "y": DEMAND, "score": score})


def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows in another order."""
    return frame.sample(frac=1, random_state=4).reset_index(drop=True)


class World:
    """A project and its runs."""

    def __init__(self, ws: Workspace, actor: Principal, task: Task, folder: Path) -> None:
        self.ws, self.actor, self.task, self.folder, self.count = ws, actor, task, folder, 0
        self.project = project_of(ws, actor, task, COSTS if task is Task.MULTICLASS else DEVIATIONS)

    def add(self, frame: pd.DataFrame, version_id: str = "v-1") -> str:
        self.count += 1
        folder = self.folder / str(self.task) / str(self.count)
        return add_task_run(self.ws, self.actor, self.task, self.project.id, frame, folder, version_id=version_id)

    def compare(self, *run_ids: str) -> TaskComparison:
        return compare_tasks(self.ws, self.actor, run_ids)


@pytest.fixture
def of_classes(ws: Workspace, scientist: Principal, tmp_path: Path) -> World:
    return World(ws, scientist, Task.MULTICLASS, tmp_path)


@pytest.fixture
def of_numbers(ws: Workspace, scientist: Principal, tmp_path: Path) -> World:
    return World(ws, scientist, Task.REGRESSION, tmp_path)


def decided(frame: pd.DataFrame) -> np.ndarray:
    """By hand: L where 10 p > 1 - p, on the test rows in the order of their places."""
    test = frame[frame["split"] == "test"].sort_values("row")
    return np.where(10 * test["p:L"] > test["p:F"], "L", "F")


def worth(decisions: np.ndarray) -> np.ndarray:
    truth = TRUTH[ROWS // 2 :]
    return np.where(decisions == truth, 0.0, np.where(truth == "L", -10.0, -1.0))


def test_classes_are_told_apart_row_by_row(of_classes: World) -> None:
    good, poor = classes(3, 1.5), classes(4, 0.6)
    first, second = of_classes.add(good), of_classes.add(shuffled(poor))
    found = of_classes.compare(second, first)
    assert [r.run_id for r in found.reports] == [first, second]
    (difference,) = found.differences
    assert difference.obstacle is None
    assert difference.gain is not None
    assert difference.better is not None
    one, two, truth = decided(good), decided(poor), TRUTH[ROWS // 2 :]
    each = worth(one) - worth(two)
    assert float(difference.gain.value) == pytest.approx(each.mean() * 1_000, abs=0.01)
    half = 1.96 * each.std() / np.sqrt(each.size) * 1_000
    assert float(difference.gain.high - difference.gain.low) == pytest.approx(2 * half, rel=0.15)
    assert difference.better > 0.99
    assert difference.apart == pytest.approx((one != two).mean())
    assert difference.more_good is not None
    assert difference.more_good.value == pytest.approx((one == truth).mean() - (two == truth).mean())
    assert difference.more_good.low < difference.more_good.value < difference.more_good.high
    # Paired, the difference is told more surely than from the two intervals apart.
    apart = sum(float(r.value.high - r.value.low) for r in found.reports)
    assert float(difference.gain.high - difference.gain.low) < apart


def test_forecasts_are_told_apart_row_by_row_with_costs_by_row(of_numbers: World, monkeypatch: pytest.MonkeyPatch) -> None:
    good, poor = forecasts(5, 5), forecasts(6, 20)
    first, second = of_numbers.add(good), of_numbers.add(shuffled(poor))
    found = of_numbers.compare(second, first)
    assert [r.run_id for r in found.reports] == [first, second]
    (difference,) = found.differences
    assert difference.gain is not None
    plans = []
    for frame, report in zip((good, poor), found.reports, strict=True):
        assert report.forecast is not None
        test = frame[frame["split"] == "test"].sort_values("row")
        plans.append(report.forecast.adjustment.apply(test["score"].to_numpy()))
    actual = DEMAND[ROWS // 2 :]
    costs = [np.where(actual > plan, 3 * (actual - plan), plan - actual) for plan in plans]
    assert float(difference.gain.value) == pytest.approx((costs[1] - costs[0]).mean() * 1_000, abs=0.02)
    assert difference.apart == pytest.approx(np.abs(plans[0] - plans[1]).mean())
    assert difference.more_good is not None
    assert difference.more_good.value == pytest.approx((actual <= plans[0]).mean() - (actual <= plans[1]).mean())
    fee = pd.DataFrame({"fee": np.random.default_rng(9).choice([1.0, 20.0], ROWS)})
    monkeypatch.setattr(
        "core.impact.task_value.value_columns", lambda ws, version, value, rows, *, rule: fee.iloc[rows].reset_index(drop=True)
    )
    spec = ValueModelSpec("EUR", Period.MONTH, 1_000, DeviationCosts(Formula("fee"), Decimal(4)))
    projects.add_value_model(of_numbers.ws, of_numbers.actor, of_numbers.project.id, spec)
    by_row = of_numbers.compare(first, second)
    (difference,) = by_row.differences
    assert by_row.reports[0].forecast is not None
    assert by_row.reports[0].forecast.adjustment.kind.by_row
    assert difference.gain is not None
    ours, theirs = (-r.value.value for r in by_row.reports)
    assert float(difference.gain.value) == pytest.approx(float(theirs - ours), abs=0.05)


def test_three_runs_are_each_held_against_the_first(of_numbers: World, viewer: Principal) -> None:
    ids = [of_numbers.add(forecasts(seed, spread)) for seed, spread in ((1, 20), (2, 5), (3, 10))]
    found = of_numbers.compare(*ids, ids[0])
    assert [r.run_id for r in found.reports] == [ids[1], ids[2], ids[0]]
    assert [(d.first_run_id, d.second_run_id) for d in found.differences] == [(ids[1], ids[2]), (ids[1], ids[0])]
    listed = list_task_runs(of_numbers.ws, viewer, of_numbers.project.id)
    assert [(run.id, run.number, run.model_name) for run in listed] == [
        (id_, n, "LightGBM") for id_, n in zip(ids[::-1], (3, 2, 1), strict=True)
    ]
    assert differences_finding(EN, found) == "Run 2 is surely ahead of every other"
    assert [line.behind[:1] for line in tell.side_by_side(EN, found)] == ["–", "+", "+"]


def test_what_keeps_runs_apart_is_said(of_classes: World) -> None:
    base = of_classes.add(classes(3, 1.5))
    other_rows = classes(4, 0.6)
    other_rows["row"] += 1
    for other, obstacle in (
        (of_classes.add(other_rows), Obstacle.ROWS),
        (of_classes.add(classes(4, 0.6), version_id="v-2"), Obstacle.DATA),
    ):
        found = of_classes.compare(base, other)
        (difference,) = found.differences
        assert (difference.obstacle, difference.gain, difference.better, difference.more_good) == (obstacle, None, None, None)
        for words in (EN, JA):
            assert tell.lead(words, found) == obstacle_text(words, obstacle)
            assert words.money(abs(found.reports[0].value.value), "EUR") in tell.headline(words, found)
            assert [line.behind for line in tell.side_by_side(words, found)] == ["–", "–"]
            assert tell.difference_sentence(words, found, difference) == ""
        assert tell.headline(EN, found).startswith("Run 1 costs least: €")
    elsewhere = project_of_other(of_classes)
    found = of_classes.compare(base, elsewhere)
    assert found.differences[0].obstacle is Obstacle.VALUE_MODEL


def project_of_other(world: World) -> str:
    """A run of another project."""
    spec = projects.ProjectSpec(
        "Other", "Which queue?", world.project.nouns, task=Task.MULTICLASS, value=ValueModelSpec("EUR", Period.MONTH, 5, COSTS)
    )
    other = projects.create_project(world.ws, world.actor, spec)
    return add_task_run(world.ws, world.actor, Task.MULTICLASS, other.id, classes(4, 0.6), world.folder / "other")


def test_what_cannot_be_compared_is_refused(of_classes: World, of_numbers: World) -> None:
    ws, actor = of_classes.ws, of_classes.actor
    one, two = of_classes.add(classes(3, 1.5)), of_numbers.add(forecasts(1, 5))
    with pytest.raises(InvalidInput, match="different kinds of things"):
        compare_runs(ws, actor, [one, two])
    for few in ([], [one], [one, one]):
        with pytest.raises(InvalidInput, match="Choose 2 to 8 runs"):
            compare_runs(ws, actor, few)
    with pytest.raises(NotFound):
        compare_runs(ws, actor, [one, "none"])
    nobody = replace(actor, roles=frozenset())
    with pytest.raises(PermissionDenied):
        compare_runs(ws, nobody, [one, two])


def told(found: TaskComparison, value: int, low: int, high: int, better: float) -> TaskComparison:
    first = replace(found.differences[0], gain=Amount(Decimal(value), Decimal(low), Decimal(high)), better=better)
    return replace(found, differences=(first, *found.differences[1:]))


def test_words_of_classes(of_classes: World) -> None:
    found = of_classes.compare(of_classes.add(classes(3, 1.5)), of_classes.add(classes(4, 0.6)))
    sure = told(found, 1_200, 300, 2_100, 0.97)
    assert tell.headline(EN, sure) == "Run 1 brings €1,200 a month more than run 2; we are 97% sure"
    assert tell.lead(EN, sure) == "Between €300 and €2,100 with 95% confidence, on the same 1,200 test cases."
    assert "確からしさ97%" in tell.headline(JA, sure)
    early = told(found, 200, -300, 700, 0.72)
    assert tell.headline(EN, early) == "Too early to say whether run 1 brings more than run 2"
    assert "the chance that it brings more is 72%" in tell.lead(EN, early)
    same = told(found, 0, 0, 0, 0.5)
    assert tell.headline(EN, same) == "Run 1 and run 2 decide alike"
    assert tell.lead(EN, same) == "On the same 1,200 test cases no decision's worth differs."
    (difference,) = found.differences
    assert difference.more_good is not None
    said = tell.difference_sentence(EN, found, difference)
    assert said.startswith("Run 1 decides ")
    fewer = replace(difference, more_good=replace(difference.more_good, value=-0.031))
    assert "it decides 3.1 fewer rightly" in tell.difference_sentence(EN, found, fewer)
    assert tell.cases_finding(EN, found).startswith("Rightly decided: ")
    assert "is the costliest error" in tell.costliest(EN, found.reports[0])
    assert tell.money_label(EN, found) == "Value a month"


def test_words_of_forecasts(of_numbers: World) -> None:
    first = of_numbers.add(forecasts(3, 5))
    found = of_numbers.compare(first, of_numbers.add(forecasts(4, 20)))
    sure = told(found, 1_200, 300, 2_100, 0.97)
    assert tell.headline(EN, sure) == "Planning by run 1 costs €1,200 a month less than by run 2; we are 97% sure"
    early = told(found, 200, -300, 700, 0.72)
    assert tell.headline(EN, early) == "Too early to say whether planning by run 1 costs less than by run 2"
    assert "the chance that it costs less is 72%" in tell.lead(EN, early)
    alike = of_numbers.compare(first, of_numbers.add(forecasts(3, 5)))
    assert alike.differences[0].gain == Amount(Decimal(0), Decimal(0), Decimal(0))
    assert alike.differences[0].better == 0.5
    assert tell.headline(EN, alike) == "Run 1 and run 3 plan alike"
    assert tell.lead(EN, alike) == "On the same 1,200 test cases no plan's cost differs."
    (difference,) = found.differences
    assert "units otherwise than run 2 on average. Of 100 customers, its plan is enough for " in tell.difference_sentence(
        EN, found, difference
    )
    assert tell.cases_finding(EN, found).startswith("Plan is enough: ")
    amount = tell.shown_amount(found.reports[0])
    assert 0 < amount.low < amount.value < amount.high
    for compared in (sure, early, alike):
        assert tell.headline(JA, compared) != tell.headline(EN, compared)
        assert tell.lead(JA, compared).endswith("。")
