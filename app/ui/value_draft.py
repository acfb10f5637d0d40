"""A value model while it is built: what was typed, field by field, and what it reads as. Nothing here draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from app.ui.forms import foreign_sign, read_amount
from core.errors import InvalidInput
from core.project.model import Task
from core.project.payoffs import CELLS, Cell, ClassPayoffs, DeviationCosts, Formula, PayoffMatrix, class_field, parse_formula
from core.project.service import ValueModelSpec, check_spec
from core.project.templates import Setting, answer_text, read_labels
from core.project.terms import Economics, Limits
from core.project.value_model import (
    MOST_CONDITIONS,
    DecidedBy,
    DecidedWhere,
    Operator,
    Payoff,
    Period,
    Rule,
    TodaysRule,
    check_currency,
    parse_amount,
    parse_cell,
)

T = TypeVar("T")
COSTS: Final = ("under", "over", "tolerance")
COMMON: Final = ("JPY", "USD", "EUR", "GBP", "CNY", "KRW", "INR", "CHF", "AUD", "CAD", "SGD")
VERSION, BLANK = "version", "blank"
NO_RULE, BY_COLUMN, BY_FORMULA = "none", "column", "formula"
FIRST: Final = {
    "period": Period.MONTH.value,
    "rule.kind": NO_RULE,
    "rule.operator": Operator.AT_LEAST.value,
    "economics.horizon_months": "36",
}


class Step(StrEnum):
    """Steps of the builder, in their order."""

    START = "start"
    QUESTIONS = "questions"
    PAYOFFS = "payoffs"
    LIMITS = "limits"
    COSTS = "costs"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Draft:
    """A value model while it is built.

    Args:
        start: what it was started from: a template's key, `VERSION` or `BLANK`.
        typed: what stands in each field, by the name that errors give it; answers as ``answers.<question>``.
        filled: the answers that the payoffs were filled from, so that going back and forth loses no later change.
    """

    project_id: str
    task: Task
    start: str
    step: Step = Step.START
    typed: Mapping[str, str] = field(default_factory=dict)
    filled: str = ""

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self.typed.get(name, FIRST.get(name, "")).strip()

    def with_text(self, name: str, text: str) -> Draft:
        """The same with another text in a field."""
        return self if self.typed.get(name) == text else replace(self, typed={**self.typed, name: text})

    def with_texts(self, texts: Mapping[str, str]) -> Draft:
        """The same with other texts in some fields."""
        return replace(self, typed={**self.typed, **texts})

    @property
    def template(self) -> str:
        """The template's key; empty where it was started without one."""
        return "" if self.start in {VERSION, BLANK} else self.start

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its steps: the questions only with a template."""
        return tuple(step for step in Step if self.template or step is not Step.QUESTIONS)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a draft reads as.

    Args:
        spec: None while something is missing or wrong.
        complaints: what is missing or wrong, by field.
    """

    spec: ValueModelSpec | None
    complaints: Mapping[str, InvalidInput]


class _Reader:
    """Reads field by field and collects what is wrong."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.complaints: dict[str, InvalidInput] = {}

    def take(self, name: str, read: Callable[[str], T], *, required: bool = True) -> T | None:
        """One field; None where it is empty or wrong."""
        text = self.draft.text(name)
        if not text:
            if required:
                self.complaints[name] = InvalidInput("Something is missing here: {field}.", field=name)
            return None
        return self.make(name, lambda: read(text))

    def make(self, name: str, build: Callable[[], T]) -> T | None:
        """What several fields make together."""
        try:
            return build()
        except InvalidInput as error:
            self.complaints[error.field if error.field in self.draft.typed else name] = error
            return None


def read_draft(draft: Draft) -> Reading:
    """Read all fields."""
    reader = _Reader(draft)
    setting = read_setting(draft, reader)
    payoff = _payoff(reader, draft)
    rule = _rule(reader, draft)
    limits = _limits(reader, draft) if draft.task is Task.BINARY else Limits()
    economics = _economics(reader, draft)
    if reader.complaints or setting is None or payoff is None or limits is None or economics is None:
        return Reading(None, reader.complaints)
    note = draft.text("note")[:400]
    spec = ValueModelSpec(setting.currency, setting.period, setting.cases_per_period, payoff, rule, note, limits, economics)
    reader.make("rule.column", lambda: check_spec(draft.task, spec))
    return Reading(None if reader.complaints else spec, reader.complaints)


def read_setting(draft: Draft, reader: _Reader | None = None) -> Setting | None:
    """Currency, period and volume; None while they can't be used."""
    reader = reader or _Reader(draft)

    def currency(text: str) -> str:
        check_currency(text)
        return text

    money, cases = reader.take("currency", currency), reader.take("cases_per_period", lambda text: _whole(text, "cases_per_period", 1))
    period = Period(draft.text("period"))
    return Setting(money, period, cases) if money and cases else None


