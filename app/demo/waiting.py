"""Waiting for a state, and steady traffic beside a change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from app.demo.steps import expect


def until(condition: Callable[[], bool], timeout_s: float, message: str) -> float:
    """Seconds that it took until the condition held; fails the step with the message otherwise."""
    began = time.monotonic()
    while not condition():
        expect(time.monotonic() - began < timeout_s, f"{message} (after {timeout_s:g} s)")
        time.sleep(0.1)
    return time.monotonic() - began


@dataclass
class Traffic:
    """What became of the requests sent so far."""

    sent: int = 0
    failed: int = 0


@contextmanager
def steady_requests(send: Callable[[], httpx.Response]) -> Iterator[Traffic]:
    """Send one request after another in the background while the block runs; at most 2,000."""
    traffic, stop = Traffic(), threading.Event()

    def run() -> None:
        while not stop.is_set() and traffic.sent < 2000:
            traffic.sent += 1
            try:
                ok = send().status_code == httpx.codes.OK
            except httpx.HTTPError:
                ok = False
            traffic.failed += not ok

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield traffic
    finally:
        stop.set()
        thread.join(timeout=30)
