"""Reports of several classes and forecasts over REST: as of now, frozen and signed, and as files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.project.model import Task
from tests.api.conftest import Caller
from tests.impact.test_task_value import COSTS, classes_frame, finished, project_of


@pytest.fixture(autouse=True)
def _run(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = project_of(portal.ws, SYSTEM, Task.MULTICLASS, COSTS)
    finished(portal.ws, tmp_path, monkeypatch, Task.MULTICLASS, project.id, classes_frame())


def frozen(call_as: Caller) -> dict[str, Any]:
    answer = call_as(Role.SCIENTIST).post("/runs/run-1/impact-reports", json={})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("form", "begins"), [("html", b"<!doctype html>"), ("xlsx", b"PK"), ("pptx", b"PK"), ("json", b"{")])
def test_a_draft_is_handed_over_in_each_format(call_as: Caller, form: str, begins: bytes) -> None:
    viewer = call_as(Role.VIEWER)
    answer = viewer.get("/runs/run-1/impact/export", params={"format": form, "language": "ja"})
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(begins)
    assert f"impact-run-7-draft-ja.{form}" in answer.headers["content-disposition"]
    assert call_as().get("/runs/run-1/impact/export", params={"format": form}).status_code == 401


def test_it_can_be_read_and_printed_and_its_figures_taken(call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    page = viewer.get("/runs/run-1/impact/print", params={"language": "en"})
    assert page.status_code == 200
    assert "Draft: not frozen, not signed" in page.text
    body = viewer.get("/runs/run-1/impact").json()
    found = body["classes"]
    assert (body["task"], body["forecast"], body["gain"]) == ("multiclass", None, found["gain"])
    assert sum(map(sum, found["counts"])) == found["rows"]
    total = sum(float(value) for row in found["worth"] for value in row)
    assert total == pytest.approx(float(body["value"]["value"]), abs=0.05)
    refused = viewer.get("/runs/run-1/impact", params={"threshold": 0.5})
    assert refused.status_code == 422
    assert "Only yes-or-no decisions have a threshold" in refused.json()["detail"]


def test_a_frozen_report_is_listed_read_and_signed(call_as: Caller) -> None:
    kept, viewer = frozen(call_as), call_as(Role.VIEWER)
    assert (kept["task"], kept["threshold"], kept["reference"]) == ("multiclass", None, "one_class")
    assert kept in viewer.get("/impact-reports").json()["items"]
    whole = viewer.get(f"/impact-reports/{kept['id']}").json()
    assert whole["gain"] == kept["gain"]
    assert whole["classes"]["counts"]
    signature = viewer.get(f"/impact-reports/{kept['id']}/signature").json()
    assert signature["genuine"] is True
    assert signature["seal"]["statement"]["report_sha256"] == kept["sha256"]
    assert viewer.post("/runs/run-1/impact-reports", json={}).status_code == 403


def test_files_of_a_frozen_report_are_signed_and_known_again(call_as: Caller) -> None:
    kept, viewer = frozen(call_as), call_as(Role.VIEWER)
    address = f"/impact-reports/{kept['id']}"
    page = viewer.get(f"{address}/print", params={"language": "en"}).text
    assert "Draft: not frozen, not signed" not in page
    assert kept["sha256"] in page
    data = viewer.get(f"{address}/export", params={"format": "json"}).content
    body = json.loads(data)
    assert body["seal"]["statement"]["report_id"] == kept["id"]
    assert hashlib.sha256(data[data.index(b',"report":') + len(b',"report":') : -1]).hexdigest() == kept["sha256"]
    book = viewer.get(f"{address}/export", params={"format": "xlsx"})
    assert "draft" not in book.headers["content-disposition"]
    found = viewer.get(f"/impact-exports/{hashlib.sha256(book.content).hexdigest()}").json()
    assert [(one["report_id"], one["format"]) for one in found] == [(kept["id"], "xlsx")]
    refused = viewer.get(f"{address}/explorer")
    assert refused.status_code == 422


def test_a_changed_report_is_not_handed_over(call_as: Caller, portal: Portal) -> None:
    kept = frozen(call_as)
    path = portal.ws.artifacts.path(kept["sha256"])
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b'"rows":2000', b'"rows":2001'))
    viewer = call_as(Role.VIEWER)
    assert viewer.get(f"/impact-reports/{kept['id']}").status_code >= 409
    answer = viewer.get(f"/impact-reports/{kept['id']}/export", params={"format": "html"})
    assert "signature of this impact report doesn't hold" in answer.json()["detail"]


def test_the_business_case_is_told_of_any_kind_of_run(call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    found = viewer.get("/runs/run-1/impact/business-case").json()
    gain = viewer.get("/runs/run-1/impact").json()["classes"]["gain"]
    assert found["gain"] == gain
    assert len(found["flows"]) == 37
    assert float(found["flows"][-1]["total"]) == pytest.approx(36 * float(gain["value"]), rel=1e-6)
    assert call_as().get("/runs/run-1/impact/business-case").status_code == 401


def test_bars_and_break_even_points_come_with_the_figures(call_as: Caller) -> None:
    found = call_as(Role.VIEWER).get("/runs/run-1/impact").json()["classes"]
    assert {bar["assumption"] for bar in found["tornado"]} == {"cases", "payoff"}
    assert all(point["against"]["policy"] == "one_class" for point in found["break_evens"])


def test_segments_and_groups_are_told_of_any_kind_of_run(call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    assert viewer.get("/runs/run-1/impact/segments").json()["valued_rows"] == 1_000
    assert viewer.get("/runs/run-1/impact/attributes").json() == ["region", "gender", "size"]
    found = viewer.get("/runs/run-1/impact/fairness", params={"attribute": "gender"}).json()
    assert [gap["metric"] for gap in found["gaps"]] == ["right", "value"]
    assert sum(group["rows"] for group in found["groups"]) == 2_000
    assert viewer.get("/runs/run-1/impact/fairness", params={"attribute": "shoe"}).status_code == 422
    kept = frozen(call_as)
    details = viewer.get(f"/impact-reports/{kept['id']}").json()["details"]
    assert details["people"] == ["gender"]
    assert details["fairness"][0]["attribute"] == "gender"


def test_other_assumptions_are_answered(call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    gain = viewer.get("/runs/run-1/impact").json()["gain"]
    agreed = viewer.get("/runs/run-1/impact/what-if-payoff", params={"truth": "L", "decided": "F"}).json()
    assert float(agreed["gain"]["value"]) == pytest.approx(float(gain["value"]), abs=0.02)
    twice = viewer.get("/runs/run-1/impact/what-if-payoff", params={"truth": "L", "decided": "F", "cases": 2_000}).json()
    assert float(twice["gain"]["value"]) == pytest.approx(2 * float(gain["value"]), abs=0.04)
    for bad in ({"truth": "L", "decided": "X"}, {"truth": "L", "decided": "F", "payoff": 50}, {"truth": "L", "decided": "F", "cases": 0}):
        assert viewer.get("/runs/run-1/impact/what-if-payoff", params=bad).status_code == 422
    assert "Only forecasts" in viewer.get("/runs/run-1/impact/what-if-plan").json()["detail"]
