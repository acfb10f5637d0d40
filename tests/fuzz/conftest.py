"""The REST API and a gateway on homes of their own, with real ids to ask about and a watch on what is written where."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.api.portal import Portal, install, open_portal
from core.data.model import ColumnRoles
from core.data.service import declare_roles, upload_dataset
from core.identity import SYSTEM, Role
from core.identity.model import UserSpec
from core.identity.tokens import issue_token
from core.identity.users import create_user
from core.project.model import Nouns
from core.project.service import ProjectSpec, ValueModelSpec, create_project
from core.project.value_model import PayoffMatrix, Period
from core.settings import Settings
from core.store.scratch import temporary_files_in
from tests.browser.journey import churn_csv
from tests.serving.site import Running, Site, make_package, run_gateway_here

WRITES, FLAGS = {"w", "a", "x", "+"}, os.O_WRONLY | os.O_RDWR | os.O_CREAT
MOVES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "shutil.rmtree"}


@dataclass
class Watch:
    """Notes every file that this process opens for writing, makes, moves or removes outside of some folders."""

    allowed: list[Path]
    on: bool = False
    outside: list[str] = field(default_factory=list)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Take one audit event of the interpreter."""
        if not self.on:
            return
        is_write = event == "open" and (bool(WRITES & set(args[1] or "")) or bool(int(args[2]) & FLAGS))
        if not (is_write or event in MOVES) or not isinstance(args[0], str | bytes | Path):
            return
        path = str(args[0].decode(errors="replace") if isinstance(args[0], bytes) else args[0])
        is_ours = path == "/dev/null" or "__pycache__" in path or ".hypothesis" in path  # what the tests themselves keep
        in_folder = event in MOVES and isinstance(args[-1], int) and args[-1] > 2  # a name in an open folder, whose own event was seen
        if not is_ours and not in_folder and not any(Path(path).resolve().is_relative_to(folder) for folder in self.allowed):
            self.outside.append(f"{event} {path}")


@dataclass(frozen=True)
class World:
    """The portal, a token for each role, ids of things that exist, and where may be written."""

    portal: Portal
    tokens: dict[str, str]
    ids: tuple[str, ...]
    homes: tuple[Path, Path]


@contextmanager
def watching(*folders: Path) -> Iterator[Watch]:
    """Watch while the block runs; a hook of the interpreter can't be taken away again, only be made blind."""
    watch = Watch([folder.resolve() for folder in folders])
    sys.addaudithook(watch)
    watch.on = True
    yield watch
    watch.on = False


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The portal's and the gateway's: both write there by themselves while the other is asked."""
    return tmp_path_factory.mktemp("fuzz") / "home", tmp_path_factory.mktemp("fuzzed") / "home"


@pytest.fixture(scope="module")
def world(homes: tuple[Path, Path]) -> Iterator[World]:
    settings = Settings(home=homes[0], port=0, gateway_port=0)
    portal = open_portal(settings)
    install(portal)
    ws = portal.ws
    tokens, ids = {"nobody": ""}, []
    for role in Role:
        spec = UserSpec(name=role.value, email=f"{role.value}@example.com", password="a long enough phrase 7", roles=frozenset({role}))
        user = create_user(ws, SYSTEM, spec)
        issued = issue_token(ws, SYSTEM, "Fuzz", frozenset({role}), user_id=user.id)
        tokens[role.value] = issued.secret
    value = ValueModelSpec("JPY", Period.MONTH, 10_000, PayoffMatrix(Decimal(90), Decimal(-10), Decimal(0), Decimal(0)))
    nouns = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
    project = create_project(ws, SYSTEM, ProjectSpec("Churn", "Whom should we call?", nouns, value=value))
    version = upload_dataset(ws, SYSTEM, project.id, "churn.csv", io.BytesIO(churn_csv(200)))
    declared = declare_roles(ws, SYSTEM, version.id, ColumnRoles("churn", "yes"))
    ids = [project.id, version.id, declared.id, declared.dataset_id]
    with temporary_files_in(settings):
        yield World(portal, tokens, tuple(ids), homes)
    install(None)
    portal.stop()


@dataclass(frozen=True)
class Served:
    """A gateway in this process, and where may be written."""

    gateway: Running
    homes: tuple[Path, Path]


@pytest.fixture(scope="module")
def served(homes: tuple[Path, Path]) -> Iterator[Served]:
    root = homes[1].parent
    site = Site(Settings(home=homes[1], gateway_port=0), (make_package(root / "one", seed=1), make_package(root / "two", seed=2)))
    site.publish()
    running = run_gateway_here(site)
    yield Served(running, homes)
    running.stop()
