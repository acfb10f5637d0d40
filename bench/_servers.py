"""Servers that benches start: waiting until one answers, telling why it didn't, ending it with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from core.settings import ROOT, Settings, child_environment

PEER = ROOT / ".venv-bench" / "bin" / "python"
TAIL_LINES = 25
READY_S = 120.0


def need_peer() -> None:
    """Stop where the peers' environment is missing."""
    if not PEER.exists():
        raise SystemExit("MLflow's environment is missing. Make it first: make bench-setup")


def peer_environment(folder: Path, borrowed: str = "") -> dict[str, str]:
    """Environment of a peer: its own programs come first, since ``mlflow`` starts uvicorn by name.

    Args:
        borrowed: folder of packages that it shares with the product.
    """
    base = child_environment(Settings(home=folder / "unused"))
    path = f"{PEER.parent}{os.pathsep}{base.get('PATH', os.defpath)}"
    return base | {"PATH": path, "PYTHONPATH": borrowed, "MLFLOW_DISABLE_TELEMETRY": "true"}


@contextmanager
def serving(command: Sequence[str], url: str, log: Path, *, cwd: Path, env: Mapping[str, str]) -> Iterator[None]:
    """A server that answers at an address while the block runs.

    Args:
        log: what it prints is kept there; the end of it is shown where the server fails.
    """
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=cwd, env=dict(env), stdout=stream, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        _wait_for(url, process, log)
        yield
    finally:
        _stop(process)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"The server of {url} ended with status {process.returncode}. The end of its log:\n{_tail(log)}")
        try:
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{url} did not answer within {READY_S:g} s. The end of its server's log:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it and its children, also where it has died before them."""
    for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue
    process.wait(timeout=10)
