"""A uvicorn server that was told to end and did so has not failed."""

from __future__ import annotations

import signal
from types import FrameType

import uvicorn


class OrderlyServer(uvicorn.Server):
    """Ends with status 0 at SIGTERM and SIGINT; uvicorn's own sends itself the signal again once it is done, and dies of it."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; a second Ctrl+C doesn't wait for open requests."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
