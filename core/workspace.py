"""What every service function gets first: settings, store, artifacts, jobs and the clock, built once at start."""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import Clock, utc_now
from core.jobs.queue import Jobs
from core.settings import Settings
from core.store import ArtifactStore, Store
from core.store.scratch import clear_scratch


@dataclass(frozen=True, slots=True)
class Workspace:
    """The handles of one running portal."""

    settings: Settings
    store: Store
    artifacts: ArtifactStore
    jobs: Jobs
    clock: Clock


def open_workspace(settings: Settings, clock: Clock = utc_now) -> Workspace:
    """Open (or make) a home: its folders, its store with the schema up to date, its artifact root.

    Raises:
        Unavailable: another portal has it open.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store(settings.store_path, memory_mb=settings.store_memory_mb, clock=clock)
    clear_scratch(settings)
    artifacts = ArtifactStore(settings.artifact_root, settings.home / "cache")
    artifacts.clear_incoming()
    return Workspace(settings, store, artifacts, Jobs(settings, store, clock), clock)
