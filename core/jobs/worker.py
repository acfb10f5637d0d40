"""The process of one job: ``python -m core.jobs.worker FOLDER``."""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from core.errors import InvalidInput, KachiError
from core.jobs.processes import claim
from core.jobs.protocol import JobCancelled, JobContext, JobResult, JobState, emit, write_result

RESOURCES_EVERY_S = 1.0


def main(folder: Path) -> int:
    """Run the job of a folder to its end; the exit status is 0 whenever a result was written."""
    if not claim(folder):
        return 0
    body = json.loads((folder / "spec.json").read_bytes())
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    _limit_memory(int(body["memory_mb"]))
    (folder / "out").mkdir(exist_ok=True)
    events_fd = os.open(folder / "events.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    context = JobContext(folder, body["spec"], events_fd, stop.is_set)
    ended = threading.Event()
    watcher = threading.Thread(target=_report_resources, args=(events_fd, ended), daemon=True)
    watcher.start()
    result = _run(body["entry"], context)
    ended.set()
    watcher.join(timeout=2)
    write_result(folder, result)
    return 0


def _limit_memory(memory_mb: int) -> None:
    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # A core dump of a model in memory helps nobody and fills the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _load(entry: str) -> Callable[[JobContext], dict[str, Any]]:
    module, _, name = entry.partition(":")
    if not module.startswith("core."):
        raise InvalidInput("'{entry}' is not an entry of Kachi's own code.", entry=entry)
    function: Callable[[JobContext], dict[str, Any]] = getattr(importlib.import_module(module), name)
    return function


def _run(entry: str, context: JobContext) -> JobResult:
    try:
        result = _load(entry)(context)
    except JobCancelled as error:
        return JobResult(JobState.CANCELLED, {}, {"code": error.code, "template": error.template, "fields": {}})
    except KachiError as error:
        traceback.print_exc()
        return JobResult(JobState.FAILED, {}, {"code": error.code, "template": error.template, "fields": error.fields})
    except MemoryError:
        traceback.print_exc()
        template = "The job needed more memory than its limit. Use fewer rows or columns, or raise the limit."
        return JobResult(JobState.FAILED, {}, {"code": "out_of_memory", "template": template, "fields": {}})
    except Exception as error:
        traceback.print_exc()
        fields = {"type": type(error).__name__, "message": str(error)[:500]}
        template = "The job stopped at an unexpected error ({type}: {message}). Its log tells more."
        return JobResult(JobState.FAILED, {}, {"code": "unexpected", "template": template, "fields": fields})
    return JobResult(JobState.SUCCEEDED, result, {})


def _report_resources(events_fd: int, ended: threading.Event) -> None:
    own = psutil.Process()
    last_cpu, last_at = 0.0, time.monotonic()
    while not ended.wait(RESOURCES_EVERY_S):
        cpu, rss = 0.0, 0
        for process in [own, *own.children(recursive=True)]:
            try:
                times = process.cpu_times()
                cpu += times.user + times.system
                rss += process.memory_info().rss
            except psutil.Error:
                continue
        now = time.monotonic()
        share = max(0.0, cpu - last_cpu) / (now - last_at)
        last_cpu, last_at = cpu, now
        emit(events_fd, "resources", cpu_pct=round(100 * share, 1), memory_mb=round(rss / 1e6, 1), cores=psutil.cpu_count() or 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
