"""Principals remembered for a few seconds, so that a page's hundred reads don't ask the store a hundred times."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable

from core.identity.principal import Principal
from core.store import Store

TRUST_S = 5.0
MOST = 2000

_lock = threading.Lock()


class _Entries:
    """What is remembered of one store; `round` counts how often it was forgotten."""

    def __init__(self) -> None:
        self.round = 0
        self.seen: dict[str, tuple[float, Principal]] = {}


_stores: weakref.WeakKeyDictionary[Store, _Entries] = weakref.WeakKeyDictionary()


def remembered(store: Store, key: str, look_up: Callable[[], Principal | None]) -> Principal | None:
    """The principal of a credential's hash; looked up again when the last look is older than five seconds.

    Only hits are remembered: a credential that was just made works at once.
    """
    now = time.monotonic()
    with _lock:
        entries = _stores.setdefault(store, _Entries())
        entry, started = entries.seen.get(key), entries.round
    if entry is not None and now - entry[0] < TRUST_S:
        return entry[1]
    found = look_up()
    with _lock:
        if found is None:
            entries.seen.pop(key, None)
        elif entries.round == started:
            # A change that came while we looked must not be covered by what we saw before it.
            if len(entries.seen) >= MOST:
                entries.seen.clear()
            entries.seen[key] = (now, found)
    return found


def forget(store: Store) -> None:
    """Look everybody up again: called after every change of users, sessions and tokens, so a disabled user is out at once."""
    with _lock:
        entries = _stores.setdefault(store, _Entries())
        entries.round += 1
        entries.seen.clear()
