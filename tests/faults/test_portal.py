"""The whole thing as processes: stopped in the middle of work, killed again and again, its gateway killed under it."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest

from app.demo import processes
from app.demo.processes import Running
from core.monitoring import sums
from core.monitoring.ingest import ingest_now
from core.monitoring.lake import Lake
from core.monitoring.model import Window
from core.monitoring.service import all_time
from core.serving.spool import recover
from core.settings import ROOT, Settings, child_environment
from core.store.audit import verify_chain
from core.workspace import Workspace, open_workspace
from tests.faults.callers import Callers, Told
from tests.faults.conftest import Home

STOP_S = 10.0
ROUNDS = 50
Start = Callable[[], Running]


def gateway_of(running: Running) -> psutil.Process | None:
    """The portal's gateway; None while there is none."""
    try:
        found = psutil.Process(running.process.pid).children()
        return next((one for one in found if one.cmdline()[1:3] == ["-m", "core.serving.gateway"]), None)
    except psutil.Error:
        return None


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


@contextmanager
def half_an_upload(home: Home) -> Iterator[socket.socket]:
    """A request whose body stops in the middle."""
    head = (
        f"POST /api/v1/datasets HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {home.tokens['scientist']}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000000\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="half.csv"\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", home.settings.port), timeout=10) as connection:
        connection.sendall(head.encode() + b"a" * 2_000_000)
        yield connection


def stored(ws: Workspace, kind: str, column: str) -> list[str]:
    """Ids in the files that the store lists, in no order, as often as they are there."""
    lake = Lake(ws.settings)
    files = [lake.url(row[0]) for row in ws.store.rows("SELECT path FROM prediction_files WHERE kind = ?", [kind])]
    with lake.connect() as con:
        return [row[0] for row in con.execute(f"SELECT {column}::VARCHAR FROM read_parquet(?)", [files]).fetchall()] if files else []


def check_once(home: Home, told: Told) -> None:
    """Everything acknowledged is in the portal, once, in files and in sums."""
    ws = open_workspace(home.settings)
    try:
        ingest_now(ws)
        assert verify_chain(ws.store).broken_seq is None
        window: Window = all_time(ws)
        predicted, labelled = stored(ws, "predictions", "id"), stored(ws, "truth", "prediction_id")
        assert (len(set(predicted)), len(set(labelled))) == (len(predicted), len(labelled))
        assert {key for _, key in told.predictions} <= set(predicted)
        assert set(told.feedback) <= set(labelled)
        assert len(predicted) <= len(told.predictions) + told.unsure
        assert sums.read_traffic(ws.store, home.deployment_id, window).n == len(predicted)
        assert sums.read_truth(ws.store, home.deployment_id, window).n == len(labelled)
        assert not list(home.settings.spool_dir.glob("*/*.jsonl"))
    finally:
        ws.store.close()


def test_a_stop_in_the_middle_of_work_takes_under_ten_seconds_and_loses_nothing(home: Home, portal: Start) -> None:
    running = portal()
    with home.client("scientist") as client:
        config = {"families": ["lightgbm"], "time_limit_s": 60}
        run = client.post("/runs", {"project_id": home.project_id, "dataset_version_id": home.dataset_version_id, "config": config})
        client.wait(f"/runs/{run['id']}", lambda r: r["state"] == "running", 60)
    with Callers(home.gateway_url, home.model, home.key) as callers, half_an_upload(home) as upload:
        callers.wait_for(50)
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=STOP_S) == 0
        assert time.monotonic() - began < STOP_S
        assert not httpx_answers(home.gateway_url)
        assert b" 503 " in upload.recv(1000)
        portal()
        callers.wait_for(20)
        with home.client("scientist") as client:
            assert client.wait(f"/runs/{run['id']}", lambda r: r["state"] not in {"queued", "running"}, 120)["state"] == "succeeded"
            assert len(client.get("/datasets")["items"]) == 1
    text = (home.settings.home.parent / "portal.log").read_text()
    assert "Traceback" not in text
    assert list(home.settings.scratch_dir.iterdir()) == []


