"""From answers to payoffs: the template's rules with the answers put in, and how each payoff is worked out."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidInput
from core.project.model import Task
from core.project.payoffs import CELLS, CENT, Cell, ClassPayoffs, DeviationCosts, Formula, PayoffMatrix
from core.project.service import ValueModelSpec
from core.project.templates.answers import cell_text
from core.project.templates.model import Answers, Rule, Setting, Template
from core.project.value_model import Payoff

COSTS = ("under", "over", "tolerance")
STEPS = "steps"
_QUOTED = re.compile(r"`[^`]*`")
_KEPT = re.compile(r"(`[^`]*`|'[^']*'|\"[^\"]*\")")
_GROUPED = re.compile(r"(?<![\w.])\d{4,}(?!\w)")
_PRODUCT = re.compile(r"[\w.]+(\s*\*\s*[\w.]+)*")
_OPERATORS: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


@dataclass(frozen=True, slots=True)
class Working:
    """How a payoff follows from the answers.

    Args:
        cell: as in `Rule`.
        arithmetic: with the answers put in: ``0.3 × (200 − 10) − 1``.
        result: an amount, or the formula that it is.
    """

    cell: str
    arithmetic: str
    result: Cell


@dataclass(frozen=True, slots=True)
class Draft:
    """A value model made from a template, to look at, to change and to save."""

    template: str
    spec: ValueModelSpec
    working: tuple[Working, ...]


def draft_from(template: Template, setting: Setting, answers: Answers) -> Draft:
    """A value model from answers.

    Raises:
        InvalidInput: a formula grows too long, or the payoffs can't be used.
    """
    working = tuple(_work(rule, answers) for rule in _rules(template, answers))
    found = {one.cell: one.result for one in working}
    spec = ValueModelSpec(setting.currency, setting.period, setting.cases_per_period, _payoff(template, answers, found), note="")
    return Draft(template.key, spec, working)


def _rules(template: Template, answers: Answers) -> list[Rule]:
    """The rule of each cell: the first that holds."""
    chosen: dict[str, Rule] = {}
    for rule in template.rules:
        if answers.holds(rule.when):
            chosen.setdefault(rule.cell, rule)
    return list(chosen.values())


def _payoff(template: Template, answers: Answers, found: Mapping[str, Cell]) -> Payoff:
    match template.task:
        case Task.BINARY:
            return PayoffMatrix(*(found[cell] for cell in CELLS))
        case Task.REGRESSION:
            return DeviationCosts(*(_amount(found[cell], f"payoff.{cell}") for cell in COSTS))
        case Task.MULTICLASS:
            return _table(template, answers)


def _table(template: Template, answers: Answers) -> ClassPayoffs:
    """A row for each true class, a column for each decision; the further off, the more steps."""
    (labels,) = (value for value in answers.values.values() if isinstance(value, tuple))
    rules = {rule.cell: rule for rule in _rules(template, answers)}

    def value(truth: int, decided: int) -> Decimal:
        cell = "right" if truth == decided else "lower" if decided > truth else "higher"
        return _amount(_work(rules[cell], answers, abs(truth - decided)).result, "payoff.values")

    size = range(len(labels))
    return ClassPayoffs(labels, tuple(tuple(value(i, j) for j in size) for i in size))


def _amount(cell: Cell, field: str) -> Decimal:
    if isinstance(cell, Decimal):
        return cell
    raise InvalidInput("Here only an amount can stand, no formula: '{text}'.", field=field, text=cell.text[:60])


def _work(rule: Rule, answers: Answers, steps: int = 1) -> Working:
    values: dict[str, Cell] = {key: value for key, value in answers.values.items() if isinstance(value, Decimal | Formula)}
    values[STEPS] = Decimal(steps)
    tree = ast.parse(rule.expression, mode="eval").body
    text = _put_in(rule.expression, values)
    if any(isinstance(node, ast.Name) and isinstance(values[node.id], Formula) for node in ast.walk(tree)):
        return Working(rule.cell, printed(text), Formula(text))
    return Working(rule.cell, printed(text), _calculate(tree, values).quantize(CENT) + 0)  # no negative zero


def _put_in(expression: str, values: Mapping[str, Cell]) -> str:
    """An expression over questions as one over amounts and columns.

    >>> _put_in("share * (worth - 1)", {"share": Decimal("0.30"), "worth": Formula("12 * fee")})
    '0.3 * (12 * fee - 1)'
    """

    def value(match: re.Match[str]) -> str:
        cell, before = values[match[0]], expression[: match.start()].rstrip()
        text = _QUOTED.sub(_unquoted, cell_text(cell))
        # A product keeps its meaning beside any operator but a division before it; all else needs parentheses.
        product = _PRODUCT.fullmatch(_QUOTED.sub("column", text)) and not (before.endswith("/") and "*" in text)
        return text if product else f"({text})"

    return re.sub(r"[a-z_]+", value, expression)


def _unquoted(match: re.Match[str]) -> str:
    """A column's name without the backquotes that it doesn't need inside of a formula."""
    name = match[0][1:-1]
    return name if name.isidentifier() and not keyword.iskeyword(name) else match[0]


def _calculate(node: ast.expr, values: Mapping[str, Cell]) -> Decimal:
    """Exact arithmetic over amounts; the rules are ours, so nothing else stands in them."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number))
        case ast.Name(id=key):
            return _amount(values[key], "answers")
        case ast.UnaryOp(operand=operand):
            return -_calculate(operand, values)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_calculate(left, values), _calculate(right, values))
    raise InvalidInput("A rule of this template can't be read: '{text}'.", field="template", text=ast.unparse(node)[:60])


def printed(text: str) -> str:
    """A formula as people write it; names in backquotes and texts stay as they are.

    >>> printed("-0.45 * `a-b` + 10000")
    '−0.45 × `a-b` + 10,000'
    """
    parts = _KEPT.split(text)
    return "".join(part if part[:1] in set("`'\"") else _GROUPED.sub(_group, part).replace("*", "×").replace("-", "−") for part in parts)


def _group(match: re.Match[str]) -> str:
    return f"{int(match[0]):,}"
