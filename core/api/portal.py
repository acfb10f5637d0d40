"""The running portal: opened once a process, found by pages and routes through `current`."""

from __future__ import annotations

import sys
import time
import types
from dataclasses import dataclass

import structlog

from core.api.wiring import Parts, wire
from core.clock import Clock, utc_now
from core.errors import Unavailable
from core.identity import Principal
from core.identity.sessions import principal_for_session
from core.jobs.schedules import Schedules
from core.settings import Settings
from core.workspace import Workspace, open_workspace

log = structlog.get_logger(__name__)
# A reload of watched modules would lose a module-level variable; a module object made by hand survives it.
STOP_S = 4.0
LEAST_S = 0.5  # for the store, however long the others took
HOLDER = "kachi_portal_holder"


@dataclass(frozen=True, slots=True)
class Portal:
    """The handles that pages and routes share."""

    ws: Workspace
    parts: Parts

    @property
    def schedules(self) -> Schedules:
        """What runs on a schedule."""
        return self.parts.schedules

    def principal_for_session(self, token: str) -> Principal | None:
        """Who a session cookie belongs to; None where it has ended or never was."""
        return principal_for_session(self.ws, token)

    def start(self) -> None:
        """Start what works in the background: jobs, schedules, ingestion."""
        self.ws.jobs.start()
        self.parts.start()
        log.info("portal.started", home=str(self.ws.settings.home))

    def stop(self, within_s: float = STOP_S) -> None:
        """Stop the background work, fold the log into the file and close it. Running jobs go on.

        Args:
            within_s: all of it gets so long, seconds; what is cut off then is what survives a kill, taken up at the next start.
        """
        until = time.monotonic() + within_s
        self.parts.stop(within_s)
        self.ws.jobs.stop(until - time.monotonic())
        closed = self.ws.store.close(max(LEAST_S, until - time.monotonic()))
        log.info("portal.stopped", store_closed=closed)


def open_portal(settings: Settings, clock: Clock = utc_now) -> Portal:
    """Open a home and wire the steps together; nothing runs before `Portal.start`.

    Raises:
        Unavailable: another portal has it open.
    """
    ws = open_workspace(settings, clock)
    return Portal(ws, wire(ws))


def install(portal: Portal | None) -> None:
    """Make a portal the process's own (None: take it away)."""
    holder = sys.modules.setdefault(HOLDER, types.ModuleType(HOLDER))
    holder.__dict__["portal"] = portal


def current() -> Portal:
    """The process's portal.

    Raises:
        Unavailable: none is running in this process.
    """
    holder = sys.modules.get(HOLDER)
    portal = holder.__dict__.get("portal") if holder else None
    if portal is None:
        raise Unavailable("The portal isn't running in this process. Start it with 'kachi up'.")
    return portal  # type: ignore[no-any-return]
