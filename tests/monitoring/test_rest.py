"""Monitors, alerts and the portfolio over REST, as each role and as nobody."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api.portal import Portal
from core.identity import Role
from core.monitoring import catalogue
from core.monitoring.model import Window
from tests.api import conftest as api
from tests.monitoring.conftest import START, Gateway
from tests.monitoring.test_check import serve

portal, call_as = api.portal, api.call_as
__all__ = ["call_as", "portal"]
DAYS = {"from_at": START.isoformat(), "to_at": "2026-03-20T00:00:00Z"}


@pytest.fixture
def served(portal: Portal, versions: dict) -> Window:
    gateway = Gateway(portal.ws.settings.spool_dir / "gateway-1")
    return serve(portal.ws, gateway, 600, ages=(99,))


def test_the_journey_of_a_scientist(portal: Portal, served: Window, call_as: api.Caller) -> None:
    scientist = call_as(Role.SCIENTIST)
    check = scientist.post("/monitors/churn/checks", params=DAYS)
    assert check.status_code == 201
    assert (check.json()["verdict"], {p["part"] for p in check.json()["parts"]}) == (
        "red",
        {"value", "performance", "drift", "quality", "traffic"},
    )
    assert scientist.get("/monitors/dep-1/checks").json()["items"][0]["id"] == check.json()["id"]
    drift = scientist.get("/monitors/dep-1/drift", params=DAYS).json()
    assert drift["features"][0]["drift"]["name"] == "age"
    assert drift["performance"]["reach"]["n"] > 0
    assert scientist.get("/monitors/dep-1/drift-days", params=DAYS | {"feature": "age"}).json()[0]["day"] == "2026-03-02"
    assert sum(p["labelled"] for p in scientist.get("/monitors/dep-1/traffic", params=DAYS).json()["points"]) == 600
    page = scientist.get("/monitors/dep-1/predictions", params={"limit": 400}).json()
    rest = scientist.get("/monitors/dep-1/predictions", params={"limit": 400, "before": page["next"]}).json()
    seen = [p["id"] for p in page["items"] + rest["items"]]
    assert len(seen) == len(set(seen)) == 600
    assert seen == sorted(seen, reverse=True)
    assert dict(page["items"][0]["features"])["age"] == 99
    ledger = scientist.get("/monitors/dep-1/ledger").json()
    assert (ledger[0]["currency"], ledger[0]["total"]["labelled"]) == ("JPY", 600)
    (alert,) = scientist.get("/alerts", params={"state": "open"}).json()["items"]
    assert scientist.post(f"/alerts/{alert['id']}/acknowledge", json={"note": "mine"}).json()["state"] == "acknowledged"
    assert scientist.post(f"/alerts/{alert['id']}/acknowledge").status_code == 409
    assert scientist.post(f"/alerts/{alert['id']}/resolve").json()["state"] == "resolved"
    assert scientist.post("/monitors/ingest").json()["segments"] == 0
    changed = scientist.put("/monitors/dep-1", json={"psi_watch": 0.2})
    assert changed.json()["config"]["psi_watch"] == 0.2
    assert scientist.get("/monitors").json()["items"][0]["live"]["name"] == "churn"


def test_the_value_ledger_over_rest(portal: Portal, served: Window, call_as: api.Caller) -> None:
    viewer = call_as(Role.VIEWER)
    ledger = viewer.get("/deployments/churn/value-ledger", params={"by": "day"})
    assert ledger.status_code == 200, ledger.text
    body = ledger.json()
    (total,) = body["totals"]
    assert (total["currency"], total["served"], total["labelled"]) == ("JPY", 600, 600)
    gap = {name: Decimal(value) for name, value in total["gap"].items()}
    assert gap.pop("total") == sum(gap.values()) == Decimal(total["realised"]) - Decimal(total["promised"])
    assert sum(Decimal(row["realised"]) for row in body["rows"]) == Decimal(total["realised"])
    assert body["rows"][-1]["since_go_live"]["realised"] == total["realised"]
    assert {"contract_id", "contract_number", "currency", "period", "delay_days", "labelled_share"} <= set(body["rows"][0])
    june = viewer.get("/deployments/dep-1/value-ledger", params={"from": "2026-06-01", "to": "2026-07-01"}).json()
    assert june["rows"] == []
    joined = viewer.get("/portfolio/value-ledger").json()
    assert joined["totals"][0]["realised"] == total["realised"]
    assert [row["period"] for row in joined["rows"]] == ["2026-03-01"]
    assert viewer.get("/deployments/none/value-ledger").status_code == 404
    assert (
        viewer.get("/deployments/churn/value-ledger", params={"from": "2026-07-01", "to": "2026-07-01"}).json()["code"] == "invalid_input"
    )
    assert viewer.get("/deployments/churn/value-ledger", params={"from": "soon"}).status_code == 422
    refused = viewer.post("/deployments/churn/value-ledger/restatements", json={"contract_id": "c"})
    assert refused.status_code == 403
    missing = call_as(Role.APPROVER).post("/deployments/churn/value-ledger/restatements", json={"contract_id": "c"})
    assert missing.status_code == 404


def test_bad_input_is_named(portal: Portal, versions: dict, call_as: api.Caller) -> None:
    scientist = call_as(Role.SCIENTIST)
    assert scientist.put("/monitors/dep-1", json={"psi_watch": 0.3, "psi_act": 0.2}).status_code == 422
    assert scientist.put("/monitors/dep-1", json={"psi_wotch": 0.3}).status_code == 422
    assert scientist.get("/monitors/nowhere").status_code == 404
    assert scientist.get("/monitors/dep-1/drift", params={"from_at": "2026-03-02T00:00:00Z"}).status_code == 422
    assert (
        scientist.get("/monitors/dep-1/drift", params={"from_at": "9999-12-31T23:59:59-14:00", "to_at": "9999-12-31T23:59:59Z"}).status_code
        == 422
    )
    assert scientist.get("/monitors/dep-1/predictions", params={"before": "x'; --"}).status_code == 422
    assert scientist.get("/monitors/dep-1/ledger", params={"grain": "decade"}).status_code == 422
    assert scientist.post("/alerts/nope/resolve", json={"note": "x" * 500}).status_code == 422
    assert scientist.post("/alerts/nope/resolve").status_code == 404


def test_roles(portal: Portal, versions: dict, call_as: api.Caller) -> None:
    viewer, nobody = call_as(Role.VIEWER), call_as()
    assert viewer.get("/portfolio").status_code == 200
    assert viewer.get("/alerts").status_code == 200
    assert viewer.get("/monitors/dep-1/ledger").status_code == 200
    assert viewer.get("/monitors").status_code == 403
    assert viewer.post("/monitors/dep-1/checks").status_code == 403
    assert viewer.post("/monitors/ingest").status_code == 403
    for path in ("/portfolio", "/alerts", "/monitors", "/monitors/dep-1/predictions"):
        assert nobody.get(path).status_code == 401


def test_an_empty_portal_answers(portal: Portal, call_as: api.Caller) -> None:
    admin = call_as(Role.ADMIN)
    assert catalogue.list_live(portal.ws) == []
    assert admin.get("/portfolio").json()["projects"] == []
    assert admin.get("/monitors").json()["items"] == []
    assert admin.post("/monitors/ingest").json()["segments"] == 0
