"""Value models as REST takes and gives them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from core.api.page import In, Out
from core.errors import InvalidInput
from core.project.payoffs import CELLS, ClassPayoffs, DeviationCosts, Formula, PayoffMatrix, parse_amount, parse_cell, parse_formula
from core.project.service import ValueModelSpec
from core.project.terms import Economics, Limits
from core.project.value_json import cell_to_text, exact_text
from core.project.value_model import MOST_CONDITIONS, MOST_NAMES, DecidedBy, DecidedWhere, Operator, Payoff, Period, Rule, TodaysRule


def _number_or_text(value: object) -> object:
    """Refuse what is neither, in one message; `true` would count as 1."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise PydanticCustomError("amount_type", "Give a number, or a text such as '1200'")
    return value


Amount = Annotated[str | int | float, BeforeValidator(_number_or_text), Field(description="A decimal number; text keeps every digit.")]
CellIn = Annotated[
    str | int | float,
    BeforeValidator(_number_or_text),
    Field(description="A decimal number, or an expression over the row's columns such as `0.3 * premium - 20`."),
]


class PayoffBody(In):
    """Value of one case in each cell of the confusion matrix."""

    kind: Literal["binary"] = "binary"
    tp: CellIn
    fp: CellIn
    fn: CellIn
    tn: CellIn

    def payoff(self) -> PayoffMatrix:
        """As the domain takes it."""
        return PayoffMatrix(*(parse_cell(getattr(self, cell), f"payoff.{cell}") for cell in CELLS))


class ClassPayoffBody(In):
    """Value of each decision for each true class."""

    kind: Literal["classes"] = "classes"
    classes: list[Annotated[str, Field(max_length=200)]] = Field(min_length=2, max_length=30)
    values: list[Annotated[list[CellIn], Field(max_length=30)]] = Field(
        max_length=30, description="A row for each true class, a column for each decision; amounts or expressions."
    )

    def payoff(self) -> ClassPayoffs:
        """As the domain takes it."""
        rows = tuple(tuple(parse_cell(value, f"payoff.values.{i}.{j}") for j, value in enumerate(row)) for i, row in enumerate(self.values))
        return ClassPayoffs(tuple(self.classes), rows)


class DeviationBody(In):
    """What a unit of too little and of too much costs."""

    kind: Literal["deviation"] = "deviation"
    under: CellIn
    over: CellIn
    tolerance: Amount = "0"
    quantile: float | None = Field(None, description="Follows from the costs; what stands here is ignored.")

    def payoff(self) -> DeviationCosts:
        """As the domain takes it."""
        under, over = (parse_cell(getattr(self, name), f"payoff.{name}") for name in ("under", "over"))
        return DeviationCosts(under, over, parse_amount(self.tolerance, "payoff.tolerance"))


def _payoff_kind(body: object) -> str:
    """Which payoff a body is, by what it says or by what it holds, so that a missing field is named and no other kind's."""
    told = body.get("kind") if isinstance(body, dict) else getattr(body, "kind", None)
    if told is not None:
        return str(told)
    names = set(body) if isinstance(body, dict) else set()
    return "classes" if names & {"classes", "values"} else "deviation" if names & {"under", "over", "tolerance"} else "binary"


AnyPayoffBody = Annotated[
    Annotated[PayoffBody, Tag("binary")] | Annotated[ClassPayoffBody, Tag("classes")] | Annotated[DeviationBody, Tag("deviation")],
    Discriminator(_payoff_kind),
]


class ConditionBody(In):
    """A condition over the row's columns, such as `amount > 1000`, and the class that is decided on where it is the first that holds."""

    when: str = Field(max_length=300)
    decide: str = Field(max_length=200)


