"""The report's charts for paper: the same marks as on the page, with the colours resolved, drawn to SVG without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from core.impact.amounts import Amount
from core.impact.economics import MonthFlow, business_case
from core.impact.export import palette
from core.impact.export.charts_details import DetailCharts, draw_details, draw_reliability
from core.impact.export.content import ReportContent
from core.impact.export.drawing import Bar, axis, data, draw, frame, label, span, swing_bars
from core.impact.phrases import alternative_name, assumption_name, capital, spoken
from core.impact.report import ImpactReport
from core.impact.sentences import nearest_point, share_text
from core.words import Words
from core.words.ticks import inner_ticks, reach, room_for

CURVE_HEIGHT = 270
DOT_ROW = 46


@dataclass(frozen=True, slots=True)
class Charts:
    """The report's charts as SVG text; empty where no assumption moves the result, where nothing is spent, and where nothing was kept."""

    curve: str
    calibration: str
    alternatives: str
    sensitivity: str
    case: str
    details: DetailCharts | None

    def for_screens(self) -> Charts:
        """The same with the fonts that a reader's machine has."""
        return Charts(
            on_screens(self.curve),
            on_screens(self.calibration),
            on_screens(self.alternatives),
            on_screens(self.sensitivity),
            on_screens(self.case),
            self.details.each(on_screens) if self.details else None,
        )


def on_screens(svg: str) -> str:
    """A picture with the fonts that a reader's machine has."""
    return svg.replace(f'font-family="{palette.PAPER_FONT}"', f'font-family="{palette.SCREEN_FONTS}"')


@dataclass(frozen=True, slots=True)
class Estimate:
    """A policy's value with its interval; the model's own stands out."""

    label: str
    amount: Amount
    is_model: bool


def estimates(words: Words, report: ImpactReport) -> tuple[Estimate, ...]:
    """The model, then its alternatives, the most valuable first."""
    nouns = spoken(words, report.nouns)
    others = sorted(report.alternatives, key=lambda a: -a.value.value)
    own = Estimate(words.t("This model"), report.value, is_model=True)
    return (own, *(Estimate(alternative_name(words, nouns, a), a.value, is_model=False) for a in others))


def bars(words: Words, report: ImpactReport) -> tuple[Bar, ...]:
    """The tornado, the widest first."""
    nouns = spoken(words, report.nouns)
    return tuple(
        Bar(
            f"{capital(assumption_name(words, nouns, b.assumption, b.base))} ±{words.percent(b.share)}",
            *sorted((float(b.at_low), float(b.at_high))),
        )
        for b in report.tornado
    )


def draw_charts(words: Words, report: ImpactReport, content: ReportContent) -> Charts:
    """All charts of a report."""
    return Charts(
        draw(_curve(words, report, content.curve_axis)),
        draw(draw_reliability(words, report.calibration)) if report.calibration else "",
        draw(_dots(words, report)),
        draw(_tornado(words, report)) if report.tornado else "",
        draw(cash_chart(words, report.currency, business_case(report.gain, report.period, report.economics).flows)) if content.case else "",
        draw_details(words, report, report.details) if report.details else None,
    )


