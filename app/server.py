"""The portal's one ASGI app: Streamlit pages, REST API, sign-in, and in its lifespan the store and all background work."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from app.guard import Guard
from app.ui import downloads
from app.ui.states import draw_error
from core.api.app import create_api
from core.api.portal import current, install, open_portal
from core.api.routes.sign_in import routes as sign_in_routes
from core.settings import Settings
from core.store.scratch import temporary_files_in

HERE = Path(__file__).resolve().parent


async def healthz(_: Request) -> JSONResponse:
    """Whether the portal answers and its store reads."""
    current().ws.store.one("SELECT 1")
    return JSONResponse({"status": "ok"})


def create_app(settings: Settings | None = None) -> streamlit.App:
    """Build the app; nothing is opened before its lifespan begins.

    Args:
        settings: read from the environment if missing.
    """
    chosen = settings or Settings()

    @asynccontextmanager
    async def lifespan(_: streamlit.App) -> AsyncIterator[dict[str, Any]]:
        # Streamlit switches uvicorn's access log on whatever its server was told; a portal's own events are logged instead.
        logging.getLogger("uvicorn.access").disabled = True
        portal = open_portal(chosen)
        with temporary_files_in(chosen):
            install(portal)
            portal.start()
            try:
                yield {}
            finally:
                install(None)
                portal.stop()

    downloads.install()
    return streamlit.App(
        HERE / "main.py",
        lifespan=lifespan,
        routes=[Mount("/api/v1", app=create_api()), Route("/healthz", healthz), *sign_in_routes()],
        middleware=[Middleware(Guard)],
        on_script_error=draw_error,
    )
