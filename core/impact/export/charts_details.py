"""Charts of a report's details for paper: likelihoods against what came true, segments, groups, scenarios, two assumptions moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import altair as alt

from core.impact.amounts import Amount
from core.impact.details import Details, TwoWay
from core.impact.export import palette
from core.impact.export.content_details import scenario_name, two_way_labels, two_way_names
from core.impact.export.drawing import Bar, Dot, axis, data, draw, frame, label, listed_dots, named_dots, span, swing_bars
from core.impact.fairness import FairnessFindings
from core.impact.report import CalibrationFacts, ImpactReport
from core.impact.scenario_sentences import swing_name
from core.impact.segment_sentences import group_name, segment_name
from core.impact.segments import SegmentFindings, SegmentVerdict
from core.impact.setting import Setting, setting_of
from core.words import Words
from core.words.ticks import inner_ticks, reach

HEAT_ROW = 32
SQUARE = 230
COLOURS = {SegmentVerdict.LOSES: palette.LOSS, SegmentVerdict.WEAK: palette.ALTERNATIVE, SegmentVerdict.OPEN: palette.REFERENCE}


@dataclass(frozen=True, slots=True)
class DetailCharts:
    """Charts as SVG text; empty where there is nothing to draw. `compared`: one for each column, in the order of the report."""

    segments: str
    compared: tuple[str, ...]
    scenarios: str
    swings: str
    two_way: str

    def each(self, change: Callable[[str], str]) -> DetailCharts:
        """The same charts, each changed."""
        compared = tuple(change(svg) for svg in self.compared)
        return DetailCharts(change(self.segments), compared, change(self.scenarios), change(self.swings), change(self.two_way))


def draw_details(words: Words, report: ImpactReport, details: Details) -> DetailCharts:
    """All charts of a report's details."""
    return DetailCharts(
        draw(segments_chart(words, setting_of(report), details.segments)) if details.segments.segments else "",
        tuple(draw(_groups(words, found)) for found in details.fairness),
        draw(_scenarios(words, report, details)) if len(details.scenarios.results) > 1 else "",
        draw(_swings(words, report, details)) if details.scenarios.tornado else "",
        draw(_heat(words, report, details.two_way)) if details.two_way else "",
    )


def draw_reliability(words: Words, facts: CalibrationFacts) -> alt.LayerChart:
    """What was said against what came true, with the diagonal on which both agree."""
    rows = [{"x": p.said, "value": p.came, "low": p.low, "high": p.high} for p in facts.after]
    most = min(1.0, max(max(p.said, p.high) for p in facts.after) * 1.08)
    ticks = inner_ticks(0, most)

    def x(field: str) -> alt.X:
        title = words.t("Likelihood that was said")
        return alt.X(f"{field}:Q", scale=span(0, most), axis=axis(ticks, words.percent, grid=True, title=title))

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=span(0, most), axis=axis(ticks, words.percent, grid=True, title=words.t("Share that came true")))

    source = data(rows)
    layers = [
        data([{"x": 0, "value": 0}, {"x": most, "value": most}]).mark_line(color=palette.REFERENCE, strokeDash=[4, 3]).encode(x=x("x"), y=y("value")),
        source.mark_rule(strokeWidth=2, color=palette.MAIN).encode(x=x("x"), y=y("low"), y2="high:Q"),
        source.mark_point(filled=True, size=70, opacity=1, color=palette.MAIN).encode(x=x("x"), y=y("value")),
    ]  # fmt: skip
    return frame(layers, SQUARE, right=14, width=SQUARE * 4 // 3)


def _dot(label: str, amount: Amount, colour: str) -> Dot:
    return Dot(label, float(amount.value), float(amount.low), float(amount.high), colour)


def segments_chart(words: Words, setting: Setting, found: SegmentFindings) -> alt.LayerChart:
    """The worst segments: the gain of each over the reference, with its interval."""
    dots, money = [_dot(segment_name(words, s.groups), s.gain, COLOURS[s.verdict]) for s in found.segments], setting.currency
    return named_dots(dots, lambda v: words.money(v, money, signed=True), lambda v: words.money_tick(v, money), reference=0.0)


def _groups(words: Words, found: FairnessFindings) -> alt.LayerChart:
    dots = [
        Dot(
            group_name(words, g.group), g.selection.value, g.selection.low, g.selection.high,
            palette.MAIN if g.judged else palette.REFERENCE,
        )
        for g in found.groups
    ]  # fmt: skip
    return listed_dots(dots, words.percent, words.percent)


def _scenarios(words: Words, report: ImpactReport, details: Details) -> alt.LayerChart:
    found = [_dot(scenario_name(words, r), r.held.gain, palette.REFERENCE if r.name else palette.MAIN) for r in details.scenarios.results]
    return listed_dots(found, _signed(words, report), _tick(words, report), row=34)


def _swings(words: Words, report: ImpactReport, details: Details) -> alt.LayerChart:
    table, setting = details.scenarios, setting_of(report)
    middle = float(table.results[0].case.npv.value)
    found = [Bar(swing_name(words, setting, s), *sorted((s.at_low, s.at_high))) for s in table.tornado]
    ends = reach(middle, [end for b in found for end in (b.worse, b.better)])
    return swing_bars(found, middle, ends, _signed(words, report), _tick(words, report))


def _heat(words: Words, report: ImpactReport, found: TwoWay) -> alt.LayerChart:
    names, (rows, columns) = two_way_names(words, report, found), two_way_labels(words, report, found)
    most = max(abs(amount) for row in found.amounts for amount in row) or 1.0
    cells = [
        {
            "row": row, "column": column, "amount": amount, "text": words.money(amount, report.currency, signed=True),
            "ink": "#FFFFFF" if abs(amount) > 0.55 * most else palette.TEXT,
        }
        for row, each in zip(rows, found.amounts, strict=True)
        for column, amount in zip(columns, each, strict=True)
    ]  # fmt: skip
    quiet = {"labelColor": palette.MUTED, "titleColor": palette.MUTED, "titleFontWeight": "normal", "ticks": False, "domain": False}
    x = alt.X("column:O", sort=list(columns), axis=alt.Axis(title=names[1], labelAngle=0, labelFontSize=11, titlePadding=10, **quiet))
    y = alt.Y("row:O", sort=list(rows), axis=alt.Axis(title=names[0], labelFontSize=11, titlePadding=10, **quiet))
    shades = alt.Scale(domain=[-most, 0, most], range=[palette.LOSS, "#FFFFFF", palette.GAIN])
    source = data(cells)
    layers = [
        source.mark_rect(stroke="#FFFFFF").encode(x=x, y=y, color=alt.Color("amount:Q", scale=shades, legend=None)),
        label(source, fontSize=11, fontWeight=400).encode(x=x, y=y, text="text:N", color=alt.Color("ink:N", scale=None)),
    ]
    return frame(layers, HEAT_ROW * len(rows), right=14).resolve_scale(color="independent")


def _signed(words: Words, report: ImpactReport) -> Callable[[float], str]:
    return lambda v: words.money(v, report.currency, signed=True)


def _tick(words: Words, report: ImpactReport) -> Callable[[float], str]:
    return lambda v: words.money_tick(v, report.currency)
