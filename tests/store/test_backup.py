"""A backup taken under load restores to a consistent portal."""

from __future__ import annotations

import gzip
import json
import tarfile
import threading
from pathlib import Path

import pytest

from core.errors import Conflict, Corrupt, InvalidInput, NotFound, PermissionDenied
from core.identity import SYSTEM
from core.settings import Settings
from core.store import doctor
from core.store.audit import list_events, verify_chain
from core.store.backup import backup_folder, backup_path, list_backups, make_backup, restore_backup
from core.workspace import open_workspace


def note(ws, number: int) -> None:
    ws.store.write(lambda tx: tx.audit(SYSTEM.event("note.write", "project", str(number), details={"n": number})))


@pytest.fixture
def furnished(ws, tmp_path):
    """A home with a bit of everything."""
    body = tmp_path / "data.bin"
    body.write_bytes(b"rows" * 1000)
    ws.artifacts.put(body)
    folder = tmp_path / "model"
    (folder / "predictor").mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    (folder / "predictor" / "trees.bin").write_bytes(b"\0" * 5000)
    ws.artifacts.put(folder)
    spool = ws.settings.spool_dir / "g1"
    spool.mkdir(parents=True)
    (spool / "a.jsonl").write_text('{"k":"p"}\n')
    (spool / "b.open").write_text('{"k":"p"}\n{"torn')
    ws.settings.keys_dir.mkdir()
    (ws.settings.keys_dir / "approval.key").write_bytes(b"secret")
    (ws.settings.keys_dir / "approval.key").chmod(0o600)
    job = ws.settings.jobs_dir / "j1"
    (job / "out").mkdir(parents=True)
    (job / "log.txt").write_text("hello")
    (job / "out" / "big.bin").write_bytes(b"x" * 10_000)
    for number in range(5):
        note(ws, number)
    return ws


def test_everything_comes_back(furnished, admin, tmp_path):
    ws = furnished
    made = make_backup(ws, admin)
    assert list_backups(ws, admin) == [made]
    path = backup_path(ws, admin, made.id)
    assert path.stat().st_mode & 0o077 == 0
    assert not list(backup_folder(ws).glob(".*"))
    assert list_events(ws.store)[0].event.action == "backup.make"
    home = tmp_path / "restored"
    restored = restore_backup(path, home)
    assert restored.audit_events == 5
    assert restored.files == made.files
    again = open_workspace(Settings(home=home))
    assert verify_chain(again.store).events == 5
    assert [check.name for check in doctor.examine(again, admin) if check.health is doctor.Health.FAIL] == []
    again.store.close()
    assert sorted(p.name for p in (home / "spool" / "g1").iterdir()) == ["a.jsonl", "b.open"]
    assert (home / "jobs" / "j1" / "log.txt").read_text() == "hello"
    assert not (home / "jobs" / "j1" / "out").exists()
    assert (home / "keys" / "approval.key").stat().st_mode & 0o077 == 0
    stored = {p.name for p in (ws.settings.home / "artifacts" / "objects").glob("*/*")}
    assert stored == {p.name for p in (home / "artifacts" / "objects").glob("*/*")}
    assert len(stored) == 2


