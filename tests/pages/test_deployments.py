"""The list of deployments, empty and filled, in both languages."""

# ruff: noqa: F811 - fixtures are imported by name
from __future__ import annotations

import pytest

from core.identity import Principal
from core.serving.service import deploy_version, stop_deployment
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.serving.conftest import models, packages, world  # noqa: F401
from tests.serving.world import Models


def test_deployments_invites_to_approve_first(open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("deployments", viewer)
    assert not page.exception
    assert "No model makes decisions yet" in texts(page)


@pytest.mark.parametrize(("language", "says"), [("en", "1 model makes decisions now"), ("ja", "1件のモデルが判断を行っています")])
def test_deployments_counts_what_decides(
    ws: Workspace,
    models: Models,
    open_page: OpenPage,
    approver: Principal,
    viewer: Principal,
    language: str,
    says: str,
) -> None:
    made = deploy_version(ws, approver, models.approve().id)
    page = open_page("deployments", viewer, language=language)
    assert not page.exception
    assert says in texts(page)
    assert len(page.get("bidi_component")) == 1
    stop_deployment(ws, approver, made.id)
    page = open_page("deployments", viewer)
    assert "0 models make decisions now" in texts(page)
