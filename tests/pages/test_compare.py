"""The page that puts runs side by side."""

from decimal import Decimal

import pytest

from core.impact import comparison_words as tell
from core.impact import service
from core.impact import task_comparison_words as task_tell
from core.impact.explorer_service import compare_curves
from core.impact.task_comparison import compare_tasks
from core.project.model import Task
from core.project.service import list_value_models
from core.words import Words
from tests.impact.task_runs import add_task_run
from tests.impact.test_task_comparison import classes, forecasts
from tests.impact.test_task_value import COSTS, DEVIATIONS, project_of
from tests.pages.conftest import texts
from tests.training.conftest import make_case
from tests.training.world import add_run, finish


def test_one_run_is_not_enough(ws, open_page, scientist) -> None:
    case = make_case(ws, scientist, "binary")
    page = open_page("compare", scientist, project=case.project.id)
    assert not page.exception
    assert "Nothing to compare yet" in texts(page)


def two_runs(ws, scientist, folder):
    """Two finished runs of a project with a value model."""
    case = make_case(ws, scientist, "binary")
    model = list_value_models(ws, scientist, case.project.id)[0]
    for k in range(2):
        run = add_run(ws, scientist, case.project.id, case.version.id, name=f"Try {k}", value_model_id=model.id)
        finish(ws, run, folder / str(k), seed=k, value=Decimal(1_000_000))
    return case.project.id, [run.id for run in service.list_valued_runs(ws, scientist, case.project.id)]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_two_runs_stand_side_by_side(ws, open_page, scientist, tmp_path, language) -> None:
    project, ids = two_runs(ws, scientist, tmp_path)
    page = open_page("compare", scientist, language=language, project=project)
    assert not page.exception
    words, found = Words(language), service.compare_reports(ws, scientist, ids)
    assert page.title[0].value.replace("\u2060", "") == tell.comparison_headline(words, found)
    said = texts(page).replace("\u2060", "")
    assert tell.differences_finding(words, found) in said
    assert tell.curves_finding(words, found, compare_curves(ws, scientist, found.reports)) in said
    assert page.metric[0].value == words.money(found.reports[0].value.value, "JPY")
    assert page.metric[1].proto.body == words.money(found.reports[1].value.value, "JPY")
    assert len(page.table) == 2
    assert len(page.get("vega_lite_chart")) == 3 + 4
    page.multiselect(key="compare-runs").set_value([]).run()
    assert words.t("Choose at least two runs") in texts(page)


def test_a_viewer_compares_by_value_and_sees_no_metric(ws, open_page, scientist, viewer, tmp_path) -> None:
    project, ids = two_runs(ws, scientist, tmp_path)
    page = open_page("compare", viewer, project=project, runs=",".join(ids))
    assert not page.exception
    assert page.title[0].value.startswith(("Run ", "Too early"))
    assert len(page.table) == 0
    assert len(page.get("vega_lite_chart")) == 3
    assert "AUC" not in texts(page)


def test_without_a_value_model_only_metrics_are_compared(ws, open_page, scientist, tmp_path) -> None:
    case = make_case(ws, scientist, "regression")
    assert list_value_models(ws, scientist, case.project.id) == []
    page = open_page("compare", scientist, project=case.project.id)
    assert not page.exception
    assert "Nothing to compare yet" in texts(page)


def test_without_a_project_one_is_chosen_and_a_link_to_runs_tells_theirs(ws, open_page, viewer, scientist, tmp_path) -> None:
    _, ids = two_runs(ws, scientist, tmp_path)
    page = open_page("compare", viewer)
    assert not page.exception
    assert page.title[0].value == "Choose a project"
    linked = open_page("compare", viewer, runs=",".join(ids))
    assert not linked.exception
    assert set(linked.multiselect(key="compare-runs").value) == set(ids)


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_classes_and_forecasts_are_compared_by_value(ws, open_page, scientist, viewer, tmp_path, task) -> None:
    project = project_of(ws, scientist, task, COSTS if task is Task.MULTICLASS else DEVIATIONS)
    frames = [classes(3, 1.5), classes(4, 0.6)] if task is Task.MULTICLASS else [forecasts(5, 5), forecasts(6, 20)]
    ids = [add_task_run(ws, scientist, task, project.id, frame, tmp_path / str(k)) for k, frame in enumerate(frames)]
    found = compare_tasks(ws, viewer, ids)
    for language in ("en", "ja"):
        words = Words(language)
        page = open_page("compare", viewer, language=language, project=project.id)
        assert not page.exception
        assert page.title[0].value.replace("\u2060", "") == task_tell.headline(words, found)
        said = texts(page).replace("\u2060", "")
        assert task_tell.cases_finding(words, found) in said
        assert tell.differences_finding(words, found) in said
        assert task_tell.difference_sentence(words, found, found.differences[0])[:20] in said
        assert page.metric[0].value == words.money(task_tell.shown_amount(found.reports[0]).value, "EUR")
        assert len(page.get("vega_lite_chart")) == 2


def test_runs_that_the_newest_value_model_cannot_value_say_why(ws, open_page, scientist, viewer, tmp_path) -> None:
    project = project_of(ws, scientist, Task.MULTICLASS, COSTS)
    for k in range(2):
        frame = classes(k, 1).rename(columns={"p:L": "p:M"}).replace({"y": {"L": "M"}})
        add_task_run(ws, scientist, Task.MULTICLASS, project.id, frame, tmp_path / str(k))
    page = open_page("compare", viewer, project=project.id)
    assert not page.exception
    assert "The payoffs know the classes F, L, the run has F, M" in page.error[0].value.replace("\u2060", "")
