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
    "CURRENCIES", "Cell", "ClassPayoffs", "ClassRule", "DecidedBy", "DecidedWhere", "DeviationCosts", "Economics", "Formula", "Limits", "Operator", "Payoff", "PayoffMatrix",
    "Period", "Rule", "TodaysRule", "ValueModel", "check_currency", "parse_amount", "parse_cell",
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


MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class DecidedBy:
    """What decides between several classes today, without a model: what stands in a column.

    Args:
        column: its cells name what is decided on: a class by its own name, or by one of `names`.
        names: what a cell says, and the class that it stands for: ``(("express", "VF"), ("night", "L"))``.
        otherwise: the class of cells that are empty or name none; None where every cell must name one.

    Raises:
        InvalidInput: no column, too many names, or one name for two classes.
    """

    column: str
    names: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None

    def __post_init__(self) -> None:
        if not self.column.strip():
            raise InvalidInput("Today's rule needs a column.", field="rule.column")
        if len(self.names) > MOST_NAMES:
            raise InvalidInput(
                "Today's rule takes at most {most} names. Give the rest a default class.", field="rule.names", most=MOST_NAMES
            )
        said = [name for name, _ in self.names]
        twice = next((name for name in said if not name.strip() or said.count(name) > 1), None)
        if twice is not None:
            raise InvalidInput("Today's rule gives '{name}' no class of its own. Name each value of the column once.", field="rule.names", name=twice)  # fmt: skip

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes that it speaks of, each once."""
        return tuple(dict.fromkeys((*(given for _, given in self.names), *([self.otherwise] if self.otherwise is not None else []))))


MOST_CONDITIONS = 20


@dataclass(frozen=True, slots=True)
class DecidedWhere:
    """What decides between several classes today, without a model: conditions, in their order.

    Args:
        cases: a condition over the row's columns, and the class that is decided on where it is the first that holds.
        otherwise: the class where none holds.

    Raises:
        InvalidInput: no condition, or too many.
    """

    cases: tuple[tuple[Formula, str], ...]
    otherwise: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.cases) <= MOST_CONDITIONS:
            raise InvalidInput("Today's rule takes 1 to {most} conditions.", field="rule.where", most=MOST_CONDITIONS)

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes that it speaks of, each once."""
        return tuple(dict.fromkeys((*(given for _, given in self.cases), self.otherwise)))


Payoff = PayoffMatrix | ClassPayoffs | DeviationCosts
ClassRule = DecidedBy | DecidedWhere
Rule = TodaysRule | Formula | ClassRule


@dataclass(frozen=True, slots=True)
class ValueModel:
    """One version of a project's value model. Every amount of money names the version that it came from.

    Args:
        payoff: of yes-or-no decisions, of several classes, or of forecasts.
        rule: what decides today. Of yes-or-no decisions a comparison, or a formula that treats where it isn't zero; of several classes
            what stands in a column, or conditions; of forecasts a formula that gives the number that is planned.
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
    rule: Rule | None
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
    def treats(self) -> TodaysRule | Formula | None:
        """Today's rule of yes-or-no decisions.

        Raises:
            InvalidInput: the rule is one of several classes.
        """
        if isinstance(self.rule, ClassRule):
            raise InvalidInput("Today's rule names classes, so it can't say yes or no. Choose a comparison or a formula.", field="rule")
        return self.rule

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
