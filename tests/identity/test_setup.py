"""The first user: made once, behind a link that only the operator sees."""

from __future__ import annotations

import pytest

from core.errors import Conflict, InvalidInput, NotFound
from core.identity import Role
from core.identity.setup import check_setup_token, complete_setup, needs_setup, setup_token
from core.identity.users import authenticate, get_user
from tests.identity.conftest import PASSWORD


def test_the_first_user_holds_every_role_and_the_link_ends(ws):
    token = setup_token(ws)
    assert needs_setup(ws)
    assert check_setup_token(ws, token)
    user = complete_setup(ws, token, "Ada", "ada@example.com", PASSWORD, "ja")
    assert (user.roles, user.language) == (frozenset(Role), "ja")
    assert get_user(ws, user.principal(), user.id).last_sign_in_at == ws.clock()
    assert authenticate(ws, "ada@example.com", PASSWORD, address="").id == user.id
    assert not needs_setup(ws)
    assert setup_token(ws) is None
    assert not check_setup_token(ws, token)
    with pytest.raises(NotFound):
        complete_setup(ws, token, "Eve", "eve@example.com", PASSWORD)


def test_a_new_start_prints_a_new_link_and_the_old_one_ends(ws):
    old, new = setup_token(ws), setup_token(ws)
    assert old != new
    assert not check_setup_token(ws, old)
    for bad in (old, "", "x" * 43):
        with pytest.raises(NotFound):
            complete_setup(ws, bad, "Eve", "eve@example.com", PASSWORD)
    assert needs_setup(ws)


def test_a_mistyped_form_keeps_the_link(ws):
    token = setup_token(ws)
    with pytest.raises(InvalidInput):
        complete_setup(ws, token, "Ada", "ada@example.com", "short")
    assert check_setup_token(ws, token)


def test_two_at_once_make_one_user(ws):
    from concurrent.futures import ThreadPoolExecutor

    token = setup_token(ws)

    def attempt(number: int) -> str:
        try:
            return complete_setup(ws, token, "Ada", f"ada{number}@example.com", PASSWORD).email
        except (Conflict, NotFound):
            return ""

    with ThreadPoolExecutor(4) as pool:
        made = [email for email in pool.map(attempt, range(4)) if email]
    assert len(made) == 1
    assert ws.store.one("SELECT count(*) FROM users") == (1,)
