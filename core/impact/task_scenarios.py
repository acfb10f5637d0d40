"""Scenarios of classes and forecasts: a value model with some of its assumptions changed, evaluated on all rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypeGuard

import numpy as np

from core.errors import InvalidInput
from core.impact.amounts import Amount, amount_of
from core.impact.arrays import FloatArray, IntArray
from core.impact.deviations import Adjusting, deviation_costs
from core.impact.economics import BusinessCase, business_case
from core.impact.intervals import interval_of_rows
from core.impact.multiclass import ClassPolicy, ClassSlice, decide_classes
from core.impact.payoff import as_money
from core.impact.regression import ForecastPolicy, ForecastSlice, above_zero, plan_forecast
from core.impact.scenarios import check_name, check_number, move_cell
from core.impact.task_sensitivity import Rival, TaskSwing
from core.project.payoffs import CENT, Cell, ClassPayoffs, DeviationCosts
from core.project.terms import Economics
from core.project.value_model import Payoff, ValueModel

USUAL_MOST = 4
DIGITS = 6


class TaskChange(StrEnum):
    """What a scenario of classes or forecasts may change; PAYOFF is one entry of the table of classes."""

    CASES = "cases"
    PAYOFF = "payoff"
    UNDER = "under"
    OVER = "over"
    TOLERANCE = "tolerance"
    DISCOUNT_RATE = "discount_rate"
    ONE_OFF_COST = "one_off_cost"
    RUNNING_COST = "running_cost"


COSTS = (TaskChange.ONE_OFF_COST, TaskChange.RUNNING_COST)


@dataclass(frozen=True, slots=True)
class TaskOverride:
    """One assumption changed.

    Args:
        value: what is assumed instead, in the assumption's unit; with `relative` a multiple of what the value model says.
        truth, decided: names of the classes whose payoff is meant; empty for everything else.

    Raises:
        InvalidInput: not a number, a negative multiple, or a payoff without its classes.
    """

    assumption: TaskChange
    value: Decimal
    relative: bool = False
    truth: str = ""
    decided: str = ""

    def __post_init__(self) -> None:
        check_number(self.value, f"overrides.{self.assumption.value}", relative=self.relative)
        if self.assumption is TaskChange.PAYOFF and not (self.truth and self.decided):
            raise InvalidInput("A changed payoff needs the true class and the one that is decided on.", field="overrides.payoff")
        if self.assumption is not TaskChange.PAYOFF and (self.truth or self.decided):
            raise InvalidInput("Only a payoff has a true class and one that is decided on. Leave both out here.", field=f"overrides.{self.assumption.value}")  # fmt: skip

    @property
    def place(self) -> tuple[str, str, str]:
        """What it changes."""
        return self.assumption.value, self.truth, self.decided


@dataclass(frozen=True, slots=True)
class TaskScenario:
    """A named set of changed assumptions.

    Raises:
        InvalidInput: no name, a name of over 60 characters, or an assumption changed twice.
    """

    name: str
    overrides: tuple[TaskOverride, ...] = ()

    def __post_init__(self) -> None:
        check_name(self.name, [o.place for o in self.overrides])


def apply_task_scenario(value: ValueModel, scenario: TaskScenario) -> ValueModel:
    """The value model with a scenario's assumptions.

    Raises:
        InvalidInput: a value can't be, or it changes what the value model doesn't have.
    """
    for override in scenario.overrides:
        value = _applied(value, override)
    return value


def _applied(value: ValueModel, override: TaskOverride) -> ValueModel:
    name = override.assumption
    match name:
        case TaskChange.CASES:
            base = Decimal(value.cases_per_period)
            return replace(value, cases_per_period=round(base * override.value if override.relative else override.value))
        case TaskChange.PAYOFF:
            return replace(value, payoff=_paid(value, override))
        case TaskChange.UNDER | TaskChange.OVER | TaskChange.TOLERANCE:
            return replace(value, payoff=_costs(value, override))
        case _:
            return replace(value, economics=_spent(value.economics, override))


def _paid(value: ValueModel, override: TaskOverride) -> ClassPayoffs:
    payoff, pair = value.payoff, (override.truth, override.decided)
    if not isinstance(payoff, ClassPayoffs) or not set(pair) <= set(payoff.classes):
        raise _unknown(override)
    i, j = (payoff.classes.index(name) for name in pair)
    rows: list[list[Cell]] = [list(row) for row in payoff.values]
    rows[i][j] = move_cell(rows[i][j], override.value, relative=override.relative)
    return replace(payoff, values=tuple(tuple(row) for row in rows))


def _costs(value: ValueModel, override: TaskOverride) -> DeviationCosts:
    payoff, change = value.payoff, override.assumption
    if not isinstance(payoff, DeviationCosts):
        raise _unknown(override)
    cell = move_cell(getattr(payoff, change.value), override.value, relative=override.relative)
    if change is TaskChange.TOLERANCE:
        assert isinstance(cell, Decimal)
        return replace(payoff, tolerance=cell)
    return replace(payoff, under=cell) if change is TaskChange.UNDER else replace(payoff, over=cell)


def _spent(economics: Economics, override: TaskOverride) -> Economics:
    base: Decimal = getattr(economics, override.assumption.value)
    amount = base * override.value if override.relative else override.value
    match override.assumption:
        case TaskChange.DISCOUNT_RATE:
            return replace(economics, discount_rate=amount)
        case TaskChange.ONE_OFF_COST:
            return replace(economics, one_off_cost=amount.quantize(CENT))
        case _:
            return replace(economics, running_cost=amount.quantize(CENT))


def _unknown(override: TaskOverride) -> InvalidInput:
    if override.assumption is TaskChange.PAYOFF:
        return InvalidInput(
            "The value model has no payoff of {truth} taken for {decided}. Name two of its classes.",
            field="overrides.payoff", truth=override.truth[:80], decided=override.decided[:80],
        )  # fmt: skip
    return InvalidInput(
        "The value model has no '{field}': only that of a forecast has. Change a payoff instead.", field=override.assumption.value
    )


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What decisions or plans come to in a scenario, a period.

    Args:
        value: of a forecast what its errors cost, as a loss.
        reference: the best way that needs no model, in this scenario. better: probability that the gain is above zero.
    """

    value: Amount
    reference: Rival
    gain: Amount
    better: float


