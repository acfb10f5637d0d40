"""Runs over REST: each page action is one call, with the same permission check."""

from __future__ import annotations

from core.identity import SYSTEM, Role
from core.training.model import RunState
from tests.training.conftest import make_case
from tests.training.world import add_models, add_run, finish


def test_a_run_is_queued_watched_and_cancelled(portal, call_as, scientist) -> None:
    case = make_case(portal.ws, scientist, "binary")
    client = call_as(Role.SCIENTIST)
    body = {"project_id": case.project.id, "dataset_version_id": case.version.id, "name": "First", "config": {"families": ["lightgbm"]}}
    made = client.post("/runs", json=body, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201
    run = made.json()
    assert (run["state"], run["config"]["metric"], run["number"]) == ("queued", "roc_auc", 1)
    assert client.post("/runs", json=body, headers={"Idempotency-Key": "one"}).json()["id"] == run["id"]
    assert client.get("/runs", params={"project_id": case.project.id}).json()["items"][0]["id"] == run["id"]
    assert client.get(f"/runs/{run['id']}/progress").json()["phase"] == "queued"
    assert client.get(f"/runs/{run['id']}/events").json() == {"events": [], "offset": 0}
    assert client.post(f"/runs/{run['id']}/stop").status_code == 409
    assert client.post(f"/runs/{run['id']}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/runs/{run['id']}/cancel").status_code == 409


def test_impossible_requests_name_the_field(portal, call_as, scientist) -> None:
    case = make_case(portal.ws, scientist, "binary")
    client = call_as(Role.SCIENTIST)
    body = {"project_id": case.project.id, "dataset_version_id": case.version.id}
    for config in ({"metric": "r2"}, {"families": []}, {"time_limit_s": 1}, {"preset": "huge"}, {"unknown": 1}, {"families": ["ensemble"]}):
        assert client.post("/runs", json=body | {"config": config}).status_code == 422, config
    assert client.post("/runs", json=body | {"dataset_version_id": "nothing"}).status_code == 404
    assert client.get("/runs/nothing").status_code == 404
    assert client.get("/runs/compare", params={"runs": ["a", "b"]}).status_code == 404


def test_who_may_not_start_may_not(portal, call_as, scientist) -> None:
    case = make_case(portal.ws, scientist, "binary")
    body = {"project_id": case.project.id, "dataset_version_id": case.version.id}
    assert call_as(Role.APPROVER).post("/runs", json=body).status_code == 403
    assert call_as(Role.VIEWER).get("/runs").status_code == 403
    assert call_as().get("/runs").status_code == 401
    assert call_as(Role.APPROVER).get("/runs").json()["items"] == []


def test_a_finished_run_answers_for_itself(portal, call_as, scientist, tmp_path) -> None:
    case = make_case(portal.ws, scientist, "binary")
    runs = [add_run(portal.ws, SYSTEM, case.project.id, case.version.id) for _ in range(2)]
    for k, run in enumerate(runs):
        finish(portal.ws, run, tmp_path / str(k), seed=k)
    client, first = call_as(Role.SCIENTIST), runs[0].id
    assert client.get(f"/runs/{first}").json()["summary"]["value"] == "1250000.00"
    assert client.get(f"/runs/{first}/evaluation").json()["best_model"] == "WeightedEnsemble_L2"
    assert len(client.get(f"/runs/{first}/leaderboard").json()) == 3
    assert client.get(f"/runs/{first}/scores").content[:4] == b"PAR1"
    both = client.get("/runs/compare", params={"runs": [run.id for run in runs]}).json()
    assert [entry["run"]["id"] for entry in both] == [run.id for run in runs]
    sorted_ids = [item["id"] for item in client.get("/runs", params={"sort": "score", "state": "succeeded"}).json()["items"]]
    assert set(sorted_ids) == {run.id for run in runs}
    at = client.get(f"/runs/{first}/threshold", params={"at": 0.5}).json()
    assert sum(at["cells"].values()) == 200


def test_runs_from_elsewhere_are_logged_and_found(portal, call_as, scientist) -> None:
    case = make_case(portal.ws, scientist, "binary")
    client = call_as(Role.SCIENTIST)
    for k in range(3):
        body = {"project_id": case.project.id, "name": f"r{k}", "params": {"depth": str(k)}, "metrics": {"auc": 0.5 + k / 10}}
        assert client.post("/runs/log", json=body).status_code == 201
    found = client.get("/runs/search", params={"project_id": case.project.id, "metric": "auc", "limit": 2}).json()
    assert [entry["run"]["name"] for entry in found] == ["r2", "r1"]
    logged = client.get(f"/runs/{found[0]['run']['id']}/logged").json()
    assert logged["params"] == {"depth": "2"}
    assert [(m["name"], m["value"]) for m in logged["metrics"]] == [("auc", 0.7)]
    assert client.get(f"/runs/{found[0]['run']['id']}/events").json() == {"events": [], "offset": 0}


def test_a_live_leaderboard(portal, call_as, scientist) -> None:
    case = make_case(portal.ws, scientist, "binary")
    run = add_run(portal.ws, SYSTEM, case.project.id, case.version.id, state=RunState.RUNNING)
    add_models(portal.ws, run, 2)
    board = call_as(Role.SCIENTIST).get(f"/runs/{run.id}/leaderboard").json()
    assert [entry["model"] for entry in board] == ["LightGBM", "CatBoost"]
