"""Further figures over REST: what the page shows, with the same checks."""

from __future__ import annotations

import pytest

from core.api.portal import Portal
from core.identity import SYSTEM, Role
from core.impact import service
from core.impact.particulars import particulars_of
from tests.api.conftest import Caller
from tests.api.test_impact import run_id, runs

__all__ = ["run_id", "runs"]


def test_particulars_are_what_the_service_says(portal: Portal, run_id: str, call_as: Caller) -> None:
    answer = call_as(Role.VIEWER).get(f"/runs/{run_id}/impact/particulars")
    assert answer.status_code == 200
    body, found = answer.json(), particulars_of(portal.ws, SYSTEM, service.compute_report(portal.ws, SYSTEM, run_id))
    assert body["metrics"]["right"]["value"] == pytest.approx(found.metrics.right.value)
    assert body["reach"]["metric"] == "reach"
    assert found.reach.alone is not None
    assert body["reach"]["alone"]["value"] == str(found.reach.alone.value)
    assert [t["assumption"] for t in body["turning"]] == [t.assumption for t in found.turning]
    own = call_as(Role.VIEWER).get(f"/runs/{run_id}/impact/particulars", params={"threshold": 0.6}).json()
    assert own["metrics"]["reached"]["value"] < body["metrics"]["reached"]["value"]


def test_nobody_and_nothing(run_id: str, call_as: Caller) -> None:
    assert call_as().get(f"/runs/{run_id}/impact/particulars").status_code == 401
    assert call_as(Role.VIEWER).get("/runs/none/impact/particulars").status_code == 404
    assert call_as(Role.VIEWER).get(f"/runs/{run_id}/impact/particulars", params={"threshold": 2}).status_code == 422
