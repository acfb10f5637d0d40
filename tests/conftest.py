"""Fixtures that every room shares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.identity import Principal, Role
from core.settings import Settings
from core.workspace import Workspace, open_workspace


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", port=0, gateway_port=0)


@pytest.fixture
def ws(settings: Settings) -> Iterator[Workspace]:
    """A workspace in a fresh home; jobs are not started."""
    workspace = open_workspace(settings)
    yield workspace
    workspace.jobs.stop()
    workspace.store.close()


def _person(name: str, *roles: Role) -> Principal:
    return Principal(f"user-{name}", name.capitalize(), f"{name}@example.com", frozenset(roles))


@pytest.fixture
def scientist() -> Principal:
    return _person("mori", Role.SCIENTIST)


@pytest.fixture
def other_scientist() -> Principal:
    return _person("ito", Role.SCIENTIST)


@pytest.fixture
def approver() -> Principal:
    return _person("tanaka", Role.APPROVER)


@pytest.fixture
def viewer() -> Principal:
    return _person("sato", Role.VIEWER)


@pytest.fixture
def admin() -> Principal:
    return _person("abe", Role.ADMIN)


TOGETHER = ("browser", "demo", "faults", "fuzz")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop running in this thread, which nothing else may find there.

    Where two processes share the work (pytest-xdist), a file stays in one of them, and so do rooms that share a portal or that time
    what others would slow down.
    """
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())
    for item in (i for i in items if i.config.pluginmanager.hasplugin("xdist")):
        room = item.path.relative_to(item.config.rootpath / "tests").parts[0] if "tests" in item.path.parts else ""
        item.add_marker(pytest.mark.xdist_group(room if room in TOGETHER else item.path.as_posix()))
