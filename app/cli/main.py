"""All commands, and how their errors are told."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from pydantic import ValidationError

from core.client.rest import Problem
from core.errors import KachiError
from core.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def root() -> None:
    """Kachi: what models are worth."""


@app.command()
def up(*, gateway: Annotated[bool, typer.Option(help="Run a gateway as a child.")] = True) -> None:
    """Run the portal and a gateway until they are stopped (SIGTERM, Ctrl+C)."""
    from app.cli.up import run_portal

    raise typer.Exit(run_portal(Settings(), with_gateway=gateway))


def main() -> None:
    """Entry of the command; errors on purpose are one sentence on stderr and status 1."""
    try:
        app()
    except (KachiError, Problem) as error:
        print(f"kachi: {error.detail if isinstance(error, Problem) else error}", file=sys.stderr)
        sys.exit(1)
    except ValidationError as error:
        for item in error.errors():
            name = ".".join(str(part) for part in item["loc"])
            print(f"kachi: the setting KACHI_{name.upper()} can't be '{item.get('input')}': {item['msg']}", file=sys.stderr)
        sys.exit(1)
