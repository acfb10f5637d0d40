"""Loops: again and again, through bad rounds, and all ended within one span of time."""

from __future__ import annotations

import threading
import time

from core.errors import StorageFull
from core.jobs.loop import Loop, end_loops


def wait_until(holds, seconds=5.0):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_round_that_fails_is_followed_by_the_next(tmp_path):
    rounds = []

    def work(halted):
        rounds.append(halted())
        if len(rounds) == 1:
            raise StorageFull(tmp_path)
        if len(rounds) == 2:
            raise ZeroDivisionError

    loop = Loop("probe", 0.01, work)
    loop.start()
    wait_until(lambda: len(rounds) >= 4)
    assert end_loops([loop], 5)
    done = len(rounds)
    time.sleep(0.1)
    assert len(rounds) == done
    assert not any(rounds)


def test_the_first_round_comes_after_a_pause_or_when_told():
    rounds = []
    late, soon = Loop("late", 60, lambda _: rounds.append("late")), Loop("soon", 60, lambda _: rounds.append("soon"), first_after_s=0)
    for loop in (late, soon):
        loop.start()
    wait_until(lambda: rounds)
    assert end_loops([late, soon], 5)
    assert rounds == ["soon"]


def test_a_long_round_is_told_to_stop_and_a_deaf_one_is_left():
    told, free = [], threading.Event()

    def listens(halted):
        while not halted():
            time.sleep(0.005)
        told.append(True)

    deaf = [Loop(f"deaf-{number}", 60, lambda _: free.wait(20), first_after_s=0) for number in range(3)]
    hears = Loop("hears", 60, listens, first_after_s=0)
    for loop in (*deaf, hears):
        loop.start()
    time.sleep(0.05)
    began = time.monotonic()
    assert not end_loops([*deaf, hears], 0.3)
    assert time.monotonic() - began < 1.0  # all of them together, not each
    assert told == [True]
    free.set()
    assert all(loop.join(5) for loop in deaf)


def test_what_never_started_has_ended():
    assert end_loops([Loop("idle", 1, lambda _: None)], 0)
