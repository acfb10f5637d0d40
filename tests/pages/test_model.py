"""One model: its versions, and the way to an approval."""

# ruff: noqa: F811

from __future__ import annotations

from core.identity import Principal
from core.project.model import Project
from core.registry.approvals import list_approvals
from core.registry.service import list_versions, register_model
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.pages.people import press
from tests.registry.conftest import project, world  # noqa: F401
from tests.registry.world import World, make_frame


def test_a_version_shows_its_promise_and_asks_for_approval(
    ws: Workspace, open_page: OpenPage, scientist: Principal, world: World, project: Project
) -> None:
    version = register_model(ws, scientist, world.add(project.id, make_frame(1_000)), note="First try")
    page = open_page("model", scientist, model=version.model_id)
    assert not page.exception
    said = texts(page)
    assert "Customer churn is not in use" in said
    assert "First try" in said
    assert version.package_sha256 in said
    press(page, "model-request")
    press(page, "model-request", "request-go")
    assert not page.exception
    assert [a.model_version_id for a in list_approvals(ws, scientist)] == [version.id]


def test_a_run_is_registered_in_a_dialog(ws: Workspace, open_page: OpenPage, scientist: Principal, world: World, project: Project) -> None:
    version = register_model(ws, scientist, world.add(project.id, make_frame(1_000)))
    world.add(project.id, make_frame(1_000), noise=0.2)
    page = open_page("model", scientist, model=version.model_id)
    press(page, "model-register")
    press(page, "model-register", "register-go")
    assert not page.exception
    assert [v.number for v in list_versions(ws, scientist)] == [2, 1]


def test_an_approver_reads_but_does_not_register(
    ws: Workspace, open_page: OpenPage, scientist: Principal, approver: Principal, world: World, project: Project
) -> None:
    version = register_model(ws, scientist, world.add(project.id, make_frame(1_000)))
    page = open_page("model", approver, model=version.model_id)
    assert not page.exception
    assert page.button(key="model-register").disabled
    assert page.button(key="model-request").disabled


def test_an_unknown_model_is_said_so(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("model", scientist, model="nothing")
    assert not page.exception
    assert "There is no such model" in texts(page)
