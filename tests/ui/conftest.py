"""A reader without a portal: what the shared parts need, and nothing more."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from app.ui import session
from core.identity.permissions import Role
from core.identity.principal import Principal

Draw = Callable[..., AppTest]


def person(*roles: Role) -> Principal:
    return Principal("user-1", "Aiko Tanaka", "aiko@example.com", frozenset(roles))


def portal(*, demo: bool = False) -> SimpleNamespace:
    settings = SimpleNamespace(timezone="Asia/Tokyo", demo=demo)
    return SimpleNamespace(ws=SimpleNamespace(settings=settings), principal_for_session=lambda _: None)


@pytest.fixture
def draw() -> Iterator[Draw]:
    """Draws a function as a page, as a reader with roles, in a language."""

    def run(page: Callable[[], None], *roles: Role, language: str = "en", demo: bool = False) -> AppTest:
        reader = person(*roles) if roles else person(Role.VIEWER)
        session.use_for_tests(portal(demo=demo), reader, "ja" if language == "ja" else "en")
        return AppTest.from_function(page, default_timeout=30).run()

    yield run
    session.end_use_for_tests()


def html_of(page: AppTest) -> str:
    """All HTML of a page."""
    return "\n".join(element.proto.body for element in page.get("html"))
