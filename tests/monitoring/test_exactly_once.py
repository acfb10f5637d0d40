"""Exactly once, by property and by kill -9: whatever dies when, each prediction and each truth counts once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.monitoring import catalogue, sums
from core.monitoring.catalogue import Live, LiveState
from core.monitoring.ingest import ingest_now
from core.monitoring.model import Window
from core.settings import Settings
from core.workspace import Workspace, open_workspace
from tests.monitoring.conftest import START, Gateway, make_served

ALL = Window(START - timedelta(days=1), START + timedelta(days=60))
POINTS = ("read", "written", "recorded")


class Crash(BaseException):
    """The process dies here."""


@contextmanager
def a_workspace(home: Path) -> Iterator[Workspace]:
    workspace = open_workspace(Settings(home=home, port=0, gateway_port=0))
    try:
        yield workspace
    finally:
        workspace.store.close()


def _spool_at_random(rng: random.Random, home: Path, count: int) -> tuple[int, dict[str, int], int]:
    """Predictions and feedback in random segments of two gateways, feedback also before, twice and contradicting."""
    gateways = [Gateway(home / "spool" / f"g{i}", rng) for i in range(2)]
    truths: dict[str, int] = {}
    treated = 0
    early: list[tuple[str, int]] = []
    for i in range(count):
        maker = rng.choice(gateways)
        score = rng.random()
        key = maker.predict(START + timedelta(hours=rng.randrange(72)), score=score)
        treated += score >= 0.5
        if rng.random() < 0.6:
            truths[key] = rng.randrange(2)
            early.append((key, truths[key]))
            if rng.random() < 0.3:
                early.append((key, truths[key]))
        if early and rng.random() < 0.7:
            told, truth = early.pop(rng.randrange(len(early)))
            rng.choice(gateways).feed_back(told, truth, START + timedelta(days=9, seconds=i))
        if rng.random() < 0.2:
            rng.choice(gateways).finish()
    for told, truth in early:
        rng.choice(gateways).feed_back(told, truth, START + timedelta(days=10))
    for maker in gateways:
        maker.finish()
    return treated, truths, count


@given(seed=st.integers(0, 10**6), crashes=st.lists(st.tuples(st.sampled_from(POINTS), st.integers(0, 3)), max_size=3), copy=st.booleans())
@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exactly_once_whatever_crashes(
    tmp_path_factory: pytest.TempPathFactory, seed: int, crashes: list[tuple[str, int]], copy: bool
) -> None:
    home = tmp_path_factory.mktemp("home")
    rng = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch, a_workspace(home) as ws:
        patch.setattr(catalogue, "list_live", lambda ws: [Live("dep-1", "churn", "p", LiveState.LIVE, "mv1", 1, 0.0, START)])
        patch.setattr(catalogue.Catalogue, "served", lambda self, key: make_served() if key == "mv1" else None)
        patch.setattr("core.monitoring.ingest.BATCH_SEGMENTS", rng.choice([1, 2, 100]))
        treated, truths, count = _spool_at_random(rng, home, 25)
        kept = {p: p.read_bytes() for p in (home / "spool").glob("*/*.jsonl")} if copy else {}
        for point, skip in crashes:
            _crash(ws, point, skip)
        for path, content in kept.items():
            path.write_bytes(content)
        ingest_now(ws)
        _assert_once(ws, treated, truths, count)
        assert list((home / "spool").glob("*/*.jsonl")) == []


def _crash(ws: Workspace, point: str, skip: int) -> None:
    left = [skip]

    def reached(name: str) -> None:
        if name == point:
            left[0] -= 1
            if left[0] < 0:
                raise Crash

    try:
        ingest_now(ws, reached=reached)
    except Crash:
        return


def _assert_once(ws: Workspace, treated: int, truths: dict[str, int], count: int) -> None:
    traffic = sums.read_traffic(ws.store, "dep-1", ALL)
    assert (traffic.n, traffic.treated) == (count, treated)
    truth = sums.read_truth(ws.store, "dep-1", ALL)
    assert (truth.n, truth.tp + truth.fn) == (len(truths), sum(truths.values()))
    for feature in sums.read_features(ws.store, "dep-1", ALL, "mv1"):
        assert (feature.n, sum(feature.counts) + feature.missing) == (count, count)
    assert ws.store.one("SELECT count(*) FROM pending_truths") == (0,)
    assert ws.store.one("SELECT count(*) FROM truth_corrections") == (0,)
    stored = dict(ws.store.rows("SELECT kind, sum(row_count)::BIGINT FROM prediction_files GROUP BY kind"))
    assert stored.get("predictions", 0) == count
    assert stored.get("truth", 0) == len(truths)


CHILD = """
    import os, signal, sys
    from pathlib import Path
    from core.monitoring import catalogue, ingest
    from core.monitoring.catalogue import Live, LiveState
    from core.monitoring.ingest import ingest_now
    from core.settings import Settings
    from core.workspace import open_workspace
    from tests.monitoring.conftest import START, make_served

    catalogue.list_live = lambda ws: [Live("dep-1", "churn", "p", LiveState.LIVE, "mv1", 1, 0.0, START)]
    catalogue.Catalogue.served = lambda self, key: make_served()
    ws = open_workspace(Settings(home=Path(sys.argv[1]), port=0, gateway_port=0))
    if sys.argv[2] == "any":
        ingest.BATCH_SEGMENTS = 2
        print("begins", flush=True)
        while True:
            ingest_now(ws)
    ingest_now(ws, reached=lambda name: name == sys.argv[2] and os.kill(os.getpid(), signal.SIGKILL))
