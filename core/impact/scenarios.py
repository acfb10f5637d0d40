"""Scenarios: a value model with some of its assumptions changed, evaluated in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.errors import InvalidInput
from core.impact.alternatives import AlternativeKind, compare_alternative, without_model
from core.impact.amounts import Amount, amount_of
from core.impact.arrays import BoolArray
from core.impact.choosing import Bounds, Sample, bounds_of, choose_within, fits_everybody, policy_of_reader
from core.impact.decision import DecisionPolicy
from core.impact.economics import BusinessCase, business_case
from core.impact.sensitivity import PAYOFFS, Assumption, Range, Swing, swings
from core.project.payoffs import CENT, Cell, Formula, PayoffMatrix, as_number
from core.project.value_model import ValueModel

LONGEST_NAME = 60
LEAST_SHARE = 1e-6
SHARES = frozenset({Assumption.PREVALENCE, Assumption.DISCOUNT_RATE})
COUNTS = frozenset({Assumption.CASES, Assumption.CAPACITY})


@dataclass(frozen=True, slots=True)
class Override:
    """One assumption changed.

    Args:
        value: what is assumed instead, in the assumption's unit; with `relative` a multiple of what the value model says
            (0.8 for a fifth less), which also works where a payoff is a formula.
    """

    assumption: Assumption
    value: Decimal
    relative: bool = False

    def __post_init__(self) -> None:
        check_number(self.value, f"overrides.{self.assumption.value}", relative=self.relative)


def check_number(value: Decimal, field: str, *, relative: bool) -> None:
    """Accept what an assumption may be changed to.

    Raises:
        InvalidInput: no number of at most 10^12 either way, or a negative multiple.
    """
    if not value.is_finite() or abs(value) > 10**12:
        raise InvalidInput("'{field}' needs a number between -10^12 and 10^12.", field=field)
    if relative and value < 0:
        raise InvalidInput("A multiple must not be negative. Type 0.8 for a fifth less.", field=field)


def check_name(name: str, changed: Sequence[object]) -> None:
    """Accept a scenario's name and what it changes.

    Raises:
        InvalidInput: no name, a name of over 60 characters, or an assumption changed twice.
    """
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise InvalidInput("A scenario's name needs 1 to {most} characters.", field="name", most=LONGEST_NAME)
    if len(set(changed)) != len(changed):
        raise InvalidInput("A scenario changes each assumption once. Remove the second value.", field="overrides")


def read_number(text: str | float, field: str) -> Decimal:
    """A number that a person typed, with all its digits.

    Raises:
        InvalidInput: not a number.

    >>> read_number("1,200.50", "x"), read_number(0.8, "x")
    (Decimal('1200.50'), Decimal('0.8'))
    """
    value = as_number(text)
    if value is None:
        raise InvalidInput("'{text}' is not an amount. Type a number such as 1200 or -35.50.", field=field, text=str(text)[:40])
    return value


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of changed assumptions: "pessimistic", "a bad winter".

    Raises:
        InvalidInput: no name, a name of over 60 characters, or an assumption changed twice.
    """

    name: str
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        check_name(self.name, [o.assumption for o in self.overrides])


def apply_scenario(value: ValueModel, scenario: Scenario, prevalence: float) -> ValueModel:
    """The value model with a scenario's assumptions.

    Args:
        prevalence: share of positive cases that is assumed today, 0 to 1; what a multiple of it is taken of.

    Raises:
        InvalidInput: a value can't be, or an assumption that the value model doesn't have is to be multiplied.
    """
    for override in scenario.overrides:
        value = _applied(value, override, prevalence)
    return value


def _applied(value: ValueModel, override: Override, prevalence: float) -> ValueModel:
    assumption = override.assumption
    if assumption in PAYOFFS:
        cell = move_cell(getattr(value.matrix, assumption.value), override.value, relative=override.relative)
        return replace(value, payoff=replace(value.matrix, **{assumption.value: cell}))
    amount = _amount(_assumed(value, assumption, prevalence), override)
    match assumption:
        case Assumption.CASES:
            return replace(value, cases_per_period=round(amount))
        case Assumption.CAPACITY:
            return replace(value, limits=replace(value.limits, capacity=round(amount)))
        case Assumption.BUDGET:
            return replace(value, limits=replace(value.limits, budget=amount.quantize(CENT)))
        case Assumption.PREVALENCE:
            return replace(value, economics=replace(value.economics, prevalence=amount))
        case Assumption.DISCOUNT_RATE:
            return replace(value, economics=replace(value.economics, discount_rate=amount))
        case Assumption.ONE_OFF_COST:
            return replace(value, economics=replace(value.economics, one_off_cost=amount.quantize(CENT)))
        case _:
            return replace(value, economics=replace(value.economics, running_cost=amount.quantize(CENT)))


