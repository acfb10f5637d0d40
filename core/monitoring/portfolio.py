"""The portfolio: what each project promised and earned, how it stands, and what waits for somebody. Sums only, never predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from core.identity import Permission, Principal, require
from core.impact.alternatives import AlternativeKind
from core.monitoring import monitor_store as rows
from core.monitoring import sums
from core.monitoring.catalogue import Catalogue, Live, LiveState
from core.monitoring.ledger import Entry, LedgerMonth, make_entry, make_ledgers
from core.monitoring.model import Alert, Severity, Window
from core.monitoring.sums import ValueRow
from core.monitoring.value_reading import DayRange, PortfolioLedger, join_ledgers
from core.project.model import Phase, Project
from core.project.proposals import count_waiting
from core.project.service import list_projects
from core.registry import store as registry_rows
from core.registry.model import Approval, ApprovalState
from core.workspace import Workspace

# Outcomes from which a project's promise is judged at all; below, it is too early to say.
MIN_LABELS = 100
PROJECTS_MOST = 500


class Standing(StrEnum):
    """How a project keeps its promise; in words and signs the same as the pages' `Health`."""

    AHEAD = "ahead"
    AS_PROMISED = "as_promised"
    BELOW = "below"
    STOPPED = "stopped"
    EARLY = "early"
    NOT_STARTED = "not_started"


class Stage(StrEnum):
    """Where a project is, in words for everybody."""

    FRAMING = "framing"
    PREPARING = "preparing"
    DEVELOPING = "developing"
    EVALUATING = "evaluating"
    APPROVED = "approved"
    PILOT = "pilot"
    LIVE = "live"
    STOPPED = "stopped"


_STAGES = {
    Phase.BUSINESS_UNDERSTANDING: Stage.FRAMING,
    Phase.DATA_UNDERSTANDING: Stage.PREPARING,
    Phase.DATA_PREPARATION: Stage.PREPARING,
    Phase.MODELING: Stage.DEVELOPING,
    Phase.EVALUATION: Stage.EVALUATING,
    Phase.DEPLOYMENT: Stage.APPROVED,
}


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project in the portfolio.

    Args:
        reference: what the value is counted against; None before the first deployment.
        entry: value in the window; None before the first deployment.
        months: the same by month.
        report_id: the frozen impact report of the version in charge (else of the newest request); None without.
        proposals: proposed value models that wait for a decision.
    """

    project: Project
    stage: Stage
    standing: Standing
    currency: str
    reference: AlternativeKind | None
    entry: Entry | None
    months: tuple[LedgerMonth, ...]
    deployments: tuple[Live, ...]
    approvals: tuple[Approval, ...]
    alerts: tuple[Alert, ...]
    report_id: str | None
    proposals: int = 0

    @property
    def decision_waits(self) -> bool:
        """Whether somebody has to decide."""
        return bool(self.approvals) or self.proposals > 0

    @property
    def needs_attention(self) -> bool:
        """Whether it is below its promise, stopped, or has an urgent alert that nobody has solved."""
        return self.standing in {Standing.BELOW, Standing.STOPPED} or any(a.severity is Severity.CRITICAL for a in self.alerts)


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """All projects of one currency together.

    Args:
        entry: value in the window. months: the same by month.
    """

    currency: str
    entry: Entry
    months: tuple[LedgerMonth, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All projects and their totals; currencies are never added, the largest business stands first.

    Args:
        ledger: the value ledgers of their deployments, and what they come to.
    """

    window: Window
    projects: tuple[ProjectRow, ...]
    totals: tuple[CurrencyTotal, ...]
    approvals: tuple[Approval, ...]
    updated_at: datetime | None
    ledger: PortfolioLedger

    @property
    def proposals(self) -> int:
        """Proposed value models that wait for a decision."""
        return sum(row.proposals for row in self.projects)

    @property
    def main(self) -> CurrencyTotal | None:
        """The total that the headline speaks of."""
        return self.totals[0] if self.totals else None

    @property
    def attention(self) -> tuple[ProjectRow, ...]:
        """Projects that need somebody."""
        return tuple(row for row in self.projects if row.needs_attention)


