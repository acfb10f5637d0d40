"""One deployment's page: what it says without and with a gateway, who may do what, and each button's effect."""

# ruff: noqa: F811 - fixtures are imported by name
from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.identity import Principal
from core.serving.keys import list_api_keys
from core.serving.model import Deployment, DeploymentState
from core.serving.service import deploy_version, get_deployment, stop_deployment
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.serving.conftest import models, packages, world  # noqa: F401
from tests.serving.world import Models

Labels = Callable[[AppTest], dict[str, bool]]


@pytest.fixture
def piloted(ws: Workspace, models: Models, approver: Principal) -> Deployment:
    deploy_version(ws, approver, models.approve().id, reason="first")
    return deploy_version(ws, approver, models.approve(0.05).id, canary_share=0.1, reason="looks better")


def buttons(page: AppTest) -> dict[str, bool]:
    """Each button's label, and whether it can be pressed."""
    return {b.label: not b.disabled for b in page.button}


def press(page: AppTest, key: str, reason: str = "") -> AppTest:
    """Open a dialog and take its step; the opener counts as pressed again, since the runner has no fragments."""
    page.button(key=key).click().run()
    if reason:
        page.text_area(key="k-confirm-reason").set_value(reason)
    page.button(key=key).click()
    return page.button(key="k-confirm-go").click().run()


def test_deployment_shows_request_timeline_and_actions(
    ws: Workspace, piloted: Deployment, open_page: OpenPage, approver: Principal
) -> None:
    page = open_page("deployment", approver, deployment=piloted.id)
    assert not page.exception
    said = texts(page)
    assert "No gateway answers for Customer churn" in said
    assert "Tanaka started a pilot of version 2 with 10% of the traffic: looks better" in said
    assert "curl " in page.code[0].value
    assert '"plan": "basic"' in page.code[0].value
    able = buttons(page)
    assert [able[label] for label in ("Stop", "Abort pilot", "Change share", "Promote", "Issue a key")] == [True] * 5
    assert able["Roll back"] is False


def test_deployment_in_japanese(piloted: Deployment, open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("deployment", viewer, language="ja", deployment=piloted.name)
    assert not page.exception
    assert "応答するゲートウェイがありません" in texts(page)


def test_a_viewer_looks_but_changes_nothing(piloted: Deployment, open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("deployment", viewer, deployment=piloted.id)
    able = buttons(page)
    assert not any(able[label] for label in ("Roll back", "Abort pilot", "Promote"))
    assert not {"Issue a key", "Stop", "Change share"} & able.keys()
    assert "curl" not in "".join(block.value for block in page.code)


@pytest.mark.parametrize(
    ("key", "champion", "state"),
    [
        ("k-promote", 2, DeploymentState.LIVE),
        ("k-abort", 1, DeploymentState.LIVE),
        ("k-stop", 1, DeploymentState.STOPPED),
    ],
)
def test_each_action_asks_why_and_does_it(
    ws: Workspace, piloted: Deployment, open_page: OpenPage, approver: Principal, key: str, champion: int, state: DeploymentState
) -> None:
    page = press(open_page("deployment", approver, deployment=piloted.id), key)
    assert get_deployment(ws, approver, piloted.id).generation == piloted.generation
    page = press(open_page("deployment", approver, deployment=piloted.id), key, "the board asked for it")
    assert not page.exception
    after = get_deployment(ws, approver, piloted.id)
    assert (after.champion_number, after.state) == (champion, state)
    assert "the board asked for it" in texts(page)


def test_rolling_back_is_one_click_and_a_reason(
    ws: Workspace,
    models: Models,
    open_page: OpenPage,
    approver: Principal,
) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    deploy_version(ws, approver, models.approve(0.05).id)
    page = press(open_page("deployment", approver, deployment=made.id), "k-back", "complaints")
    assert not page.exception
    assert get_deployment(ws, approver, made.id).champion_number == 1


def test_somebody_else_was_faster(ws: Workspace, piloted: Deployment, open_page: OpenPage, approver: Principal, admin: Principal) -> None:
    page = open_page("deployment", approver, deployment=piloted.id)
    page.button(key="k-promote").click().run()
    stop_deployment(ws, admin, piloted.id)
    page.text_area(key="k-confirm-reason").set_value("go")
    page.button(key="k-promote").click()
    page.button(key="k-confirm-go").click().run()
    assert get_deployment(ws, approver, piloted.id).champion_number == 1


def test_a_keys_secret_is_shown_in_its_dialog(ws: Workspace, piloted: Deployment, open_page: OpenPage, approver: Principal) -> None:
    page = open_page("deployment", approver, deployment=piloted.id)
    page.button(key="k-issue").click().run()
    page.text_input(key="k-key-name").set_value("CRM")
    page.button(key="k-issue").click().run()
    page.button(key="k-issue").click()
    page.button(key="k-key-go").click().run()
    assert not page.exception
    (key,) = list_api_keys(ws, approver, piloted.id)
    secrets = [c.value for c in page.code if c.value.startswith(key.hint)]
    assert len(secrets) == 1
    page = open_page("deployment", approver, deployment=piloted.id)
    assert not any(c.value.startswith(key.hint) for c in page.code)
    press(page, f"k-revoke-{key.id}")
    assert list_api_keys(ws, approver, piloted.id)[0].revoked_at is not None


def test_an_unknown_deployment_is_said_so(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("deployment", viewer, deployment="nothing")
    assert not page.exception
    assert "There is no such deployment" in texts(page)
