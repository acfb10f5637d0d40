"""The page of one's own account."""

from __future__ import annotations

import pytest

from core.errors import NotSignedIn
from core.identity import Role
from core.identity.sessions import principal_for_session, start_session
from core.identity.users import authenticate, get_user
from tests.pages.conftest import texts
from tests.pages.people import PASSWORD, add


def test_name_and_language_are_ones_own(ws, open_page):
    mori = add(ws, "mori", Role.VIEWER)
    page = open_page("account", mori)
    assert not page.exception
    page.text_input(key="account-name").input("Mori Ogai").run()
    page.button(key="account-save").click().run()
    assert not page.exception
    assert get_user(ws, mori, mori.user_id).name == "Mori Ogai"


def test_a_password_needs_the_present_one(ws, open_page):
    mori = add(ws, "mori", Role.VIEWER)
    page = open_page("account", mori)
    for current, said in (("wrong", "The present password is wrong."), (PASSWORD, "Your password is changed.")):
        page.text_input(key="account-current").input(current)
        page.text_input(key="account-new").input("five words in a long row")
        next(b for b in page.button if b.label == "Change password").click().run()
        assert not page.exception
        assert said in texts(page)
    assert authenticate(ws, mori.email, "five words in a long row", address="").id == mori.user_id
    with pytest.raises(NotSignedIn):
        authenticate(ws, mori.email, PASSWORD, address="")


def test_signing_out_elsewhere_keeps_this_browser(ws, open_page):
    mori = add(ws, "mori", Role.VIEWER)
    user = get_user(ws, mori, mori.user_id)
    here, there = start_session(ws, user), start_session(ws, user)
    page = open_page("account", principal_for_session(ws, here))
    assert "Signed in at 2 places" in texts(page)
    page.button(key="account-out").click().run()
    assert not page.exception
    assert principal_for_session(ws, here)
    assert principal_for_session(ws, there) is None
