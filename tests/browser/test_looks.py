"""Every page, wide and on a phone, light and dark, in both languages: no fault, no sideways scroll, one headline, nothing that shuts people out, a picture."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from app.ui.navigation import PAGES, PageEntry
from core.identity import Role
from core.identity.permissions import GRANTS
from tests.browser.conftest import SignIn
from tests.browser.journey import Story, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
ORDER = (Role.SCIENTIST, Role.APPROVER, Role.ADMIN, Role.VIEWER)
READERS = {
    "portfolio": Role.VIEWER,
    "impact_report": Role.VIEWER,
    "approvals": Role.APPROVER,
    "approval": Role.APPROVER,
    "deployment": Role.APPROVER,
}
FEW = ("portfolio", "impact_report", "approval", "dataset", "run", "deployment", "monitoring", "audit")
FAULTS = re.compile(
    r"Traceback|could not be drawn|Report number|Error:|Something went wrong|There is no such|You can't see this page|StreamlitAPIException|\{[a-z_]+\}"
)
SCROLLS = "document.documentElement.scrollWidth > innerWidth + 1 || document.querySelector('[data-testid=stMain]').scrollWidth > document.querySelector('[data-testid=stMain]').clientWidth + 1"
AXE = Axe()
NOT_OURS = {"exclude": [["[data-testid=stSidebarNav]"]]}
"""Streamlit's menu puts its list's items into groups that no list may hold."""
OWN_CODE = {"deployment", "backups", "audit"}
"""Pages that show commands or JSON, in which braces are right."""


def reader(page: PageEntry) -> Role:
    """A role that may see the page, the one it is made for where that is said."""
    return READERS.get(page.key) or next(role for role in ORDER if page.permission in GRANTS[role])


def address(page: PageEntry, story: Story) -> str:
    """The page on the things that the journey made."""
    given = {
        "impact_report": f"?project={story.project}", "approval": f"?approval={story.approval}", "project": f"?project={story.project}", "value_model": f"?project={story.project}",
        "data": f"?project={story.project}", "dataset": f"?version={story.version}&project={story.project}", "runs": f"?project={story.project}",
        "run": f"?run={story.run}&project={story.project}", "compare": f"?project={story.project}&runs={story.run}",
        "models": f"?project={story.project}", "model": f"?model={story.model}", "deployment": f"?deployment={story.deployment}",
        "monitoring": f"?deployment={story.deployment}", "retraining": f"?project={story.project}", "lineage": f"?kind=run&id={story.run}",
    }  # fmt: skip
    return f"/{page.key}{given.get(page.key, '')}"


def faults(page: Page, key: str) -> list[str]:
    """What is wrong with the page that is shown."""
    main = page.get_by_test_id("stMain")
    text = main.inner_text()
    found = [f"{key}: says {hit.group()!r}" for hit in FAULTS.finditer(text) if not (key in OWN_CODE and hit.group().startswith("{"))]
    if page.get_by_test_id("stException").count() or page.get_by_test_id("stAlertContentError").count():
        found.append(f"{key}: shows an error")
    if page.evaluate(SCROLLS):
        found.append(f"{key}: scrolls sideways")
    if page.locator("h1:visible").count() != 1:
        found.append(f"{key}: {page.locator('h1:visible').count()} headlines")
    return found


def barriers(page: Page, key: str) -> list[str]:
    """What keeps people out, by axe-core: its critical and serious findings."""
    found = AXE.run(page, context=NOT_OURS).response["violations"]
    return [f"{key}: {v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in {"critical", "serious"}]


def look(sign_in: SignIn, story: Story, shots: Path, role: Role, keys: tuple[str, ...] | None, **how: object) -> list[str]:
    """Look at the pages of a role, in one browser window; what is wrong with them."""
    pages = [page for page in PAGES if reader(page) is role and (keys is None or page.key in keys)]
    if not pages:
        return []
    found: list[str] = []
    shown = sign_in(role.value, address(pages[0], story), **how)
    start = shown.url.split("/auth/")[0]
    root = re.match(r"https?://[^/]+", start).group()  # type: ignore[union-attr]
    name = f"{how['width']}-{how.get('language', 'en')}"
    for page in pages:
        shown.goto(f"{root}{address(page, story)}")
        shown.wait_for_selector("h1")
        settle(shown)
        shown.wait_for_timeout(700)  # charts draw after the script has ended
        shown.screenshot(path=shots / f"{page.key}-{name}.png", full_page=False)
        found += [*faults(shown, page.key), *barriers(shown, page.key)]
    return found


@pytest.mark.parametrize("role", ORDER)
@pytest.mark.parametrize("width", [1440, pytest.param(390, marks=pytest.mark.slow)])  # on a phone, the dark ones below stand for them
def test_every_page_is_whole(deployed: Story, sign_in: SignIn, shots: Path, role: Role, width: int) -> None:
    assert look(sign_in, deployed, shots, role, None, width=width) == []


@pytest.mark.parametrize("role", ORDER)
@pytest.mark.parametrize("width", [pytest.param(1440, marks=pytest.mark.slow), 390])
def test_pages_are_whole_in_the_dark_and_in_japanese(deployed: Story, sign_in: SignIn, shots: Path, role: Role, width: int) -> None:
    how = {"width": width, "dark": True, "locale": "ja-JP", "language": "ja"}
    assert look(sign_in, deployed, shots, role, FEW, **how) == []
