"""``kachi up``: the portal, and beside it the gateway as its child, until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
import warnings
from collections.abc import Sequence
from types import FrameType
from typing import Protocol

import psutil
import structlog
import uvicorn

from app.cli import runfiles
from core.api.portal import current
from core.errors import Unavailable
from core.identity.local import open_local_key
from core.identity.setup import setup_token
from core.serving.orderly import OrderlyServer, leave
from core.serving.supervise import COMMAND, GatewayProcess
from core.settings import Settings
from core.workspace import open_workspace

log = structlog.get_logger(__name__)
DRAIN_S = 3  # open requests get so long, then the background work (core.api.portal), then the store is closed
STOP_S = 8.5  # all of a stop
ORPHAN_S = 10.0


class Beside(Protocol):
    """A process that runs beside the portal: started once the portal listens, stopped with it."""

    def start(self) -> None:
        """Start it."""

    def stop(self) -> None:
        """End it, within eight seconds."""


class PortalServer(OrderlyServer):
    """Uvicorn that tells where it listens and takes along what runs beside it."""

    def __init__(self, config: uvicorn.Config, settings: Settings, lines: Sequence[str], beside: Sequence[Beside]) -> None:
        super().__init__(config)
        self._settings = settings
        self._lines = lines
        self._beside = beside

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening; then leave the address for commands, start what runs beside, say where to go."""
        await super().startup(sockets)
        if self.should_exit or not self.servers:
            return
        # An access log would keep what stands in addresses: set-up links, and who looked at what.
        logging.getLogger("uvicorn.access").disabled = True
        port = self.servers[0].sockets[0].getsockname()[1]
        url = f"http://{_reachable(self._settings.host)}:{port}"
        ws = current().ws
        runfiles.write(self._settings, url, open_local_key(ws))
        if self._beside:
            await asyncio.to_thread(end_orphans, self._settings)
        for process in self._beside:
            process.start()
        say([f"Kachi is ready: {url}", *self._lines, *_setup_lines(url, setup_token(ws))])

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; from the first signal on there is a limit."""
        if not self.should_exit:
            cut_off_after(STOP_S)
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the portal and what runs beside it; running jobs go on and are taken up by the next portal."""
        runfiles.remove(self._settings)
        await asyncio.gather(*(asyncio.to_thread(process.stop) for process in self._beside), super().shutdown(sockets))


def cut_off_after(seconds: float) -> None:
    """End this process by then, whatever a page, a request or a scheduled run still does: all that survives a kill survives this."""

    def cut_off() -> None:
        log.warning("portal.cut_off", after_s=seconds)
        leave(0)

    timer = threading.Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()


def end_orphans(settings: Settings) -> None:
    """End a gateway that outlived its portal: it has gone on answering until now, and its place is needed.

    Whoever calls it holds the store of the home, so that no other portal has a gateway there; one that was started by ``kachi gateway`` stays.
    """
    for process in psutil.process_iter():
        try:
            command = process.cmdline()
            if command[1:3] != list(COMMAND):
                continue
            if process.environ().get("KACHI_HOME") == str(settings.home):
                process.terminate()
                process.wait(timeout=ORPHAN_S)
        except psutil.TimeoutExpired:
            process.kill()
        except psutil.Error:
            continue


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - compared, not bound


def _setup_lines(url: str, token: str | None) -> list[str]:
    if token is None:
        return []
    return ["", "There are no users yet. Open this link once to create the first one:", f"{url}/auth/setup?token={token}"]


def listen(host: str, port: int) -> socket.socket:
    """A socket that nobody else has.

    Raises:
        Unavailable: it can't be had.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Unavailable(
            "The portal can't listen on {host}, port {port}: {reason}. Stop what listens there, or set KACHI_HOST and KACHI_PORT.",
            host=host, port=port, reason=os.strerror(error.errno) if error.errno else str(error),
        ) from error  # fmt: skip
    return listener


def say(lines: Sequence[str]) -> None:
    """Print at once, also into a pipe."""
    print("\n".join(lines), flush=True)


def run_portal(settings: Settings, *, with_gateway: bool = True, more: Sequence[str] = (), beside: Sequence[Beside] = ()) -> int:
    """Run until SIGTERM or SIGINT; the exit status.

    Args:
        more: lines to print once it is ready.
        beside: what else to start and stop with the portal.

    Raises:
        Unavailable: a portal runs on this home, or something else listens on its port.
    """
    configure_logs(settings)
    running = runfiles.read(settings)
    if running is not None:
        raise Unavailable(
            "A portal runs on this home already: {url} (process {pid}). Use it, or stop it first.", url=running.url, pid=running.pid
        )
    listener = listen(settings.host, settings.port)
    # Opened once before the server: a store that can't be opened then tells why in one sentence.
    open_workspace(settings).store.close()
    from app.server import create_app

    config = uvicorn.Config(
        create_app(settings), host=settings.host, port=settings.port, log_level="warning", access_log=False,
        timeout_graceful_shutdown=DRAIN_S, server_header=False, lifespan="on",
    )  # fmt: skip
    gateway = [GatewayProcess(settings)] if with_gateway else []
    told = [f"Predictions:    {settings.public_gateway_url}"] if with_gateway else []
    server = PortalServer(config, settings, [*told, *more], [*gateway, *beside])
    try:
        server.run([listener])
    finally:
        runfiles.remove(settings)
    return 0 if server.started else 1


# Without local variables: they may hold passwords, keys and customers' rows.
_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def configure_logs(settings: Settings) -> None:
    """One line an event on stderr: readable on a terminal, JSON where a machine collects it."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    logging.basicConfig(level=max(level, logging.WARNING), format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    on_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _TRACEBACKS if not on_terminal else structlog.processors.StackInfoRenderer(),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if on_terminal
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
