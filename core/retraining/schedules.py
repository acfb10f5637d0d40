"""What of retraining can be put on a schedule."""

from __future__ import annotations

from core.jobs.schedules import ScheduleKind
from core.registry.phrases import phrase_to_text
from core.retraining.policy import evaluate_policy
from core.workspace import Workspace

EVALUATE_KIND = "retraining.evaluate"


def kinds(ws: Workspace) -> list[ScheduleKind]:
    """Asking a deployment's policy."""
    return [ScheduleKind(EVALUATE_KIND, lambda deployment_id: phrase_to_text(evaluate_policy(ws, deployment_id).reason))]
