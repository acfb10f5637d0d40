"""The value model: what each kind of decision is worth, how many cases a period brings, and today's rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from core.errors import InvalidInput

CURRENCIES = frozenset(
    [
        "AED",
        "ARS",
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CZK",
        "DKK",
        "EGP",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "JPY",
        "KRW",
        "KZT",
        "MXN",
        "MYR",
        "NGN",
        "NOK",
        "NZD",
        "PEN",
        "PHP",
        "PLN",
        "RON",
        "SAR",
        "SEK",
        "SGD",
        "THB",
        "TRY",
        "TWD",
        "UAH",
        "USD",
        "VND",
        "ZAR",
    ]
)
LIMIT = Decimal(10) ** 12


class Period(StrEnum):
    """What 'cases per period' and every amount per period speak of."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def days(self) -> float:
        """Mean length in days (Gregorian year of 365.2425 days)."""
        return {"day": 1.0, "week": 7.0, "month": 30.436875, "quarter": 91.310625, "year": 365.2425}[self.value]


class Operator(StrEnum):
    """Comparisons that today's rule may use."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    EQUALS = "="
    DIFFERS = "!="


@dataclass(frozen=True, slots=True)
class PayoffMatrix:
    """Value of one case in each cell, gains positive, losses negative.

    Args:
        tp: treated, and it was right to; fp: treated in vain; fn: missed; tn: rightly left alone.

    Raises:
        InvalidInput: an entry isn't a number, is out of range, or every decision would be worth the same.
    """

    tp: Decimal
    fp: Decimal
    fn: Decimal
    tn: Decimal

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not isinstance(value, Decimal) or not value.is_finite():
                raise InvalidInput("The payoff '{field}' must be a number.", field=f"payoff.{name}")
            if abs(value) > LIMIT:
                raise InvalidInput("The payoff '{field}' must lie between -10^12 and 10^12.", field=f"payoff.{name}")
        if self.tp == self.fn and self.fp == self.tn:
            raise InvalidInput(
                "These payoffs make every decision worth the same, so no model can earn anything. Change at least one of them.",
                field="payoff",
            )

    @property
    def bayes_threshold(self) -> float | None:
        """Probability above which treating pays: (tn - fp) / ((tn - fp) + (tp - fn)) (Elkan 2001, equation 2).

        None where treating pays always or never, whatever the probability.
        """
        against, gain = float(self.tn - self.fp), float(self.tp - self.fn)
        total = against + gain
        if total == 0 or not 0 <= against / total <= 1 or gain <= 0:
            return None
        return against / total


@dataclass(frozen=True, slots=True)
class TodaysRule:
    """What decides today, without a model: treat where ``column operator value`` holds.

    The value compares as a number where both sides are numbers, else as text; a missing cell never matches.
    """

    column: str
    operator: Operator
    value: str

    def __post_init__(self) -> None:
        if not self.column.strip():
            raise InvalidInput("Today's rule needs a column.", field="rule.column")
        if self.operator not in {Operator.EQUALS, Operator.DIFFERS} and not _is_number(self.value):
            raise InvalidInput("Today's rule compares with '{value}', which is not a number.", field="rule.value", value=self.value)


@dataclass(frozen=True, slots=True)
class ValueModel:
    """One version of a project's value model. Every amount of money names the version that it came from."""

    id: str
    project_id: str
    version: int
    currency: str
    period: Period
    cases_per_period: int
    payoff: PayoffMatrix
    rule: TodaysRule | None
    note: str
    created_by: str
    created_at: datetime

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if not 1 <= self.cases_per_period <= 10**12:
            raise InvalidInput("Cases per period must be a whole number of at least 1.", field="cases_per_period")


def check_currency(code: str) -> None:
    """Accept the ISO 4217 codes that Kachi formats.

    Raises:
        InvalidInput: another code.
    """
    if code not in CURRENCIES:
        raise InvalidInput(
            "'{code}' is not a currency that Kachi knows. Use an ISO code such as JPY, USD or EUR.", field="currency", code=code
        )


def parse_amount(text: str | float | Decimal, field: str) -> Decimal:
    """A payoff typed by a person, rounded to hundredths.

    Raises:
        InvalidInput: not a finite number.
    """
    try:
        value = Decimal(str(text).replace(",", "").replace("\u2212", "-").strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > LIMIT:
        raise InvalidInput("'{text}' is not an amount. Type a number such as 1200 or -35.50.", field=field, text=str(text)[:40])
    return value.quantize(Decimal("0.01"))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