def httpx_answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def test_a_killed_gateway_is_started_again_after_growing_pauses(home: Home, portal: Start) -> None:
    running = portal()
    with Callers(home.gateway_url, home.model, home.key) as callers:
        callers.wait_for(20)
        for _ in range(2):
            child = gateway_of(running)
            assert child is not None
            child.kill()
            callers.wait_for(20)
    running.stop()
    log = (home.settings.home.parent / "portal.log").read_text()
    ends = [json.loads(line) for line in log.splitlines() if '"gateway.ended"' in line]
    assert [(end["status"], end["again_in_s"]) for end in ends] == [(-9, 1.0), (-9, 2.0)]
    check_once(home, callers.told())


def kill_portal(home: Home, portal: Start, rounds: int, chance: random.Random) -> Told:
    """Kill the portal while its gateway is asked all the time; the gateway outlives it and gives way to the next one's."""
    running = portal()
    with Callers(home.gateway_url, home.model, home.key) as callers:
        for _ in range(rounds):
            callers.wait_for(30)
            time.sleep(chance.uniform(0, 3.0))
            os.kill(running.process.pid, signal.SIGKILL)
            running.process.wait()
            callers.wait_for(20)  # it goes on answering
            running = portal()
    running.stop()
    check_once(home, callers.told())
    return callers.told()


def test_predictions_outlive_a_killed_portal(home: Home, portal: Start) -> None:
    told = kill_portal(home, portal, 1, random.Random(2))
    assert min(len(told.predictions), len(told.feedback)) >= 50


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_predictions_outlive_fifty_killed_portals(home: Home, portal: Start) -> None:
    told = kill_portal(home, portal, ROUNDS, random.Random(13))
    print(
        f"\nkill -9 of the portal under traffic: {ROUNDS} rounds, {len(told.predictions)} predictions and {len(told.feedback)} outcomes"
        f" acknowledged, {told.unsure} requests cut off, none lost, none doubled"
    )
    assert min(len(told.predictions), len(told.feedback)) >= 50 * ROUNDS


def kachi(settings: Settings, *words: str) -> str:
    """What a command says; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *words], cwd=ROOT, env=child_environment(settings), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow  # the store's own backup beside a long read stands for it
def test_a_backup_under_traffic_restores_to_a_consistent_portal(home: Home, portal: Start, tmp_path: Path) -> None:
    running = portal()
    with Callers(home.gateway_url, home.model, home.key) as callers:
        callers.wait_for(200)
        before = callers.told()
        archive = kachi(home.settings, "backup", "--to", str(tmp_path / "safe")).splitlines()[0]
        callers.wait_for(50)
    running.stop()
    settings = home.settings.model_copy(update={"home": tmp_path / "restored"})
    assert "Every file's hash holds" in kachi(settings, "restore", archive)
    after = callers.told()
    recover(settings.spool_dir)  # as the first gateway of the restored home does with what its dead writer left open
    check_once(replace(home, settings=settings), replace(before, unsure=len(after.predictions) + after.unsure))
    checks = {check["name"]: check["health"] for check in json.loads(kachi(settings, "doctor", "--json"))}
    assert {name for name, health in checks.items() if health != "ok"} <= {"gateway"}
    assert "is whole" in kachi(settings, "audit", "verify")
    again = processes.start(settings, tmp_path / "restored.log")
    with Callers(home.gateway_url, home.model, home.key) as callers:
        callers.wait_for(20)
    again.stop()


def test_what_is_left_of_a_killed_portal_goes_at_the_next_start(home: Home, tmp_path: Path) -> None:
    root = home.settings.home
    left = [root / "scratch" / "upload" / "half", root / "artifacts" / "incoming" / "half", root / "backups" / ".kachi-1.tar.gz.part"]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    open_workspace(home.settings).store.close()
    assert not any(path.exists() for path in left)
