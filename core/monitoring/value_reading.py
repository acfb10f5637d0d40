"""Reading the value ledger of a deployment, and of all of them: from the hourly sums, never from single predictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact.alternatives import AlternativeKind
from core.monitoring import restated_store, sums
from core.monitoring.catalogue import Catalogue, Live, load_under
from core.monitoring.model import Window
from core.monitoring.reigns import find_reigns, key_of_model
from core.monitoring.restated_store import Restated
from core.monitoring.served import ServedModel
from core.monitoring.sums import ValueRow
from core.monitoring.value_ledger import ContractKey, LedgerRow, Reign, Sums, Total, first_of_month, group_days, make_days, make_totals
from core.registry import contract_store as contract_rows
from core.registry import store as registry_rows
from core.serving import store as serving_rows
from core.workspace import Workspace

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
Day = tuple[date, ContractKey, Sums]


class By(StrEnum):
    """The periods of a ledger's rows."""

    DAY = "day"
    MONTH = "month"

    @property
    def period(self) -> Callable[[date], date]:
        """The period of a day, as its first day."""
        return first_of_month if self is By.MONTH else _itself


def _itself(day: date) -> date:
    return day


@dataclass(frozen=True, slots=True)
class DayRange:
    """Whole days (UTC), from the first up to, not including, the second; None is open: from go-live, up to now.

    Raises:
        InvalidInput: nothing lies between them.
    """

    from_day: date | None = None
    to_day: date | None = None

    def __post_init__(self) -> None:
        if self.from_day is not None and self.to_day is not None and self.from_day >= self.to_day:
            raise InvalidInput("The ledger's first day must lie before its end. Give an earlier day in 'from'.", field="from")


EVER = DayRange()


@dataclass(frozen=True, slots=True)
class RestatedSeries:
    """What the decisions that were counted under other contracts would have brought under this one; stands beside the records.

    Args:
        rows, totals: as in the ledger, of those decisions only. recorded: what was recorded for the same decisions.
        reference, recorded_over: the alternatives that both are counted over; they may differ, since the best one depends on the payoffs.
    """

    key: ContractKey
    made: Restated
    rows: tuple[LedgerRow, ...]
    totals: tuple[Total, ...]
    recorded: tuple[Total, ...]
    reference: AlternativeKind
    recorded_over: tuple[AlternativeKind, ...]


@dataclass(frozen=True, slots=True)
class ValueLedger:
    """The value ledger of one deployment.

    Args:
        from_day, to_day: the days of its rows, the second not included (UTC).
        go_live: first day with somebody in charge or with a decision; None before it.
        rows: by period and contract, oldest first. totals: of the rows. since_go_live: of all days; both by currency.
        contract: what the version in charge is valued under now; None where nothing was ever in charge.
        references: the alternatives that its rows are counted over, each once.
        restated: series under other contracts that somebody has asked for, the newest first.
    """

    live: Live
    by: By
    from_day: date
    to_day: date
    go_live: date | None
    rows: tuple[LedgerRow, ...]
    totals: tuple[Total, ...]
    since_go_live: tuple[Total, ...]
    contract: ServedModel | None
    references: tuple[AlternativeKind, ...] = ()
    restated: tuple[RestatedSeries, ...] = ()


@dataclass(frozen=True, slots=True)
class PortfolioLedger:
    """The ledgers of all deployments and what they come to; currencies are never added.

    Args:
        totals: of all rows in the window, by currency. since_go_live: of all days.
        months: by currency, what each month came to.
    """

    by: By
    from_day: date
    to_day: date
    ledgers: tuple[ValueLedger, ...]
    totals: tuple[Total, ...]
    since_go_live: tuple[Total, ...]
    months: tuple[tuple[date, Total], ...]


def get_value_ledger(ws: Workspace, actor: Principal, deployment_id: str, days: DayRange = EVER, by: By = By.MONTH) -> ValueLedger:
    """Promised, estimated and realised value of a deployment, and why realised differs from promised.

    Args:
        deployment_id: by id or name.
        days: which days; by default from go-live up to now.

    Raises:
        NotFound: no such deployment.
    """
    require(actor, Permission.READ_VALUE)
    catalogue = Catalogue(ws)
    live = catalogue.live(deployment_id)
    reigns = _reigns(ws, catalogue, live)
    found = _all_days(catalogue, reigns, read_all(ws, [live.id]))
    ledger = _ledger(ws, catalogue, live, found, days, by)
    made = restated_store.list_restatements(ws.store, live.id)
    return replace(ledger, restated=tuple(_restated(ws, catalogue, one, reigns, found, ledger) for one in made))


def _restated(
    ws: Workspace, catalogue: Catalogue, made: Restated, reigns: Sequence[Reign], recorded: Sequence[Day], ledger: ValueLedger
) -> RestatedSeries:
    contract = contract_rows.get_contract(ws.store, made.contract_id)
    version = registry_rows.get_version(ws.store, contract.model_version_id) if contract else None
    assert contract is not None
    assert version is not None
    model = load_under(ws, version, contract)
    key = key_of_model(model)
    theirs = [reign for reign in reigns if reign.key.model_version_id == version.id and reign.key.contract_id != contract.id]
    rows = [_restated_row(made, key, day, sums) for day, sums in restated_store.read_restated(ws.store, made.deployment_id, contract.id)]
    days = make_days(rows, [replace(reign, key=key, promise=model.promise) for reign in theirs], lambda _: key, lambda _: model.promise)
    within = (ledger.from_day, ledger.to_day)
    grouped = group_days(days, ledger.by.period, within)
    same = [
        (k, sums) for day, k, sums in recorded
        if k.model_version_id == version.id and k.contract_id != contract.id and within[0] <= day < within[1]
    ]  # fmt: skip
    over = _references(catalogue, [k for k, _ in same])
    return RestatedSeries(key, made, grouped, make_totals((r.key, r.sums) for r in grouped), make_totals(same), model.reference, over)


