"""The value ledger: promised, estimated and realised by day and contract, and the gap between promised and realised in parts.

The gap is told by changing one thing at a time, in a fixed order (a telescoping sum, so that the parts always add up):

    promised       m g             planned cases at the promised gain per case
    + volume       n g             the cases that really came
    + waiting      k g             those of them whose outcome is known
    + prevalence   p g1 + q g0     as often positive (p) and negative (q) as they really were
    + quality      decided         by what the model really decided, under the contract
    + overridden   realised        by what was done in fact

m: planned cases, n: decisions, k = p + q: those with a known outcome; g: the approved report's gain per case over the reference,
g1 and g0: the same among its positive and negative test rows. Each level is rounded to hundredths once, per day, version and
contract; a part is the difference of two levels. So the parts of a row add up to its gap, and days to months, to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise

from core.impact.ledger import ValueSums
from core.monitoring.ledger import money
from core.monitoring.performance import Z
from core.monitoring.served import Promise
from core.monitoring.sums import ValueRow

ZERO = Decimal("0.00")


class Cause(StrEnum):
    """What a part of the gap comes from, in the order in which the parts are told."""

    VOLUME = "volume"
    WAITING = "waiting"
    PREVALENCE = "prevalence"
    QUALITY = "quality"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Gap:
    """Realised less promised, in parts; see the module's formula."""

    volume: Decimal = ZERO
    waiting: Decimal = ZERO
    prevalence: Decimal = ZERO
    quality: Decimal = ZERO
    overridden: Decimal = ZERO

    def __add__(self, other: Gap) -> Gap:
        return Gap(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def total(self) -> Decimal:
        """All parts together."""
        return sum((getattr(self, name) for name in self.__slots__), ZERO)

    def part(self, cause: Cause) -> Decimal:
        """One part."""
        value: Decimal = getattr(self, cause.value)
        return value

    @property
    def main_cause(self) -> Cause | None:
        """The part that weighs most in the direction of the gap; None where there is no gap."""
        sign = 1 if self.total > 0 else -1
        return max(Cause, key=lambda cause: sign * self.part(cause)) if self.total else None


@dataclass(frozen=True, slots=True)
class Sums:
    """What adds up: of days to months, of contracts and deployments of one currency to totals.

    Args:
        planned: cases that the approved report counts on in this time.
        served, labelled, overridden: decisions; those with a known outcome; those of them where something else was done.
        promised, realised, estimated: money; see the module. `estimated` is what the decisions without outcome are expected to bring.
        squares: sum of squares of what each labelled decision brought. estimated_var: variance of `estimated`.
        delay_s_sum: seconds from decision to outcome, summed over the labelled ones.
    """

    planned: float = 0.0
    served: int = 0
    labelled: int = 0
    overridden: int = 0
    promised: Decimal = ZERO
    realised: Decimal = ZERO
    estimated: Decimal = ZERO
    gap: Gap = Gap()
    squares: float = 0.0
    estimated_var: float = 0.0
    delay_s_sum: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def labelled_share(self) -> float:
        """Share of the decisions whose outcome is known."""
        return self.labelled / self.served if self.served else 0.0

    @property
    def delay_days(self) -> float | None:
        """Mean days from decision to outcome; None without outcomes."""
        return self.delay_s_sum / self.labelled / 86_400 if self.labelled else None

    @property
    def realised_var(self) -> float:
        """Variance of `realised`: the labelled cases, times the variance of one of them; 0 with fewer than two."""
        interval = ValueSums(self.labelled, float(self.realised), self.squares).total_interval()
        return ((interval.high - interval.value) / Z) ** 2

    @property
    def realised_half(self) -> Decimal:
        """Half the width of the 95 % interval of `realised`, under one contract: the normal one of a sum of independent cases."""
        return money(Z * math.sqrt(self.realised_var))

    @property
    def estimated_half(self) -> Decimal:
        """Half the width of the 95 % interval of `estimated`: that of a sum of Bernoulli mixtures."""
        return money(Z * math.sqrt(self.estimated_var))


@dataclass(frozen=True, slots=True)
class Steps:
    """The way from promised to realised as a table shows it: rounded so that its parts still add up."""

    promised: Decimal
    parts: tuple[tuple[Cause, Decimal], ...]
    realised: Decimal


def round_steps(sums: Sums, decimals: int) -> Steps:
    """Round the levels, not the parts: each part is the difference of two rounded levels.

    Args:
        decimals: of the currency's smallest unit, 0 for yen.

    >>> steps = round_steps(Sums(promised=Decimal("1.00"), realised=Decimal("2.10"), gap=Gap(Decimal("0.55"), Decimal("0.55"))), 0)
    >>> [int(amount) for _, amount in steps.parts][:2], int(steps.realised)
    ([1, 0], 2)
    """
    unit = Decimal(1).scaleb(-decimals)
    level = sums.promised
    levels = [level] + [level := level + sums.gap.part(cause) for cause in Cause]
    rounded = [value.quantize(unit, rounding=ROUND_HALF_UP) for value in levels]
    parts = tuple((cause, after - before) for cause, (before, after) in zip(Cause, pairwise(rounded), strict=True))
    return Steps(rounded[0], parts, rounded[-1])


@dataclass(frozen=True, slots=True)
class ContractKey:
    """Under what a row is counted: a version of the model, its contract, and the contract's currency."""

    model_version_id: str
    version: int
    contract_id: str
    contract_number: int
    currency: str


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One period (its first day) under one contract.

    Args:
        since_go_live: this row and all before it in the same currency.
    """

    day: date
    key: ContractKey
    sums: Sums
    since_go_live: Sums


@dataclass(frozen=True, slots=True)
class Reign:
    """A stretch of time in which a version was in charge under one contract."""

    key: ContractKey
    promise: Promise | None
    from_at: datetime
    to_at: datetime


def planned_cases(promise: Promise, seconds: float) -> float:
    """Cases that a report counts on in a stretch of time."""
    return promise.cases_per_period / (promise.period.days * 86_400) * seconds


def planned_by_day(reigns: Iterable[Reign]) -> dict[tuple[date, ContractKey], float]:
    """Planned cases of each day (UTC) and contract in charge."""
    found: dict[tuple[date, ContractKey], float] = {}
    for reign in reigns:
        begin = reign.from_at.astimezone(UTC)
        while begin < reign.to_at:
            end = min(datetime.combine(begin.date() + timedelta(days=1), datetime.min.time(), UTC), reign.to_at)
            place = (begin.date(), reign.key)
            cases = planned_cases(reign.promise, (end - begin).total_seconds()) if reign.promise else 0.0
            found[place] = found.get(place, 0.0) + cases
            begin = end
    return found


def make_sums(row: ValueRow | None, planned: float, promise: Promise | None) -> Sums:
    """The sums of one day under one contract.

    Args:
        row: what was counted; None where nothing was decided.
        planned: cases that the report counts on. promise: None where the report can't be read: then nothing was promised.
    """
    gain = promise.per_case if promise else 0.0
    promised = money(planned * gain)
    if row is None:
        return Sums(planned=planned, promised=promised, gap=Gap(volume=-promised))
    served, known = money(row.served * gain), money(row.labelled * gain)
    mixed = known
    if promise and promise.if_positive is not None and promise.if_negative is not None:
        mixed = money(row.positives * promise.if_positive + (row.labelled - row.positives) * promise.if_negative)
    decided, realised = money(row.decided), money(row.realised)
    gap = Gap(served - promised, known - served, mixed - known, decided - mixed, realised - decided)
    return Sums(
        planned, row.served, row.labelled, row.overridden, promised, realised, money(row.estimated), gap, row.squares,
        row.estimated_var, row.delay_s_sum,
    )  # fmt: skip


def make_days(
    rows: Sequence[ValueRow],
    reigns: Sequence[Reign],
    key_of: Callable[[ValueRow], ContractKey],
    promise_of: Callable[[ValueRow], Promise | None],
) -> list[tuple[date, ContractKey, Sums]]:
    """Every day under every contract that was in charge or decided something, oldest first.

    Args:
        rows: by day, see `core.monitoring.sums.read_value`; one a day, version and contract.
        reigns: who was in charge when; a version on trial beside it plans no cases of its own.
    """
    planned = planned_by_day(reigns)
    promises = {reign.key: reign.promise for reign in reigns}
    counted = {(row.month, key_of(row)): row for row in rows}
    promises |= {key: promise_of(row) for (_, key), row in counted.items() if key not in promises}
    places = sorted({*planned, *counted}, key=lambda place: (place[0], place[1].version, place[1].contract_number, place[1].contract_id))
    return [(day, key, make_sums(counted.get((day, key)), planned.get((day, key), 0.0), promises[key])) for day, key in places]


def first_of_month(day: date) -> date:
    """The month of a day, as its first day."""
    return day.replace(day=1)


def group_days(
    days: Iterable[tuple[date, ContractKey, Sums]], period: Callable[[date], date], within: tuple[date, date]
) -> tuple[LedgerRow, ...]:
    """Rows of a ledger, oldest first, each with what had come together by then since the beginning.

    Args:
        days: all days since go-live, oldest first (`make_days`).
        period: the period of a day, as its first day.
        within: only rows of days from the first up to, not including, the second.
    """
    running: dict[str, Sums] = {}
    found: dict[tuple[date, ContractKey], Sums] = {}
    at_end: dict[tuple[date, str], Sums] = {}
    for day, key, sums in days:
        running[key.currency] = running.get(key.currency, Sums()) + sums
        if within[0] <= day < within[1]:
            place = (period(day), key)
            found[place] = found.get(place, Sums()) + sums
            at_end[period(day), key.currency] = running[key.currency]
    places = sorted(found, key=lambda place: (place[0], place[1].version, place[1].contract_number, place[1].contract_id))
    return tuple(LedgerRow(day, key, found[day, key], at_end[day, key.currency]) for day, key in places)


@dataclass(frozen=True, slots=True)
class Total:
    """Rows of one currency together; the halves of the intervals add up by contract, so that different payoffs don't mix."""

    currency: str
    sums: Sums
    realised_half: Decimal
    estimated_half: Decimal


def make_totals(rows: Iterable[tuple[ContractKey, Sums]]) -> tuple[Total, ...]:
    """Rows added up by currency, which are never added to each other; the one with the most decisions first."""
    by_contract: dict[ContractKey, Sums] = {}
    for key, sums in rows:
        by_contract[key] = by_contract.get(key, Sums()) + sums
    found = []
    for currency in dict.fromkeys(key.currency for key in by_contract):
        mine = [sums for key, sums in by_contract.items() if key.currency == currency]
        half = money(Z * math.sqrt(sum(sums.realised_var for sums in mine)))
        total = sum(mine, Sums())
        found.append(Total(currency, total, half, total.estimated_half))
    return tuple(sorted(found, key=lambda total: -total.sums.served))
