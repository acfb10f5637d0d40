"""Keeps manifests in step with the store while the portal runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from core.serving.publish import reconcile
from core.workspace import Workspace

if TYPE_CHECKING:
    from core.jobs.schedules import Schedules

log = structlog.get_logger(__name__)
EVERY_S = 10.0


def parts(ws: Workspace, schedules: Schedules) -> tuple[Callable[[], None], Callable[[], None]]:
    """Start and stop of the thread that writes manifests which a crash or a full disk kept from being written."""
    stopping = threading.Event()
    thread = threading.Thread(target=lambda: _keep(ws, stopping), name="manifests", daemon=True)

    def stop() -> None:
        stopping.set()
        if thread.ident is not None:  # a portal that was opened but never started can be closed too
            thread.join(timeout=5)

    return thread.start, stop


def _keep(ws: Workspace, stopping: threading.Event) -> None:
    while True:
        try:
            if written := reconcile(ws):
                log.info("serving.manifests_written", count=written)
        except Exception as error:  # tried again; a portal must not lose this thread to one bad moment
            log.warning("serving.reconcile_failed", reason=str(error))
        if stopping.wait(EVERY_S):
            return
