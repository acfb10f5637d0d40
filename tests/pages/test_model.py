"""One model: its versions, and the way to an approval."""

# ruff: noqa: F811

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.identity import Principal
from core.project.model import Project
from core.registry.approvals import list_approvals
from core.registry.service import list_versions, register_model
from core.serving.model import DeploymentState
from core.serving.service import deploy_version, get_deployment, list_deployments, stop_deployment, timeline
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.pages.people import press
from tests.registry.conftest import project, world  # noqa: F401
from tests.registry.world import World, make_frame
from tests.serving.conftest import models, packages  # noqa: F401
from tests.serving.world import Models


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


def _deploy(page: AppTest, **inputs: object) -> None:
    press(page, "model-deploy")
    page.text_input(key="deploy-reason").input("Worth a try")
    for key, value in inputs.items():
        getattr(page, key)(key=f"deploy-{'pilot' if key == 'toggle' else 'share'}").set_value(value)
    press(page, "model-deploy")
    press(page, "model-deploy", "deploy-go")


def test_an_approver_deploys_a_version_whole_and_the_next_as_a_pilot(
    ws: Workspace, open_page: OpenPage, scientist: Principal, approver: Principal, models: Models
) -> None:
    first = models.approve()
    assert open_page("model", scientist, model=first.model_id).button(key="model-deploy").disabled
    _deploy(open_page("model", approver, model=first.model_id))
    (made,) = list_deployments(ws, approver)
    assert (made.champion_number, made.canary_number) == (1, None)
    second = models.approve(0.05)
    _deploy(open_page("model", approver, model=first.model_id, version=second.id), slider=25)
    (made,) = list_deployments(ws, approver)
    assert (made.champion_number, made.canary_number, made.canary_share) == (1, 2, 0.25)
    assert timeline(ws, approver, made.id)[0].reason == "Worth a try"


def test_a_stopped_deployment_serves_a_version_again(
    ws: Workspace, open_page: OpenPage, scientist: Principal, approver: Principal, models: Models
) -> None:
    version = models.approve()
    made = deploy_version(ws, approver, version.id, reason="go")
    stop_deployment(ws, approver, made.id, reason="wait")
    _deploy(open_page("model", approver, model=version.model_id))
    again = get_deployment(ws, approver, made.id)
    assert (again.state, again.champion_number, again.canary_number) == (DeploymentState.LIVE, 1, None)


def test_an_unknown_model_is_said_so(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("model", scientist, model="nothing")
    assert not page.exception
    assert "There is no such model" in texts(page)
