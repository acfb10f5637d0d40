"""Payoffs and rules written as expressions over a row's columns: parsed and evaluated locked down.

Only arithmetic, comparison, ``min``, ``max``, ``abs``, ``coalesce``, ``if ... else`` and column names; names with spaces or
other scripts stand in backquotes: ``0.3 * `monthly premium` - 20``. Text may only be compared: ``plan == 'gold'``. Nothing is
ever executed: the syntax tree is walked.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
LONGEST = 300
LARGEST = 10**12
DEEPEST = 20
_QUOTED: Final = re.compile(r"`([^`]+)`")
_QUERY: Final = re.compile(r"\bselect\b.*\b(from|\d|\*)|\bunion\s+select\b|;\s*(drop|delete|insert|update)\b", re.IGNORECASE | re.DOTALL)
# Signs as people and Japanese keyboards write them.
_SIGNS: Final = str.maketrans("×÷−＊／＋－（），．＜＞＝　０１２３４５６７８９", "*/-*/+-(),.<>= 0123456789")
# An equals sign alone, outside of texts: what people write where Python compares with two.
_ALONE: Final = re.compile(r"(?<![=<>!])=(?![=<>])")
_PIECES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|[^'\"]+|['\"]")
_BINARY: Final[dict[type[ast.operator], Callable[[FloatArray, FloatArray], FloatArray]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_COMPARE: Final[dict[type[ast.cmpop], Callable[..., npt.NDArray[np.bool_]]]] = {
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
_SCALAR: Final[dict[type[ast.AST], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: Final[dict[str, tuple[int, Callable[..., FloatArray]]]] = {
    "min": (2, np.minimum),
    "max": (2, np.maximum),
    "abs": (1, np.abs),
    "coalesce": (2, lambda value, other: np.where(np.isnan(value), other, value)),
}


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as it was written, and the columns that it reads, in order of appearance.

    Args:
        numbers: columns that are counted with; texts: columns that are compared with a text.
    """

    text: str
    columns: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What a check of the tree needs and finds."""

    names: dict[str, str]
    field: str
    used: list[str]
    texts: list[str]


def parse_expression(text: str, columns: Sequence[str] | None = None, field: str = "payoff") -> Expression:
    """Check an expression, against the columns that there are where they are known.

    Args:
        text: ``0.3 * premium - 20``.
        columns: names of the data's columns; None checks the form alone.
        field: where it was typed, for the message.

    Raises:
        InvalidInput: it can't be read, reads an unknown column, or uses what isn't allowed; says which.

    >>> parse_expression("0.3 * premium - 20", ["premium"]).columns
    ('premium',)
    """
    tree, names = _parse(text, field)
    reading = _Reading(names, field, [], [])
    _check(tree, reading, 0)
    used = tuple(dict.fromkeys(reading.used))
    for name in used if columns is not None else ():
        if name not in (columns or ()):
            raise InvalidInput(
                "'{field}' reads the column '{column}', which the data doesn't have. There are: {known}.",
                field=field, column=name, known=", ".join((columns or ())[:12]),
            )  # fmt: skip
    texts = tuple(dict.fromkeys(reading.texts))
    return Expression(text, used, tuple(n for n in used if n not in texts), texts)


def evaluate(expression: Expression, frame: pd.DataFrame, field: str = "payoff") -> FloatArray:
    """Value of an expression for each row.

    Args:
        frame: holds the expression's columns.

    Returns:
        Shape (n,).

    Raises:
        InvalidInput: a column that is counted with isn't numeric, a cell that is needed is empty, or a result isn't finite; says how many.
    """
    result = evaluate_partly(expression, frame, field)
    bad = int(np.isnan(result).sum())
    if bad:
        raise InvalidInput(
            "'{field}' can't be worked out for {bad} of {rows} rows: an empty cell, a division by zero or too large a number. "
            "Guard it, for example with max(column, 1) or coalesce(column, 0).",
            field=field, bad=bad, rows=len(frame),
        )  # fmt: skip
    return result


def evaluate_partly(expression: Expression, frame: pd.DataFrame, field: str = "payoff") -> FloatArray:
    """Value of an expression for each row where it can be worked out; NaN elsewhere.

    Raises:
        InvalidInput: a column isn't there, or one that is counted with isn't numeric.
    """
    tree, names = _parse(expression.text, field)
    for name in expression.columns:
        if name not in frame.columns:
            raise InvalidInput(
                "'{field}' reads the column '{column}', which the data doesn't have. There are: {known}.",
                field=field, column=name, known=", ".join(map(str, list(frame.columns)[:12])),
            )  # fmt: skip
    cells: dict[str, Any] = {name: _numbers(frame, name, field) for name in expression.columns if name not in expression.texts}
    cells |= {name: frame[name].astype(object).where(frame[name].notna(), None).to_numpy(dtype=object) for name in expression.texts}
    with np.errstate(all="ignore"):
        result = np.broadcast_to(_walk(tree, names, cells, len(frame)), len(frame)).astype(np.float64)
    result[~np.isfinite(result)] = np.nan
    return result


RowValue = Callable[[Mapping[str, Any]], float]


def compile_row(expression: Expression, field: str = "payoff") -> RowValue:
    """An expression as a function of one row, which gives what `evaluate` gives; fast enough for single requests.

    Returns:
        A function of column and value; NaN where a cell is missing, a division by zero happens or a number grows too large.
    """
    tree, names = _parse(expression.text, field)
    walk = _compile(tree, names)

    def value(row: Mapping[str, Any]) -> float:
        try:
            return walk(row)
        except (ZeroDivisionError, OverflowError):
            return math.nan

    return value


def _compile(node: ast.expr, names: dict[str, str]) -> RowValue:
    match node:
        case ast.Constant(value=int() | float() as constant):
            number = float(constant)
            return lambda _: number
        case ast.Name(id=key):
            column = names.get(key, key)
            return lambda row: _as_number(row.get(column))
        case ast.UnaryOp(op=op, operand=operand):
            inner, sign = _compile(operand, names), -1.0 if isinstance(op, ast.USub) else 1.0
            return lambda row: sign * inner(row)
        case ast.BinOp(left=left, op=op, right=right):
            return _both(_compile(left, names), _compile(right, names), _SCALAR[type(op)])
        case ast.Compare(left=ast.Name(id=key), ops=[op], comparators=[ast.Constant(value=str() as wanted)]):
            return _same_text(names.get(key, key), wanted, equal=isinstance(op, ast.Eq))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _both(_compile(left, names), _compile(right, names), _SCALAR[type(op)], unknown=True)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _branch(_compile(test, names), _compile(body, names), _compile(orelse, names))
        case ast.Call(func=ast.Name(id="abs"), args=[one]):
            inner = _compile(one, names)
            return lambda row: abs(inner(row))
        case ast.Call(func=ast.Name(id="coalesce"), args=[one, two]):
            first, other = _compile(one, names), _compile(two, names)
            return lambda row: other(row) if math.isnan(found := first(row)) else found
        case ast.Call(func=ast.Name(id=key), args=[one, two]):
            return _both(_compile(one, names), _compile(two, names), min if key == "min" else max, unknown=True)
    raise InvalidInput("'{field}' can't be read: '{text}'. Write it like 0.3 * premium - 20.", field="payoff", text=ast.unparse(node)[:80])


def _both(left: RowValue, right: RowValue, apply: Callable[[float, float], float], *, unknown: bool = False) -> RowValue:
    """Of two values; with `unknown` NaN if either is NaN, which Python's comparisons would hide."""

    def value(row: Mapping[str, Any]) -> float:
        one, two = left(row), right(row)
        if unknown and (math.isnan(one) or math.isnan(two)):
            return math.nan
        return float(apply(one, two))

    return value


