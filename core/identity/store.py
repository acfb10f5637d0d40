"""The rows of users, sessions, API tokens and set-up links; all SQL on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from core.identity.model import ApiToken, Session, User
from core.identity.permissions import Role

USER = "id, email, name, roles, language, created_at, disabled_at, last_sign_in_at"
SESSION = "token_hash, user_id, created_at, last_used_at, expires_at, address, agent"
TOKEN = "id, user_id, name, hint, roles, created_at, expires_at, last_used_at, revoked_at"


class Reader(Protocol):
    """The store, or a transaction on it."""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""

    def one(self, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """First row of a query, or None."""


class Writer(Reader, Protocol):
    """A transaction."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run one statement."""


def _roles(text: str) -> frozenset[Role]:
    return frozenset(Role(name) for name in json.loads(text))


def _dump(roles: frozenset[Role]) -> str:
    return json.dumps(sorted(role.value for role in roles))


def row_to_user(row: tuple[Any, ...]) -> User:
    """A stored row as a User."""
    return User(row[0], row[1], row[2], _roles(row[3]), row[4], row[5], row[6], row[7])


def row_to_session(row: tuple[Any, ...]) -> Session:
    """A stored row as a Session."""
    return Session(row[0], row[1], row[2], row[3], row[4], row[5], row[6])


def row_to_token(row: tuple[Any, ...]) -> ApiToken:
    """A stored row as an ApiToken."""
    return ApiToken(row[0], row[1], row[2], row[3], _roles(row[4]), row[5], row[6], row[7], row[8])


def insert_user(tx: Writer, user: User, password_hash: str) -> None:
    """Store a new user."""
    tx.execute(
        "INSERT INTO users (id, email, name, roles, language, password_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [user.id, user.email, user.name, _dump(user.roles), user.language, password_hash, user.created_at],
    )


def get_user(db: Reader, user_id: str) -> User | None:
    """One user, or None."""
    row = db.one(f"SELECT {USER} FROM users WHERE id = ?", [user_id])
    return row_to_user(row) if row else None


def user_by_email(db: Reader, email: str) -> User | None:
    """The user of an address, or None."""
    row = db.one(f"SELECT {USER} FROM users WHERE email = ?", [email])
    return row_to_user(row) if row else None


def list_users(db: Reader, *, after_id: str | None, limit: int) -> list[User]:
    """Oldest account first."""
    rows = db.rows(f"SELECT {USER} FROM users WHERE (? IS NULL OR id > ?) ORDER BY id LIMIT ?", [after_id, after_id, limit])
    return [row_to_user(row) for row in rows]


def count_users(db: Reader) -> int:
    """How many accounts there are, disabled ones included."""
    row = db.one("SELECT count(*) FROM users")
    return int(row[0]) if row else 0


def active_with_role(db: Reader, role: Role) -> list[str]:
    """Ids of the enabled users who hold a role."""
    rows = db.rows("SELECT id FROM users WHERE disabled_at IS NULL AND json_contains(roles, ?)", [json.dumps(role.value)])
    return [row[0] for row in rows]


def active_users(db: Reader, role: Role) -> list[User]:
    """The enabled users who hold a role, oldest account first."""
    rows = db.rows(f"SELECT {USER} FROM users WHERE disabled_at IS NULL AND json_contains(roles, ?) ORDER BY id", [json.dumps(role.value)])
    return [row_to_user(row) for row in rows]


def password_hash(db: Reader, user_id: str) -> str:
    """The stored hash of a user's password."""
    row = db.one("SELECT password_hash FROM users WHERE id = ?", [user_id])
    return str(row[0]) if row else ""


def set_password_hash(tx: Writer, user_id: str, value: str) -> None:
    """Replace a password's hash."""
    tx.execute("UPDATE users SET password_hash = ? WHERE id = ?", [value, user_id])


def set_disabled(tx: Writer, user_id: str, at: datetime | None) -> None:
    """Disable since a time, or enable with None."""
    tx.execute("UPDATE users SET disabled_at = ? WHERE id = ?", [at, user_id])


def set_roles(tx: Writer, user_id: str, roles: frozenset[Role]) -> None:
    """Replace a user's roles."""
    tx.execute("UPDATE users SET roles = ? WHERE id = ?", [_dump(roles), user_id])


def set_profile(tx: Writer, user_id: str, name: str, language: str) -> None:
    """Replace a user's name and language."""
    tx.execute("UPDATE users SET name = ?, language = ? WHERE id = ?", [name, language, user_id])


def set_signed_in(tx: Writer, user_id: str, at: datetime) -> None:
    """Remember when somebody signed in last."""
    tx.execute("UPDATE users SET last_sign_in_at = ? WHERE id = ?", [at, user_id])


def failures(db: Reader, email: str) -> tuple[int, datetime, datetime | None]:
    """How many sign-ins of an address failed in a row, when the last did, and until when it waits."""
    row = db.one("SELECT failures, last_at, wait_until FROM sign_in_failures WHERE email = ?", [email])
    return (row[0], row[1], row[2]) if row else (0, datetime.min.replace(tzinfo=UTC), None)


