"""How charts for paper are drawn: the same marks as on the pages, with the colours resolved, to SVG without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from core.impact.export import palette
from core.words.ticks import inner_ticks, room_for

WIDTH = 660
BAR_ROW = 46
Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Dot:
    """An estimate with its interval, and its name."""

    label: str
    value: float
    low: float
    high: float
    colour: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What the result becomes if one assumption is wrong: the worse and the better end."""

    label: str
    worse: float
    better: float


def draw(chart: alt.LayerChart) -> str:
    """A chart as SVG, its letters as text."""
    import vl_convert  # brings a JavaScript engine: only what draws loads it

    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg


def named_dots(found: Sequence[Dot], write: Write, tick: Write, *, row: int = BAR_ROW, reference: float | None = None) -> alt.LayerChart:
    """Dots with intervals below their names, which have the whole width; amounts stand behind the interval.

    Args:
        row: height of one, px.
        reference: where a line stands; None without one.
    """
    low, high = room_for([end for d in found for end in (d.low, d.high)], both=True)
    high += (high - low) * 0.12
    scale, ticks = span(low, high), axis(inner_ticks(low, high), tick, grid=True)
    rows: list[dict[str, Any]] = [
        {"name": place + 0.24, "y": place + 0.62, "label": d.label, "value": d.value, "low": d.low, "high": d.high, "colour": d.colour, "text": write(d.value)}
        for place, d in enumerate(found)
    ]  # fmt: skip

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, len(found)], nice=False, reverse=True), axis=None)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=ticks)

    source, colour = data(rows), alt.Color("colour:N", scale=None)
    lines = [] if reference is None else [data([{"value": reference}]).mark_rule(color=palette.REFERENCE).encode(x=x("value"))]
    layers = [
        *lines,
        source.mark_rule(strokeWidth=2.5).encode(x=x("low"), x2="high:Q", y=y("y"), color=colour),
        source.mark_point(filled=True, size=80, opacity=1).encode(x=x("value"), y=y("y"), color=colour),
        label(source, align="left", dx=8).encode(x=x("high"), y=y("y"), text="text:N"),
        label(source, align="left", fontWeight=400, limit=WIDTH - 40).encode(x=alt.value(0), y=y("name"), text="label:N"),
    ]
    return frame(layers, row * len(rows), right=24)


def listed_dots(found: Sequence[Dot], write: Write, tick: Write, *, row: int = 27) -> alt.LayerChart:
    """Dots with intervals beside their names, for many short ones."""
    low, high = room_for([end for d in found for end in (d.low, d.high)])
    high, low = high + (high - low) * 0.1, low - (0.05 * (high - low) if low < 0 else 0.0)
    rows: list[dict[str, Any]] = [
        {"label": d.label, "value": d.value, "low": d.low, "high": d.high, "colour": d.colour, "text": write(d.value)} for d in found
    ]
    order = [d.label for d in found]
    names = alt.Axis(
        grid=False, ticks=False, domain=False, title=None, labelColor=palette.TEXT, labelFontSize=12, labelPadding=12, labelLimit=230
    )
    y = alt.Y("label:N", sort=order, axis=names, scale=alt.Scale(domain=order, paddingInner=0.2, paddingOuter=0.3))
    scale, ticks = span(low, high), axis(inner_ticks(low, high), tick, grid=True)
    source, colour = data(rows), alt.Color("colour:N", scale=None)
    layers = [
        source.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", scale=scale, axis=ticks), x2="high:Q", y=y, color=colour),
        source.mark_point(filled=True, size=80, opacity=1).encode(x=alt.X("value:Q", scale=scale, axis=ticks), y=y, color=colour),
        label(source, align="left", dx=8).encode(x=alt.X("high:Q", scale=scale, axis=ticks), y=y, text="text:N"),
    ]
    return frame(layers, row * len(rows), right=24)


def _end_colour(side: str, change: float) -> str:
    """Worse is red and better green; where both ends lie on one side of the result, the nearer one is a pale tone of the farther."""
    if side == "worse":
        return palette.LOSS if change <= 0 else palette.GAIN_PALE
    return palette.GAIN if change >= 0 else palette.LOSS_PALE


