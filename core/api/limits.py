"""How large a request may be: refused by what it says of itself, and cut off where it says nothing or lies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect

from core.api.portal import current
from core.api.problems import problem

PLAIN_MB = 8
ENVELOPE_MB = 1  # what multipart adds to the file itself
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class BodyLimit:
    """ASGI middleware: uploads up to the setting, everything else up to 8 MB; more is answered with 413 before it is kept anywhere."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let through what is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        upload = headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data")
        most_mb = current().ws.settings.upload_max_mb + ENVELOPE_MB if upload else PLAIN_MB
        refusal = problem(413, "Too large", "too_large", f"This request is larger than {most_mb} MB. Send less at once.")
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > most_mb * 1_000_000:
            await refusal(scope, receive, send)
            return
        seen, over, begun = 0, False, False

        async def counted() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most_mb * 1_000_000:
                over = True
                # As if the client had gone: the app stops reading; whatever it answers is replaced below.
                return {"type": "http.disconnect"}
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            if over and not begun:
                return
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except ClientDisconnect:
            if not over:
                raise
        if over and not begun:
            await refusal(scope, receive, send)
