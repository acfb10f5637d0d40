"""A workbook to write on: formats, and cells that later formulas can name."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from core.impact.export import palette
from core.impact.export.live import Live
from core.impact.seal import Seal
from core.words import Words

INJECTION = ("=", "+", "-", "@", "\t", "\r")
FOOTER_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class LiveText:
    """A formula whose result is text."""

    text: str
    value: str


class Book:
    """A workbook in one language.

    Args:
        currency: ISO code of every amount.
        footer: printed below every page.
    """

    def __init__(self, words: Words, currency: str, *, footer: str) -> None:
        self._bytes = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.file = xlsxwriter.Workbook(self._bytes, options)
        self._footer = footer[:FOOTER_CHARACTERS].replace("&", "&&")
        font: dict[str, Any] = {"font_name": "Yu Gothic" if words.language == "ja" else "Calibri", "font_size": 11, "valign": "vcenter"}
        money = money_format(words, currency)
        self._styles: dict[str, dict[str, Any]] = {
            "text": {}, "wrap": {"text_wrap": True, "valign": "top"}, "bold": {"bold": True},
            "title": {"bold": True, "font_size": 16}, "warning": {"bold": True, "font_color": palette.LOSS, "text_wrap": True, "valign": "top"}, "section": {"bold": True, "font_size": 12}, "muted": {"font_color": palette.MUTED},
            "note": {"font_color": palette.MUTED, "text_wrap": True, "valign": "top"},
            "head": {"font_color": palette.MUTED, "bottom": 1, "bottom_color": palette.REFERENCE, "text_wrap": True, "valign": "bottom"},
            "head_right": {
                "font_color": palette.MUTED, "bottom": 1, "bottom_color": palette.REFERENCE, "text_wrap": True, "valign": "bottom", "align": "right",
            },
            "money": {"num_format": money}, "money_bold": {"num_format": money, "bold": True},
            "money_signed": {"num_format": money, "font_color": palette.MUTED},
            "money_input": {"num_format": money}, "number_input": {"num_format": "#,##0"}, "share_input": {"num_format": "0.00%"},
            "number": {"num_format": "#,##0"}, "decimal": {"num_format": "#,##0.0"}, "number_signed": {"num_format": "#,##0", "font_color": palette.MUTED},
            "share": {"num_format": "0.0%"}, "share_signed": {"num_format": "0.0%", "font_color": palette.MUTED},
            "text_signed": {"font_color": palette.MUTED, "align": "right"}, "text_right": {"align": "right"},
        }  # fmt: skip
        given: dict[str, Any] = {
            "bg_color": palette.INPUT,
            "font_color": palette.MAIN,
            "border": 1,
            "border_color": "#E5D9A8",
            "locked": False,
        }
        self._formats: dict[str, Any] = {}
        for name, style in self._styles.items():
            self._formats[name] = self.file.add_format({**font, **style, **(given if name.endswith("_input") else {})})
        self._quoted = {
            name: self.file.add_format({**font, **self._styles[name], "quote_prefix": True})
            for name in ("text", "wrap", "note", "bold", "title")
        }

    def style(self, name: str, text: str = "") -> Any:
        """A format; text that a spreadsheet could take for a formula, once it is edited, is marked as text (OWASP, CSV Injection)."""
        return self._quoted[name] if text.startswith(INJECTION) and name in self._quoted else self._formats[name]

    def describe(self, title: str, subject: str, comments: str, seal: Seal | None) -> None:
        """What a file manager shows of the workbook, and its seal for programs."""
        self.file.set_properties({"title": title, "subject": subject, "author": "Kachi", "comments": comments})
        if seal is not None:
            of = seal.statement
            told = {"report_id": of.report_id, "report_sha256": of.report_sha256, "signature": seal.signature, "key": seal.key}
            for name, value in told.items():
                self.file.set_custom_property(name, value, "text")

    def sheet(self, name: str, widths: tuple[float, ...]) -> Sheet:
        """A new sheet, its columns as wide as given, ready for paper."""
        native = self.file.add_worksheet(name)
        for column, width in enumerate(widths):
            native.set_column(column, column, width, self._formats["text"])
        native.hide_gridlines(2)
        native.set_default_row(19)
        native.set_landscape()
        native.set_paper(9)  # A4
        native.fit_to_pages(1, 0)
        native.set_footer(f"&L&8{self._footer}&R&8&P / &N")
        return Sheet(self, native, name)

    def bytes(self) -> bytes:
        """The file."""
        self.file.close()
        return self._bytes.getvalue()


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: Book, native: Any, name: str) -> None:
        self._book, self.native, self.name = book, native, name

    def text(self, row: int, column: int, text: str, style: str = "text") -> None:
        """Text, never a formula, whatever it begins with."""
        self.native.write_string(row, column, text, self._book.style(style, text))

    def across(self, row: int, first: int, last: int, text: str, style: str, *, height: float | None = None) -> None:
        """Text over several columns."""
        self.native.merge_range(row, first, row, last, "", self._book.style(style, text))
        self.native.write_string(row, first, text, self._book.style(style, text))
        if height:
            self.native.set_row(row, height)

    def heads(self, row: int, *names: str) -> None:
        """The heads of a table."""
        self.native.set_row(row, 36)
        for column, name in enumerate(names):
            self.text(row, column, name, "head_right" if column else "head")

    def number(self, row: int, column: int, value: float, style: str) -> Live:
        """A figure that is given, not worked out."""
        self.native.write_number(row, column, value, self._book.style(style))
        return Live(self.at(row, column), value)

    def live(self, row: int, column: int, formula: Live, style: str) -> Live:
        """A formula with its result."""
        self.native.write_formula(row, column, formula.formula, self._book.style(style), formula.value)
        return Live(self.at(row, column), formula.value)

    def live_text(self, row: int, column: int, formula: LiveText, style: str) -> None:
        """A formula with the text that it gives."""
        self.native.write_formula(row, column, f"={formula.text}", self._book.style(style), formula.value)

    def name_cell(self, row: int, column: int, name: str, value: float) -> Live:
        """Give a cell a name that formulas on every sheet read."""
        self._book.file.define_name(name, f"={self.at(row, column)}")
        return Live(name, value)

    def at(self, row: int, column: int) -> str:
        """A cell's address from any sheet."""
        return f"'{self.name}'!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"

    def range(self, first: int, last: int, column: int) -> str:
        """A part of a column, from any sheet."""
        cells = (xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True) for row in (first, last))
        return f"'{self.name}'!{':'.join(cells)}"


