"""Signing in: forms that only our own pages can send, cookies that scripts can't read, no way to another site."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api.routes.sign_in import routes, safe_next
from core.identity import SYSTEM, Role
from core.identity.model import UserSpec
from core.identity.sessions import principal_for_session
from core.identity.setup import setup_token
from core.identity.users import create_user, disable_user

PASSWORD = "correct horse battery"


@pytest.fixture
def browser(portal):
    return TestClient(Starlette(routes=routes()), base_url="http://kachi.test", follow_redirects=False)


@pytest.fixture
def mori(portal):
    return create_user(portal.ws, SYSTEM, UserSpec("mori@example.com", "Mori", PASSWORD, frozenset({Role.VIEWER})))


def csrf(page) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


def send(browser, path="/auth/sign-in", headers=None, **fields):
    page = browser.get("/auth/sign-in")
    return browser.post(path, data={"csrf": csrf(page), **fields}, headers={"Origin": "http://kachi.test", **(headers or {})})


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(portal, browser, mori):
    answer = send(browser, email=" Mori@Example.com ", password=PASSWORD, next="/runs?id=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs?id=1")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("kachi_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    token = browser.cookies["kachi_session"]
    assert principal_for_session(portal.ws, token).user_id == mori.id
    assert browser.get("/auth/sign-in?next=/jobs").headers["location"] == "/jobs"


def test_signing_out_asks_first_and_ends_the_session(portal, browser, mori):
    send(browser, email="mori@example.com", password=PASSWORD)
    token = browser.cookies["kachi_session"]
    page = browser.get("/auth/sign-out")
    assert principal_for_session(portal.ws, token)
    done = browser.post("/auth/sign-out", data={"csrf": csrf(page)}, headers={"Origin": "http://kachi.test"})
    assert done.status_code == 200
    assert principal_for_session(portal.ws, token) is None
    assert "kachi_session" not in browser.cookies


def test_wrong_unknown_and_disabled_look_alike(portal, browser, mori):
    disable_user(portal.ws, SYSTEM, mori.id)
    pages = [send(browser, email=email, password="wrong password") for email in ("mori@example.com", "nobody@example.com")]
    pages.append(send(browser, email="mori@example.com", password=PASSWORD))
    assert {page.status_code for page in pages} == {401}
    errors = {re.search(r'role="alert"[^>]*>([^<]+)<', page.text)[1] for page in pages}
    assert len(errors) == 1
    assert PASSWORD not in "".join(page.text for page in pages)
    assert not any("kachi_session" in page.headers.get("set-cookie", "") for page in pages)


def test_too_many_failures_wait(browser, mori):
    for _ in range(5):
        assert send(browser, email="mori@example.com", password="wrong password").status_code == 401
    answer = send(browser, email="mori@example.com", password=PASSWORD)
    assert answer.status_code == 429
    assert "Wait" in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_from_elsewhere_is_refused(browser, mori, headers):
    answer = send(browser, headers=headers, email="mori@example.com", password=PASSWORD)
    assert answer.status_code == 403
    assert "kachi_session" not in browser.cookies


@pytest.mark.parametrize("value", ["", "x" * 32])
def test_a_form_without_its_token_is_refused(browser, mori, value):
    browser.get("/auth/sign-in")
    answer = browser.post("/auth/sign-in", data={"csrf": value, "email": "mori@example.com", "password": PASSWORD})
    assert answer.status_code == 403


def test_odd_bodies_are_refused_clearly(browser, mori):
    browser.get("/auth/sign-in")
    assert browser.post("/auth/sign-in", content=b"x" * 30_000).status_code == 413
    assert browser.post("/auth/sign-in", content=b"\xff\xfe").status_code in {403, 422}
    assert browser.post("/auth/sign-in", content=b"&".join(b"a%d=1" % n for n in range(50))).status_code == 422
    assert browser.post("/auth/sign-in", data={"email": '"><script>alert(1)</script>'}).text.count("<script>alert") == 0


@given(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(["//evil.example", "/\\evil.example", "https:/evil.example", "/\t/evil.example", "/%0d%0aSet-Cookie:x"]),
    )
)
def test_the_way_on_never_leaves_the_portal(target):
    found = safe_next(target)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\", "/auth/"))
    assert "\n" not in found
    assert "\r" not in found


def test_every_page_forbids_framing_and_caching(browser):
    for path in ("/auth/sign-in", "/auth/sign-out", "/auth/setup?token=x"):
        page = browser.get(path)
        assert page.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"


def test_the_first_user_is_made_behind_the_link(portal, browser):
    assert browser.get("/auth/setup?token=wrong").status_code == 404
    token = setup_token(portal.ws)
    page = browser.get(f"/auth/setup?token={token}")
    assert page.status_code == 200
    fields = {"csrf": csrf(page), "token": token, "name": "Ada", "email": "ada@example.com", "password": PASSWORD, "again": "other"}
    differs = browser.post("/auth/setup", data=fields)
    assert differs.status_code == 422
    assert "ada@example.com" in differs.text
    assert PASSWORD not in differs.text
    done = browser.post("/auth/setup", data=fields | {"again": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert principal_for_session(portal.ws, browser.cookies["kachi_session"]).roles == frozenset(Role)
    assert browser.get(f"/auth/setup?token={token}").status_code == 404


def test_the_forms_speak_japanese(browser):
    page = browser.get("/auth/sign-in", headers={"Accept-Language": "ja,en;q=0.8"})
    assert '<html lang="ja"' in page.text
    assert "サインイン" in page.text
