"""Sessions of browsers: a random cookie, of which only the SHA-256 is kept; its end moves forward while it is used."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from core.identity import cache
from core.identity import store as rows
from core.identity.model import Session, User
from core.identity.principal import Principal
from core.identity.users import get_user, require_self_or_admin
from core.store import Transaction
from core.store.lineage import Node

if TYPE_CHECKING:
    from core.workspace import Workspace

TOUCH_SHARE = 0.02  # a session is written at most every fiftieth of its life, not at each click
TOUCH_MOST_S = 300.0


def start_session(ws: Workspace, user: User, *, address: str = "", agent: str = "") -> str:
    """Start a session and return its cookie: 256 random bits, stored nowhere."""
    token = secrets.token_urlsafe(32)
    life = timedelta(hours=ws.settings.session_hours)

    def work(tx: Transaction) -> None:
        rows.insert_session(tx, Session(_hash(token), user.id, tx.at, tx.at, tx.at + life, address[:64], agent[:200]))

    ws.store.write(work)
    return token


def principal_for_session(ws: Workspace, token: str) -> Principal | None:
    """Who holds this cookie; None when the session has ended, the user is disabled, or there never was one."""
    if not 20 <= len(token) <= 100:
        return None
    key = _hash(token)
    return cache.remembered(ws.store, key, lambda: _look_up(ws, key))


def _look_up(ws: Workspace, key: str) -> Principal | None:
    session, now = rows.get_session(ws.store, key), ws.clock()
    if session is None or session.expires_at <= now:
        return None
    user = rows.get_user(ws.store, session.user_id)
    if user is None or not user.active:
        return None
    life = timedelta(hours=ws.settings.session_hours)
    if (now - session.last_used_at).total_seconds() > min(TOUCH_MOST_S, TOUCH_SHARE * life.total_seconds()):
        ws.store.write(lambda tx: rows.touch_session(tx, key, tx.at, tx.at + life))
    return user.principal(credential=key)


def end_session(ws: Workspace, token: str) -> None:
    """Sign a browser out; an unknown cookie is fine."""
    principal = principal_for_session(ws, token)

    def work(tx: Transaction) -> None:
        rows.delete_session(tx, _hash(token))
        if principal is not None:
            tx.audit(principal.event("user.sign_out", Node.USER, principal.user_id))

    ws.store.write(work)
    cache.forget(ws.store)


def end_sessions(ws: Workspace, actor: Principal, user_id: str, *, keep_own: bool = False) -> int:
    """Sign somebody out everywhere: oneself, or anybody for an admin.

    Args:
        keep_own: keep the session that asks.

    Returns:
        how many sessions ended.
    """
    require_self_or_admin(actor, user_id)
    user = get_user(ws, actor, user_id)
    keep = actor.credential if keep_own else ""

    def work(tx: Transaction) -> int:
        count = sum(session.token_hash != keep for session in rows.list_sessions(tx, user_id, tx.at))
        rows.delete_sessions(tx, user_id, keep)
        tx.audit(actor.event("user.sign_out_everywhere", Node.USER, user_id, details={"email": user.email, "sessions": count}))
        return count

    ended = ws.store.write(work)
    cache.forget(ws.store)
    return ended


def list_sessions(ws: Workspace, actor: Principal, user_id: str) -> list[Session]:
    """Where somebody is signed in, last used first: oneself, or anybody for an admin."""
    require_self_or_admin(actor, user_id)
    return rows.list_sessions(ws.store, user_id, ws.clock())


def browser_name(agent: str) -> str:
    """Browser and system of a User-Agent header, as far as people tell them apart; empty where it says neither.

    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36")
    'Chrome, Linux'
    """
    # Each name also stands in the headers of those after it in its list, never the other way round.
    browsers = {
        "Edg": "Edge",
        "OPR": "Opera",
        "Firefox": "Firefox",
        "FxiOS": "Firefox",
        "Chrom": "Chrome",
        "CriOS": "Chrome",
        "Safari": "Safari",
    }
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"}
    found = (next((name for sign, name in kinds.items() if sign in agent), "") for kinds in (browsers, systems))
    return ", ".join(name for name in found if name)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
