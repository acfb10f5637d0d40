"""The page of API tokens."""

from __future__ import annotations

from core.identity import Role
from core.identity.tokens import issue_token, list_tokens, principal_for_token
from tests.pages.conftest import texts
from tests.pages.people import add, press


def test_a_token_is_issued_and_its_secret_shown_once(ws, open_page):
    mori = add(ws, "mori", Role.SCIENTIST)
    page = open_page("tokens", mori)
    assert "No tokens yet" in texts(page)
    press(page, "k-tokens-button")
    page.text_input(key="token-name").input("Nightly")
    press(page, "k-tokens-button")
    press(page, "k-tokens-button", "token-issue")
    assert not page.exception
    secret = page.code[0].value
    assert principal_for_token(ws, secret).roles == {Role.SCIENTIST}
    page.run()
    assert "1 token is active" in texts(page)
    assert secret not in texts(page)
    assert not page.code


def test_an_admin_sees_all_and_others_their_own(ws, open_page):
    boss, mori = add(ws, "boss", Role.ADMIN), add(ws, "mori", Role.VIEWER)
    issue_token(ws, mori, "One", frozenset({Role.VIEWER}))
    issue_token(ws, boss, "Two", frozenset({Role.ADMIN}))
    assert "2 tokens are active" in texts(open_page("tokens", boss))
    assert "1 token is active" in texts(open_page("tokens", mori))
    assert "有効なトークンは1件です" in texts(open_page("tokens", mori, language="ja"))
    assert len(list_tokens(ws, boss)) == 2
