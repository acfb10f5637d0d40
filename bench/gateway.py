"""The gateway's own cost, its throughput, and its answer time beside ``mlflow models serve`` with the same predictor.

Run: .venv/bin/python bench/gateway.py [--quick]. Three measurements against real servers over HTTP on this machine:

- own cost: median of a whole one-row request (key, validation, decision, spool) less the median of the direct model call;
  at most 1.5 ms, with a LightGBM model;
- throughput: answered requests a second with 8 clients and the same model; at least 800;
- beside MLflow: median of one row with one AutoGluon predictor, as a share of the same predictor behind MLflow as a pyfunc; at most 0.9.

The last line is one JSON object; its figure is the worst of the three, each as a share of its limit, so its goal is 1.
MLflow lives in .venv-bench (make bench-setup) and borrows AutoGluon from the product's environment.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import lightgbm
import numpy as np
import pandas as pd
from _servers import PEER, need_peer, peer_environment, serving

from app.demo.processes import free_port
from core.data.frames import as_features
from core.data.model import Kind
from core.project.model import Task
from core.registry.certificate import Certificate, Policy, sign_certificate
from core.serving.flavours import load_scorer
from core.serving.manifest import Entry, Manifest, Manifests
from core.serving.package import read_package
from core.settings import ROOT, Settings, child_environment
from core.store import ArtifactStore
from core.training.package import FORMAT, LABEL, Package, describe_features, write_package

OWN_MS, RATE, SHARE = 1.5, 800.0, 0.9
CLIENTS = 8
SAME = 1e-6
KEY = "kgw_bench"
BORROWED = ROOT / ".venv" / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
KINDS = {f"n{i}": Kind.NUMBER for i in range(20)} | {f"c{i}": Kind.CATEGORY for i in range(5)}
SAVE = """
import sys, mlflow.pyfunc
class Model(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        from autogluon.tabular import TabularPredictor
        self.predictor = TabularPredictor.load(context.artifacts["predictor"], verbosity=0)
        self.predictor.persist()
    def predict(self, context, model_input, params=None):
        return self.predictor.predict_proba(model_input)
mlflow.pyfunc.save_model(sys.argv[2], python_model=Model(), artifacts={"predictor": sys.argv[1]})
"""


def make_rows(count: int) -> tuple[pd.DataFrame, pd.Series]:
    """Rows with 25 features and an outcome that depends on them."""
    rng = np.random.default_rng(11)
    frame = pd.DataFrame({f"n{i}": rng.normal(size=count).round(4) for i in range(20)})
    for i in range(5):
        frame[f"c{i}"] = rng.choice(["low", "middle", "high", "none"], count)
    chance = 1 / (1 + np.exp(-frame["n0"] - 0.5 * frame["n1"] * (frame["c0"] == "high")))
    return frame, pd.Series((rng.random(count) < chance).astype("int64"))


def describe(folder: Path, flavour: str, frame: pd.DataFrame) -> Path:
    """Write ``package.json`` beside the predictor."""
    from core.data.baseline import Baseline, build_baseline

    told = Package(FORMAT, flavour, Task.BINARY, "y", "1", ("0", "1"), describe_features(frame, KINDS), "bench", flavour, ())
    write_package(folder, told, Baseline(build_baseline(frame, KINDS)))
    return folder


def make_booster(folder: Path, frame: pd.DataFrame, y: pd.Series) -> Path:
    """A LightGBM package of 200 trees."""
    coded = frame.copy()
    for name in coded.columns[20:]:
        seen = sorted(frame[name].unique())
        coded[name] = frame[name].map({value: place for place, value in enumerate(seen)})
    data = lightgbm.Dataset(coded.to_numpy(dtype=np.float64), y, categorical_feature=list(range(20, 25)))
    booster = lightgbm.train({"objective": "binary", "verbosity": -1, "num_threads": 1, "num_leaves": 15}, data, 200)
    (folder / "predictor").mkdir(parents=True)
    booster.save_model(str(folder / "predictor" / "model.txt"))
    return describe(folder, "lightgbm", frame)


def make_predictor(folder: Path, frame: pd.DataFrame, y: pd.Series) -> Path:
    """An AutoGluon package: an ensemble of LightGBM and CatBoost."""
    from autogluon.tabular import TabularPredictor

    cut = len(frame) * 3 // 4
    table = as_features(frame, KINDS).assign(**{LABEL: y})
    predictor = TabularPredictor(
        label=LABEL, problem_type="binary", eval_metric="log_loss", path=str(folder.parent / "search"), verbosity=0
    )  # fmt: skip
    models = {"GBM": [{"num_boost_round": 100}], "CAT": [{"iterations": 100}]}
    predictor.fit(table[:cut], tuning_data=table[cut:], hyperparameters=models, num_cpus=1, num_gpus=0)
    predictor.clone_for_deployment(str(folder / "predictor"))
    return describe(folder, "autogluon", frame)


def publish(settings: Settings, name: str, package: Path) -> None:
    """Approve a package and let gateways serve it."""
    sha256 = ArtifactStore(settings.artifact_root, settings.home / "cache").put(package).sha256
    policy = Policy(0.3, "90", "-10", "0", "0", "JPY", "bench")
    text, signature = sign_certificate(
        settings.keys_dir, Certificate(name, 1, f"mv-{name}", "bench", sha256, policy, "a", "b", "c", datetime.now(UTC))
    )
    entry = Entry(1, f"mv-{name}", sha256, text, signature)
    Manifests(settings.artifact_root).write(
        Manifest(f"d-{name}", name, "bench", 1, "live", entry, key_hashes=(hashlib.sha256(KEY.encode()).hexdigest(),))
    )


class Caller:
    """A keep-alive connection that sends one prepared request again and again; light, so that the server is what is measured."""

    def __init__(self, port: int, path: str, body: bytes) -> None:
        self._port = port
        head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nX-API-Key: {KEY}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._request = head.encode() + body

    async def run(self, seconds: float) -> list[float]:
        """Seconds of each answered request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        took: list[float] = []
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"refused: {head[:60]!r}")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            took.append(time.perf_counter() - began)
        writer.close()
        return took