def test_under_load_it_shows_one_moment(ws, admin, tmp_path):
    stop, written, errors = threading.Event(), [0] * 3, []

    def load(lane: int) -> None:
        try:
            while not stop.is_set():
                note(ws, written[lane])
                written[lane] += 1
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=load, args=(lane,)) for lane in range(3)]
    for thread in threads:
        thread.start()
    try:
        made = [make_backup(ws, admin) for _ in range(3)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []
    counts = [restore_backup(backup_folder(ws) / b.name, tmp_path / f"r{i}").audit_events for i, b in enumerate(made)]
    assert counts == sorted(counts)
    assert counts[-1] <= sum(written) + 3
    for i in range(3):
        again = open_workspace(Settings(home=tmp_path / f"r{i}"))
        assert verify_chain(again.store).broken_seq is None
        again.store.close()


def test_a_damaged_archive_is_refused_and_leaves_nothing(furnished, admin, tmp_path):
    path = backup_folder(furnished) / make_backup(furnished, admin).name
    home = tmp_path / "restored"
    whole = gzip.decompress(path.read_bytes())
    marker = whole.index(b"rowsrows")
    for name, body in {
        "cut": path.read_bytes()[:-2000],
        "flipped": gzip.compress(whole[:marker] + b"ROWS" + whole[marker + 4 :]),
        "empty": b"",
        "text": b"this is no archive",
    }.items():
        bad = tmp_path / f"{name}.tar.gz"
        bad.write_bytes(body)
        with pytest.raises(Corrupt):
            restore_backup(bad, home)
        assert not home.exists()
    assert not list(tmp_path.glob(".restored*"))


def test_an_archive_that_reaches_out_is_refused(tmp_path):
    for kind in ("path", "link"):
        bad = tmp_path / f"{kind}.tar.gz"
        with tarfile.open(bad, "w:gz") as archive:
            member = tarfile.TarInfo("../evil.txt" if kind == "path" else "link")
            if kind == "link":
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
        with pytest.raises(InvalidInput):
            restore_backup(bad, tmp_path / "restored")
        assert not (tmp_path / "evil.txt").exists()


def test_who_may_and_where(furnished, admin, scientist, tmp_path):
    for act in (lambda: make_backup(furnished, scientist), lambda: list_backups(furnished, scientist)):
        with pytest.raises(PermissionDenied):
            act()
    made = make_backup(furnished, admin, tmp_path / "elsewhere")
    assert list_backups(furnished, admin) == []
    assert json.loads((tmp_path / "elsewhere" / f"{made.name}.json").read_text())["sha256"] == made.sha256
    with pytest.raises(NotFound):
        backup_path(furnished, admin, made.id)
    with pytest.raises(NotFound):
        restore_backup(tmp_path / "nothing.tar.gz", tmp_path / "r")
    with pytest.raises(Conflict):
        restore_backup(tmp_path / "elsewhere" / made.name, furnished.settings.home)


def test_an_artifact_root_elsewhere_is_packed_and_restored_there(tmp_path, admin):
    ws = open_workspace(Settings(home=tmp_path / "home", artifact_url=str(tmp_path / "root")))
    body = tmp_path / "x.bin"
    body.write_bytes(b"x")
    stored = ws.artifacts.put(body)
    made = make_backup(ws, admin)
    ws.store.close()
    restore_backup(tmp_path / "home" / "backups" / made.name, tmp_path / "home2", tmp_path / "root2")
    again = open_workspace(Settings(home=tmp_path / "home2", artifact_url=str(tmp_path / "root2")))
    assert again.artifacts.path(stored.sha256).read_bytes() == b"x"
    again.store.close()


def test_the_doctor_sees_what_is_wrong(furnished, admin, scientist):
    ws = furnished
    with pytest.raises(PermissionDenied):
        doctor.examine(ws, scientist)
    health = {check.name: check for check in doctor.examine(ws, admin)}
    assert {name for name, check in health.items() if check.health is doctor.Health.FAIL} == set()
    assert "5 events" in health["audit"].text
    (ws.settings.keys_dir / "approval.key").chmod(0o644)
    ws.store.write(lambda tx: tx.execute("UPDATE audit_events SET actor_name = 'Mallory' WHERE seq = 2"))
    health = {check.name: check for check in doctor.examine(ws, admin)}
    assert health["keys"].health is doctor.Health.FAIL
    assert health["audit"].health is doctor.Health.FAIL
    assert "event 2" in health["audit"].text


def test_the_doctor_reads_artifacts_again(furnished, admin):
    ws = furnished
    stored = sorted((ws.settings.home / "artifacts" / "objects").glob("*/*"))
    names = [p.name for p in stored]
    ws.store.write(lambda tx: tx.execute("CREATE TABLE things (id INTEGER, package_sha256 VARCHAR)"))
    ws.store.write(lambda tx: tx.execute_many("INSERT INTO things VALUES (1, ?)", [[n] for n in names]))
    check = {c.name: c for c in doctor.examine(ws, admin, seed=1)}["artifacts"]
    assert (check.health, check.fields["read"]) == (doctor.Health.OK, 2)
    file = next(p for p in stored if p.is_file())
    file.write_bytes(b"changed")
    assert {c.name: c for c in doctor.examine(ws, admin)}["artifacts"].health is doctor.Health.FAIL
    file.unlink()
    assert "1 of 2 artifacts are missing" in {c.name: c for c in doctor.examine(ws, admin)}["artifacts"].text


def test_no_room_leaves_nothing_behind(furnished, admin, monkeypatch):
    from core.errors import StorageFull
    from core.store import backup

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_pack", full)
    with pytest.raises(StorageFull):
        make_backup(furnished, admin)
    assert list(Path(backup_folder(furnished)).rglob("*")) == []
