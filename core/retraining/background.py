"""What of retraining runs beside the portal: attempts go on, and policies are asked after each check."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from core.jobs.schedules import Schedules
from core.monitoring import monitor_store
from core.retraining import store as rows
from core.retraining.attempts import advance_attempts
from core.retraining.policy import evaluate_policy
from core.workspace import Workspace

log = structlog.get_logger(__name__)
TICK_S = 2.0
# Schedules and cooldowns are told in minutes; a check is answered at the next tick.
ASK_EVERY_S = 60.0


def parts(ws: Workspace, schedules: Schedules) -> tuple[Callable[[], None], Callable[[], None]]:
    """Start and stop of the background work."""
    keeper = Keeper(ws)
    return keeper.start, keeper.stop


class Keeper:
    """A thread that takes attempts further and asks the policies."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._asked: dict[str, tuple[str, float]] = {}

    def start(self) -> None:
        """Start the thread."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="retraining-keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the step that runs."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stop.wait(TICK_S):
            try:
                advance_attempts(self._ws)
                self.ask_policies()
            except Exception as error:  # the thread must outlive one bad round; the next one does it again
                log.exception("retraining.keeper_failed", error=type(error).__name__)

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
