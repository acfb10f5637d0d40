"""Signing in and out, and the first set-up: plain HTML forms, for they must work before anything else does.

The templates are ``app/templates/{sign_in,setup,signed_out}.html``. Each gets ``t`` (translate), ``lang``, ``csrf``, ``next``,
``error`` (a message or empty), ``field`` (the field that it is about), ``demo`` and the values that were typed, never passwords.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.api.deps import SESSION_COOKIE
from core.api.portal import current
from core.errors import InvalidInput, KachiError, PermissionDenied, TooLarge
from core.identity.model import User
from core.identity.sessions import end_session, principal_for_session, start_session
from core.identity.setup import check_setup_token, complete_setup, needs_setup
from core.identity.users import authenticate
from core.settings import ROOT
from core.words import Words, language_of
from core.workspace import Workspace

CSRF_COOKIE = "kachi_csrf"
LANGUAGE_COOKIE = "kachi_language"
MAX_BODY = 20_000
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
FOREIGN = "This form was sent from another page, or was open for too long. Load it again and retry."
USED_LINK = "This set-up link isn't valid any more. The portal prints a new one when it starts without users."
_pages = Environment(loader=FileSystemLoader(ROOT / "app" / "templates"), autoescape=True)
Form = dict[str, str]


def routes() -> list[Route]:
    """The routes below ``/auth``."""
    return [
        Route("/auth/sign-in", show_sign_in, methods=["GET"]),
        Route("/auth/sign-in", sign_in, methods=["POST"]),
        Route("/auth/sign-out", show_sign_out, methods=["GET"]),
        Route("/auth/sign-out", sign_out, methods=["POST"]),
        Route("/auth/setup", show_setup, methods=["GET"]),
        Route("/auth/setup", set_up, methods=["POST"]),
    ]


def safe_next(target: str) -> str:
    """Where to go after signing in: a path of this portal, never another site.

    >>> safe_next("/runs?id=1"), safe_next("//evil.example"), safe_next("/\\\\evil.example"), safe_next("https://evil.example")
    ('/runs?id=1', '/', '/', '/')
    """
    if not target.startswith("/") or target.startswith(("//", "/auth/")) or "\\" in target or not target.isprintable():
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc or len(target) > 2000 else target


async def show_sign_in(request: Request) -> Response:
    """The form; who is signed in goes on."""
    target = safe_next(request.query_params.get("next", "/"))
    if await run_in_threadpool(_signed_in, request):
        return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
    empty = await run_in_threadpool(needs_setup, current().ws)
    return _page(request, "sign_in.html", next=target, needs_setup=empty, email="")


async def sign_in(request: Request) -> Response:
    """Check address and password, start a session."""
    return await _submit(request, "sign_in.html", lambda form: _sign_in(request, form))


def _sign_in(request: Request, form: Form) -> Response:
    ws = current().ws
    user = authenticate(ws, form.get("email", ""), form.get("password", ""), address=_address(request))
    return _enter(request, ws, user, safe_next(form.get("next", "/")))


def _enter(request: Request, ws: Workspace, user: User, target: str) -> Response:
    old = request.cookies.get(SESSION_COOKIE)
    if old:
        end_session(ws, old)
    token = start_session(ws, user, address=_address(request), agent=request.headers.get("user-agent", ""))
    response = RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
    response.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="lax", secure=ws.settings.cookie_secure, path="/")
    if request.cookies.get(LANGUAGE_COOKIE) not in {"en", "ja"}:
        response.set_cookie(LANGUAGE_COOKIE, user.language, max_age=365 * 86400, samesite="lax", secure=ws.settings.cookie_secure)
    return response


async def show_sign_out(request: Request) -> Response:
    """Ask before signing out: a link alone must not end a session."""
    return _page(request, "signed_out.html", done=False)


async def sign_out(request: Request) -> Response:
    """End the session of this browser."""

    def work(_: Form) -> Response:
        cookie = request.cookies.get(SESSION_COOKIE)
        if cookie:
            end_session(current().ws, cookie)
        response = _page(request, "signed_out.html", done=True)
        response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=current().ws.settings.cookie_secure)
        return response

    return await _submit(request, "signed_out.html", work)


async def show_setup(request: Request) -> Response:
    """The form of the first user, behind the link that the portal printed."""
    token = request.query_params.get("token", "")
    good = await run_in_threadpool(check_setup_token, current().ws, token)
    return _page(
        request, "setup.html", status=200 if good else 404, error="" if good else USED_LINK, token=token if good else "", usable=good
    )


async def set_up(request: Request) -> Response:
    """Make the first user and sign in."""

    def work(form: Form) -> Response:
        ws, language = current().ws, _language(request)
        if form.get("password", "") != form.get("again", form.get("password", "")):
            raise InvalidInput("The two passwords differ. Type the same one twice.", field="again")
        values = (form.get("token", ""), form.get("name", ""), form.get("email", ""), form.get("password", ""))
        return _enter(request, ws, complete_setup(ws, *values, language=language), "/")

    return await _submit(request, "setup.html", work)


async def _submit(request: Request, template: str, work: Callable[[Form], Response]) -> Response:
    """Read a form, refuse a foreign one, do the work; what goes wrong is said in the form."""
    form: Form = {}
    try:
        form = await _read_form(request)
        _check_origin(request, form)
        return await run_in_threadpool(work, form)
    except KachiError as error:
        kept = {name: form.get(name, "")[:300] for name in ("email", "name", "token")}
        message = _words(request).t(error.template, **error.fields)
        return _page(
            request, template, status=error.http_status, error=message, field=str(error.fields.get("field", "")),
            next=safe_next(form.get("next", "/")), usable=True, done=False, **kept,
        )  # fmt: skip


async def _read_form(request: Request) -> Form:
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        raise TooLarge("This form is too large. Load the page again and retry.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise TooLarge("This form is too large. Load the page again and retry.")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise InvalidInput("This form can't be read. Load the page again and retry.") from error


def _check_origin(request: Request, form: Form) -> None:
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = site is not None and site not in {"same-origin", "none"}
    if site is None and origin is not None:
        foreign = urlsplit(origin).netloc != request.headers.get("host")
    cookie, field = request.cookies.get(CSRF_COOKIE, ""), form.get("csrf", "")
    if foreign or len(cookie) < 20 or not hmac.compare_digest(cookie.encode(), field.encode()):
        raise PermissionDenied(FOREIGN)


def _signed_in(request: Request) -> bool:
    cookie = request.cookies.get(SESSION_COOKIE)
    return bool(cookie) and principal_for_session(current().ws, str(cookie)) is not None


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _language(request: Request) -> str:
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    if cookie in {"en", "ja"}:
        return str(cookie)
    accepted = request.headers.get("accept-language")
    return language_of(accepted.split(",")[0]) if accepted else current().ws.settings.language


def _words(request: Request) -> Words:
    return Words(language_of(_language(request)), ZoneInfo("UTC"))


def _page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    words, csrf = _words(request), request.cookies.get(CSRF_COOKIE, "")
    fresh = len(csrf) < 20
    if fresh:
        csrf = secrets.token_urlsafe(24)
    settings = current().ws.settings
    shared = {"t": words.t, "lang": words.language, "csrf": csrf, "next": "/", "error": "", "field": "", "demo": settings.demo}
    body = _pages.get_template(template).render({**shared, **values})
    response = HTMLResponse(body, status_code=status, headers=HEADERS)
    if fresh:
        response.set_cookie(CSRF_COOKIE, csrf, httponly=True, samesite="strict", secure=settings.cookie_secure, path="/auth")
    return response
