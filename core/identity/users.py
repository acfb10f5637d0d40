"""What is done with people: create, disable, give roles, check a password."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from core.errors import Conflict, DuplicateName, InvalidInput, NotFound, NotSignedIn, TooManyAttempts
from core.identity import cache
from core.identity import store as rows
from core.identity.model import User, UserSpec
from core.identity.passwords import check_password, decoy_hash, hash_password, needs_rehash, verify_password
from core.identity.permissions import Permission, Role, require
from core.identity.principal import Principal
from core.store import Transaction, new_id
from core.store.lineage import Node

if TYPE_CHECKING:
    from core.workspace import Workspace

log = structlog.get_logger(__name__)
EMAIL = re.compile(r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")
LANGUAGES = ("en", "ja")
WRONG = "The email address or the password is wrong. Try again, or ask an admin for a new password."
WAIT = "Too many failed sign-ins for this address. Wait {seconds} seconds, then try again."
LAST_ADMIN = "This is the last admin. Give another user the role admin first."


def normalise_email(text: str) -> str:
    """An address as it is stored and compared: trimmed, NFKC, lower case.

    Raises:
        InvalidInput: it has no form ``name@host``.
    """
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if len(email) > 254 or not EMAIL.match(email):
        raise InvalidInput("'{email}' is not an email address. Write it like name@company.example.", field="email", email=text[:80])
    return email


def create_user(ws: Workspace, actor: Principal, spec: UserSpec) -> User:
    """Create a user who may sign in at once.

    Raises:
        DuplicateName: the address has an account. InvalidInput: address, name, password, role or language can't be.
    """
    require(actor, Permission.MANAGE_USERS)
    user, hashed = prepare_user(ws, spec)
    return ws.store.write(lambda tx: insert_prepared(tx, actor, user, hashed))


def prepare_user(ws: Workspace, spec: UserSpec) -> tuple[User, str]:
    """Check a new user's fields and hash the password, which is slow on purpose and so stays outside of transactions."""
    email, name = normalise_email(spec.email), clean_name(spec.name)
    check_password(spec.password, email=email, name=name)
    user = User(new_id(), email, name, _check_roles(spec.roles), check_language(spec.language), ws.clock(), None, None)
    return user, hash_password(spec.password)


def insert_prepared(tx: Transaction, actor: Principal, user: User, hashed: str) -> User:
    """Store a prepared user within the caller's transaction.

    Raises:
        DuplicateName: the address has an account.
    """
    if rows.user_by_email(tx, user.email) is not None:
        raise DuplicateName("user", user.email)
    user = replace(user, created_at=tx.at)
    rows.insert_user(tx, user, hashed)
    details = {"email": user.email, "name": user.name, "roles": sorted(user.roles)}
    tx.audit(actor.event("user.create", Node.USER, user.id, details=details))
    return user


def get_user(ws: Workspace, actor: Principal, user_id: str) -> User:
    """One user: oneself, or anybody for an admin.

    Raises:
        NotFound: there is none.
    """
    if user_id != actor.user_id:
        require(actor, Permission.MANAGE_USERS)
    return _get(ws, user_id)


