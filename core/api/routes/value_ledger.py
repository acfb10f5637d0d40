"""The value ledger: promised, estimated and realised value, and why realised differs from promised."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from core.api.deps import Actor, Ws
from core.api.page import In, Out
from core.monitoring.restate import restate
from core.monitoring.value_ledger import LedgerRow, Sums, Total
from core.monitoring.value_reading import By, DayRange, RestatedSeries, ValueLedger, get_portfolio_ledger, get_value_ledger

router = APIRouter(tags=["value ledger"])
FromDay = Annotated[date | None, Query(alias="from", description="First day (UTC); since go-live, if missing.")]
ToDay = Annotated[date | None, Query(alias="to", description="The day after the last (UTC); up to now, if missing.")]


class GapOut(Out):
    """Realised less promised, in parts that add up to `total` exactly; see docs/value.md."""

    volume: Decimal
    waiting: Decimal
    prevalence: Decimal
    quality: Decimal
    overridden: Decimal
    total: Decimal


class SumsOut(Out):
    """Money and counts of a stretch of time; amounts over the reference, intervals 95 %."""

    planned: float
    served: int
    labelled: int
    labelled_share: float
    overridden: int
    delay_days: float | None
    promised: Decimal
    realised: Decimal
    realised_low: Decimal
    realised_high: Decimal
    estimated: Decimal
    estimated_low: Decimal
    estimated_high: Decimal
    gap: GapOut


class RunningOut(Out):
    """What has come together since go-live, by the end of the row's period, in its currency."""

    promised: Decimal
    realised: Decimal
    estimated: Decimal
    gap: Decimal


class RowOut(SumsOut):
    """One period (its first day) under one contract."""

    period: date
    currency: str
    contract_id: str
    contract_number: int
    model_version_id: str
    version: int
    since_go_live: RunningOut


class TotalOut(SumsOut):
    """Rows of one currency together."""

    currency: str


class RestatedOut(Out):
    """Restated: what decisions that were recorded under other contracts would have brought under this one. The records stay."""

    contract_id: str
    contract_number: int
    currency: str
    made_at: datetime
    made_by_name: str
    decisions: int
    rows: list[RowOut]
    totals: list[TotalOut]
    recorded: list[TotalOut]


class LedgerOut(Out):
    """The value ledger of one deployment; amounts of different currencies are never added."""

    deployment_id: str
    deployment_name: str
    project_id: str
    by: By
    from_day: date
    to_day: date
    go_live: date | None
    contract_id: str | None
    contract_number: int | None
    rows: list[RowOut]
    totals: list[TotalOut]
    since_go_live: list[TotalOut]
    restated: list[RestatedOut]


class MonthTotalOut(TotalOut):
    """All deployments of one currency in one period (its first day)."""

    period: date


class PortfolioLedgerOut(Out):
    """All deployments together, by currency."""

    by: By
    from_day: date
    to_day: date
    totals: list[TotalOut]
    since_go_live: list[TotalOut]
    rows: list[MonthTotalOut]
    ledgers: list[LedgerOut]


class RestateBody(In):
    """Under which contract."""

    contract_id: str = Field(max_length=64)


class MadeOut(Out):
    """A restatement that was made."""

    deployment_id: str
    contract_id: str
    made_by_name: str
    made_at: datetime
    decisions: int


def _sums(sums: Sums, realised_half: Decimal, estimated_half: Decimal) -> dict[str, object]:
    names = ("planned", "served", "labelled", "labelled_share", "overridden", "delay_days", "promised", "realised", "estimated")
    return {name: getattr(sums, name) for name in names} | {
        "realised_low": sums.realised - realised_half, "realised_high": sums.realised + realised_half,
        "estimated_low": sums.estimated - estimated_half, "estimated_high": sums.estimated + estimated_half,
        "gap": GapOut.model_validate(sums.gap),
    }  # fmt: skip


def _row(row: LedgerRow) -> RowOut:
    ever, key = row.since_go_live, row.key
    running = RunningOut(promised=ever.promised, realised=ever.realised, estimated=ever.estimated, gap=ever.gap.total)
    return RowOut.model_validate(
        _sums(row.sums, row.sums.realised_half, row.sums.estimated_half)
        | {
            "period": row.day, "currency": key.currency, "contract_id": key.contract_id, "contract_number": key.contract_number,
            "model_version_id": key.model_version_id, "version": key.version, "since_go_live": running,
        }
    )  # fmt: skip


def _total(total: Total) -> TotalOut:
    return TotalOut.model_validate(_sums(total.sums, total.realised_half, total.estimated_half) | {"currency": total.currency})


def _restated(series: RestatedSeries) -> RestatedOut:
    return RestatedOut(
        contract_id=series.key.contract_id, contract_number=series.key.contract_number, currency=series.key.currency,
        made_at=series.made.made_at, made_by_name=series.made.made_by_name, decisions=series.made.decisions,
        rows=[_row(row) for row in series.rows], totals=[_total(t) for t in series.totals], recorded=[_total(t) for t in series.recorded],
    )  # fmt: skip


def _ledger(ledger: ValueLedger) -> LedgerOut:
    contract = ledger.contract if ledger.contract and ledger.contract.contract_id else None
    return LedgerOut(
        deployment_id=ledger.live.id, deployment_name=ledger.live.name, project_id=ledger.live.project_id, by=ledger.by,
        from_day=ledger.from_day, to_day=ledger.to_day, go_live=ledger.go_live,
        contract_id=contract.contract_id if contract else None, contract_number=contract.contract_number if contract else None,
        rows=[_row(row) for row in ledger.rows], totals=[_total(t) for t in ledger.totals],
        since_go_live=[_total(t) for t in ledger.since_go_live], restated=[_restated(series) for series in ledger.restated],
    )  # fmt: skip


@router.get("/deployments/{deployment_id}/value-ledger")
def value_ledger(
    ws: Ws, actor: Actor, deployment_id: str, from_day: FromDay = None, to_day: ToDay = None, by: By = By.MONTH
) -> LedgerOut:  # fmt: skip
    """Promised, estimated and realised value by period and contract, with the gap in parts that add up."""
    return _ledger(get_value_ledger(ws, actor, deployment_id, DayRange(from_day, to_day), by))


@router.post("/deployments/{deployment_id}/value-ledger/restatements", status_code=201)
def restate_ledger(ws: Ws, actor: Actor, deployment_id: str, body: RestateBody) -> MadeOut:
    """Value past decisions under another contract than they were recorded under; it stands beside the records from then on."""
    return MadeOut.model_validate(restate(ws, actor, deployment_id, body.contract_id))


@router.get("/portfolio/value-ledger")
def portfolio_ledger(ws: Ws, actor: Actor, from_day: FromDay = None, to_day: ToDay = None, by: By = By.MONTH) -> PortfolioLedgerOut:
    """The value ledgers of all deployments, and what they come to."""
    joined = get_portfolio_ledger(ws, actor, DayRange(from_day, to_day), by)
    rows = [MonthTotalOut.model_validate(_total(total).model_dump() | {"period": day}) for day, total in joined.months]
    return PortfolioLedgerOut(
        by=joined.by, from_day=joined.from_day, to_day=joined.to_day, totals=[_total(t) for t in joined.totals],
        since_go_live=[_total(t) for t in joined.since_go_live], rows=rows, ledgers=[_ledger(ledger) for ledger in joined.ledgers],
    )  # fmt: skip
