"""The loop by role, through the pages of a real portal: scientist, approver, viewer, admin."""

from __future__ import annotations

import time

import httpx
import pytest
from playwright.sync_api import expect

from app.demo.accounts import Person
from app.demo.processes import Running
from tests.browser.conftest import SignIn
from tests.browser.journey import Story, of, open_row, press, query, settle, write

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
ROW = {"tenure": 3, "bill": 88.5, "plan": "basic"}
OWN_REQUEST = {"approval-reject", "approval-approve", "approval-deploy"}


def rest(running: Running, person: Person) -> httpx.Client:
    return httpx.Client(base_url=f"{running.portal_url}/api/v1", headers={"Authorization": f"Bearer {person.token}"}, timeout=30)


def test_the_scientist_goes_from_a_question_to_a_request(trained: Story, running: Running, people: dict[str, Person]) -> None:
    assert trained.seen[0] == "live"
    assert "¥" in trained.seen[1]  # the report's headline is money
    assert set(trained.seen) >= OWN_REQUEST  # nobody decides on his or her own request
    with rest(running, people["scientist"]) as client:
        run = client.get(f"/runs/{trained.run}").json()
        assert run["state"] == "succeeded"
        refused = client.post(f"/approvals/{trained.approval}/approve", json={"reason": "mine"})
    assert refused.status_code == 403


def test_the_approver_deploys_and_the_gateway_answers(deployed: Story, running: Running, people: dict[str, Person]) -> None:
    assert "¥" in deployed.seen[-1]
    with rest(running, people["approver"]) as client:
        name = client.get(f"/deployments/{deployed.deployment}").json()["name"]
    until = time.monotonic() + 60
    while True:
        answer = httpx.post(
            f"{running.gateway_url}/v1/models/{name}/predict", json=ROW, headers={"Authorization": f"Bearer {deployed.key}"}, timeout=30
        )
        if answer.status_code == 200 or time.monotonic() > until:
            break
        time.sleep(0.5)
    assert answer.status_code == 200, answer.text
    (told,) = answer.json()["predictions"]
    assert 0 <= told["probability"] <= 1
    assert told["decision"] in {True, False}


def test_the_viewer_goes_from_the_portfolio_to_the_report(deployed: Story, sign_in: SignIn) -> None:
    page = sign_in("viewer", "/portfolio")
    open_row(page, "Customer churn")
    assert query(page, "project") == deployed.project
    expect(of(page, "k-impact-card")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Users")).to_have_count(0)
    page.goto(page.url.split("/impact_report")[0] + "/users")
    settle(page)
    expect(page.get_by_role("button", name="Add a user")).to_have_count(0)
    expect(page.get_by_text("needs the role", exact=False).or_(page.get_by_text("Administrator")).first).to_be_visible()


def test_a_table_offers_no_csv_that_a_spreadsheet_would_run(trained: Story, sign_in: SignIn) -> None:
    page = sign_in("scientist", f"/dataset?version={trained.version}")
    settle(page)
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    table.hover()
    toolbar = page.get_by_test_id("stElementToolbar").last
    expect(toolbar.get_by_role("button", name="Fullscreen")).to_be_visible()
    assert not toolbar.get_by_label("Download as CSV").is_visible()
    expect(page.get_by_role("link", name="Download CSV")).to_be_visible()


def test_the_admin_adds_a_user_reads_the_trail_and_backs_up(deployed: Story, sign_in: SignIn) -> None:
    page = sign_in("admin", "/users")
    press(page, "users-add")
    write(page, "user-name", "Yuki Ito")
    write(page, "user-email", "yuki@kachi.example")
    write(page, "user-password", "four green tea cups")
    press(page, "user-add")
    expect(page.get_by_role("button", name="Yuki Ito").first).to_be_visible()
    page.get_by_role("link", name="Audit trail").click()
    settle(page)
    expect(page.get_by_text("none of them changed", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Aiko Tanaka").first).to_be_visible()
    rows = " ".join(
        page.get_by_role("button").evaluate_all("found => found.map(one => one.getAttribute('aria-label') || one.innerText)")
    ).casefold()
    assert "approv" in rows
    page.get_by_role("link", name="Backups").click()
    settle(page)
    press(page, "k-backup-button")
    expect(page.get_by_text("is done.", exact=False).first).to_be_visible()
