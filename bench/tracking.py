"""Run logging over REST: Kachi against MLflow on SQLite, both as real servers on this machine.

Run: .venv/bin/python bench/tracking.py [--quick]. Logs runs with 20 parameters and 20 metrics each, one request or batch a run as each
system offers it, then searches the top 100 by a metric among them. The last line is one JSON object; its figure is Kachi's time of
logging as a share of MLflow's (medians), its goal at most 0.5; it holds only where the search also takes at most 0.2 of MLflow's.
MLflow lives in .venv-bench (make bench-setup); its client is MLflow's own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from _servers import PEER, need_peer, peer_environment, serving

from app.demo.processes import free_port
from core.identity import SYSTEM, Role
from core.identity.model import UserSpec
from core.identity.tokens import issue_token
from core.identity.users import create_user
from core.project.model import Nouns, Task
from core.project.service import ProjectSpec, create_project
from core.settings import ROOT, Settings, child_environment
from core.workspace import open_workspace

GOAL, SEARCH_GOAL = 0.5, 0.2
NOUNS = Nouns("case", "cases", "would", "would not", "act", "acts")
SERVE = """
import sys, uvicorn
from pathlib import Path
from core.settings import Settings
from app.server import create_app
uvicorn.run(create_app(Settings(home=Path(sys.argv[1]), port=int(sys.argv[2]), gateway_port=0)), port=int(sys.argv[2]), log_level="error")
"""
CLIENT = """
import json, sys, time, statistics
from mlflow.tracking import MlflowClient
from mlflow.entities import Metric, Param
client = MlflowClient(sys.argv[1])
experiment = client.create_experiment("bench")
times = []
for k in range(int(sys.argv[2])):
    began = time.perf_counter()
    run = client.create_run(experiment)
    now = int(time.time() * 1000)
    metrics = [Metric(f"m{i}", (k * 7919 % 1000) / 1000 + i, now, 0) for i in range(20)]
    client.log_batch(run.info.run_id, metrics=metrics, params=[Param(f"p{i}", str(k + i)) for i in range(20)])
    client.set_terminated(run.info.run_id)
    times.append(time.perf_counter() - began)
found = []
for _ in range(int(sys.argv[3])):
    began = time.perf_counter()
    runs = client.search_runs([experiment], order_by=["metrics.m0 DESC"], max_results=100)
    found.append(time.perf_counter() - began)
print(json.dumps({"log": statistics.median(times), "search": statistics.median(found), "found": len(runs)}))
"""


def measure_kachi(folder: Path, runs: int, searches: int) -> dict[str, Any]:
    settings = Settings(home=folder, gateway_port=0)
    ws = open_workspace(settings)
    user = create_user(
        ws, SYSTEM, UserSpec(email="bench@example.com", name="Bench", password="a long enough phrase 7", roles=frozenset({Role.SCIENTIST}))
    )
    secret = issue_token(ws, SYSTEM, "bench", frozenset({Role.SCIENTIST}), user_id=user.id).secret
    project = create_project(ws, SYSTEM, ProjectSpec("Bench", "How fast is it?", NOUNS, Task.REGRESSION)).id
    ws.store.close()
    port = free_port()
    base = f"http://127.0.0.1:{port}/api/v1"
    command = [sys.executable, "-c", SERVE, str(folder), str(port)]
    with (
        serving(command, f"{base}/openapi.json", folder.parent / "portal.log", cwd=ROOT, env=child_environment(settings)),
        httpx.Client(base_url=base, headers={"Authorization": f"Bearer {secret}"}, timeout=60) as client,
    ):
        logged = [_log(client, project, k) for k in range(runs)]
        found, count = [], 0
        for _ in range(searches):
            began = time.perf_counter()
            answer = client.get("/runs/search", params={"project_id": project, "metric": "m0", "lowest": False, "limit": 100})
            count = len(answer.raise_for_status().json())
            found.append(time.perf_counter() - began)
    return {"log": statistics.median(logged), "search": statistics.median(found), "found": count}


def _log(client: httpx.Client, project: str, k: int) -> float:
    began = time.perf_counter()
    metrics = {f"m{i}": (k * 7919 % 1000) / 1000 + i for i in range(20)}
    body = {"project_id": project, "name": f"run {k}", "params": {f"p{i}": str(k + i) for i in range(20)}, "metrics": metrics}
    client.post("/runs/log", json=body).raise_for_status()
    return time.perf_counter() - began


def measure_mlflow(folder: Path, runs: int, searches: int) -> dict[str, Any]:
    port = free_port()
    where = f"http://127.0.0.1:{port}"
    command = [str(PEER), "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--host", "127.0.0.1"]
    options = ["--port", str(port), "--artifacts-destination", str(folder / "artifacts"), "--workers", "1"]
    environment = peer_environment(folder)
    with serving([*command, *options], f"{where}/health", folder / "server.log", cwd=folder, env=environment):
        client = [str(PEER), "-c", CLIENT, where, str(runs), str(searches)]
        done = subprocess.run(client, capture_output=True, text=True, check=True, cwd=folder, env=environment)
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 runs instead of 1,000")
    runs, searches = (200, 10) if parser.parse_args().quick else (1000, 20)
    need_peer()
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        kachi = measure_kachi(Path(ours) / "home", runs, searches)
        mlflow = measure_mlflow(Path(theirs), runs, searches)
    for name, found in (("Kachi", kachi), ("MLflow", mlflow)):
        print(f"{name}: log {1000 * found['log']:.1f} ms, search {1000 * found['search']:.1f} ms, {found['found']} found")
    figure, search = kachi["log"] / mlflow["log"], kachi["search"] / mlflow["search"]
    holds = figure <= GOAL and search <= SEARCH_GOAL
    print(
        json.dumps(
            {
                "bench": "tracking",
                "figure": round(figure, 3),
                "goal": GOAL,
                "search": round(search, 3),
                "search_goal": SEARCH_GOAL,
                "holds": holds,
            }
        )
    )


if __name__ == "__main__":
    main()
