"""The one-time link with which the first user of a new portal is made."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from core.errors import Conflict, NotFound
from core.identity import cache
from core.identity import store as rows
from core.identity.model import User, UserSpec
from core.identity.permissions import Role
from core.identity.users import insert_prepared, prepare_user
from core.store import Transaction

if TYPE_CHECKING:
    from core.workspace import Workspace


def needs_setup(ws: Workspace) -> bool:
    """Whether there is no user yet."""
    return rows.count_users(ws.store) == 0


def setup_token(ws: Workspace) -> str | None:
    """A fresh token for the set-up link, printed at start; older ones end. None once there are users."""
    if not needs_setup(ws):
        return None
    token = secrets.token_urlsafe(32)
    ws.store.write(lambda tx: rows.replace_setup_link(tx, _hash(token), tx.at))
    return token


def check_setup_token(ws: Workspace, token: str) -> bool:
    """Whether a set-up link is still good."""
    return needs_setup(ws) and rows.has_setup_link(ws.store, _hash(token))


def complete_setup(ws: Workspace, token: str, name: str, email: str, password: str, language: str = "en") -> User:
    """Make the first user. He or she holds every role, and can pass them on later.

    Raises:
        NotFound: the link isn't good. Conflict: somebody has set the portal up already.
    """
    if not rows.has_setup_link(ws.store, _hash(token)):
        raise NotFound("set-up link", token[:6])
    user, hashed = prepare_user(ws, UserSpec(email, name, password, frozenset(Role), language))

    def work(tx: Transaction) -> User:
        if rows.count_users(tx) or not rows.has_setup_link(tx, _hash(token)):
            raise Conflict("This portal has been set up already. Sign in instead.")
        rows.delete_setup_links(tx)
        made = insert_prepared(tx, user.principal(via="setup"), user, hashed)
        rows.set_signed_in(tx, made.id, tx.at)  # setting up signs in
        return made

    made = ws.store.write(work)
    cache.forget(ws.store)
    return made


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
