"""The page of users."""

from __future__ import annotations

import pytest

from core.identity import Role
from core.identity.users import list_users
from tests.pages.conftest import texts
from tests.pages.people import PASSWORD, add, press


def test_it_says_who_may_sign_in(ws, open_page):
    boss = add(ws, "boss", Role.ADMIN)
    add(ws, "mori", Role.SCIENTIST)
    page = open_page("users", boss)
    assert not page.exception
    assert "2 people may sign in" in texts(page)
    assert "サインインできる人は2名です" in texts(open_page("users", boss, language="ja"))


def test_an_admin_adds_a_user(ws, open_page):
    boss = add(ws, "boss", Role.ADMIN)
    page = open_page("users", boss)
    press(page, "users-add")
    page.text_input(key="user-name").input("Mori Kenta")
    page.text_input(key="user-email").input("mori@example.com")
    page.text_input(key="user-password").input("short")
    press(page, "users-add")
    press(page, "users-add", "user-add")
    assert "needs 10 to 200 characters" in page.error[0].value
    assert len(list_users(ws, boss)) == 1
    page.text_input(key="user-password").input(PASSWORD)
    press(page, "users-add", "user-add")
    assert not page.exception
    assert [(u.name, u.roles) for u in list_users(ws, boss)][1] == ("Mori Kenta", {Role.VIEWER})
    assert "Mori Kenta may sign in now." in texts(page)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SCIENTIST, Role.APPROVER])
def test_others_are_told_who_may_see_it(ws, open_page, role):
    page = open_page("users", add(ws, "somebody", role))
    assert not page.exception
    assert "see this page" in texts(page)
    assert "somebody@example.com" not in texts(page)
