"""All commands, and how their errors are told."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import Annotated

import httpx
import typer
from pydantic import ValidationError

from app.cli import care, people
from core.client.rest import Problem
from core.errors import KachiError
from core.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Kachi: what models are worth."""
    if version:
        print(f"kachi {metadata.version('kachi')}")
        raise typer.Exit


@app.command()
def up(*, gateway: Annotated[bool, typer.Option(help="Run a gateway as a child.")] = True) -> None:
    """Run the portal and a gateway until they are stopped (SIGTERM, Ctrl+C)."""
    from app.cli.up import run_portal
    from core.serving.orderly import leave

    leave(run_portal(Settings(), with_gateway=gateway))


@app.command()
def gateway() -> None:
    """Run a gateway alone: another replica, or on another machine with the same artifact root."""
    from core.serving.gateway import run_gateway
    from core.serving.orderly import leave

    leave(run_gateway(Settings()))


@app.command()
def demo(*, headless: Annotated[bool, typer.Option(help="Play the whole journey over REST in a temporary home.")] = False) -> None:
    """Run the demo workspace on this machine, with sample data."""
    if headless:
        from app.demo.headless import run_headless

        raise typer.Exit(0 if run_headless().ok else 1)
    from app.demo.command import run_demo
    from core.serving.orderly import leave

    leave(run_demo())


app.command("backup")(care.back_up)
app.command()(care.restore)
app.command()(care.doctor)
app.add_typer(care.audit, name="audit")
app.add_typer(people.users, name="user")
app.add_typer(people.tokens, name="token")


def main() -> None:
    """Entry of the command; errors on purpose are one sentence on stderr and status 1."""
    try:
        app()
    except (KachiError, Problem) as error:
        print(f"kachi: {error.detail if isinstance(error, Problem) else error}", file=sys.stderr)
        sys.exit(1)
    except httpx.HTTPError as error:
        print(f"kachi: the portal did not answer ({type(error).__name__}). Look at its log, or stop it and try again.", file=sys.stderr)
        sys.exit(1)
    except ValidationError as error:
        for item in error.errors():
            name = ".".join(str(part) for part in item["loc"])
            print(f"kachi: the setting KACHI_{name.upper()} can't be '{item.get('input')}': {item['msg']}", file=sys.stderr)
        sys.exit(1)
