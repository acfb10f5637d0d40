"""The key of the command line on the portal's own machine: made at start, kept in a file that only its owner reads, gone at the end.

Whoever can read that file could open the store's file as well; the key adds no power, it only lets commands go through REST.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import weakref
from typing import TYPE_CHECKING

from core.identity.permissions import Role
from core.identity.principal import Principal
from core.store import Store

if TYPE_CHECKING:
    from core.workspace import Workspace

PREFIX = "kachi_local_"
COMMAND_LINE = Principal("command-line", "Command line", "", frozenset({Role.ADMIN}), via="cli", credential="cli")
_lock = threading.Lock()
_keys: weakref.WeakKeyDictionary[Store, str] = weakref.WeakKeyDictionary()


def open_local_key(ws: Workspace) -> str:
    """A fresh key for this process's portal; the one before ends."""
    key = PREFIX + secrets.token_urlsafe(32)
    with _lock:
        _keys[ws.store] = _hash(key)
    return key


def principal_for_local_key(ws: Workspace, key: str) -> Principal | None:
    """The command line, if this is the portal's present key."""
    with _lock:
        known = _keys.get(ws.store)
    return COMMAND_LINE if known is not None and hmac.compare_digest(known, _hash(key)) else None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
