"""The menu by role, and the ways between pages."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.ui import navigation, session
from core.identity.permissions import Permission, Role
from tests.ui.conftest import Draw, html_of, person, portal

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
FILES = {
    "portfolio", "impact_report", "approvals", "approval", "alerts", "projects", "project", "data", "dataset", "runs", "run", "compare",
    "models", "model", "deployments", "deployment", "monitoring", "retraining", "schedules", "jobs", "users", "tokens", "audit", "lineage",
    "backups", "account", "value_ledger", "contracts", "contract_request", "value_model",
}  # fmt: skip


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three pages, each saying its name."""
    for key in ("portfolio", "run", "users"):
        (tmp_path / f"{key}.py").write_text(f"import streamlit as st\nst.title('I am {key}')\n", encoding="utf-8")
    monkeypatch.setattr(navigation, "PAGES_FOLDER", tmp_path)
    return tmp_path


def open_main(*roles: Role, language: str = "en") -> AppTest:
    session.use_for_tests(portal(), person(*roles) if roles else None, "ja" if language == "ja" else "en")
    try:
        return AppTest.from_file(str(MAIN), default_timeout=30).run()
    finally:
        session.end_use_for_tests()


def test_the_table_names_every_page_once() -> None:
    assert {page.key for page in navigation.PAGES} == FILES
    assert len(navigation.PAGES) == len(FILES)
    assert not navigation.entry("approval").in_menu
    assert navigation.entry("users").permission is Permission.MANAGE_USERS


def test_pages_without_a_file_are_left_out(pages: Path) -> None:
    assert [page.key for page in navigation.existing()] == ["portfolio", "run", "users"]
    assert not navigation.exists("models")


@pytest.mark.usefixtures("pages")
def test_home_leads_to_the_first_page() -> None:
    page = open_main(Role.VIEWER)
    assert not page.exception
    assert [title.value for title in page.title] == ["I am portfolio"]
    assert "Aiko Tanaka · Viewer" in html_of(page)


def menu_page() -> None:
    import streamlit as st

    from app.main import menu
    from app.ui import session

    groups = menu(session.current())
    st.session_state["menu"] = {title: [(page.url_path, page.title, page.visibility) for page in pages] for title, pages in groups.items()}


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(("role", "seen"), [(Role.VIEWER, "hidden"), (Role.ADMIN, "visible")])
def test_the_menu_shows_what_a_role_may_see(draw: Draw, role: Role, seen: str) -> None:
    menu = draw(menu_page, role, language="ja").session_state["menu"]
    assert menu["管理"] == [("users", "ユーザー", seen)]
    assert menu["開発"] == [("run", "学習ラン", "hidden")]
    assert menu[""] == [("", "Kachi", "hidden")]


@pytest.mark.parametrize(("role", "is_denied"), [(Role.VIEWER, True), (Role.ADMIN, False)])
def test_a_page_that_a_role_lacks_never_runs_and_says_who_can_see_it(pages: Path, role: Role, is_denied: bool) -> None:
    session.use_for_tests(portal(), person(role), "ja")
    try:
        page = AppTest.from_file(str(MAIN), default_timeout=30).run()
        page.switch_page(str(pages / "users.py")).run()
    finally:
        session.end_use_for_tests()
    assert not page.exception
    assert ("このページを開けるのは管理者です" in html_of(page)) == is_denied
    assert [title.value for title in page.title] == ([] if is_denied else ["I am users"])


@pytest.mark.usefixtures("pages")
def test_the_footer_speaks_the_readers_language() -> None:
    assert "Aiko Tanaka · 閲覧者" in html_of(open_main(Role.VIEWER, language="ja"))


@pytest.mark.usefixtures("pages")
def test_nobody_is_led_to_the_sign_in_page() -> None:
    page = open_main()
    assert not page.exception
    assert len(page.title) == 0
    assert "/auth/sign-in?next=" in html_of(page)
    assert "Your session has ended" in html_of(page)


def test_addresses_are_escaped() -> None:
    assert navigation.address("run", run="a b&c") == "/run?run=a+b%26c"
    with pytest.raises(KeyError):
        navigation.entry("nowhere")
