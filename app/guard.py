"""What stands before every answer of the portal: who isn't signed in is sent to sign in, and every answer carries security headers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse

from core.api.deps import SESSION_COOKIE
from core.api.portal import current
from core.api.problems import problem

log = structlog.get_logger(__name__)
STOPPING = "The portal is being stopped and did not get to the end of this. Ask again once it is back."
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
OPEN = ("/api/", "/auth/", "/static/", "/app/static/", "/_stcore/", "/component/", "/media/", "/vendor/", "/healthz", "/favicon")
# Streamlit's pages need inline scripts and styles, and Vega compiles its expressions; nothing may come from another host.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class Guard:
    """ASGI middleware around the whole portal."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let through, or send to sign in; add the headers either way."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in HEADERS if pair[0] not in present)]
            await send(message)

        request = Request(scope)
        if _is_page(request) and not await run_in_threadpool(_signed_in, request):
            target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            await RedirectResponse(f"/auth/sign-in?next={quote(target)}", status_code=303)(scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        except asyncio.CancelledError:
            # Nothing but the end of the portal cancels a request: it took longer than open ones are given.
            log.warning("portal.request_cut_off", method=scope["method"], path=scope["path"])
            if not begun:
                await problem(503, "Unavailable", "unavailable", STOPPING)(scope, receive, guarded)


def _is_page(request: Request) -> bool:
    path = request.url.path
    return request.method == "GET" and not path.startswith(OPEN) and "." not in path.rsplit("/", 1)[-1]


def _signed_in(request: Request) -> bool:
    cookie = request.cookies.get(SESSION_COOKIE)
    return bool(cookie) and current().principal_for_session(str(cookie)) is not None
