"""Sortable ids: UUID version 7 (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def new_id(at_ms: int | None = None) -> str:
    """A fresh UUIDv7 as 36 characters; ids of one process rise strictly, also within a millisecond.

    Args:
        at_ms: Unix time in milliseconds to stamp it with; now if missing.
    """
    global _last
    stamp = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    with _lock:
        # 48 bits of time and 12 bits of sequence in one counter: monotonic within a process.
        value = stamp << 12
        if at_ms is None:
            value = max(value, _last + 1)
            _last = value
    number = (value >> 12) << 80 | 0x7 << 76 | (value & 0xFFF) << 64
    number |= 0b10 << 62 | int.from_bytes(os.urandom(8), "big") >> 2
    return str(uuid.UUID(int=number))


def id_time_ms(key: str) -> int:
    """Unix time in milliseconds that a UUIDv7 carries."""
    return uuid.UUID(key).int >> 80