def _curve(words: Words, report: ImpactReport, axis_title: str) -> alt.LayerChart:
    points = [{"x": p.threshold, "value": float(p.value), "low": float(p.low), "high": float(p.high)} for p in report.curve]
    low, high = room_for([row[key] for row in points for key in ("low", "high")])
    first, last = min(0.0, points[0]["x"]), points[-1]["x"]
    left = report.threshold <= (first + last) / 2

    def tick(share: float) -> str:
        return share_text(words, report, share)

    x = alt.X("x:Q", scale=span(first, last), axis=axis(inner_ticks(first, last, 6), tick, grid=False, title=axis_title))
    y_axis = axis(inner_ticks(low, high), lambda v: words.money_tick(v, report.currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=span(low, high), axis=y_axis)

    source = data(points)
    here = float(nearest_point(report, report.threshold).value)
    told = f"{tick(report.threshold)} · {words.money(here, report.currency)}"
    mark = data([{"x": report.threshold, "value": here, "top": high, "label": told}])
    layers = [
        source.mark_area(opacity=0.14, color=palette.MAIN).encode(x=x, y=y("low"), y2="high:Q"),
        source.mark_line(strokeWidth=2.25, color=palette.MAIN).encode(x=x, y=y("value")),
        *([data([{"value": 0}]).mark_rule(color=palette.REFERENCE).encode(y=y("value"))] if low < 0 else []),
        mark.mark_rule(strokeDash=[4, 3], strokeWidth=1.5, color=palette.ALTERNATIVE).encode(x=x),
        mark.mark_point(filled=True, size=85, opacity=1, color=palette.ALTERNATIVE).encode(x=x, y=y("value")),
        label(mark, align="left" if left else "right", dx=-4 if left else 4, dy=-5, baseline="bottom").encode(
            x=x, y=y("top"), text="label:N"
        ),
    ]
    return frame(layers, CURVE_HEIGHT, right=14, top=24)


def _dots(words: Words, report: ImpactReport) -> alt.LayerChart:
    found = estimates(words, report)
    rows: list[dict[str, Any]] = [
        {
            "label": e.label, "value": float(e.amount.value), "low": float(e.amount.low), "high": float(e.amount.high),
            "colour": palette.MAIN if e.is_model else palette.REFERENCE, "text": words.money(e.amount.value, report.currency),
        }
        for e in found
    ]  # fmt: skip
    low, high = room_for([row[key] for row in rows for key in ("low", "high")], both=True)
    ticks = axis(inner_ticks(low, high), lambda v: words.money_tick(v, report.currency), grid=True)
    order = [e.label for e in found]
    names = alt.Axis(
        grid=False, ticks=False, domain=False, title=None, labelColor=palette.TEXT, labelFontSize=12, labelPadding=12, labelLimit=230
    )
    y = alt.Y("label:N", sort=order, axis=names, scale=alt.Scale(domain=order, paddingInner=0.2, paddingOuter=0.3))
    colour, scale, source = alt.Color("colour:N", scale=None), span(low, high), data(rows)
    layers = [
        source.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", scale=scale, axis=ticks), x2="high:Q", y=y, color=colour),
        source.mark_point(filled=True, size=90, opacity=1).encode(x=alt.X("value:Q", scale=scale, axis=ticks), y=y, color=colour),
        label(source, dy=-13).encode(x=alt.X("value:Q", scale=scale, axis=ticks), y=y, text="text:N"),
    ]
    return frame(layers, DOT_ROW * len(rows), right=24)


def _tornado(words: Words, report: ImpactReport) -> alt.LayerChart:
    found, middle = bars(words, report), float(report.tornado_center)
    return swing_bars(
        found, middle, reach(middle, [end for b in found for end in (b.worse, b.better)]),
        lambda v: words.money(v, report.currency, signed=True), lambda v: words.money_tick(v, report.currency),
    )  # fmt: skip


def cash_chart(words: Words, currency: str, flows: Sequence[MonthFlow]) -> alt.LayerChart:
    """The business case over its months: where the line crosses zero the roll-out has paid for itself."""
    points = [{"x": f.month, "value": float(f.total), "low": float(f.total_low), "high": float(f.total_high)} for f in flows]
    low, high = room_for([row[key] for row in points for key in ("low", "high")])
    last = max(flows[-1].month, 1)
    months = axis(inner_ticks(0, last, 6), words.number, grid=False, title=words.t("Months after the roll-out"))
    x = alt.X("x:Q", scale=span(0, last), axis=months)
    y_axis = axis(inner_ticks(low, high), lambda v: words.money_tick(v, currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=span(low, high), axis=y_axis)

    source = data(points)
    layers = [
        source.mark_area(opacity=0.14, color=palette.MAIN).encode(x=x, y=y("low"), y2="high:Q"),
        data([{"value": 0}]).mark_rule(color=palette.REFERENCE, strokeDash=[4, 3]).encode(y=y("value")),
        source.mark_line(strokeWidth=2.25, color=palette.MAIN).encode(x=x, y=y("value")),
    ]
    return frame(layers, 220, right=14)
