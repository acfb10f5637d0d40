"""Results by what they were computed from: the newest are remembered, so that a page drawn again costs nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 64


class Remembered(Generic[T]):
    """Safe to use from any thread; two threads that ask for the same at once may both compute it.

    Args:
        most: how many stay.
    """

    def __init__(self, most: int = MOST) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Hashable, ...], T] = OrderedDict()
        self._most = most

    def get(self, key: tuple[Hashable, ...], compute: Callable[[], T]) -> T:
        """What stands under a key, computed where nothing does."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = compute()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found
