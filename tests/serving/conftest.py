"""Small real packages, signed approvals and a gateway on a free port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from tests.serving.site import Running, Site, make_package, run_gateway_here


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
