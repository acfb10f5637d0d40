"""Somebody from the business builds a churn model whose value differs from customer to customer, and sees it on real rows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.demo.accounts import Person
from app.demo.processes import Running
from tests.browser.conftest import SignIn
from tests.browser.journey import NOUNS, churn_csv, of, open_row, press, query, settle, write
from tests.browser.test_journeys import rest

STEP = re.compile(r"Step \d of \d")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def go_on(page: Page) -> None:
    """On to the builder's next step, and wait until it is there: on a busy machine a second click may come before the first is heard."""
    at = int(page.get_by_text(STEP).inner_text().split()[1])
    press(page, "vm-next")
    expect(page.get_by_text(f"Step {at + 1} of ")).to_be_visible()


def create_project(page: Page, name: str) -> str:
    """A project in the words of a usual case; on to its value model."""
    of(page, "k-projects-button").or_(of(page, "projects-new")).get_by_role("button").first.click()
    settle(page)
    write(page, "new-name", name)
    write(page, "new-question", "Which customers should we call before they leave?")
    of(page, "new-template-binary").locator("input").click()
    page.get_by_role("option", name="Keep customers who may leave").click()
    settle(page)
    write(page, "new-cases", "10,000")
    expect(of(page, "new-churn-one").locator("input")).to_have_value(NOUNS["one"])
    press(page, "new-build")
    return query(page, "project")


def test_the_business_proposes_and_the_scientist_takes_over(sign_in: SignIn, running: Running, people: dict[str, Person]) -> None:
    project = create_project(sign_in("scientist", "/projects"), "Keep them longer")
    with rest(running, people["scientist"]) as client:
        first = {"currency": "EUR", "period": "month", "cases_per_period": 500, "payoff": {"tp": 80, "fp": -50, "fn": 0, "tn": 0}}
        made = client.post(f"/projects/{project}/value-models", json=first | {"currency_change": True, "note": "Counted in euro"})
        assert made.status_code == 201, made.text
        version = made.json()["version"]
    page = sign_in("viewer", f"/project?project={project}")
    expect(of(page, "project-value").get_by_role("button")).to_have_text("Propose other assumptions")
    press(page, "project-value")
    write(page, "vm-cases-per-period", "750")
    for _ in range(4):
        go_on(page)
    of(page, "vm-note").locator("textarea").fill("The campaign has grown")
    press(page, "vm-propose")  # the note is still being typed in: it counts all the same
    expect(page.get_by_text("Your proposal is with the team.")).to_be_visible()
    expect(page.get_by_text("You propose another value model")).to_be_visible()
    scientist = sign_in("scientist", f"/project?project={project}")
    open_row(scientist, "1 proposal by")
    card = scientist.locator("[class*='st-key-k-proposal-']").first
    expect(card).to_contain_text("“The campaign has grown”")
    expect(card.locator("table")).to_contain_text("Cases per month")
    card.get_by_role("button", name="Take over").click()
    settle(scientist)
    expect(
        scientist.get_by_text(f"Version {version + 1} of the value model is saved, as {people['viewer'].name} proposed.")
    ).to_be_visible()
    expect(scientist.locator("[class*='st-key-k-proposal-']")).to_have_count(0)
    page.goto(f"{running.portal_url}/value_model?project={project}")
    expect(page.get_by_text(f"taken over by {people['scientist'].name} as version {version + 1}.")).to_be_visible()
    with rest(running, people["viewer"]) as client:
        newest = client.get(f"/projects/{project}/value-models").json()[0]
    assert (newest["version"], newest["cases_per_period"], newest["note"]) == (version + 1, 750, "The campaign has grown")
    assert newest["proposed_by"] not in {None, newest["created_by"]}


def bring_data(running: Running, person: Person, project: str) -> None:
    with rest(running, person) as client:
        made = client.post("/datasets", data={"project_id": project}, files={"file": ("customers.csv", churn_csv(300))})
        assert made.status_code == 201, made.text


def test_a_churn_model_with_a_value_for_each_customer(sign_in: SignIn, running: Running, people: dict[str, Person]) -> None:
    page = sign_in("scientist", "/projects")
    project = create_project(page, "Keep our customers")
    bring_data(running, people["scientist"], project)
    page.goto(f"{running.portal_url}/value_model?project={project}&template=churn")
    page.wait_for_selector("h1")
    settle(page)
    expect(page.get_by_text("An example")).to_be_visible()
    go_on(page)
    of(page, "vm-answers-basis").get_by_text("A sum a month").click()
    settle(page)
    of(page, "vm-way-monthly").get_by_text("A column").click()
    settle(page)
    of(page, "vm-column-monthly").locator("input").click()
    page.get_by_role("option", name="bill").click()
    settle(page)
    write(page, "vm-answers-offer", "40")
    go_on(page)
    formula = of(page, "vm-payoff-tp").locator("input")
    expect(formula).to_have_value("0.3 * (12 * 0.5 * bill - 40) - 100")
    expect(page.locator("table.k-tried tbody tr")).to_have_count(8)
    formula.press("End")
    formula.type(" - wages")  # no blur: it is tried while it is typed
    expect(page.get_by_text("reads the column 'wages', which the data doesn't have")).to_be_visible()
    formula.fill("0.3 * (12 * bill - 40) - 10")
    expect(page.get_by_text("depending on the case")).to_be_visible()
    go_on(page)
    write(page, "vm-limits-capacity", "800")
    go_on(page)
    expect(page.get_by_text("Step 5 of 6")).to_be_visible()
    go_on(page)
    expect(page.get_by_text("At most 800 calls a month.")).to_be_visible()
    write(page, "vm-note", "Agreed with sales")
    press(page, "vm-save")
    expect(page.get_by_text("Version 2 of the value model is saved.")).to_be_visible()
    with rest(running, people["viewer"]) as client:
        newest = client.get(f"/projects/{project}/value-models").json()[0]
    assert (newest["version"], newest["note"], newest["limits"]["capacity"]) == (2, "Agreed with sales", 800)
    assert newest["payoff"]["tp"] == "=0.3 * (12 * bill - 40) - 10"
