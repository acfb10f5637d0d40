"""``kill -9`` of the portal's work at any moment: what was acknowledged is there, once, and everything goes on.

Beside it: ``test_kill_gateway`` for gateways, ``test_portal`` for all of it as processes, and for the three moments of taking in a segment
``tests/monitoring/test_exactly_once``.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from core.clock import utc_now
from core.errors import Conflict
from core.jobs.protocol import JobState
from core.settings import ROOT
from core.store.audit import verify_chain
from core.store.migrations import migrate
from core.workspace import Workspace, open_workspace
from tests.faults import driver

ROUNDS = 50


def run_and_kill(home: Path, scene: str, wait_s: float, *, first: bool = True) -> list[str]:
    """Start a scene, kill it some time after its first acknowledgement; what it had acknowledged."""
    log = home.parent / f"{home.name}.{scene}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver", str(home), scene], cwd=ROOT, stdout=stream, stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    try:
        until = time.monotonic() + 180
        while first and not log.read_bytes().count(b"\n"):
            assert process.poll() is None, (process.stderr.read() or b"").decode()[-2000:]
            assert time.monotonic() < until, "nothing was acknowledged"
            time.sleep(0.005)
        time.sleep(wait_s)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    data = log.read_bytes()
    return data[: data.rfind(b"\n") + 1].decode().splitlines()


def check_writes(ws: Workspace, lines: list[str]) -> None:
    stored = [row[0] for row in ws.store.rows("SELECT target_id FROM audit_events WHERE action = 'note.write'")]
    assert set(lines) <= set(stored)
    assert len(stored) == len(set(stored))
    # At most what was under way when it died, one a lane, is there without its acknowledgement.
    assert len(stored) - len(lines) <= 3


def check_training(ws: Workspace, lines: list[str]) -> None:
    ws.jobs.register(driver.training_kind())
    ws.jobs.start()
    for key in lines:
        assert ws.jobs.wait(key, 180).state is JobState.SUCCEEDED
        counts = dict(ws.store.rows("SELECT what, count(*) FROM seen WHERE job = ? GROUP BY what", [key]))
        assert counts == {"start": 1, "progress": 30, "succeeded": 1}
    ws.jobs.stop()


def check_upload(ws: Workspace, lines: list[str]) -> None:
    from core.data.service import get_version, list_newest_versions, preview_rows

    for line in lines:
        key, sha256 = line.split()
        assert get_version(ws, driver.SCIENTIST, key).rows == 3000
        ws.artifacts.verify(sha256)
        assert len(preview_rows(ws, driver.SCIENTIST, key)) > 0
    for version in list_newest_versions(ws, driver.SCIENTIST):
        ws.artifacts.verify(version.sha256)


def check_approval(ws: Workspace, lines: list[str]) -> None:
    from core.registry import store as registry
    from core.registry.approvals import certificate_for
    from core.registry.model import ApprovalState
    from core.registry.store import get_approval

    for line in lines:
        asked, version = line.split()
        assert get_approval(ws.store, asked).state is ApprovalState.APPROVED
        assert all(certificate_for(ws, version))
    # Decided and signed, or neither.
    for state, version in ws.store.rows("SELECT state, model_version_id FROM approvals"):
        if state == "approved":
            assert all(certificate_for(ws, version))
        else:
            with pytest.raises(Conflict):
                certificate_for(ws, version)
            assert registry.get_certificate(ws.store, version) is None


CHECKS = {"writes": check_writes, "training": check_training, "upload": check_upload, "approval": check_approval}
LONGEST_S = {"writes": 0.6, "training": 1.2, "upload": 0.8, "approval": 1.0}


def one_round(home: Path, scene: str, chance: random.Random) -> int:
    lines = run_and_kill(home, scene, chance.uniform(0, LONGEST_S[scene]))
    ws = open_workspace(driver.settings_of(home))
    try:
        assert verify_chain(ws.store).broken_seq is None
        CHECKS[scene](ws, lines)
        assert verify_chain(ws.store).broken_seq is None
    finally:
        ws.jobs.stop()
        ws.store.close()
    return len(lines)


@pytest.mark.parametrize("scene", CHECKS)
def test_nothing_acknowledged_is_lost(tmp_path, scene):
    assert one_round(tmp_path / "home", scene, random.Random(3)) >= 1


def migrate_and_kill(home: Path, wait_s: float) -> int:
    """How many of the migrations had been applied when it died."""
    run_and_kill(home, "migration", wait_s)
    connection = duckdb.connect(str(home / "kachi.duckdb"))
    done = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE starts_with(table_name, 't')").fetchone()[0]
    applied = migrate(connection, utc_now(), home / "migrations")
    assert len(applied) == driver.MIGRATIONS - done
    for number in range(1, driver.MIGRATIONS + 1):
        assert connection.execute(f"SELECT count(*), count(DISTINCT n) FROM t{number}").fetchone() == (driver.ROWS, driver.ROWS)
    assert migrate(connection, utc_now(), home / "migrations") == []
    connection.close()
    return int(done)


def whole_migration_s(home: Path) -> float:
    """Seconds from the first step to the last on this machine now, left alone."""
    log, command = home.parent / "whole.log", [sys.executable, "-m", "tests.faults.driver", str(home), "migration"]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, env=os.environ | {"PYTHONPATH": str(ROOT)})
    while b"begins" not in log.read_bytes():
        assert process.poll() is None
        time.sleep(0.005)
    began = time.monotonic()
    assert process.wait(timeout=120) == 0
    return time.monotonic() - began


def test_a_migration_cut_off_is_finished_at_the_next_start(tmp_path):
    chance = random.Random(5)
    for number in range(3):
        migrate_and_kill(tmp_path / str(number), chance.uniform(0, 0.4))
    assert not list(tmp_path.glob("*/*.wal"))


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("scene", [*CHECKS, "migration"])
def test_fifty_rounds(tmp_path, scene):
    chance, acknowledged, cut_off = random.Random(11), 0, 0
    longest_s = whole_migration_s(tmp_path / "whole") if scene == "migration" else 0.0
    for number in range(ROUNDS):
        home = tmp_path / str(number)
        if scene == "migration":
            cut_off += 0 < migrate_and_kill(home, chance.uniform(0, longest_s)) < driver.MIGRATIONS
        else:
            acknowledged += one_round(home, scene, chance)
    if scene == "migration":
        print(
            f"\nkill -9 during migration: {ROUNDS} rounds, {cut_off} of them between the first step and the last, each finished at the next start"
        )
        assert cut_off >= ROUNDS // 5
    else:
        print(f"\nkill -9 during {scene}: {ROUNDS} rounds, {acknowledged} acknowledged, none lost, none doubled")
        assert acknowledged >= ROUNDS
