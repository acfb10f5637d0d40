"""Jobs: each ends in one way, told once, with nothing left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, StorageFull
from core.jobs.model import JobRequest
from core.jobs.processes import read_claim
from core.jobs.protocol import JobState, emit, read_events
from core.settings import ROOT, job_environment
from core.workspace import open_workspace
from tests.jobs.conftest import ACTOR, Bench, until


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_job_tells_ends_and_is_recorded_once(ws, bench):
    ws.jobs.start()
    job = ws.jobs.wait(bench.submit(("emit", 50), ("say", "hello"), ("write", 10)), 20)
    assert (job.state, dict(job.result)) == (JobState.SUCCEEDED, {"done": 3})
    assert bench.progress(job.id) == list(range(1, 51))
    assert bench.recorded == [(job.id, JobState.SUCCEEDED, ["data.bin"])]
    assert ws.jobs.log(ACTOR, job.id) == "hello\n"
    events, offset = ws.jobs.events(ACTOR, job.id)
    assert len(events) >= 50
    assert ws.jobs.events(ACTOR, job.id, offset=offset) == ([], offset)
    assert not (ws.jobs.folder(job.id) / "out").exists()


@pytest.mark.parametrize(
    ("step", "code", "part"),
    [
        (("refuse", "no"), "invalid_input", "told to refuse"),
        (("crash", "boom"), "unexpected", "{type}"),
        (("exit", 7), "failed", "{status}"),
    ],
)
def test_a_failure_says_what_happened(ws, bench, step, code, part):
    ws.jobs.start()
    job = ws.jobs.wait(bench.submit(step), 20)
    assert (job.state, job.error["code"]) == (JobState.FAILED, code)
    assert part in job.error["template"]
    assert bench.recorded == [(job.id, JobState.FAILED, None)]


def test_the_memory_limit_holds(ws, bench):
    ws.jobs.start()
    job = ws.jobs.wait(bench.submit(("allocate", 4000), memory_mb=1024), 20)
    assert (job.state, job.error["code"]) == (JobState.FAILED, "out_of_memory")


def test_the_time_limit_ends_also_what_heeds_nothing(ws, bench):
    ws.jobs.start()
    job = ws.jobs.wait(bench.submit(("child", 60), ("hang", 60), time_limit_s=5), 40)
    assert job.state is JobState.FAILED
    assert job.error["fields"] == {"limit_s": 5}
    child = bench.told(job.id, "child")[0]["pid"]
    until(lambda: not alive(child), 3)


@pytest.mark.parametrize("steps", [[("sleep", 60)], [("child", 60), ("hang", 60)]])
def test_a_cancelled_job_is_gone_within_five_seconds(ws, bench, steps):
    ws.jobs.start()
    job_id = bench.submit(("emit", 1), *steps)
    until(lambda: bench.progress(job_id))
    time.sleep(0.3)
    pid = read_claim(ws.jobs.folder(job_id)).pid
    begun = time.monotonic()
    ws.jobs.cancel(ACTOR, job_id)
    job = ws.jobs.wait(job_id, 10)
    assert time.monotonic() - begun < 5
    assert job.state is JobState.CANCELLED
    left = [pid, *(event["pid"] for event in bench.told(job_id, "child"))]
    until(lambda: not any(alive(p) for p in left), 1)
    with pytest.raises(Conflict):
        ws.jobs.cancel(ACTOR, job_id)


def test_children_left_behind_by_a_job_that_died_are_ended(ws, bench):
    ws.jobs.start()
    job = ws.jobs.wait(bench.submit(("child", 60), ("exit", 1)), 20)
    child = bench.told(job.id, "child")[0]["pid"]
    until(lambda: not alive(child), 3)
    assert job.state is JobState.FAILED


def test_two_jobs_queue_and_a_waiting_one_can_be_cancelled(ws, bench):
    ws.jobs.start()
    first, second, third = bench.submit(("sleep", 1)), bench.submit(("emit", 1)), bench.submit(("emit", 1))
    until(lambda: ws.jobs.get(first).state is JobState.RUNNING)
    assert ws.jobs.get(second).state is JobState.QUEUED
    assert ws.jobs.cancel(ACTOR, third).state is JobState.CANCELLED
    assert ws.jobs.wait(second, 20).started_at >= ws.jobs.get(first).ended_at
    assert bench.started == [first, second]


def restart(ws, bench):
    """The portal is gone without a word; a new one opens the same home."""
    ws.jobs.stop()
    ws.store.close()
    again = open_workspace(ws.settings)
    return again, Bench(again)


def test_a_new_portal_takes_a_running_job_up(ws, bench):
    ws.jobs.start()
    job_id = bench.submit(("emit", 3), ("sleep", 1.5), ("emit", 3), ("write", 5))
    until(lambda: bench.progress(job_id) == [1, 2, 3])
    again, after = restart(ws, bench)
    again.jobs.start()
    job = again.jobs.wait(job_id, 20)
    assert job.state is JobState.SUCCEEDED
    assert after.progress(job_id) == [1, 2, 3]
    assert after.recorded == [(job_id, JobState.SUCCEEDED, ["data.bin"])]
    assert (bench.recorded, after.started) == ([], [])
    again.jobs.stop()
    again.store.close()


def test_a_result_that_came_while_the_portal_was_down_arrives(ws, bench):
    ws.jobs.start()
    job_id = bench.submit(("emit", 1), ("sleep", 0.5), ("emit", 1))
    until(lambda: bench.progress(job_id))
    again, after = restart(ws, bench)
    until((ws.jobs.folder(job_id) / "result.json").exists)
    time.sleep(0.3)
    again.jobs.start()
    assert again.jobs.wait(job_id, 20).state is JobState.SUCCEEDED
    assert after.progress(job_id) == [1]
    assert after.recorded == [(job_id, JobState.SUCCEEDED, [])]
    again.jobs.stop()
    again.store.close()


def test_a_job_that_died_while_the_portal_was_down_is_lost(ws, bench):
    ws.jobs.start()
    job_id = bench.submit(("child", 60), ("sleep", 60))
    child = until(lambda: bench.told(job_id, "child"))[0]["pid"]
    own = read_claim(ws.jobs.folder(job_id))
    again, after = restart(ws, bench)
    os.kill(own.pid, signal.SIGKILL)
    ws.jobs._supervisor._children[job_id].wait(5)
    again.jobs.start()
    job = again.jobs.wait(job_id, 20)
    assert (job.state, job.error["code"]) == (JobState.LOST, "lost")
    assert after.recorded == [(job_id, JobState.LOST, None)]
    until(lambda: not alive(child), 3)
    again.jobs.stop()
    again.store.close()


def test_a_cancel_outlives_the_portal_that_was_asked(ws, bench):
    ws.jobs.start()
    job_id = bench.submit(("emit", 1), ("hang", 60))
    until(lambda: bench.progress(job_id))
    time.sleep(0.3)
    ws.jobs.cancel(ACTOR, job_id)
    again, _ = restart(ws, bench)
    again.jobs.start()
    assert again.jobs.wait(job_id, 10).state is JobState.CANCELLED
    again.jobs.stop()
    again.store.close()


def test_what_was_marked_but_never_started_is_started(ws, bench, monkeypatch):
    monkeypatch.setattr(type(ws.jobs._supervisor), "_spawn", lambda *_: None)
    job_id = bench.submit(("emit", 1))
    ws.jobs._supervisor.tick()
    assert ws.jobs.get(job_id).state is JobState.RUNNING
    monkeypatch.undo()
    ws.jobs.start()
    assert ws.jobs.wait(job_id, 20).state is JobState.SUCCEEDED
    assert bench.progress(job_id) == [1]
    assert bench.started == [job_id]


def test_a_worker_of_the_dead_portal_that_claims_late_is_the_only_one(ws, bench, monkeypatch):
    monkeypatch.setattr(type(ws.jobs._supervisor), "_spawn", lambda *_: None)
    job_id = bench.submit(("emit", 1), ("sleep", 1))
    ws.jobs._supervisor.tick()
    monkeypatch.undo()
    folder = ws.jobs.folder(job_id)
    stranger = subprocess.Popen(
        [sys.executable, "-m", "core.jobs.worker", str(folder)], cwd=ROOT, env=job_environment(ws.settings, folder), start_new_session=True
    )
    until(lambda: read_claim(folder))
    ws.jobs._supervisor._spawn(ws.jobs.get(job_id), folder)
    ws.jobs.start()
    assert ws.jobs.wait(job_id, 20).state is JobState.SUCCEEDED
    assert bench.progress(job_id) == [1]
    assert stranger.wait(5) == 0


def test_a_result_counts_although_its_process_lingers(ws, bench, monkeypatch):
    from core.jobs import supervisor
    from core.jobs.protocol import JobResult, write_result

    monkeypatch.setattr(supervisor, "LINGER_S", 0.3)
    ws.jobs.start()
    job_id = bench.submit(("emit", 1), ("hang", 60))
    until(lambda: bench.progress(job_id))
    write_result(ws.jobs.folder(job_id), JobResult(JobState.SUCCEEDED, {"done": 1}, {}))
    pid = read_claim(ws.jobs.folder(job_id)).pid
    assert ws.jobs.wait(job_id, 5).state is JobState.SUCCEEDED
    until(lambda: not alive(pid), 2)


def test_trouble_of_one_step_does_not_hold_up_the_rest(ws, bench):
    def broken() -> None:
        raise ZeroDivisionError("ours")

    bench.on_collect = broken
    ws.jobs.start()
    first = ws.jobs.wait(bench.submit(("emit", 1)), 20)
    assert (first.state, first.error["code"]) == (JobState.FAILED, "unexpected")
    assert bench.recorded == [(first.id, JobState.FAILED, None)]
    bench.on_collect, bench.on_events = None, broken
    second = ws.jobs.wait(bench.submit(("emit", 1)), 20)
    assert second.state is JobState.SUCCEEDED
    bench.on_events = None
    tries = []

    def once() -> None:
        tries.append(1)
        if len(tries) == 1:
            broken()

    bench.on_record = once
    third = ws.jobs.wait(bench.submit(("emit", 1)), 20)
    assert third.state is JobState.FAILED
    assert ws.jobs.wait(bench.submit(("emit", 1)), 20).state is JobState.SUCCEEDED


def test_a_disk_that_is_full_at_the_record_delays_it_and_nothing_else(ws, bench):
    tries = []

    def full() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise StorageFull("/home")

    bench.on_record = full
    ws.jobs.start()
    job = ws.jobs.wait(bench.submit(("emit", 1)), 20)
    assert job.state is JobState.SUCCEEDED
    assert bench.recorded == [(job.id, JobState.SUCCEEDED, [])]


def test_a_disk_that_is_full_at_the_start_fails_the_job_with_a_clear_error(ws, bench, monkeypatch):
    from core.jobs import supervisor

    def full(path, _: bytes) -> None:
        raise StorageFull(path.parent)

    monkeypatch.setattr(supervisor, "write_atomic", full)
    ws.jobs.start()
    job = ws.jobs.wait(bench.submit(("emit", 1)), 20)
    assert (job.state, job.error["code"]) == (JobState.FAILED, "storage_full")
    assert bench.recorded == [(job.id, JobState.FAILED, None)]


def test_a_torn_event_line_is_passed_over(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event": "a"}\n{"eve{"event": "b"}\n\n[1]\n{"event": "c"}\n{"event": "d"')
    events, offset = read_events(tmp_path)
    assert [event["event"] for event in events] == ["a", "c"]
    with path.open("ab") as stream:
        stream.write(b"}\n")
    assert [event["event"] for event in read_events(tmp_path, offset)[0]] == ["d"]


def test_lines_of_several_threads_do_not_mix(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    handle = os.open(tmp_path / "events.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: emit(handle, "log", n=n, message="x" * 5000), range(400)))
    os.close(handle)
    assert sorted(event["n"] for event in read_events(tmp_path)[0]) == list(range(400))


def test_what_is_asked_wrongly(ws, bench, viewer, approver, admin):
    with pytest.raises(InvalidInput):
        ws.store.write(lambda tx: ws.jobs.submit(tx, ACTOR, JobRequest("nothing", {}, "run", "r1")))
    for act in (lambda: ws.jobs.get("nothing"), lambda: ws.jobs.log(ACTOR, "../../etc"), lambda: ws.jobs.events(ACTOR, "nothing")):
        with pytest.raises(NotFound):
            act()
    job_id = bench.submit(("emit", 1))
    for act in (lambda: ws.jobs.list(viewer), lambda: ws.jobs.cancel(approver, job_id), lambda: ws.jobs.log(viewer, job_id)):
        with pytest.raises(PermissionDenied):
            act()
    assert ws.jobs.cancel(admin, job_id).state is JobState.CANCELLED
    assert [job.id for job in ws.jobs.list(approver, state=JobState.CANCELLED)] == [job_id]
