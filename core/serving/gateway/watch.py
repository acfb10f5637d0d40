"""Watches the manifests and keeps what is served in step with them, without ever stopping to answer."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from core.errors import Corrupt, NotFound
from core.serving.gateway.live import Deployment, Model, Recent, load_model, reason
from core.serving.manifest import Entry, Manifest, Manifests
from core.store.artifacts import ArtifactStore

log = structlog.get_logger(__name__)
POLL_S = 0.2
RETRY_S = 30.0


@dataclass(slots=True)
class _Slot:
    """All that is known of one name."""

    manifest: Manifest | None = None
    unreadable: str = ""
    models: dict[Entry, Model] = field(default_factory=dict)
    failed: dict[Entry, tuple[str, float]] = field(default_factory=dict)
    loading: set[Entry] = field(default_factory=set)
    recent: Recent = field(default_factory=Recent)


class Watch:
    """Deployments by name, always complete: a reader takes `current[name]` once and keeps what it got.

    Args:
        key_path: the portal's public key.
    """

    def __init__(self, artifact_root: str, artifacts: ArtifactStore, key_path: Path) -> None:
        self._manifests = Manifests(artifact_root)
        self._artifacts = artifacts
        self._key_path = key_path
        self._slots: dict[str, _Slot] = {}
        self._stamps: dict[str, tuple[object, ...]] = {}
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="loader")
        self._thread = threading.Thread(target=self._run, name="manifests", daemon=True)
        self.current: dict[str, Deployment] = {}
        self._scanned = False
        self.trouble = ""

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End watching; what is loaded stays until its requests are answered."""
        self._stop.set()
        self._thread.join(timeout=1)
        self._loader.shutdown(wait=False, cancel_futures=True)

    @property
    def settled(self) -> bool:
        """Whether everything that manifests ask for is loaded or refused."""
        with self._lock:
            return self._scanned and not any(slot.loading for slot in self._slots.values())

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._scan()
                self.trouble = ""
            except Exception as error:  # an artifact root that doesn't answer must not end the watching
                if not self.trouble:
                    log.warning("gateway.manifests_unreadable", reason=reason(error))
                self.trouble = reason(error)
            self._stop.wait(POLL_S)

    def _scan(self) -> None:
        stamps = self._manifests.stamps()
        for name, stamp in stamps.items():
            if self._stamps.get(name) != stamp:
                self._read(name)
        with self._lock:
            for name in self._slots.keys() - stamps.keys():
                del self._slots[name]
                self.current = {k: v for k, v in self.current.items() if k != name}
                log.info("gateway.removed", deployment=name)
            now = time.monotonic()
            for name, slot in self._slots.items():
                if any(now - at > RETRY_S for _, at in slot.failed.values()):
                    slot.failed = {e: f for e, f in slot.failed.items() if now - f[1] <= RETRY_S}
                    self._resolve(name, slot)
            self._stamps = stamps
            self._scanned = True

    def _read(self, name: str) -> None:
        with self._lock:
            slot = self._slots.setdefault(name, _Slot())
            try:
                manifest = self._manifests.read(name)
            except (Corrupt, OSError) as error:
                slot.unreadable = reason(error)
                log.warning("gateway.manifest_refused", deployment=name, reason=slot.unreadable)
                return
            slot.manifest, slot.unreadable, slot.failed = replace(manifest, name=name), "", {}
            self._resolve(name, slot)

    def _resolve(self, name: str, slot: _Slot) -> None:
        """Serve the best of what is loaded; load what is missing. The lock is held."""
        manifest, old = slot.manifest, self.current.get(name)
        if manifest is None:
            return
        wanted = [e for e in (manifest.champion, manifest.canary, manifest.former) if e is not None]
        for entry in wanted:
            if entry not in slot.models and entry not in slot.failed and entry not in slot.loading:
                slot.loading.add(entry)
                self._loader.submit(self._load, name, slot, manifest, entry)
        champion = slot.models.get(manifest.champion) if manifest.champion else None
        if champion is None and manifest.champion is not None:
            # What served before goes on; after a restart with a broken champion that is the one before it.
            champion = old.champion if old else None
            if champion is None and manifest.champion in slot.failed and manifest.former:
                champion = slot.models.get(manifest.former)
        canary = slot.models.get(manifest.canary) if manifest.canary else None
        refused = tuple(slot.failed[e][0] for e in wanted[: 1 + (manifest.canary is not None)] if e in slot.failed)
        made = Deployment(manifest, champion, canary, refused, slot.models.get(manifest.former) if manifest.former else None, slot.recent)
        self.current = {**self.current, name: made}
        kept = {*wanted, *([champion.entry] if champion else [])}
        slot.models = {e: m for e, m in slot.models.items() if e in kept}

    def _load(self, name: str, slot: _Slot, manifest: Manifest, entry: Entry) -> None:
        began = time.monotonic()
        try:
            model = load_model(self._artifacts, self._key_path, manifest, entry)
        except Exception as error:  # a broken package must not take the others along
            with self._lock:
                slot.failed[entry] = (reason(error), time.monotonic())
                log.warning("gateway.version_refused", deployment=name, version=entry.version, reason=reason(error))
                self._settle(name, slot, entry)
            return
        with self._lock:
            slot.models[entry] = model
            log.info(
                "gateway.version_loaded",
                deployment=name,
                version=entry.version,
                path=model.path,
                seconds=round(time.monotonic() - began, 2),
            )
            self._settle(name, slot, entry)

    def _settle(self, name: str, slot: _Slot, entry: Entry) -> None:
        slot.loading.discard(entry)
        if self._slots.get(name) is slot:
            self._resolve(name, slot)

    def deployment(self, name: str) -> Deployment:
        """What is served under a name.

        Raises:
            NotFound: nothing is.
        """
        found = self.current.get(name)
        if found is None:
            raise NotFound("deployment", name)
        return found
