"""People with real accounts, and a clock that tests can turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.identity import SYSTEM, Role, passwords
from core.identity.model import UserSpec
from core.identity.users import create_user
from core.settings import Settings
from core.workspace import open_workspace

PASSWORD = "correct horse battery"


class Turnable:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch):
    """Argon2 with the least work: the tests are about what surrounds it."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(passwords, "_decoy", "")


@pytest.fixture
def clock():
    return Turnable()


@pytest.fixture
def ws(tmp_path, clock):
    workspace = open_workspace(Settings(home=tmp_path / "home", sign_in_attempts=3, sign_in_wait_s=60, session_hours=2), clock)
    yield workspace
    workspace.store.close()


@pytest.fixture
def add(ws):
    """Create a user with the given roles."""

    def make(name: str, *roles: Role):
        return create_user(ws, SYSTEM, UserSpec(f"{name}@example.com", name.capitalize(), PASSWORD, frozenset(roles)))

    return make


@pytest.fixture
def boss(add):
    return add("boss", Role.ADMIN)


@pytest.fixture
def mori(add):
    return add("mori", Role.SCIENTIST, Role.VIEWER)
