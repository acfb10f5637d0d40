"""Idempotency keys: a POST that is sent again with its key gets the first answer again, and nothing happens twice.

Follows the IETF draft *The Idempotency-Key HTTP Header Field*: the same key with another body is refused.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.api.deps import actor
from core.api.portal import current
from core.api.problems import problem
from core.errors import KachiError
from core.store import Transaction

KEPT_DAYS = 7
SECRET = 0  # stands for the status of an answer that held a secret, which is kept nowhere
HEADER = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "Sent again with the same key and body, the request happens once and gets its first answer again.",
}  # fmt: skip
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


TOLD_ONCE = (
    "This request was answered already, and its answer held a secret that is told once and kept nowhere. "
    "If the secret was lost, revoke it and send the request with a new Idempotency-Key."
)


class BodyDigest:
    """SHA-256 of a body as it flows by; the boundary of a form with files, which every client draws anew, doesn't count.

    Args:
        content_type: of the request.
    """

    def __init__(self, content_type: str) -> None:
        kind, _, rest = content_type.partition("boundary=")
        self._boundary = rest.split(";")[0].strip().strip('"').encode() if kind.strip().lower().startswith("multipart/") else b""
        self._sum, self._tail = hashlib.sha256(), b""

    def add(self, chunk: bytes) -> None:
        """Take in the next bytes; what may be the beginning of a boundary waits for those after it."""
        data = self._tail + chunk
        if self._boundary:
            data = data.replace(self._boundary, b"")
        end = len(data) - max(0, len(self._boundary) - 1)
        self._sum.update(data[: max(0, end)])
        self._tail = data[max(0, end) :]

    def hex(self) -> str:
        """The digest of all that was taken in."""
        whole = self._sum.copy()
        whole.update(self._tail)
        return whole.hexdigest()


class IdempotencyMiddleware:
    """ASGI middleware; it acts only on POSTs that carry the header, whatever the size of their body."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._busy: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer from memory, or let the request through and remember its answer."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        key = request.headers.get("idempotency-key")
        if not key:
            await self._app(scope, receive, send)
            return
        if len(key) > 200 or not key.isascii():
            await problem(422, "Invalid input", "invalid_input", "Idempotency-Key: at most 200 ASCII characters.")(scope, receive, send)
            return
        await self._remembering(request, key, send)

    async def _remembering(self, request: Request, key: str, send: Send) -> None:
        scope = dict(request.scope)
        who = hashlib.sha256((request.headers.get("authorization", "") + request.headers.get("cookie", "")).encode()).hexdigest()
        slot = (who, key)
        with self._lock:
            taken = slot in self._busy
            self._busy.add(slot)
        if taken:
            await problem(409, "Conflict", "conflict", "A request with this Idempotency-Key is still under way. Wait for it.")(
                scope, request.receive, send
            )
            return
        try:
            await self._once(request, key, who, send)
        finally:
            with self._lock:
                self._busy.discard(slot)

    async def _once(self, request: Request, key: str, who: str, send: Send) -> None:
        route, digest = request.url.path, BodyDigest(request.headers.get("content-type", ""))
        known = await run_in_threadpool(_find, key, who, route)
        # Whoever may no longer ask gets no answer from memory either: the app then says why.
        if known is not None and await run_in_threadpool(_still_known, request):
            async for chunk in request.stream():
                digest.add(chunk)
            response = Response(known[2], known[1] or 200, media_type="application/json", headers={"Idempotent-Replayed": "true"})
            if known[0] != digest.hex():
                response = problem(422, "Invalid input", "invalid_input", "This Idempotency-Key was used with another body. Use a new key.")
            elif known[1] == SECRET:
                response = problem(409, "Conflict", "conflict", TOLD_ONCE)
            await response(request.scope, request.receive, send)
            return
        status, secret, chunks = 500, False, bytearray()

        async def heard() -> Message:
            message = await request.receive()
            digest.add(message.get("body", b""))
            return message

        async def keep(message: Message) -> None:
            nonlocal status, secret
            if message["type"] == "http.response.start":
                status = message["status"]
                # An answer that must not be stored (a token's secret) is not stored here either.
                secret = (b"cache-control", b"no-store") in {(name.lower(), value) for name, value in message["headers"]}
            else:
                chunks.extend(message.get("body", b""))
            await send(message)

        await self._app(request.scope, heard, keep)
        if 200 <= status < 300:
            kept = (SECRET, b"") if secret else (status, bytes(chunks))
            await run_in_threadpool(_remember, key, who, route, digest.hex(), *kept)


def _still_known(request: Request) -> bool:
    try:
        actor(request, current().ws)
    except KachiError:
        return False
    return True


def _find(key: str, who: str, route: str) -> tuple[str, int, bytes] | None:
    row = current().ws.store.one(
        "SELECT request_hash, status, body FROM idempotency_keys WHERE key = ? AND actor_id = ? AND route = ?", [key, who, route]
    )
    return (row[0], row[1], row[2]) if row else None


def _remember(key: str, who: str, route: str, digest: str, status: int, body: bytes) -> None:
    def work(tx: Transaction) -> None:
        tx.execute("DELETE FROM idempotency_keys WHERE occurred_at < ?::TIMESTAMPTZ - INTERVAL (?) DAY", [tx.at, KEPT_DAYS])
        tx.execute(
            "INSERT INTO idempotency_keys (key, actor_id, route, request_hash, occurred_at, status, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [key, who, route, digest, tx.at, status, body],
        )

    current().ws.store.write(work)
