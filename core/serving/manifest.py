"""The manifest: what a gateway is to serve under one name. Written by the portal, watched by gateways."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import fsspec
import msgspec
from fsspec.implementations.local import LocalFileSystem

from core.errors import Corrupt
from core.store.artifacts import write_atomic

FOLDER = "serving/deployments"
LIVE, STOPPED = "live", "stopped"


@dataclass(frozen=True, slots=True)
class Entry:
    """A version to serve, with the approval that allows it.

    Args:
        certificate: the signed text of `core.registry.certificate`; signature: base64.
    """

    version: int
    model_version_id: str
    package_sha256: str
    certificate: str
    signature: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One deployment as gateways see it.

    Args:
        generation: rises with every change.
        state: ``live`` or ``stopped``.
        former: the champion that a roll-back would bring back; gateways keep it ready.
        canary_share: share of traffic for the canary, 0 to 1.
        entity_column: column of a row that names its case; keeps a case on one arm.
        key_hashes: SHA-256 (hex) of the API keys that are accepted.
        flush_ms: longest time an answer stays unflushed; 0: flushed before it is sent; None: the gateway's setting.
    """

    deployment_id: str
    name: str
    project_id: str
    generation: int
    state: str
    champion: Entry | None
    canary: Entry | None = None
    former: Entry | None = None
    canary_share: float = 0.0
    entity_column: str | None = None
    key_hashes: tuple[str, ...] = ()
    flush_ms: int | None = None
    format: int = 1

    def __post_init__(self) -> None:
        if self.format != 1 or self.state not in {LIVE, STOPPED} or not 0 <= self.canary_share <= 1:
            raise Corrupt("The manifest of '{name}' can't be read. Restart the portal; it writes it again.", name=self.name)


def manifest_to_json(manifest: Manifest) -> bytes:
    """As stored."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def manifest_from_json(data: bytes) -> Manifest:
    """As read.

    Raises:
        Corrupt: it isn't one.
    """
    try:
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, ValueError) as error:
        raise Corrupt("The manifest of '{name}' can't be read. Restart the portal; it writes it again.", name="?") from error


class Manifests:
    """The folder of manifests below an artifact root, local or on any fsspec file system."""

    def __init__(self, artifact_root: str) -> None:
        self._fs, root = fsspec.core.url_to_fs(artifact_root)
        self._folder = f"{root}/{FOLDER}"
        self._local = isinstance(self._fs, LocalFileSystem)

    def stamps(self) -> dict[str, tuple[object, ...]]:
        """Deployment names with something that changes whenever their manifest does."""
        if self._local:
            return self._local_stamps()
        self._fs.invalidate_cache(self._folder)
        if not self._fs.exists(self._folder):
            return {}
        found: dict[str, tuple[object, ...]] = {}
        for item in self._fs.ls(self._folder, detail=True):
            name = str(item["name"]).rsplit("/", 1)[-1]
            if name.endswith(".json") and not name.startswith("."):
                found[name[:-5]] = (item.get("size"), str(item.get("ETag") or item.get("LastModified") or item.get("mtime")))
        return found

    def _local_stamps(self) -> dict[str, tuple[object, ...]]:
        found: dict[str, tuple[object, ...]] = {}
        for path in Path(self._folder).glob("[!.]*.json"):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            found[path.stem] = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        return found

    def read(self, name: str) -> Manifest:
        """One manifest.

        Raises:
            Corrupt: it can't be read. FileNotFoundError: there is none.
        """
        return manifest_from_json(self._fs.cat_file(f"{self._folder}/{name}.json"))

    def write(self, manifest: Manifest) -> None:
        """Replace a manifest in one step.

        Raises:
            StorageFull: no room; the old one stays.
        """
        data = manifest_to_json(manifest)
        if self._local:
            write_atomic(Path(self._folder) / f"{manifest.name}.json", data)
        else:
            self._fs.makedirs(self._folder, exist_ok=True)
            self._fs.pipe_file(f"{self._folder}/{manifest.name}.json", data)

    def remove(self, name: str) -> None:
        """Take a manifest away."""
        if self._fs.exists(f"{self._folder}/{name}.json"):
            self._fs.rm_file(f"{self._folder}/{name}.json")
