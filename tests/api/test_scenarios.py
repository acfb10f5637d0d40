"""Scenarios over REST: saved by those who may, evaluated for those who may read value."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.impact import scenario_service
from core.impact.source import runs as run_source
from tests.api.conftest import Caller
from tests.api.test_impact import run_id, runs

__all__ = ["run_id", "runs"]
WORSE = {
    "name": "Bad winter",
    "overrides": [{"assumption": "tp", "value": "9000.50"}, {"assumption": "cases", "value": 0.5, "relative": True}],
}


@pytest.fixture
def project_id(portal: Portal, run_id: str) -> str:
    return run_source().find(portal.ws, run_id).project_id


def test_saving_listing_changing_deleting(project_id: str, call_as: Caller) -> None:
    path = f"/projects/{project_id}/scenarios"
    scientist, viewer = call_as(Role.SCIENTIST), call_as(Role.VIEWER)
    made = scientist.post(path, json=WORSE)
    assert made.status_code == 201
    body = made.json()
    assert body["overrides"] == [
        {"assumption": "tp", "value": "9000.50", "relative": False},
        {"assumption": "cases", "value": "0.5", "relative": True},
    ]
    assert [s["id"] for s in viewer.get(path).json()] == [body["id"]]
    assert scientist.post(path, json=WORSE).status_code == 409
    renamed = scientist.put(f"{path}/{body['id']}", json=WORSE | {"name": "Worse"})
    assert renamed.json()["name"] == "Worse"
    assert scientist.delete(f"{path}/{body['id']}").status_code == 204
    assert viewer.get(path).json() == []
    assert scientist.delete(f"{path}/{body['id']}").status_code == 404


def test_who_may(project_id: str, run_id: str, call_as: Caller) -> None:
    path = f"/projects/{project_id}/scenarios"
    assert call_as(Role.VIEWER).post(path, json=WORSE).status_code == 403
    assert call_as(Role.APPROVER).put(f"{path}/x", json=WORSE).status_code == 403
    assert call_as().get(path).status_code == 401
    assert call_as().get(f"/runs/{run_id}/scenarios").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "overrides": []},
        {"name": "", "overrides": WORSE["overrides"]},
        {"name": "x", "overrides": [{"assumption": "luck", "value": 1}]},
        {"name": "x", "overrides": [{"assumption": "tp", "value": "many"}]},
        {"name": "x", "overrides": [{"assumption": "tp", "value": "NaN"}]},
        {"name": "x", "overrides": [{"assumption": "tp", "value": 1}, {"assumption": "tp", "value": 2}]},
        {"name": "x", "overrides": [{"assumption": "capacity", "value": -5}]},
        {"name": "x", "overrides": [{"assumption": "prevalence", "value": "1e400"}]},
        {"name": "x", "overrides": [{"assumption": "tp", "value": 1, "colour": "red"}]},
    ],
)
def test_bad_scenarios_are_refused(project_id: str, call_as: Caller, body: dict[str, object]) -> None:
    answer = call_as(Role.SCIENTIST).post(f"/projects/{project_id}/scenarios", json=body)
    assert answer.status_code == 422, answer.text


def test_evaluation_is_what_the_service_says(portal: Portal, project_id: str, run_id: str, call_as: Caller) -> None:
    call_as(Role.SCIENTIST).post(f"/projects/{project_id}/scenarios", json=WORSE)
    answer = call_as(Role.VIEWER).get(f"/runs/{run_id}/scenarios")
    assert answer.status_code == 200
    body, table = answer.json(), scenario_service.evaluate_scenarios(portal.ws, SYSTEM, run_id)
    assert [r["name"] for r in body["results"]] == ["", "Bad winter"]
    assert [Decimal(r["held"]["gain"]["low"]) for r in body["results"]] == [r.held.gain.low for r in table.results]
    assert Decimal(body["results"][1]["case"]["npv"]["value"]) == table.results[1].case.npv.value
    assert [s["assumption"] for s in body["tornado"]] == [s.assumption for s in table.tornado]
    tried = call_as(Role.VIEWER).post(f"/runs/{run_id}/scenarios/try", json=WORSE)
    assert tried.json() == body["results"][1]
    assert call_as(Role.VIEWER).get(f"/runs/{run_id}/scenarios", params={"value_model_id": "none"}).status_code == 404
