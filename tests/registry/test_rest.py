"""Models, approvals, lineage and policies over REST: the same functions, the same permissions, problems for what can't be."""

# ruff: noqa: F811

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.api.portal import Portal
from core.identity import Principal, Role
from core.impact import source as impact_source
from core.monitoring import catalogue
from core.monitoring.catalogue import Live, LiveState
from core.registry import source
from tests.api.conftest import Caller, call_as, portal  # noqa: F401
from tests.registry.world import World, make_frame, new_project


@pytest.fixture
def rest_world(portal: Portal, tmp_path: Path, scientist: Principal, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(portal.ws, tmp_path)
    for name in ("trained_run", "data_facts", "feature_rows"):
        monkeypatch.setattr(source, name, getattr(made, name))
    before = impact_source._source
    impact_source.use_runs(made)
    yield made
    impact_source.use_runs(before)


def test_a_contract_is_proposed_signed_and_approved(
    call_as: Caller, portal: Portal, rest_world: World, scientist: Principal
) -> None:  # fmt: skip
    project = new_project(portal.ws, scientist)
    author, judge, reader = call_as(Role.SCIENTIST), call_as(Role.APPROVER), call_as(Role.VIEWER)
    version = author.post("/models/versions", json={"run_id": rest_world.add(project.id, make_frame(2_000))}).json()
    asked = author.post("/approvals", json={"model_version_id": version["id"]}).json()
    judge.post(f"/approvals/{asked['id']}/approve", json={"reason": "fine"})
    (first,) = reader.get("/contracts", params={"state": "in_force", "model_id": version["model_id"]}).json()["items"]
    assert (first["number"], first["terms"]["payoff"]["fp"], [s["party"] for s in first["signatures"]]) == (1, "-1500.00", ["approver"])
    payoff = {"tp": "12000", "fp": "-2500", "fn": "0", "tn": "0"}
    value = {"currency": "JPY", "period": "month", "cases_per_period": 10_000, "payoff": payoff}
    model = author.post(f"/projects/{project.id}/value-models", json=value).json()
    body = {"model_version_id": version["id"], "value_model_id": model["id"], "reason": "dearer calls"}
    assert reader.post("/contracts", json=body).status_code == 403
    assert author.post("/contracts", json={**body, "reason": ""}).status_code == 422
    proposed = author.post("/contracts", json=body)
    assert proposed.status_code == 201, proposed.text
    key = proposed.json()["id"]
    (waiting,) = judge.get("/approvals", params={"state": "open", "kind": "contract"}).json()["items"]
    assert waiting["id"] == proposed.json()["approval_id"]
    evidence = judge.get(f"/approvals/{waiting['id']}/evidence").json()
    assert (evidence["before"]["payoff"]["fp"], evidence["after"]["payoff"]["fp"]) == ("-1500.00", "-2500.00")
    assert judge.post(f"/approvals/{waiting['id']}/approve", json={"reason": "ok"}).status_code == 409
    assert author.post(f"/contracts/{key}/sign", json={}).status_code == 403
    assert len(reader.post(f"/contracts/{key}/sign", json={"note": "agreed"}).json()["signatures"]) == 1
    assert judge.post(f"/approvals/{waiting['id']}/approve", json={"reason": "ok", "deploy": True}).status_code == 422
    assert judge.post(f"/approvals/{waiting['id']}/approve", json={"reason": "ok"}).json()["approval"]["state"] == "approved"
    assert [c["state"] for c in reader.get("/contracts", params={"project_id": project.id}).json()["items"]] == ["in_force", "superseded"]
    document = reader.get(f"/contracts/{key}/document").json()
    assert [(s["party"], s["holds"]) for s in document["signatures"]] == [("business", True), ("approver", True)]
    assert reader.get("/contracts/none").status_code == 404


def test_register_request_approve(call_as: Caller, portal: Portal, rest_world: World, scientist: Principal) -> None:
    run = rest_world.add(new_project(portal.ws, scientist).id, make_frame(2_000))
    author, judge, reader = call_as(Role.SCIENTIST), call_as(Role.APPROVER), call_as(Role.VIEWER)
    made = author.post("/models/versions", json={"run_id": run, "note": "first"})
    assert made.status_code == 201, made.text
    version = made.json()
    assert (version["number"], version["state"], version["payoff"]["fp"]) == (1, "registered", "-1500.00")
    assert author.post("/models/versions", json={"run_id": run}).status_code == 409
    asked = author.post("/approvals", json={"model_version_id": version["id"], "note": "please"})
    assert asked.status_code == 201, asked.text
    key = asked.json()["id"]
    assert [a["id"] for a in reader.get("/approvals", params={"state": "open"}).json()["items"]] == [key]
    assert reader.get(f"/approvals/{key}/evidence").json()["version"]["number"] == 1
    assert reader.post(f"/approvals/{key}/approve", json={}).status_code == 403
    assert author.post(f"/approvals/{key}/approve", json={}).status_code == 403
    assert judge.post(f"/approvals/{key}/reject", json={"reason": ""}).status_code == 422
    assert judge.get(f"/approvals/{key}/certificate").status_code == 409
    decided = judge.post(f"/approvals/{key}/approve", json={"reason": "fine"}).json()
    assert (decided["approval"]["state"], decided["deployment_id"]) == ("approved", None)
    again = judge.post(f"/approvals/{key}/reject", json={"reason": "no"})
    assert again.status_code == 409
    assert "has approved this request already" in again.json()["detail"]
    assert judge.get(f"/approvals/{key}/certificate").json()["signature"]
    assert reader.get("/models/versions", params={"state": "approved"}).json()["items"][0]["id"] == version["id"]
    graph = judge.get(f"/lineage/model_version/{version['id']}", params={"direction": "ancestors", "depth": 3}).json()
    assert {"run", "impact_report", "model_version"} <= {n["kind"] for n in graph["nodes"]}
    assert judge.get(f"/models/{version['model_id']}/champions").json() == []
    retired = judge.post(f"/models/versions/{version['id']}/retire", json={"reason": "old"})
    assert retired.json()["state"] == "retired"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/models/none", None, 404),
        ("get", "/models/versions/none", None, 404),
        ("get", "/models/none/versions", None, 404),
        ("get", "/models/none/champions?moment=2026-01-01T00:00:00Z", None, 404),
        ("get", "/approvals/none", None, 404),
        ("get", "/approvals/none/evidence", None, 404),
        ("post", "/approvals", {"model_version_id": "none"}, 404),
        ("post", "/models/versions", {"run_id": "none"}, 404),
        ("post", "/models/versions", {"run_id": "none", "threshold": 2}, 422),
        ("post", "/models/versions", {"surprise": 1}, 422),
        ("get", "/lineage/nonsense/x", None, 422),
        ("get", "/lineage/run/x?depth=99", None, 422),
        ("get", "/policies/none", None, 404),
        ("put", "/policies/none", {}, 404),
        ("put", "/policies/none", {"min_new_labelled": 1}, 422),
        ("put", "/policies/none", {"cron": "x"}, 422),
        ("post", "/policies/none/run", None, 404),
        ("get", "/approvals?state=nonsense", None, 422),
    ],
)
def test_bad_requests_are_problems(call_as: Caller, method: str, path: str, body: dict[str, object] | None, status: int) -> None:
    client = call_as(Role.SCIENTIST)
    answer = client.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/models", "/approvals", "/policies", "/lineage/run/x"])
def test_nobody_sees_nothing(call_as: Caller, path: str) -> None:
    assert call_as().get(path).status_code == 401


def test_a_policy_over_rest(call_as: Caller, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live("dep-1", "churn", "project-1", LiveState.LIVE, "", 0, 0.0, portal.ws.clock())
    monkeypatch.setattr(catalogue, "list_live", lambda ws: [live])
    client = call_as(Role.SCIENTIST)
    assert client.get("/policies/churn").json()["policy"] is None
    put = client.put("/policies/churn", json={"cooldown_hours": 2.5})
    assert put.status_code == 200, put.text
    listed = client.get("/policies", params={"limit": 1}).json()
    assert (listed["items"][0]["policy"]["cooldown_hours"], listed["next"]) == (2.5, "dep-1")
    assert client.get("/policies", params={"before": "dep-1"}).json() == {"items": [], "next": None}
    assert client.get("/policies", params={"project_id": "another"}).json()["items"] == []
    assert client.get("/policies/dep-1/attempts").json() == {"items": [], "next": None}
    assert client.post("/policies/churn/run").status_code == 409
    assert call_as(Role.VIEWER).put("/policies/churn", json={}).status_code == 403
