"""Today's rule, carried out on rows."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from core.impact.arrays import BoolArray
from core.project.expression import evaluate
from core.project.payoffs import formula_columns
from core.project.value_model import DecidedWhere, Formula, Operator, Rule, TodaysRule


def rule_columns(rule: Rule) -> tuple[str, ...]:
    """Columns that today's rule reads, of whichever kind."""
    if isinstance(rule, DecidedWhere):
        return formula_columns(*(when for when, _ in rule.cases))
    return rule.expression.columns if isinstance(rule, Formula) else (rule.column,)


def rule_mask(rule: TodaysRule | Formula, frame: pd.DataFrame) -> BoolArray:
    """Which rows today's rule treats.

    The value compares as a number where both sides are numbers, else as text (equal or different only);
    a missing cell never matches, whatever the operator.

    Args:
        rule: ``column operator value``, or a formula that treats where it isn't zero.
        frame: rows that hold the column.

    Returns:
        Shape (n,).

    Raises:
        InvalidInput: a column isn't there, or the formula can't be worked out.

    >>> frame = pd.DataFrame({"age": [30, None, 50]})
    >>> rule_mask(TodaysRule("age", Operator.AT_LEAST, "40"), frame).tolist()
    [False, False, True]
    """
    if isinstance(rule, Formula):
        treats: BoolArray = evaluate(rule.expression, frame, "rule") != 0
        return treats
    if rule.column not in frame.columns:
        raise InvalidInput(
            "Today's rule needs the column '{column}', which these rows don't have. Choose another column in the value model.",
            field="rule.column",
            column=rule.column,
        )
    return _matches(rule, frame[rule.column])


def _matches(rule: TodaysRule, cells: pd.Series) -> BoolArray:
    present = cells.notna().to_numpy(dtype=np.bool_)
    numbers = _as_numbers(cells)
    wanted = _number(rule.value)
    numeric = np.isfinite(numbers) & (wanted is not None)
    result = np.zeros(len(cells), dtype=np.bool_)
    if wanted is not None:
        result[numeric] = _compare(numbers[numeric], rule.operator, wanted)
    if rule.operator in {Operator.EQUALS, Operator.DIFFERS}:
        text = present & ~numeric
        same = _as_text(cells[text]) == rule.value.strip()
        result[text] = same if rule.operator is Operator.EQUALS else ~same
    return result & present


def _compare(numbers: np.ndarray[tuple[int], np.dtype[np.float64]], operator: Operator, wanted: float) -> BoolArray:
    compared: BoolArray = {
        Operator.AT_LEAST: np.greater_equal,
        Operator.ABOVE: np.greater,
        Operator.AT_MOST: np.less_equal,
        Operator.BELOW: np.less,
        Operator.EQUALS: np.equal,
        Operator.DIFFERS: np.not_equal,
    }[operator](numbers, wanted)
    return compared


def _as_numbers(cells: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Cells as numbers; NaN where a cell is missing or not a finite number."""
    numbers = pd.to_numeric(cells.astype(object), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _as_text(cells: pd.Series) -> BoolArray:
    return cells.astype(str).str.strip().to_numpy(dtype=object)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
