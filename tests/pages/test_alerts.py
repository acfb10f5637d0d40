"""The inbox of alerts: empty, filled, taken and resolved, by role."""

from __future__ import annotations

import pytest

from core.identity import Principal
from core.monitoring import alerts as inbox
from core.monitoring import catalogue
from core.monitoring.check import run_check
from core.workspace import Workspace
from tests.monitoring import conftest as made
from tests.monitoring.test_check import serve
from tests.pages.conftest import OpenPage, texts

gateway, versions = made.gateway, made.versions
__all__ = ["gateway", "versions"]


def test_an_empty_inbox(ws: Workspace, open_page: OpenPage, viewer: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "list_live", lambda ws: [])
    page = open_page("alerts", viewer)
    assert not page.exception
    assert "No open alerts" in texts(page)


@pytest.mark.parametrize(("language", "finding"), [("en", "1 alert needs somebody to act"), ("ja", "対応が必要なアラートが1件あります")])
def test_alerts_are_listed_for_everybody(
    ws: Workspace,
    gateway: made.Gateway,
    versions: dict,
    open_page: OpenPage,
    scientist: Principal,
    viewer: Principal,
    language: str,
    finding: str,
) -> None:
    window = serve(ws, gateway, 600, ages=(99,))
    run_check(ws, scientist, "dep-1", window)
    page = open_page("alerts", viewer, language=language)
    assert not page.exception
    assert finding in page.title[0].value
    assert len(page.get("bidi_component")) == 1
    inbox.resolve_alert(ws, scientist, inbox.list_alerts(ws, viewer)[0].id, "Known")
    assert "1" not in open_page("alerts", viewer).title[0].value
