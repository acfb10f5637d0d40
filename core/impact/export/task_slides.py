"""A run of several classes or a forecast as slides: the finding, each part as its title with native charts and tables, and what it rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.impact.export import palette
from core.impact.export.deck import INNER, LEFT, Box, Deck, Line, colour
from core.impact.export.pieces import Part, Table
from core.impact.export.slide_opening import add_opening
from core.impact.export.slide_tables import add_fitted, fit_size, fit_table, height_of
from core.impact.export.slides_details import add_groups, add_scenarios, scenarios_height, scenarios_table
from core.impact.export.task_content import TaskContent, build_task_content
from core.impact.export.task_slide_charts import add_task_chart, scenario_gains
from core.impact.export.task_spec import TaskSpec
from core.impact.task_report import TaskReport
from core.words import Words

TOP, BOTTOM = 1.8, 6.88
MOST_SLIDES, MOST_CLASSES = 8, 8
CHARTED = ("policies", "errors", "curve", "sides", "swings", "case")
GRIDS = ("counts", "worth")
LEAST_CHART, MOST_TABLE, TABLE_ROW = 2.3, 2.5, 0.34
TITLE, LEAST_TITLE = 25, 20
SUBTITLE, REST = 0.75, 0.28
MOST_TOLD = 2
SOFT_MAIN = "#E8EFFC"


def make_task_slides(spec: TaskSpec) -> bytes:
    """A report as PowerPoint, with native tables and charts."""
    words, content = spec.words, build_task_content(spec)
    deck = Deck(content.language, title=content.title, subject=content.footer, footer=content.footer, draft=content.draft)
    add_opening(deck, words, content, content.alerts, note=content.seal_note if content.draft else "")
    parts = dict(content.parts)
    grids = [parts[key] for key in GRIDS if key in parts]
    for key, part in content.parts:
        if key == "case" and "scenarios" in parts:
            _case(deck, words, spec.value, part, parts["scenarios"])
        elif key == "scenarios":
            if "case" not in parts:
                add_scenarios(
                    deck, words, spec.value.currency, scenario_gains(words, spec.value), replace(part, told=part.told[:MOST_TOLD])
                )
        elif key not in GRIDS:
            _part(deck, words, spec.value, key, part)
        elif part is grids[0]:
            taken = 1 + len(parts) - len(grids) - ("case" in parts and "scenarios" in parts) + (content.groups is not None) + 1
            _grids(deck, words, grids, MOST_SLIDES - taken)
    if content.groups is not None:
        add_groups(deck, words, content.groups)
    if deck.size + 2 > MOST_SLIDES:
        _base(deck, words, content)
    else:
        _assumptions(deck, words, content)
        _sources(deck, words, content)
    return deck.bytes()


def _part(deck: Deck, words: Words, value: TaskReport, key: str, part: Part) -> None:
    """A part: its chart where it has one, its table and what is said of it below."""
    slide = _add(deck, part, _drawn(words, part.finding.note))
    size, space = (13, 5) if key in CHARTED or part.table else (18, 10)
    told = [Line(f"• {sentence}", size, space=space) for sentence in part.told]
    bottom = BOTTOM - (height_of(told, INNER) + 0.1 if told else 0.0)
    table = part.table
    room = bottom - TOP
    high = 0.0
    if table is not None and table.rows:
        high = sum(fit_table(table, INNER, MOST_TABLE, tallest=TABLE_ROW).heights) + 0.1
    charted = add_task_chart(slide, Box(LEFT - 0.1, TOP - 0.1, INNER + 0.1, max(room - high, LEAST_CHART)), words, value, key)
    top = bottom - high + 0.1 if charted else TOP
    if table is not None and table.rows:
        end = add_fitted(deck, slide, Box(LEFT, top, INNER, bottom - top), words, table)
        bottom = bottom if charted else end
    elif not charted:
        bottom = TOP
    if told:
        deck.text(slide, Box(LEFT, bottom + 0.1, INNER, BOTTOM - bottom - 0.1), told)


def _case(deck: Deck, words: Words, value: TaskReport, part: Part, scenarios: Part) -> None:
    """The business case, and scenarios below it."""
    below = replace(scenarios, told=scenarios.told[:MOST_TOLD])
    slide, high = _add(deck, part, _drawn(words, part.finding.note)), BOTTOM - TOP - scenarios_height(below)
    add_task_chart(slide, Box(LEFT - 0.1, TOP - 0.1, INNER + 0.1, high), words, value, "case")
    scenarios_table(deck, slide, below, TOP + high - 0.1)


def _add(deck: Deck, part: Part, note: str) -> Any:
    return deck.add(part.finding.title, note, size=fit_size(part.finding.title, INNER, TITLE, LEAST_TITLE))


def _drawn(words: Words, note: str) -> str:
    """The gray line below a finding, saying how things are drawn here."""
    for paper, slide in (
        (words.t("dot: estimate, line: 95% interval"), words.t("bar: estimate, line: 95% interval")),
        (words.t("shaded: 95% interval"), words.t("thin lines: 95% interval")),
        (words.t("the sum stands above its bar"), words.t("the sum stands beside its name")),
    ):
        note = note.replace(paper, slide)
    return note


def _grids(deck: Deck, words: Words, parts: list[Part], most: int) -> None:
    """What is taken for what, in cases and in money: one below the other where both fit, else a slide each.

    Args:
        most: slides that there is room for; the web page and the workbook have all.
    """
    tables = [_first_classes(part) for part in parts]
    room = (BOTTOM - TOP - SUBTITLE * (len(parts) - 1) - REST) / len(parts)
    if any(fit_table(table, INNER, room, alike=True).rows < len(table.rows) for table in tables):
        for part, table in list(zip(parts, tables, strict=True))[: max(most, 1)]:
            slide = _add(deck, part, part.finding.note)
            _grid(deck, slide, words, table, Box(LEFT, TOP, INNER, BOTTOM - TOP - REST))
            _say_rest(deck, slide, words, part)
        return
    slide, top = _add(deck, parts[0], parts[0].finding.note), TOP - 0.05
    for place, (part, table) in enumerate(zip(parts, tables, strict=True)):
        if place:
            lines = [Line(part.finding.title, 16, bold=True, space=1), Line(part.finding.note, 11, palette.MUTED, space=0)]
            deck.text(slide, Box(LEFT, top + 0.15, INNER, SUBTITLE - 0.2), lines)
            top += SUBTITLE
        _grid(deck, slide, words, table, Box(LEFT, top, INNER, room))
        top += room
    _say_rest(deck, slide, words, parts[0])


def _figures(part: Part) -> Table:
    found = part.table or part.drawn
    assert found is not None
    return found


def _first_classes(part: Part) -> Table:
    table, end = _figures(part), MOST_CLASSES + 1
    return Table(table.headings[:end], tuple(row[:end] for row in table.rows[:MOST_CLASSES]))


def _say_rest(deck: Deck, slide: Any, words: Words, part: Part) -> None:
    """How many classes there was no room for."""
    size = len(_figures(part).rows)
    if size > MOST_CLASSES:
        rest = words.t(
            "The first {shown} of {all} classes; the web page and the workbook have all.",
            shown=words.number(MOST_CLASSES), all=words.number(size),
        )  # fmt: skip
        deck.text(slide, Box(LEFT, BOTTOM - 0.2, INNER, 0.25), [Line(rest, 10, palette.MUTED, space=0)])


def _grid(deck: Deck, slide: Any, words: Words, table: Table, box: Box) -> None:
    """A table of classes by classes; what was decided rightly stands on a ground of its own."""
    add_fitted(deck, slide, box, words, table, alike=True)
    native = [shape.table for shape in slide.shapes if shape.has_table][-1]
    for place in range(1, len(native.rows)):
        cell = native.cell(place, place)
        cell.fill.solid()
        cell.fill.fore_color.rgb = colour(SOFT_MAIN)


def _assumptions(deck: Deck, words: Words, content: TaskContent) -> None:
    slide = deck.add(words.t("What is assumed"))
    add_fitted(deck, slide, Box(LEFT, TOP - 0.3, INNER, BOTTOM - TOP + 0.3), words, content.assumptions)


def _sources(deck: Deck, words: Words, content: TaskContent) -> None:
    slide = deck.add(words.t("Where these numbers come from"))
    half = (INNER - 0.5) / 2 if content.seal else INNER
    add_fitted(deck, slide, Box(LEFT, TOP - 0.3, half, 4.6), words, Table((), content.sources), amounts=False)
    if content.seal:
        add_fitted(deck, slide, Box(LEFT + half + 0.5, TOP - 0.3, half, 4.6), words, Table((), content.seal), amounts=False)
    deck.text(slide, Box(LEFT, 6.45, INNER, 0.4), [Line(content.seal_note, 11, palette.MUTED)])


def _base(deck: Deck, words: Words, content: TaskContent) -> None:
    """What is assumed beside where the numbers come from, where there is no room for a slide each."""
    slide = deck.add(words.t("What it rests on"))
    half = (INNER - 0.5) / 2
    add_fitted(deck, slide, Box(LEFT, TOP - 0.3, half, 4.75), words, content.assumptions)
    sources = Table((), (*content.sources, *content.seal))
    add_fitted(deck, slide, Box(LEFT + half + 0.5, TOP - 0.3, half, 4.75), words, sources, amounts=False)
    deck.text(slide, Box(LEFT, 6.45, INNER, 0.4), [Line(content.seal_note, 11, palette.MUTED)])
