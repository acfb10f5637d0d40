"""The menu that takes a report out of the portal, in a real browser: files arrive whole, in either language, and are known by their hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.demo.processes import Running
from tests.browser.conftest import SignIn
from tests.browser.journey import Story, of, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
BEGINS = {"pdf": b"%PDF-1.7", "pptx": b"PK", "xlsx": b"PK", "html": b"<!doctype html>", "json": b'{"seal":'}


def open_menu(sign_in: SignIn, role: str, query: str, **how: object) -> Page:
    page = sign_in(role, f"/impact_report?{query}", **how)
    expect(of(page, "k-impact-card").locator(".k-x-value").first).to_be_visible()
    settle(page)
    show_menu(page)
    return page


def show_menu(page: Page) -> None:
    if not of(page, "export-pdf").is_visible():
        page.locator("[data-testid=stPopover] button").first.click()
    expect(of(page, "export-pdf")).to_be_visible()


def take(page: Page, form: str) -> bytes:
    with page.expect_download(timeout=180_000) as download:
        of(page, f"export-{form}").locator("button").click()
    return Path(download.value.path()).read_bytes()


def test_a_viewer_takes_the_signed_report_in_every_format(trained: Story, sign_in: SignIn, running: Running, shots: Path) -> None:
    page = open_menu(sign_in, "viewer", f"project={trained.project}")
    page.screenshot(path=shots / "export-menu.png")
    for form, begins in BEGINS.items():
        data = take(page, form)
        assert data.startswith(begins), form
        known = page.request.get(f"{running.portal_url}/api/v1/impact-exports/{hashlib.sha256(data).hexdigest()}")
        assert [found["format"] for found in known.json()] == [form]
    of(page, "export-language").get_by_text("日本語", exact=True).click()
    settle(page)
    assert "効果レポート" in take(page, "html").decode()


def test_a_scientist_freezes_what_was_a_draft(trained: Story, sign_in: SignIn) -> None:
    page = open_menu(sign_in, "scientist", f"run={trained.run}")
    assert "Draft: not frozen, not signed" in take(page, "html").decode()
    of(page, "export-freeze").locator("button").click()
    page.wait_for_url("**report=*")
    settle(page)
    show_menu(page)
    expect(page.get_by_text("Frozen and signed", exact=False).first).to_be_visible()
    assert take(page, "json").startswith(b'{"seal":')


def test_why_a_file_could_not_be_made_is_said_in_the_readers_words(trained: Story, sign_in: SignIn, running: Running) -> None:
    page = open_menu(sign_in, "viewer", f"run={trained.run}", language="ja")
    cache = running.settings.home / "cache" / "exports"
    aside = cache.with_name("exports-aside")
    if cache.exists():
        cache.rename(aside)
    else:
        cache.parent.mkdir(exist_ok=True)
    cache.write_text("in the way of the folder")
    try:
        of(page, "export-xlsx").locator("button").click()
        expect(page.get_by_text("ファイルを作成できませんでした", exact=False)).to_be_visible()
    finally:
        cache.unlink()
        if aside.exists():
            aside.rename(cache)
    assert take(page, "xlsx").startswith(b"PK")
