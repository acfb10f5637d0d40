"""``kachi up``: the portal, and the gateway as its child, until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import warnings
from collections.abc import Sequence

import psutil
import structlog
import uvicorn

from app.cli import runfiles
from core.api.portal import current
from core.errors import Unavailable
from core.identity.local import open_local_key
from core.identity.setup import setup_token
from core.serving.supervise import GatewayProcess
from core.settings import Settings
from core.workspace import open_workspace

DRAIN_S = 4  # open requests get so long; all of a stop takes under ten seconds
ORPHAN_S = 10.0


class PortalServer(uvicorn.Server):
    """Uvicorn that tells where it listens and takes the gateway along."""

    def __init__(self, config: uvicorn.Config, settings: Settings, *, with_gateway: bool, more: Sequence[str] = ()) -> None:
        super().__init__(config)
        self._settings = settings
        self._more = more
        self._gateway = GatewayProcess(settings) if with_gateway else None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening; then leave the address for commands, start the gateway, say where to go."""
        await super().startup(sockets)
        if self.should_exit or not self.servers:
            return
        # An access log would keep what stands in addresses: set-up links, and who looked at what.
        logging.getLogger("uvicorn.access").disabled = True
        port = self.servers[0].sockets[0].getsockname()[1]
        url = f"http://{_reachable(self._settings.host)}:{port}"
        ws = current().ws
        runfiles.write(self._settings, url, open_local_key(ws))
        if self._gateway is not None:
            await asyncio.to_thread(end_orphans, self._settings)
            self._gateway.start()
        say([*_greeting(url, self._settings, setup_token(ws), gateway=self._gateway is not None), *self._more])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the gateway and the portal; running jobs go on and are taken up by the next portal."""
        runfiles.remove(self._settings)
        if self._gateway is None:
            await super().shutdown(sockets)
        else:
            await asyncio.gather(asyncio.to_thread(self._gateway.stop), super().shutdown(sockets))


def end_orphans(settings: Settings) -> None:
    """End a gateway that outlived its portal: it has gone on answering until now, and its place is needed."""
    for process in psutil.process_iter():
        try:
            command = process.cmdline()
            if command[1:3] != ["-m", "core.serving.gateway"] or process.ppid() != 1:
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


def _greeting(url: str, settings: Settings, token: str | None, *, gateway: bool) -> Sequence[str]:
    lines = [f"Kachi is ready: {url}"]
    if gateway:
        lines.append(f"Predictions:    {settings.public_gateway_url}")
    if token is not None:
        lines += ["", "There are no users yet. Open this link once to create the first one:", f"{url}/auth/setup?token={token}"]
    return lines


def say(lines: Sequence[str]) -> None:
    """Print at once, also into a pipe."""
    print("\n".join(lines), flush=True)


def run_portal(settings: Settings, *, with_gateway: bool = True, more: Sequence[str] = ()) -> int:
    """Run until SIGTERM or SIGINT; the exit status.

    Args:
        more: lines to print once it is ready.
    """
    configure_logs(settings)
    running = runfiles.read(settings)
    if running is not None:
        raise Unavailable(
            "A portal runs on this home already: {url} (process {pid}). Use it, or stop it first.", url=running.url, pid=running.pid
        )
    # Opened once before the server: a store that can't be opened then tells why in one sentence.
    open_workspace(settings).store.close()
    from app.server import create_app

    config = uvicorn.Config(
        create_app(settings), host=settings.host, port=settings.port, log_level="warning", access_log=False,
        timeout_graceful_shutdown=DRAIN_S, server_header=False, lifespan="on",
    )  # fmt: skip
    server = PortalServer(config, settings, with_gateway=with_gateway, more=more)
    try:
        server.run()
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
