"""The artifact root: immutable files and folders named by the SHA-256 of their content, on any fsspec file system."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from core.errors import Corrupt, InvalidInput, NotFound, StorageFull
from core.store.ids import new_id

CHUNK = 1 << 20
HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Artifact:
    """A stored file or folder: its name is its content."""

    sha256: str
    size_bytes: int


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def hash_folder(folder: Path) -> str:
    """SHA-256 over the sorted relative paths and hashes of all files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{hash_file(path)}\n".encode())
    return digest.hexdigest()


class ArtifactStore:
    """Content-addressed store below one fsspec root; writes are atomic, a stored name never changes its content.

    Args:
        root: fsspec URL or local folder.
        cache: local folder for copies of what lives on a remote file system.
    """

    def __init__(self, root: str, cache: Path) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(root)
        self._cache = cache
        self.is_local = isinstance(self._fs, LocalFileSystem)
        self._fs.makedirs(self._root, exist_ok=True)

    def _name(self, sha256: str) -> str:
        if len(sha256) != 64 or not set(sha256) <= HEX:
            raise InvalidInput("'{sha256}' is not an artifact's name: 64 hexadecimal digits are expected.", sha256=sha256)
        return f"{self._root}/objects/{sha256[:2]}/{sha256}"

    def put(self, path: Path) -> Artifact:
        """Store a copy of a file or folder; storing the same content twice keeps one.

        Raises:
            StorageFull: no room; nothing was kept.
        """
        sha256 = hash_folder(path) if path.is_dir() else hash_file(path)
        size = sum(p.stat().st_size for p in path.rglob("*") if p.is_file()) if path.is_dir() else path.stat().st_size
        target = self._name(sha256)
        if not self._fs.exists(target):
            try:
                self._store(path, target)
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise StorageFull(self._root) from error
                raise
        return Artifact(sha256, size)

    def _store(self, path: Path, target: str) -> None:
        part = f"{self._root}/incoming/{new_id()}"
        self._fs.makedirs(f"{self._root}/incoming", exist_ok=True)
        self._fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        try:
            if self.is_local:
                copy_synced(path, Path(part))
                try:
                    os.rename(part, target)
                except OSError as error:
                    if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                        raise
            else:
                self._fs.put(str(path), part, recursive=path.is_dir())
                self._fs.mv(part, target, recursive=path.is_dir())
        finally:
            if self._fs.exists(part):
                self._fs.rm(part, recursive=True)

    def clear_incoming(self) -> None:
        """Remove what a killed portal had half stored. Only whoever holds the store may call it; object stores clear up by their own rules."""
        if self.is_local:
            shutil.rmtree(f"{self._root}/incoming", ignore_errors=True)

    def exists(self, sha256: str) -> bool:
        """Whether that content is stored."""
        return bool(self._fs.exists(self._name(sha256)))

    def path(self, sha256: str) -> Path:
        """Local path to read an artifact from; fetched into the cache where the root is remote. Never write there.

        Raises:
            NotFound: nothing is stored under that name.
        """
        name = self._name(sha256)
        if not self._fs.exists(name):
            raise NotFound("artifact", sha256)
        if self.is_local:
            return Path(name)
        local = self._cache / sha256
        if not local.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(dir=self._cache)) / sha256
            self._fs.get(name, str(part), recursive=True)
            os.replace(part, local)
        return local

    def verify(self, sha256: str) -> None:
        """Read an artifact again and compare it with its name.

        Raises:
            Corrupt: the content differs.
        """
        path = self.path(sha256)
        found = hash_folder(path) if path.is_dir() else hash_file(path)
        if found != sha256:
            raise Corrupt("The stored content of {sha256} has changed (now {found}). Restore it from a backup.", sha256=sha256, found=found)


def copy_synced(source: Path, target: Path) -> None:
    """Copy a file or folder and flush every file to the disk."""
    if source.is_dir():
        shutil.copytree(source, target)
        files = [p for p in target.rglob("*") if p.is_file()]
    else:
        shutil.copyfile(source, target)
        files = [target]
    for path in files:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())


def write_atomic(path: Path, data: bytes) -> None:
    """Replace a file in one step: readers see the old or the new content, never a torn one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    except BaseException as error:
        Path(part).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise StorageFull(path.parent) from error
        raise
