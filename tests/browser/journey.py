"""The loop from a question to a deployment, done with mouse and keyboard as people do it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
from playwright.sync_api import Locator, Page, expect

RUN_S = 240
expect.set_options(timeout=60_000)
NOUNS = {"one": "customer", "many": "customers", "does": "would leave", "not": "would have stayed", "act": "call", "acts": "calls"}


@dataclass(frozen=True)
class Story:
    """What was made on the way, and what was seen."""

    project: str
    version: str
    run: str
    model: str
    approval: str
    seen: tuple[str, ...]
    deployment: str = ""
    key: str = ""


def churn_csv(rows: int = 600, seed: int = 0) -> bytes:
    """Customers who leave the sooner the shorter they stay and the more they pay."""
    rng = np.random.default_rng(seed)
    tenure, bill = rng.integers(1, 72, rows), rng.normal(60, 15, rows).round(2)
    plan = rng.choice(["basic", "plus", "pro"], rows)
    chance = 1 / (1 + np.exp((tenure - 30) / 4 - (bill - 60) / 10 - (plan == "basic")))
    table = pd.DataFrame({"tenure": tenure, "bill": bill, "plan": plan, "churn": np.where(rng.random(rows) < chance, "yes", "no")})
    return table.to_csv(index=False).encode()


def settle(page: Page) -> None:
    """Wait until the page's script has run to its end."""
    page.wait_for_timeout(250)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def of(page: Page, key: str) -> Locator:
    """The widget of a key, which in a dialog also carries a number once one was closed."""
    plain = page.locator(f".st-key-{key}")
    numbered = page.locator(f"[class*='st-key-{key}-']").and_(page.get_by_role("dialog").locator("div"))
    return plain.or_(numbered)


def press(page: Page, key: str) -> None:
    """Click the button of a key."""
    button = of(page, key).get_by_role("button")
    expect(button).to_be_enabled()
    button.click()
    settle(page)


def write(page: Page, key: str, text: str) -> None:
    """Write into the line of a key, and leave it."""
    line = of(page, key).locator("input, textarea")
    line.fill(text)
    line.blur()
    settle(page)


def open_row(page: Page, text: str) -> None:
    """Click the row that speaks of something."""
    page.get_by_role("button", name=re.compile(text)).first.click()
    settle(page)


def query(page: Page, name: str) -> str:
    """A parameter of the address, as soon as it stands there."""
    page.wait_for_url(re.compile(rf"[?&]{name}="))
    return parse_qs(urlsplit(page.url).query)[name][0]


def build(page: Page) -> Story:
    """The data scientist's part.

    Args:
        page: the list of projects, signed in as a data scientist.
    """
    seen: list[str] = []
    project = _create_project(page)
    version = _bring_data(page, project)
    run = _train(page, project, seen)
    _read_report(page, seen)
    model = _register(page, project, run)
    press(page, "model-request")
    write(page, "request-note", "Ready for the autumn campaign")
    press(page, "request-go")
    approval = query(page, "approval")
    expect(of(page, "approval-withdraw").get_by_role("button")).to_be_enabled()
    blocked = [
        key for key in ("approval-reject", "approval-approve", "approval-deploy") if of(page, key).get_by_role("button").is_disabled()
    ]
    return Story(project, version, run, model, approval, (*seen, *blocked))


def _create_project(page: Page) -> str:
    press(page, "k-projects-button")
    write(page, "new-name", "Customer churn")
    write(page, "new-question", "Which customers should we call before they leave?")
    for key, word in NOUNS.items():
        write(page, f"new-{key}", word)
    write(page, "new-cases", "10,000")
    write(page, "new-tp", "90")
    write(page, "new-fp", "-60")
    press(page, "new-create")
    project = query(page, "project")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which customers should we call")
    return project


def _bring_data(page: Page, project: str) -> str:
    page.get_by_role("link", name="Data").last.click()
    press(page, "k-data-button")
    of(page, "data-file").locator("input[type=file]").set_input_files(
        [{"name": "customers.csv", "mimeType": "text/csv", "buffer": churn_csv()}]
    )
    expect(of(page, "data-bring").get_by_role("button")).to_be_enabled()
    press(page, "data-bring")
    query(page, "version")
    settle(page)
    press(page, "declare")
    expect(page.get_by_text("Declared. This data can be trained on now.")).to_be_visible()
    return query(page, "version")


def _train(page: Page, project: str, seen: list[str]) -> str:
    page.get_by_role("link", name="Train on it").click()
    press(page, "k-runs-button")
    write(page, "run-name", "First try")
    of(page, "run-time").get_by_text("Other").click()
    settle(page)
    write(page, "run-seconds", "30")
    page.get_by_text("More settings").click()
    _only_families(page, ("LightGBM", "Linear model"))
    press(page, "run-start")
    run = query(page, "run")
    expect(page.get_by_role("progressbar").first).to_be_visible()
    seen.append("live")
    expect(of(page, "run-register").get_by_role("button")).to_be_visible(timeout=RUN_S * 1000)  # without any click of ours
    settle(page)
    return run


def _only_families(page: Page, kept: tuple[str, ...]) -> None:
    chosen = of(page, "run-families").locator("[data-tag]")
    for name in chosen.all_inner_texts():
        if not any(word in name for word in kept):
            chosen.get_by_role("button", name=f"Remove {name}", exact=True).click()
            settle(page)
    expect(chosen).to_have_text(list(kept))


def _read_report(page: Page, seen: list[str]) -> None:
    page.get_by_test_id("stMain").get_by_role("link", name="Impact report").click()
    query(page, "run")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(of(page, "k-impact-card")).to_be_visible()
    settle(page)
    seen.append(page.get_by_role("heading", level=1).inner_text())
    page.go_back()
    settle(page)


def _register(page: Page, project: str, run: str) -> str:
    press(page, "run-register")
    press(page, "register-go")
    return query(page, "model")


def approve(page: Page, story: Story) -> Story:
    """The approver's part.

    Args:
        page: the inbox, signed in as an approver.
    """
    expect(page.get_by_text("1 of them waits for you.").or_(page.get_by_text("1 request waits for a decision")).first).to_be_visible()
    open_row(page, "Customer churn v1")
    assert query(page, "approval") == story.approval
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settle(page)
    evidence = page.get_by_test_id("stMain").inner_text()
    press(page, "approval-deploy")
    expect(of(page, "k-confirm-go")).to_be_visible()  # on a busy machine the dialog comes after the page's script has ended
    reason = of(page, "k-confirm-reason").locator("textarea")
    if reason.count():
        reason.fill("Earns more than calling everybody")
        reason.blur()
        settle(page)
    press(page, "k-confirm-go")
    expect(page.get_by_text("is approved and deployed.").first).to_be_visible()
    page.get_by_role("link", name="Deployments").first.click()
    settle(page)
    open_row(page, "Customer churn|customer-churn")
    deployment = query(page, "deployment")
    press(page, "k-issue")
    write(page, "k-key-name", "CRM system")
    press(page, "k-key-go")
    secret = page.get_by_role("dialog").locator("code").inner_text().strip()
    return replace(story, deployment=deployment, key=secret, seen=(*story.seen, evidence))