def swing_bars(found: Sequence[Bar], middle: float, ends: tuple[float, float], write: Write, tick: Write) -> alt.LayerChart:
    """A tornado: the worse end to one side, the better to the other, each with what it differs by.

    Args:
        middle: the result as assumed. ends: of the axis. write: a difference; tick: a result.
    """
    ticks, scale = axis(inner_ticks(*ends), tick, grid=True), span(*ends)
    rows: list[dict[str, Any]] = [
        {
            "from": middle, "value": end, "beside": min(end, middle) if side == "worse" else max(end, middle), "top": place + 0.46, "bottom": place + 0.78, "mid": place + 0.62, "side": side,
            "colour": _end_colour(side, end - middle), "text": write(end - middle),
        }
        for place, bar in enumerate(found)
        for side, end in sorted((("worse", bar.worse), ("better", bar.better)), key=lambda each: -abs(each[1] - middle))
    ]  # fmt: skip

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, len(found)], nice=False, reverse=True), axis=None)

    x, beside, source = (*(alt.X(f"{field}:Q", scale=scale, axis=ticks) for field in ("value", "beside")), data(rows))
    names = data([{"y": place + 0.24, "label": bar.label} for place, bar in enumerate(found)])
    worse, better = source.transform_filter("datum.side == 'worse'"), source.transform_filter("datum.side == 'better'")
    layers = [
        source.mark_rect(opacity=1).encode(
            x=alt.X("from:Q", scale=scale, axis=ticks), x2="value:Q", y=y("top"), y2="bottom:Q", color=alt.Color("colour:N", scale=None)
        ),
        label(worse, align="right", dx=-6, fontWeight=400).encode(x=beside, y=y("mid"), text="text:N"),
        label(better, align="left", dx=6, fontWeight=400).encode(x=beside, y=y("mid"), text="text:N"),
        label(names, align="left", fontWeight=400, limit=520).encode(x=alt.value(0), y=y("y"), text="label:N"),
        data([{"value": middle}]).mark_rule(color=palette.TEXT, strokeWidth=1.25).encode(x=x),
    ]
    return frame(layers, BAR_ROW * len(found), right=24)


def data(rows: Sequence[dict[str, Any]]) -> alt.Chart:
    """Rows as a chart's data."""
    return alt.Chart(alt.Data(values=list(rows)))


def label(base: alt.Chart, **options: Any) -> alt.Chart:
    """Text beside marks."""
    return base.mark_text(**{"color": palette.TEXT, "fontSize": 12, "fontWeight": 600, **options})


def span(low: float, high: float) -> alt.Scale:
    """A scale from here to there."""
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def axis(ticks: Sequence[float], write: Callable[[float], str], *, grid: bool, title: str | None = None) -> alt.Axis:
    """An axis whose ticks carry the text that is written here: Vega writes no Japanese money."""
    labels = json.dumps([write(t) for t in ticks], ensure_ascii=False)
    return alt.Axis(
        values=[float(t) for t in ticks], labelExpr=f"{labels}[indexof({json.dumps([float(t) for t in ticks])}, datum.value)]",
        grid=grid, gridColor=palette.LINE, ticks=False, domain=False, title=title, labelColor=palette.MUTED, titleColor=palette.MUTED,
        titleFontWeight="normal", labelFontSize=12, titleFontSize=12, labelPadding=8, titlePadding=10, labelLimit=220, labelFlush=False,
    )  # fmt: skip


def frame(layers: Sequence[alt.Chart], height: int, *, right: int, top: int = 8, width: int = WIDTH) -> alt.LayerChart:
    """Layers as one chart, as wide as the page."""
    return (
        alt.layer(*layers)
        .properties(width=width, height=height, padding={"left": 4, "top": top, "right": right, "bottom": 6}, autosize="fit-x")
        .configure(font=palette.PAPER_FONT, background="#FFFFFF")
        .configure_view(stroke=None)
    )
