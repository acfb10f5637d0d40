"""Money with its interval, as reports keep it: decimals, so that no digit is lost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.impact.bootstrap import Interval
from core.impact.payoff import as_money
from core.project.payoffs import CENT


@dataclass(frozen=True, slots=True)
class Amount:
    """Money with its 95 % interval, in the report's currency."""

    value: Decimal
    low: Decimal
    high: Decimal


def anchored(found: Amount, base: Amount, told: Amount) -> Amount:
    """An amount whose interval was approximated, held to one that is known exactly at a base.

    Args:
        base: the approximation at the base. told: the same amount at the base, with its exact interval.

    Returns:
        each side of `found` as much wider or narrower as the exact one is at the base.
    """

    def side(approximate: Decimal, exact: Decimal, now: Decimal) -> Decimal:
        return now * exact / approximate if approximate > 0 else now

    low = side(base.value - base.low, told.value - told.low, found.value - found.low)
    high = side(base.high - base.value, told.high - told.value, found.high - found.value)
    return Amount(found.value, (found.value - low).quantize(CENT), (found.value + high).quantize(CENT))


def amount_of(interval: Interval, factor: float = 1.0, places: int = 2) -> Amount:
    """An interval as money, times a number of cases."""
    scaled = interval.scaled(factor)
    return Amount(as_money(scaled.value, places), as_money(scaled.low, places), as_money(scaled.high, places))
