"""Lineage: questions first, then the graph."""

# ruff: noqa: F811

from __future__ import annotations

from core.identity import Principal
from core.project.model import Project
from core.registry.service import register_model
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, rows_of, texts
from tests.registry.conftest import project, world  # noqa: F401
from tests.registry.world import World, make_frame


def test_an_empty_store_still_has_its_questions(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("lineage", scientist)
    assert not page.exception
    said = texts(page)
    for sentence in ("What is live because of this data set?", "There is no data set yet.", "There is no model yet."):
        assert sentence in said


def test_a_version_stands_in_its_graph(ws: Workspace, open_page: OpenPage, scientist: Principal, world: World, project: Project) -> None:
    version = register_model(ws, scientist, world.add(project.id, make_frame(1_000)))
    page = open_page("lineage", scientist, kind="model_version", id=version.id)
    assert not page.exception
    assert page.title[0].value == r"Model version\: Customer churn v1"
    assert "4 things led to it, 0 things came of it." in texts(page)
    assert '"text": "Led to it"' in rows_of(page)
    assert "No version of this model was in use at the end of that day." in texts(page)
    assert len(page.get("vega_lite_chart")) == 1


def test_odd_addresses_are_survived(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("lineage", scientist, kind="nonsense", id="x")
    assert not page.exception
    assert "There is no such thing" in texts(page)
    page = open_page("lineage", scientist, kind="run", id="unknown")
    assert not page.exception
    assert "Nothing is recorded about where this came from" in texts(page)
