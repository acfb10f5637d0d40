"""``kachi demo --headless``: the whole journey in a temporary home, with a real portal and gateway on free ports."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.demo import processes
from app.demo.accounts import ensure_people
from app.demo.journey import Journey
from app.demo.steps import Reporter
from core.client import KachiClient
from core.settings import Settings
from core.workspace import open_workspace


def run_headless(*, chatty: bool = True) -> Reporter:
    """Play the journey and take everything down again.

    Returns:
        the reporter; its `ok` is the outcome.
    """
    reporter = Reporter(chatty=chatty)
    with tempfile.TemporaryDirectory(prefix="kachi-demo-") as name:
        folder = Path(name)
        settings = Settings(
            home=folder / "home", port=processes.free_port(), gateway_port=processes.free_port(), ingest_every_s=0.5, host="127.0.0.1",
            gateway_host="127.0.0.1", gateway_url="", artifact_url="",
        )  # fmt: skip
        ws = open_workspace(settings)
        people = ensure_people(ws)
        ws.store.close()
        running = processes.start(settings, folder / "portal.log")
        clients = {next(iter(p.roles)).value: KachiClient(running.portal_url, p.token) for p in people}
        try:
            Journey(running, clients, folder).play(reporter)
        finally:
            for client in clients.values():
                client.close()
            running.stop()
            if not reporter.ok:
                print((folder / "portal.log").read_text(errors="replace")[-4000:])
    return reporter
