"""The people of the demo workspace: one a role, with a password that the command prints."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from core.identity import SYSTEM, Role
from core.identity.model import UserSpec
from core.identity.tokens import issue_token
from core.identity.users import create_user, list_users
from core.store.artifacts import write_atomic
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Person:
    """One demo account.

    Args:
        token: an API token with all roles of the account; empty where none was made.
    """

    name: str
    email: str
    password: str
    roles: frozenset[Role]
    token: str = ""


PEOPLE = (
    ("Mio Sato", "scientist@kachi.example", frozenset({Role.SCIENTIST})),
    ("Aiko Tanaka", "approver@kachi.example", frozenset({Role.APPROVER})),
    ("Ken Mori", "viewer@kachi.example", frozenset({Role.VIEWER})),
    ("Rei Abe", "admin@kachi.example", frozenset({Role.ADMIN})),
)


def make_people(ws: Workspace) -> tuple[Person, ...]:
    """Create the accounts and a token for each, in a home that has no users yet; the passwords are kept in the home, for its owner only."""
    made = []
    for name, email, roles in PEOPLE:
        password = f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(3)}"
        user = create_user(ws, SYSTEM, UserSpec(name=name, email=email, password=password, roles=roles))
        issued = issue_token(ws, SYSTEM, "Demo", roles, user_id=user.id)
        made.append(Person(name, email, password, roles, issued.secret))
    people = tuple(made)
    body = [{"name": p.name, "email": p.email, "password": p.password, "roles": sorted(p.roles), "token": p.token} for p in people]
    path = people_file(ws.settings.home)
    write_atomic(path, json.dumps(body, indent=1).encode())
    path.chmod(0o600)
    return people


def read_people(home: Path) -> tuple[Person, ...]:
    """The accounts of a demo home; empty where there are none."""
    path = people_file(home)
    if not path.exists():
        return ()
    rows = json.loads(path.read_bytes())
    return tuple(Person(r["name"], r["email"], r["password"], frozenset(Role(x) for x in r["roles"]), r["token"]) for r in rows)


def people_file(home: Path) -> Path:
    """Where a demo home keeps its accounts."""
    return home / "demo-accounts.json"


def ensure_people(ws: Workspace) -> tuple[Person, ...]:
    """The demo accounts, made at the first call."""
    if list_users(ws, SYSTEM, limit=1):
        return read_people(ws.settings.home)
    return make_people(ws)
