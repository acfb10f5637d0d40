"""``kachi user`` and ``kachi token``."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from app.cli.door import open_door
from app.cli.output import say_json, say_table
from core.client.rest import KachiClient
from core.identity import Role
from core.settings import Settings

users = typer.Typer(help="Create, list and change users.", no_args_is_help=True)
tokens = typer.Typer(help="Issue, list and revoke API tokens.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="Email address of the user.")]
Roles = Annotated[list[Role], typer.Option("--role", help="A role; give it several times for several roles.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")]


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _find(client: KachiClient, email: str) -> Any:
    return client.get("/users", email=email)["items"][0]


def _line(user: Any) -> tuple[str, ...]:
    state = "disabled" if user["disabled_at"] else "active"
    return (user["email"], user["name"], ", ".join(user["roles"]), user["language"], state, user["last_sign_in_at"] or "never")


@users.command("add")
def add_user(
    email: Email, name: Annotated[str, typer.Option(help="Name of the person.")], role: Roles, *, language: str = "en",
    password_stdin: FromStdin = False,
) -> None:  # fmt: skip
    """Create a user; the password is asked for."""
    body = {"email": email, "name": name, "password": _password(password_stdin), "roles": [r.value for r in role], "language": language}
    with open_door(Settings()) as client:
        user = client.post("/users", body)
    print(f"{user['email']} may sign in now, as {', '.join(user['roles'])}.")


@users.command("list")
def list_users(*, as_json: AsJson = False) -> None:
    """All users."""
    with open_door(Settings()) as client:
        found = list(client.pages("/users"))
    if as_json:
        say_json(found)
    else:
        say_table(("Email", "Name", "Roles", "Language", "State", "Last sign-in"), [_line(user) for user in found])


@users.command("disable")
def disable_user(email: Email) -> None:
    """Keep somebody out at once."""
    with open_door(Settings()) as client:
        client.post(f"/users/{_find(client, email)['id']}/disable")
    print(f"{email} can't sign in any more; sessions and tokens have ended.")


@users.command("enable")
def enable_user(email: Email) -> None:
    """Let a disabled user in again."""
    with open_door(Settings()) as client:
        client.post(f"/users/{_find(client, email)['id']}/enable")
    print(f"{email} may sign in again.")


@users.command("roles")
def set_roles(email: Email, role: Roles) -> None:
    """Replace somebody's roles."""
    with open_door(Settings()) as client:
        user = client.put(f"/users/{_find(client, email)['id']}/roles", {"roles": [r.value for r in role]})
    print(f"{email} is now {', '.join(user['roles'])}.")


@users.command("password")
def set_password(email: Email, *, password_stdin: FromStdin = False) -> None:
    """Set a new password; all sessions of the user end."""
    password = _password(password_stdin)
    with open_door(Settings()) as client:
        client.put(f"/users/{_find(client, email)['id']}/password", {"password": password})
    print(f"The password of {email} is changed.")


@tokens.command("issue")
def issue_token(
    email: Email, name: Annotated[str, typer.Option(help="What the token is for.")], role: Roles,
    days: Annotated[int | None, typer.Option(help="It ends after so many days.")] = None,
) -> None:  # fmt: skip
    """Issue a token for a user. It is printed this once, alone on standard output."""
    with open_door(Settings()) as client:
        body = {"name": name, "roles": [r.value for r in role], "days": days, "user_id": _find(client, email)["id"]}
        issued = client.post("/tokens", body)
    print(issued["secret"])


@tokens.command("list")
def list_tokens(*, as_json: AsJson = False) -> None:
    """All tokens, newest first."""
    with open_door(Settings()) as client:
        found = list(client.pages("/tokens"))
        owners = {user["id"]: user["email"] for user in client.pages("/users")}
    if as_json:
        say_json(found)
        return
    rows = [
        (t["id"], owners.get(t["user_id"], ""), t["name"], t["hint"] + "…", ", ".join(t["roles"]), t["expires_at"] or "never",
         "revoked" if t["revoked_at"] else "active")
        for t in found
    ]  # fmt: skip
    say_table(("Id", "Owner", "Name", "Begins with", "Roles", "Ends", "State"), rows)


@tokens.command("revoke")
def revoke_token(token_id: Annotated[str, typer.Argument(help="Id of the token, from the list.")]) -> None:
    """End a token at once."""
    with open_door(Settings()) as client:
        token = client.delete(f"/tokens/{token_id}")
    print(f"The token '{token['name']}' has ended.")
