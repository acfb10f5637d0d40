"""API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from core.api.deps import Actor, Paging, Ws
from core.api.page import In, Out, Page, next_key
from core.identity import Permission, Role, tokens
from core.identity.model import ApiToken

router = APIRouter(prefix="/tokens", tags=["tokens"])


class TokenBody(In):
    """A new token."""

    name: str = Field(max_length=200)
    roles: list[Role] = Field(min_length=1, max_length=4, description="A part of the owner's roles.")
    days: int | None = Field(None, ge=1, le=tokens.MAX_DAYS, description="It ends after so many days; empty: it doesn't end by itself.")
    user_id: str | None = Field(None, max_length=64, description="The owner; the caller if missing.")


class TokenOut(Out):
    """A token, without its secret."""

    id: str
    user_id: str
    name: str
    hint: str
    roles: list[Role]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class IssuedOut(TokenOut):
    """A fresh token; its secret is told this once."""

    secret: str


def _fields(token: ApiToken) -> dict[str, object]:
    names = ("id", "user_id", "name", "hint", "created_at", "expires_at", "last_used_at", "revoked_at")
    return {name: getattr(token, name) for name in names} | {"roles": sorted(token.roles)}


@router.get("")
def list_tokens(ws: Ws, actor: Actor, page: Paging, user_id: Annotated[str | None, Query(max_length=64)] = None) -> Page[TokenOut]:
    """Newest first: of one user, of all for an admin who names nobody, else the caller's own."""
    owner = user_id or (None if actor.may(Permission.MANAGE_USERS) else actor.user_id)
    found = tokens.list_tokens(ws, actor, user_id=owner, before_id=page.before, limit=page.limit)
    return Page(items=[TokenOut.model_validate(_fields(token)) for token in found], next=next_key(found, page.limit))


@router.post("", status_code=201)
def issue_token(ws: Ws, actor: Actor, body: TokenBody, response: Response) -> IssuedOut:
    """Issue a token. Its secret is in this answer only; an Idempotency-Key doesn't keep it."""
    response.headers["Cache-Control"] = "no-store"
    issued = tokens.issue_token(ws, actor, body.name, frozenset(body.roles), days=body.days, user_id=body.user_id)
    return IssuedOut.model_validate(_fields(issued.token) | {"secret": issued.secret})


@router.delete("/{token_id}")
def revoke_token(ws: Ws, actor: Actor, token_id: str) -> TokenOut:
    """End a token at once."""
    return TokenOut.model_validate(_fields(tokens.revoke_token(ws, actor, token_id)))