def _references(catalogue: Catalogue, keys: Sequence[ContractKey]) -> tuple[AlternativeKind, ...]:
    """What the contracts of some rows are counted over, each alternative once."""
    found = (catalogue.under(key.model_version_id, key.contract_id) for key in dict.fromkeys(keys))
    return tuple(dict.fromkeys(model.reference for model in found if model is not None))


def _restated_row(made: Restated, key: ContractKey, day: date, sums: Mapping[str, Any]) -> ValueRow:
    return ValueRow(
        made.deployment_id, key.model_version_id, key.version, day, key.currency, sums["n"], sums["labelled"], sums["value_sum"],
        sums["value_squares"], sums["gain_sum"] - sums["known_gain_sum"], max(0.0, sums["gain_var"] - sums["known_gain_var"]),
        sums["delay_s_sum"], key.contract_id, sums["positives"], sums["overridden"], sums["decided_sum"],
    )  # fmt: skip


def pick_ledger(ws: Workspace, actor: Principal, asked: str) -> str | None:
    """The deployment whose ledger to show: the one asked for, else the one with the most decisions, else the newest; None without any."""
    require(actor, Permission.READ_VALUE)
    lives = Catalogue(ws).lives()
    found = next((live.id for live in lives if asked in {live.id, live.name}), None) or sums.busiest(ws.store)
    known = [live.id for live in lives]
    return found if found in known else known[0] if known else None


def get_portfolio_ledger(ws: Workspace, actor: Principal, days: DayRange = EVER, by: By = By.MONTH) -> PortfolioLedger:
    """The value ledgers of all deployments, and what they come to."""
    require(actor, Permission.READ_VALUE)
    catalogue = Catalogue(ws)
    return join_ledgers(ws, catalogue, catalogue.lives(), days, by)


def read_all(ws: Workspace, deployment_ids: Sequence[str] | None = None) -> list[ValueRow]:
    """The sums of every day so far, of some deployments or of all."""
    return sums.read_value(ws.store, Window(EPOCH, ws.clock() + timedelta(days=1)), deployment_ids, "day")


def join_ledgers(ws: Workspace, catalogue: Catalogue, lives: Sequence[Live], within: DayRange = EVER, by: By = By.MONTH) -> PortfolioLedger:
    """The ledgers of some deployments, and what they come to."""
    counted: dict[str, list[ValueRow]] = {live.id: [] for live in lives}
    for row in read_all(ws, list(counted)):
        counted[row.deployment_id].append(row)
    days = {live.id: _all_days(catalogue, _reigns(ws, catalogue, live), counted[live.id]) for live in lives}
    ledgers = tuple(_ledger(ws, catalogue, live, days[live.id], within, by) for live in lives)
    rows = [row for ledger in ledgers for row in ledger.rows]
    periods = sorted({row.day for row in rows})
    months = tuple((day, total) for day in periods for total in make_totals((r.key, r.sums) for r in rows if r.day == day))
    go_live = min((ledger.go_live for ledger in ledgers if ledger.go_live), default=None)
    ever = make_totals((key, sums) for found in days.values() for _, key, sums in found)
    return PortfolioLedger(by, *_cut(within, go_live, ws.clock()), ledgers, make_totals((r.key, r.sums) for r in rows), ever, months)


def _ledger(ws: Workspace, catalogue: Catalogue, live: Live, days: Sequence[Day], within: DayRange, by: By) -> ValueLedger:
    go_live = days[0][0] if days else None
    first, last = _cut(within, go_live, ws.clock())
    rows = group_days(days, by.period, (first, last))
    in_charge = catalogue.served(live.champion_id) if live.champion_id else None
    ever = make_totals((key, sums) for _, key, sums in days)
    over = _references(catalogue, [row.key for row in rows])
    return ValueLedger(live, by, first, last, go_live, rows, make_totals((r.key, r.sums) for r in rows), ever, in_charge, over)


def _cut(within: DayRange, go_live: date | None, now: datetime) -> tuple[date, date]:
    """A range with its open ends closed: from go-live at the earliest, up to today at the latest."""
    today = now.astimezone(UTC).date()
    first, end = within.from_day or go_live or today, within.to_day or today + timedelta(days=1)
    return max(first, go_live or first), min(end, today + timedelta(days=1))


def _reigns(ws: Workspace, catalogue: Catalogue, live: Live) -> list[Reign]:
    """Up to the last whole minute, so that reading twice tells the same."""
    first, now = sums.span_of(ws.store, live.id), ws.clock().replace(second=0, microsecond=0)
    return find_reigns(catalogue, serving_rows.list_moves(ws.store, live.id), first[0] if first else None, now)


def _all_days(catalogue: Catalogue, reigns: Sequence[Reign], counted: Sequence[ValueRow]) -> list[Day]:
    def key_of(row: ValueRow) -> ContractKey:
        model = catalogue.under(row.model_version_id, row.contract_id)
        if model is not None and model.contract_id == row.contract_id:
            return key_of_model(model)
        return ContractKey(row.model_version_id, row.version, row.contract_id, 0, row.currency)

    return make_days(counted, reigns, key_of, catalogue.promise)
