"""Impact over REST: what pages show, with the same checks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.impact import service, source
from core.project import service as projects
from core.project.service import ProjectSpec, ValueModelSpec
from core.project.value_model import Period
from tests.api.conftest import Caller
from tests.impact.conftest import NOUNS, PAYOFF, RULE, Runs, make_frame


@pytest.fixture
def runs(portal: Portal, tmp_path: Path) -> Iterator[Runs]:
    made, before = Runs(portal.ws, tmp_path), source._source
    source.use_runs(made)
    yield made
    source.use_runs(before)


@pytest.fixture
def run_id(portal: Portal, runs: Runs) -> str:
    spec = ProjectSpec("Churn", "Whom should we call?", NOUNS, value=ValueModelSpec("JPY", Period.MONTH, 10_000, PAYOFF, RULE))
    project = projects.create_project(portal.ws, SYSTEM, spec)
    runs.add(project.id, make_frame(1_000), noise=0.2)
    return runs.add(project.id, make_frame(1_000)).id


def test_impact_is_what_the_service_says(portal: Portal, run_id: str, call_as: Caller) -> None:
    answer = call_as(Role.VIEWER).get(f"/runs/{run_id}/impact")
    assert answer.status_code == 200
    body, report = answer.json(), service.compute_report(portal.ws, SYSTEM, run_id)
    assert Decimal(body["value"]["value"]) == report.value.value
    assert Decimal(body["gain"]["low"]) == report.gain.low
    assert isinstance(body["value"]["value"], str)
    assert (body["currency"], body["period"], body["verdict"]) == ("JPY", "month", report.verdict)
    assert len(body["curve"]) == len(report.curve)
    own = call_as(Role.VIEWER).get(f"/runs/{run_id}/impact", params={"threshold": 0.5}).json()
    assert (own["threshold"], own["threshold_source"]) == (0.5, "reader")


@pytest.mark.parametrize("threshold", ["-1", "2", "nan", "abc"])
def test_bad_thresholds_are_refused(run_id: str, call_as: Caller, threshold: str) -> None:
    answer = call_as(Role.VIEWER).get(f"/runs/{run_id}/impact", params={"threshold": threshold})
    assert answer.status_code == 422
    assert "threshold" in answer.text


def test_unknown_things_and_nobody(run_id: str, call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    assert viewer.get("/runs/none/impact").status_code == 404
    assert viewer.get("/impact-reports/none").status_code == 404
    assert viewer.get(f"/runs/{run_id}/impact", params={"value_model_id": "none"}).status_code == 404
    assert viewer.get("/impact/compare", params={"runs": run_id}).status_code == 422
    assert call_as().get(f"/runs/{run_id}/impact").status_code == 401


def test_frozen_reports(run_id: str, call_as: Caller) -> None:
    assert call_as(Role.VIEWER).post(f"/runs/{run_id}/impact-reports", json={}).status_code == 403
    made = call_as(Role.SCIENTIST).post(f"/runs/{run_id}/impact-reports", json={"threshold": 0.3})
    assert made.status_code == 201
    frozen = made.json()
    whole = call_as(Role.VIEWER).get(f"/impact-reports/{frozen['id']}").json()
    assert whole["value"] == frozen["value"]
    assert whole["threshold"] == 0.3
    listed = call_as(Role.VIEWER).get("/impact-reports", params={"project_id": frozen["project_id"]}).json()
    assert [item["id"] for item in listed["items"]] == [frozen["id"]]
    assert call_as(Role.SCIENTIST).post(f"/runs/{run_id}/impact-reports", json={"treshold": 0.3}).status_code == 422


def test_print_and_models_and_comparison(runs: Runs, run_id: str, call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    page = viewer.get(f"/runs/{run_id}/impact/print", params={"language": "ja"})
    assert page.headers["content-type"].startswith("text/html")
    assert "モデルが" in page.text
    frozen = call_as(Role.SCIENTIST).post(f"/runs/{run_id}/impact-reports", json={}).json()
    assert "Whom should we call?" in viewer.get(f"/impact-reports/{frozen['id']}/print").text
    models = viewer.get(f"/runs/{run_id}/impact/models").json()
    assert [m["model"] for m in models] == ["LightGBM", "Noise"]
    both = ",".join(runs.runs)
    compared = viewer.get("/impact/compare", params={"runs": both}).json()
    assert len(compared["reports"]) == 2
    assert compared["differences"][0]["obstacle"] is None
    assert Decimal(compared["differences"][0]["gain"]["value"]) >= 0


def test_explorer_of_a_run_and_of_a_frozen_report(portal: Portal, run_id: str, call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    answer = viewer.get(f"/runs/{run_id}/impact/explorer")
    assert answer.status_code == 200
    body, report = answer.json(), service.compute_report(portal.ws, SYSTEM, run_id)
    assert body["thresholds"][body["recommended"]] == report.threshold
    assert body["test"]["positive"]["rows"][body["recommended"]] == report.cells.tp
    assert len(body["validation"]["negative"]["rows"]) == len(body["thresholds"])
    assert body["agreed"]["tp"] == 12_000
    frozen = call_as(Role.SCIENTIST).post(f"/runs/{run_id}/impact-reports", json={"threshold": 0.3}).json()
    kept = viewer.get(f"/impact-reports/{frozen['id']}/explorer").json()
    assert kept["thresholds"][kept["recommended"]] == 0.3
    assert viewer.get(f"/runs/{run_id}/impact/explorer", params={"threshold": 2}).status_code == 422
    assert viewer.get("/impact-reports/none/explorer").status_code == 404
    assert call_as().get(f"/runs/{run_id}/impact/explorer").status_code == 401
