"""What routes ask for: the workspace, who calls, and which part of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request

from core.api.portal import current
from core.errors import NotSignedIn, PermissionDenied
from core.identity import Principal
from core.identity.sessions import principal_for_session
from core.identity.tokens import principal_for_token
from core.workspace import Workspace

SESSION_COOKIE = "kachi_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def workspace() -> Workspace:
    """The portal's workspace."""
    return current().ws


Ws = Annotated[Workspace, Depends(workspace)]


def actor(request: Request, ws: Ws) -> Principal:
    """Who calls: by API token (``Authorization: Bearer``), else by session cookie.

    Raises:
        NotSignedIn: neither, or no longer valid. PermissionDenied: a browser of another site sent it.
    """
    header = request.headers.get("authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        principal = principal_for_token(ws, token.strip()) if scheme.lower() == "bearer" else None
        if principal is None:
            raise NotSignedIn("This API token isn't valid: it is unknown, expired or revoked. Issue a new one on the page Tokens.")
        return principal
    cookie = request.cookies.get(SESSION_COOKIE)
    principal = principal_for_session(ws, cookie) if cookie else None
    if principal is None:
        raise NotSignedIn
    if request.method not in SAFE and not _same_origin(request):
        raise PermissionDenied("This request came from another site and was refused. Use the portal's own pages, or an API token.")
    return principal


def _same_origin(request: Request) -> bool:
    # A cookie travels by itself; Origin tells which page sent it (OWASP, Verifying Origin With Standard Headers).
    origin = request.headers.get("origin")
    return bool(origin) and urlsplit(str(origin)).netloc == request.headers.get("host")


Actor = Annotated[Principal, Depends(actor)]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list: at most `limit` items older than the item `before`."""

    limit: int
    before: str | None


def paging(
    ws: Ws,
    limit: Annotated[int, Query(ge=1, le=500, description="Most items to answer with.")] = 50,
    before: Annotated[str | None, Query(max_length=64, description="The `next` of the page before.")] = None,
) -> PageRequest:
    """Paging parameters, held below the setting."""
    return PageRequest(min(limit, ws.settings.page_size_max), before)


Paging = Annotated[PageRequest, Depends(paging)]
