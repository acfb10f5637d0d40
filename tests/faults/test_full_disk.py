"""A full disk: a clear error, nothing half-written, the store stays readable, and it goes on once there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import StorageFull
from core.identity import SYSTEM, Principal, Role
from core.settings import Settings
from core.store.audit import verify_chain
from core.store.backup import backup_folder, make_backup
from core.workspace import Workspace, open_workspace
from tests.serving.site import ROW, Site, make_package, run_gateway_here

ADMIN = Principal("user-abe", "Abe", "abe@example.com", frozenset({Role.ADMIN}))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("a small disk needs root and the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def ws(small_disk: Path) -> Iterator[Workspace]:
    workspace = open_workspace(Settings(home=small_disk / "home", port=0, gateway_port=0))
    yield workspace
    workspace.jobs.stop()
    workspace.store.close()


def fill(folder: Path) -> Path:
    """Leave no byte free."""
    ballast = folder / "ballast"
    handle = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (1 << 20, 4096):
            while _wrote(handle, size):
                pass
    finally:
        os.close(handle)
    return ballast


def _wrote(handle: int, size: int) -> bool:
    try:
        return os.write(handle, b"x" * size) > 0
    except OSError:
        return False


def note(ws: Workspace, text: str) -> None:
    ws.store.write(lambda tx: tx.audit(SYSTEM.event("note.write", "note", "n", details={"text": text})))


def test_the_store_says_so_stays_readable_and_goes_on(ws, small_disk):
    written = 0
    for _ in range(5):
        note(ws, "before")
        written += 1
    ballast = fill(small_disk)
    refusals = []
    while not refusals:
        try:
            note(ws, "x" * 4000)
            written += 1
        except StorageFull as error:
            refusals.append(str(error))
    assert "Free some space" in refusals[0]
    with pytest.raises(StorageFull):
        ws.store.checkpoint()
    assert verify_chain(ws.store).events == written
    ballast.unlink()
    note(ws, "after")
    assert (verify_chain(ws.store).events, verify_chain(ws.store).broken_seq) == (written + 1, None)
    ws.store.close()
    again = open_workspace(ws.settings)
    assert verify_chain(again.store).events == written + 1
    again.store.close()


def test_an_artifact_is_there_whole_or_not_at_all(ws, small_disk, tmp_path):
    body = tmp_path / "big.bin"
    body.write_bytes(os.urandom(2_000_000))
    ballast = fill(small_disk)
    with pytest.raises(StorageFull):
        ws.artifacts.put(body)
    objects = small_disk / "home" / "artifacts"
    assert [p for p in objects.rglob("*") if p.is_file()] == []
    ballast.unlink()
    stored = ws.artifacts.put(body)
    ws.artifacts.verify(stored.sha256)


def test_a_backup_without_room_leaves_nothing(ws, small_disk):
    note(ws, "one")
    ballast = fill(small_disk)
    with pytest.raises(StorageFull):
        make_backup(ws, ADMIN)
    assert [p for p in backup_folder(ws).rglob("*") if p.is_file()] == []
    ballast.unlink()
    assert make_backup(ws, ADMIN).files >= 1


def test_a_job_without_room_ends_with_a_clear_error(ws, small_disk):
    from core.jobs.model import JobKind, JobRequest
    from tests.faults.driver import SCIENTIST

    ws.jobs.register(JobKind("probe", "core.jobs.probe:run"))
    key = ws.store.write(lambda tx: ws.jobs.submit(tx, SCIENTIST, JobRequest("probe", {"steps": [["write", 200_000_000]]}, "run", "r1")))
    ws.jobs.start()
    job = ws.jobs.wait(key, 60)
    assert job.state.value == "failed"
    assert "space" in str(job.error).lower() or "result" in str(job.error)
    note(ws, "after")
    assert verify_chain(ws.store).broken_seq is None


@pytest.fixture
def packages(tmp_path: Path) -> tuple[Path, Path]:
    return make_package(tmp_path / "one", seed=1), make_package(tmp_path / "two", seed=2)


def test_serving_goes_on(small_disk: Path, packages: tuple[Path, Path]) -> None:
    site = Site(Settings(home=small_disk / "home", gateway_port=0), packages)
    site.publish()
    running = run_gateway_here(site)
    try:
        ballast = fill(small_disk)
        served = [running.predict(ROW) for _ in range(50)]
        assert {answer.status_code for answer in served} == {200}
        running.wait(lambda answer: bool(answer["spool"]["full"]))
        assert running.predict(ROW).status_code == 200
        ballast.unlink()
        running.wait(lambda answer: not answer["spool"]["full"])
    finally:
        running.stop()
    assert len(site.lines("p")) == 51  # accepted while there was no room, kept as soon as there was


def test_a_deployment_that_keeps_what_it_answers_says_that_it_cannot(small_disk: Path, packages: tuple[Path, Path]) -> None:
    site = Site(Settings(home=small_disk / "home", gateway_port=0), packages)
    site.publish(flush_ms=0)
    running = run_gateway_here(site)
    try:
        assert running.predict(ROW).status_code == 200
        ballast = fill(small_disk)
        refused = next(answer for answer in (running.predict([ROW] * 100) for _ in range(50)) if answer.status_code != 200)
        assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
        assert "Free space" in refused.json()["detail"]
        kept = len(site.lines("p"))
        ballast.unlink()
        running.wait(lambda _: running.predict(ROW).status_code == 200)
    finally:
        running.stop()
    assert len(site.lines("p")) > kept
