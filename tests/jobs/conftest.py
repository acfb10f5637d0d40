"""A workspace whose jobs do as they are told, and a record of what the portal took in."""

from __future__ import annotations

import time

import pytest

from core.identity import Principal, Role
from core.jobs.model import JobKind, JobRequest

ACTOR = Principal("user-mori", "Mori", "mori@example.com", frozenset({Role.SCIENTIST}))


class Bench:
    """Submits probe jobs to one workspace."""

    def __init__(self, ws) -> None:
        self.ws = ws
        self.started, self.events, self.collected, self.recorded = [], [], [], []
        self.on_collect = self.on_record = self.on_events = None
        ws.jobs.register(JobKind("probe", "core.jobs.probe:run", self._start, self._take, self._collect, self._record))

    def _start(self, tx, job) -> None:
        self.started.append(job.id)

    def _take(self, tx, job, events) -> None:
        if self.on_events:
            self.on_events()
        self.events += [(job.id, event) for event in events]

    def _collect(self, job, result, folder):
        if self.on_collect:
            self.on_collect()
        self.collected.append(job.id)
        return sorted(p.name for p in (folder / "out").iterdir())

    def _record(self, tx, job, result, collected) -> None:
        if self.on_record:
            self.on_record()
        self.recorded.append((job.id, result.state, collected))

    def submit(self, *steps, **limits) -> str:
        request = JobRequest("probe", {"steps": [list(step) for step in steps]}, "run", "r1", **limits)
        return self.ws.store.write(lambda tx: self.ws.jobs.submit(tx, ACTOR, request))

    def progress(self, job_id: str) -> list[int]:
        return [event["done"] for found, event in self.events if found == job_id and event["event"] == "progress"]

    def told(self, job_id: str, name: str):
        return [event for found, event in self.events if found == job_id and event["event"] == name]


def until(condition, seconds=15.0):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
    return found


@pytest.fixture
def bench(ws):
    return Bench(ws)
