"""The REST API: one FastAPI app, mounted at ``/api/v1``."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from fastapi import FastAPI

from core.api import routes
from core.api.idempotency import HEADER, IdempotencyMiddleware
from core.api.limits import BodyLimit
from core.api.problems import install_handlers

PROBLEM: dict[str, Any] = {
    "description": "Problem details (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["type", "title", "status", "code", "detail"],
            }
        }
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 503, 507), PROBLEM)


class _Api(FastAPI):
    """FastAPI whose document also names the header that a middleware reads."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if not self.openapi_schema:
            for methods in super().openapi()["paths"].values():
                if "post" in methods:
                    methods["post"].setdefault("parameters", []).append(HEADER)
        return super().openapi()


def create_api() -> FastAPI:
    """Build the API with every router of `core.api.routes`."""
    api = _Api(
        title="Kachi", version="1", summary="Every action of the portal, for programs.", responses=RESPONSES, docs_url=None, redoc_url=None
    )
    install_handlers(api)
    for found in sorted(pkgutil.iter_modules(routes.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{routes.__name__}.{found.name}")
        for router in getattr(module, "routers", None) or [getattr(module, "router", None)]:
            if router is not None:
                api.include_router(router)
    api.add_middleware(IdempotencyMiddleware)  # type: ignore[arg-type]
    api.add_middleware(BodyLimit)  # type: ignore[arg-type]
    return api
