"""One thread a model: requests that wait are answered together, since many rows cost little more than one."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.serving.flavours.base import Scorer, Scores
from core.serving.package import Row

BATCH_ROWS = 10_000
WAITING_MOST = 2_000


class Busy(Exception):
    """Too many requests wait for this model."""


@dataclass(frozen=True, slots=True)
class _Task:
    rows: Sequence[Row]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Scores]


class Worker:
    """Scores rows in a thread of its own, which ends with `close` once everything that waits is answered."""

    def __init__(self, scorer: Scorer, name: str) -> None:
        self._scorer = scorer
        self._queue: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"model-{name}", daemon=True)
        self._thread.start()

    async def score(self, rows: Sequence[Row]) -> Scores:
        """Answers for rows.

        Raises:
            Busy: too many requests wait.
        """
        if self._queue.qsize() >= WAITING_MOST:
            raise Busy
        loop = asyncio.get_running_loop()
        task = _Task(rows, loop, loop.create_future())
        self._queue.put(task)
        return await task.answer

    def close(self) -> None:
        """Answer what waits, then end."""
        self._queue.put(None)

    def _run(self) -> None:
        while True:
            task = self._queue.get()
            if task is None:
                return
            tasks, ending = [task], False
            total = len(task.rows)
            while total < BATCH_ROWS and not ending:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    ending = True
                else:
                    tasks.append(more)
                    total += len(more.rows)
            self._answer(tasks)
            if ending:
                return

    def _answer(self, tasks: list[_Task]) -> None:
        try:
            rows = tasks[0].rows if len(tasks) == 1 else [row for task in tasks for row in task.rows]
            scores = self._scorer.score(rows)
        except Exception as error:  # whatever the framework raised belongs to the requests, not to this thread
            if len(tasks) > 1:
                for task in tasks:
                    self._answer([task])
                return
            _settle(tasks[0], error)
            return
        ends = np.cumsum([len(task.rows) for task in tasks])[:-1]
        for task, part in zip(tasks, np.split(scores, ends), strict=True):
            _settle(task, part)


def _settle(task: _Task, outcome: Scores | Exception) -> None:
    def settle() -> None:
        if task.answer.done():
            return
        if isinstance(outcome, Exception):
            task.answer.set_exception(outcome)
        else:
            task.answer.set_result(outcome)

    if not task.loop.is_closed():
        task.loop.call_soon_threadsafe(settle)
