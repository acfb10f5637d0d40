"""Fills the demo workspace beside a running portal: three projects with an honest history, the portfolio first.

Runs as a process of its own, ``python -m app.demo.seed``, so that the portal stays quick.
"""

from __future__ import annotations

import os
import sys
import time

import httpx

from app.cli import runfiles
from app.demo.accounts import read_people
from app.demo.seed_endings import ENDINGS, OPENINGS
from app.demo.seed_replay import replay_history
from app.demo.seed_state import Progress, is_seeded
from app.demo.seed_steps import Stage, finish_run, go_live, queue_run
from app.demo.stories import STORIES
from core.client import KachiClient, Problem
from core.clock import utc_now
from core.errors import KachiError, Unavailable
from core.settings import Settings

READY_S = 60.0


class Clock:
    """Prints progress with the seconds since the start."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def say(self, text: str) -> None:
        """One line."""
        print(f"  [{time.monotonic() - self._began:4.0f} s] {text}", flush=True)


def seed(settings: Settings, portal_url: str) -> None:
    """Do what is left of the seeding.

    Raises:
        KachiError: a step did not succeed. Problem, HTTPError: the portal refused one, or went away.
    """
    clock = Clock()
    progress = Progress(settings.home, utc_now())
    clients = {next(iter(person.roles)).value: KachiClient(portal_url, person.token) for person in read_people(settings.home)}
    stages = [Stage(story, progress, clients, settings.public_gateway_url, clock.say) for story in STORIES]
    try:
        _fill_portfolio(stages, clock)
        _finish(stages, clock)
        progress.keep("finished", answer=True)
        clock.say("Sample data is complete.")
    finally:
        for client in clients.values():
            client.close()


def _fill_portfolio(stages: list[Stage], clock: Clock) -> None:
    """One model a project, live, with its history: enough for the portfolio."""
    for stage in stages:
        queue_run(stage, stage.story.first)
        clock.say(f"{stage.story.project.name}: data is in, a model is being trained")
    for stage in stages:
        finish_run(stage, stage.story.first)
        deployment = go_live(stage)
        clock.say(f"{stage.story.project.name}: approved and deployed; its history is being replayed")
        replay_history(stage, deployment)
    clock.say("The portfolio is filled.")


def _finish(stages: list[Stage], clock: Clock) -> None:
    """Checks first, which open alerts and start the retraining; then further runs, requests and a rejection."""
    for stage in stages:
        OPENINGS[stage.story.key](stage, go_live(stage))
    for stage in stages:
        for chosen in stage.story.others:
            queue_run(stage, chosen)
    for stage in stages:
        ENDINGS[stage.story.key](stage, go_live(stage))
        clock.say(f"{stage.story.project.name}: complete")


def await_portal(settings: Settings) -> str:
    """Wait until the portal of this home answers; its address.

    Raises:
        Unavailable: it doesn't within a minute, or the process that started this one has gone.
    """
    parent, until = os.getppid(), time.monotonic() + READY_S
    while time.monotonic() < until and os.getppid() == parent:
        running = runfiles.read(settings)
        if running is not None and _answers(f"{running.url}/healthz"):
            return running.url
        time.sleep(0.2)
    raise Unavailable("The portal did not start, so no sample data was made.")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def main() -> int:
    """Seed the home of the settings; the exit status."""
    settings = Settings()
    if is_seeded(settings.home):
        return 0
    try:
        seed(settings, await_portal(settings))
    except (KachiError, Problem, TimeoutError) as error:
        print(f"  Sample data stopped: {error} Start the demo again to go on.", flush=True)
        return 1
    except httpx.HTTPError as error:
        print(f"  Sample data stopped: the portal went away ({type(error).__name__}). Start the demo again to go on.", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
