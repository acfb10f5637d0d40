"""Splits, importance, curves, packages, tracking and the list: everything that needs no training."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from core.data.model import Kind
from core.errors import Conflict, Corrupt, InvalidInput, NotEnoughData
from core.project.model import Task
from core.project.service import list_value_models
from core.training import curves, service, tracking
from core.training import evaluation as ev
from core.training.families import family_of, hyperparameters, planned_models
from core.training.figures import TEST, TRAIN, VALIDATION
from core.training.importance import permutation_importance
from core.training.model import CHOICES, Family, Preset, RunConfig, RunState, SplitKind
from core.training.package import describe_features, read_package
from core.training.split import split_rows
from core.training.view import at_threshold, compare_view, view_run, view_runs
from core.training.wording import metric_name, metric_text, model_name, run_error
from core.words import Words
from tests.training.conftest import make_case
from tests.training.world import add_models, add_run, finish

CONFIG = RunConfig("roc_auc", seed=7)
EN = Words("en")


def test_a_random_split_keeps_the_shares_and_repeats() -> None:
    target = pd.Series(np.arange(1000) % 5 == 0).astype(int)
    names = split_rows(target, CONFIG, Task.BINARY)
    assert [(names == part).sum() for part in (TRAIN, VALIDATION, TEST)] == [600, 200, 200]
    assert all(target[names == part].mean() == pytest.approx(0.2) for part in (TRAIN, VALIDATION, TEST))
    np.testing.assert_array_equal(names, split_rows(target, CONFIG, Task.BINARY))
    assert (names != split_rows(target, RunConfig("roc_auc", seed=8), Task.BINARY)).any()


def test_a_split_by_time_never_looks_ahead() -> None:
    rng = np.random.default_rng(1)
    when = pd.Series(rng.permutation(np.repeat(np.arange(100), 5)))
    target = pd.Series(rng.integers(0, 2, 500))
    names = split_rows(target, RunConfig("roc_auc", split=SplitKind.TIME), Task.BINARY, when)
    assert when[names == TRAIN].max() < when[names == VALIDATION].min()
    assert when[names == VALIDATION].max() < when[names == TEST].min()


def test_splits_that_can_not_be_are_refused() -> None:
    target = pd.Series([0, 1] * 50)
    by_time = RunConfig("roc_auc", split=SplitKind.TIME)
    with pytest.raises(InvalidInput, match="time column"):
        split_rows(target, by_time, Task.BINARY)
    with pytest.raises(NotEnoughData):
        split_rows(target, by_time, Task.BINARY, pd.Series([1] * 100))
    with pytest.raises(NotEnoughData, match="too few"):
        split_rows(pd.Series([1] * 12 + [0] * 100), by_time, Task.BINARY, pd.Series(range(112)))


def test_families_have_names_and_configurations() -> None:
    for family in CHOICES:
        assert hyperparameters(Preset.GOOD, (family,), 1)
    assert planned_models(Preset.FAST, (Family.LIGHTGBM, Family.LINEAR)) == 3
    assert family_of("LightGBMXT_BAG_L1") is Family.LIGHTGBM
    assert family_of("Unknown") is None
    assert [model_name(EN, m) for m in ("LightGBMLarge", "WeightedEnsemble_L2", "Mystery")] == ["LightGBM, large", "Ensemble", "Mystery"]


def test_importance_finds_the_column_that_matters() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"noise": rng.normal(size=300), "signal": rng.normal(size=300)})
    truth = frame["signal"].to_numpy()
    found = permutation_importance(frame, truth, lambda y, x: float(np.abs(x["signal"].to_numpy() - y).mean()), 1)
    assert [item.feature for item in found] == ["signal", "noise"]
    assert found[0].low > 0
    assert found[1].drop == 0


def test_curves_are_thin_and_end_in_the_corners() -> None:
    rng = np.random.default_rng(0)
    truth, score = rng.random(5000) < 0.3, rng.random(5000)
    roc = curves.roc_points(truth, score)
    assert len(roc) <= curves.CURVE_POINTS
    assert (roc[0].x, roc[0].y, roc[-1].x, roc[-1].y) == (0, 0, 1, 1)
    assert sum(b.n for b in curves.calibration_bins(truth, score)) == 5000
    bins = curves.score_bins(truth, score)
    assert sum(b.positives + b.negatives for b in bins) == 5000


def test_a_package_that_is_none_is_refused(tmp_path) -> None:
    with pytest.raises(Corrupt):
        read_package(tmp_path)
    (tmp_path / "package.json").write_text("{}")
    with pytest.raises(Corrupt):
        read_package(tmp_path)
    with pytest.raises(Corrupt):
        ev.evaluation_from_json(b"nonsense")


def test_features_tell_their_range() -> None:
    frame = pd.DataFrame({"age": [1.0, None, 3.0], "plan": ["a", "b", "a"]})
    age, plan = describe_features(frame, {"age": Kind.NUMBER, "plan": Kind.CATEGORY})
    assert (age.low, age.high, age.nullable) == (1.0, 3.0, True)
    assert plan.categories == ("a", "b")


def test_words_of_metrics() -> None:
    assert metric_text(EN, "roc_auc", 0.83456) == "0.835"
    assert metric_text(EN, "mean_absolute_error", 12345.6) == "12,346"
    assert metric_text(EN, "mape", 0.125) == "12.5%"
    assert metric_name(EN, "recall:high") == "Recall of high"
    assert metric_name(EN, "my own") == "my own"


def test_runs_are_listed_sorted_and_paged(ws, scientist, tmp_path) -> None:
    case = make_case(ws, scientist, "binary")
    runs = [add_run(ws, scientist, case.project.id, case.version.id) for _ in range(5)]
    finish(ws, runs[1], tmp_path / "a")
    listed = service.list_runs(ws, scientist, project_id=case.project.id)
    assert [run.number for run in listed] == [5, 4, 3, 2, 1]
    assert [run.id for run in service.list_runs(ws, scientist, before_id=listed[1].id, limit=2)] == [listed[2].id, listed[3].id]
    assert service.list_runs(ws, scientist, project_id=case.project.id, sort="value", limit=1)[0].id == runs[1].id
    assert [v.run.number for v in view_runs(ws, scientist, case.project.id, state=RunState.SUCCEEDED)] == [2]
    with pytest.raises(InvalidInput):
        service.list_runs(ws, scientist, sort="name; DROP TABLE runs")


def test_the_view_of_a_run(ws, scientist, tmp_path) -> None:
    case = make_case(ws, scientist, "binary")
    model = list_value_models(ws, scientist, case.project.id)[0]
    run = add_run(ws, scientist, case.project.id, case.version.id, state=RunState.RUNNING, value_model_id=model.id)
    add_models(ws, run)
    view = view_run(ws, scientist, run.id)
    assert view.leader is not None
    assert view.leader.model == "WeightedEnsemble_L2"
    assert (view.planned, view.to_go) == (4, 1)
    assert view.trends.best == (1_000_000.0, 1_000_000.0, 1_020_000.0)


def test_a_threshold_moves_the_confusion(ws, scientist, tmp_path) -> None:
    case = make_case(ws, scientist, "binary")
    run = finish(ws, add_run(ws, scientist, case.project.id, case.version.id), tmp_path)
    low, high = at_threshold(ws, scientist, run.id, 0.0), at_threshold(ws, scientist, run.id, 1.0)
    assert low.cells.fn == low.cells.tn == 0
    assert high.cells.tp == high.cells.fp == 0
    assert {m.name for m in low.metrics} == {"accuracy", "balanced_accuracy", "precision", "recall", "f1"}
    with pytest.raises(InvalidInput):
        at_threshold(ws, scientist, run.id, 1.5)


def test_compared_runs_have_a_leader(ws, scientist, tmp_path) -> None:
    case = make_case(ws, scientist, "binary")
    runs = [add_run(ws, scientist, case.project.id, case.version.id) for _ in range(2)]
    for k, run in enumerate(runs):
        finish(ws, run, tmp_path / str(k), seed=k, value=None)
    view = compare_view(ws, scientist, [run.id for run in runs])
    aucs = [c.evaluation.metric_named("roc_auc").value for c in view.runs]
    assert view.leader == int(np.argmax(aucs))
    assert view.same_rows
    with pytest.raises(InvalidInput):
        compare_view(ws, scientist, [runs[0].id])
    with pytest.raises(Conflict):
        compare_view(ws, scientist, [runs[0].id, add_run(ws, scientist, case.project.id, case.version.id).id])


def test_logged_runs_are_found_by_metric(ws, scientist) -> None:
    case = make_case(ws, scientist, "binary")
    for k in range(4):
        params = {"depth": str(k)}
        tracking.log_run(ws, scientist, case.project.id, name=f"r{k}", params=params, metrics={"auc": k / 10, "log_loss": 1 - k / 10})
    best = tracking.search_runs(ws, scientist, case.project.id, "auc", limit=2)
    assert [(run.name, value) for run, value in best] == [("r3", 0.3), ("r2", 0.2)]
    assert tracking.search_runs(ws, scientist, case.project.id, "log_loss", limit=1)[0][1] == pytest.approx(0.7)
    assert view_run(ws, scientist, best[0][0].id).leader is None
    with pytest.raises(InvalidInput):
        tracking.log_run(ws, scientist, case.project.id, name="x", params={}, metrics={"auc": math.nan})


def test_a_failure_is_told_in_the_readers_language(ws, scientist) -> None:
    case = make_case(ws, scientist, "binary")
    text = '{"template": "The job was stopped before it ended.", "fields": {}}'
    run = add_run(ws, scientist, case.project.id, state=RunState.CANCELLED, error=text)
    assert run_error(EN, run) == "The job was stopped before it ended."
    assert run_error(Words("ja"), run) != run_error(EN, run)
