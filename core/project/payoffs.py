"""What a decision is worth: a payoff for each kind of right and wrong, as an amount or as an expression over the row's columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.errors import InvalidInput
from core.project.expression import Expression, parse_expression

LIMIT = Decimal(10) ** 12
CENT = Decimal("0.01")
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
CELLS = ("tp", "fp", "fn", "tn")
MOST_CLASSES = 30


@dataclass(frozen=True, slots=True)
class Formula:
    """A payoff that differs from row to row: an expression over the row's columns, as it was typed.

    Raises:
        InvalidInput: it isn't one; whether its columns exist is checked where data is at hand.
    """

    text: str

    def __post_init__(self) -> None:
        parse_expression(self.text)

    @property
    def expression(self) -> Expression:
        """The parsed expression."""
        return parse_expression(self.text)

    def __str__(self) -> str:
        return self.text


Cell = Decimal | Formula


def check_cell(value: object, field: str) -> None:
    """Accept an amount of at most 10^12 either way, or a formula.

    Raises:
        InvalidInput: something else.
    """
    if isinstance(value, Formula):
        parse_expression(value.text, field=field)
        return
    if not isinstance(value, Decimal) or not value.is_finite():
        raise InvalidInput("The payoff '{field}' must be a number.", field=field)
    if not -LIMIT <= value <= LIMIT:
        raise InvalidInput("The payoff '{field}' must lie between -10^12 and 10^12.", field=field)


@dataclass(frozen=True, slots=True)
class PayoffMatrix:
    """Value of one case in each cell, gains positive, losses negative.

    Args:
        tp: treated, and it was right to; fp: treated in vain; fn: missed; tn: rightly left alone.

    Raises:
        InvalidInput: an entry isn't a number or a formula, is out of range, or every decision would be worth the same.
    """

    tp: Cell
    fp: Cell
    fn: Cell
    tn: Cell

    def __post_init__(self) -> None:
        for name in CELLS:
            check_cell(getattr(self, name), f"payoff.{name}")
        if self.tp == self.fn and self.fp == self.tn:
            raise InvalidInput(
                "These payoffs make every decision worth the same, so no model can earn anything. Change at least one of them.",
                field="payoff",
            )

    @property
    def is_constant(self) -> bool:
        """Whether every case of a kind is worth the same."""
        return not any(isinstance(cell, Formula) for cell in (self.tp, self.fp, self.fn, self.tn))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that its formulas read, each once."""
        return formula_columns(self.tp, self.fp, self.fn, self.tn)

    def amount(self, cell: str) -> Decimal:
        """A constant payoff.

        Raises:
            InvalidInput: it differs from row to row.
        """
        value = getattr(self, cell)
        if isinstance(value, Decimal):
            return value
        raise InvalidInput("'{field}' differs from case to case, so it has no single amount.", field=f"payoff.{cell}")

    @property
    def bayes_threshold(self) -> float | None:
        """Probability above which treating pays: (tn - fp) / ((tn - fp) + (tp - fn)) (Elkan 2001, equation 2).

        None where treating pays always or never, whatever the probability, or where that differs from row to row.
        """
        if not self.is_constant:
            return None
        tp, fp, fn, tn = (float(self.amount(cell)) for cell in CELLS)
        against, gain = tn - fp, tp - fn
        total = against + gain
        if total == 0 or not 0 <= against / total <= 1 or gain <= 0:
            return None
        return against / total


