"""The REST API in this process, on a fresh home, with a token for each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from core.api.app import create_api
from core.api.portal import Portal, install, open_portal
from core.identity import SYSTEM, Role
from core.identity.model import UserSpec
from core.identity.tokens import issue_token
from core.identity.users import create_user
from core.settings import Settings

Caller = Callable[..., TestClient]


@pytest.fixture
def portal(settings: Settings) -> Iterator[Portal]:
    opened = open_portal(settings)
    install(opened)
    yield opened
    install(None)
    opened.stop()


@pytest.fixture
def call_as(portal: Portal) -> Caller:
    """A client of the API that holds the given roles; without roles, nobody."""
    made: dict[frozenset[Role], str] = {}

    def client(*roles: Role) -> TestClient:
        held = frozenset(roles)
        if held and held not in made:
            email = f"{'-'.join(sorted(held))}@example.com"
            user = create_user(portal.ws, SYSTEM, UserSpec(name="Somebody", email=email, password="a long enough phrase 7", roles=held))
            made[held] = issue_token(portal.ws, SYSTEM, "Test", held, user_id=user.id).secret
        headers = {"Authorization": f"Bearer {made[held]}"} if held else {}
        return TestClient(create_api(), headers=headers, raise_server_exceptions=False)

    return client
