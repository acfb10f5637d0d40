"""Answers as they were typed, read against their questions: nothing missing, nothing out of range."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.errors import InvalidInput
from core.project.payoffs import LIMIT, MOST_CLASSES, Cell, Formula, parse_cell
from core.project.templates.model import CENT, Answer, Answers, Kind, Question, Template
from core.project.value_model import check_currency

FINEST = Decimal("0.000001")
Given = str | int | float | Decimal | tuple[str, ...] | list[str]
"""An answer as it was typed or sent: shares as 0.3 or as 30%, labels as a list or as one text with commas."""

# Units of a currency for one euro or dollar, as a power of ten: the size of a sum, no exchange rate.
_SIZES = {
    10: ("AED", "BRL", "CNY", "CZK", "DKK", "HKD", "ILS", "MXN", "MYR", "NOK", "PEN", "PLN", "RON", "SAR", "SEK", "ZAR"),
    100: ("EGP", "INR", "JPY", "PHP", "THB", "TRY", "TWD", "UAH"),
    1_000: ("ARS", "CLP", "HUF", "KRW", "KZT", "NGN"),
    10_000: ("COP", "IDR", "VND"),
}
_SIZE_OF = {currency: size for size, currencies in _SIZES.items() for currency in currencies}


def rough_size(currency: str) -> int:
    """By what a default in euro or dollar is multiplied to have a sensible size in another currency: a power of ten."""
    return _SIZE_OF.get(currency, 1)


def default_answer(question: Question, currency: str) -> Decimal | str | tuple[str, ...]:
    """What stands in a question first, money in the size of the currency."""
    if question.kind is Kind.MONEY and isinstance(question.default, Decimal) and question.currency != currency:
        return question.default * rough_size(currency)
    return question.default


def read_answers(template: Template, given: Mapping[str, Given], currency: str) -> Answers:
    """All answers, with defaults for those that weren't given.

    Args:
        given: by the question's key.

    Raises:
        InvalidInput: an unknown question, or an answer that can't be; names the question.
    """
    check_currency(currency)
    for key in given:
        if template.find(key) is None:
            raise InvalidInput(
                "The template '{name}' has no question '{key}'. There are: {known}.",
                field=f"answers.{key}", name=template.key, key=key[:40], known=", ".join(q.key for q in template.questions),
            )  # fmt: skip
    found = Answers({})
    for question in template.questions:
        if found.holds(question.asked_if):
            typed = given.get(question.key, "")
            answer = read_answer(question, typed if typed not in ("", [], ()) else default_answer(question, currency))
            found = Answers({**found.values, question.key: answer})
    return found


def read_answer(question: Question, typed: Given) -> Answer:
    """One answer.

    Raises:
        InvalidInput: not of the question's kind, or out of its range.
    """
    field = f"answers.{question.key}"
    match question.kind:
        case Kind.CHOICE:
            return _option(question, str(typed), field)
        case Kind.LABELS:
            return read_labels(typed, field)
        case Kind.MONEY if question.by_row:
            cell = parse_cell(str(typed), field)
            return cell if isinstance(cell, Formula) else _ranged(question, cell, field)
        case _:
            return _ranged(question, _number(question, str(typed), field), field)


def _number(question: Question, text: str, field: str) -> Decimal:
    plain = text.strip()
    percent = question.kind is Kind.SHARE and plain.endswith(("%", "％"))
    try:
        value = Decimal((plain[:-1] if percent else plain).replace(",", "").strip())
    except ArithmeticError as error:
        raise InvalidInput("'{text}' is not a number. Write digits, for example 30.", field=field, text=text[:40]) from error
    if not value.is_finite():
        raise InvalidInput("'{text}' is not a number. Write digits, for example 30.", field=field, text=text[:40])
    if not -LIMIT <= value <= LIMIT:  # comparing never overflows, as dividing and rounding would
        return value
    return (value / 100 if percent else value).quantize(CENT if question.kind is Kind.MONEY else FINEST)


def _ranged(question: Question, value: Decimal, field: str) -> Decimal:
    if question.low <= value <= question.high:
        return value
    share = question.kind is Kind.SHARE
    low, high = (f"{plain_number(bound * 100)}%" if share else f"{bound.normalize():,f}" for bound in (question.low, question.high))
    raise InvalidInput("This answer must lie between {low} and {high}.", field=field, low=low, high=high)


def _option(question: Question, text: str, field: str) -> str:
    if text not in {option.key for option in question.options}:
        known = ", ".join(option.key for option in question.options)
        raise InvalidInput("'{text}' is none of the answers. There are: {known}.", field=field, text=text[:40], known=known)
    return text


def read_labels(typed: Given, field: str) -> tuple[str, ...]:
    """Names of classes, as a list or as one text with commas.

    Raises:
        InvalidInput: fewer than two, too many, or one twice.
    """
    parts = list(typed) if isinstance(typed, list | tuple) else str(typed).replace("、", ",").replace("，", ",").split(",")
    found = tuple(part.strip()[:200] for part in parts if part.strip())
    if not 2 <= len(found) <= MOST_CLASSES or len(set(found)) != len(found):
        raise InvalidInput("A payoff table needs 2 to {most} different classes.", field=field, most=MOST_CLASSES)
    return found


def answer_text(answer: Answer) -> str:
    """An answer as it is typed.

    >>> answer_text(Decimal("200.00")), answer_text(("urgent", "normal"))
    ('200', 'urgent, normal')
    """
    if isinstance(answer, tuple):
        return ", ".join(answer)
    return plain_number(answer) if isinstance(answer, Decimal) else str(answer)


def plain_number(value: Decimal) -> str:
    """Digits without needless zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def cell_text(cell: Cell) -> str:
    """A payoff as it is typed."""
    return plain_number(cell) if isinstance(cell, Decimal) else cell.text
