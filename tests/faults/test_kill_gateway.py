"""``kill -9`` of a gateway: what it acknowledged is in the spool, as far as it was promised, once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from app.demo.processes import free_port
from core.serving.spool import recover
from core.settings import ROOT, Settings, child_environment
from tests.faults.callers import Callers, Told
from tests.serving.site import KEY, Site, make_package

ROUNDS = 50


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("packages")
    return make_package(root / "one", seed=1), make_package(root / "two", seed=2)


def start(settings: Settings) -> subprocess.Popen[bytes]:
    """A gateway as a process, once it serves."""
    process = subprocess.Popen([sys.executable, "-m", "core.serving.gateway"], cwd=ROOT, env=child_environment(settings))
    until = time.monotonic() + 60
    while True:
        assert process.poll() is None
        assert time.monotonic() < until
        try:
            if httpx.get(f"http://127.0.0.1:{settings.gateway_port}/readyz", timeout=2).status_code == httpx.codes.OK:
                return process
        except httpx.HTTPError:
            time.sleep(0.02)


def flushed(settings: Settings) -> None:
    """Wait until a gateway that nobody asks has put everything on the disk, by itself."""
    until = time.monotonic() + 60
    while httpx.get(f"http://127.0.0.1:{settings.gateway_port}/readyz", timeout=5).json()["spool"]["waiting_bytes"]:
        assert time.monotonic() < until
        time.sleep(0.02)


def kill_and_count(site: Site, flush_ms: int | None, rounds: int, chance: random.Random) -> tuple[Told, int]:
    """What was acknowledged over all rounds, and how much of it is missing: the last of what each caller heard before a kill."""
    site.publish(flush_ms=flush_ms)
    process, kills = start(site.settings), []
    with Callers(f"http://127.0.0.1:{site.settings.gateway_port}", "churn", KEY) as callers:
        for _ in range(rounds):
            callers.wait_for(30)
            time.sleep(chance.uniform(0, 0.5))
            process.kill()
            process.wait()
            kills.append(callers.count_at_the_end())
            process = start(site.settings)
        callers.wait_for(30)
    flushed(site.settings)
    process.kill()
    process.wait()
    recover(site.settings.spool_dir)
    told, kept = callers.told(), Counter(line["id"] for line in site.lines("p"))
    heard = Counter(line["p"] for line in site.lines("f"))
    assert set(kept.values()) == set(heard.values()) == {1}
    assert not list(site.settings.spool_dir.rglob("*.open"))
    missing = [key for _, key in told.predictions if key not in kept]
    if flush_ms == 0:
        assert missing == []
        assert set(told.feedback) <= set(heard)
    for caller, mine in enumerate(callers.each()):
        lives = pairwise([0, *(counts[caller] for counts in kills), len(mine.predictions)])
        on_disk = [[key in kept for _, key in mine.predictions[first:last]] for first, last in lives]
        assert all(life == sorted(life, reverse=True) for life in on_disk)
        assert all(on_disk[-1])
    return told, len(missing)


@pytest.mark.parametrize("flush_ms", [0, None])
def test_what_a_killed_gateway_promised_is_in_the_spool(tmp_path: Path, packages: tuple[Path, Path], flush_ms: int | None) -> None:
    site = Site(Settings(home=tmp_path / "home", gateway_port=free_port()), packages)
    told, _ = kill_and_count(site, flush_ms, 1, random.Random(6))
    assert len(told.predictions) >= 30


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("flush_ms", [0, None])
def test_fifty_killed_gateways(tmp_path: Path, packages: tuple[Path, Path], flush_ms: int | None) -> None:
    site = Site(Settings(home=tmp_path / "home", gateway_port=free_port()), packages)
    told, missing = kill_and_count(site, flush_ms, ROUNDS, random.Random(19))
    kind = "flushing before it answers" if flush_ms == 0 else f"flushing every {site.settings.spool_flush_ms} ms"
    print(
        f"\nkill -9 of a gateway {kind}: {ROUNDS} rounds, {len(told.predictions)} predictions acknowledged, {missing} missing, all of those"
        " the last before a kill; none doubled"
    )
    assert len(told.predictions) >= 30 * ROUNDS
