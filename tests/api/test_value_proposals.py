"""Proposed value models over REST: made by readers, decided by scientists, paged, never twice."""

from __future__ import annotations

from typing import Any

import pytest

from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.impact.source import runs as run_source
from core.project import service as projects
from tests.api.conftest import Caller
from tests.api.test_impact import run_id, runs
from tests.api.test_projects import BODY

__all__ = ["run_id", "runs"]
PROPOSED: dict[str, Any] = {**BODY["value"], "cases_per_period": 9000, "note": "We grew"}  # type: ignore[dict-item]


@pytest.fixture
def path(call_as: Caller) -> str:
    project = call_as(Role.SCIENTIST).post("/projects", json=BODY).json()["id"]
    return f"/projects/{project}/value-model-proposals"


def test_a_viewer_proposes_and_a_scientist_takes_over(path: str, call_as: Caller) -> None:
    viewer, scientist = call_as(Role.VIEWER), call_as(Role.SCIENTIST)
    made = viewer.post(path, json=PROPOSED)
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["state"], body["seen_version"], body["value_model"]["cases_per_period"], body["decision"]) == ("open", 1, 9000, None)
    told = viewer.get(f"{path}/{body['id']}", params={"language": "en"}).json()
    assert [(c["before"], c["after"]) for c in told["changes"]] == [("7,000", "9,000")]
    assert "9,000 customers a month are decided on." in told["says"]
    assert viewer.get(f"{path}/{body['id']}/effect").json() == []  # nothing is trained yet
    assert viewer.post(f"{path}/{body['id']}/take", json={}).status_code == 403
    taken = scientist.post(f"{path}/{body['id']}/take", json={})
    assert taken.status_code == 201, taken.text
    assert (taken.json()["version"], taken.json()["proposed_by"]) == (2, body["proposed_by"])
    again = scientist.post(f"{path}/{body['id']}/take", json={})
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert "taken this proposal over already" in again.json()["detail"]
    assert viewer.get(f"{path}/{body['id']}").json()["decision"]["value_model_version"] == 2


def test_declining_and_withdrawing(path: str, call_as: Caller) -> None:
    viewer, scientist = call_as(Role.VIEWER), call_as(Role.SCIENTIST)
    first, second = (viewer.post(path, json={**PROPOSED, "cases_per_period": cases}).json()["id"] for cases in (8000, 9000))
    assert scientist.post(f"{path}/{first}/decline", json={"reason": " "}).status_code == 422
    declined = scientist.post(f"{path}/{first}/decline", json={"reason": "Last year's figures"})
    assert (declined.json()["state"], declined.json()["decision"]["reason"]) == ("declined", "Last year's figures")
    assert scientist.post(f"{path}/{second}/withdraw").status_code == 403
    assert viewer.post(f"{path}/{second}/withdraw").json()["state"] == "withdrawn"


def test_lists_are_paged_and_filtered(path: str, call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    made = [viewer.post(path, json={**PROPOSED, "cases_per_period": 8000 + i}).json()["id"] for i in range(3)]
    page = viewer.get(path, params={"limit": 2}).json()
    assert [p["id"] for p in page["items"]] == made[:0:-1]
    assert [p["id"] for p in viewer.get(path, params={"limit": 2, "before": page["next"]}).json()["items"]] == made[:1]
    viewer.post(f"{path}/{made[1]}/withdraw")
    assert [p["id"] for p in viewer.get(path, params={"state": "open"}).json()["items"]] == [made[2], made[0]]
    assert call_as().get(path).status_code == 401


def test_a_key_makes_one_proposal(path: str, call_as: Caller) -> None:
    answers = [call_as(Role.VIEWER).post(path, json=PROPOSED, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert len(call_as(Role.VIEWER).get(path).json()["items"]) == 1


def test_what_came_since_must_be_named(path: str, call_as: Caller) -> None:
    scientist = call_as(Role.SCIENTIST)
    made = call_as(Role.VIEWER).post(path, json=PROPOSED).json()["id"]
    models = path.removesuffix("-proposals") + "s"
    newer = scientist.post(models, json={**PROPOSED, "cases_per_period": 5000}).json()["id"]
    refused = scientist.post(f"{path}/{made}/take", json={})
    assert (refused.status_code, "Version 2" in refused.json()["detail"]) == (409, True)
    assert scientist.post(f"{path}/{made}/take", json={"newest_seen": newer}).json()["version"] == 3


@pytest.mark.parametrize(
    "change",
    [{"currency": "XXX"}, {"cases_per_period": 0}, {"note": ""}, {"payoff": {"tp": "a +", "fp": 1, "fn": 0, "tn": 0}}, {"odd": 1}],
)
def test_what_cannot_be_is_refused(path: str, call_as: Caller, change: dict[str, Any]) -> None:
    assert call_as(Role.VIEWER).post(path, json={**PROPOSED, **change}).status_code == 422


def test_another_projects_proposal_is_not_there(path: str, call_as: Caller) -> None:
    made = call_as(Role.VIEWER).post(path, json=PROPOSED).json()["id"]
    other = call_as(Role.SCIENTIST).post("/projects", json={**BODY, "name": "Another"}).json()["id"]
    assert call_as(Role.VIEWER).get(f"/projects/{other}/value-model-proposals/{made}").status_code == 404


def test_assumptions_of_a_run_are_proposed_and_their_effect_is_told(portal: Portal, run_id: str, call_as: Caller) -> None:
    viewer, project = call_as(Role.VIEWER), run_source().find(portal.ws, run_id).project_id
    body = {"name": "x", "overrides": [{"assumption": "fp", "value": "0.5", "relative": True}], "note": "Calls are cheaper"}
    made = viewer.post(f"/runs/{run_id}/scenarios/propose", json=body)
    assert made.status_code == 201, made.text
    payoff = made.json()["value_model"]["payoff"]
    assert (payoff["tp"], payoff["fp"]) == ("12000.00", "-750.00")
    before, after = (
        viewer.get(f"/runs/{run_id}/scenarios").json()["results"][0],
        viewer.post(f"/runs/{run_id}/scenarios/try", json={k: body[k] for k in ("name", "overrides")}).json(),
    )
    said = viewer.get(f"/projects/{project}/value-model-proposals/{made.json()['id']}/effect", params={"language": "en"}).json()
    assert len(said) == 2
    assert "As proposed, run 2 would be worth ¥" in said[0]
    assert "By version 1 it is worth ¥" in said[1]
    assert float(after["adapted"]["value"]["value"]) > float(before["held"]["value"]["value"])
    taken = call_as(Role.SCIENTIST).post(f"/projects/{project}/value-model-proposals/{made.json()['id']}/take", json={})
    newest = projects.list_value_models(portal.ws, SYSTEM, project)[0]
    assert (taken.json()["id"], newest.matrix.fp) == (newest.id, newest.matrix.fp.__class__("-750.00"))
    under = viewer.get(f"/runs/{run_id}/scenarios").json()["results"][0]
    assert under["held"]["value"] == after["adapted"]["value"]  # what whoever knew it beforehand would get
