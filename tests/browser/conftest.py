"""A real portal with its gateway in a temporary home, and Chromium to drive it as each role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.demo import processes
from app.demo.accounts import Person, ensure_people
from app.demo.processes import Running, free_port
from core.settings import Settings
from core.workspace import open_workspace
from tests.browser import journey
from tests.browser.journey import Story

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SignIn = Callable[..., Page]
PATIENCE_MS = 60_000


@pytest.fixture(scope="package")
def people_and_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Person], Running]]:
    home = tmp_path_factory.mktemp("browser") / "home"
    settings = Settings(home=home, port=free_port(), gateway_port=free_port(), demo=True, ingest_every_s=0.5)
    ws = open_workspace(settings)
    people = {next(iter(p.roles)).value: p for p in ensure_people(ws)}
    ws.store.close()
    running = processes.start(settings, home.parent / "portal.log")
    yield people, running
    running.stop()


@pytest.fixture(scope="package")
def running(people_and_portal: tuple[dict[str, Person], Running]) -> Running:
    return people_and_portal[1]


@pytest.fixture(scope="package")
def people(people_and_portal: tuple[dict[str, Person], Running]) -> dict[str, Person]:
    return people_and_portal[0]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """An installed Chromium or Chrome, else Playwright's own."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield started
        started.close()


class Visitors:
    """Opens pages of the portal as a role, signed in through the form, and notes every request to another host."""

    def __init__(self, browser: Browser, running: Running, people: dict[str, Person]) -> None:
        self.browser, self.running, self.people = browser, running, people
        self.foreign: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open_as(
        self, role: str, path: str = "/", *, width: int = 1440, dark: bool = False, locale: str = "en-US", language: str = "en"
    ) -> Page:
        """A page of its own context, on an address of the portal."""
        theme = "dark" if dark else "light"
        context = self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, locale=locale)
        context.add_cookies([{"name": "kachi_language", "value": language, "url": self.running.portal_url}])
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: _note_foreign(request.url, self.running.portal_url, self.foreign))
        page.goto(f"{self.running.portal_url}/auth/sign-in?next={quote(path)}")
        page.fill("input[name=email]", self.people[role].email)
        page.fill("input[name=password]", self.people[role].password)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("[data-testid=stApp]")
        return page

    def leave(self) -> None:
        """Close what was opened, and say what went to another host."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        assert self.foreign == []


@pytest.fixture
def sign_in(browser: Browser, running: Running, people: dict[str, Person]) -> Iterator[SignIn]:
    """Opens a page of the portal as a role; fails the test on any request to another host."""
    visitors = Visitors(browser, running, people)
    yield visitors.open_as
    visitors.leave()


@pytest.fixture(scope="package")
def trained(browser: Browser, running: Running, people: dict[str, Person]) -> Story:
    """What the data scientist does: from a question to a request for approval."""
    visitors = Visitors(browser, running, people)
    story = journey.build(visitors.open_as("scientist", "/projects"))
    visitors.leave()
    return story


@pytest.fixture(scope="package")
def deployed(browser: Browser, running: Running, people: dict[str, Person], trained: Story) -> Story:
    """What the approver does: from the inbox to a deployment and its key."""
    visitors = Visitors(browser, running, people)
    story = journey.approve(visitors.open_as("approver", "/approvals"), trained)
    visitors.leave()
    return story


def _note_foreign(url: str, own: str, foreign: list[str]) -> None:
    if url.startswith(("http:", "https:", "ws:", "wss:")) and not url.split("://", 1)[1].startswith(own.split("://", 1)[1]):
        foreign.append(url)


@pytest.fixture
def shots() -> Path:
    """Where a test may leave pictures to be looked at; git doesn't keep them."""
    folder = Path(__file__).parent / "shots"
    folder.mkdir(exist_ok=True)
    return folder
