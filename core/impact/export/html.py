"""The report as one self-contained web page, charts inside as SVG, nothing loaded from elsewhere; and the same page for paper."""

from __future__ import annotations

import base64
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from core.impact.export import palette
from core.impact.export.charts import Charts, draw_charts
from core.impact.export.content import ReportContent, build_content
from core.impact.export.pieces import Table
from core.impact.export.spec import ExportSpec
from core.settings import ROOT
from core.words import Words

TEMPLATES = ROOT / "app" / "templates" / "report"
SQUARES, SQUARES_A_ROW, SQUARE, GAP = 100, 25, 16, 3


def _whole(value: object) -> object:
    """Keep a minus beside its amount where lines break."""
    return value.replace("−", "−\u2060") if type(value) is str else value


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_whole,
    )  # fmt: skip


def make_page(spec: ExportSpec) -> bytes:
    """A report as HTML."""
    words, content = spec.words, build_content(spec)
    return render_page(words, content, draw_charts(words, spec.report, content).for_screens(), paper=False).encode()


def render_page(words: Words, content: ReportContent, charts: Charts, *, paper: bool) -> str:
    """Fill the template; text from people is escaped.

    Args:
        paper: for the PDF: its font, and a footer on every page.
    """
    return fill_template("report.html", words, c=content, paper=paper, squares=_squares(content.people.reached), charts=charts)


def fill_template(name: str, words: Words, **fields: object) -> str:
    """Fill a template of reports: the style and what templates call come with it; text from people is escaped."""
    return _environment().get_template(name).render(
        t=words.t, style=Markup((TEMPLATES / "report.css").read_text("utf-8")),  # noqa: S704 - our own file
        bold=_bold, phrases=_phrases, table=_table, picture=_as_address, **fields,
    )  # fmt: skip


def _as_address(svg: str) -> str:
    """A picture as an address: it can run nothing, whatever its labels hold."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _squares(reached: int | None) -> str:
    """1,000 cases as 100 squares, those that are reached in colour."""
    if reached is None:
        return ""
    full, step = min(SQUARES, round(reached * SQUARES / 1000)), SQUARE + GAP
    rows = -(-SQUARES // SQUARES_A_ROW)
    marks = "".join(
        f'<rect x="{index % SQUARES_A_ROW * step}" y="{index // SQUARES_A_ROW * step}" width="{SQUARE}" height="{SQUARE}" rx="2" '
        f'fill="{palette.MAIN if index < full else "#DDE1E7"}"/>'
        for index in range(SQUARES)
    )
    width, height = SQUARES_A_ROW * step - GAP, rows * step - GAP
    return _as_address(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{marks}</svg>')


def _bold(text: str) -> Markup:
    """A sentence with ``**bold**`` as HTML; everything else is escaped."""
    parts = text.split("**")
    return Markup("").join(Markup("<b>{}</b>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def _phrases(text: str) -> Markup:
    """A heading that breaks after commas first: Japanese would else break within words."""
    parts = [part + "、" for part in text.split("、")]
    parts[-1] = parts[-1][:-1]
    return Markup("").join(Markup('<span class="phrase">{}</span>').format(part) for part in parts)


def _table(table: Table) -> Markup:
    """A table; the model's own row stands out."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(cell) for cell in table.headings)
    body = Markup("").join(
        Markup("<tr{}>{}</tr>").format(
            Markup(' class="own"') if place == table.own else "", Markup("").join(Markup("<td>{}</td>").format(c) for c in row)
        )
        for place, row in enumerate(table.rows)
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)
