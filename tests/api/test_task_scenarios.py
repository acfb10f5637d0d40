"""Scenarios of classes and forecasts over REST, by the same addresses as those of yes-or-no decisions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.impact.task_scenario_service import evaluate_task_scenarios
from core.impact.task_value import value_task_run
from core.project.model import Task
from tests.api.conftest import Caller
from tests.impact.task_runs import add_task_run
from tests.impact.test_task_comparison import classes, forecasts
from tests.impact.test_task_value import COSTS, DEVIATIONS, project_of

OF_CLASSES = {"name": "Late", "overrides": [{"assumption": "payoff", "value": "1.5", "relative": True, "truth": "L", "decided": "F"}]}
OF_FORECASTS = {"name": "Bad winter", "overrides": [{"assumption": "under", "value": "4.50"}, {"assumption": "cases", "value": 0.5, "relative": True}]}  # fmt: skip
BODY = {Task.MULTICLASS: OF_CLASSES, Task.REGRESSION: OF_FORECASTS}


def run_of(portal: Portal, task: Task, folder: Path) -> tuple[str, str]:
    """A project and its run."""
    project = project_of(portal.ws, SYSTEM, task, COSTS if task is Task.MULTICLASS else DEVIATIONS)
    frame = classes(3, 1.5) if task is Task.MULTICLASS else forecasts(5, 5)
    return project.id, add_task_run(portal.ws, SYSTEM, task, project.id, frame, folder)


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_saved_evaluated_tried_proposed_and_deleted(portal: Portal, call_as: Caller, tmp_path: Path, task: Task) -> None:
    (project, run), body = run_of(portal, task, tmp_path), BODY[task]
    scientist, viewer, path = call_as(Role.SCIENTIST), call_as(Role.VIEWER), f"/projects/{project}/scenarios"
    usual = viewer.get(f"/runs/{run}/scenarios/usual", params={"language": "ja"}).json()
    assert usual["is_usual"]
    assert [r["name"] for r in usual["results"]] == ["", "悲観", "楽観"]
    made = scientist.post(path, json=body)
    assert made.status_code == 201, made.text
    first = made.json()["overrides"][0]
    assert {name: first[name] for name in ("assumption", "value", "truth", "decided")} == {
        "truth": "", "decided": "", **{n: v for n, v in body["overrides"][0].items() if n != "relative"},
    }  # fmt: skip
    assert scientist.post(path, json=body).status_code == 409
    assert [s["id"] for s in viewer.get(path).json()] == [made.json()["id"]]
    found = viewer.get(f"/runs/{run}/scenarios")
    assert found.status_code == 200, found.text
    table = evaluate_task_scenarios(portal.ws, SYSTEM, value_task_run(portal.ws, SYSTEM, run))
    assert [r["name"] for r in found.json()["results"]] == ["", body["name"]]
    assert [Decimal(r["adapted"]["gain"]["low"]) for r in found.json()["results"]] == [r.adapted.gain.low for r in table.results]
    assert viewer.post(f"/runs/{run}/scenarios/try", json=body).json() == found.json()["results"][1]
    proposed = viewer.post(f"/runs/{run}/scenarios/propose", json={**body, "note": "Why"})
    assert proposed.status_code == 201, proposed.text
    renamed = scientist.put(f"{path}/{made.json()['id']}", json={**body, "name": "Worse"})
    assert renamed.json()["name"] == "Worse"
    assert scientist.delete(f"{path}/{made.json()['id']}").status_code == 204
    assert viewer.get(path).json() == []


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_who_may(portal: Portal, call_as: Caller, tmp_path: Path, task: Task) -> None:
    project, run = run_of(portal, task, tmp_path)
    path, body = f"/projects/{project}/scenarios", BODY[task]
    assert call_as(Role.VIEWER).post(path, json=body).status_code == 403
    assert call_as(Role.APPROVER).put(f"{path}/x", json=body).status_code == 403
    assert call_as(Role.VIEWER).delete(f"{path}/x").status_code == 403
    for address in (path, f"/runs/{run}/scenarios", f"/runs/{run}/scenarios/usual"):
        assert call_as().get(address).status_code == 401


@pytest.mark.parametrize(
    ("task", "override"),
    [
        (Task.MULTICLASS, {"assumption": "payoff", "value": 1}),
        (Task.MULTICLASS, {"assumption": "payoff", "value": 1, "truth": "L", "decided": "nowhere"}),
        (Task.MULTICLASS, {"assumption": "under", "value": 1}),
        (Task.MULTICLASS, {"assumption": "tp", "value": 1}),
        (Task.MULTICLASS, {"assumption": "cases", "value": 1, "truth": "L"}),
        (Task.MULTICLASS, {"assumption": "cases", "value": 0}),
        (Task.REGRESSION, {"assumption": "under", "value": -1}),
        (Task.REGRESSION, {"assumption": "over", "value": "1e400"}),
        (Task.REGRESSION, {"assumption": "under", "value": -2, "relative": True}),
        (Task.REGRESSION, {"assumption": "discount_rate", "value": -1}),
        (Task.REGRESSION, {"assumption": "payoff", "value": 1, "truth": "L", "decided": "F"}),
        (Task.REGRESSION, {"assumption": "luck", "value": 1}),
    ],
)
def test_bad_ones_are_refused(portal: Portal, call_as: Caller, tmp_path: Path, task: Task, override: dict[str, Any]) -> None:
    project, run = run_of(portal, task, tmp_path)
    body = {"name": "x", "overrides": [override]}
    for path in (f"/projects/{project}/scenarios", f"/runs/{run}/scenarios/try"):
        answer = call_as(Role.SCIENTIST).post(path, json=body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"]
