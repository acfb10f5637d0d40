"""Small real packages, signed approvals and a gateway on a free port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.identity import Principal
from core.impact import source as impact_source
from core.registry import source
from core.settings import Settings
from core.workspace import Workspace
from tests.registry.world import World, new_project
from tests.serving.site import Running, Site, make_package, run_gateway_here
from tests.serving.world import Models


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two different packages with the same columns."""
    root = tmp_path_factory.mktemp("packages")
    return make_package(root / "one", seed=1), make_package(root / "two", seed=2)


@pytest.fixture
def site(settings: Settings, packages: tuple[Path, Path]) -> Site:
    """A home with approved versions and their manifests, without a portal."""
    return Site(settings, packages)


@pytest.fixture
def gateway(site: Site) -> Iterator[Callable[[], Running]]:
    """Starts gateways on the site; they end with the test."""
    started: list[Running] = []

    def start() -> Running:
        started.append(run_gateway_here(site))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def world(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Finished runs made of known scores."""
    made = World(ws, tmp_path)
    for name in ("trained_run", "data_facts", "feature_rows"):
        monkeypatch.setattr(source, name, getattr(made, name))
    before = impact_source._source
    impact_source.use_runs(made)
    yield made
    impact_source.use_runs(before)


@pytest.fixture
def models(ws: Workspace, world: World, packages: tuple[Path, Path], scientist: Principal, approver: Principal) -> Models:
    """Makes approved versions with real packages."""
    return Models(ws, world, new_project(ws, scientist), packages, scientist, approver)