def ask(port: int, path: str, body: object, seconds: float, clients: int = 1) -> list[float]:
    """Times of answered requests after a short warm-up, of all clients."""

    async def all_of_them(span: float) -> list[float]:
        text = json.dumps(body).encode()
        found = await asyncio.gather(*(Caller(port, path, text).run(span) for _ in range(clients)))
        return [one for times in found for one in times]

    asyncio.run(all_of_them(min(1.0, seconds / 4)))
    return asyncio.run(all_of_them(seconds))


def direct(package: Path, row: dict[str, Any], seconds: float) -> float:
    """Median seconds of the model's own call for one row, in this process."""
    scorer = load_scorer(package, read_package(package))
    took: list[float] = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        scorer.score([row])
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def measure_gateway(folder: Path, packages: dict[str, Path], row: dict[str, Any], seconds: float) -> dict[str, float]:
    """Own cost (ms), throughput (requests a second), the AutoGluon model's median (ms) and what it answers."""
    settings = Settings(home=folder / "home", gateway_port=free_port())
    for name, package in packages.items():
        publish(settings, name, package)
    port, cheap, rich = settings.gateway_port, "/v1/models/cheap/predict", "/v1/models/rich/predict"
    command, url = [sys.executable, "-m", "core.serving.gateway"], f"http://127.0.0.1:{port}/readyz"
    with serving(command, url, folder / "gateway.log", cwd=ROOT, env=child_environment(settings)):
        answer = httpx.post(f"http://127.0.0.1:{port}{rich}", json=row, headers={"X-API-Key": KEY}, timeout=60).raise_for_status().json()
        probability = float(answer["predictions"][0]["probability"])
        alone = statistics.median(ask(port, cheap, row, seconds))
        rate = len(ask(port, cheap, row, seconds, CLIENTS)) / seconds
        return {
            "own_ms": 1000 * (alone - direct(packages["cheap"], row, min(2.0, seconds))), "whole_ms": 1000 * alone, "rate": rate,
            "autogluon_ms": 1000 * statistics.median(ask(port, rich, row, seconds)), "probability": probability,
        }  # fmt: skip


def measure_mlflow(folder: Path, predictor: Path, row: dict[str, Any], seconds: float) -> tuple[float, float]:
    """Median milliseconds of one row with the same predictor behind ``mlflow models serve``, and what it answers."""
    environment = peer_environment(folder, str(BORROWED)) | {"OMP_NUM_THREADS": "1"}
    model, port = folder / "model", free_port()
    saved = subprocess.run(
        [str(PEER), "-c", SAVE, str(predictor), str(model)], check=False, env=environment, cwd=folder, capture_output=True, text=True
    )
    if saved.returncode != 0:
        raise SystemExit(f"MLflow could not save the model. The end of what it said:\n{saved.stderr[-2000:]}")
    command = [
        str(PEER),
        "-m",
        "mlflow",
        "models",
        "serve",
        "-m",
        str(model),
        "--env-manager",
        "local",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    with serving(command, f"http://127.0.0.1:{port}/ping", folder / "mlflow.log", cwd=folder, env=environment):
        body = {"dataframe_records": [row]}
        answer = httpx.post(f"http://127.0.0.1:{port}/invocations", json=body, timeout=60).raise_for_status().json()
        return 1000 * statistics.median(ask(port, "/invocations", body, seconds)), float(answer["predictions"][0]["1"])


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two seconds a measurement instead of ten")
    seconds = 2.0 if parser.parse_args().quick else 10.0
    need_peer()
    frame, y = make_rows(1200)
    row: dict[str, Any] = {name: (value.item() if hasattr(value, "item") else value) for name, value in frame.iloc[0].items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packages = {"cheap": make_booster(folder / "cheap", frame, y), "rich": make_predictor(folder / "rich", frame, y)}
        ours = measure_gateway(folder, packages, row, seconds)
        mlflow_ms, probability = measure_mlflow(folder, packages["rich"] / "predictor", row, seconds)
    if abs(probability - ours["probability"]) > SAME:
        raise SystemExit(f"The two don't answer the same: Kachi {ours['probability']}, MLflow {probability}")
    share = ours["autogluon_ms"] / mlflow_ms
    print(
        f"own cost {ours['own_ms']:.2f} ms of {ours['whole_ms']:.2f} ms (at most {OWN_MS}), {ours['rate']:.0f} requests/s (at least {RATE:.0f})"
    )
    print(f"one row with AutoGluon: Kachi {ours['autogluon_ms']:.2f} ms, MLflow {mlflow_ms:.2f} ms: {share:.2f} (at most {SHARE})")
    figure = max(ours["own_ms"] / OWN_MS, RATE / ours["rate"], share / SHARE)
    told = {"own_ms": round(ours["own_ms"], 3), "requests_s": round(ours["rate"]), "mlflow_share": round(share, 3)}
    print(json.dumps({"bench": "gateway", "figure": round(figure, 3), "goal": 1, "holds": figure <= 1, **told}))


if __name__ == "__main__":
    main()
