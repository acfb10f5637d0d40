"""Work that is done again and again beside the portal, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from core.errors import KachiError

log = structlog.get_logger(__name__)
Halted = Callable[[], bool]


class Loop:
    """Does one thing again and again. A round that fails is logged, and the next one tries again: the thread outlives it.

    Args:
        name: of the thread, and in the log.
        every_s: pause between two rounds, seconds.
        work: one round. It gets a function that tells whether a stop was asked for; a long round asks it between its parts.
        first_after_s: when the first round comes, seconds after the start; after one pause if missing.
    """

    def __init__(self, name: str, every_s: float, work: Callable[[Halted], object], *, first_after_s: float | None = None) -> None:
        self.name = name
        self._every_s = every_s
        self._first_after_s = every_s if first_after_s is None else first_after_s
        self._work = work
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._halt.clear()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def halt(self) -> None:
        """Ask it to stop after the round that runs; returns at once."""
        self._halt.set()

    def join(self, within_s: float) -> bool:
        """Wait for its end.

        Args:
            within_s: at most so long, seconds.

        Returns:
            Whether it has ended; so has one that was never started.
        """
        if self._thread is None:
            return True
        self._thread.join(max(0.0, within_s))
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause = self._first_after_s
        while not self._halt.wait(pause):
            pause = self._every_s
            try:
                self._work(self._halt.is_set)
            except KachiError as error:
                log.warning("loop.postponed", loop=self.name, code=error.code, reason=str(error))
            except Exception as error:  # a fault of ours must not end the thread; the next round does it again
                log.exception("loop.failed", loop=self.name, error=type(error).__name__)


def end_loops(loops: Sequence[Loop], within_s: float) -> bool:
    """Ask all to stop, then wait for all of them together.

    Args:
        within_s: at most so long, seconds, however many there are.

    Returns:
        Whether all have ended; one that hasn't is logged, and finds the store closed.
    """
    for loop in loops:
        loop.halt()
    until = time.monotonic() + within_s
    late = [loop for loop in loops if not loop.join(until - time.monotonic())]
    for loop in late:
        log.warning("loop.cut_off", loop=loop.name, after_s=within_s)
    return not late
