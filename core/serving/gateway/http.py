"""Requests and answers on bare ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.store.ids import new_id

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY = 10 * 1024 * 1024
JSON, PROBLEM = b"application/json", b"application/problem+json"
TITLES = {
    400: "Not JSON", 401: "Not authorised", 404: "Not found", 405: "Method not allowed", 413: "Too large",
    415: "Unsupported media type", 422: "Invalid input", 429: "Too many requests", 500: "Unexpected error", 503: "Not available now",
    507: "Disk full",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `kind` is its media type."""

    status: int
    body: bytes
    kind: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Refusal(Exception):
    """A request that is refused, as problem details (RFC 9457)."""

    def __init__(self, status: int, code: str, detail: str, *, headers: tuple[tuple[bytes, bytes], ...] = (), **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
        self.extra = extra

    def reply(self, request_id: str) -> Reply:
        """The problem document."""
        body = {
            "type": f"urn:kachi:problem:{self.code}", "title": TITLES.get(self.status, "Refused"), "status": self.status, "code": self.code,
            "detail": self.detail, "request_id": request_id, **self.extra,
        }  # fmt: skip
        return Reply(self.status, msgspec.json.encode(body), PROBLEM, self.headers)


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, its body read."""

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    body: bytes
    id: str
    parts: tuple[str, ...] = field(default=())


def headers_of(scope: Message) -> dict[bytes, bytes]:
    """Headers by lower-case name; the last one counts."""
    return {name.lower(): value for name, value in scope["headers"]}


def request_id(headers: Mapping[bytes, bytes]) -> str:
    """The caller's ``X-Request-Id`` where it is one, else a fresh one."""
    given = headers.get(b"x-request-id", b"")
    if 1 <= len(given) <= 128 and all(33 <= c <= 126 for c in given):
        return given.decode("ascii")
    return new_id()


async def read_body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """The whole body.

    Raises:
        Refusal: over the limit, told before it is read where its length is given.
    """
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > MAX_BODY:
        raise _too_large()
    chunks = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "disconnected", "The request ended before its body did.")
        chunks += message.get("body", b"")
        if len(chunks) > MAX_BODY:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(chunks)


def _too_large() -> Refusal:
    return Refusal(413, "too_large", "The body is over 10 MB. Send the rows in several requests.", headers=((b"connection", b"close"),))


def parse_json(request: Request) -> Any:
    """The body as JSON.

    Raises:
        Refusal: another media type, or not JSON.
    """
    kind = request.headers.get(b"content-type", b"application/json").split(b";")[0].strip().lower()
    if kind != JSON and not (kind.startswith(b"application/") and kind.endswith(b"+json")):
        raise Refusal(415, "unsupported_media_type", "Send JSON: set the header 'Content-Type: application/json'.")
    try:
        return msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "not_json", f"The body is not JSON: {str(error)[:200]}.") from error


async def send_reply(send: Send, reply: Reply, request_id: str, *, head: bool = False) -> None:
    """Send an answer."""
    headers = [
        (b"content-type", reply.kind),
        (b"content-length", str(len(reply.body)).encode()),
        (b"x-request-id", request_id.encode("ascii")),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else reply.body})
