"""A check: what was served, against the training data and the promise; alerts follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from core.errors import NotEnoughData
from core.identity import Permission, Principal, require
from core.monitoring import intake, sums
from core.monitoring import monitor_store as rows
from core.monitoring.catalogue import Catalogue, Live
from core.monitoring.findings import (
    FeatureDrift,
    compare_features,
    judge_drift,
    judge_performance,
    judge_quality,
    judge_traffic,
    judge_value,
)
from core.monitoring.ledger import Entry, make_ledgers
from core.monitoring.model import Alert, AlertState, Check, MonitorConfig, PartResult, Severity, Verdict, Window, worst
from core.monitoring.performance import Performance, measure
from core.monitoring.served import ServedModel
from core.monitoring.sums import Traffic
from core.store import Transaction, new_id
from core.store.lineage import Edge, Node
from core.workspace import Workspace

LOST_AFTER = timedelta(days=7)
SEVERITY = {Verdict.AMBER: Severity.WARNING, Verdict.RED: Severity.CRITICAL}
CLEARED = "The newest check finds nothing any more."
REPLACED = "Another version serves now; this was about the one before."


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a check of one version in one window rests on."""

    live: Live
    served: ServedModel
    window: Window
    config: MonitorConfig
    traffic: Traffic
    features: tuple[FeatureDrift, ...]
    performance: Performance
    value: Entry | None


def window_of(ws: Workspace, config: MonitorConfig) -> Window:
    """The window that a check takes by itself: the configured days up to now."""
    now = ws.clock()
    return Window(now - timedelta(days=config.window_days), now)


def config_of(ws: Workspace, deployment_id: str) -> MonitorConfig:
    """A deployment's monitor settings; the defaults before anybody changed them."""
    monitor = rows.get_monitor(ws.store, deployment_id)
    return monitor.config if monitor else MonitorConfig()


def compare(ws: Workspace, deployment_id: str, window: Window | None = None) -> Comparison:
    """Compare what the deployment's version in charge was served in a window with its training data and promise.

    Raises:
        NotFound: no such deployment. NotEnoughData: nothing was ever deployed there.
    """
    catalogue = Catalogue(ws)
    live = catalogue.live(deployment_id)
    config = config_of(ws, live.id)
    window = window or window_of(ws, config)
    version = live.champion_id or sums.newest_version(ws.store, live.id, window)
    served = catalogue.served(version) if version else None
    if served is None:
        raise NotEnoughData("Nothing has been deployed here yet, so there is nothing to check. Deploy an approved version first.")
    key = served.model_version_id
    traffic = sums.read_traffic(ws.store, live.id, window, key)
    features = compare_features(served, sums.read_features(ws.store, live.id, window, key), config)
    measured = measure(sums.read_truth(ws.store, live.id, window, key), traffic.n)
    value_rows = [row for row in sums.read_value(ws.store, window, [live.id]) if row.model_version_id == key]
    ledgers = make_ledgers(value_rows, catalogue.promise)
    return Comparison(live, served, window, config, traffic, features, measured, ledgers[0].total if ledgers else None)


def run_check(ws: Workspace, actor: Principal, deployment_id: str, window: Window | None = None) -> Check:
    """Check a deployment now; alerts open for what is amber or red, and close for what is green again.

    Args:
        window: what to look at; by default the monitor's days up to now.
    """
    require(actor, Permission.HANDLE_ALERTS)
    c = compare(ws, deployment_id, window)
    parts = _judge(ws, c)
    check = Check(
        new_id(), c.live.id, c.live.project_id, c.served.model_version_id, c.served.version, ws.clock(), actor.name, c.window.from_at,
        c.window.to_at, worst(tuple(part.verdict for part in parts)), parts,
    )  # fmt: skip

    def work(tx: Transaction) -> Check:
        rows.insert_check(tx, check)
        tx.edge(Edge(Node.DEPLOYMENT, check.deployment_id, Node.MONITOR, check.id, "checked"))
        if not actor.is_system:
            details = {"verdict": check.verdict.value}
            tx.audit(actor.event("monitor.check", Node.DEPLOYMENT, check.deployment_id, project_id=check.project_id, details=details))
        for part in parts:
            _follow(tx, actor, check, part)
        return check

    return ws.store.write(work)


def _judge(ws: Workspace, c: Comparison) -> tuple[PartResult, ...]:
    lost = intake.count_pending(ws.store, c.live.name, ws.clock() - LOST_AFTER)
    span = sums.span_of(ws.store, c.live.id)
    everything = sums.read_traffic(ws.store, c.live.id, c.window)
    return (
        judge_value(c.value, c.served.promise, c.config),
        judge_performance(c.performance, c.served.promise, c.config),
        judge_drift(c.features, c.traffic, c.config),
        judge_quality(c.features, c.traffic, lost, c.config),
        judge_traffic(everything, c.config, span[1] if span else None, ws.clock()),
    )


def _follow(tx: Transaction, actor: Principal, check: Check, part: PartResult) -> None:
    """Open, renew or close the alert of one part."""
    standing = next((a for a in rows.unresolved_alerts(tx, check.deployment_id) if a.kind is part.part), None)
    if part.verdict in SEVERITY:
        _raise(tx, actor, check, part, standing)
    elif standing is not None and part.verdict is Verdict.GREEN:
        _close(tx, actor, standing, CLEARED)
    elif standing is not None:
        seen = rows.get_check(tx, standing.check_id)
        if seen is not None and seen.model_version_id != check.model_version_id:
            _close(tx, actor, standing, REPLACED)


def _raise(tx: Transaction, actor: Principal, check: Check, part: PartResult, standing: Alert | None) -> None:
    severity = SEVERITY[part.verdict]
    if standing is None:
        alert = Alert(
            new_id(), check.deployment_id, check.project_id, part.part, severity, AlertState.OPEN, part.reasons, check.id, tx.at, tx.at,
            "", None, None, "",
        )  # fmt: skip
        rows.insert_alert(tx, alert)
        tx.edge(Edge(Node.DEPLOYMENT, check.deployment_id, Node.ALERT, alert.id, "raised"))
        details = {"kind": part.part.value, "severity": severity.value}
        tx.audit(actor.event("alert.open", Node.ALERT, alert.id, project_id=check.project_id, details=details))
        return
    worse = severity is Severity.CRITICAL and standing.severity is Severity.WARNING
    state = AlertState.OPEN if worse else standing.state
    rows.update_alert(tx, replace(standing, severity=severity, state=state, reasons=part.reasons, check_id=check.id, last_seen_at=tx.at))


def _close(tx: Transaction, actor: Principal, alert: Alert, note: str) -> None:
    rows.update_alert(tx, replace(alert, state=AlertState.RESOLVED, resolved_at=tx.at, note=alert.note or note))
    tx.audit(actor.event("alert.resolve", Node.ALERT, alert.id, project_id=alert.project_id, details={"note": note}))
