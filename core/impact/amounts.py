"""Money with its interval, as reports keep it: decimals, so that no digit is lost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.impact.bootstrap import Interval
from core.impact.payoff import as_money


@dataclass(frozen=True, slots=True)
class Amount:
    """Money with its 95 % interval, in the report's currency."""

    value: Decimal
    low: Decimal
    high: Decimal


def amount_of(interval: Interval, factor: float = 1.0, places: int = 2) -> Amount:
    """An interval as money, times a number of cases."""
    scaled = interval.scaled(factor)
    return Amount(as_money(scaled.value, places), as_money(scaled.low, places), as_money(scaled.high, places))
