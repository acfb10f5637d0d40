"""Backups: one archive with all that a portal is, taken while it works; restored into an empty home.

The archive (``.tar.gz``) holds ``kachi.duckdb``, ``artifacts/`` (where they are on this machine), ``spool/``, ``keys/`` and the small
files of ``jobs/``; its last member ``manifest.json`` names every file with its size and SHA-256.

Consistency: writers are kept out while the store's file is copied and the spool's segments are linked, which takes well under a second.
Artifacts never change and are stored before the row that names them, so whatever the copied rows name is there to be packed afterwards.
A segment that was taken in before the copy is known to the copied rows, one that was not is in the copied spool: none lost, none twice.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from core.errors import Conflict, Corrupt, InvalidInput, NotFound, StorageFull
from core.identity import Permission, Principal, require
from core.store.artifacts import CHUNK, write_atomic
from core.store.audit import verify_chain
from core.store.database import Store
from core.store.ids import new_id
from core.store.lineage import Node
from core.store.scratch import scratch_folder

if TYPE_CHECKING:
    from core.workspace import Workspace

FORMAT = 1
MANIFEST = "manifest.json"
JOB_FILES = ("spec.json", "events.jsonl", "log.txt", "process.json", "result.json")
TRANSIENT = ("incoming/",)


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished archive.

    Args:
        name: its file name.
        sha256: of the archive's bytes.
        with_artifacts: False where the artifact root is on another system, which keeps its own copies.
    """

    id: str
    name: str
    created_at: datetime
    made_by: str
    size_bytes: int
    files: int
    sha256: str
    with_artifacts: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, checked: every file's hash, and the audit chain."""

    files: int
    size_bytes: int
    created_at: str
    audit_events: int
    audit_head: str


def backup_folder(ws: Workspace) -> Path:
    """Where backups are kept unless one says otherwise."""
    return ws.settings.backups_dir


def make_backup(ws: Workspace, actor: Principal, target: Path | None = None) -> Backup:
    """Take a backup while the portal works.

    Args:
        target: folder for the archive; the home's folder ``backups`` if missing.

    Raises:
        StorageFull: no room; nothing is left behind.
    """
    require(actor, Permission.BACK_UP)
    folder = target or backup_folder(ws)
    backup_id, now = new_id(), ws.clock()
    name = f"kachi-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{backup_id[-4:]}.tar.gz"
    part = folder / f".{name}.part"
    with _room(folder), scratch_folder(ws.settings) as stage:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _snapshot(ws, stage)
            packed = _pack(ws, stage, part, now)
            os.chmod(part, 0o600)
            os.replace(part, folder / name)
        finally:
            part.unlink(missing_ok=True)
    size = (folder / name).stat().st_size
    backup = Backup(backup_id, name, now, actor.name, size, packed, _hash_file(folder / name), _local_artifacts(ws) is not None)
    write_atomic(folder / f"{name}.json", json.dumps(asdict(backup), default=str).encode())
    details = {"name": name, "size_bytes": size, "files": packed, "sha256": backup.sha256}
    ws.store.write(lambda tx: tx.audit(actor.event("backup.make", Node.BACKUP, backup_id, details=details)))
    return backup


