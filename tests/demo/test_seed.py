"""``kachi demo`` for real: seeded once, stopped cleanly, started again without doing anything twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from app.cli import runfiles
from app.demo.accounts import read_people
from app.demo.processes import free_port
from app.demo.seed_state import Progress, is_seeded
from app.demo.stories import STORIES
from core.client import KachiClient
from core.clock import utc_now
from core.settings import ROOT, Settings, child_environment

SEEDED_S, STOPPED_S = 1500.0, 10.0


def start(settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "demo"], cwd=ROOT, env=child_environment(settings), stdout=stream, stderr=stream, start_new_session=True
        )  # fmt: skip


def await_that(condition: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SEEDED_S
    while not condition():
        assert process.poll() is None, log.read_text()[-3000:]
        assert "stopped:" not in log.read_text(), log.read_text()[-3000:]
        assert time.monotonic() < until, log.read_text()[-3000:]
        time.sleep(0.5)


def stop(process: subprocess.Popen[bytes]) -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_demo_is_seeded_interrupted_finished_and_started_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", port=free_port(), gateway_port=free_port(), gateway_url="", artifact_url="")
    log = tmp_path / "log"
    process = start(settings, log)
    try:
        await_that(lambda: "history is being replayed" in log.read_text(), process, log)
        assert stop(process) < STOPPED_S
        process = start(settings, log)
        await_that(lambda: is_seeded(settings.home), process, log)
        check_workspace(settings)
        assert stop(process) < STOPPED_S
        process = start(settings, log)
        await_that(lambda: runfiles.read(settings) is not None, process, log)
        check_workspace(settings)
    finally:
        stop(process)


def check_workspace(settings: Settings) -> None:
    """Three projects with value, each row once, and something to decide."""
    running = runfiles.read(settings)
    assert running is not None
    progress = Progress(settings.home, utc_now())
    tokens = {next(iter(p.roles)).value: p.token for p in read_people(settings.home)}
    with KachiClient(running.url, tokens["scientist"]) as client:
        shown = {row["name"]: row for row in client.get("/portfolio")["projects"]}
        assert set(shown) == {story.project.name for story in STORIES}
        for story in STORIES:
            entry = shown[story.project.name]["entry"]
            served = sum(v for k, v in progress.all().items() if k.startswith(f"demo-{story.key}-served"))
            assert entry["served"] == served == progress.get(f"demo-{story.key}-arrived")
            assert 0 < entry["labelled"] < served
            assert Decimal(entry["promised"]) > 0
        states = sorted(a["state"] for a in client.get("/approvals")["items"])
        assert states.count("rejected") == 1
        assert states.count("approved") == 3
        assert "open" in states
        checks = {m["live"]["name"]: m["check"]["verdict"] for m in client.get("/monitors")["items"]}
        assert checks["term-deposit-campaign"] == "red"
        assert client.get("/policies/term-deposit-campaign/attempts")["items"]
        assert all(p["is_sample"] for p in client.get("/projects")["items"])
