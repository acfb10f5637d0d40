"""The portfolio: promised and earned value of all projects."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from fastapi import APIRouter

from core.api.deps import Actor, Ws
from core.api.page import Out
from core.api.routes.monitors import EntryOut, LedgerMonthOut, LiveOut, Moment, window_from
from core.impact.alternatives import AlternativeKind
from core.monitoring.portfolio import ProjectRow, Stage, Standing, get_portfolio
from core.monitoring.service import all_time

router = APIRouter(prefix="/portfolio", tags=["portfolio"])


class ProjectValueOut(Out):
    """One project: where it is, how it stands, what it earned; `realised` and `promised` speak of decisions with a known outcome."""

    project_id: str
    slug: str
    name: str
    owner_name: str
    is_sample: bool
    stage: Stage
    standing: Standing
    currency: str
    reference: AlternativeKind | None
    realised: Decimal | None
    promised: Decimal | None
    entry: EntryOut | None
    months: list[LedgerMonthOut]
    deployments: list[LiveOut]
    approvals_open: list[str]
    proposals_open: int
    alerts_open: list[str]
    report_id: str | None


class TotalOut(Out):
    """All projects of one currency together."""

    currency: str
    entry: EntryOut
    months: list[LedgerMonthOut]


class PortfolioOut(Out):
    """All projects and their totals; currencies are never added."""

    from_at: datetime
    to_at: datetime
    updated_at: datetime | None
    projects: list[ProjectValueOut]
    totals: list[TotalOut]


def _project(row: ProjectRow) -> ProjectValueOut:
    return ProjectValueOut(
        project_id=row.project.id,
        slug=row.project.slug,
        name=row.project.name,
        owner_name=row.project.owner_name,
        is_sample=row.project.is_sample,
        stage=row.stage,
        standing=row.standing,
        currency=row.currency,
        reference=row.reference,
        realised=row.entry.realised if row.entry and row.entry.labelled else None,
        promised=row.entry.promised if row.entry and row.entry.labelled else None,
        entry=EntryOut.model_validate(row.entry) if row.entry else None,
        months=[LedgerMonthOut.model_validate(month) for month in row.months],
        deployments=[LiveOut.model_validate(live) for live in row.deployments],
        approvals_open=[approval.id for approval in row.approvals],
        proposals_open=row.proposals,
        alerts_open=[alert.id for alert in row.alerts],
        report_id=row.report_id,
    )


@router.get("")
def portfolio(ws: Ws, actor: Actor, from_at: Moment = None, to_at: Moment = None) -> PortfolioOut:
    """Every project with its value in a window; without a window since the beginning."""
    window = window_from(from_at, to_at) or all_time(ws)
    found = get_portfolio(ws, actor, window)
    return PortfolioOut(
        from_at=window.from_at,
        to_at=window.to_at,
        updated_at=found.updated_at,
        projects=[_project(row) for row in found.projects],
        totals=[TotalOut.model_validate(total) for total in found.totals],
    )
