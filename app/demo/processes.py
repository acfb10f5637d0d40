"""A real portal with its gateway, as child processes on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.errors import Unavailable
from core.settings import ROOT, Settings, child_environment

READY_S = 120.0
STOP_S = 15.0


@dataclass(frozen=True, slots=True)
class Running:
    """A portal that answers.

    Args:
        process: ``kachi up``, which holds portal and gateway.
    """

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def portal_url(self) -> str:
        """Address of the portal."""
        return f"http://{self.settings.host}:{self.settings.port}"

    @property
    def gateway_url(self) -> str:
        """Address of the gateway."""
        return self.settings.public_gateway_url

    def stop(self) -> None:
        """End portal and gateway as an operator would; by force only if that takes too long."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=STOP_S)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(settings: Settings, log: Path) -> Running:
    """Start ``kachi up`` on a home and wait until portal and gateway answer.

    Raises:
        Unavailable: it ended, or didn't answer in time; the log's end is part of the message.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "up"],
            cwd=ROOT, env=child_environment(settings), stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    running = Running(settings, process)
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        if _answers(f"{running.portal_url}/healthz") and _answers(f"{running.gateway_url}/healthz"):
            return running
        time.sleep(0.1)
    if process.poll() is None:
        running.stop()
    tail = log.read_text(encoding="utf-8", errors="replace")[-1500:]
    raise Unavailable("The portal did not start. The end of its log: {tail}", tail=tail)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