def move_cell(base: Cell, value: Decimal, *, relative: bool) -> Cell:
    """A payoff changed: to an amount, or to a multiple of what it is, formula or not."""
    if not relative:
        return value.quantize(CENT)
    return Formula(f"({base.text}) * {value:f}") if isinstance(base, Formula) else (base * value).quantize(CENT)


def _amount(base: Decimal | None, override: Override) -> Decimal:
    if not override.relative:
        return override.value
    if base is None:
        raise InvalidInput(
            "The value model has no '{field}' of which a multiple could be taken. Give the amount itself.", field=override.assumption.value
        )
    return base * override.value


def _assumed(value: ValueModel, assumption: Assumption, prevalence: float) -> Decimal | None:
    """What the value model says of an assumption that isn't a payoff; None where it says nothing."""
    limits, economics = value.limits, value.economics
    return {
        Assumption.CASES: Decimal(value.cases_per_period),
        Assumption.CAPACITY: None if limits.capacity is None else Decimal(limits.capacity),
        Assumption.BUDGET: limits.budget,
        Assumption.PREVALENCE: economics.prevalence or Decimal(repr(prevalence)),
        Assumption.DISCOUNT_RATE: economics.discount_rate,
        Assumption.ONE_OFF_COST: economics.one_off_cost,
        Assumption.RUNNING_COST: economics.running_cost,
    }[assumption]


def assumed_values(value: ValueModel, prevalence: float) -> dict[Assumption, float]:
    """All assumptions that can be moved: payoffs that are one amount, and what else isn't zero or absent."""
    matrix: PayoffMatrix = value.matrix
    found = {a: float(cell) for a in PAYOFFS if isinstance(cell := getattr(matrix, a.value), Decimal)}
    for assumption in Assumption:
        if assumption not in PAYOFFS and (base := _assumed(value, assumption, prevalence)):
            found[assumption] = float(base)
    return found


def ranges_of(scenarios: Iterable[Scenario], value: ValueModel, prevalence: float) -> dict[Assumption, Range]:
    """The low and the high of each assumption that scenarios change: from the lowest to the highest of them and of what is assumed."""
    bases, found = assumed_values(value, prevalence), dict[Assumption, list[float]]()
    for scenario in scenarios:
        changed = assumed_values(apply_scenario(value, scenario, prevalence), prevalence)
        for assumption in (o.assumption for o in scenario.overrides):
            if assumption in bases and assumption in changed:
                found.setdefault(assumption, [bases[assumption]]).append(changed[assumption])
    return {assumption: Range(min(ends), max(ends)) for assumption, ends in found.items()}


