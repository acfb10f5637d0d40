"""What the journey does with contracts and the value ledger: signed, changed, restated, and added up to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.demo.steps import Figures, expect
from core.client import KachiClient

PARTS = ("volume", "waiting", "prevalence", "quality", "overridden")
DEARER = "1.5"  # what a call costs in the second contract, as a multiple of the first


def told_actions(answers: list[dict[str, Any]], every: int) -> list[bool | None]:
    """What was done in fact: as decided, but for every so-manieth call that was not made."""
    return [False if a["decision"] and place % every == 0 else None for place, a in enumerate(answers)]


def check_ledger(ledger: Mapping[str, Any]) -> dict[str, Decimal]:
    """The total of a ledger, after its rows and parts were seen to add up."""
    total = ledger["totals"][0]
    gap = {name: Decimal(total["gap"][name]) for name in PARTS}
    expect(
        sum(gap.values()) == Decimal(total["realised"]) - Decimal(total["promised"]), f"the parts of the gap don't add up: {total['gap']}"
    )
    for name in ("promised", "realised", "estimated"):
        rows = sum(Decimal(row[name]) for row in ledger["rows"] if row["currency"] == total["currency"])
        expect(rows == Decimal(total[name]), f"the ledger's rows come to {rows} {name}, its total says {total[name]}")
    return gap


def change_contract(clients: Mapping[str, KachiClient], project: Mapping[str, Any], deployment: Mapping[str, Any]) -> Figures:
    """Another value model: proposed, signed for the business, approved; the past stays, and is restated beside it."""
    scientist, approver, viewer = clients["scientist"], clients["approver"], clients["viewer"]
    address = f"/deployments/{deployment['id']}/value-ledger"
    before = viewer.get(address, by="day")
    check_ledger(before)
    old = scientist.get(f"/projects/{project['id']}/value-models")[0]
    payoff = {cell: old["payoff"][cell] for cell in ("tp", "fp", "fn", "tn")}
    payoff["fp"] = str(Decimal(payoff["fp"]) * Decimal(DEARER))
    spec = {name: old[name] for name in ("currency", "period", "cases_per_period", "rule")}
    value = scientist.post(f"/projects/{project['id']}/value-models", {**spec, "payoff": payoff, "note": "Calls became dearer"})
    body = {"model_version_id": deployment["champion_id"], "value_model_id": value["id"], "reason": "The call centre's new rates"}
    contract = scientist.post("/contracts", body)
    viewer.post(f"/contracts/{contract['id']}/sign", {"note": "These are the rates that we pay"})
    approver.post(f"/approvals/{contract['approval_id']}/approve", {"reason": "Agreed with the business"})
    document = viewer.get(f"/contracts/{contract['id']}/document")
    expect([s["holds"] for s in document["signatures"]] == [True, True], f"not both signatures hold: {document['signatures']}")
    scientist.post(f"{address}/restatements", {"contract_id": contract["id"]})
    after = viewer.get(address, by="day")
    kept = [row["realised"] for row in after["rows"] if row["contract_id"] != contract["id"]]
    expect(kept == [row["realised"] for row in before["rows"]], "what was recorded under the first contract has changed")
    restated = after["restated"][0]
    return {
        "contract": contract["number"],
        "recorded": restated["recorded"][0]["realised"],
        "restated": restated["totals"][0]["realised"],
    }