class RuleBody(In):
    """Today's rule.

    Of yes-or-no decisions a comparison, or a formula that treats where it isn't zero; of several classes `decided_by`, the column
    that names what is decided on, or `where`, conditions in their order; of forecasts a formula that gives the number that is planned.
    """

    column: str = Field("", max_length=200)
    operator: Operator | None = Operator.EQUALS
    value: str = Field("", max_length=200)
    formula: str | None = Field(None, max_length=300)
    decided_by: str | None = Field(None, max_length=200, description="Of several classes: the column that names the class.")
    names: dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=200)]] = Field(
        {}, max_length=MOST_NAMES, description="With `decided_by`: what a cell says, and the class that it stands for."
    )
    otherwise: str | None = Field(
        None,
        max_length=200,
        description="With `decided_by`: the class of cells that are empty or name none; null: there must be none. With `where`: the class where no condition holds.",
    )
    where: list[ConditionBody] | None = Field(
        None, max_length=MOST_CONDITIONS, description="Of several classes: the first that holds decides."
    )

    def rule(self) -> Rule:
        """As the domain takes it.

        Raises:
            InvalidInput: two kinds of rules at once, or names without the column that they stand in.
        """
        kinds = [bool(self.column), self.formula is not None, self.decided_by is not None, self.where is not None]
        lost = (self.names and self.decided_by is None) or (self.otherwise is not None and not (kinds[2] or kinds[3]))
        if sum(kinds) > 1 or lost:
            raise InvalidInput(
                "Give one kind of rule: a comparison, a formula, a column that decides with its names, or conditions.", field="rule"
            )
        if self.where is not None:
            if self.otherwise is None:
                raise InvalidInput("Say which class is decided on where no condition holds.", field="rule.otherwise")
            return DecidedWhere(tuple((parse_formula(one.when, "rule"), one.decide) for one in self.where), self.otherwise)
        if self.decided_by is not None:
            return DecidedBy(self.decided_by, tuple(self.names.items()), self.otherwise)
        if self.formula is not None:
            return parse_formula(self.formula, "rule")
        return TodaysRule(self.column, self.operator or Operator.EQUALS, self.value)


class LimitsBody(In):
    """What a policy must keep to, a period."""

    capacity: int | None = None
    budget: Amount | None = None
    action_cost: CellIn | None = None
    least_precision: Amount | None = Field(None, description="Least share of actions that hit, 0 to 1.")

    def limits(self) -> Limits:
        """As the domain takes it."""
        return Limits(
            self.capacity,
            None if self.budget is None else parse_amount(self.budget, "limits.budget"),
            None if self.action_cost is None else parse_cell(self.action_cost, "limits.action_cost"),
            None if self.least_precision is None else exact(self.least_precision, "limits.least_precision"),
        )


class EconomicsBody(In):
    """Costs around the model, and production's share of positive cases."""

    one_off_cost: Amount = "0"
    running_cost: Amount = "0"
    prevalence: Amount | None = Field(None, description="Share of positive cases in production, 0 to 1; null: as in the data.")
    discount_rate: Amount = Field("0", description="A year: 0.05 is five per cent.")
    horizon_months: int = 36

    def economics(self) -> Economics:
        """As the domain takes it."""
        return Economics(
            parse_amount(self.one_off_cost, "economics.one_off_cost"),
            parse_amount(self.running_cost, "economics.running_cost"),
            None if self.prevalence is None else exact(self.prevalence, "economics.prevalence"),
            exact(self.discount_rate, "economics.discount_rate"),
            self.horizon_months,
        )


def exact(text: str | float, field: str) -> Decimal:
    """A share with all of its digits, where an amount of money would be rounded to hundredths."""
    try:
        value = Decimal(str(text).replace("\u2212", "-").strip())
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise InvalidInput("'{text}' is not a share. Write a number such as 0.3, which is 30%.", field=field, text=str(text)[:40])
    return value


class ValueModelBody(In):
    """A version of the value model; the payoff's kind follows from what the project predicts."""

    currency: str = Field(max_length=3)
    period: Period
    cases_per_period: int = Field(ge=1, le=10**12)
    payoff: AnyPayoffBody
    rule: RuleBody | None = None
    note: str = Field("", max_length=400)
    limits: LimitsBody = LimitsBody()
    economics: EconomicsBody = EconomicsBody()

    def spec(self) -> ValueModelSpec:
        """As the domain takes it."""
        return ValueModelSpec(
            self.currency, self.period, self.cases_per_period, self.payoff.payoff(), self.rule.rule() if self.rule else None, self.note,
            self.limits.limits(), self.economics.economics(),
        )  # fmt: skip


