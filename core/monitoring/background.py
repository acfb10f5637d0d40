"""What of monitoring runs beside the portal: taking in the spool, monitors for new deployments, upkeep of files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from core.identity import SYSTEM
from core.jobs.schedules import Schedules
from core.monitoring import upkeep
from core.monitoring.catalogue import Catalogue, Live, LiveState
from core.monitoring.ingest import Ingester
from core.monitoring.service import CHECK_KIND, DEFAULT_CRON, ensure_monitor
from core.store import Transaction
from core.store.lineage import Node
from core.workspace import Workspace

log = structlog.get_logger(__name__)
ENSURE_EVERY_S = 10.0
UPKEEP_EVERY_S = 3600.0


def parts(ws: Workspace, schedules: Schedules) -> tuple[Callable[[], None], Callable[[], None]]:
    """Start and stop of the background work."""
    ingester = Ingester(ws)
    keeper = Keeper(ws, schedules)

    def start() -> None:
        ingester.start()
        keeper.start()

    def stop() -> None:
        keeper.stop()
        ingester.stop()

    return start, stop


def watch_deployments(ws: Workspace, schedules: Schedules) -> int:
    """Give each running deployment that has none a monitor and its schedule.

    Returns:
        How many got one.
    """
    scheduled = {s.subject_id for s in schedules.list(SYSTEM, kind=CHECK_KIND)}
    running = [live for live in Catalogue(ws).lives() if live.state is not LiveState.STOPPED and live.champion_id]
    new = [live for live in running if live.id not in scheduled]
    for live in new:
        ws.store.write(lambda tx, live=live: _watch(tx, schedules, live))  # type: ignore[misc]
    return len(new)


def _watch(tx: Transaction, schedules: Schedules, live: Live) -> None:
    ensure_monitor(tx, live)
    schedules.ensure(tx, CHECK_KIND, Node.DEPLOYMENT.value, live.id, live.project_id, DEFAULT_CRON)


class Keeper:
    """A thread that watches for new deployments and keeps the files readable."""

    def __init__(self, ws: Workspace, schedules: Schedules) -> None:
        self._ws = ws
        self._schedules = schedules
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._upkeep_at = 0.0

    def start(self) -> None:
        """Start the thread."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="monitor-keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the step that runs."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stop.wait(ENSURE_EVERY_S):
            try:
                watch_deployments(self._ws, self._schedules)
                if time.monotonic() >= self._upkeep_at:
                    self._upkeep_at = time.monotonic() + UPKEEP_EVERY_S
                    upkeep.join_small_files(self._ws)
                    upkeep.sweep(self._ws)
            except Exception as error:  # the thread must outlive one bad round; the next one does it again
                log.exception("monitoring.keeper_failed", error=type(error).__name__)
