"""``kachi demo``: the demo workspace in a home of its own, on 127.0.0.1 only, its sample data made in the background."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from app.cli.up import run_portal
from app.demo.accounts import Person, ensure_people
from app.demo.seed_state import is_seeded
from core.settings import ROOT, Settings, child_environment
from core.workspace import open_workspace

HERE = "127.0.0.1"
STOP_S = 3.0


def demo_settings() -> Settings:
    """The environment's settings, bound to this machine and marked as sample data; its home is ``data/demo`` unless one is given."""
    given = Settings()
    home = given.home if "home" in given.model_fields_set else ROOT / "data" / "demo"
    return Settings(home=home, demo=True, host=HERE, gateway_host=HERE)


def run_demo() -> int:
    """Make the accounts at the first start, run portal and gateway, fill the workspace beside them; the exit status."""
    settings = demo_settings()
    ws = open_workspace(settings)
    try:
        people = ensure_people(ws)
    finally:
        ws.store.close()
    return run_portal(settings, more=_lines(people, seeded=is_seeded(settings.home)), beside=[Seeding(settings)])


class Seeding:
    """Fills the workspace in a process of its own, beside the portal."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, or go on where it was; on a finished home there is nothing to do."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.demo.seed"], cwd=ROOT, env=child_environment(self._settings), stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def stop(self) -> None:
        """Leave the rest to the next start."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=STOP_S)


def _lines(people: Sequence[Person], *, seeded: bool) -> list[str]:
    width = max(len(person.email) for person in people)
    accounts = [f"  {person.email:<{width}}  {person.password}  ({', '.join(sorted(person.roles))})" for person in people]
    note = [] if seeded else ["", "Sample projects are being made: the portfolio fills within two minutes, all of it takes about five."]
    return ["", "Sign in as one of these (sample data, this machine only):", *accounts, *note, "", "Stop with Ctrl+C.", ""]
