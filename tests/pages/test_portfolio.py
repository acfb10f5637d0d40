"""The portfolio page: empty, filled, in both languages, for a viewer."""

from __future__ import annotations

import pytest

from core.identity import Principal
from core.monitoring import catalogue
from core.workspace import Workspace
from tests.monitoring import conftest as made
from tests.monitoring.test_portfolio import business
from tests.pages.conftest import OpenPage, texts

gateway, versions = made.gateway, made.versions
__all__ = ["business", "gateway", "versions"]


def test_empty_portfolio_says_how_to_begin(ws: Workspace, open_page: OpenPage, viewer: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "list_live", lambda ws: [])
    page = open_page("portfolio", viewer)
    assert not page.exception
    assert "No project yet" in texts(page)
    (button,) = [b for b in page.button if b.label == "Create a project"]
    assert button.disabled


@pytest.mark.parametrize(("language", "says"), [("en", "Models have earned ¥14.0K"), ("ja", "実現価値は14,000円")])
def test_portfolio_tells_earned_and_promised(business: Workspace, open_page: OpenPage, viewer: Principal, language: str, says: str) -> None:
    page = open_page("portfolio", viewer, language=language)
    assert not page.exception
    said = texts(page)
    assert says in page.title[0].value.replace("\\", "")
    assert "233%" in {metric.value for metric in page.metric}
    assert "{" not in page.title[0].value
    assert len(page.get("vega_lite_chart")) == 2  # value over time, and the way from promised to earned
    assert len(page.get("bidi_component")) == 2  # ledgers and projects
    assert "95%" in said


def test_the_window_can_be_chosen(business: Workspace, open_page: OpenPage, viewer: Principal) -> None:
    page = open_page("portfolio", viewer)
    page.button_group(key="span").set_value("year").run()
    assert not page.exception
    assert "this year" in page.title[0].value
