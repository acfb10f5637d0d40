"""What of monitoring runs beside the portal: taking in the spool, monitors for new deployments, upkeep of files."""

from __future__ import annotations

import structlog

from core.identity import SYSTEM
from core.jobs.loop import Halted, Loop
from core.jobs.schedules import Schedules
from core.monitoring.catalogue import Catalogue, Live, LiveState
from core.monitoring.ingest import ingest_now
from core.monitoring.service import CHECK_KIND, DEFAULT_CRON, ensure_monitor
from core.monitoring.upkeep import Upkeep
from core.store import Transaction
from core.store.lineage import Node
from core.workspace import Workspace

log = structlog.get_logger(__name__)
WATCH_EVERY_S = 10.0
UPKEEP_EVERY_S = 3600.0
UPKEEP_AFTER_S = 10.0  # a portal that starts has better to do


def loops(ws: Workspace, schedules: Schedules) -> tuple[Loop, ...]:
    """The background work of monitoring."""
    upkeep = Upkeep(ws)
    return (
        Loop("ingest", ws.settings.ingest_every_s, lambda halted: take_in_spool(ws, halted), first_after_s=0),
        Loop("monitors", WATCH_EVERY_S, lambda _: watch_deployments(ws, schedules)),
        Loop("upkeep", UPKEEP_EVERY_S, lambda _: upkeep.tidy(), first_after_s=UPKEEP_AFTER_S),
    )


def take_in_spool(ws: Workspace, halted: Halted) -> None:
    """Take in what gateways have spooled so far."""
    report = ingest_now(ws, halted=halted)
    if report.segments:
        log.info("ingest.round", segments=report.segments, predictions=report.predictions, feedback=report.feedback)


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
