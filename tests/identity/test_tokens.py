"""API tokens: at most what their owner may do, gone when they are revoked."""

from __future__ import annotations

import pytest

from core.errors import DuplicateName, InvalidInput, NotFound, PermissionDenied
from core.identity import Role, cache
from core.identity.local import COMMAND_LINE, open_local_key
from core.identity.tokens import issue_token, list_tokens, principal_for_token, revoke_token
from core.identity.users import set_roles

VIEW = frozenset({Role.VIEWER})


def test_the_secret_is_told_once_and_stored_nowhere(ws, mori):
    issued = issue_token(ws, mori.principal(), "ci", VIEW)
    assert issued.secret.startswith("kachi_")
    assert issued.secret.startswith(issued.token.hint)
    stored = str(ws.store.rows("SELECT * FROM api_tokens")) + str(ws.store.rows("SELECT * FROM audit_events"))
    assert issued.secret not in stored
    found = principal_for_token(ws, issued.secret)
    assert (found.user_id, found.roles, found.via) == (mori.id, VIEW, "token")
    assert list_tokens(ws, mori.principal(), user_id=mori.id)[0].last_used_at is not None


def test_a_token_never_holds_more_than_its_owner(ws, boss, mori):
    with pytest.raises(InvalidInput):
        issue_token(ws, mori.principal(), "ci", frozenset({Role.ADMIN}))
    with pytest.raises(InvalidInput):
        issue_token(ws, boss.principal(), "ci", frozenset({Role.ADMIN}), user_id=mori.id)
    wide = issue_token(ws, mori.principal(), "wide", frozenset({Role.SCIENTIST, Role.VIEWER}))
    narrow = issue_token(ws, mori.principal(), "narrow", VIEW)
    # A narrow token can't make itself a wide one.
    with pytest.raises(InvalidInput):
        issue_token(ws, principal_for_token(ws, narrow.secret), "up", frozenset({Role.SCIENTIST}))
    set_roles(ws, boss.principal(), mori.id, VIEW)
    assert principal_for_token(ws, wide.secret).roles == VIEW


def test_revoked_and_expired_tokens_are_nobody(ws, boss, mori, clock, monkeypatch):
    monkeypatch.setattr(cache, "TRUST_S", 0.0)
    day = issue_token(ws, mori.principal(), "day", VIEW, days=1)
    ever = issue_token(ws, mori.principal(), "ever", VIEW)
    clock.move(hours=25)
    assert principal_for_token(ws, day.secret) is None
    assert principal_for_token(ws, ever.secret)
    revoke_token(ws, boss.principal(), ever.token.id)
    assert principal_for_token(ws, ever.secret) is None
    assert revoke_token(ws, boss.principal(), ever.token.id).revoked_at is not None


@pytest.mark.parametrize("secret", ["", "kachi_", "kachi_" + "x" * 43, "kachi_local_" + "x" * 43, "Bearer x", "kachi_" + "x" * 1000])
def test_a_made_up_token_is_nobody(ws, mori, secret):
    issue_token(ws, mori.principal(), "ci", VIEW)
    open_local_key(ws)
    assert principal_for_token(ws, secret) is None


def test_names_lives_and_owners_are_checked(ws, boss, mori):
    issue_token(ws, mori.principal(), "ci", VIEW)
    with pytest.raises(DuplicateName):
        issue_token(ws, mori.principal(), "ci", VIEW)
    with pytest.raises(InvalidInput):
        issue_token(ws, mori.principal(), "life", VIEW, days=0)
    with pytest.raises(InvalidInput):
        issue_token(ws, mori.principal(), "none", frozenset())
    with pytest.raises(PermissionDenied):
        issue_token(ws, mori.principal(), "boss", VIEW, user_id=boss.id)
    with pytest.raises(NotFound):
        issue_token(ws, boss.principal(), "x", VIEW, user_id="nothing")
    other = issue_token(ws, boss.principal(), "boss", frozenset({Role.ADMIN}))
    with pytest.raises(NotFound):
        revoke_token(ws, mori.principal(), other.token.id)
    with pytest.raises(PermissionDenied):
        list_tokens(ws, mori.principal())
    assert len(list_tokens(ws, boss.principal())) == 2


def test_the_command_lines_key_lives_as_long_as_its_portal(ws):
    first = open_local_key(ws)
    assert principal_for_token(ws, first) == COMMAND_LINE
    second = open_local_key(ws)
    assert principal_for_token(ws, first) is None
    assert principal_for_token(ws, second).roles == {Role.ADMIN}
