"""The gateway as a child of the portal's command: started, started again if it dies, stopped with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import structlog

from core.settings import ROOT, Settings, child_environment

log = structlog.get_logger(__name__)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
STEADY_S = 30.0  # a child that lived so long starts the waiting anew
STOP_S = 7.0
COMMAND = ("-m", "core.serving.gateway")


class GatewayProcess:
    """Keeps one gateway running.

    Args:
        settings: the gateway gets the same.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="gateway-supervisor", daemon=True)
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Process id of the running gateway; None while there is none."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self) -> None:
        """Start it and watch over it."""
        self._thread.start()

    def stop(self) -> None:
        """End it: open requests are answered, the spool is flushed; by force only after 7 seconds."""
        self._stopping.set()
        with self._lock:
            child = self._child
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(timeout=1)
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def _run(self) -> None:
        wait = FIRST_WAIT_S
        while not self._stopping.is_set():
            began = time.monotonic()
            child = self._spawn()
            if child is None:
                return
            status = child.wait()
            if self._stopping.is_set():
                return
            wait = FIRST_WAIT_S if time.monotonic() - began > STEADY_S else min(wait * 2, LONGEST_WAIT_S)
            log.warning("gateway.ended", status=status, again_in_s=wait)
            self.restarts += 1
            self._stopping.wait(wait)

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            self._child = subprocess.Popen(
                [sys.executable, *COMMAND], cwd=ROOT, env=child_environment(self._settings), stdin=subprocess.DEVNULL
            )
            return self._child