def typed_amount(text: str, currency: str, name: str) -> str:
    """An amount in any of the ways in which people write one, as plain digits; anything else as it is.

    Raises:
        InvalidInput: it carries the sign of another currency.
    """
    sign = foreign_sign(text, currency)
    if sign:
        raise InvalidInput("“{text}” carries {sign}, but this value model counts in {currency}. Write the amount in {currency}.",
                           field=name, text=text[:40], sign=sign, currency=currency)  # fmt: skip
    amount = read_amount(text)
    return text if amount is None else str(amount)


def _cell(draft: Draft, name: str) -> Callable[[str], Cell]:
    return lambda text: parse_cell(typed_amount(text, draft.text("currency"), name), name)


def _money(draft: Draft, name: str) -> Callable[[str], Decimal]:
    return lambda text: parse_amount(typed_amount(text, draft.text("currency"), name), name)


def _whole(text: str, name: str, least: int) -> int:
    amount = read_amount(text)
    if amount is None or amount != amount.to_integral_value() or not least <= amount <= 10**12:
        raise InvalidInput("Write a whole number of at least {least}.", field=name, least=least)
    return int(amount)


def _percent(name: str) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        amount = read_amount(text.removesuffix("%").removesuffix("％"))
        if amount is None:
            raise InvalidInput("'{text}' is not a number. Write digits, for example 30.", field=name, text=text[:40])
        return amount / 100

    return read


def _payoff(reader: _Reader, draft: Draft) -> Payoff | None:
    match draft.task:
        case Task.BINARY:
            cells = [reader.take(f"payoff.{cell}", _cell(draft, f"payoff.{cell}")) for cell in CELLS]
            return None if None in cells else reader.make("payoff", lambda: PayoffMatrix(*cells))  # type: ignore[arg-type]
        case Task.REGRESSION:
            under, over = (reader.take(f"payoff.{cost}", _cell(draft, f"payoff.{cost}")) for cost in COSTS[:2])
            tolerance = reader.take("payoff.tolerance", _money(draft, "payoff.tolerance"), required=False) or Decimal(0)
            if under is None or over is None:
                return None
            return reader.make("payoff", lambda: DeviationCosts(under, over, tolerance))
        case Task.MULTICLASS:
            labels = reader.take("payoff.classes", lambda text: read_labels(text, "payoff.classes"))
            return _table(reader, draft, labels) if labels else None


def _table(reader: _Reader, draft: Draft, labels: tuple[str, ...]) -> ClassPayoffs | None:
    def value(i: int, j: int) -> Cell:
        return _cell(draft, class_field(labels[i], labels[j]))(draft.text(value_field(i, j)) or "0")

    size = range(len(labels))
    return reader.make("payoff.values", lambda: ClassPayoffs(labels, tuple(tuple(value(i, j) for j in size) for i in size)))


def value_field(truth: int, decided: int) -> str:
    """The field of one cell of a table."""
    return f"payoff.values.{truth}.{decided}"


def _rule(reader: _Reader, draft: Draft) -> Rule | None:
    kind = draft.text("rule.kind")
    if kind == BY_FORMULA and draft.task is Task.MULTICLASS:
        return _conditions(reader, draft)
    if kind == BY_FORMULA:
        return reader.take("rule.formula", lambda text: parse_formula(text, "rule.formula"))
    if kind == BY_COLUMN and draft.task is Task.REGRESSION:
        return reader.take("rule.column", lambda column: parse_formula(f"`{column}`", "rule.column"))
    if kind == BY_COLUMN and draft.task is Task.MULTICLASS:
        return reader.take("rule.column", lambda column: DecidedBy(column, _meanings(draft, column), draft.text("rule.otherwise") or None))
    if kind == BY_COLUMN:
        column, value = reader.take("rule.column", str), reader.take("rule.value", str)
        operator = Operator(draft.text("rule.operator"))
        return reader.make("rule.value", lambda: TodaysRule(column, operator, value)) if column and value else None
    return None


def _conditions(reader: _Reader, draft: Draft) -> DecidedWhere | None:
    """Conditions in their order; lines without a condition are left out."""
    lines = [i for i in range(MOST_CONDITIONS) if draft.text(f"rule.when.{i}")]
    taken = [
        (reader.take(f"rule.when.{i}", lambda text: parse_formula(text, "rule")), reader.take(f"rule.then.{i}", str)) for i in lines
    ]  # fmt: skip
    other = reader.take("rule.otherwise", str)
    if other is None or not taken:
        reader.complaints.setdefault(
            "rule.otherwise" if taken else "rule.when.0", InvalidInput("Something is missing here: {field}.", field="rule")
        )
        return None
    cases = tuple((when, given) for when, given in taken if when is not None and given is not None)
    return DecidedWhere(cases, other) if len(cases) == len(taken) else None


def meaning_field(column: str, name: str) -> str:
    """The field that says which class a name in a column stands for: any text is a field of its own."""
    return f"rule.means.{column.encode().hex()}.{name.encode().hex()}"


