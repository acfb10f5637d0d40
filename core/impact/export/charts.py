"""The report's charts for paper: the same marks as on the page, with the colours resolved, drawn to SVG without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from core.impact.amounts import Amount
from core.impact.economics import business_case
from core.impact.export import palette
from core.impact.export.content import ReportContent
from core.impact.phrases import alternative_name, assumption_name, capital, spoken
from core.impact.report import ImpactReport
from core.impact.sentences import nearest_point, share_text
from core.words import Words
from core.words.ticks import inner_ticks, reach, room_for

WIDTH = 660
CURVE_HEIGHT = 270
DOT_ROW, BAR_ROW = 46, 46


@dataclass(frozen=True, slots=True)
class Charts:
    """The report's charts as SVG text; empty where no assumption moves the result, and where nothing is spent."""

    curve: str
    alternatives: str
    sensitivity: str
    case: str

    def for_screens(self) -> Charts:
        """The same with the fonts that a reader's machine has."""
        own, theirs = f'font-family="{palette.PAPER_FONT}"', f'font-family="{palette.SCREEN_FONTS}"'
        return Charts(*(svg.replace(own, theirs) for svg in (self.curve, self.alternatives, self.sensitivity, self.case)))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A policy's value with its interval; the model's own stands out."""

    label: str
    amount: Amount
    is_model: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """What the result becomes if one assumption is wrong: the worse and the better end."""

    label: str
    worse: float
    better: float


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
    tornado = draw(_tornado(words, report)) if report.tornado else ""
    case = draw(_cash(words, report)) if content.case else ""
    return Charts(draw(_curve(words, report, content.curve_axis)), draw(_dots(words, report)), tornado, case)


def draw(chart: alt.LayerChart) -> str:
    """A chart as SVG, its letters as text."""
    import vl_convert  # brings a JavaScript engine: only what draws loads it

    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg


def _curve(words: Words, report: ImpactReport, axis_title: str) -> alt.LayerChart:
    data = [{"x": p.threshold, "value": float(p.value), "low": float(p.low), "high": float(p.high)} for p in report.curve]
    low, high = room_for([row[key] for row in data for key in ("low", "high")])
    first, last = min(0.0, data[0]["x"]), data[-1]["x"]
    left = report.threshold <= (first + last) / 2

    def tick(share: float) -> str:
        return share_text(words, report, share)

    x = alt.X("x:Q", scale=_span(first, last), axis=_axis(inner_ticks(first, last, 6), tick, grid=False, title=axis_title))
    y_axis = _axis(inner_ticks(low, high), lambda v: words.money_tick(v, report.currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=_span(low, high), axis=y_axis)

    source = _data(data)
    here = float(nearest_point(report, report.threshold).value)
    label = f"{tick(report.threshold)} · {words.money(here, report.currency)}"
    mark = _data([{"x": report.threshold, "value": here, "top": high, "label": label}])
    layers = [
        source.mark_area(opacity=0.14, color=palette.MAIN).encode(x=x, y=y("low"), y2="high:Q"),
        source.mark_line(strokeWidth=2.25, color=palette.MAIN).encode(x=x, y=y("value")),
        *([_data([{"value": 0}]).mark_rule(color=palette.REFERENCE).encode(y=y("value"))] if low < 0 else []),
        mark.mark_rule(strokeDash=[4, 3], strokeWidth=1.5, color=palette.ALTERNATIVE).encode(x=x),
        mark.mark_point(filled=True, size=85, opacity=1, color=palette.ALTERNATIVE).encode(x=x, y=y("value")),
        _label(mark, align="left" if left else "right", dx=-4 if left else 4, dy=-5, baseline="bottom").encode(
            x=x, y=y("top"), text="label:N"
        ),
    ]
    return _frame(layers, CURVE_HEIGHT, right=14, top=24)


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
    axis = _axis(inner_ticks(low, high), lambda v: words.money_tick(v, report.currency), grid=True)
    order = [e.label for e in found]
    names = alt.Axis(
        grid=False, ticks=False, domain=False, title=None, labelColor=palette.TEXT, labelFontSize=12, labelPadding=12, labelLimit=230
    )
    y = alt.Y("label:N", sort=order, axis=names, scale=alt.Scale(domain=order, paddingInner=0.2, paddingOuter=0.3))
    colour, scale, source = alt.Color("colour:N", scale=None), _span(low, high), _data(rows)
    layers = [
        source.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q", y=y, color=colour),
        source.mark_point(filled=True, size=90, opacity=1).encode(x=alt.X("value:Q", scale=scale, axis=axis), y=y, color=colour),
        _label(source, dy=-13).encode(x=alt.X("value:Q", scale=scale, axis=axis), y=y, text="text:N"),
    ]
    return _frame(layers, DOT_ROW * len(rows), right=24)


def _tornado(words: Words, report: ImpactReport) -> alt.LayerChart:
    found, middle = bars(words, report), float(report.tornado_center)
    low, high = reach(middle, [end for b in found for end in (b.worse, b.better)])
    axis, scale = _axis(inner_ticks(low, high), lambda v: words.money_tick(v, report.currency), grid=True), _span(low, high)
    ends: list[dict[str, Any]] = [
        {
            "from": middle, "value": end, "top": place + 0.46, "bottom": place + 0.78, "mid": place + 0.62, "side": side,
            "colour": palette.LOSS if side == "worse" else palette.GAIN, "text": words.money(end - middle, report.currency, signed=True),
        }
        for place, bar in enumerate(found)
        for side, end in (("worse", bar.worse), ("better", bar.better))
    ]  # fmt: skip

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, len(found)], nice=False, reverse=True), axis=None)

    x, source = alt.X("value:Q", scale=scale, axis=axis), _data(ends)
    names = _data([{"y": place + 0.24, "label": bar.label} for place, bar in enumerate(found)])
    worse, better = source.transform_filter("datum.side == 'worse'"), source.transform_filter("datum.side == 'better'")
    layers = [
        source.mark_rect(opacity=1).encode(
            x=alt.X("from:Q", scale=scale, axis=axis), x2="value:Q", y=y("top"), y2="bottom:Q", color=alt.Color("colour:N", scale=None)
        ),
        _label(worse, align="right", dx=-6, fontWeight=400).encode(x=x, y=y("mid"), text="text:N"),
        _label(better, align="left", dx=6, fontWeight=400).encode(x=x, y=y("mid"), text="text:N"),
        _label(names, align="left", fontWeight=400, limit=520).encode(x=alt.value(0), y=y("y"), text="label:N"),
        _data([{"value": middle}]).mark_rule(color=palette.TEXT, strokeWidth=1.25).encode(x=x),
    ]
    return _frame(layers, BAR_ROW * len(found), right=24)


def _cash(words: Words, report: ImpactReport) -> alt.LayerChart:
    """The business case over its months: where the line crosses zero the roll-out has paid for itself."""
    flows = business_case(report.gain, report.period, report.economics).flows
    data = [{"x": f.month, "value": float(f.total), "low": float(f.total_low), "high": float(f.total_high)} for f in flows]
    low, high = room_for([row[key] for row in data for key in ("low", "high")])
    last = max(flows[-1].month, 1)
    months = _axis(inner_ticks(0, last, 6), words.number, grid=False, title=words.t("Months after the roll-out"))
    x = alt.X("x:Q", scale=_span(0, last), axis=months)
    y_axis = _axis(inner_ticks(low, high), lambda v: words.money_tick(v, report.currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=_span(low, high), axis=y_axis)

    source = _data(data)
    layers = [
        source.mark_area(opacity=0.14, color=palette.MAIN).encode(x=x, y=y("low"), y2="high:Q"),
        _data([{"value": 0}]).mark_rule(color=palette.REFERENCE, strokeDash=[4, 3]).encode(y=y("value")),
        source.mark_line(strokeWidth=2.25, color=palette.MAIN).encode(x=x, y=y("value")),
    ]
    return _frame(layers, 220, right=14)


def _data(rows: Sequence[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows)))


def _label(base: alt.Chart, **options: Any) -> alt.Chart:
    return base.mark_text(**{"color": palette.TEXT, "fontSize": 12, "fontWeight": 600, **options})


def _span(low: float, high: float) -> alt.Scale:
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def _axis(ticks: Sequence[float], write: Callable[[float], str], *, grid: bool, title: str | None = None) -> alt.Axis:
    # Vega writes no Japanese money: each tick carries the text that is written here.
    labels = json.dumps([write(t) for t in ticks], ensure_ascii=False)
    return alt.Axis(
        values=[float(t) for t in ticks], labelExpr=f"{labels}[indexof({json.dumps([float(t) for t in ticks])}, datum.value)]",
        grid=grid, gridColor=palette.LINE, ticks=False, domain=False, title=title, labelColor=palette.MUTED, titleColor=palette.MUTED,
        titleFontWeight="normal", labelFontSize=12, titleFontSize=12, labelPadding=8, titlePadding=10, labelLimit=220, labelFlush=False,
    )  # fmt: skip


def _frame(layers: Sequence[alt.Chart], height: int, *, right: int, top: int = 8) -> alt.LayerChart:
    return (
        alt.layer(*layers)
        .properties(width=WIDTH, height=height, padding={"left": 4, "top": top, "right": right, "bottom": 6}, autosize="fit-x")
        .configure(font=palette.PAPER_FONT, background="#FFFFFF")
        .configure_view(stroke=None)
    )
