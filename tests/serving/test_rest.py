"""Deployments over REST: each action is the page's own, with the same permission."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from core.api.app import create_api
from core.api.deps import actor as actor_of
from core.api.portal import install
from core.identity import Principal
from core.jobs.schedules import Schedules
from core.workspace import Workspace
from tests.serving.world import Models


class Rest:
    """The API in this process, as anybody."""

    def __init__(self) -> None:
        self.api = create_api()

    def as_(self, person: Principal) -> TestClient:
        self.api.dependency_overrides[actor_of] = lambda: person
        return TestClient(self.api, raise_server_exceptions=False)


@pytest.fixture
def rest(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rest]:
    class Bare:
        def __init__(self) -> None:
            self.ws = ws
            self.schedules = Schedules(ws.store, ws.clock)

    install(Bare())  # type: ignore[arg-type]
    yield Rest()
    install(None)


def test_a_deployments_life_over_rest(rest: Rest, models: Models, approver: Principal, viewer: Principal, admin: Principal) -> None:
    first, second = models.approve(), models.approve(0.05)
    call = rest.as_(approver)
    made = call.post("/deployments", json={"model_version_id": first.id, "reason": "go live"})
    assert (made.status_code, made.json()["champion_number"], made.json()["name"]) == (201, 1, "customer-churn")
    key = made.json()["id"]
    piloted = call.post("/deployments", json={"model_version_id": second.id, "canary_share": 0.1}).json()
    assert (piloted["state"], piloted["canary_number"]) == ("pilot", 2)
    assert call.put(f"/deployments/{key}/canary", json={"share": 0.4}).json()["canary_share"] == 0.4
    stale = call.post(f"/deployments/{key}/abort", json={"generation": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    assert call.post(f"/deployments/{key}/promote", json={"reason": "better"}).json()["champion_number"] == 2
    assert call.post(f"/deployments/{key}/rollback", json={"reason": "worse"}).json()["champion_number"] == 1
    assert call.put(f"/deployments/{key}/durability", json={"flush_ms": 0}).json()["flush_ms"] == 0
    assert call.post(f"/deployments/{key}/stop", json={}).json()["state"] == "stopped"
    kinds = [m["kind"] for m in call.get(f"/deployments/{key}/timeline").json()]
    assert kinds == ["stop", "settings", "roll_back", "promote", "canary_share", "canary_start", "deploy"]
    call = rest.as_(viewer)
    assert [d["id"] for d in call.get("/deployments").json()["items"]] == [key]
    assert call.get("/deployments/customer-churn").json()["id"] == key
    assert call.get(f"/deployments/{key}/status").json()["reachable"] is False
    assert "curl" in call.get(f"/deployments/{key}/example").json()["curl"]
    assert call.post(f"/deployments/{key}/stop", json={}).status_code == 403


def test_keys_and_grants_are_told_once_and_never_stored(rest: Rest, models: Models, approver: Principal, admin: Principal) -> None:
    key = rest.as_(approver).post("/deployments", json={"model_version_id": models.approve().id}).json()["id"]
    call = rest.as_(approver)
    issued = call.post(f"/deployments/{key}/keys", json={"name": "CRM"})
    assert issued.status_code == 201
    assert issued.headers["cache-control"] == "no-store"
    (listed,) = call.get(f"/deployments/{key}/keys").json()
    assert issued.json()["secret"] not in str(listed)
    assert call.delete(f"/deployments/{key}/keys/{listed['id']}").json()["revoked_at"] is not None
    assert call.post(f"/deployments/{key}/replay-grants", json={}).status_code == 403
    granted = rest.as_(admin).post(f"/deployments/{key}/replay-grants", json={"minutes": 5})
    assert (granted.status_code, granted.json()["deployment"]) == (201, "customer-churn")


def test_approve_and_deploy_over_rest(rest: Rest, models: Models, approver: Principal, scientist: Principal) -> None:
    approval_id = models.request()
    assert rest.as_(scientist).post("/deployments/approve-and-deploy", json={"approval_id": approval_id}).status_code == 403
    made = rest.as_(approver).post("/deployments/approve-and-deploy", json={"approval_id": approval_id, "reason": "right"})
    assert (made.status_code, made.json()["champion_number"]) == (201, 1)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/deployments", {"model_version_id": "nothing"}, 404),
        ("/deployments", {"model_version_id": "x", "canary_share": 2}, 422),
        ("/deployments", {"model_version_id": "x", "typo": 1}, 422),
        ("/deployments/nothing/promote", {}, 404),
        ("/deployments/nothing/keys", {"name": "x"}, 404),
        ("/deployments/approve-and-deploy", {"approval_id": "nothing"}, 404),
    ],
)
def test_bad_requests_are_told(rest: Rest, approver: Principal, path: str, body: dict[str, object], status: int) -> None:
    answer = rest.as_(approver).post(path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
