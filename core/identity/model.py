"""People, their sessions and their API tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.identity.permissions import Role
from core.identity.principal import Principal


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in.

    Args:
        email: lower case; what they sign in with.
        roles: what they may do; several may be held.
        language: ``en`` or ``ja``.
        disabled_at: since when they may not sign in; None while they may.
    """

    id: str
    email: str
    name: str
    roles: frozenset[Role]
    language: str
    created_at: datetime
    disabled_at: datetime | None
    last_sign_in_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether they may sign in."""
        return self.disabled_at is None

    def principal(self, via: str = "session", roles: frozenset[Role] | None = None, credential: str = "") -> Principal:
        """This person as one who asks; `roles` narrows what a token may do."""
        held = self.roles if roles is None else self.roles & roles
        return Principal(self.id, self.name, self.email, held, via, self.language, credential)


@dataclass(frozen=True, slots=True)
class UserSpec:
    """What a new user is made of; the password comes in clear and is never stored."""

    email: str
    name: str
    password: str
    roles: frozenset[Role]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser; its cookie is known only to the browser, its SHA-256 is `token_hash`."""

    token_hash: str
    user_id: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A key for programs.

    Args:
        hint: its first characters, to tell tokens apart; not enough to use it.
        roles: what it may do at most; what its owner may no longer do, it may not either.
    """

    id: str
    user_id: str
    name: str
    hint: str
    roles: frozenset[Role]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A fresh token with its secret, which is shown this once."""

    token: ApiToken
    secret: str