@dataclass(frozen=True, slots=True)
class TaskScenarioResult:
    """A scenario evaluated.

    Args:
        name: empty for the value model as it is.
        held: decided as approved. adapted: decided anew, knowing the scenario.
        case: the business case of `held`.
    """

    name: str
    held: TaskOutcome
    adapted: TaskOutcome
    case: BusinessCase
    overrides: tuple[TaskOverride, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskScenarioTable:
    """A run under its project's scenarios.

    Args:
        results: the value model as it is first, then each scenario.
        unfit: names of scenarios that change what this value model doesn't have.
        is_usual: whether none is saved, and these are the two to start from.
    """

    value_model_id: str
    value_model_version: int
    currency: str
    results: tuple[TaskScenarioResult, ...]
    unfit: tuple[str, ...] = ()
    is_usual: bool = False


ClassSlices = tuple[ClassSlice, ClassSlice]
ForecastSlices = tuple[ForecastSlice, ForecastSlice]
Slices = ClassSlices | ForecastSlices


class TaskTrial:
    """Evaluates scenarios of one run.

    Args:
        value: the value model as it is. prepare: validation and test rows under a value model. seed: of replicates.
    """

    def __init__(self, value: ValueModel, prepare: Callable[[ValueModel], Slices], seed: int) -> None:
        self._value, self._prepare, self._seed = value, prepare, seed
        self._base = prepare(value)
        self._ours: IntArray | FloatArray = _decided(self._base, value.payoff)

    def evaluate(self, scenario: TaskScenario | None) -> TaskScenarioResult:
        """A scenario in full; None is the value model as it is.

        Raises:
            InvalidInput: it changes what the value model doesn't have, or a formula can't be worked out.
        """
        changed = self._value if scenario is None else apply_task_scenario(self._value, scenario)
        held, adapted = self._outcomes(changed)
        case = business_case(held.gain, changed.period, changed.economics)
        return TaskScenarioResult(scenario.name.strip() if scenario else "", held, adapted, case, scenario.overrides if scenario else ())

    def _outcomes(self, changed: ValueModel) -> tuple[TaskOutcome, TaskOutcome]:
        """Decided as approved, and decided anew."""
        before, now = self._value.payoff, changed.payoff
        same = before == now or (_is_constant(before) and _is_constant(now))
        slices, cases = self._base if same else self._prepare(changed), changed.cases_per_period
        if isinstance(now, ClassPayoffs) and _of_classes(slices):
            return _class_outcomes(slices, now, self._ours.astype(np.int64), cases, self._seed)
        assert isinstance(now, DeviationCosts)
        assert _of_forecasts(slices)
        return _forecast_outcomes(slices, now, self._ours.astype(np.float64), cases)


def _is_constant(payoff: object) -> bool:
    return isinstance(payoff, ClassPayoffs | DeviationCosts) and payoff.is_constant


def _of_classes(slices: Slices) -> TypeGuard[ClassSlices]:
    return isinstance(slices[0], ClassSlice)


def _of_forecasts(slices: Slices) -> TypeGuard[ForecastSlices]:
    return isinstance(slices[0], ForecastSlice)


def _decided(slices: Slices, payoff: Payoff) -> IntArray | FloatArray:
    """What is decided, or planned, as approved, shape (n,)."""
    if isinstance(payoff, ClassPayoffs) and _of_classes(slices):
        _, recommended, _, decisions = decide_classes(*slices, payoff)
        return decisions[recommended]
    assert isinstance(payoff, DeviationCosts)
    assert _of_forecasts(slices)
    return _planned(slices, payoff)[0]


def _class_outcomes(slices: ClassSlices, payoff: ClassPayoffs, ours: IntArray, cases: float, seed: int) -> tuple[TaskOutcome, TaskOutcome]:
    pays, recommended, single, decisions = decide_classes(*slices, payoff)
    truth, ways = slices[1].truth, {policy: made for policy, made in decisions.items() if policy.needs_no_model}
    best = max(ways, key=lambda way: _total(pays.of(truth, ways[way]), cases))
    rival = Rival(best, payoff.classes[single] if best is ClassPolicy.ONE_CLASS else "")

    def outcome(decided: IntArray) -> TaskOutcome:
        gain, better = pays.difference(truth, decided, ways[best], seed)
        return TaskOutcome(amount_of(pays.mean(truth, decided, seed), cases), rival, amount_of(gain, cases), better)

    return outcome(ours), outcome(decisions[recommended])


def _planned(slices: ForecastSlices, costs: DeviationCosts) -> tuple[FloatArray, dict[ForecastPolicy, FloatArray]]:
    """What is planned by the model, and without it."""
    adjustment, plans = plan_forecast(*slices, costs)
    ours = plans[ForecastPolicy.MODEL if adjustment.kind is Adjusting.NONE else ForecastPolicy.ADJUSTED]
    return ours, {policy: plan for policy, plan in plans.items() if policy.needs_no_model}


def _forecast_outcomes(slices: ForecastSlices, payoff: DeviationCosts, ours: FloatArray, cases: float) -> tuple[TaskOutcome, TaskOutcome]:
    anew, ways = _planned(slices, payoff)
    fresh, costs = slices[1], slices[1].costs or payoff

    def each(plan: FloatArray) -> FloatArray:
        under, over = deviation_costs(fresh.actual, plan, costs)
        return under + over

    spent = {way: each(plan) for way, plan in ways.items()}
    best = min(spent, key=lambda way: _total(spent[way], cases))

    def outcome(plan: FloatArray) -> TaskOutcome:
        own = each(plan)
        cost, saved = amount_of(interval_of_rows(own, fresh.blocks), cases), interval_of_rows(spent[best] - own, fresh.blocks)
        return TaskOutcome(Amount(-cost.value, -cost.high, -cost.low), Rival(best), amount_of(saved, cases), above_zero(saved))

    return outcome(ours), outcome(anew)


def _total(each: FloatArray, cases: float) -> Decimal:
    """What rows come to a period."""
    return as_money(float(each.mean()) * cases)


def usual_task_scenarios(
    value: ValueModel, swings: Sequence[TaskSwing], pessimistic: str, optimistic: str
) -> tuple[TaskScenario, ...]:  # fmt: skip
    """Two scenarios to start from: what moves the gain most a fifth to where the model adds less and what it costs a fifth higher, and the other way round.

    Whether an assumption that is lower is worse depends on how often the model and its rival meet it, so the tornado says which way.

    Args:
        swings: of the run, the widest first. pessimistic, optimistic: names, in the reader's language.

    Returns:
        None of them where nothing moves the gain.
    """
    moved = [s for s in swings if s.base and s.width][:USUAL_MOST]
    spent = [a for a in COSTS if getattr(value.economics, a.value)]

    def made(name: str, cost: str, *, worse: bool) -> TaskScenario:
        up = [TaskOverride(a, Decimal(cost), relative=True) for a in spent]
        return TaskScenario(name, (*(_moved(s, worse=worse) for s in moved), *up))

    if not moved and not spent:
        return ()
    return made(pessimistic, "1.2", worse=True), made(optimistic, "0.8", worse=False)


def _moved(swing: TaskSwing, *, worse: bool) -> TaskOverride:
    end = swing.low if (swing.at_low < swing.at_high) == worse else swing.high
    factor = Decimal(repr(round(end / swing.base, DIGITS)))
    return TaskOverride(TaskChange(swing.assumption.value), factor, relative=True, truth=swing.truth, decided=swing.decided)
