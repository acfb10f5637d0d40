"""The report as five to eight slides: the finding, people, where to act, alternatives, what matters, the business case, who, and what it rests on."""

from __future__ import annotations

from typing import Any

from pptx.enum.shapes import MSO_SHAPE

from core.impact import sentences as say
from core.impact.economics import business_case
from core.impact.export import palette
from core.impact.export.charts import Estimate
from core.impact.export.content import Case, ReportContent, build_content, curve_finding
from core.impact.export.content_details import scenario_name
from core.impact.export.deck import INNER, LEFT, Box, Deck, Line, colour, flatten
from core.impact.export.pieces import Part, Table
from core.impact.export.slide_charts import add_alternatives, add_case, add_curve, add_tornado
from core.impact.export.slide_opening import add_figure, add_opening
from core.impact.export.slides_details import add_groups, add_scenarios, scenarios_height, scenarios_table
from core.impact.export.spec import ExportSpec
from core.impact.phrases import capital
from core.impact.report import ImpactReport
from core.words import Words

BODY = 1.85
MOST_SLIDES = 8
SQUARES_A_SIDE, SQUARE = 10, 0.36


def make_slides(spec: ExportSpec) -> bytes:
    """A report as PowerPoint, with native tables and charts."""
    words, report, content = spec.words, spec.report, build_content(spec)
    deck = Deck(content.language, title=content.title, subject=content.footer, footer=content.footer, draft=content.draft)
    add_opening(deck, words, content, content.alerts)
    _people(deck, words, content)
    _curve(deck, words, report, content)
    _alternatives(deck, words, report, content)
    if report.tornado:
        _sensitivity(deck, words, report, content)
    if content.case:
        _case(deck, words, report, content.case, content.details.scenarios if content.details else None)
    elif content.details and content.details.scenarios:
        results = report.details.scenarios.results if report.details else ()
        gains = [Estimate(scenario_name(words, r), r.held.gain, is_model=not r.name) for r in results]
        add_scenarios(deck, words, report.currency, gains, content.details.scenarios)
    if content.details:
        add_groups(deck, words, content.details)
    if deck.size + 2 > MOST_SLIDES:
        _base(deck, words, content)
    else:
        _assumptions(deck, words, content)
        _sources(deck, words, content)
    return deck.bytes()


def _people(deck: Deck, words: Words, content: ReportContent) -> None:
    people = content.people
    slide = deck.add(people.reach.replace("**", ""), people.squares)
    wide = INNER
    if people.reached is not None:
        wide = INNER - 5.0
        _squares(slide, Box(LEFT + INNER - 4.3, BODY + 0.1, 4.3, 4.3), people.reached)
    lines = [Line(sentence, 20, space=14) for sentence in people.told]
    deck.text(slide, Box(LEFT, BODY, wide, 4.4), lines, middle=True)


def _squares(slide: Any, box: Box, reached: int) -> None:
    """1,000 cases as 100 squares."""
    step, full = box.width / SQUARES_A_SIDE, round(reached * SQUARES_A_SIDE**2 / 1000)
    for index in range(SQUARES_A_SIDE**2):
        row, column = divmod(index, SQUARES_A_SIDE)
        at = Box(box.left + column * step, box.top + row * step, SQUARE, SQUARE)
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *at.emu)
        shape.fill.solid()
        shape.fill.fore_color.rgb = colour(palette.MAIN if index < full else "#DDE1E7")
        shape.line.fill.background()
        flatten(shape)


def _curve(deck: Deck, words: Words, report: ImpactReport, content: ReportContent) -> None:
    found = curve_finding(words, report, words.t("thin lines: 95% interval"))
    slide = deck.add(found.title, found.note)
    add_curve(slide, Box(LEFT - 0.1, BODY, 8.2, 4.85), words, report, content.curve_axis)
    right = Box(8.9, BODY + 0.2, INNER + LEFT - 8.9, 4.6)
    if content.deciding is None:
        for index, figure in enumerate((content.figures[0], content.figures[3])):
            add_figure(deck, slide, Box(9.5, BODY + 0.3 + index * 2.1, INNER + LEFT - 9.5, 1.8), figure)
        return
    given = content.deciding
    head = deck.text(slide, right, [Line(given.finding.title, 14, bold=True, space=6), Line(given.finding.note, 12, palette.MUTED)])
    head.height = Box(0, 0, 0, 1.7).emu[3]
    narrow = Table(given.table.headings[:3], tuple(row[:3] for row in given.table.rows), given.table.own)
    deck.table(slide, Box(right.left, right.top + 1.75, right.width, 0), narrow, (1.9, 1.35, 1.5), size=10.5, row=0.46)


