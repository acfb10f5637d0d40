"""Payoffs written as expressions over a row's columns: parsed and evaluated locked down.

Only arithmetic, comparison, ``min``, ``max``, ``abs``, ``if ... else`` and column names; names with spaces or other
scripts stand in backquotes: ``0.3 * `monthly premium` - 20``. Nothing is ever executed: the syntax tree is walked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from core.impact.arrays import FloatArray

LONGEST = 300
LARGEST = 10**12
DEEPEST = 20
_QUOTED: Final = re.compile(r"`([^`]+)`")
_BINARY: Final[dict[type[ast.operator], Callable[[FloatArray, FloatArray], FloatArray]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_COMPARE: Final[dict[type[ast.cmpop], Callable[[FloatArray, FloatArray], np.ndarray[tuple[int], np.dtype[np.bool_]]]]] = {
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
_FUNCTIONS: Final[dict[str, tuple[int, Callable[..., FloatArray]]]] = {"min": (2, np.minimum), "max": (2, np.maximum), "abs": (1, np.abs)}


@dataclass(frozen=True, slots=True)
class Expression:
    """A payoff as it was written, and the columns that it reads, in order of appearance."""

    text: str
    columns: tuple[str, ...]


def parse_expression(text: str, columns: Sequence[str], field: str = "payoff") -> Expression:
    """Check an expression against the columns that there are.

    Args:
        text: ``0.3 * premium - 20``.
        columns: names of the data's columns.
        field: where it was typed, for the message.

    Raises:
        InvalidInput: it can't be read, reads an unknown column, or uses what isn't allowed; says which.

    >>> parse_expression("0.3 * premium - 20", ["premium"]).columns
    ('premium',)
    """
    tree, names = _parse(text, field)
    used: list[str] = []
    _check(tree, names, field, used, 0)
    for name in used:
        if name not in columns:
            raise InvalidInput(
                "'{field}' reads the column '{column}', which the data doesn't have. There are: {known}.",
                field=field, column=name, known=", ".join(columns[:12]),
            )  # fmt: skip
    return Expression(text, tuple(dict.fromkeys(used)))


def evaluate(expression: Expression, frame: pd.DataFrame, field: str = "payoff") -> FloatArray:
    """Value of an expression for each row.

    Args:
        frame: holds the expression's columns, as numbers.

    Returns:
        Shape (n,).

    Raises:
        InvalidInput: a column isn't numeric, a cell that is needed is empty, or a result isn't finite; says how many.
    """
    tree, names = _parse(expression.text, field)
    cells = {name: _numbers(frame, name, field) for name in expression.columns}
    with np.errstate(all="ignore"):
        result = np.broadcast_to(_walk(tree, names, cells, len(frame)), len(frame)).astype(np.float64)
    bad = int((~np.isfinite(result)).sum())
    if bad:
        raise InvalidInput(
            "'{field}' can't be worked out for {bad} of {rows} rows: an empty cell, a division by zero or too large a number. "
            "Guard it, for example with max(column, 1).",
            field=field, bad=bad, rows=len(frame),
        )  # fmt: skip
    return result


def _parse(text: str, field: str) -> tuple[ast.expr, dict[str, str]]:
    """The syntax tree, with backquoted names replaced by plain ones, and what these stand for."""
    if not text.strip() or len(text) > LONGEST:
        raise InvalidInput("'{field}' needs an expression of 1 to {most} characters.", field=field, most=LONGEST)
    quoted: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        key = f"k_column_{len(quoted)}"
        quoted[key] = match[1]
        return key

    try:
        return ast.parse(_QUOTED.sub(name, text.strip()), mode="eval").body, quoted
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidInput("'{field}' can't be read: '{text}'. Write it like 0.3 * premium - 20.", field=field, text=text[:80]) from error


def _check(node: ast.expr, names: dict[str, str], field: str, used: list[str], depth: int) -> None:
    """Walk the tree and refuse everything that isn't listed."""
    if depth > DEEPEST:
        raise InvalidInput("'{field}' is nested too deeply. Write it more simply.", field=field)
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and abs(value) <= LARGEST:
            return
        case ast.Name(id=key):
            used.append(names.get(key, key))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _check_all([left, right], names, field, used, depth)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, names, field, used, depth + 1)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            _check_all([left, right], names, field, used, depth)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _check_all([test, body, orelse], names, field, used, depth)
        case ast.Call(func=ast.Name(id=key), args=args, keywords=[]) if key in _FUNCTIONS and len(args) == _FUNCTIONS[key][0]:
            _check_all(args, names, field, used, depth)
        case _:
            raise InvalidInput(
                "'{field}' uses '{part}', which isn't allowed. Use numbers, columns, + - * /, comparisons, min, max, abs and if-else.",
                field=field, part=ast.unparse(node)[:60],
            )  # fmt: skip


def _check_all(nodes: Sequence[ast.expr], names: dict[str, str], field: str, used: list[str], depth: int) -> None:
    for node in nodes:
        _check(node, names, field, used, depth + 1)


def _walk(node: ast.expr, names: dict[str, str], cells: dict[str, FloatArray], rows: int) -> FloatArray:
    """Evaluate a checked tree; comparisons are 1 and 0."""

    def walk(part: ast.expr) -> FloatArray:
        return _walk(part, names, cells, rows)

    match node:
        case ast.Constant(value=int() | float() as value):
            return np.full(rows, float(value))
        case ast.Name(id=key):
            return cells[names.get(key, key)]
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](walk(left), walk(right))
        case ast.UnaryOp(op=op, operand=operand):
            return -walk(operand) if isinstance(op, ast.USub) else walk(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARE[type(op)](walk(left), walk(right)).astype(np.float64)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return np.where(walk(test) != 0, walk(body), walk(orelse))
        case ast.Call(func=ast.Name(id=key), args=args):
            return _FUNCTIONS[key][1](*(walk(arg) for arg in args))
    raise InvalidInput("'{field}' can't be read: '{text}'. Write it like 0.3 * premium - 20.", field="payoff", text=ast.unparse(node)[:80])


def _numbers(frame: pd.DataFrame, name: str, field: str) -> FloatArray:
    """A column as numbers; empty cells are NaN."""
    column = frame[name]
    numbers = pd.to_numeric(column.astype(object), errors="coerce")
    text = int((numbers.isna() & column.notna()).sum())
    if text:
        raise InvalidInput(
            "'{field}' counts with the column '{column}', but {bad} of its cells hold text. Choose a column of numbers.",
            field=field, column=name, bad=text,
        )  # fmt: skip
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)
