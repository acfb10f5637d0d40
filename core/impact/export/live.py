"""Formulas that know their result: a workbook shows it where nothing computes (a phone's preview), and a spreadsheet works it out anew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CENTS = 0.025


@dataclass(frozen=True, slots=True)
class Live:
    """A formula's text and its result; both come from the same steps, so they can't drift apart.

    >>> price, count = Live("price", 12.0), Live("B4", 3.0)
    >>> price * count - 6
    Live(text='((price*B4)-6)', value=30.0)
    """

    text: str
    value: float

    def __add__(self, other: Live | float) -> Live:
        return self._with("+", other, self.value + _value(other))

    def __radd__(self, other: float) -> Live:
        return Live(_number(other), other) + self

    def __sub__(self, other: Live | float) -> Live:
        return self._with("-", other, self.value - _value(other))

    def __rsub__(self, other: float) -> Live:
        return Live(_number(other), other) - self

    def __mul__(self, other: Live | float) -> Live:
        return self._with("*", other, self.value * _value(other))

    def __rmul__(self, other: float) -> Live:
        return Live(_number(other), other) * self

    def _with(self, sign: str, other: Live | float, value: float) -> Live:
        text = other.text if isinstance(other, Live) else _number(other)
        return Live(f"({self.text}{sign}{text})", value)

    @property
    def formula(self) -> str:
        """As a cell holds it."""
        outer = self.text.startswith("(") and _closes_last(self.text)
        return f"={self.text[1:-1] if outer else self.text}"


def ratio(over: Live, under: Live) -> Live:
    """A quotient; 0 where there is nothing to divide by."""
    return Live(f"IF({under.text}=0,0,{over.text}/{under.text})", over.value / under.value if under.value else 0.0)


def root(of: Live) -> Live:
    """A square root; 0 where rounding left something below zero."""
    return Live(f"SQRT(MAX(0,{of.text}))", math.sqrt(max(0.0, of.value)))


def sign_free(of: Live) -> Live:
    """An absolute value."""
    return Live(f"ABS({of.text})", abs(of.value))


def power(base: Live, exponent: float) -> Live:
    """A power."""
    return Live(f"POWER({base.text},{_number(exponent)})", base.value**exponent)


def capped(of: Live, most: float) -> Live:
    """A value, or the most that it may be."""
    return Live(f"MIN({_number(most)},{of.text})", min(most, of.value))


def moved(of: Live) -> Live:
    """A difference from what is told, in hundredths; up to two are what rounding leaves of sums of rounded amounts, and count as none."""
    size = abs(of.value)
    return Live(f"IF(ABS({of.text})<{CENTS},0,ROUND({of.text},2))", 0.0 if size < CENTS else round(of.value, 2))


def total(cells: str, values: Sequence[float]) -> Live:
    """The sum of a range."""
    return Live(f"SUM({cells})", math.fsum(values))


def largest(cells: str, values: Sequence[float]) -> Live:
    """The largest of a range."""
    return Live(f"MAX({cells})", max(values))


def at_largest(wanted: str, of: str, wanted_values: Sequence[float], of_values: Sequence[float]) -> Live:
    """What stands in one range where another has its largest value, the first of equals."""
    place = max(range(len(of_values)), key=of_values.__getitem__)
    return Live(f"INDEX({wanted},MATCH(MAX({of}),{of},0))", wanted_values[place])


def _value(of: Live | float) -> float:
    return of.value if isinstance(of, Live) else of


def _number(value: float) -> str:
    text = repr(float(value))
    text = text.removesuffix(".0")
    return f"({text})" if value < 0 else text


def _closes_last(text: str) -> bool:
    """Whether the first bracket closes at the very end."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False
