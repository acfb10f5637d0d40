"""Checks and the alerts that follow: opened once, renewed, taken, closed; too little data never alarms."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from core.identity import SYSTEM, Principal
from core.monitoring import alerts, service
from core.monitoring.check import CLEARED, run_check
from core.monitoring.findings import VALUE_BELOW, VALUE_LOSS
from core.monitoring.ingest import ingest_now
from core.monitoring.model import AlertState, Check, MonitorConfig, Part, Severity, Verdict, Window
from core.monitoring.wording import say
from core.registry.phrases import phrase_to_text, say_stored
from core.words import Words
from core.workspace import Workspace
from tests.monitoring.conftest import START, Gateway, make_served

pytestmark = pytest.mark.usefixtures("versions")


def serve(
    ws: Workspace,
    gateway: Gateway,
    n: int,
    *,
    at: datetime = START,
    ages: tuple[Any, ...] = (25, 35, 45, 55),
    hit: float = 0.8,
    **changes: Any,
) -> Window:
    """Serve n predictions, half of them acted on, with truth: the acted-on ones are right with probability `hit`."""
    rng = random.Random(n + at.day)
    for i in range(n):
        decision = i % 2
        score = rng.random() * 0.5 + 0.5 * decision
        x = {"age": rng.choice(ages), "job": rng.choices(["admin", '技術 "職"', "cook"], [60, 38, 2])[0]}
        key = gateway.predict(at + timedelta(minutes=i), score=score, decision=decision, x=x, **changes)
        truth = int(rng.random() < (hit if decision else 0.2))
        gateway.feed_back(key, truth, at + timedelta(days=1))
    gateway.finish()
    ingest_now(ws)
    return Window(at, at + timedelta(days=5))


def verdicts(check: Check) -> dict[Part, Verdict]:
    return {part.part: part.verdict for part in check.parts}


def test_as_promised_is_green_and_opens_nothing(ws: Workspace, gateway: Gateway, scientist: Principal) -> None:
    check = run_check(ws, scientist, "churn", serve(ws, gateway, 600))
    assert set(verdicts(check).values()) == {Verdict.GREEN}
    assert check.verdict is Verdict.GREEN
    assert alerts.list_alerts(ws, scientist) == []
    assert service.list_checks(ws, scientist, "dep-1") == [check]
    words = say(Words("en"), check.parts[0].reasons[0])
    assert words.startswith("Decisions with a known outcome earned ¥")
    assert "{" not in say(Words("ja"), check.parts[0].reasons[0])


def test_too_few_rows_are_too_early_and_open_nothing(ws: Workspace, gateway: Gateway, scientist: Principal) -> None:
    check = run_check(ws, scientist, "dep-1", serve(ws, gateway, 60, ages=(99,), hit=0.0))
    assert verdicts(check)[Part.DRIFT] is Verdict.INSUFFICIENT_DATA
    assert verdicts(check)[Part.VALUE] is Verdict.INSUFFICIENT_DATA
    assert alerts.list_alerts(ws, scientist) == []


def test_drift_and_loss_open_one_alert_each_once(ws: Workspace, gateway: Gateway, scientist: Principal, approver: Principal) -> None:
    window = serve(ws, gateway, 800, ages=(99, None), hit=0.05)
    check = run_check(ws, scientist, "dep-1", window)
    assert check.verdict is Verdict.RED
    found = verdicts(check)
    assert (found[Part.DRIFT], found[Part.QUALITY], found[Part.VALUE], found[Part.PERFORMANCE]) == (Verdict.RED,) * 4
    value = check.part(Part.VALUE)
    assert value is not None
    assert value.reasons[0].template in {VALUE_BELOW, VALUE_LOSS}
    opened = alerts.list_alerts(ws, scientist)
    assert sorted(a.kind for a in opened) == sorted([Part.DRIFT, Part.QUALITY, Part.VALUE, Part.PERFORMANCE])
    again = run_check(ws, SYSTEM, "dep-1", window)
    renewed = alerts.list_alerts(ws, scientist)
    assert [a.id for a in renewed] == [a.id for a in opened]
    assert {a.check_id for a in renewed} == {again.id}

    drift = next(a for a in renewed if a.kind is Part.DRIFT)
    taken = alerts.acknowledge_alert(ws, approver, drift.id, "  Looking   at it ")
    assert (taken.state, taken.handled_by, taken.note) == (AlertState.ACKNOWLEDGED, approver.name, "Looking at it")
    with pytest.raises(Conflict):
        alerts.acknowledge_alert(ws, scientist, drift.id)
    run_check(ws, SYSTEM, "dep-1", window)
    assert alerts.get_alert(ws, scientist, drift.id).state is AlertState.ACKNOWLEDGED
    assert alerts.resolve_alert(ws, scientist, drift.id, "Known").resolved_at is not None
    with pytest.raises(Conflict):
        alerts.resolve_alert(ws, scientist, drift.id)
    run_check(ws, SYSTEM, "dep-1", window)
    assert len(alerts.list_alerts(ws, scientist, state=AlertState.OPEN)) == 4  # a new one: it is still so


def test_green_again_closes_and_too_early_does_not(ws: Workspace, gateway: Gateway, scientist: Principal) -> None:
    bad = serve(ws, gateway, 600, ages=(99,))
    run_check(ws, scientist, "dep-1", bad)
    (alert,) = alerts.list_alerts(ws, scientist)
    quiet = Window(START + timedelta(days=40), START + timedelta(days=41))
    run_check(ws, scientist, "dep-1", quiet)
    assert alerts.get_alert(ws, scientist, alert.id).state is AlertState.OPEN
    run_check(ws, scientist, "dep-1", serve(ws, gateway, 600, at=START + timedelta(days=10)))
    closed = alerts.get_alert(ws, scientist, alert.id)
    assert (closed.state, closed.note) == (AlertState.RESOLVED, CLEARED)


def test_another_version_closes_what_was_said_of_the_one_before(
    ws: Workspace, gateway: Gateway, scientist: Principal, versions: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.monitoring import catalogue

    window = serve(ws, gateway, 600, ages=(99,))
    run_check(ws, scientist, "dep-1", window)
    versions["mv2"] = make_served("mv2", 2)
    (live,) = catalogue.list_live(ws)
    monkeypatch.setattr(catalogue, "list_live", lambda ws: [replace(live, champion_id="mv2", champion_number=2)])
    check = run_check(ws, scientist, "dep-1", window)
    assert check.version == 2
    assert verdicts(check)[Part.DRIFT] is Verdict.INSUFFICIENT_DATA
    assert alerts.list_alerts(ws, scientist, state=AlertState.OPEN) == []


def test_a_worse_finding_reopens_a_taken_alert(ws: Workspace, gateway: Gateway, scientist: Principal) -> None:
    service.edit_monitor(ws, scientist, "dep-1", MonitorConfig(psi_act=9.0))
    window = serve(ws, gateway, 600, ages=(99,))
    run_check(ws, scientist, "dep-1", window)
    (alert,) = alerts.list_alerts(ws, scientist)
    assert alert.severity is Severity.WARNING
    alerts.acknowledge_alert(ws, scientist, alert.id)
    service.edit_monitor(ws, scientist, "dep-1", MonitorConfig())
    run_check(ws, scientist, "dep-1", window)
    worse = alerts.get_alert(ws, scientist, alert.id)
    assert (worse.state, worse.severity) == (AlertState.OPEN, Severity.CRITICAL)


def test_drift_day_by_day_and_traffic(ws: Workspace, gateway: Gateway, scientist: Principal) -> None:
    window = serve(ws, gateway, 3000, ages=(99,))
    days = service.list_drift_days(ws, scientist, "dep-1", "age", window)
    assert [day for day, _ in days] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert all(found.psi > 1 for _, found in days)
    traffic = service.list_traffic(ws, scientist, "dep-1", window)
    assert sum(day.predictions for day in traffic) == sum(day.labelled for day in traffic) == 3000
    with pytest.raises(NotFound):
        service.list_drift_days(ws, scientist, "dep-1", "no such", window)


def test_lost_truth_is_told_after_a_week(ws: Workspace, gateway: Gateway, scientist: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    window = serve(ws, gateway, 400)
    from core.store import new_id

    gateway.feed_back(new_id(int(START.timestamp() * 1000)), 1, START)
    gateway.finish()
    ingest_now(ws)
    assert verdicts(run_check(ws, scientist, "dep-1", window))[Part.QUALITY] is Verdict.GREEN
    ws.store.write(lambda tx: tx.execute("UPDATE pending_truths SET received_at = received_at - INTERVAL 8 DAY"))
    assert verdicts(run_check(ws, scientist, "dep-1", window))[Part.QUALITY] is Verdict.AMBER


def test_permissions_and_bad_settings(ws: Workspace, viewer: Principal, admin: Principal, scientist: Principal) -> None:
    with pytest.raises(PermissionDenied):
        run_check(ws, viewer, "dep-1")
    with pytest.raises(PermissionDenied):
        service.edit_monitor(ws, admin, "dep-1", MonitorConfig())
    with pytest.raises(InvalidInput):
        MonitorConfig(psi_watch=0.3, psi_act=0.2)
    with pytest.raises(NotFound):
        run_check(ws, scientist, "nowhere")
    with pytest.raises(InvalidInput):
        Window(START, START)


def test_the_schedule_tells_what_it_found(ws: Workspace, gateway: Gateway) -> None:
    assert say_stored(Words("en"), phrase_to_text(service.check_on_schedule(ws, "dep-1"))) == "Checked version 1: Too early to say."
