"""API tokens: keys for programs, each with a name, an owner and at most the owner's roles."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import DuplicateName, InvalidInput, NotFound
from core.identity import cache
from core.identity import store as rows
from core.identity.local import PREFIX as LOCAL_PREFIX
from core.identity.local import principal_for_local_key
from core.identity.model import ApiToken, IssuedToken
from core.identity.permissions import Permission, Role, require
from core.identity.principal import Principal
from core.identity.users import clean_name, require_self_or_admin
from core.store import Transaction, new_id
from core.store.lineage import Node

if TYPE_CHECKING:
    from core.workspace import Workspace

PREFIX = "kachi_"
TOUCH_S = 60.0
MAX_DAYS = 3660


def issue_token(
    ws: Workspace, actor: Principal, name: str, roles: frozenset[Role], *, days: int | None = None, user_id: str | None = None
) -> IssuedToken:
    """Make a token for oneself, or for anybody as an admin. Its secret is shown this once.

    Args:
        roles: a part of what the owner holds; for oneself also a part of what one asks with.
        days: it ends after so many days; None: it doesn't end by itself.
        user_id: the owner; oneself if missing.

    Raises:
        InvalidInput: roles that the owner doesn't hold, or a name or life that can't be. DuplicateName: the name is taken.
    """
    owner_id = user_id or actor.user_id
    require_self_or_admin(actor, owner_id)
    cleaned, wanted = clean_name(name), _check(roles, days)
    secret = PREFIX + secrets.token_urlsafe(32)

    def work(tx: Transaction) -> ApiToken:
        owner = rows.get_user(tx, owner_id)
        if owner is None or not owner.active:
            raise NotFound("user", owner_id)
        held = owner.roles & actor.roles if owner_id == actor.user_id else owner.roles
        if not wanted <= held:
            missing = ", ".join(sorted(wanted - held))
            raise InvalidInput("A token can't have roles that its owner lacks: {roles}.", field="roles", roles=missing)
        if rows.live_token_named(tx, owner_id, cleaned):
            raise DuplicateName("token", cleaned)
        ends = tx.at + timedelta(days=days) if days else None
        token = ApiToken(new_id(), owner_id, cleaned, secret[: len(PREFIX) + 4], wanted, tx.at, ends, None, None)
        rows.insert_token(tx, token, _hash(secret))
        details = {"name": cleaned, "owner": owner.email, "roles": sorted(wanted), "days": days}
        tx.audit(actor.event("token.issue", Node.TOKEN, token.id, details=details))
        return token

    return IssuedToken(ws.store.write(work), secret)


def _check(roles: frozenset[Role], days: int | None) -> frozenset[Role]:
    if not roles:
        raise InvalidInput("Choose at least one role: {known}.", field="roles", known=", ".join(role.value for role in Role))
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise InvalidInput("A token lives 1 to {most} days.", field="days", most=MAX_DAYS)
    return frozenset(roles)


def revoke_token(ws: Workspace, actor: Principal, token_id: str) -> ApiToken:
    """End a token at once: one's own, or anybody's for an admin.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    token = rows.get_token(ws.store, token_id)
    if token is None or (token.user_id != actor.user_id and not actor.may(Permission.MANAGE_USERS)):
        raise NotFound("token", token_id)
    if token.revoked_at is not None:
        return token

    def work(tx: Transaction) -> None:
        rows.revoke_token(tx, token_id, tx.at)
        tx.audit(actor.event("token.revoke", Node.TOKEN, token_id, details={"name": token.name}))

    ws.store.write(work)
    cache.forget(ws.store)
    return rows.get_token(ws.store, token_id) or token


def list_tokens(
    ws: Workspace, actor: Principal, *, user_id: str | None = None, before_id: str | None = None, limit: int = 100
) -> list[ApiToken]:
    """Newest first, revoked ones included: of one user, or of all for an admin who names nobody."""
    if user_id is None:
        require(actor, Permission.MANAGE_USERS)
    else:
        require_self_or_admin(actor, user_id)
    return rows.list_tokens(ws.store, user_id=user_id, before_id=before_id, limit=limit)


def principal_for_token(ws: Workspace, token: str) -> Principal | None:
    """Who a token stands for, with the roles that it and its owner share; None if it is unknown, revoked or over."""
    if not token.startswith(PREFIX) or len(token) > 100:
        return None
    if token.startswith(LOCAL_PREFIX):
        return principal_for_local_key(ws, token)
    key = _hash(token)
    return cache.remembered(ws.store, key, lambda: _look_up(ws, key))


def _look_up(ws: Workspace, key: str) -> Principal | None:
    token, now = rows.token_by_hash(ws.store, key), ws.clock()
    if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    owner = rows.get_user(ws.store, token.user_id)
    if owner is None or not owner.active:
        return None
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > TOUCH_S:
        ws.store.write(lambda tx: rows.touch_token(tx, token.id, tx.at))
    return owner.principal(via="token", roles=token.roles, credential=token.id)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
