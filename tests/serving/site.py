"""What a gateway needs to serve: packages, a signing key, certificates, manifests."""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import lightgbm
import numpy as np
import uvicorn

from core.registry.certificate import Certificate, Policy, sign_certificate
from core.serving.gateway.app import Gateway
from core.serving.manifest import Entry, Manifest, Manifests
from core.serving.replay import Grant, sign_grant
from core.serving.spool import read_segment
from core.settings import Settings
from core.store import ArtifactStore, new_id

KEY = "kgw_test-key"
PLANS = ("basic", "plus", "premium")
ROW = {"tenure": 5, "charge": 70.5, "plan": "basic", "senior": False}
CASH = Policy(0.5, "90.00", "-10.00", "0.00", "0.00", "JPY", "value-1")


def feature(name: str, kind: str, **known: Any) -> dict[str, Any]:
    """A column as ``package.json`` tells of it."""
    return {"name": name, "kind": kind, "nullable": False, "categories": [], "low": None, "high": None, "example": None} | known


FEATURES = [
    feature("tenure", "integer", low=0.0, high=72.0, example=5.0),
    feature("charge", "number", nullable=True, low=18.0, high=120.0, example=70.5),
    feature("plan", "category", categories=list(PLANS), example="basic"),
    feature("senior", "boolean", example="False"),
]


def make_package(folder: Path, seed: int, features: list[dict[str, Any]] | None = None) -> Path:
    """A real, tiny LightGBM package."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.integers(0, 72, 400), rng.uniform(18, 120, 400), rng.integers(0, 3, 400), rng.integers(0, 2, 400)]).astype(
        float
    )
    y = (rng.random(400) < 1 / (1 + np.exp(0.06 * x[:, 0] - 0.02 * x[:, 1] + seed))).astype(int)
    booster = lightgbm.train({"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": seed}, lightgbm.Dataset(x, y), 10)
    (folder / "predictor").mkdir(parents=True)
    booster.save_model(str(folder / "predictor" / "model.txt"))
    body = {
        "format": 1, "flavour": "lightgbm", "task": "binary", "target": "churn", "positive": "yes", "classes": ["0", "1"],
        "features": features or FEATURES, "run_id": "run-1", "best_model": "LightGBM", "libraries": [],
    }  # fmt: skip
    (folder / "package.json").write_text(json.dumps(body))
    return folder


class Site:
    """Publishes as the portal would, without one."""

    def __init__(self, settings: Settings, packages: tuple[Path, Path]) -> None:
        self.settings = settings
        self.artifacts = ArtifactStore(settings.artifact_root, settings.home / "cache")
        self.manifests = Manifests(settings.artifact_root)
        self.shas = [self.artifacts.put(p).sha256 for p in packages]
        self.entries = [self.approve(1, self.shas[0]), self.approve(2, self.shas[1])]
        self.generation = 0
        self.manifest = Manifest(
            "dep-1", "churn", "project-1", 0, "live", self.entries[0], key_hashes=(hashlib.sha256(KEY.encode()).hexdigest(),)
        )

    def approve(self, version: int, sha256: str, policy: Policy = CASH) -> Entry:
        """A version with its signed approval."""
        certificate = Certificate(
            "churn", version, f"mv-{version}", "project-1", sha256, policy, "user-a", "user-b", f"approval-{version}", datetime.now(UTC)
        )  # fmt: skip
        text, signature = sign_certificate(self.settings.keys_dir, certificate)
        return Entry(version, f"mv-{version}", sha256, text, signature)

    def publish(self, **changes: Any) -> None:
        """Change the manifest."""
        self.generation += 1
        self.manifest = replace(self.manifest, generation=self.generation, **changes)
        self.manifests.write(self.manifest)

    def grant(self, deployment: str = "churn", minutes: float = 5) -> str:
        """A replay grant."""
        return sign_grant(self.settings.keys_dir, Grant(deployment, "user-admin", datetime.now(UTC) + timedelta(minutes=minutes)))

    def lines(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What all gateways have spooled, open segments included."""
        paths = sorted(p for p in self.settings.spool_dir.rglob("*") if p.suffix in {".jsonl", ".open"})
        found = [dict(r) for p in paths for r in read_segment(p).records]
        return [r for r in found if kind in {None, r["k"]}]


@dataclass
class Running:
    """A gateway that runs in this process."""

    url: str
    app: Gateway
    stop: Callable[[], None]

    def client(self, key: str = KEY, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {key}", **headers}, timeout=20)

    def predict(self, body: Any, **headers: str) -> httpx.Response:
        with self.client(**headers) as client:
            return client.post("/v1/models/churn/predict", json=body)

    def wait(self, holds: Callable[[dict[str, Any]], bool], timeout_s: float = 15.0) -> dict[str, Any]:
        """Poll ``/readyz`` until something holds."""
        until = time.monotonic() + timeout_s
        while True:
            answer: dict[str, Any] = httpx.get(f"{self.url}/readyz").json()
            if holds(answer):
                return answer
            assert time.monotonic() < until, answer
            time.sleep(0.02)


def run_gateway_here(site: Site) -> Running:
    """Serve in a thread of this process, on a free port, until everything is loaded."""
    app = Gateway(site.settings)
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="on", ws="none", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()

    def stop() -> None:
        server.should_exit = True
        thread.join(timeout=10)
        with contextlib.suppress(OSError):
            listener.close()

    running = Running(f"http://127.0.0.1:{listener.getsockname()[1]}", app, stop)
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    running.wait(lambda answer: bool(answer["ready"]))
    return running


def some_id() -> str:
    """An id as predictions have it."""
    return new_id()
