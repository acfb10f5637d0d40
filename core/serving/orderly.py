"""The end of a server's process: what was told to end and did so has not failed, and nothing is left to wait for."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

import uvicorn


class OrderlyServer(uvicorn.Server):
    """Ends with status 0 at SIGTERM and SIGINT; uvicorn's own sends itself the signal again once it is done, and dies of it."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; a second Ctrl+C doesn't wait for open requests."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def leave(status: int) -> NoReturn:
    """End this process now, once its server has ended and what it keeps is closed.

    The interpreter would first wait for threads that can't be stopped (a model that is being loaded, a page that computes) and then take
    down every library, which takes longer than an operator waits.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
