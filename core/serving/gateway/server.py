"""Runs the gateway's app under uvicorn."""

from __future__ import annotations

import gc
import logging
import sys
from typing import Any

import structlog
import uvicorn

from core.serving.gateway.app import Gateway
from core.serving.orderly import OrderlyServer
from core.settings import Settings

DRAIN_S = 3


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; open requests are answered first.

    Returns:
        0 after an orderly end, 1 where it couldn't start.
    """
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    processors: list[Any] = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    structlog.configure(
        processors=[*processors, structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    config = uvicorn.Config(
        Gateway(settings), host=settings.gateway_host, port=settings.gateway_port, log_level="warning", access_log=False, lifespan="on",
        server_header=False, date_header=True, timeout_graceful_shutdown=DRAIN_S, timeout_keep_alive=30, backlog=1024, ws="none",
    )  # fmt: skip
    # Requests make little garbage that refers to itself; fewer full collections mean a steadier 99th percentile.
    gc.set_threshold(50_000, 50, 50)
    server = OrderlyServer(config)
    server.run()
    return 0 if server.started else 1
