"""What people and schedules do with monitors, and what pages read of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.errors import KachiError, NotFound
from core.identity import SYSTEM, Permission, Principal, require
from core.monitoring import monitor_store as rows
from core.monitoring import sums
from core.monitoring.catalogue import Catalogue, Live, LiveState
from core.monitoring.check import Comparison, compare, config_of, run_check, window_of
from core.monitoring.drift import Drift
from core.monitoring.drift import compare as compare_counts
from core.monitoring.findings import limits_of
from core.monitoring.ledger import Ledger, make_ledgers
from core.monitoring.model import Check, Monitor, MonitorConfig, Verdict, Window
from core.monitoring.sums import DayTraffic
from core.monitoring.wording import VERDICTS
from core.registry.phrases import Phrase
from core.store import Transaction
from core.store.lineage import Edge, Node
from core.words import mark
from core.workspace import Workspace

DEFAULT_CRON = "7 * * * *"
CHECK_KIND = "monitoring.check"
URGENCY = (Verdict.INSUFFICIENT_DATA, Verdict.GREEN, Verdict.AMBER, Verdict.RED)


def all_time(ws: Workspace) -> Window:
    """From the beginning up to now."""
    return Window(datetime(2000, 1, 1, tzinfo=UTC), ws.clock() + timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class MonitorView:
    """A deployment with its monitor and its newest check, for the list."""

    live: Live
    config: MonitorConfig
    check: Check | None
    open_alerts: int


def ensure_monitor(tx: Transaction, live: Live) -> bool:
    """Give a deployment its monitor with the default settings, within the caller's transaction.

    Returns:
        Whether it is new.
    """
    if rows.get_monitor(tx, live.id) is not None:
        return False
    rows.put_monitor(tx, Monitor(live.id, live.project_id, MonitorConfig(), tx.at, tx.at, SYSTEM.name))
    tx.edge(Edge(Node.DEPLOYMENT, live.id, Node.MONITOR, live.id, "watched by"))
    tx.audit(SYSTEM.event("monitor.create", Node.MONITOR, live.id, project_id=live.project_id))
    return True


def list_monitors(ws: Workspace, actor: Principal) -> list[MonitorView]:
    """All deployments with their monitors, the newest first."""
    require(actor, Permission.READ_DETAILS)
    checks = rows.newest_checks(ws.store)
    monitors = {m.deployment_id: m for m in rows.list_monitors(ws.store)}
    alerts = [alert.deployment_id for alert in rows.unresolved_alerts(ws.store)]
    return [
        MonitorView(
            live, monitors[live.id].config if live.id in monitors else MonitorConfig(), checks.get(live.id), alerts.count(live.id)
        )
        for live in Catalogue(ws).lives()
    ]  # fmt: skip


def most_urgent(views: Sequence[MonitorView]) -> MonitorView:
    """The deployment whose newest check is the most alarming; the first among equals."""
    return max(views, key=lambda view: URGENCY.index(view.check.verdict) if view.check else 0)


def live_names(ws: Workspace, actor: Principal) -> dict[str, str]:
    """What people call each deployment, by its id."""
    require(actor, Permission.READ_VALUE)
    return {live.id: live.title for live in Catalogue(ws).lives()}


def get_monitor(ws: Workspace, actor: Principal, deployment_id: str) -> MonitorView:
    """One deployment's monitor, by the deployment's id or name."""
    require(actor, Permission.READ_DETAILS)
    live = Catalogue(ws).live(deployment_id)
    newest = rows.list_checks(ws.store, live.id, before_id=None, limit=1)
    return MonitorView(live, config_of(ws, live.id), newest[0] if newest else None, len(rows.unresolved_alerts(ws.store, live.id)))


def edit_monitor(ws: Workspace, actor: Principal, deployment_id: str, config: MonitorConfig) -> MonitorView:
    """Change when a deployment's checks warn."""
    require(actor, Permission.EDIT_MONITORS)
    live = Catalogue(ws).live(deployment_id)

    def work(tx: Transaction) -> None:
        ensure_monitor(tx, live)
        old = rows.get_monitor(tx, live.id)
        assert old is not None
        rows.put_monitor(tx, replace(old, config=config, updated_at=tx.at, updated_by=actor.name))
        changed = {n: getattr(config, n) for n in config.__slots__ if getattr(config, n) != getattr(old.config, n)}
        tx.audit(actor.event("monitor.edit", Node.MONITOR, live.id, project_id=live.project_id, details=changed))

    ws.store.write(work)
    return get_monitor(ws, actor, live.id)


