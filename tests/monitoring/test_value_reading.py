"""The ledger of a real deployment: approved, served, labelled, its contract changed, and its past restated beside the records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from core.identity import Principal
from core.monitoring import sums
from core.monitoring.catalogue import Catalogue
from core.monitoring.ingest import ingest_now
from core.monitoring.model import Window
from core.monitoring.reigns import find_reigns, stretches
from core.monitoring.restate import restate
from core.monitoring.value_reading import By, DayRange, get_portfolio_ledger, get_value_ledger
from core.monitoring.value_story import lead
from core.project.service import ValueModelSpec, add_value_model
from core.project.value_model import PayoffMatrix, Period
from core.registry.contracts import get_contract, propose_contract, sign_for_business
from core.registry.model import ModelVersion
from core.serving.decisions import decide_request
from core.serving.model import Deployment, Move, MoveKind
from core.serving.service import deploy_version, stop_deployment
from core.store.audit import list_events
from core.words import Words
from core.workspace import Workspace
from tests.monitoring.conftest import Gateway
from tests.serving import conftest as serving
from tests.serving.world import Models

packages, world, models = serving.packages, serving.world, serving.models
__all__ = ["models", "packages", "world"]
X = {"tenure": 20, "charge": 60.0, "plan": "basic", "senior": False}


@pytest.fixture
def version(models: Models) -> ModelVersion:
    return models.approve()


@pytest.fixture
def deployment(ws: Workspace, version: ModelVersion, approver: Principal) -> Deployment:
    return deploy_version(ws, approver, version.id, reason="go")


def serve(
    ws: Workspace, gateway: Gateway, where: tuple[Deployment, ModelVersion], at: datetime, cases: list[tuple[float, int | None]]
) -> None:
    """Decisions (treat from 0.5 on) at a time, with their outcomes a day later where they are known."""
    deployment, version = where
    for i, (score, truth) in enumerate(cases):
        key = gateway.predict(
            at + timedelta(seconds=2 * i), version_id=version.id, number=version.number, deployment=deployment.name, x=X, score=score
        )  # fmt: skip
        if truth is not None:
            gateway.feed_back(key, truth, at + timedelta(days=1), deployment=deployment.name)
    gateway.finish()
    ingest_now(ws)


def change(ws: Workspace, models: Models, version: ModelVersion, viewer: Principal, fp: int, *, currency: str = "JPY") -> str:
    """Another contract in force; its id."""
    payoff = PayoffMatrix(Decimal(12_000), Decimal(fp), Decimal(0), Decimal(0))
    spec = ValueModelSpec(currency, Period.MONTH, 10_000, payoff, note="calls became dearer")
    value = add_value_model(ws, models.scientist, models.project.id, spec, currency_change=currency != "JPY")
    contract = propose_contract(ws, models.scientist, version.id, value.id, "calls became dearer").contract
    sign_for_business(ws, viewer, contract.id)
    decide_request(ws, models.approver, contract.approval_id, approve=True, reason="agreed")
    return contract.id


def test_the_ledger_of_a_deployment(
    ws: Workspace, gateway: Gateway, version: ModelVersion, deployment: Deployment, viewer: Principal
) -> None:
    start = ws.clock() - timedelta(days=9)
    serve(ws, gateway, (deployment, version), start, [(0.9, 1), (0.8, 0), (0.1, 1), (0.9, None)])
    now = ws.clock()
    ws = replace(ws, clock=lambda: now)
    ledger = get_value_ledger(ws, viewer, deployment.name)
    served = Catalogue(ws).served(version.id)
    assert served is not None
    assert served.promise is not None
    assert ledger.go_live == start.astimezone(UTC).date()
    (total,) = ledger.totals
    by_hand = Decimal(12_000 - 1_500)
    if served.reference.value == "everybody":  # who was left alone would have been called as well, and both others too
        by_hand = Decimal(-12_000)
    assert total.sums.realised == by_hand
    assert (total.currency, total.sums.served, total.sums.labelled) == ("JPY", 4, 3)
    assert total.sums.gap.total == total.sums.realised - total.sums.promised
    days = (ws.clock() - start).total_seconds() / 86_400
    planned = 10_000 / Period.MONTH.days * days
    assert total.sums.planned == pytest.approx(planned, rel=0.01)
    assert float(total.sums.promised) == pytest.approx(planned * served.promise.per_case, rel=0.01)
    assert {row.key.contract_number for row in ledger.rows} == {1}
    assert ledger.contract is not None
    assert ledger.contract.contract_number == 1
    by_day = get_value_ledger(ws, viewer, deployment.id, by=By.DAY)
    assert len(by_day.rows) in {10, 11}
    assert sum((r.sums.promised for r in by_day.rows), Decimal(0)) == total.sums.promised
    assert by_day.rows[-1].since_go_live.realised == total.sums.realised
    last = by_day.rows[-1].day
    one = get_value_ledger(ws, viewer, deployment.id, DayRange(last, last + timedelta(days=1)), By.DAY)
    assert [r.day for r in one.rows] == [last]
    assert one.rows[0].since_go_live == by_day.rows[-1].since_go_live


def test_promise_gains_of_both_outcomes_come_to_the_promise(ws: Workspace, version: ModelVersion, deployment: Deployment) -> None:
    served = Catalogue(ws).served(version.id)
    assert served is not None
    promise = served.promise
    assert promise is not None
    assert promise.if_positive is not None
    assert promise.if_negative is not None
    share = promise.positives / promise.rows
    assert share * promise.if_positive + (1 - share) * promise.if_negative == pytest.approx(promise.per_case, abs=1e-4)


def test_another_contract_counts_from_its_moment_on_and_restates_only_beside(
    ws: Workspace, gateway: Gateway, models: Models, version: ModelVersion, deployment: Deployment, viewer: Principal, approver: Principal
) -> None:
    where = (deployment, version)
    serve(ws, gateway, where, ws.clock() - timedelta(days=3), [(0.9, 0)] * 4)
    before = get_value_ledger(ws, viewer, deployment.id).totals[0].sums
    contract_id = change(ws, models, version, viewer, -2_500)
    serve(ws, gateway, where, ws.clock() + timedelta(seconds=1), [(0.9, 0)] * 2)
    ledger = get_value_ledger(ws, viewer, deployment.id)
    rows = {n: [r.sums for r in ledger.rows if r.key.contract_number == n] for n in (1, 2)}
    assert sum(s.realised for s in rows[1]) == before.realised
    assert sum(s.served for s in rows[2]) == 2
    served = Catalogue(ws).contracts(version.id)
    assert [m.contract_number for m in served] == [1, 2]
    if served[1].reference.value == "nothing":
        assert sum(s.realised for s in rows[2]) == Decimal(-5_000)
    assert ledger.restated == ()
    assert "Counted under contracts 1 and 2." in lead(Words("en"), ledger)
    assert "契約1と契約2に基づいて集計しています。" in lead(Words("ja"), ledger)
    oldest = tuple(r for r in ledger.rows if r.key.contract_number == 1)
    assert "Counted under contract 1." in lead(Words("en"), replace(ledger, rows=oldest))
    newest = tuple(r for r in ledger.rows if r.key.contract_number == 2)
    assert "Counted" not in lead(Words("en"), replace(ledger, rows=newest))

    with pytest.raises(PermissionDenied):
        restate(ws, viewer, deployment.id, contract_id)
    made = restate(ws, approver, deployment.id, contract_id)
    assert (made.decisions, made.made_by_name) == (4, "Tanaka")
    after = get_value_ledger(ws, viewer, deployment.id)
    assert after.rows == get_value_ledger(ws, viewer, deployment.id).rows
    assert sum(s.realised for s in [r.sums for r in after.rows if r.key.contract_number == 1]) == before.realised  # the record stays
    (series,) = after.restated
    assert (series.key.contract_number, series.totals[0].sums.served, series.recorded[0].sums.realised) == (2, 4, before.realised)
    if served[0].reference == served[1].reference:
        assert series.totals[0].sums.realised == before.realised * 2_500 / 1_500
    assert series.totals[0].sums.gap.total == series.totals[0].sums.realised - series.totals[0].sums.promised
    (event,) = list_events(ws.store, target_id=contract_id, action="ledger.restate")
    assert event.event.details["decisions"] == 4


def test_restating_under_the_contract_in_force_then_gives_the_records_back(
    ws: Workspace, gateway: Gateway, models: Models, version: ModelVersion, deployment: Deployment, viewer: Principal, approver: Principal
) -> None:
    cases = [(0.93, 1), (0.71, 0), (0.2, 1), (0.66, None), (0.05, 0)]
    serve(ws, gateway, (deployment, version), ws.clock() - timedelta(days=2), cases)
    recorded = get_value_ledger(ws, viewer, deployment.id).totals[0].sums
    change(ws, models, version, viewer, -2_500)
    same_again = change(ws, models, version, viewer, -1_500)  # the first terms once more, as contract 3
    restate(ws, approver, deployment.id, same_again)
    (series,) = get_value_ledger(ws, viewer, deployment.id).restated
    restated = series.totals[0].sums
    for name in ("served", "labelled", "realised", "estimated", "squares"):
        assert getattr(restated, name) == getattr(recorded, name)
    assert restated.gap.quality == recorded.gap.quality


def test_what_cannot_be_restated(ws: Workspace, version: ModelVersion, deployment: Deployment, approver: Principal) -> None:
    (contract,) = Catalogue(ws).contracts(version.id)
    with pytest.raises(Conflict, match="nothing to restate"):
        restate(ws, approver, deployment.id, contract.contract_id)
    with pytest.raises(NotFound):
        restate(ws, approver, deployment.id, "none")
    with pytest.raises(NotFound):
        restate(ws, approver, "none", contract.contract_id)
    assert get_contract(ws, approver, contract.contract_id).contract.number == 1


def test_all_deployments_together_never_add_currencies(
    ws: Workspace, gateway: Gateway, models: Models, version: ModelVersion, deployment: Deployment, viewer: Principal
) -> None:
    serve(ws, gateway, (deployment, version), ws.clock() - timedelta(days=3), [(0.9, 1)] * 3)
    change(ws, models, version, viewer, -15, currency="EUR")
    serve(ws, gateway, (deployment, version), ws.clock() + timedelta(seconds=1), [(0.9, 1)])
    joined = get_portfolio_ledger(ws, viewer)
    assert {t.currency: t.sums.served for t in joined.totals} == {"JPY": 3, "EUR": 1}
    assert [(t.currency, t.sums.promised) for t in joined.since_go_live] == [(t.currency, t.sums.promised) for t in joined.totals]
    assert sum(t.sums.served for _, t in joined.months) == 4


def test_a_stopped_deployment_plans_nothing(ws: Workspace, version: ModelVersion, deployment: Deployment, approver: Principal) -> None:
    stop_deployment(ws, approver, deployment.id, reason="enough")
    planned = get_value_ledger(ws, approver, deployment.id).totals[0].sums.planned
    assert planned < 1
    assert get_value_ledger(ws, approver, deployment.id).totals[0].sums.planned == planned


def test_nothing_lies_between_a_day_and_the_day_before() -> None:
    with pytest.raises(InvalidInput, match="first day"):
        DayRange(date(2026, 3, 2), date(2026, 3, 2))


def test_who_was_in_charge_when() -> None:
    t = [datetime(2026, 3, 1 + i, tzinfo=UTC) for i in range(8)]

    def move(at: datetime, kind: MoveKind, version: str | None) -> Move:
        return Move("m", "d", 1, at, "u", "U", "session", kind, version, 1, None, None, "")

    moves = [
        move(t[1], MoveKind.DEPLOY, "a"), move(t[2], MoveKind.CANARY_START, "b"), move(t[3], MoveKind.PROMOTE, "b"),
        move(t[4], MoveKind.STOP, "b"), move(t[5], MoveKind.DEPLOY, "a"),
    ]  # fmt: skip
    assert stretches(moves, None, t[7]) == [("a", t[1], t[3]), ("b", t[3], t[4]), ("a", t[5], t[7])]
    assert stretches(moves, t[0], t[7])[0] == ("a", t[0], t[3])  # history was replayed from before
    assert stretches([], t[0], t[7]) == []


def test_reigns_are_cut_where_a_contract_comes_in_force(
    ws: Workspace, gateway: Gateway, models: Models, version: ModelVersion, deployment: Deployment, viewer: Principal
) -> None:
    change(ws, models, version, viewer, -2_500)
    now = ws.clock() + timedelta(hours=1)
    moves = [Move("m", "d", 1, now - timedelta(hours=2), "u", "U", "session", MoveKind.DEPLOY, version.id, 1, None, None, "")]
    reigns = find_reigns(Catalogue(ws), moves, None, now)
    assert [r.key.contract_number for r in reigns] == [1, 2]
    assert reigns[0].to_at == reigns[1].from_at
    assert (reigns[0].from_at, reigns[1].to_at) == (now - timedelta(hours=2), now)
    assert sums.read_value(ws.store, Window(now - timedelta(days=1), now)) == []


def test_before_any_deployment_there_is_nothing_to_tell(ws: Workspace, viewer: Principal) -> None:
    joined = get_portfolio_ledger(ws, viewer)
    assert (joined.ledgers, joined.totals, joined.months) == ((), (), ())