@contextmanager
def _room(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull(folder) from error
        raise


def _local_artifacts(ws: Workspace) -> Path | None:
    fs, root = fsspec.core.url_to_fs(ws.settings.artifact_root)
    return Path(root) if isinstance(fs, LocalFileSystem) else None


def _snapshot(ws: Workspace, stage: Path) -> None:
    """The moment that the backup shows: the store's file, the spool and the published manifests, with writers kept out."""
    settings = ws.settings
    with ws.store.exclusive():
        ws.store.checkpoint()
        for path in (settings.store_path, settings.store_path.with_name(settings.store_path.name + ".wal")):
            if path.exists():
                shutil.copyfile(path, stage / path.name)
        _link_tree(settings.spool_dir, stage / "spool")
        artifacts = _local_artifacts(ws)
        if artifacts is not None:
            _copy_tree(artifacts / "serving", stage / "artifacts" / "serving")
    _copy_tree(settings.keys_dir, stage / "keys")
    for folder in settings.jobs_dir.glob("*"):
        for name in JOB_FILES:
            if (folder / name).is_file():
                _copy_file(folder / name, stage / "jobs" / folder.name / name)


def _link_tree(source: Path, target: Path) -> None:
    for path in _files(source):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            # A segment's name stays while its file may be taken in and deleted; a link keeps the bytes.
            os.link(path, place)
        except FileNotFoundError:
            continue
        except OSError:
            _copy_file(path, place)


def _copy_tree(source: Path, target: Path) -> None:
    for path in _files(source):
        _copy_file(path, target / path.relative_to(source))


def _copy_file(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(path, place)
    except FileNotFoundError:
        # Gone between listing and copying: it ended meanwhile and the store knows.
        place.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) if folder.is_dir() else []


def _pack(ws: Workspace, stage: Path, part: Path, now: datetime) -> int:
    entries: list[dict[str, Any]] = []
    # Models and Parquet are compressed already: the lightest level costs little time and still shrinks the store's file.
    with part.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, filename="") as zipped:
        with tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            entries += [_add(archive, path, path.relative_to(stage).as_posix()) for path in _files(stage)]
            artifacts = _local_artifacts(ws)
            for path in _files(artifacts) if artifacts is not None else []:
                name = path.relative_to(artifacts or path).as_posix()
                if not name.startswith((*TRANSIENT, "serving/")):
                    entries.append(_add(archive, path, f"artifacts/{name}"))
            head = {"format": FORMAT, "created_at": now.isoformat(), "store": ws.settings.store_path.name, "files": entries}
            body = json.dumps(head, ensure_ascii=False).encode()
            archive.addfile(_member(MANIFEST, len(body)), io.BytesIO(body))
        zipped.flush()
        raw.flush()
    with part.open("rb") as done:
        os.fsync(done.fileno())
    return len(entries)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _add(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    with path.open("rb") as stream:
        # A gateway may be writing an open segment: what is there now is packed, neither more nor less.
        size = os.fstat(stream.fileno()).st_size
        reader = _Hashing(stream, size)
        archive.addfile(_member(name, size), reader)  # type: ignore[arg-type]
    return {"name": name, "size": size, "sha256": reader.digest.hexdigest()}


class _Hashing:
    """Reads at most `size` bytes and hashes them on the way."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self._left = size
        self.digest = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        """The next bytes."""
        block = self._stream.read(self._left if count < 0 else min(count, self._left))
        self._left -= len(block)
        self.digest.update(block)
        return block


def list_backups(ws: Workspace, actor: Principal) -> list[Backup]:
    """The backups in the home's folder, newest first."""
    require(actor, Permission.BACK_UP)
    found = [_read_sidecar(path) for path in backup_folder(ws).glob("kachi-*.tar.gz.json")]
    return sorted((b for b in found if b is not None), key=lambda b: b.id, reverse=True)


def _read_sidecar(path: Path) -> Backup | None:
    if not path.with_suffix("").exists():
        return None
    body = json.loads(path.read_bytes())
    return Backup(**(body | {"created_at": datetime.fromisoformat(body["created_at"])}))


def backup_path(ws: Workspace, actor: Principal, backup_id: str) -> Path:
    """Where a backup lies, for download.

    Raises:
        NotFound: there is none of that id.
    """
    for backup in list_backups(ws, actor):
        if backup.id == backup_id:
            return backup_folder(ws) / backup.name
    raise NotFound("backup", backup_id)


def restore_backup(path: Path, home: Path, artifacts: Path | None = None) -> Restored:
    """Bring a backup back into an empty home and check all of it. Nothing is left in the home unless everything holds.

    Args:
        artifacts: folder of the artifact root, where it isn't the home's own.

    Raises:
        NotFound: no such archive. Conflict: the home isn't empty. Corrupt: the archive is damaged.
    """
    if not path.is_file():
        raise NotFound("backup", path)
    for folder in (home, artifacts):
        if folder is not None and folder.exists() and any(folder.iterdir()):
            raise Conflict("The folder {folder} isn't empty. A backup is restored into an empty one.", folder=str(folder))
    stage = home.parent / f".{home.name}.restore-{new_id()[-6:]}"
    with _room(home.parent):
        try:
            stage.mkdir(parents=True, mode=0o700)
            manifest = _unpack(path, stage)
            restored = _check(stage, manifest)
            if artifacts is not None and (stage / "artifacts").exists():
                artifacts.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(str(stage / "artifacts"), artifacts)
            if home.exists():
                home.rmdir()
            os.replace(stage, home)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    return restored


def _unpack(path: Path, stage: Path) -> Mapping[str, Any]:
    seen: dict[str, tuple[int, str]] = {}
    manifest: Mapping[str, Any] | None = None
    try:
        with tarfile.open(path, mode="r|gz") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isreg() else None
                if stream is None:
                    raise InvalidInput("This is not a backup of Kachi: it holds '{name}'.", name=member.name[:100])
                if member.name == MANIFEST:
                    manifest = json.loads(stream.read())
                else:
                    seen[member.name] = _write(stream, _place(stage, member.name))
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, ValueError) as error:
        raise Corrupt("The archive {path} is damaged and was not restored. Use another backup.", path=str(path)) from error
    wanted = {item["name"]: (item["size"], item["sha256"]) for item in (manifest or {}).get("files", ())}
    if manifest is None or wanted != seen or manifest.get("format") != FORMAT:
        raise Corrupt("The archive {path} is damaged and was not restored. Use another backup.", path=str(path))
    return manifest


def _place(stage: Path, name: str) -> Path:
    place = (stage / name).resolve()
    if not place.is_relative_to(stage.resolve()) or name.startswith("/"):
        raise InvalidInput("This is not a backup of Kachi: it holds '{name}'.", name=name[:100])
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _write(stream: IO[bytes], place: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        while block := stream.read(CHUNK):
            digest.update(block)
            size += len(block)
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()


def _check(stage: Path, manifest: Mapping[str, Any]) -> Restored:
    store = Store(stage / str(manifest["store"]), memory_mb=512, clock=lambda: datetime.now(UTC))
    try:
        verdict = verify_chain(store)
        store.checkpoint()
    finally:
        store.close()
    if verdict.broken_seq is not None:
        raise Corrupt("The audit trail of this backup is broken at event {seq}. Use another backup.", seq=verdict.broken_seq)
    sizes = [item["size"] for item in manifest["files"]]
    return Restored(len(sizes), sum(sizes), str(manifest["created_at"]), verdict.events, verdict.head)


def _hash_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
