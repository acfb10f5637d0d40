"""A home with people, data and a deployed model, for real portals and gateways to run on."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.up import end_orphans
from app.demo import processes
from app.demo.accounts import ensure_people
from app.demo.processes import Running, free_port
from core.client import KachiClient
from core.data.model import ColumnRoles
from core.data.service import declare_roles, upload_dataset
from core.impact import source as impact_source
from core.registry import source
from core.serving.keys import issue_api_key
from core.serving.service import deploy_version, set_durability
from core.settings import Settings
from core.workspace import open_workspace
from tests.browser.journey import churn_csv
from tests.faults.driver import APPROVER, SCIENTIST
from tests.registry.world import World, new_project
from tests.serving.site import make_package
from tests.serving.world import Models


@dataclass(frozen=True)
class Home:
    """What there is in the home."""

    settings: Settings
    tokens: dict[str, str]
    project_id: str
    dataset_version_id: str
    deployment_id: str
    model: str
    key: str

    def client(self, role: str) -> KachiClient:
        """A client of the portal on this home."""
        return KachiClient(f"http://127.0.0.1:{self.settings.port}", self.tokens[role])

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.gateway_port}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Its deployment flushes before it answers, so that each answer is a promise."""
    settings = Settings(home=tmp_path / "home", port=free_port(), gateway_port=free_port(), ingest_every_s=0.1)
    ws = open_workspace(settings)
    (tmp_path / "world").mkdir()
    world = World(ws, tmp_path / "world")
    for name in ("trained_run", "data_facts", "feature_rows"):
        monkeypatch.setattr(source, name, getattr(world, name))
    before = impact_source._source
    impact_source.use_runs(world)
    try:
        tokens = {next(iter(person.roles)).value: person.token for person in ensure_people(ws)}
        project = new_project(ws, SCIENTIST)
        data = declare_roles(
            ws, SCIENTIST, upload_dataset(ws, SCIENTIST, project.id, "c.csv", io.BytesIO(churn_csv())).id, ColumnRoles("churn", "yes")
        )
        packages = make_package(tmp_path / "one", seed=1), make_package(tmp_path / "two", seed=2)
        deployment = deploy_version(ws, APPROVER, Models(ws, world, project, packages, SCIENTIST, APPROVER).approve().id, reason="Go")
        set_durability(ws, APPROVER, deployment.id, 0, reason="Keep every answer")
        key = issue_api_key(ws, APPROVER, deployment.id, "test").secret
    finally:
        impact_source.use_runs(before)
        ws.store.close()
    return Home(settings, tokens, project.id, data.id, deployment.id, deployment.name, key)


@pytest.fixture
def portal(home: Home) -> Iterator[Callable[[], Running]]:
    """Starts portals on the home, one after another; whatever still runs ends with the test."""
    started: list[Running] = []

    def start() -> Running:
        started.append(processes.start(home.settings, home.settings.home.parent / "portal.log"))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.stop()
    end_orphans(home.settings)
