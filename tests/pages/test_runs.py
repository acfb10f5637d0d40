"""The page of training runs."""

import pytest

from core.project.service import list_value_models
from core.training.jobs import kinds
from core.training.model import RunState
from core.training.service import list_runs
from tests.pages.conftest import texts
from tests.training.conftest import make_case
from tests.training.world import add_run, finish


@pytest.fixture
def still_pages(ws):
    for kind in kinds(ws):
        ws.jobs.register(kind)
    return ws


def test_the_first_run_is_offered(ws, open_page, scientist) -> None:
    case = make_case(ws, scientist, "binary")
    page = open_page("runs", scientist, project=case.project.id)
    assert not page.exception
    assert "No model has been trained yet" in texts(page)
    assert [b.disabled for b in page.button if b.label == "Start training"] == [False]


def test_without_a_project_one_is_chosen(ws, open_page, scientist) -> None:
    assert "Choose a project" in texts(open_page("runs", scientist))


def test_an_approver_reads_but_does_not_start(ws, open_page, scientist, approver) -> None:
    case = make_case(ws, scientist, "binary")
    page = open_page("runs", approver, project=case.project.id)
    assert [b.disabled for b in page.button if b.label == "Start training"] == [True]


def test_runs_stand_with_state_and_money(ws, open_page, scientist, tmp_path) -> None:
    case = make_case(ws, scientist, "binary")
    model = list_value_models(ws, scientist, case.project.id)[0]
    first = add_run(ws, scientist, case.project.id, case.version.id, name="Before autumn", value_model_id=model.id)
    finish(ws, first, tmp_path / "a")
    add_run(ws, scientist, case.project.id, case.version.id, state=RunState.FAILED, error='{"template": "x", "fields": {}}')
    page = open_page("runs", scientist, project=case.project.id)
    assert not page.exception
    assert "The best run so far would bring" in texts(page)
    assert "would bring ¥1.3M a month" in texts(page)
    japanese = open_page("runs", scientist, language="ja", project=case.project.id)
    assert "125万円" in texts(japanese)


def test_training_starts_from_the_drawer(still_pages, open_page, scientist) -> None:
    ws = still_pages
    case = make_case(ws, scientist, "binary")
    page = open_page("runs", scientist, project=case.project.id)
    opener = page.button(key="k-runs-button").click()
    page = opener.run()
    page.text_input(key="run-name").set_value("Quick one")
    # The runner of tests knows no part runs: what opened the drawer is pressed again together with the button in it.
    page.button(key="k-runs-button").click()
    page.button(key="run-start").click().run()
    assert not page.exception
    started = list_runs(ws, scientist, project_id=case.project.id)
    assert [(run.name, run.state) for run in started] == [("Quick one", RunState.QUEUED)]
    assert "Waiting for its turn" in texts(page)
