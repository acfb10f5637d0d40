"""Runs of several classes and forecasts as files over REST."""

from __future__ import annotations

from pathlib import Path

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


@pytest.mark.parametrize(("form", "begins"), [("html", b"<!doctype html>"), ("xlsx", b"PK"), ("pptx", b"PK"), ("json", b"{")])
def test_a_draft_is_handed_over_in_each_format(call_as: Caller, form: str, begins: bytes) -> None:
    viewer = call_as(Role.VIEWER)
    answer = viewer.get("/runs/run-1/impact/task/export", params={"format": form, "language": "ja"})
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(begins)
    assert f"impact-run-7-draft-ja.{form}" in answer.headers["content-disposition"]
    assert call_as().get("/runs/run-1/impact/task/export", params={"format": form}).status_code == 401


def test_it_can_be_read_and_printed_and_its_figures_taken(call_as: Caller) -> None:
    viewer = call_as(Role.VIEWER)
    page = viewer.get("/runs/run-1/impact/task/print", params={"language": "en"})
    assert page.status_code == 200
    assert "Draft: not frozen, not signed" in page.text
    found = viewer.get("/runs/run-1/impact/task").json()["classes"]
    assert sum(map(sum, found["counts"])) == found["rows"]
    total = sum(float(value) for row in found["worth"] for value in row)
    ours = next(p for p in found["policies"] if p["policy"] == found["recommended"])
    assert total == pytest.approx(float(ours["value"]["value"]), abs=0.05)
