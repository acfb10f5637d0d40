"""How commands reach the portal: over REST where one runs, else the same REST within this process on the opened store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from app.cli import runfiles
from core.client.rest import KachiClient
from core.settings import Settings

LONG_S = 3600.0  # a backup of a large home takes its time


class InProcess(httpx.BaseTransport):
    """Hands requests to an ASGI app of this process, without a network."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, answered whole."""
        return asyncio.run(self._answer(request, request.read()))

    async def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        inner = httpx.ASGITransport(app=self._app)
        copy = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        response = await inner.handle_async_request(copy)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())


@contextmanager
def open_door(settings: Settings) -> Iterator[KachiClient]:
    """A client with the admin's rights of the command line.

    Raises:
        Unavailable: another process holds the store but left no address.
    """
    running = runfiles.read(settings)
    if running is not None:
        with KachiClient(running.url, running.key, LONG_S) as client:
            yield client
        return
    from core.api.app import create_api
    from core.api.portal import install, open_portal
    from core.identity.local import open_local_key

    portal = open_portal(settings)
    install(portal)
    try:
        app = Starlette(routes=[Mount("/api/v1", app=create_api())])
        with KachiClient("http://kachi.local", open_local_key(portal.ws), LONG_S, InProcess(app)) as client:
            yield client
    finally:
        install(None)
        portal.ws.store.close()
