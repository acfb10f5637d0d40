"""Users, and their sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.identity import Role, sessions, users
from core.identity.model import User, UserSpec

router = APIRouter(prefix="/users", tags=["users"])
session_router = APIRouter(prefix="/sessions", tags=["sessions"])
routers = (router, session_router)


class UserBody(In):
    """A new user."""

    email: str = Field(max_length=254)
    name: str = Field(max_length=200)
    password: str = Field(max_length=500, description="10 to 200 characters; kept as an Argon2id hash only.")
    roles: list[Role] = Field(min_length=1, max_length=4)
    language: str = Field("en", max_length=20)


class ProfileBody(In):
    """What of a user can be changed by him- or herself."""

    name: str = Field(max_length=200)
    language: str = Field(max_length=20)


class RolesBody(In):
    """The roles that a user shall hold."""

    roles: list[Role] = Field(min_length=1, max_length=4)


class PasswordBody(In):
    """A new password; for one's own the present one too."""

    password: str = Field(max_length=500)
    current: str | None = Field(None, max_length=500)


class UserOut(Out):
    """A user."""

    id: str
    email: str
    name: str
    roles: list[Role]
    language: str
    created_at: datetime
    disabled_at: datetime | None
    last_sign_in_at: datetime | None


class MeOut(Out):
    """Who calls."""

    user_id: str
    name: str
    email: str
    roles: list[Role]
    via: str
    language: str


class SessionOut(Out):
    """A place where somebody is signed in."""

    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str
    agent: str


class EndedOut(Out):
    """How many sessions ended."""

    ended: int


def _out(user: User) -> UserOut:
    return UserOut(
        id=user.id, email=user.email, name=user.name, roles=sorted(user.roles), language=user.language, created_at=user.created_at,
        disabled_at=user.disabled_at, last_sign_in_at=user.last_sign_in_at,
    )  # fmt: skip


@router.get("")
def list_users(ws: Ws, actor: Actor, page: Paging, email: Annotated[str | None, Query(max_length=254)] = None) -> Page[UserOut]:
    """All users, oldest account first; or the one of an email address."""
    if email is not None:
        return Page(items=[_out(users.find_user(ws, actor, email))])
    found = users.list_users(ws, actor, after_id=page.before, limit=page.limit)
    return Page(items=[_out(user) for user in found], next=next_key(found, page.limit))


@router.post("", status_code=201)
def create_user(ws: Ws, actor: Actor, body: UserBody) -> UserOut:
    """Create a user who may sign in at once."""
    spec = UserSpec(body.email, body.name, body.password, frozenset(body.roles), body.language)
    return _out(users.create_user(ws, actor, spec))


@router.get("/me")
def get_me(actor: Actor) -> MeOut:
    """Who calls, and with which roles."""
    return MeOut(
        user_id=actor.user_id, name=actor.name, email=actor.email, roles=sorted(actor.roles), via=actor.via, language=actor.language
    )


@router.get("/{user_id}")
def get_user(ws: Ws, actor: Actor, user_id: str) -> UserOut:
    """One user."""
    return _out(users.get_user(ws, actor, user_id))


@router.patch("/{user_id}")
def set_profile(ws: Ws, actor: Actor, user_id: str, body: ProfileBody) -> UserOut:
    """Change a name and the language of pages."""
    return _out(users.set_profile(ws, actor, user_id, name=body.name, language=body.language))


@router.put("/{user_id}/roles")
def set_roles(ws: Ws, actor: Actor, user_id: str, body: RolesBody) -> UserOut:
    """Replace somebody's roles; it counts from their next click."""
    return _out(users.set_roles(ws, actor, user_id, frozenset(body.roles)))


@router.put("/{user_id}/password")
def set_password(ws: Ws, actor: Actor, user_id: str, body: PasswordBody) -> UserOut:
    """Change a password; the user's other sessions end."""
    return _out(users.set_password(ws, actor, user_id, body.password, current=body.current))


@router.post("/{user_id}/disable")
def disable_user(ws: Ws, actor: Actor, user_id: str) -> UserOut:
    """Keep somebody out at once."""
    return _out(users.disable_user(ws, actor, user_id))


@router.post("/{user_id}/enable")
def enable_user(ws: Ws, actor: Actor, user_id: str) -> UserOut:
    """Let a disabled user in again."""
    return _out(users.enable_user(ws, actor, user_id))


@router.get("/{user_id}/sessions")
def list_sessions_of(ws: Ws, actor: Actor, user_id: str) -> list[SessionOut]:
    """Where somebody is signed in."""
    return [SessionOut.model_validate(found) for found in sessions.list_sessions(ws, actor, user_id)]


@router.delete("/{user_id}/sessions")
def end_sessions_of(ws: Ws, actor: Actor, user_id: str) -> EndedOut:
    """Sign somebody out everywhere."""
    return EndedOut(ended=sessions.end_sessions(ws, actor, user_id))


@session_router.get("")
def list_sessions(ws: Ws, actor: Actor, response: Response) -> list[SessionOut]:
    """Where the caller is signed in."""
    response.headers["Cache-Control"] = "no-store"
    return [SessionOut.model_validate(found) for found in sessions.list_sessions(ws, actor, actor.user_id)]


@session_router.delete("")
def end_sessions(ws: Ws, actor: Actor) -> EndedOut:
    """Sign the caller out everywhere."""
    return EndedOut(ended=sessions.end_sessions(ws, actor, actor.user_id))