def _branch(test: RowValue, body: RowValue, orelse: RowValue) -> RowValue:
    def value(row: Mapping[str, Any]) -> float:
        chosen = test(row)
        return math.nan if math.isnan(chosen) else body(row) if chosen != 0 else orelse(row)

    return value


def _same_text(column: str, wanted: str, *, equal: bool) -> RowValue:
    def value(row: Mapping[str, Any]) -> float:
        found = row.get(column)
        return math.nan if found is None else float((str(found) == wanted) is equal)

    return value


def _as_number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


@lru_cache(maxsize=512)
def _parse(text: str, field: str) -> tuple[ast.expr, dict[str, str]]:
    """The syntax tree, with backquoted names replaced by plain ones, and what these stand for."""
    if not text.strip() or len(text) > LONGEST:
        raise InvalidInput("'{field}' needs an expression of 1 to {most} characters.", field=field, most=LONGEST)
    quoted: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        key = f"k_column_{len(quoted)}"
        quoted[key] = match[1]
        return key

    plain = _PIECES.sub(lambda match: match[0] if match[0][0] in "'\"" else match[0].translate(_SIGNS), _QUOTED.sub(name, text.strip()))
    if _QUERY.search(plain):
        raise InvalidInput(
            "'{field}' looks like a database query: '{text}'. A payoff is worked out from the columns of one row; write it like 0.3 * premium - 20.",
            field=field, text=text[:80],
        )  # fmt: skip
    try:
        return ast.parse(plain, mode="eval").body, quoted
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if _ALONE.search("".join(piece for piece in _PIECES.findall(plain) if piece[0] not in "'\"")):
            raise InvalidInput(
                "'{field}' can't be read: '{text}'. Two equals signs compare, as in plan == 'gold'.", field=field, text=text[:80]
            ) from error
        raise InvalidInput("'{field}' can't be read: '{text}'. Write it like 0.3 * premium - 20.", field=field, text=text[:80]) from error