def money_format(words: Words, currency: str) -> str:
    """A number format with the currency as the language writes it.

    >>> money_format(Words("en"), "JPY"), money_format(Words("ja"), "USD")
    ('"¥"#,##0;"−¥"#,##0', '#,##0.00"ドル";"−"#,##0.00"ドル"')
    """
    shown = words.money_exact(1, currency)
    decimals = shown.count("0")
    before, after = shown.replace("." + "0" * decimals, "").split("1", maxsplit=1)
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    head, tail = f'"{before}"' if before else "", f'"{after}"' if after else ""
    return f'{head}{digits}{tail};"−{before}"{digits}{tail}'


def axis_format(words: Words, currency: str, largest: float) -> str:
    """A number format for a chart's axis: in thousands, millions or billions where the language counts so, else every digit.

    >>> axis_format(Words("en"), "JPY", 22_000_000)
    '"¥"#,##0,,"M";"−¥"#,##0,,"M";0'
    """
    if words.language == "ja":
        # Spreadsheets scale by thousands only: 万 and 億 can't be had on live cells.
        return money_format(words, currency)
    power = 3 if largest >= 1e9 else 2 if largest >= 1e6 else 1 if largest >= 1e3 else 0
    before = words.money_tick(1, currency).split("1", maxsplit=1)[0]
    decimals = ".0" if power and largest < 5 * 1000**power else ""
    body = f'#,##0{decimals}{"," * power}"{("", "K", "M", "B")[power]}"'
    return f'"{before}"{body};"−{before}"{body};0'


def quoted(text: str) -> str:
    """Text within a formula."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
