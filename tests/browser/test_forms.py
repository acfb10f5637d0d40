"""Forms as hands use them: nothing typed for one thing stands in the form of the next, and no click is lost."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.journey import of, open_row, press, settle

NONE = {"Viewer": False, "Data scientist": False, "Approver": False, "Administrator": False}
STARTED_WITH = {**NONE, "Viewer": True}


def roles(page: Page) -> dict[str, bool]:
    """The roles of the open dialog, ticked or not, once those of the dialog before are gone."""
    found = page.get_by_role("dialog").get_by_role("checkbox")
    page.wait_for_timeout(1000)
    expect(found).to_have_count(len(NONE))
    return {str(box.get_attribute("aria-label")): box.is_checked() for box in found.all()}


def tick(page: Page, role: str) -> None:
    page.get_by_role("dialog").get_by_text(role, exact=True).click()
    settle(page)


def dismiss(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_roles_ticked_for_one_person_are_not_offered_for_the_next(sign_in: SignIn) -> None:
    page = sign_in("admin", "/users")
    open_row(page, "Viewer")
    assert roles(page) == STARTED_WITH
    tick(page, "Administrator")
    dismiss(page)
    open_row(page, "Data scientist")
    assert roles(page) == {**NONE, "Data scientist": True}
    dismiss(page)


def test_a_form_that_was_closed_opens_empty(sign_in: SignIn) -> None:
    page = sign_in("admin", "/users")
    press(page, "users-add")
    of(page, "user-name").locator("input").fill("Somebody")
    tick(page, "Administrator")
    dismiss(page)
    page.wait_for_timeout(1500)  # the page is drawn again behind it
    press(page, "users-add")
    name = of(page, "user-name").locator("input")
    expect(name).to_have_count(1)
    expect(name).to_have_value("")
    assert roles(page) == STARTED_WITH


def test_the_click_that_follows_typing_counts(sign_in: SignIn) -> None:
    page = sign_in("scientist", "/tokens")
    page.get_by_role("button", name="Issue a token").click()
    page.get_by_label("What is it for?").press_sequentially("Nightly scoring", delay=20)
    page.wait_for_timeout(1500)  # as long as a hand takes to the mouse, on a busy machine
    page.get_by_role("dialog").get_by_role("button", name="Issue token").click()
    secret = page.get_by_role("dialog").locator("code")
    expect(secret).to_contain_text("kachi_")
    shown = secret.inner_text()
    dismiss(page)
    expect(page.get_by_role("button", name=re.compile("Nightly scoring"))).to_have_count(1)
    assert shown not in page.content()