def _meanings(draft: Draft, column: str) -> tuple[tuple[str, str], ...]:
    """What names in a column stand for."""
    start = meaning_field(column, "")
    return tuple(
        (bytes.fromhex(name.removeprefix(start)).decode(), text) for name, text in draft.typed.items() if text and name.startswith(start)
    )


def _limits(reader: _Reader, draft: Draft) -> Limits | None:
    capacity = reader.take("limits.capacity", lambda text: _whole(text, "limits.capacity", 0), required=False)
    budget = reader.take("limits.budget", _money(draft, "limits.budget"), required=False)
    cost = reader.take("limits.action_cost", _cell(draft, "limits.action_cost"), required=False)
    precision = reader.take("limits.least_precision", _percent("limits.least_precision"), required=False)
    return reader.make("limits.capacity", lambda: Limits(capacity, budget, cost, precision))


def _economics(reader: _Reader, draft: Draft) -> Economics | None:
    once, running = (
        reader.take(f"economics.{name}", _money(draft, f"economics.{name}"), required=False) or Decimal(0)
        for name in ("one_off_cost", "running_cost")
    )
    share = reader.take("economics.prevalence", _percent("economics.prevalence"), required=False) if draft.task is Task.BINARY else None
    rate = reader.take("economics.discount_rate", _percent("economics.discount_rate"), required=False) or Decimal(0)
    months = reader.take("economics.horizon_months", lambda text: _whole(text, "economics.horizon_months", 1))
    return None if months is None else reader.make("economics", lambda: Economics(once, running, share, rate, months))


def texts_of(spec: ValueModelSpec) -> dict[str, str]:
    """What stands in each field for a value model that there is."""
    limits, economics = spec.limits, spec.economics
    shares = {"limits.least_precision": limits.least_precision, "economics.prevalence": economics.prevalence, "economics.discount_rate": economics.discount_rate}  # fmt: skip
    amounts = {
        "limits.capacity": limits.capacity, "limits.budget": limits.budget, "limits.action_cost": limits.action_cost,
        "economics.one_off_cost": economics.one_off_cost, "economics.running_cost": economics.running_cost,
    }  # fmt: skip
    return {
        "currency": spec.currency, "period": spec.period.value, "cases_per_period": f"{spec.cases_per_period:,}",
        **payoff_texts(spec.payoff), **_rule_texts(spec.rule, of_numbers=isinstance(spec.payoff, DeviationCosts)),
        **{name: amount_text(value) if value else "" for name, value in amounts.items()},
        **({"limits.capacity": "0"} if limits.capacity == 0 else {}),
        **{name: answer_text(value * 100) if value else "" for name, value in shares.items()},
        "economics.horizon_months": str(economics.horizon_months),
    }  # fmt: skip


def payoff_texts(payoff: Payoff) -> dict[str, str]:
    """What stands in the fields of a payoff."""
    match payoff:
        case PayoffMatrix():
            return {f"payoff.{cell}": amount_text(getattr(payoff, cell)) for cell in CELLS}
        case DeviationCosts():
            return {f"payoff.{cost}": amount_text(getattr(payoff, cost)) for cost in COSTS}
        case ClassPayoffs():
            cells = {value_field(i, j): amount_text(value) for i, row in enumerate(payoff.values) for j, value in enumerate(row)}
            return {"payoff.classes": ", ".join(payoff.classes), **cells}


def amount_text(value: Cell | int) -> str:
    """An amount as people write it, or a formula as it was typed.

    >>> amount_text(Decimal("-12500.00")), amount_text(Formula("0.3 * fee"))
    ('-12,500', '0.3 * fee')
    """
    if isinstance(value, Formula):
        return value.text
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rule_texts(rule: Rule | None, *, of_numbers: bool) -> dict[str, str]:
    if rule is None:
        return {"rule.kind": NO_RULE}
    if isinstance(rule, DecidedBy):
        names = {meaning_field(rule.column, name): given for name, given in rule.names}
        return {"rule.kind": BY_COLUMN, "rule.column": rule.column, "rule.otherwise": rule.otherwise or "", **names}
    if isinstance(rule, DecidedWhere):
        lines = {
            f"rule.{part}.{i}": text for i, (when, given) in enumerate(rule.cases) for part, text in (("when", when.text), ("then", given))
        }
        return {"rule.kind": BY_FORMULA, "rule.otherwise": rule.otherwise, **lines}
    if isinstance(rule, Formula) and of_numbers and rule.text.strip("`") in rule.expression.columns:
        return {"rule.kind": BY_COLUMN, "rule.column": rule.expression.columns[0]}
    if isinstance(rule, Formula):
        return {"rule.kind": BY_FORMULA, "rule.formula": rule.text}
    return {"rule.kind": BY_COLUMN, "rule.column": rule.column, "rule.operator": rule.operator.value, "rule.value": rule.value}
