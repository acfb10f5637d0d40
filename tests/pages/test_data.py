"""The page Data: empty, filled, without rights, in both languages."""

from __future__ import annotations

from core.data import samples
from core.identity import Principal
from core.project.service import create_project
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.project.test_service import SPEC


def test_data_invites_to_bring_a_table_or_a_sample(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("data", scientist)
    assert not page.exception
    assert "No data yet" in texts(page)
    (button,) = [b for b in page.button if b.label == "Upload a file"]
    assert button.disabled, "no project is chosen yet"
    assert "Start with a sample" in texts(page)
    assert page.get("bidi_component"), "the samples are rows to open"


def test_data_of_a_project_offers_the_upload(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    project = create_project(ws, scientist, SPEC)
    page = open_page("data", scientist, project=project.id)
    (button,) = [b for b in page.button if b.label == "Upload a file"]
    button.click().run()
    assert not page.exception
    assert page.button(key="data-bring").disabled
    assert {"data-name", "data-markers"} <= {field.key for field in page.text_input}


def test_data_counts_rows_and_refuses_who_may_not(ws: Workspace, open_page: OpenPage, scientist: Principal, approver: Principal) -> None:
    version = samples.start_sample_project(ws, scientist, "german_credit")
    page = open_page("data", approver, project=version.project_id)
    assert not page.exception
    assert "1 data set with 1,000 rows" in texts(page)
    assert page.button(key="data-upload").disabled


def test_data_speaks_japanese(ws: Workspace, open_page: OpenPage, scientist: Principal) -> None:
    version = samples.start_sample_project(ws, scientist, "german_credit", "ja")
    said = texts(open_page("data", scientist, language="ja", project=version.project_id))
    assert "1件のデータセット・計1,000行" in said
    assert "サンプルで始める" in said


def test_a_viewer_is_told_who_may_see_data(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("data", viewer)
    assert not page.exception
    assert "see this page" in texts(page)
    assert "Start with a sample" not in texts(page)
