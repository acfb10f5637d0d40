"""A reader of workbooks that works formulas out by itself: what a spreadsheet would show after a cell is changed.

Knows the few operators and functions that exports use; anything else fails the test.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"]|"")*")|(?P<ref>'(?:[^']|'')+'!\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?)|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"""
    r"""|(?P<name>[A-Za-z_]+)|(?P<sign><=|>=|<>|[-+*/=<>(),]))"""
)
Value = float | str
Key = tuple[str, str]


@dataclass
class Spreadsheet:
    """Cells by sheet and address: formulas, the results that came with the file, and what is put in place of some."""

    formulas: dict[Key, str] = field(default_factory=dict)
    results: dict[Key, Value] = field(default_factory=dict)
    names: dict[str, Key] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    changed: dict[Key, Value] = field(default_factory=dict)
    worked_out: dict[Key, Value] = field(default_factory=dict)

    def change(self, **values: float) -> Spreadsheet:
        """The same workbook with other values in named cells."""
        return Spreadsheet(
            self.formulas, self.results, self.names, self.sheets, {self.names[name]: value for name, value in values.items()}
        )

    def value(self, sheet: str, address: str) -> Value:
        """What a cell shows, worked out anew."""
        key = (sheet, address)
        if key in self.changed:
            return self.changed[key]
        if key not in self.formulas:
            return self.results.get(key, 0.0)
        if key not in self.worked_out:
            self.worked_out[key] = _Parser(self.formulas[key], self).result()
        return self.worked_out[key]

    def row(self, sheet: str, label: str, column: str) -> Value:
        """The cell in a column beside a label in column A."""
        address = next(a for (s, a), value in self.results.items() if s == sheet and a.startswith("A") and value == label)
        return self.value(sheet, f"{column}{address[1:]}")


def read(data: bytes) -> Spreadsheet:
    """Read a workbook's cells."""
    found = Spreadsheet()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = [
            "".join(t.text or "" for t in item.iter(f"{MAIN}t"))
            for item in ET.fromstring(archive.read("xl/sharedStrings.xml")).iter(f"{MAIN}si")
        ]
        book = ET.fromstring(archive.read("xl/workbook.xml"))
        for place, sheet in enumerate(book.iter(f"{MAIN}sheet"), 1):
            name = sheet.get("name", "")
            found.sheets.append(name)
            for cell in ET.fromstring(archive.read(f"xl/worksheets/sheet{place}.xml")).iter(f"{MAIN}c"):
                _take(found, (name, cell.get("r", "")), cell, texts)
        for defined in book.iter(f"{MAIN}definedName"):
            if "!" in (defined.text or "") and not defined.get("name", "").startswith("_"):
                found.names[defined.get("name", "")] = _key(defined.text or "")
    return found


def _take(found: Spreadsheet, key: Key, cell: ET.Element, texts: Sequence[str]) -> None:
    formula, value = cell.find(f"{MAIN}f"), cell.find(f"{MAIN}v")
    if formula is not None:
        found.formulas[key] = formula.text or ""
    if value is not None:
        kind, text = cell.get("t"), value.text or ""
        found.results[key] = texts[int(text)] if kind == "s" else text if kind == "str" else float(text)


def _key(reference: str) -> Key:
    sheet, _, address = reference.rpartition("!")
    return sheet.strip("'").replace("''", "'"), address.replace("$", "")


class _Parser:
    """Recursive descent: comparison, sum, product, sign, value. A branch that isn't taken is parsed but not divided out."""

    def __init__(self, text: str, book: Spreadsheet) -> None:
        self._book, self._place, self._tokens = book, 0, []
        at = 0
        while at < len(text):
            match = TOKEN.match(text, at)
            assert match, f"{text!r} at {at}"
            self._tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
            at = match.end()

    def result(self) -> Value:
        value = self._comparison()()
        assert self._place == len(self._tokens), self._tokens[self._place :]
        return value

    def _peek(self) -> str:
        return self._tokens[self._place][1] if self._place < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        self._place += 1
        return self._tokens[self._place - 1]

    def _chain(self, deeper: Callable[[], Callable[[], Any]], signs: dict[str, Callable[[Any, Any], Any]]) -> Callable[[], Any]:
        left = deeper()
        while self._peek() in signs:
            do, right, before = signs[self._next()[1]], deeper(), left
            left = lambda do=do, before=before, right=right: do(before(), right())  # noqa: E731
        return left

    def _comparison(self) -> Callable[[], Any]:
        return self._chain(self._sum, {"=": lambda a, b: a == b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b})

    def _sum(self) -> Callable[[], Any]:
        return self._chain(self._product, {"+": lambda a, b: a + b, "-": lambda a, b: a - b})

    def _product(self) -> Callable[[], Any]:
        return self._chain(self._one, {"*": lambda a, b: a * b, "/": lambda a, b: a / b})

    def _one(self) -> Callable[[], Any]:
        kind, text = self._next()
        if text == "-":
            inner = self._one()
            return lambda: -inner()
        if text == "(":
            inner = self._comparison()
            assert self._next()[1] == ")"
            return inner
        if kind == "number":
            return lambda: float(text)
        if kind == "text":
            return lambda: text[1:-1].replace('""', '"')
        if kind == "ref":
            return self._reference(text)
        assert kind == "name", text
        if self._peek() == "(":
            return self._call(text)
        return lambda: self._book.value(*self._book.names[text])

    def _reference(self, text: str) -> Callable[[], Any]:
        sheet, address = _key(text)
        if ":" not in address:
            return lambda: self._book.value(sheet, address)
        (first, low), (last, high) = (re.fullmatch(r"([A-Z]+)(\d+)", end).groups() for end in address.split(":"))  # type: ignore[union-attr]
        assert first == last, address
        return lambda: [self._book.value(sheet, f"{first}{row}") for row in range(int(low), int(high) + 1)]

    def _call(self, name: str) -> Callable[[], Any]:
        self._next()
        given = [self._comparison()]
        while self._peek() == ",":
            self._next()
            given.append(self._comparison())
        assert self._next()[1] == ")"
        if name == "IF":
            return lambda: given[1]() if given[0]() else given[2]()
        return lambda: FUNCTIONS[name](*(each() for each in given))


def _flat(*given: Any) -> list[float]:
    return [float(x) for each in given for x in (each if isinstance(each, list) else [each])]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *given: math.fsum(_flat(*given)),
    "ROUND": lambda value, places: round(value, int(places)) + 0.0,
    "MAX": lambda *given: max(_flat(*given)),
    "MIN": lambda *given: min(_flat(*given)),
    "ABS": abs,
    "SQRT": math.sqrt,
    "POWER": math.pow,
    "INDEX": lambda column, place: column[int(place) - 1],
    "MATCH": lambda wanted, column, kind: column.index(wanted) + 1,
}