@dataclass(frozen=True, slots=True)
class Slices:
    """The rows of a run under one value model: policies are chosen on the first and valued on the second."""

    validation: Sample
    test: Sample


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy comes to in a scenario, a period.

    Args:
        reference: the best alternative that needs no model, in this scenario. better: probability that the gain is above zero.
        actions: cases treated.
    """

    value: Amount
    reference: AlternativeKind
    gain: Amount
    better: float
    actions: float


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """A scenario evaluated.

    Args:
        name: empty for the value model as it is.
        held: the policy is chosen by today's assumptions (only limits and volume are known beforehand), and the world turns out
            as in the scenario. adapted: the policy is chosen knowing the scenario; what it brings more is what knowing is worth.
        case: the business case of `held`.
        overrides: the assumptions that it changes.
    """

    name: str
    held: Outcome
    adapted: Outcome
    case: BusinessCase
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioTable:
    """A run under its project's scenarios.

    Args:
        results: the value model as it is first, then each scenario.
        tornado: net present value with each assumption at its low and high; the scenarios say how low and high, else 20 % either
            way (prevalence 10 %).
        unfit: names of scenarios that change what this value model doesn't have.
    """

    value_model_id: str
    value_model_version: int
    currency: str
    results: tuple[ScenarioResult, ...]
    tornado: tuple[Swing, ...]
    unfit: tuple[str, ...] = ()


class Trial:
    """Evaluates scenarios of one run.

    Args:
        value: the value model as it is. prepare: the run's slices under a value model.
        rule: what today's rule treats on the test rows, shape (n,); None without one.
        seed: of folds and replicates.
        threshold: the reader's own, which then decides in every scenario; None holds to the recommended policy.
    """

    def __init__(
        self, value: ValueModel, prepare: Callable[[ValueModel], Slices], rule: BoolArray | None, seed: int, threshold: float | None = None
    ) -> None:
        self._value, self._prepare, self._rule, self._seed, self._threshold = value, prepare, rule, seed, threshold
        self._base = prepare(value)
        self._held: dict[Bounds, DecisionPolicy] = {}
        book = self._base.test.book
        self.prevalence = float(book.row_weights() @ book.y) / book.y.size

    def evaluate(self, scenario: Scenario | None) -> ScenarioResult:
        """A scenario in full; None is the value model as it is."""
        changed = self._changed(scenario)
        slices = self._base if scenario is None else self._prepare(changed)
        held = self._outcome(slices.test, self._decide_held(changed), changed)
        adapted = held
        if scenario is not None or self._threshold is not None:
            policy = choose_within(slices.validation, slices.test, changed, self._seed).policy
            adapted = self._outcome(slices.test, slices.test.decide(policy), changed)
        case = business_case(held.gain, changed.period, changed.economics)
        return ScenarioResult(scenario.name.strip() if scenario else "", held, adapted, case, scenario.overrides if scenario else ())

    def tornado(self, ranges: Mapping[Assumption, Range]) -> tuple[Swing, ...]:
        """Each assumption at its low and its high, all else as assumed: the net present value over the horizon, the widest first.

        Args:
            ranges: of assumptions that have a low and a high of their own.
        """

        def result(assumption: Assumption, end: float) -> float:
            held = min(max(end, LEAST_SHARE), 1 - LEAST_SHARE) if assumption is Assumption.PREVALENCE else end
            changed = self._changed(Scenario(assumption.value, (Override(assumption, Decimal(repr(held))),)))
            outcome = self._outcome(self._prepare(changed).test, self._decide_held(changed), changed)
            return float(business_case(outcome.gain, changed.period, changed.economics).npv.value)

        return swings(assumed_values(self._value, self.prevalence), result, ranges)

    def _changed(self, scenario: Scenario | None) -> ValueModel:
        return self._value if scenario is None else apply_scenario(self._value, scenario, self.prevalence)

    def _decide_held(self, changed: ValueModel) -> BoolArray:
        """Decisions by today's beliefs, within the limits and at the volume that are met."""
        key = bounds_of(changed)
        if key not in self._held:
            believed = replace(self._value, limits=changed.limits, cases_per_period=changed.cases_per_period)
            chosen = choose_within(self._base.validation, self._base.test, believed, self._seed)
            self._held[key] = chosen.policy if self._threshold is None else policy_of_reader(self._threshold, chosen)
        return self._base.test.decide(self._held[key])

    def _outcome(self, test: Sample, decision: BoolArray, changed: ValueModel) -> Outcome:
        cases, book = changed.cases_per_period, test.book
        everybody = fits_everybody(test, bounds_of(changed))
        offered = [a for a in without_model(decision, self._rule, everybody=everybody) if a.kind.needs_no_model]
        best = max((compare_alternative(book, decision, a, self._seed) for a in offered), key=lambda c: c.value.value)
        actions = float(decision @ book.row_weights()) / decision.size * cases
        return Outcome(amount_of(book.value(decision, self._seed), cases), best.kind, amount_of(best.gain, cases), best.better, actions)


def usual_scenarios(value: ValueModel, pessimistic: str, optimistic: str) -> tuple[Scenario, Scenario]:
    """Two scenarios to start from: what is gained a fifth lower and what is lost or spent a fifth higher, and the other way round.

    Payoffs that are formulas stay as they are: whether they are gains or losses differs from row to row.

    Args:
        pessimistic, optimistic: their names, in the reader's language.
    """
    economics = value.economics
    spent = [a for a in (Assumption.ONE_OFF_COST, Assumption.RUNNING_COST) if getattr(economics, a.value)]
    cells = {a: cell for a in PAYOFFS if isinstance(cell := getattr(value.matrix, a.value), Decimal) and cell}
    gained = [a for a, cell in cells.items() if cell > 0]
    lost = [a for a, cell in cells.items() if cell < 0] + spent

    def made(name: str, gains: str, losses: str) -> Scenario:
        up = [Override(a, Decimal(gains), relative=True) for a in gained]
        return Scenario(name, (*up, *(Override(a, Decimal(losses), relative=True) for a in lost)))

    return made(pessimistic, "0.8", "1.2"), made(optimistic, "1.2", "0.8")
