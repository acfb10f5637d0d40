"""``kachi up`` as a process: ready, reached by commands, one a home, stopped in time, taken up after a kill."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import httpx
import pytest

from app.cli import runfiles
from app.demo.processes import free_port
from core.client import KachiClient
from core.settings import ROOT, Settings, child_environment

READY_S = 90


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home", port=free_port(), gateway_port=free_port())


def start(settings, log, *options):
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "up", *options], cwd=ROOT, env=child_environment(settings), stdout=stream,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    until = time.monotonic() + READY_S
    while b"Kachi is ready" not in log.read_bytes():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
    return process


def test_a_portal_from_its_first_start_to_its_end(settings, tmp_path):
    process = start(settings, tmp_path / "one.log", "--no-gateway")
    try:
        text = (tmp_path / "one.log").read_text()
        link = re.search(r"http://\S+/auth/setup\?token=\S+", text)[0]
        assert httpx.get(link).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{settings.port}/healthz").json() == {"status": "ok"}
        running = runfiles.read(settings)
        assert running.pid == process.pid
        with KachiClient(running.url, running.key) as client:
            assert client.get("/users/me")["via"] == "cli"
            assert client.get("/audit/verify")["broken_seq"] is None
        second = subprocess.run(
            [sys.executable, "-m", "app.cli", "up"], cwd=ROOT, env=child_environment(settings), capture_output=True, text=True, check=False
        )
        assert (second.returncode, "runs on this home already" in second.stderr) == (1, True)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        assert time.monotonic() - begun < 10
        assert list((settings.home / "run").iterdir()) == []
        assert "Traceback" not in (tmp_path / "one.log").read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
