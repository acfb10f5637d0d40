"""What is served: versions whose approval and bytes were checked, and which of them answers which row."""

from __future__ import annotations

import hashlib
import hmac
import random
import time
import weakref
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import Corrupt, KachiError
from core.project.model import Task
from core.registry.certificate import Certificate, verify_certificate
from core.serving.flavours import load_scorer
from core.serving.flavours.base import Scorer, Scores
from core.serving.gateway.deciding import Decider
from core.serving.gateway.rows import Schema
from core.serving.gateway.worker import Worker
from core.serving.manifest import LIVE, Entry, Manifest
from core.serving.package import Package, Row, Value, example_row, read_package, value_feature
from core.signing import public_key
from core.store.artifacts import ArtifactStore

SPAN = 2.0**64


class Predictor:
    """A loaded package with the thread that asks it; versions of the same bytes share one, since only their policies differ."""

    def __init__(self, package: Package, scorer: Scorer, name: str) -> None:
        self.package = package
        self.path = scorer.path
        self._worker = Worker(scorer, name)
        # The thread ends when no version holds the predictor any more: not before its last request is answered.
        weakref.finalize(self, self._worker.close)

    async def score(self, rows: list[Row]) -> Scores:
        """Answers for rows; see `Scorer.score`."""
        return await self._worker.score(rows)


_predictors: weakref.WeakValueDictionary[tuple[str, str], Predictor] = weakref.WeakValueDictionary()


class Model:
    """A version that may be served: approval and bytes have been checked, the predictor is loaded."""

    def __init__(self, entry: Entry, certificate: Certificate, predictor: Predictor) -> None:
        package = predictor.package
        self.entry = entry
        self.certificate = certificate
        self.package = package
        self.decides = package.task is Task.BINARY
        self.decider = Decider(certificate.policy)
        # Columns that only the payoffs read: requests bring them, the model doesn't see them.
        known = {f.name for f in package.features}
        self.extra = tuple(value_feature(n, e) for n, e in certificate.policy.value_columns.items() if n not in known)
        self.schema = Schema((*package.features, *self.extra))
        self.path = predictor.path
        self._predictor = predictor

    async def score(self, rows: list[Row]) -> Scores:
        """Answers for rows; see `Scorer.score`."""
        if self.extra:
            names = {f.name for f in self.extra}
            rows = [{name: value for name, value in row.items() if name not in names} for row in rows]
        return await self._predictor.score(rows)

    @property
    def example(self) -> dict[str, Value]:
        """A row as a request would send it."""
        return example_row(self.package) | {f.name: f.example for f in self.extra}


class Recent:
    """Requests of the last minute: how many, how many rows, how long."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int, float]] = deque(maxlen=20_000)

    def add(self, rows: int, ms: float) -> None:
        """Count one answered request."""
        self._seen.append((time.monotonic(), rows, ms))

    def last_minute(self) -> tuple[int, int, float | None, float | None]:
        """Requests, rows, and the median and 95th percentile of the milliseconds (None without requests)."""
        since = time.monotonic() - 60
        seen = [item for item in list(self._seen) if item[0] >= since]
        if not seen:
            return 0, 0, None, None
        times = sorted(ms for _, _, ms in seen)
        return len(seen), sum(rows for _, rows, _ in seen), times[len(times) // 2], times[min(len(times) - 1, int(0.95 * len(times)))]


@dataclass(frozen=True, slots=True)
class Deployment:
    """One name as it is served now; replaced as a whole whenever something changes.

    Args:
        refused: why the manifest's champion or canary isn't served; empty where both are.
        former: the champion before, kept in memory so that rolling back takes no loading.
    """

    manifest: Manifest
    champion: Model | None
    canary: Model | None
    refused: tuple[str, ...] = ()
    former: Model | None = None
    recent: Recent = field(default_factory=Recent)

    @property
    def live(self) -> bool:
        """Whether it answers."""
        return self.manifest.state == LIVE and self.champion is not None

    @property
    def columns(self) -> frozenset[str]:
        """Columns that any served version takes."""
        names = self.champion.schema.names if self.champion else frozenset()
        return names | self.canary.schema.names if self.canary else names

    def takes_canary(self, entity: str | None, draw: float) -> bool:
        """Whether a case goes to the canary: by its key, always the same way; without one by the request's draw in [0, 1)."""
        if self.canary is None or self.manifest.canary_share <= 0:
            return False
        return (sticky(self.manifest.deployment_id, entity) if entity is not None else draw) < self.manifest.canary_share

    def admits(self, key: str) -> bool:
        """Whether an API key is one of the deployment's; the time that it takes doesn't tell how near it was."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        found = False
        for known in self.manifest.key_hashes:
            found |= hmac.compare_digest(known, digest)
        return found


def sticky(deployment_id: str, entity: str) -> float:
    """A case's place in [0, 1): evenly spread, the same for ever, independent between deployments.

    >>> round(sticky("d", "customer 1"), 6) == round(sticky("d", "customer 1"), 6)
    True
    """
    digest = hashlib.blake2b(f"{deployment_id}\0{entity}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / SPAN


def draw() -> float:
    """A request's draw for the canary."""
    return random.random()


def load_model(artifacts: ArtifactStore, key_path: Path, manifest: Manifest, entry: Entry) -> Model:
    """Check a version's approval and bytes, then load it.

    Raises:
        Corrupt: the certificate's signature doesn't hold, it speaks of another version, or the package has other bytes.
    """
    certificate = verify_certificate(public_key(key_path), entry.certificate, entry.signature)
    told = (certificate.version, certificate.model_version_id, certificate.package_sha256, certificate.project_id)
    if told != (entry.version, entry.model_version_id, entry.package_sha256, manifest.project_id):
        raise Corrupt("The approval is for another version than the one to be served. Deploy an approved version.")
    artifacts.verify(entry.package_sha256)
    folder = artifacts.path(entry.package_sha256)
    key = (str(folder), entry.package_sha256)
    predictor = _predictors.get(key)
    if predictor is None:
        package = read_package(folder)
        predictor = _predictors[key] = Predictor(package, load_scorer(folder, package), entry.package_sha256[:8])
    return Model(entry, certificate, predictor)


def reason(error: Exception) -> str:
    """Why a version isn't served, for people."""
    return str(error) if isinstance(error, KachiError) else f"{type(error).__name__}: {error}"[:300]