def judge_standing(entry: Entry | None, deployments: Sequence[Live]) -> Standing:
    """How a project keeps its promise: ahead or below only where the interval of what was earned leaves the promise out."""
    if not deployments or not any(live.champion_id for live in deployments):
        return Standing.NOT_STARTED
    if all(live.state is LiveState.STOPPED for live in deployments):
        return Standing.STOPPED
    if entry is None or entry.labelled < MIN_LABELS:
        return Standing.EARLY
    if entry.low > entry.promised:
        return Standing.AHEAD
    return Standing.BELOW if entry.high < entry.promised else Standing.AS_PROMISED


def judge_stage(project: Project, deployments: Sequence[Live]) -> Stage:
    """Where a project is: a running deployment tells more than the phase."""
    started = [live for live in deployments if live.champion_id or live.canary_share > 0]
    if not started:
        return _STAGES[project.phase]
    if all(live.state is LiveState.STOPPED for live in started):
        return Stage.STOPPED
    return Stage.LIVE if any(live.champion_id for live in started) else Stage.PILOT


def get_portfolio(ws: Workspace, actor: Principal, window: Window) -> Portfolio:
    """Every project with its value in a window.

    Args:
        window: from when to when; the months in it are told one by one.
    """
    require(actor, Permission.READ_VALUE)
    catalogue = Catalogue(ws)
    lives = catalogue.lives()
    found = sums.read_value(ws.store, window)
    wanted = registry_rows.ApprovalFilter(state=ApprovalState.OPEN)
    approvals = registry_rows.list_approvals(ws.store, wanted, before_id=None, limit=PROJECTS_MOST)
    alerts = rows.unresolved_alerts(ws.store)
    table = [
        _row(ws, catalogue, project, [live for live in lives if live.project_id == project.id], found, approvals, alerts)
        for project in list_projects(ws, actor, limit=PROJECTS_MOST)
    ]
    waiting = count_waiting(ws, actor)
    table = [replace(row, proposals=waiting.get(row.project.id, 0)) for row in table]
    known = {live.id for row in table for live in row.deployments}
    counted = [row for row in found if row.deployment_id in known]
    totals = [CurrencyTotal(ledger.currency, ledger.total, ledger.months) for ledger in make_ledgers(counted, catalogue.promise)]
    totals.sort(key=lambda total: -total.entry.served)
    table.sort(key=_order)
    # The ledger counts whole UTC days; a reader's midnight is never more than half a day from one.
    days = DayRange((window.from_at.astimezone(UTC) + timedelta(hours=12)).date())
    ledger = join_ledgers(ws, catalogue, [live for live in lives if live.id in known], days)
    return Portfolio(window, tuple(table), tuple(totals), tuple(approvals), sums.newest_hour(ws.store), ledger)


def _order(row: ProjectRow) -> tuple[int, Decimal, str]:
    """Earning projects first, the largest of them first; then the promising, then the young."""
    earned = row.entry.realised if row.entry else Decimal(0)
    return (0 if row.entry and row.entry.labelled else 1 if row.entry else 2, -earned, row.project.name)


def _row(
    ws: Workspace, catalogue: Catalogue, project: Project, lives: Sequence[Live], found: Sequence[ValueRow],
    approvals: Sequence[Approval], alerts: Sequence[Alert],
) -> ProjectRow:  # fmt: skip
    mine = [row for row in found if row.deployment_id in {live.id for live in lives}]
    ledgers = make_ledgers(mine, catalogue.promise)
    entry = ledgers[0].total if ledgers else None
    waiting = tuple(a for a in approvals if a.project_id == project.id)
    champion = next((live.champion_id for live in lives if live.champion_id), None)
    served = catalogue.served(champion) if champion else None
    newest = champion or (waiting[0].model_version_id if waiting else None)
    version = registry_rows.get_version(ws.store, newest) if newest else None
    currency = entry.currency if entry else served.currency if served else waiting[0].stake.currency if waiting else ""
    if entry is None and served is not None:
        entry = make_entry(currency, (), catalogue.promise)
    return ProjectRow(
        project,
        judge_stage(project, lives),
        judge_standing(entry, lives),
        currency,
        served.reference if served else None,
        entry,
        ledgers[0].months if ledgers else (),
        tuple(lives),
        waiting,
        tuple(a for a in alerts if a.project_id == project.id),
        version.impact_report_id if version else None,
    )