def _alternatives(deck: Deck, words: Words, report: ImpactReport, content: ReportContent) -> None:
    note = say.amounts_note(words, report, words.t("bar: estimate, line: 95% interval"))
    slide = deck.add(content.alternatives.title, f"{note} · {content.likely}")
    table, row = content.alternatives_table, 0.33
    high = row * (len(table.rows) + 1)
    add_alternatives(slide, Box(LEFT - 0.1, BODY - 0.1, INNER + 0.1, 4.9 - high), words, report)
    deck.table(slide, Box(LEFT, 6.85 - high, INNER, 0), table, (3.0, 1.5, 1.7, 2.4, 1.3), size=11.5, row=row)


def _sensitivity(deck: Deck, words: Words, report: ImpactReport, content: ReportContent) -> None:
    slide = deck.add(content.sensitivity.title, content.sensitivity.note)
    high = 4.75 if not content.break_evens else 3.3
    add_tornado(slide, Box(LEFT - 0.1, BODY, INNER + 0.1, high), words, report)
    lines = [Line(f"• {sentence}", 14, space=6) for sentence in content.break_evens]
    if lines:
        deck.text(slide, Box(LEFT, BODY + high + 0.1, INNER, 1.5), lines)


def _case(deck: Deck, words: Words, report: ImpactReport, case: Case, scenarios: Part | None) -> None:
    note = words.t("running total after all costs, in today's money · {currency} · thin lines: 95% interval", currency=report.currency)
    slide = deck.add(case.finding.title, capital(note))
    high = 4.85 if scenarios is None else 4.85 - scenarios_height(scenarios)
    small = scenarios is not None
    add_case(
        slide, Box(LEFT - 0.1, BODY, 7.6, high), words, report.currency, business_case(report.gain, report.period, report.economics).flows
    )
    told = [Line(sentence, 12 if small else 14, space=6 if small else 12) for sentence in case.told]
    deck.text(slide, Box(8.4, BODY, INNER + LEFT - 8.4, high), told, middle=True)
    if scenarios is not None:
        scenarios_table(deck, slide, scenarios, BODY + high)


def _assumptions(deck: Deck, words: Words, content: ReportContent) -> None:
    slide = deck.add(words.t("What is assumed"))
    deck.table(
        slide,
        Box(LEFT, BODY - 0.3, INNER, 0),
        content.assumptions,
        (3.4, 1.7, 1.3),
        size=14 if len(content.assumptions.rows) < 10 else 12,
        row=4.9 / (len(content.assumptions.rows) + 1),
    )


def _base(deck: Deck, words: Words, content: ReportContent) -> None:
    """What is assumed beside what it is bound to and signed with, where there is no room for a slide each."""
    slide = deck.add(words.t("What it rests on"))
    half, rows = (INNER - 0.5) / 2, len(content.assumptions.rows) + 1
    deck.table(slide, Box(LEFT, 1.45, half, 0), content.assumptions, (3.0, 1.7, 1.2), size=9.5, row=min(0.36, 4.6 / rows))
    right = [*content.sources, *content.seal]
    place = Box(LEFT + half + 0.5, 1.45, half, 0)
    deck.table(slide, place, Table((), tuple(right)), (1.2, 2.9), size=8, row=min(0.36, 4.6 / len(right)), amounts=False)
    deck.text(slide, Box(LEFT, 6.5, INNER, 0.4), [Line(content.seal_note, 10, palette.MUTED)])


def _sources(deck: Deck, words: Words, content: ReportContent) -> None:
    slide = deck.add(words.t("Where these numbers come from"))
    half = (INNER - 0.5) / 2
    deck.table(slide, Box(LEFT, BODY - 0.4, half, 0), Table((), content.sources), (1.0, 2.9), size=11, row=0.42, amounts=False)
    if content.seal:
        right = Box(LEFT + half + 0.5, BODY - 0.4, half, 0)
        deck.table(slide, right, Table((), content.seal), (1.15, 2.9), size=9.5, row=0.42, amounts=False)
    deck.text(slide, Box(LEFT, 6.25, INNER, 0.6), [Line(content.seal_note, 11, palette.MUTED)])
