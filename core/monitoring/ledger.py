"""The value ledger: what was promised, what labelled decisions have earned, and what the others are expected to bring."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.impact.ledger import ValueSums
from core.monitoring.performance import Z
from core.monitoring.served import Promise
from core.monitoring.sums import ValueRow

CENT = Decimal("0.01")
PromiseOf = Callable[[ValueRow], Promise | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """Value over the reference in a stretch of time, one currency.

    Args:
        served, labelled: decisions, and those whose outcome is known.
        realised, low, high: what the labelled ones earned over the reference, with the 95 % interval that the spread between
            cases gives.
        promised: what the approved reports promised for the labelled ones, so that it compares with `realised`.
        promised_served: the same for all decisions that were served.
        estimated, estimated_low, estimated_high: what the decisions without outcome are expected to have earned, by their
            own probabilities.
        delay_days: mean days from decision to outcome; None without outcomes.
    """

    currency: str
    served: int
    labelled: int
    realised: Decimal
    low: Decimal
    high: Decimal
    promised: Decimal
    promised_served: Decimal
    estimated: Decimal
    estimated_low: Decimal
    estimated_high: Decimal
    delay_days: float | None

    @property
    def coverage(self) -> float:
        """Share of the decisions whose outcome is known."""
        return self.labelled / self.served if self.served else 0.0

    @property
    def kept(self) -> float | None:
        """Share of the promise that was kept; None where nothing (or a loss) was promised for what is known."""
        return float(self.realised / self.promised) if self.promised > 0 else None

    @property
    def gap(self) -> Decimal:
        """Earned less promised, for the same decisions."""
        return self.realised - self.promised


@dataclass(frozen=True, slots=True)
class LedgerMonth:
    """An entry of one month (its first day) or of one day."""

    month: date
    entry: Entry


@dataclass(frozen=True, slots=True)
class Ledger:
    """Value of one deployment: in total and by month, a ledger for each currency that it has had."""

    currency: str
    total: Entry
    months: tuple[LedgerMonth, ...]


def money(value: float | Decimal) -> Decimal:
    """An amount in hundredths."""
    return Decimal(str(value)).quantize(CENT)


def make_entry(currency: str, rows: Sequence[ValueRow], promise_of: PromiseOf) -> Entry:
    """Add up rows of one currency.

    The realised sum's interval is the normal one of a sum of independent cases, n times their variance (kept by version and
    contract, so that different payoffs don't blow each other up); the estimate's is that of a sum of Bernoulli mixtures.

    Args:
        promise_of: the promise of a row's version under its contract.
    """
    realised = estimated = Decimal(0)
    variance = estimated_var = delay = promised = promised_served = 0.0
    served = labelled = 0
    for group in _by_contract(rows):
        n = sum(row.labelled for row in group)
        total = sum((row.realised for row in group), Decimal(0))
        sums = ValueSums(n, float(total), sum(row.squares for row in group))
        variance += ((sums.total_interval().high - sums.total) / Z) ** 2
        promise = promise_of(group[0])
        n_served = sum(row.served for row in group)
        promised += promise.per_case * n if promise else 0.0
        promised_served += promise.per_case * n_served if promise else 0.0
        realised, served, labelled = realised + total, served + n_served, labelled + n
        estimated += sum((row.estimated for row in group), Decimal(0))
        estimated_var += sum(row.estimated_var for row in group)
        delay += sum(row.delay_s_sum for row in group)
    half, estimated_half = money(Z * math.sqrt(variance)), money(Z * math.sqrt(estimated_var))
    known, guess = money(realised), money(estimated)
    return Entry(
        currency, served, labelled, known, known - half, known + half, money(promised), money(promised_served),
        guess, guess - estimated_half, guess + estimated_half, delay / labelled / 86_400 if labelled else None,
    )  # fmt: skip


def _by_contract(rows: Sequence[ValueRow]) -> Iterable[list[ValueRow]]:
    groups: dict[tuple[str, str], list[ValueRow]] = {}
    for row in rows:
        groups.setdefault((row.model_version_id, row.contract_id), []).append(row)
    return groups.values()


def make_ledgers(rows: Sequence[ValueRow], promise_of: PromiseOf) -> tuple[Ledger, ...]:
    """One ledger a currency; amounts of different currencies are never added. The one with the newest rows stands first."""
    currencies = list(dict.fromkeys(row.currency for row in reversed(rows)))
    ledgers = []
    for currency in currencies:
        mine = [row for row in rows if row.currency == currency]
        months = sorted({row.month for row in mine})
        by_month = tuple(LedgerMonth(m, make_entry(currency, [r for r in mine if r.month == m], promise_of)) for m in months)
        ledgers.append(Ledger(currency, make_entry(currency, mine, promise_of), by_month))
    return tuple(ledgers)