class NewVersionBody(ValueModelBody):
    """A further version of a project's value model."""

    currency_change: bool = Field(False, description="That another currency than before is meant; the note must then say why.")


def _cell_text(cell: object) -> object:
    return cell_to_text(cell) if isinstance(cell, Decimal | Formula) else cell


def _exact_text(cell: object) -> object:
    return exact_text(cell) if isinstance(cell, Decimal | Formula) else cell


CellOut = Annotated[str, BeforeValidator(_cell_text)]
ExactCellOut = Annotated[str, BeforeValidator(_exact_text)]


class PayoffOut(Out):
    """Value of one case in each cell, exact; text that begins with an equals sign is a formula."""

    kind: Literal["binary"] = "binary"
    tp: CellOut
    fp: CellOut
    fn: CellOut
    tn: CellOut


class ClassPayoffOut(Out):
    """Value of each decision for each true class, exact; text that begins with an equals sign is a formula."""

    kind: Literal["classes"] = "classes"
    classes: tuple[str, ...]
    values: tuple[tuple[ExactCellOut, ...], ...]


class DeviationOut(Out):
    """What a unit of too little and of too much costs, and the quantile to plan for; null where a formula makes it differ by case."""

    kind: Literal["deviation"] = "deviation"
    under: ExactCellOut
    over: ExactCellOut
    tolerance: Decimal
    quantile: float | None


AnyPayoffOut = PayoffOut | ClassPayoffOut | DeviationOut


def payoff_out(payoff: Payoff) -> AnyPayoffOut:
    """A payoff as REST gives it."""
    match payoff:
        case PayoffMatrix():
            return PayoffOut.model_validate(payoff)
        case ClassPayoffs():
            return ClassPayoffOut(classes=payoff.classes, values=payoff.values)
        case DeviationCosts():
            return DeviationOut(under=payoff.under, over=payoff.over, tolerance=payoff.tolerance, quantile=payoff.quantile)


class ConditionOut(Out):
    """A condition and the class that is decided on where it is the first that holds."""

    when: str
    decide: str


class RuleOut(Out):
    """Today's rule."""

    column: str = ""
    operator: Operator | None = None
    value: str = ""
    formula: str | None = None
    decided_by: str | None = None
    names: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    where: list[ConditionOut] | None = None


def _rule_fields(rule: object) -> object:
    if isinstance(rule, DecidedBy):
        return {"decided_by": rule.column, "names": dict(rule.names), "otherwise": rule.otherwise}
    if isinstance(rule, DecidedWhere):
        return {"where": [{"when": when.text, "decide": given} for when, given in rule.cases], "otherwise": rule.otherwise}
    return {"formula": rule.text} if isinstance(rule, Formula) else rule


AnyRuleOut = Annotated[RuleOut | None, BeforeValidator(_rule_fields)]


class LimitsOut(Out):
    """What a policy must keep to, a period."""

    capacity: int | None
    budget: Decimal | None
    action_cost: CellOut | None
    least_precision: Decimal | None


class EconomicsOut(Out):
    """Costs around the model, and production's share of positive cases."""

    one_off_cost: Decimal
    running_cost: Decimal
    prevalence: Decimal | None
    discount_rate: Decimal
    horizon_months: int


class ValueModelOut(Out):
    """A version of a value model."""

    id: str
    project_id: str
    version: int
    currency: str
    period: Period
    cases_per_period: int
    payoff: Annotated[AnyPayoffOut, BeforeValidator(payoff_out)]
    rule: AnyRuleOut
    note: str
    created_by: str
    proposed_by: str | None
    created_at: datetime
    limits: LimitsOut
    economics: EconomicsOut
