"""What of monitoring runs by itself."""

from __future__ import annotations

from core.jobs.schedules import ScheduleKind
from core.monitoring.service import CHECK_KIND, check_on_schedule
from core.registry.phrases import phrase_to_text
from core.workspace import Workspace


def kinds(ws: Workspace) -> list[ScheduleKind]:
    """The check of a deployment."""
    return [ScheduleKind(CHECK_KIND, lambda deployment_id: phrase_to_text(check_on_schedule(ws, deployment_id)))]
