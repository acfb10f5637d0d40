"""What of retraining runs beside the portal: attempts go on, and policies are asked after each check."""

from __future__ import annotations

import time

from core.jobs.loop import Loop
from core.jobs.schedules import Schedules
from core.monitoring import monitor_store
from core.retraining import store as rows
from core.retraining.attempts import advance_attempts
from core.retraining.policy import evaluate_policy
from core.workspace import Workspace

TICK_S = 2.0
# Schedules and cooldowns are told in minutes; a check is answered at the next tick.
ASK_EVERY_S = 60.0


def loops(ws: Workspace, schedules: Schedules) -> tuple[Loop, ...]:
    """The background work of retraining."""
    asker = PolicyAsker(ws)
    return (
        Loop("attempts", TICK_S, lambda _: advance_attempts(ws)),
        Loop("policies", TICK_S, lambda _: asker.ask_policies()),
    )


class PolicyAsker:
    """Asks policies, and knows which check each was last asked about."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._asked: dict[str, tuple[str, float]] = {}

    def ask_policies(self) -> int:
        """Ask every policy whose deployment has a new check, or that wasn't asked for a minute.

        Returns:
            how many were asked.
        """
        policies = [p for p in rows.list_policies(self._ws.store) if p.spec.enabled]
        checks = monitor_store.newest_checks(self._ws.store) if policies else {}
        asked = 0
        for policy in policies:
            newest = checks[policy.deployment_id].id if policy.deployment_id in checks else ""
            seen, at = self._asked.get(policy.deployment_id, ("", -ASK_EVERY_S))
            if newest != seen or time.monotonic() - at >= ASK_EVERY_S:
                evaluate_policy(self._ws, policy.deployment_id)
                self._asked[policy.deployment_id] = (newest, time.monotonic())
                asked += 1
        return asked