"""
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 50


@pytest.mark.parametrize("point", POINTS)
def test_kill_9_at_each_point(tmp_path: Path, point: str) -> None:
    rng = random.Random(3)
    treated, truths, count = _spool_at_random(rng, tmp_path, 30)
    child = start_child(tmp_path, point)
    assert child.wait(timeout=120) == -signal.SIGKILL
    take_in_and_check(tmp_path, treated, truths, count)


def start_child(home: Path, point: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", textwrap.dedent(CHILD), str(home), point]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)


def take_in_and_check(home: Path, treated: int, truths: dict[str, int], count: int) -> None:
    with pytest.MonkeyPatch.context() as patch, a_workspace(home) as ws:
        patch.setattr(catalogue, "list_live", lambda ws: [Live("dep-1", "churn", "p", LiveState.LIVE, "mv1", 1, 0.0, START)])
        patch.setattr(catalogue.Catalogue, "served", lambda self, key: make_served())
        ingest_now(ws)
        _assert_once(ws, treated, truths, count)


def kill_at_any_moment(home: Path, rounds: int, rng: random.Random) -> tuple[int, int, int]:
    """Predictions and truths taken in, and how many rounds died with segments taken in and segments left."""
    treated, truths, count, halfway = 0, {}, 0, 0
    for _ in range(rounds):
        more, told, new = _spool_at_random(rng, home, 60)
        treated, truths, count = treated + more, truths | told, count + new
        before = len(list((home / "spool").glob("*/*.jsonl")))
        child = start_child(home, "any")
        assert child.stdout is not None
        assert child.stdout.readline() == b"begins\n"
        time.sleep(rng.uniform(0, 0.6))
        child.kill()
        child.wait()
        child.stdout.close()
        halfway += 0 < len(list((home / "spool").glob("*/*.jsonl"))) < before
    take_in_and_check(home, treated, truths, count)
    return count, len(truths), halfway


def test_kill_9_at_any_moment(tmp_path: Path) -> None:
    assert kill_at_any_moment(tmp_path, 2, random.Random(4))[0] == 120


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_fifty_kills_at_any_moment(tmp_path: Path) -> None:
    predictions, truths, halfway = kill_at_any_moment(tmp_path, ROUNDS, random.Random(17))
    print(
        f"\nkill -9 while segments are taken in: {ROUNDS} rounds, {halfway} of them half-way, {predictions} predictions and {truths} outcomes,"
        " none lost, none doubled"
    )
    assert halfway >= ROUNDS // 5
