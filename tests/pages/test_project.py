"""The project pages: a scientist makes one, a viewer reads it, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.identity import Principal
from core.project import service
from core.project.model import Task
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, rows_of, texts
from tests.project.test_service import SPEC


def test_projects_invites_to_start(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("projects", scientist)
    assert not page.exception
    assert "No business question yet" in texts(page)
    assert [b.label for b in page.button if b.label == "New project"]


def test_projects_counts_what_is_there(ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal) -> None:
    service.create_project(ws, scientist, SPEC)
    page = open_page("projects", viewer)
    assert "1 business question under way" in texts(page)
    (button,) = [b for b in page.button if b.label == "New project"]
    assert button.disabled


@pytest.mark.parametrize(
    ("language", "says", "amount"), [("en", "A call for one who would leave", "+¥90"), ("ja", "「解約する」人への電話", "+90円")]
)
def test_project_shows_question_and_value(
    ws: Workspace, open_page: OpenPage, scientist: Principal, language: str, says: str, amount: str
) -> None:
    project = service.create_project(ws, scientist, SPEC)
    page = open_page("project", scientist, language=language, project=project.id)
    assert not page.exception
    said = texts(page).replace("\u2060", "")
    assert SPEC.question in said
    assert says in said
    assert amount in said


def test_the_next_step_of_a_new_project_is_its_data(ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal) -> None:
    project = service.create_project(ws, scientist, SPEC)
    page = open_page("project", scientist, project=project.id)
    assert page.button(key="project-next").label == "Bring data in"
    assert '"Training runs", "sub": "No model has been trained yet"' in rows_of(page)
    seen = open_page("project", viewer, project=project.id)  # a viewer's steps are those of the viewer's menu
    assert seen.button(key="project-next").label == "Impact report"
    assert "Training runs" not in rows_of(seen)


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_other_questions_are_not_offered_what_only_fits_yes_or_no(
    ws: Workspace, open_page: OpenPage, scientist: Principal, viewer: Principal, task: Task
) -> None:
    project = service.create_project(ws, scientist, replace(SPEC, task=task, value=None))
    page = open_page("project", scientist, project=project.id)
    assert not page.exception
    assert "Only yes-or-no questions are registered" in texts(page)
    assert page.button(key="project-value").label == "Build a value model"  # what classes and forecasts cost can be said all the same
    assert "Training runs" in rows_of(page)
    assert "Impact report" not in rows_of(page)
    assert "Models" not in rows_of(page)
    assert not open_page("project", viewer, project=project.id).exception


def test_an_unknown_project_is_said_so(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("project", viewer, project="nothing")
    assert not page.exception
    assert "There is no such project" in texts(page)


def test_the_dialog_asks_for_words_and_payoffs(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("projects", scientist)
    next(b for b in page.button if b.label == "New project").click().run()
    assert not page.exception
    assert {"new-name", "new-one", "new-does", "new-tp", "new-fp", "new-cases"} <= {field.key for field in page.text_input}
    assert page.button(key="new-create").disabled


@pytest.mark.parametrize(
    ("task", "template", "fields", "suggested"),
    [
        (Task.BINARY, "fraud", {"new-fraud-JPY-tp": "-500", "new-fraud-JPY-fn": "-10,000", "new-fraud-one": "payment"}, "new-fraud-JPY-tp"),
        (Task.REGRESSION, "demand", {"new-demand-JPY-under": "300", "new-demand-JPY-over": "500"}, "new-demand-JPY-under"),
        (Task.MULTICLASS, "triage", {"new-triage-many": "tickets"}, "new-triage-JPY-classes"),
    ],
)
def test_a_usual_case_fills_words_and_payoffs_of_a_new_project(
    open_page: OpenPage, scientist: Principal, task: Task, template: str, fields: dict[str, str], suggested: str
) -> None:
    page = open_page("projects", scientist)
    opener = next(b for b in page.button if b.label == "New project")
    opener.click().run()
    page.selectbox(key="new-task").set_value(task)
    next(b for b in page.button if b.label == "New project").click().run()
    page.selectbox(key=f"new-template-{task}").set_value(template)
    next(b for b in page.button if b.label == "New project").click().run()
    assert not page.exception
    shown = {field.key: field.value for field in page.text_input}
    assert suggested in shown
    assert fields.items() <= shown.items()
