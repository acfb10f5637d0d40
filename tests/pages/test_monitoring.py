"""The monitoring page: nothing live, a healthy deployment, a drifted one, checks and settings by role."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.identity import Principal
from core.monitoring import catalogue, service, telling
from core.monitoring.check import run_check
from core.monitoring.model import MonitorConfig
from core.workspace import Workspace
from tests.monitoring import conftest as made
from tests.monitoring.test_check import serve
from tests.pages.conftest import OpenPage, texts

gateway, versions = made.gateway, made.versions
__all__ = ["gateway", "versions"]


def test_nothing_live(ws: Workspace, open_page: OpenPage, scientist: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "list_live", lambda ws: [])
    page = open_page("monitoring", scientist)
    assert not page.exception
    assert "No deployment to watch" in texts(page)


@pytest.mark.parametrize(
    ("language", "finding"), [("en", "different from the training data in 1 column"), ("ja", "1列（age）の傾向が学習時と異なります")]
)
def test_drift_is_the_headline(
    ws: Workspace, gateway: made.Gateway, versions: dict, open_page: OpenPage, scientist: Principal, language: str, finding: str
) -> None:
    recent = ws.clock() - timedelta(days=4)
    serve(ws, gateway, 600, at=recent, ages=(99,))
    run_check(ws, scientist, "dep-1")
    page = open_page("monitoring", scientist, language=language)
    assert not page.exception
    assert finding in page.title[0].value.replace("\\", "")
    assert len(page.get("vega_lite_chart")) >= 4
    assert {m.value for m in page.metric} >= {"600"}


def test_check_now_is_one_click(ws: Workspace, gateway: made.Gateway, versions: dict, open_page: OpenPage, scientist: Principal) -> None:
    serve(ws, gateway, 300, at=ws.clock() - timedelta(days=2))
    page = open_page("monitoring", scientist)
    assert "Not checked yet" in page.title[0].value
    next(b for b in page.button if b.label == "Check now").click().run()
    assert not page.exception
    assert len(service.list_checks(ws, scientist, "dep-1")) == 1


def test_settings_open_and_are_kept(
    ws: Workspace, gateway: made.Gateway, versions: dict, open_page: OpenPage, scientist: Principal, approver: Principal
) -> None:
    serve(ws, gateway, 60, at=ws.clock() - timedelta(days=2))
    page = open_page("monitoring", scientist)
    next(b for b in page.button if b.label == "Settings").click().run()
    assert not page.exception
    assert page.text_input(key="k-watch").value == "0.1"
    assert not page.button(key="k-save").disabled
    changed = telling.changed_config(MonitorConfig(), {"psi_watch": 0.15, "window_days": 14.0})
    service.edit_monitor(ws, scientist, "dep-1", changed)
    assert service.get_monitor(ws, scientist, "dep-1").config == MonitorConfig(psi_watch=0.15, window_days=14)
    other = open_page("monitoring", approver)
    assert next(b for b in other.button if b.label == "Settings").disabled