def list_checks(ws: Workspace, actor: Principal, deployment_id: str, *, before_id: str | None = None, limit: int = 50) -> list[Check]:
    """A deployment's checks, the newest first."""
    require(actor, Permission.READ_DETAILS)
    return rows.list_checks(ws.store, Catalogue(ws).live(deployment_id).id, before_id=before_id, limit=limit)


def get_check(ws: Workspace, actor: Principal, check_id: str) -> Check:
    """One check.

    Raises:
        NotFound: there is none.
    """
    require(actor, Permission.READ_DETAILS)
    found = rows.get_check(ws.store, check_id)
    if found is None:
        raise NotFound("check", check_id)
    return found


def get_comparison(ws: Workspace, actor: Principal, deployment_id: str, window: Window | None = None) -> Comparison:
    """All figures behind a check, computed now from the hourly sums, nothing stored."""
    require(actor, Permission.READ_DETAILS)
    return compare(ws, deployment_id, window)


def list_drift_days(
    ws: Workspace, actor: Principal, deployment_id: str, feature: str, window: Window | None = None
) -> list[tuple[str, Drift]]:
    """One feature's drift day by day (ISO day), against the training data.

    Raises:
        NotFound: the version that serves has no such feature.
    """
    require(actor, Permission.READ_DETAILS)
    c = compare(ws, deployment_id, window)
    bins = next((b for b in (*c.served.features, *([c.served.score] if c.served.score else [])) if b.name == feature), None)
    if bins is None:
        raise NotFound("feature", feature)
    limits = limits_of(c.config, 1)
    days = sums.read_feature_days(ws.store, c.live.id, c.window, c.served.model_version_id, feature)
    return [(day.isoformat(), compare_counts(feature, bins.counts, counts, limits, ordered=bins.numeric)) for day, counts in days]


def list_traffic(ws: Workspace, actor: Principal, deployment_id: str, window: Window | None = None) -> list[DayTraffic]:
    """Decisions by day, version and arm, oldest first."""
    require(actor, Permission.READ_VALUE)
    live = Catalogue(ws).live(deployment_id)
    return sums.read_days(ws.store, live.id, window or window_of(ws, config_of(ws, live.id)))


def get_ledger(ws: Workspace, actor: Principal, deployment_id: str, window: Window, grain: str = "month") -> tuple[Ledger, ...]:
    """Promised, realised and expected value of a deployment, by month or day; one ledger a currency, the newest first.

    Args:
        grain: ``month`` or ``day``.
    """
    require(actor, Permission.READ_VALUE)
    catalogue = Catalogue(ws)
    live = catalogue.live(deployment_id)
    return make_ledgers(sums.read_value(ws.store, window, [live.id], grain), catalogue.promise)


def check_on_schedule(ws: Workspace, deployment_id: str) -> Phrase:
    """What a schedule runs: a check by Kachi itself, told in a sentence."""
    live = Catalogue(ws).live(deployment_id)
    if live.state is LiveState.STOPPED:
        return Phrase(mark("The deployment is stopped; nothing was checked."))
    try:
        check = run_check(ws, SYSTEM, deployment_id)
    except KachiError as error:
        if error.http_status >= 500:
            raise
        return Phrase(error.template, error.fields)
    return Phrase(mark("Checked version {version}: {verdict_word}."), {"version": check.version, "verdict_word": VERDICTS[check.verdict]})
