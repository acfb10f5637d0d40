"""The value model: what each kind of decision is worth, how many cases a period brings, and today's rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput
from core.project.payoffs import Cell, ClassPayoffs, DeviationCosts, Formula, PayoffMatrix, parse_amount, parse_cell
from core.project.terms import NO_LIMITS, PLAIN_ECONOMICS, Economics, Limits

# The face of what decisions are worth: payoffs and terms are taken from here.
__all__ = [
    "CURRENCIES", "Cell", "ClassPayoffs", "DeviationCosts", "Economics", "Formula", "Limits", "Operator", "Payoff", "PayoffMatrix", "Period",
    "TodaysRule", "ValueModel", "check_currency", "parse_amount", "parse_cell",
]  # fmt: skip

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


Payoff = PayoffMatrix | ClassPayoffs | DeviationCosts


@dataclass(frozen=True, slots=True)
class ValueModel:
    """One version of a project's value model. Every amount of money names the version that it came from.

    Args:
        payoff: of yes-or-no decisions, of several classes, or of forecasts.
        rule: what decides today; a formula treats where it isn't zero.
        limits, economics: see there.
        proposed_by: who proposed it, where somebody else took it over; None for one that was written by `created_by`.
    """

    id: str
    project_id: str
    version: int
    currency: str
    period: Period
    cases_per_period: int
    payoff: Payoff
    rule: TodaysRule | Formula | None
    note: str
    created_by: str
    created_at: datetime
    limits: Limits = NO_LIMITS
    economics: Economics = PLAIN_ECONOMICS
    proposed_by: str | None = None

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if not 1 <= self.cases_per_period <= 10**12:
            raise InvalidInput("Cases per period must be a whole number of at least 1.", field="cases_per_period")

    @property
    def authors(self) -> frozenset[str]:
        """Ids of those who wrote it: who created it, and who proposed it."""
        return frozenset(person for person in (self.created_by, self.proposed_by) if person)

    @property
    def matrix(self) -> PayoffMatrix:
        """The payoff matrix of yes-or-no decisions.

        Raises:
            InvalidInput: the value model is for another kind of prediction.
        """
        if isinstance(self.payoff, PayoffMatrix):
            return self.payoff
        raise InvalidInput("This value model is not one of yes-or-no decisions. Choose one with four payoffs.", field="payoff")

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that payoffs and limits read, each once: what must come with every row that is decided on."""
        return tuple(dict.fromkeys((*self.payoff.columns, *self.limits.columns)))


def check_currency(code: str) -> None:
    """Accept the ISO 4217 codes that Kachi formats.

    Raises:
        InvalidInput: another code.
    """
    if code not in CURRENCIES:
        raise InvalidInput(
            "'{code}' is not a currency that Kachi knows. Use an ISO code such as JPY, USD or EUR.", field="currency", code=code
        )


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
