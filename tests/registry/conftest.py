"""The registry's world: runs that have finished, without any training."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.identity import Principal, Role
from core.impact import source as impact_source
from core.project.model import Project
from core.registry import source
from core.workspace import Workspace
from tests.registry.world import World, new_project


@pytest.fixture
def world(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(ws, tmp_path)
    for name in ("trained_run", "data_facts", "feature_rows"):
        monkeypatch.setattr(source, name, getattr(made, name))
    before = impact_source._source
    impact_source.use_runs(made)
    yield made
    impact_source.use_runs(before)


@pytest.fixture
def project(ws: Workspace, scientist: Principal) -> Project:
    return new_project(ws, scientist)


@pytest.fixture
def second_approver() -> Principal:
    return Principal("user-kato", "Kato", "kato@example.com", frozenset({Role.APPROVER}))


@pytest.fixture
def both() -> Principal:
    """Somebody who may do everything: request and decide."""
    return Principal("user-oda", "Oda", "oda@example.com", frozenset({Role.SCIENTIST, Role.APPROVER}))