def _get(ws: Workspace, user_id: str) -> User:
    user = rows.get_user(ws.store, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user


def find_user(ws: Workspace, actor: Principal, email: str) -> User:
    """The user of an email address.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.MANAGE_USERS)
    user = rows.user_by_email(ws.store, normalise_email(email))
    if user is None:
        raise NotFound("user", email)
    return user


def list_users(ws: Workspace, actor: Principal, *, after_id: str | None = None, limit: int = 100) -> list[User]:
    """All users, oldest account first, disabled ones included."""
    require(actor, Permission.MANAGE_USERS)
    return rows.list_users(ws.store, after_id=after_id, limit=limit)


def disable_user(ws: Workspace, actor: Principal, user_id: str) -> User:
    """Keep somebody out at once: sessions end, tokens stop working; what they did stays in their name.

    Raises:
        Conflict: this is the last admin.
    """
    require(actor, Permission.MANAGE_USERS)

    def work(tx: Transaction) -> None:
        user = _locked(tx, user_id)
        if not user.active:
            return
        _keep_an_admin(tx, user_id)
        rows.set_disabled(tx, user_id, tx.at)
        rows.delete_sessions(tx, user_id)
        tx.audit(actor.event("user.disable", Node.USER, user_id, details={"email": user.email}))

    return _change(ws, user_id, work)


def enable_user(ws: Workspace, actor: Principal, user_id: str) -> User:
    """Let a disabled user in again."""
    require(actor, Permission.MANAGE_USERS)

    def work(tx: Transaction) -> None:
        user = _locked(tx, user_id)
        if user.active:
            return
        rows.set_disabled(tx, user_id, None)
        tx.audit(actor.event("user.enable", Node.USER, user_id, details={"email": user.email}))

    return _change(ws, user_id, work)


def set_roles(ws: Workspace, actor: Principal, user_id: str, roles: frozenset[Role]) -> User:
    """Replace somebody's roles; it counts from their next click.

    Raises:
        Conflict: the last admin would lose the role. InvalidInput: no role at all.
    """
    require(actor, Permission.MANAGE_USERS)
    wanted = _check_roles(roles)

    def work(tx: Transaction) -> None:
        user = _locked(tx, user_id)
        if Role.ADMIN not in wanted:
            _keep_an_admin(tx, user_id)
        rows.set_roles(tx, user_id, wanted)
        details = {"email": user.email, "from": sorted(user.roles), "to": sorted(wanted)}
        tx.audit(actor.event("user.roles", Node.USER, user_id, details=details))

    return _change(ws, user_id, work)


def set_profile(ws: Workspace, actor: Principal, user_id: str, *, name: str, language: str) -> User:
    """Change a name and the language of pages: one's own, or anybody's for an admin."""
    if user_id != actor.user_id:
        require(actor, Permission.MANAGE_USERS)
    cleaned, spoken = clean_name(name), check_language(language)

    def work(tx: Transaction) -> None:
        _locked(tx, user_id)
        rows.set_profile(tx, user_id, cleaned, spoken)
        tx.audit(actor.event("user.profile", Node.USER, user_id, details={"name": cleaned, "language": spoken}))

    return _change(ws, user_id, work)


def set_password(ws: Workspace, actor: Principal, user_id: str, password: str, *, current: str | None = None) -> User:
    """Change a password; every other session of that user ends.

    Args:
        current: the present password, needed for one's own; an admin who sets somebody else's doesn't know it.

    Raises:
        InvalidInput: the present password is wrong, or the new one is too weak.
    """
    own = user_id == actor.user_id
    if not own:
        require(actor, Permission.MANAGE_USERS)
    user = _get(ws, user_id)
    check_password(password, email=user.email, name=user.name)
    if own and not actor.is_system:
        _check_current(ws, user, current or "")
    hashed = hash_password(password)

    def work(tx: Transaction) -> None:
        _locked(tx, user_id)
        rows.set_password_hash(tx, user_id, hashed)
        rows.delete_sessions(tx, user_id, keep=actor.credential if own else "")
        rows.clear_failures(tx, user.email)
        tx.audit(actor.event("user.password", Node.USER, user_id, details={"email": user.email}))

    return _change(ws, user_id, work)


def _check_current(ws: Workspace, user: User, current: str) -> None:
    _count_attempt(ws, user.email)
    if not verify_password(rows.password_hash(ws.store, user.id), current):
        raise InvalidInput("The present password is wrong.", field="current")


def authenticate(ws: Workspace, email: str, password: str, *, address: str) -> User:
    """Check an email address and a password. Unknown, disabled and wrong answer alike, and take alike long.

    Args:
        address: where the request came from, for the log.

    Raises:
        NotSignedIn: they don't fit. TooManyAttempts: this address has to wait.
    """
    decoy = decoy_hash()
    try:
        key = normalise_email(email)
    except InvalidInput as error:
        verify_password(decoy, password)
        raise NotSignedIn(WRONG) from error
    _count_attempt(ws, key)
    user = rows.user_by_email(ws.store, key)
    stored = rows.password_hash(ws.store, user.id) if user else decoy
    fits = verify_password(stored, password)
    if user is None or not fits or not user.active:
        log.warning("identity.sign_in_failed", email=key, address=address)
        raise NotSignedIn(WRONG)
    fresh = hash_password(password) if needs_rehash(stored) else None

    def work(tx: Transaction) -> None:
        rows.clear_failures(tx, key)
        rows.set_signed_in(tx, user.id, tx.at)
        if fresh is not None:
            rows.set_password_hash(tx, user.id, fresh)
        tx.audit(user.principal().event("user.sign_in", Node.USER, user.id, details={"address": address}))

    return _change(ws, user.id, work)


def _count_attempt(ws: Workspace, email: str) -> None:
    """Count before the password is looked at, so that attempts at the same time can't slip past the limit."""
    most, wait_s = ws.settings.sign_in_attempts, ws.settings.sign_in_wait_s

    def work(tx: Transaction) -> float:
        count, last_at, until = rows.failures(tx, email)
        if until is not None and until > tx.at:
            return (until - tx.at).total_seconds()
        if until is not None or (count and (tx.at - last_at).total_seconds() > 3600):
            count = 0
        count += 1
        # The attempt that reaches the limit is still looked at; those after it wait.
        rows.set_failures(tx, email, count, tx.at, tx.at + timedelta(seconds=wait_s) if count >= most else None)
        user = rows.user_by_email(tx, email)
        if count >= most and user is not None:
            tx.audit(user.principal(via="sign-in").event("user.locked", Node.USER, user.id, details={"failures": count}))
        return 0.0

    left = ws.store.write(work)
    if left > 0:
        raise TooManyAttempts(WAIT, seconds=max(1, round(left)))


def _change(ws: Workspace, user_id: str, work: Callable[[Transaction], None]) -> User:
    ws.store.write(work)
    cache.forget(ws.store)
    return _get(ws, user_id)


def _locked(tx: Transaction, user_id: str) -> User:
    user = rows.get_user(tx, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user


def _keep_an_admin(tx: Transaction, user_id: str) -> None:
    if rows.active_with_role(tx, Role.ADMIN) == [user_id]:
        raise Conflict(LAST_ADMIN)


def _check_roles(roles: frozenset[Role]) -> frozenset[Role]:
    if not roles:
        raise InvalidInput("Choose at least one role: {known}.", field="roles", known=", ".join(role.value for role in Role))
    return frozenset(roles)


def parse_roles(names: list[str] | tuple[str, ...]) -> frozenset[Role]:
    """Roles from their names.

    Raises:
        InvalidInput: a name that is no role.
    """
    known = {role.value: role for role in Role}
    for name in names:
        if name not in known:
            raise InvalidInput("There is no role '{role}'. Known: {known}.", field="roles", role=name[:40], known=", ".join(known))
    return frozenset(known[name] for name in names)


def check_language(language: str) -> str:
    """A language that pages speak.

    Raises:
        InvalidInput: another one.
    """
    if language not in LANGUAGES:
        raise InvalidInput("Pages speak English (en) and Japanese (ja), not '{language}'.", field="language", language=language[:20])
    return language


def clean_name(name: str) -> str:
    """A person's name, spaces tidied.

    Raises:
        InvalidInput: empty, or longer than 80 characters.
    """
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= 80 or not cleaned.isprintable():
        raise InvalidInput("'{field}' needs 1 to {most} characters.", field="name", most=80)
    return cleaned


def require_self_or_admin(actor: Principal, user_id: str) -> None:
    """Let through the person concerned, and admins.

    Raises:
        PermissionDenied: somebody else.
    """
    if actor.user_id != user_id or not user_id:
        require(actor, Permission.MANAGE_USERS)


__all__ = [
    "User", "UserSpec", "authenticate", "create_user", "disable_user", "enable_user", "find_user", "get_user",
    "list_users", "parse_roles", "set_password", "set_profile", "set_roles",
]  # fmt: skip
