"""Programs that ask a gateway without a pause, and remember what was acknowledged."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

ROW = {"tenure": 5, "charge": 70.5, "plan": "basic", "senior": False}


@dataclass
class Told:
    """What a gateway acknowledged: prediction ids with the moment, and the ids that feedback was given to.

    Args:
        unsure: requests whose answer never came; the gateway may have kept them. refused: times that nobody listened.
    """

    predictions: list[tuple[float, str]] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    unsure: int = 0
    refused: int = 0


class Callers:
    """Predicts and feeds back in some threads while the block runs; what can't be reached is tried again.

    Args:
        feed_back: whether every prediction is followed by its outcome.
    """

    def __init__(self, url: str, model: str, key: str, *, threads: int = 2, feed_back: bool = True) -> None:
        self._base, self._key, self._feed_back = f"{url}/v1/models/{model}", key, feed_back
        self._stop = threading.Event()
        self._told = [Told() for _ in range(threads)]
        self._threads = [threading.Thread(target=self._call, args=(told,), daemon=True) for told in self._told]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def count(self) -> int:
        """How many predictions were acknowledged so far."""
        return sum(len(told.predictions) for told in self._told)

    def count_at_the_end(self, seconds: float = 60.0) -> list[int]:
        """The same by caller, once each of them has found that nothing answers any more."""
        before, until = [told.refused for told in self._told], time.monotonic() + seconds
        while any(told.refused == earlier for told, earlier in zip(self._told, before, strict=True)):
            assert time.monotonic() < until, "somebody still answers"
            time.sleep(0.005)
        return [len(told.predictions) for told in self._told]

    def wait_for(self, more: int, seconds: float = 60.0) -> None:
        """Until so many more predictions are acknowledged."""
        wanted, until = self.count() + more, time.monotonic() + seconds
        while self.count() < wanted:
            assert time.monotonic() < until, f"only {self.count()} of {wanted} predictions were acknowledged"
            time.sleep(0.005)

    def each(self) -> list[Told]:
        """What each caller was told, in its order."""
        return self._told

    def told(self) -> Told:
        """Everything that was acknowledged."""
        return Told(
            [one for told in self._told for one in told.predictions],
            [key for told in self._told for key in told.feedback],
            sum(told.unsure for told in self._told),
        )

    def _call(self, told: Told) -> None:
        with httpx.Client(headers={"X-API-Key": self._key}, timeout=10) as client:
            while not self._stop.is_set():
                try:
                    self._once(client, told)
                except httpx.ConnectError:
                    told.refused += 1
                    time.sleep(0.02)
                except httpx.HTTPError:
                    told.unsure += 1

    def _once(self, client: httpx.Client, told: Told) -> None:
        answer = client.post(f"{self._base}/predict", json=ROW)
        if answer.status_code != httpx.codes.OK:
            time.sleep(0.02)
            return
        key = answer.json()["predictions"][0]["prediction_id"]
        told.predictions.append((time.monotonic(), key))
        if self._feed_back:
            heard = client.post(f"{self._base}/feedback", json={"prediction_id": key, "outcome": True})
            if heard.status_code == httpx.codes.ACCEPTED:
                told.feedback.append(key)
