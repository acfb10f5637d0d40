"""The list of models."""

# ruff: noqa: F811

from __future__ import annotations

from core.identity import Principal
from core.project.model import Project
from core.registry.service import register_model
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.registry.conftest import project, world  # noqa: F401
from tests.registry.world import World, make_frame


def test_no_model_yet(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("models", scientist)
    assert not page.exception
    assert "No model is registered yet" in texts(page)


def test_models_are_counted(ws: Workspace, open_page: OpenPage, scientist: Principal, world: World, project: Project) -> None:
    run = world.add(project.id, make_frame(1_000))
    register_model(ws, scientist, run)
    register_model(ws, scientist, run, model_name="Second", threshold=0.4)
    page = open_page("models", scientist)
    assert not page.exception
    assert "2 models" in texts(page)
    assert "モデル2件" in texts(open_page("models", scientist, language="ja", project=project.id))


def test_a_viewer_has_no_part_here(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("models", viewer)
    assert not page.exception
    assert "This page is for the role Data scientist" in texts(page)
