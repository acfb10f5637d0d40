"""What each step brings to a running portal: kinds of jobs, kinds of schedules, background loops."""

from __future__ import annotations

import time
from dataclasses import dataclass

from core.jobs.loop import Loop, end_loops
from core.jobs.schedules import Schedules
from core.monitoring import background as monitoring_loops
from core.monitoring import schedules as monitoring_schedules
from core.retraining import background as retraining_loops
from core.retraining import jobs as retraining_jobs
from core.retraining import schedules as retraining_schedules
from core.serving import background as serving_loops
from core.training import jobs as training_jobs
from core.workspace import Workspace

JOB_KINDS = (training_jobs.kinds, retraining_jobs.kinds)
SCHEDULE_KINDS = (monitoring_schedules.kinds, retraining_schedules.kinds)
LOOPS = (serving_loops.loops, monitoring_loops.loops, retraining_loops.loops)


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs beside the jobs."""

    schedules: Schedules
    loops: tuple[Loop, ...]

    def start(self) -> None:
        """Start every part."""
        for loop in self.loops:
            loop.start()
        self.schedules.start()

    def stop(self, within_s: float) -> None:
        """Stop every part.

        Args:
            within_s: what is under way gets so long, seconds, all of it together.
        """
        until = time.monotonic() + within_s
        for loop in self.loops:
            loop.halt()
        self.schedules.stop(within_s)
        end_loops(self.loops, until - time.monotonic())


def wire(ws: Workspace) -> Parts:
    """Make all kinds of jobs and schedules known, and build the loops; nothing runs yet."""
    schedules = Schedules(ws.store, ws.clock)
    for job_kinds in JOB_KINDS:
        for job_kind in job_kinds(ws):
            ws.jobs.register(job_kind)
    for schedule_kinds in SCHEDULE_KINDS:
        for schedule_kind in schedule_kinds(ws):
            schedules.register(schedule_kind)
    return Parts(schedules, tuple(loop for loops in LOOPS for loop in loops(ws, schedules)))
