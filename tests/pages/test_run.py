"""The page of one run: live, finished, failed."""

import pytest

from core.project.service import list_value_models
from core.training.model import RunState
from tests.pages.conftest import texts
from tests.training.conftest import make_case
from tests.training.world import add_models, add_run, finish


@pytest.fixture
def case(ws, scientist):
    return make_case(ws, scientist, "binary")


@pytest.fixture
def model_id(ws, scientist, case) -> str:
    return list_value_models(ws, scientist, case.project.id)[0].id


def test_a_live_run_names_its_leader_in_money(ws, open_page, scientist, case, model_id) -> None:
    run = add_run(ws, scientist, case.project.id, case.version.id, state=RunState.RUNNING, value_model_id=model_id)
    add_models(ws, run, 2)
    page = open_page("run", scientist, run=run.id)
    assert not page.exception
    said = texts(page)
    assert "LightGBM leads with ¥1.0M a month" in said
    assert [m.label for m in page.metric] == ["Best so far, a month", "Time left", "Processor", "Memory"]
    stop = next(b for b in page.button if b.label == "Stop and keep best")
    assert not stop.disabled


def test_nothing_to_keep_yet(ws, open_page, scientist, case) -> None:
    run = add_run(ws, scientist, case.project.id, case.version.id, state=RunState.RUNNING)
    page = open_page("run", scientist, run=run.id)
    stop = next(b for b in page.button if b.label == "Stop and keep best")
    assert stop.disabled
    assert "nothing to keep" in stop.help


def test_a_finished_run_shows_what_it_found(ws, open_page, scientist, case, model_id, tmp_path) -> None:
    run = finish(ws, add_run(ws, scientist, case.project.id, case.version.id, value_model_id=model_id), tmp_path)
    page = open_page("run", scientist, run=run.id)
    assert not page.exception
    said = texts(page)
    assert "Ensemble would bring ¥1.3M a month" in said
    assert "95% interval" in said
    assert "XGBoost brought no model: ImportError" in said
    assert [m.label for m in page.metric] == ["AUC", "Average precision", "Log loss", "Brier score"]
    assert len(page.get("vega_lite_chart")) == 6
    page.slider(key="run-threshold").set_value(60).run()
    assert not page.exception
    assert "Metrics at 60%" in texts(page)


def test_it_speaks_japanese(ws, open_page, scientist, case, model_id, tmp_path) -> None:
    run = finish(ws, add_run(ws, scientist, case.project.id, case.version.id, value_model_id=model_id), tmp_path)
    page = open_page("run", scientist, language="ja", run=run.id)
    assert not page.exception
    assert "アンサンブルは月あたり125万円の価値を見込めます" in texts(page)


def test_a_failed_run_says_why(ws, open_page, scientist, case) -> None:
    error = '{"template": "The {part} rows have too few of the class \'{value}\'. Use more data, larger shares, or a random split.", "fields": {"part": "test", "value": "yes"}}'
    run = add_run(ws, scientist, case.project.id, case.version.id, state=RunState.FAILED, error=error)
    page = open_page("run", scientist, run=run.id)
    assert not page.exception
    assert "The test rows have too few of the class 'yes'" in texts(page).replace("\\", "")


def test_an_unknown_run_leads_back(ws, open_page, scientist, case) -> None:
    page = open_page("run", scientist, run="nothing")
    assert not page.exception
    assert "The list of runs shows what there is." in texts(page)
