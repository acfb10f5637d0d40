"""From what a reader assumed on the interactive card to a scenario that can be saved."""

from __future__ import annotations

from decimal import Decimal

from core.errors import InvalidInput
from core.impact.explorer import Assumptions, Explorer
from core.impact.scenarios import Override, Scenario
from core.impact.sensitivity import PAYOFFS, Assumption

DIGITS = 6
_OTHERS = {"cases": Assumption.CASES, "prevalence": Assumption.PREVALENCE, "capacity": Assumption.CAPACITY, "budget": Assumption.BUDGET}


def scenario_of(name: str, assumed: Assumptions, table: Explorer) -> Scenario:
    """A scenario of all assumptions in which a reader differs from what was agreed.

    Args:
        assumed: the reader's. table: of the report; a payoff that is a formula there is kept as a multiple of it.

    Raises:
        InvalidInput: nothing differs, a limit was taken away, or the name can't be.
    """
    agreed, overrides = table.agreed, []
    by_row = set(table.by_row)
    for payoff in PAYOFFS:
        value = getattr(assumed, payoff.value)
        if value != getattr(agreed, payoff.value):
            overrides.append(Override(payoff, _exact(value), relative=payoff.value in by_row))
    for field, assumption in _OTHERS.items():
        value = getattr(assumed, field)
        if value == getattr(agreed, field):
            continue
        if value is None:
            raise InvalidInput("A scenario can't take a limit away. Set it higher instead.", field=f"overrides.{assumption.value}")
        overrides.append(Override(assumption, _exact(value)))
    if not overrides:
        raise InvalidInput("A scenario needs at least one changed assumption.", field="overrides")
    return Scenario(" ".join(name.split()), tuple(overrides))


def _exact(value: float) -> Decimal:
    return Decimal(repr(round(value, DIGITS)))
