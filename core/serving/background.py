"""Keeps manifests in step with the store while the portal runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from core.jobs.loop import Loop
from core.serving.publish import reconcile
from core.workspace import Workspace

if TYPE_CHECKING:
    from core.jobs.schedules import Schedules

log = structlog.get_logger(__name__)
EVERY_S = 10.0


def loops(ws: Workspace, schedules: Schedules) -> tuple[Loop, ...]:
    """Writing the manifests that a crash, a restore or a full disk kept from being written."""
    return (Loop("manifests", EVERY_S, lambda _: keep_manifests(ws), first_after_s=0),)


def keep_manifests(ws: Workspace) -> None:
    """Write what differs from the store."""
    if written := reconcile(ws):
        log.info("serving.manifests_written", count=written)
