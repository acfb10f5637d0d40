"""Accounts: who may sign in, with which roles, and who may change that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, DuplicateName, InvalidInput, NotFound, NotSignedIn, PermissionDenied, TooManyAttempts
from core.identity import SYSTEM, Role
from core.identity.model import UserSpec
from core.identity.sessions import principal_for_session, start_session
from core.identity.tokens import issue_token, principal_for_token
from core.identity.users import (
    authenticate,
    create_user,
    disable_user,
    enable_user,
    find_user,
    get_user,
    list_users,
    normalise_email,
    parse_roles,
    set_password,
    set_profile,
    set_roles,
)  # fmt: skip
from core.store.audit import list_events, verify_chain
from tests.identity.conftest import PASSWORD


def signs_in(ws, user, password=PASSWORD):
    return authenticate(ws, user.email, password, address="127.0.0.1").id == user.id


def test_an_address_is_one_account_however_it_is_written(ws, boss):
    user = create_user(ws, boss.principal(), UserSpec("  Mori@Example.COM ", " Mori   Ogai ", PASSWORD, frozenset({Role.VIEWER})))
    assert (user.email, user.name) == ("mori@example.com", "Mori Ogai")
    with pytest.raises(DuplicateName):
        create_user(ws, boss.principal(), UserSpec("MORI@example.com", "Other", PASSWORD, frozenset({Role.VIEWER})))
    assert authenticate(ws, "ＭＯＲＩ@example.com", PASSWORD, address="").id == user.id
    assert find_user(ws, boss.principal(), "MORI@EXAMPLE.com").id == user.id


@pytest.mark.parametrize(
    ("email", "name", "password", "roles", "field"),
    [
        ("nobody", "A", PASSWORD, {Role.VIEWER}, "email"),
        ("a@b@c", "A", PASSWORD, {Role.VIEWER}, "email"),
        ("a@" + "b" * 300, "A", PASSWORD, {Role.VIEWER}, "email"),
        ("a@b", " ", PASSWORD, {Role.VIEWER}, "name"),
        ("a@b", "x" * 81, PASSWORD, {Role.VIEWER}, "name"),
        ("a@b", "A\x00B", PASSWORD, {Role.VIEWER}, "name"),
        ("a@b", "A", "short", {Role.VIEWER}, "password"),
        ("a@b", "A", "x" * 201, {Role.VIEWER}, "password"),
        ("a@b", "A", "aaaaaaaaaaaa", {Role.VIEWER}, "password"),
        ("a@b", "A", "Password2026!", {Role.VIEWER}, "password"),
        ("someone.long@b.example", "A", "someone.long", {Role.VIEWER}, "password"),
        ("a@b", "A", PASSWORD, set(), "roles"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_stored(ws, boss, email, name, password, roles, field):
    with pytest.raises(InvalidInput) as caught:
        create_user(ws, boss.principal(), UserSpec(email, name, password, frozenset(roles)))
    assert caught.value.field == field
    assert [user.id for user in list_users(ws, boss.principal())] == [boss.id]
    assert PASSWORD not in str(caught.value)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(text):
    try:
        found = normalise_email(text)
    except InvalidInput:
        return
    assert found == normalise_email(found)
    assert found.count("@") == 1


def test_passwords_are_kept_as_hashes_only(ws, mori):
    row = ws.store.one("SELECT password_hash FROM users WHERE id = ?", [mori.id])
    assert row[0].startswith("$argon2id$")
    everything = str(ws.store.rows("SELECT * FROM users")) + str(ws.store.rows("SELECT * FROM audit_events"))
    assert PASSWORD not in everything


def test_wrong_unknown_and_disabled_answer_alike(ws, boss, mori):
    disable_user(ws, boss.principal(), mori.id)
    told = set()
    for email, password in (
        (boss.email, "wrong password"),
        ("nobody@example.com", PASSWORD),
        (mori.email, PASSWORD),
        ("no address", PASSWORD),
    ):
        with pytest.raises(NotSignedIn) as caught:
            authenticate(ws, email, password, address="")
        told.add(str(caught.value))
    assert len(told) == 1


def test_too_many_failures_wait_known_or_not(ws, boss, mori, clock):
    for email in (mori.email, "nobody@example.com"):
        for _ in range(3):
            with pytest.raises(NotSignedIn):
                authenticate(ws, email, "wrong password", address="")
        with pytest.raises(TooManyAttempts) as caught:
            authenticate(ws, email, PASSWORD, address="")
        assert caught.value.fields["seconds"] == 60
    locked = [e.event.target_id for e in list_events(ws.store, action="user.locked")]
    assert locked == [mori.id]
    assert signs_in(ws, boss)
    clock.move(seconds=61)
    assert signs_in(ws, mori)
    # A success starts the count anew.
    for _ in range(2):
        with pytest.raises(NotSignedIn):
            authenticate(ws, mori.email, "wrong password", address="")
    assert signs_in(ws, mori)


def test_attempts_at_the_same_time_cannot_slip_past_the_limit(ws, mori):
    from concurrent.futures import ThreadPoolExecutor

    def attempt(_: int) -> str:
        try:
            authenticate(ws, mori.email, "wrong password", address="")
        except (NotSignedIn, TooManyAttempts) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(attempt, range(20)))
    assert results.count("NotSignedIn") == 3
    assert results.count("TooManyAttempts") == 17


def test_a_disabled_user_is_out_at_once_and_comes_back(ws, boss, mori):
    cookie = start_session(ws, mori)
    token = issue_token(ws, mori.principal(), "ci", frozenset({Role.VIEWER})).secret
    assert principal_for_session(ws, cookie)
    assert principal_for_token(ws, token)
    disable_user(ws, boss.principal(), mori.id)
    assert principal_for_session(ws, cookie) is None
    assert principal_for_token(ws, token) is None
    enable_user(ws, boss.principal(), mori.id)
    assert principal_for_session(ws, cookie) is None
    assert principal_for_token(ws, token)
    assert signs_in(ws, mori)


def test_roles_count_from_the_next_look(ws, boss, mori):
    cookie = start_session(ws, mori)
    assert principal_for_session(ws, cookie).roles == {Role.SCIENTIST, Role.VIEWER}
    set_roles(ws, boss.principal(), mori.id, frozenset({Role.VIEWER}))
    assert principal_for_session(ws, cookie).roles == {Role.VIEWER}


def test_the_last_admin_stays(ws, boss, add):
    for act in (lambda: disable_user(ws, SYSTEM, boss.id), lambda: set_roles(ws, boss.principal(), boss.id, frozenset({Role.VIEWER}))):
        with pytest.raises(Conflict):
            act()
    other = add("other", Role.ADMIN)
    disable_user(ws, boss.principal(), other.id)
    with pytest.raises(Conflict):
        disable_user(ws, boss.principal(), boss.id)
    enable_user(ws, boss.principal(), other.id)
    assert not disable_user(ws, other.principal(), boss.id).active


def test_a_password_change_ends_the_other_sessions(ws, boss, mori):
    here, there = start_session(ws, mori), start_session(ws, mori)
    me = principal_for_session(ws, here)
    with pytest.raises(InvalidInput) as caught:
        set_password(ws, me, mori.id, "five words in a row", current="wrong")
    assert caught.value.field == "current"
    set_password(ws, me, mori.id, "five words in a row", current=PASSWORD)
    assert principal_for_session(ws, here)
    assert principal_for_session(ws, there) is None
    assert signs_in(ws, mori, "five words in a row")
    set_password(ws, boss.principal(), mori.id, "six words in a long row")
    assert principal_for_session(ws, here) is None
    assert signs_in(ws, mori, "six words in a long row")


def test_guessing_the_present_password_is_bounded_too(ws, mori):
    for _ in range(3):
        with pytest.raises(InvalidInput):
            set_password(ws, mori.principal(), mori.id, "five words in a row", current="wrong")
    with pytest.raises(TooManyAttempts):
        set_password(ws, mori.principal(), mori.id, "five words in a row", current=PASSWORD)


def test_only_admins_manage_others(ws, boss, mori):
    me = mori.principal()
    for act in (
        lambda: create_user(ws, me, UserSpec("x@y", "X", PASSWORD, frozenset({Role.VIEWER}))),
        lambda: list_users(ws, me),
        lambda: get_user(ws, me, boss.id),
        lambda: disable_user(ws, me, boss.id),
        lambda: enable_user(ws, me, boss.id),
        lambda: set_roles(ws, me, mori.id, frozenset(Role)),
        lambda: set_password(ws, me, boss.id, "five words in a row"),
        lambda: set_profile(ws, me, boss.id, name="X", language="en"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert get_user(ws, me, mori.id).id == mori.id
    assert set_profile(ws, me, mori.id, name="森", language="ja").language == "ja"
    with pytest.raises(InvalidInput):
        set_profile(ws, me, mori.id, name="M", language="fr")
    with pytest.raises(NotFound):
        disable_user(ws, boss.principal(), "nothing")
    with pytest.raises(InvalidInput):
        parse_roles(["viewer", "king"])


def test_every_change_is_in_the_trail(ws, boss, mori):
    actor = boss.principal()
    set_roles(ws, actor, mori.id, frozenset({Role.APPROVER}))
    disable_user(ws, actor, mori.id)
    enable_user(ws, actor, mori.id)
    set_password(ws, actor, mori.id, "five words in a row")
    actions = [e.event.action for e in list_events(ws.store, target_id=mori.id)]
    assert actions == ["user.password", "user.enable", "user.disable", "user.roles", "user.create"]
    assert verify_chain(ws.store).broken_seq is None