def _check(node: ast.expr, reading: _Reading, depth: int) -> None:
    """Walk the tree and refuse everything that isn't listed."""
    if depth > DEEPEST:
        raise InvalidInput("'{field}' is nested too deeply. Write it more simply.", field=reading.field)
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and abs(value) <= LARGEST:
            return
        case ast.Name(id=key):
            reading.used.append(reading.names.get(key, key))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _check_all([left, right], reading, depth)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, reading, depth + 1)
        case ast.Compare(left=ast.Name(id=key), ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant(value=str())]):
            reading.used.append(reading.names.get(key, key))
            reading.texts.append(reading.names.get(key, key))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            _check_all([left, right], reading, depth)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _check_all([test, body, orelse], reading, depth)
        case ast.Call(func=ast.Name(id=key), args=args, keywords=[]) if key in _FUNCTIONS and len(args) == _FUNCTIONS[key][0]:
            _check_all(args, reading, depth)
        case _:
            raise InvalidInput(
                "'{field}' uses '{part}', which isn't allowed. "
                "Use numbers, columns, + - * /, comparisons, min, max, abs, coalesce and if-else.",
                field=reading.field, part=ast.unparse(node)[:60],
            )  # fmt: skip


def _check_all(nodes: Sequence[ast.expr], reading: _Reading, depth: int) -> None:
    for node in nodes:
        _check(node, reading, depth + 1)


def _walk(node: ast.expr, names: dict[str, str], cells: Mapping[str, Any], rows: int) -> FloatArray:
    """Evaluate a checked tree; comparisons are 1 and 0, and as unknown as what they compare."""

    def walk(part: ast.expr) -> FloatArray:
        return _walk(part, names, cells, rows)

    match node:
        case ast.Constant(value=int() | float() as value):
            return np.full(rows, float(value))
        case ast.Name(id=key):
            found: FloatArray = cells[names.get(key, key)]
            return found
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](walk(left), walk(right))
        case ast.UnaryOp(op=op, operand=operand):
            return -walk(operand) if isinstance(op, ast.USub) else walk(operand)
        case ast.Compare(left=ast.Name(id=key), ops=[op], comparators=[ast.Constant(value=str() as wanted)]):
            texts = cells[names.get(key, key)]
            same = np.array([text is not None and str(text) == wanted for text in texts], dtype=np.bool_)
            return np.where([text is None for text in texts], np.nan, same if isinstance(op, ast.Eq) else ~same)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            one, two = walk(left), walk(right)
            return np.where(np.isnan(one) | np.isnan(two), np.nan, _COMPARE[type(op)](one, two))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            chosen = walk(test)
            return np.where(np.isnan(chosen), np.nan, np.where(chosen != 0, walk(body), walk(orelse)))
        case ast.Call(func=ast.Name(id=key), args=args):
            return _FUNCTIONS[key][1](*(walk(arg) for arg in args))
    raise InvalidInput("'{field}' can't be read: '{text}'. Write it like 0.3 * premium - 20.", field="payoff", text=ast.unparse(node)[:80])


def _numbers(frame: pd.DataFrame, name: str, field: str) -> FloatArray:
    """A column as numbers; empty cells are NaN."""
    import pandas as pd

    column = frame[name]
    numbers = pd.to_numeric(column.astype(object), errors="coerce") if column.dtype == object else pd.to_numeric(column, errors="coerce")
    text = int((numbers.isna() & column.notna()).sum())
    if text:
        raise InvalidInput(
            "'{field}' counts with the column '{column}', but {bad} of its cells hold text. Choose a column of numbers.",
            field=field, column=name, bad=text,
        )  # fmt: skip
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)