def set_failures(tx: Writer, email: str, count: int, at: datetime, wait_until: datetime | None) -> None:
    """Remember failed sign-ins of an address; those of yesterday are forgotten, so the table stays small."""
    tx.execute("DELETE FROM sign_in_failures WHERE last_at < ?", [at - timedelta(days=1)])
    tx.execute(
        "INSERT INTO sign_in_failures (email, failures, last_at, wait_until) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (email) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, wait_until = excluded.wait_until",
        [email, count, at, wait_until],
    )


def clear_failures(tx: Writer, email: str) -> None:
    """Forget an address's failed sign-ins."""
    tx.execute("DELETE FROM sign_in_failures WHERE email = ?", [email])


def insert_session(tx: Writer, session: Session) -> None:
    """Store a new session, and sweep those that have ended."""
    tx.execute("DELETE FROM sessions WHERE expires_at < ?", [session.created_at])
    tx.execute(
        f"INSERT INTO sessions ({SESSION}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            session.token_hash, session.user_id, session.created_at, session.last_used_at, session.expires_at, session.address, session.agent,
        ],
    )  # fmt: skip


def get_session(db: Reader, token_hash: str) -> Session | None:
    """One session, or None."""
    row = db.one(f"SELECT {SESSION} FROM sessions WHERE token_hash = ?", [token_hash])
    return row_to_session(row) if row else None


def list_sessions(db: Reader, user_id: str, at: datetime) -> list[Session]:
    """A user's sessions that still live, last used first."""
    rows = db.rows(f"SELECT {SESSION} FROM sessions WHERE user_id = ? AND expires_at >= ? ORDER BY last_used_at DESC", [user_id, at])
    return [row_to_session(row) for row in rows]


def touch_session(tx: Writer, token_hash: str, at: datetime, expires_at: datetime) -> None:
    """Move a session's end forward."""
    tx.execute("UPDATE sessions SET last_used_at = ?, expires_at = ? WHERE token_hash = ?", [at, expires_at, token_hash])


def delete_session(tx: Writer, token_hash: str) -> None:
    """End one session."""
    tx.execute("DELETE FROM sessions WHERE token_hash = ?", [token_hash])


def delete_sessions(tx: Writer, user_id: str, keep: str = "") -> None:
    """End all sessions of a user but the one to keep."""
    tx.execute("DELETE FROM sessions WHERE user_id = ? AND token_hash <> ?", [user_id, keep])


def insert_token(tx: Writer, token: ApiToken, token_hash: str) -> None:
    """Store a new API token."""
    tx.execute(
        "INSERT INTO api_tokens (id, user_id, name, token_hash, hint, roles, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [token.id, token.user_id, token.name, token_hash, token.hint, _dump(token.roles), token.created_at, token.expires_at],
    )


def get_token(db: Reader, token_id: str) -> ApiToken | None:
    """One token, or None."""
    row = db.one(f"SELECT {TOKEN} FROM api_tokens WHERE id = ?", [token_id])
    return row_to_token(row) if row else None


def token_by_hash(db: Reader, token_hash: str) -> ApiToken | None:
    """The token with that hash, or None."""
    row = db.one(f"SELECT {TOKEN} FROM api_tokens WHERE token_hash = ?", [token_hash])
    return row_to_token(row) if row else None


def list_tokens(db: Reader, *, user_id: str | None, before_id: str | None, limit: int) -> list[ApiToken]:
    """Newest token first, of one user or of all; revoked ones included."""
    rows = db.rows(
        f"SELECT {TOKEN} FROM api_tokens WHERE (? IS NULL OR user_id = ?) AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        [user_id, user_id, before_id, before_id, limit],
    )
    return [row_to_token(row) for row in rows]


def live_token_named(db: Reader, user_id: str, name: str) -> bool:
    """Whether a user has a token of that name that isn't revoked."""
    return db.one("SELECT 1 FROM api_tokens WHERE user_id = ? AND name = ? AND revoked_at IS NULL", [user_id, name]) is not None


def touch_token(tx: Writer, token_id: str, at: datetime) -> None:
    """Remember when a token was used last."""
    tx.execute("UPDATE api_tokens SET last_used_at = ? WHERE id = ?", [at, token_id])


def revoke_token(tx: Writer, token_id: str, at: datetime) -> None:
    """End a token."""
    tx.execute("UPDATE api_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", [at, token_id])


def replace_setup_link(tx: Writer, token_hash: str, at: datetime) -> None:
    """Make one set-up link valid; older ones end."""
    tx.execute("DELETE FROM setup_links WHERE token_hash <> ?", [token_hash])
    tx.execute("INSERT INTO setup_links (token_hash, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", [token_hash, at])


def has_setup_link(db: Reader, token_hash: str) -> bool:
    """Whether a set-up link is valid."""
    return db.one("SELECT 1 FROM setup_links WHERE token_hash = ?", [token_hash]) is not None


def delete_setup_links(tx: Writer) -> None:
    """End all set-up links."""
    tx.execute("DELETE FROM setup_links")
