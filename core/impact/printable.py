"""The impact report as a page to print: one self-contained HTML file, charts as inline SVG, nothing loaded from elsewhere."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from core.identity import Permission, Principal, require
from core.impact import sentences
from core.impact.drawing import draw_alternatives, draw_curve, draw_tornado
from core.impact.phrases import alternative_name, capital, spoken
from core.impact.report import ImpactReport
from core.project import service as projects
from core.settings import ROOT
from core.words import Words
from core.workspace import Workspace

TEMPLATES = ROOT / "app" / "templates" / "report"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def print_report(ws: Workspace, actor: Principal, report: ImpactReport, words: Words) -> str:
    """A report as HTML for paper, in the reader's language.

    Args:
        report: computed or frozen.
        words: language and time zone.
    """
    require(actor, Permission.READ_VALUE)
    project = projects.get_project(ws, actor, report.project_id)
    return render_report(report, words, project_name=project.name, question=project.question, is_sample=project.is_sample)


def render_report(report: ImpactReport, words: Words, *, project_name: str, question: str, is_sample: bool) -> str:
    """Fill the template; text from people is escaped."""
    nouns = spoken(words, report.nouns)
    reached = sentences.reached_of_1000(report)
    rows = [
        (
            alternative_name(words, nouns, a),
            words.money_exact(a.value.value, report.currency),
            words.money_exact(a.gain.value, report.currency, signed=True),
            words.money_range(a.gain.low, a.gain.high, report.currency, signed=True),
        )
        for a in report.alternatives
    ]
    return _environment().get_template("impact.html").render(
        t=words.t, words=words, report=report, s=sentences, project_name=project_name, question=question, is_sample=is_sample,
        bold=_bold, capital=capital, curve=draw_curve(words, report), dots=draw_alternatives(words, report),
        bars=draw_tornado(words, report), rows=rows, squares=min(100, round(reached / 10)),
        break_evens=[sentences.break_even_sentence(words, report, b) for b in sentences.told_break_evens(report)],
    )  # fmt: skip


def _bold(text: str) -> Markup:
    """A sentence with ``**bold**`` as HTML; everything else is escaped."""
    parts = text.split("**")
    return Markup("").join(Markup("<b>{}</b>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts))
