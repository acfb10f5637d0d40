"""The interactive card, dragged, typed into and shared, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.journey import Story, of, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
PAINTED_MS = 150
# from the event of a drag to the frame after the one in which it was painted
DRAG = """input => new Promise(done => {
  const began = performance.now();
  input.value = Number(input.value) + (Number(input.value) < input.max / 2 ? 7 : -7);
  input.dispatchEvent(new Event('input', { bubbles: true }));
  requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = () => done(performance.now() - began); channel.port2.postMessage(0); });
})"""


def open_card(sign_in: SignIn, story: Story, query: str = "", **how: object) -> Page:
    page = sign_in("viewer", f"/impact_report?project={story.project}{query}", **how)
    expect(of(page, "k-impact-card").locator(".k-x-value").first).to_be_visible()
    settle(page)
    return page


def part(page: Page, name: str) -> Locator:
    return of(page, "k-impact-card").locator(f".k-x-{name}")


def money(page: Page) -> str:
    return part(page, "value").first.inner_text()


def everything(page: Page) -> list[str]:
    people = [part(page, "people").locator("td span").nth(k).inner_text() for k in range(4)]
    words = part(page, "text").all_inner_texts()
    return [money(page), part(page, "value").nth(1).inner_text(), *words, *people, str(part(page, "squares").locator(".k-x-hit").count())]


def test_keyboard_and_mouse_move_money_words_and_people(trained: Story, sign_in: SignIn) -> None:
    page = open_card(sign_in, trained)
    before = everything(page)
    assert before[0].startswith(("¥", "−¥"))
    expect(part(page, "chip").first).to_have_text("Recommended")
    slider = page.get_by_label("Call when the likelihood is at least", exact=True)
    slider.focus()
    slider.press("End")
    expect(part(page, "chip").first).to_contain_text("vs recommended")
    at_end = everything(page)
    assert all(old != new for old, new in zip(before[:2], at_end[:2], strict=True))
    assert int(at_end[-1]) < int(before[-1])
    assert "¥" in (slider.get_attribute("aria-valuetext") or "")
    box = part(page, "chart").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 120)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 120, steps=6)
    page.mouse.up()
    dragged = everything(page)
    assert dragged[:4] != at_end[:4]
    page.get_by_role("button", name="Go to the recommended choice").click()
    expect(part(page, "value").first).to_have_text(before[0])
    assert everything(page) == before


def test_assumptions_follow_and_the_link_keeps_them(trained: Story, sign_in: SignIn) -> None:
    page = open_card(sign_in, trained)
    before = everything(page)
    cases = page.get_by_label("Number of customers", exact=True).first
    cases.fill("2万")
    cases.press("Enter")
    cases.blur()
    expect(part(page, "value").first).not_to_have_text(before[0])
    expect(cases).to_have_value("20,000")
    expect(page.get_by_text("These are your own assumptions")).to_be_visible()
    capacity = page.get_by_label("Most calls a month", exact=True).first
    capacity.fill("10")
    capacity.blur()
    expect(part(page, "chip").nth(1)).to_contain_text("over capacity")
    page.wait_for_url(re.compile(r"explore=\w{6}~.*cases20000.*capacity10"))
    told = everything(page)
    page.reload()
    expect(part(page, "value").first).to_be_visible()
    assert everything(page) == told
    wrong = page.get_by_label("Number of customers", exact=True).first
    wrong.fill("many")
    wrong.blur()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    assert everything(page) == told
    page.get_by_role("button", name="Reset").click()
    expect(part(page, "value").first).to_have_text(before[0])
    page.wait_for_url(lambda url: "explore=" not in url)
    assert everything(page) == before


def test_japanese_amounts_and_a_phone(trained: Story, sign_in: SignIn) -> None:
    page = open_card(sign_in, trained, "", width=390, locale="ja-JP", language="ja")
    assert "円" in money(page)
    before = everything(page)
    part(page, "threshold").focus()
    part(page, "threshold").press("Home")
    expect(part(page, "chip").first).to_contain_text("推奨との差")
    assert everything(page)[0] != before[0]
    chart, slider, value = (part(page, name).first.bounding_box() for name in ("chart", "threshold", "value"))
    assert chart is not None
    assert slider is not None
    assert value is not None
    assert chart["y"] < slider["y"] < value["y"]
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")


def test_a_drag_is_painted_at_once(trained: Story, sign_in: SignIn) -> None:
    page = open_card(sign_in, trained)
    for name in ("threshold", "field input[type=range]"):
        times = [float(part(page, name).first.evaluate(DRAG)) for _ in range(15)]
        assert sorted(times)[len(times) // 2] < PAINTED_MS


def test_the_table_stands_behind_the_curve(trained: Story, sign_in: SignIn) -> None:
    page = open_card(sign_in, trained)
    part(page, "details").first.locator("summary").click()
    rows = part(page, "scroll").locator("tbody tr")
    expect(rows.first).to_be_visible()
    assert rows.count() >= 11
    assert part(page, "chart").get_attribute("aria-label") == part(page, "title").inner_text()
