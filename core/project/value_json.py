"""Value models as JSON: how the store, certificates and exports write payoffs, terms and rules. Amounts are text, so that no digit is lost."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.errors import Corrupt, InvalidInput
from core.project.payoffs import CELLS, CENT, Cell, ClassPayoffs, DeviationCosts, Formula, PayoffMatrix
from core.project.terms import Economics, Limits
from core.project.value_model import DecidedBy, DecidedWhere, Operator, Payoff, Rule, TodaysRule, ValueModel


def cell_to_text(cell: Cell) -> str:
    """A payoff as text: an amount's digits, or a formula behind an equals sign.

    >>> cell_to_text(Decimal("-35.50")), cell_to_text(Formula("0.3 * premium"))
    ('-35.50', '=0.3 * premium')
    """
    return f"={cell.text}" if isinstance(cell, Formula) else str(cell.quantize(CENT))


def exact_text(cell: Cell) -> str:
    """A payoff as text with the digits that it has: for kinds whose amounts may have any number of decimals."""
    return f"={cell.text}" if isinstance(cell, Formula) else str(cell)


def cell_from_text(text: str) -> Cell:
    """Read what `cell_to_text` wrote.

    Raises:
        Corrupt: neither an amount nor a formula.
    """
    try:
        return Formula(text[1:]) if text.startswith("=") else Decimal(text)
    except (InvalidOperation, InvalidInput) as error:
        raise Corrupt("A stored payoff can't be read: '{text}'. Restore it from a backup.", text=text[:60]) from error


def payoff_to_json(payoff: Payoff) -> str:
    """A payoff, with its kind."""
    match payoff:
        case PayoffMatrix():
            body: dict[str, Any] = {"kind": "binary"} | {name: cell_to_text(getattr(payoff, name)) for name in CELLS}
        case ClassPayoffs():
            body = {"kind": "classes", "classes": payoff.classes, "values": [[exact_text(v) for v in row] for row in payoff.values]}
        case DeviationCosts():
            body = {
                "kind": "deviation",
                "under": exact_text(payoff.under),
                "over": exact_text(payoff.over),
                "tolerance": str(payoff.tolerance),
            }
    return json.dumps(body, ensure_ascii=False)


def payoff_from_json(text: str) -> Payoff:
    """Read a payoff.

    Raises:
        Corrupt: of no kind that this release knows.
    """
    body = json.loads(text)
    match body.get("kind"):
        case "binary":
            return PayoffMatrix(*(cell_from_text(body[name]) for name in CELLS))
        case "classes":
            return ClassPayoffs(tuple(body["classes"]), tuple(tuple(cell_from_text(v) for v in row) for row in body["values"]))
        case "deviation":
            return DeviationCosts(cell_from_text(body["under"]), cell_from_text(body["over"]), Decimal(body["tolerance"]))
    raise Corrupt("A stored payoff has the kind '{kind}', which this release doesn't know. Install the newer release.", kind=str(body.get("kind")))  # fmt: skip


def limits_to_json(limits: Limits) -> str:
    """Limits; what isn't limited is null."""
    return json.dumps(
        {
            "capacity": limits.capacity,
            "budget": None if limits.budget is None else str(limits.budget),
            "action_cost": None if limits.action_cost is None else cell_to_text(limits.action_cost),
            "least_precision": None if limits.least_precision is None else str(limits.least_precision),
        },
        ensure_ascii=False,
    )


def limits_from_json(text: str | None) -> Limits:
    """Read limits; nothing is none."""
    body = json.loads(text) if text else {}
    cost = body.get("action_cost")
    return Limits(
        body.get("capacity"), _decimal(body.get("budget")), cell_from_text(cost) if cost is not None else None,
        _decimal(body.get("least_precision")),
    )  # fmt: skip


def economics_to_json(economics: Economics) -> str:
    """Costs around the model."""
    return json.dumps(
        {
            "one_off_cost": str(economics.one_off_cost),
            "running_cost": str(economics.running_cost),
            "prevalence": None if economics.prevalence is None else str(economics.prevalence),
            "discount_rate": str(economics.discount_rate),
            "horizon_months": economics.horizon_months,
        }
    )


def economics_from_json(text: str | None) -> Economics:
    """Read them; nothing is the defaults."""
    if not text:
        return Economics()
    body = json.loads(text)
    return Economics(
        Decimal(body["one_off_cost"]), Decimal(body["running_cost"]), _decimal(body["prevalence"]), Decimal(body["discount_rate"]),
        int(body["horizon_months"]),
    )  # fmt: skip


def rule_to_json(rule: Rule | None) -> str | None:
    """Today's rule."""
    if rule is None:
        return None
    if isinstance(rule, Formula):
        return json.dumps({"formula": rule.text}, ensure_ascii=False)
    if isinstance(rule, DecidedBy):
        return json.dumps({"decided_by": rule.column, "names": dict(rule.names), "otherwise": rule.otherwise}, ensure_ascii=False)
    if isinstance(rule, DecidedWhere):
        return json.dumps({"where": [[when.text, given] for when, given in rule.cases], "otherwise": rule.otherwise}, ensure_ascii=False)
    return json.dumps({"column": rule.column, "operator": rule.operator, "value": rule.value}, ensure_ascii=False)


def rule_from_json(text: str | None) -> Rule | None:
    """Read it."""
    if not text:
        return None
    body = json.loads(text)
    if "decided_by" in body:
        return DecidedBy(body["decided_by"], tuple(body["names"].items()), body["otherwise"])
    if "where" in body:
        return DecidedWhere(tuple((Formula(when), given) for when, given in body["where"]), body["otherwise"])
    return Formula(body["formula"]) if "formula" in body else TodaysRule(body["column"], Operator(body["operator"]), body["value"])


_MODEL: TypeAdapter[ValueModel] = TypeAdapter(ValueModel)


def value_model_to_json(model: ValueModel) -> str:
    """A whole version, for a job's specification or an export."""
    return _MODEL.dump_json(model).decode()


def value_model_from_json(text: str) -> ValueModel:
    """Read it.

    Raises:
        Corrupt: not a value model.
    """
    try:
        return _MODEL.validate_json(text)
    except ValidationError as error:
        raise Corrupt("A stored value model can't be read: {reason}.", reason=str(error)[:200]) from error


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
