"""What a business case rests on beside payoffs: limits on what can be done, and what it costs to run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidInput
from core.project.payoffs import LIMIT, Cell, check_cell, formula_columns

LONGEST_MONTHS = 120
MOST_ACTIONS = 10**12


@dataclass(frozen=True, slots=True)
class Limits:
    """What a policy must keep to, a period.

    Args:
        capacity: at most so many actions; None without a limit.
        budget: at most so much money spent on actions; needs `action_cost`.
        action_cost: what one action takes from the budget, an amount or a formula, not negative.
        least_precision: at least this share of the actions must hit, 0 to 1.

    Raises:
        InvalidInput: something negative or out of range, or a budget without a cost.
    """

    capacity: int | None = None
    budget: Decimal | None = None
    action_cost: Cell | None = None
    least_precision: Decimal | None = None

    def __post_init__(self) -> None:
        if self.capacity is not None and self.capacity > MOST_ACTIONS:
            raise InvalidInput("The capacity is at most 10^12 actions a period. Leave it empty for no limit.", field="limits.capacity")
        if self.capacity is not None and self.capacity < 0:
            raise InvalidInput("The capacity must not be negative. Type how many actions a period allows.", field="limits.capacity")
        if self.budget is not None and not 0 <= self.budget <= LIMIT:
            raise InvalidInput("The budget must not be negative.", field="limits.budget")
        if self.budget is not None and self.action_cost is None:
            raise InvalidInput("A budget needs the cost of one action.", field="limits.action_cost")
        if self.action_cost is not None:
            check_cell(self.action_cost, "limits.action_cost")
            if isinstance(self.action_cost, Decimal) and self.action_cost < 0:
                raise InvalidInput("The cost of one action must not be negative.", field="limits.action_cost")
        if self.least_precision is not None and not 0 <= self.least_precision <= 1:
            raise InvalidInput("The least share of hits must lie between 0 and 1.", field="limits.least_precision")

    @property
    def any(self) -> bool:
        """Whether anything is limited."""
        return self.capacity is not None or self.budget is not None or self.least_precision is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that its formula reads."""
        return formula_columns(self.action_cost)


@dataclass(frozen=True, slots=True)
class Economics:
    """Costs around the model, and how production differs from the sample.

    Args:
        one_off_cost: to roll out, once. running_cost: a period. Both in the value model's currency, not negative.
        prevalence: share of positive cases in production where it differs from the sample's, 0 to 1 exclusive; None: as in the data.
        discount_rate: a year, 0.05 for five per cent; above -1.
        horizon_months: how far the business case looks.

    Raises:
        InvalidInput: something out of range.
    """

    one_off_cost: Decimal = Decimal(0)
    running_cost: Decimal = Decimal(0)
    prevalence: Decimal | None = None
    discount_rate: Decimal = Decimal(0)
    horizon_months: int = 36

    def __post_init__(self) -> None:
        for name in ("one_off_cost", "running_cost"):
            if not 0 <= getattr(self, name) <= LIMIT:
                raise InvalidInput("'{field}' is a cost and must not be negative.", field=f"economics.{name}")
        if self.prevalence is not None and not 0 < self.prevalence < 1:
            raise InvalidInput(
                "The share of positive cases in production must lie between 0 and 1, both excluded: otherwise there is nothing to decide.",
                field="economics.prevalence",
            )
        if not Decimal("-0.99") <= self.discount_rate <= 10:
            raise InvalidInput("The discount rate must lie between -99% and 1,000% a year.", field="economics.discount_rate")
        if not 1 <= self.horizon_months <= LONGEST_MONTHS:
            raise InvalidInput("The horizon must be 1 to {most} months.", field="economics.horizon_months", most=LONGEST_MONTHS)


NO_LIMITS = Limits()
PLAIN_ECONOMICS = Economics()
