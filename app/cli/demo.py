"""``kachi demo``: the demo workspace in a home of its own, on 127.0.0.1 only."""

from __future__ import annotations

from app.cli.up import run_portal
from app.demo.accounts import ensure_people
from core.settings import ROOT, Settings
from core.workspace import open_workspace

HERE = "127.0.0.1"


def demo_settings() -> Settings:
    """The environment's settings, bound to this machine and marked as sample data; its home is ``data/demo`` unless one is given."""
    given = Settings()
    home = given.home if "home" in given.model_fields_set else ROOT / "data" / "demo"
    return Settings(home=home, demo=True, host=HERE, gateway_host=HERE)


def run_demo() -> int:
    """Make the accounts at the first start, run portal and gateway, print where to sign in as whom; the exit status."""
    settings = demo_settings()
    ws = open_workspace(settings)
    try:
        people = ensure_people(ws)
    finally:
        ws.store.close()
    width = max(len(person.email) for person in people)
    accounts = [f"  {person.email:<{width}}  {person.password}  ({', '.join(sorted(person.roles))})" for person in people]
    lines = ["", "Sign in as one of these (sample data, this machine only):", *accounts, "", "Stop with Ctrl+C."]
    return run_portal(settings, more=lines)