@dataclass(frozen=True, slots=True)
class ClassPayoffs:
    """Value of deciding one class where another is true, for models with several classes.

    Args:
        classes: the labels, in the order of rows and columns.
        values: K x K; a row for each true class, a column for each decision; amounts or formulas.

    Raises:
        InvalidInput: not square, too large, not numbers or formulas, or every decision worth the same.
    """

    classes: tuple[str, ...]
    values: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        size = len(self.classes)
        if not 2 <= size <= MOST_CLASSES or len(set(self.classes)) != size:
            raise InvalidInput("A payoff table needs 2 to {most} different classes.", field="payoff.classes", most=MOST_CLASSES)
        if len(self.values) != size or any(len(row) != size for row in self.values):
            raise InvalidInput("A payoff table needs one row and one column for each class.", field="payoff.values")
        for truth, row in zip(self.classes, self.values, strict=True):
            for decided, value in zip(self.classes, row, strict=True):
                check_cell(value, class_field(truth, decided))
        if all(len(set(row)) == 1 for row in self.values):
            raise InvalidInput(
                "These payoffs make every decision worth the same, so no model can earn anything. Change at least one of them.",
                field="payoff",
            )

    @property
    def formulas(self) -> tuple[tuple[int, int, Formula], ...]:
        """Entries that differ from row to row: true class, decision and formula, in reading order."""
        return tuple((i, j, cell) for i, row in enumerate(self.values) for j, cell in enumerate(row) if isinstance(cell, Formula))

    @property
    def is_constant(self) -> bool:
        """Whether every case of a kind is worth the same."""
        return not self.formulas

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that its formulas read, each once."""
        return formula_columns(*(cell for row in self.values for cell in row))


def class_field(truth: str, decided: str) -> str:
    """How errors name an entry of a table of classes."""
    return f"payoff.values.{truth}.{decided}"


@dataclass(frozen=True, slots=True)
class DeviationCosts:
    """What a wrong forecast costs, a unit.

    Args:
        under: each unit that was forecast too little; over: each unit too much; both positive amounts, at least one above zero, or
            formulas that give such amounts.
        tolerance: deviations up to this many units cost nothing.
    """

    under: Cell
    over: Cell
    tolerance: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for name in ("under", "over", "tolerance"):
            value = getattr(self, name)
            check_cell(value, f"payoff.{name}")
            if isinstance(value, Decimal) and value < 0:
                raise InvalidInput("'{field}' is a cost or a width and must not be negative.", field=f"payoff.{name}")
        if not isinstance(self.tolerance, Decimal):
            raise InvalidInput("The payoff '{field}' must be a number.", field="payoff.tolerance")
        if self.under == self.over == 0:
            raise InvalidInput("At least one of the two costs must be above zero.", field="payoff.under")

    @property
    def is_constant(self) -> bool:
        """Whether a unit costs the same for every case."""
        return isinstance(self.under, Decimal) and isinstance(self.over, Decimal)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that its formulas read, each once."""
        return formula_columns(self.under, self.over)

    @property
    def quantile(self) -> float | None:
        """The quantile of demand to plan for: under / (under + over) (the newsvendor's critical ratio; Arrow, Harris, Marschak 1951).

        None where that differs from row to row.
        """
        if isinstance(self.under, Decimal) and isinstance(self.over, Decimal):
            return float(self.under / (self.under + self.over))
        return None


def formula_columns(*cells: Cell | None) -> tuple[str, ...]:
    """Columns that formulas among these read, each once, in order of appearance."""
    found = (name for cell in cells if isinstance(cell, Formula) for name in cell.expression.columns)
    return tuple(dict.fromkeys(found))


def parse_cell(text: str | float | Decimal, field: str) -> Cell:
    """A payoff typed by a person: an amount, else an expression; an equals sign may stand before it, as in spreadsheets and in answers.

    Raises:
        InvalidInput: neither.
    """
    text = text.strip().removeprefix("=") if isinstance(text, str) else text
    amount = as_number(text)
    if amount is not None:
        return _to_hundredths(amount, field)
    if str(text).strip().isidentifier():
        raise InvalidInput(
            "'{text}' is not an amount. Type a number such as 1200 or -35.50, or an expression such as 0.3 * premium - 20; a column alone "
            "stands in backquotes: `{text}`.",
            field=field, text=str(text).strip()[:40],
        )  # fmt: skip
    try:
        parse_expression(str(text), field=field)
    except InvalidInput:
        if isinstance(text, str) and any(c.isalpha() or c == "`" for c in text):
            raise
        return parse_amount(text, field)
    return Formula(str(text).strip())


def parse_formula(text: str, field: str) -> Formula:
    """An expression typed by a person where an amount would make no sense, such as today's rule.

    Raises:
        InvalidInput: it can't be read.
    """
    plain = text.strip().removeprefix("=")
    parse_expression(plain, field=field)
    return Formula(plain.strip())


def parse_amount(text: str | float | Decimal, field: str) -> Decimal:
    """An amount typed by a person, rounded to hundredths.

    Raises:
        InvalidInput: not a finite number, or so small that nothing would be left of it.
    """
    value = as_number(text)
    if value is None:
        raise InvalidInput("'{text}' is not an amount. Type a number such as 1200 or -35.50.", field=field, text=str(text)[:40])
    return _to_hundredths(value, field)


def _to_hundredths(value: Decimal, field: str) -> Decimal:
    """Rounded; refused where the rounding would leave nothing, which nobody would notice."""
    rounded = value.quantize(CENT)
    if value != 0 and rounded == 0:
        raise InvalidInput(
            "'{text}' would count as nothing, since amounts are kept to hundredths. Count in larger units, or write a formula such as {text} * 1.",
            field=field, text=str(value),
        )  # fmt: skip
    return rounded


def as_number(text: str | float | Decimal) -> Decimal | None:
    """A number that a person typed, with all its digits; None for what is none, or beyond 10^12. Commas part thousands only."""
    plain = str(text).replace("\u2212", "-").strip()
    if "," in plain and not THOUSANDS.fullmatch(plain):  # 12,50 would become 1250
        return None
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    # Comparing never overflows, as the absolute value of 1e999999999 would.
    return value if value.is_finite() and -LIMIT <= value <= LIMIT else None
