"""Sessions: kept as hashes, sliding, ended at once."""

from __future__ import annotations

import pytest

from core.errors import PermissionDenied
from core.identity import cache
from core.identity.sessions import end_session, end_sessions, list_sessions, principal_for_session, start_session


@pytest.fixture
def _fresh(monkeypatch):
    """Each look asks the store."""
    monkeypatch.setattr(cache, "TRUST_S", 0.0)


def test_the_cookie_is_stored_nowhere(ws, mori):
    cookie = start_session(ws, mori, address="10.0.0.1", agent="Firefox")
    assert len(cookie) >= 43
    assert cookie not in str(ws.store.rows("SELECT * FROM sessions"))
    found = principal_for_session(ws, cookie)
    assert (found.user_id, found.via, found.roles) == (mori.id, "session", mori.roles)


@pytest.mark.parametrize("cookie", ["", "x", "a" * 43, "' OR 1=1 --" * 3, "あ" * 30, "x" * 10_000])
def test_a_made_up_cookie_is_nobody(ws, mori, cookie):
    start_session(ws, mori)
    assert principal_for_session(ws, cookie) is None


@pytest.mark.usefixtures("_fresh")
def test_use_moves_the_end_and_rest_reaches_it(ws, mori, clock):
    cookie = start_session(ws, mori)
    for _ in range(5):
        clock.move(hours=1.5)
        assert principal_for_session(ws, cookie)
    clock.move(hours=2.1)
    assert principal_for_session(ws, cookie) is None


@pytest.mark.usefixtures("_fresh")
def test_clicks_do_not_write_each_time(ws, mori, clock, monkeypatch):
    cookie = start_session(ws, mori)
    writes = []
    real = type(ws.store).write
    monkeypatch.setattr(type(ws.store), "write", lambda self, work: (writes.append(1), real(self, work))[1])
    for _ in range(200):
        clock.move(seconds=1)
        assert principal_for_session(ws, cookie)
    assert 1 <= len(writes) <= 3


def test_a_look_is_remembered_for_seconds_only(ws, mori, monkeypatch):
    cookie = start_session(ws, mori)
    assert principal_for_session(ws, cookie)
    # Behind the back of this process: seen after the trust has run out.
    ws.store.write(lambda tx: tx.execute("DELETE FROM sessions"))
    assert principal_for_session(ws, cookie)
    monkeypatch.setattr(cache, "TRUST_S", 0.0)
    assert principal_for_session(ws, cookie) is None


def test_a_change_during_a_look_is_not_covered_by_it(ws, mori):
    def look():
        cache.forget(ws.store)
        return mori.principal()

    assert cache.remembered(ws.store, "key", look)
    assert cache.remembered(ws.store, "key", lambda: None) is None


def test_signing_out_here_and_everywhere(ws, boss, mori):
    cookies = [start_session(ws, mori) for _ in range(3)]
    end_session(ws, cookies[0])
    end_session(ws, "unknown")
    assert principal_for_session(ws, cookies[0]) is None
    me = principal_for_session(ws, cookies[1])
    assert len(list_sessions(ws, me, mori.id)) == 2
    assert end_sessions(ws, me, mori.id, keep_own=True) == 1
    assert principal_for_session(ws, cookies[1])
    assert principal_for_session(ws, cookies[2]) is None
    assert end_sessions(ws, boss.principal(), mori.id) == 1
    assert principal_for_session(ws, cookies[1]) is None
    with pytest.raises(PermissionDenied):
        end_sessions(ws, me, boss.id)
    with pytest.raises(PermissionDenied):
        list_sessions(ws, me, boss.id)


def test_ended_sessions_are_swept(ws, mori, clock):
    start_session(ws, mori)
    clock.move(hours=3)
    start_session(ws, mori)
    assert ws.store.one("SELECT count(*) FROM sessions") == (1,)
