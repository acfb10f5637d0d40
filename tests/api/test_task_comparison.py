"""Runs of classes and of forecasts beside each other over REST."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.project.model import Task
from core.words import Words
from tests.api.conftest import Caller
from tests.impact.task_runs import add_task_run
from tests.impact.test_task_comparison import classes, forecasts
from tests.impact.test_task_value import COSTS, DEVIATIONS, project_of


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_runs_are_compared_in_money(portal: Portal, call_as: Caller, tmp_path: Path, task: Task) -> None:
    project = project_of(portal.ws, SYSTEM, task, COSTS if task is Task.MULTICLASS else DEVIATIONS)
    frames = [classes(3, 1.5), classes(4, 0.6)] if task is Task.MULTICLASS else [forecasts(5, 5), forecasts(6, 20)]
    ids = [add_task_run(portal.ws, SYSTEM, task, project.id, frame, tmp_path / str(k)) for k, frame in enumerate(frames)]
    viewer = call_as(Role.VIEWER)
    answer = viewer.get("/impact/compare", params={"runs": ",".join(ids[::-1])})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [report["run_id"] for report in found["reports"]] == ids
    assert found["reports"][0]["task"] == task.value
    (difference,) = found["differences"]
    assert difference["obstacle"] is None
    assert 0 < Decimal(difference["gain"]["low"]) < Decimal(difference["gain"]["value"]) < Decimal(difference["gain"]["high"])
    assert difference["better"] > 0.95
    assert difference["more_good"]["low"] <= difference["more_good"]["value"] <= difference["more_good"]["high"]
    assert difference["apart"] > 0
    assert viewer.get("/impact/compare", params={"runs": ids[0]}).status_code == 422
    assert call_as().get("/impact/compare", params={"runs": ",".join(ids)}).status_code == 401


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_what_a_proposal_would_bring_is_told_of_the_newest_run(portal: Portal, call_as: Caller, tmp_path: Path, task: Task) -> None:
    project = project_of(portal.ws, SYSTEM, task, COSTS if task is Task.MULTICLASS else DEVIATIONS)
    viewer, scientist = call_as(Role.VIEWER), call_as(Role.SCIENTIST)
    payoff = (
        {"classes": ["F", "L"], "values": [[0, -2], [-20, 0]]} if task is Task.MULTICLASS else {"under": 6, "over": 2}
    )  # everything twice as dear
    body = {"currency": "EUR", "period": "month", "cases_per_period": 1000, "payoff": payoff, "note": "Twice as dear"}
    path = f"/projects/{project.id}/value-model-proposals"
    made = viewer.post(path, json=body)
    assert made.status_code == 201, made.text
    assert viewer.get(f"{path}/{made.json()['id']}/effect").json() == []
    frame = classes(3, 1.5) if task is Task.MULTICLASS else forecasts(5, 5)
    run = add_task_run(portal.ws, SYSTEM, task, project.id, frame, tmp_path)
    said = viewer.get(f"{path}/{made.json()['id']}/effect", params={"language": "en"}).json()
    now = viewer.get(f"/runs/{run}/impact").json()
    scientist.post(f"{path}/{made.json()['id']}/take", json={})
    later = viewer.get(f"/runs/{run}/impact").json()
    words = Words("en")
    for sentence, report in zip(said[::-1], (now, later), strict=True):
        assert words.money(abs(Decimal(report["value"]["value"])), "EUR") in sentence
        assert words.money(Decimal(report["gain"]["value"]), "EUR", signed=True) in sentence
    assert ("would cost" in said[0]) is (task is Task.REGRESSION)
    assert float(later["gain"]["value"]) == pytest.approx(2 * float(now["gain"]["value"]), abs=0.05)
