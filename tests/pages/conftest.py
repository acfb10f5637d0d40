"""Pages run by Streamlit's own test runner, on a real workspace, as somebody with a role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.ui import session
from core.identity import Principal
from core.jobs.schedules import Schedules
from core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
OpenPage = Callable[..., AppTest]


@dataclass(frozen=True)
class FakePortal:
    """What pages need of a portal, without its background work."""

    ws: Workspace
    schedules: Schedules

    def principal_for_session(self, cookie_value: str) -> Principal | None:
        return None


@pytest.fixture
def open_page(ws: Workspace) -> Iterator[OpenPage]:
    """Runs a page by its key, as a principal, in a language, with query parameters."""

    def run(key: str, person: Principal, *, language: str = "en", **query: str) -> AppTest:
        session.use_for_tests(FakePortal(ws, Schedules(ws.store, ws.clock)), person, language)  # type: ignore[arg-type]
        page = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=30)
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        page.switch_page(str(ROOT / "pages" / f"{key}.py"))
        for name, value in query.items():
            page.query_params[name] = value
        return page.run()

    yield run
    session.end_use_for_tests()


def rows_of(page: AppTest) -> str:
    """What the page's rows hold, as JSON in one string."""
    parts = [c.proto.json if getattr(c.proto, "json", "") else str(c.proto) for c in page.get("bidi_component")]
    return json.dumps([json.loads(part) if part.startswith(("{", "[")) else part for part in parts], ensure_ascii=False)


def texts(page: AppTest) -> str:
    """Everything that a page says, in one string."""
    html = [element.proto.body for element in page.get("html")]
    said = [element.value for kind in (page.title, page.markdown, page.caption, page.error, page.info, page.success) for element in kind]
    return "\n".join([*html, *map(str, said)])
