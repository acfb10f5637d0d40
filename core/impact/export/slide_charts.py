"""Native charts for slides: they can be edited where they are shown, and their figures copied out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from core.impact.economics import MonthFlow
from core.impact.export import palette
from core.impact.export.charts import Estimate, bars, estimates
from core.impact.export.deck import Box, colour
from core.impact.export.drawing import Bar
from core.impact.export.slide_axes import label_point, money_axis, money_unit, names_axis, titled
from core.impact.report import ImpactReport
from core.impact.sentences import nearest_point
from core.words import Words
from core.words.ticks import nice_ticks, room_for

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
THIN = "#A9C3F2"


def add_curve(slide: Any, box: Box, words: Words, report: ImpactReport, axis_title: str) -> Any:
    """The profit curve with its interval as thin lines, and the threshold as a point with its label."""
    ends = [float(v) for p in report.curve for v in (p.low, p.high)]
    unit, data = money_unit(words, report.currency, ends), XyChartData()
    for name, field in ((words.t("95% interval, low"), "low"), (words.t("95% interval, high"), "high"), (words.t("Value"), "value")):
        series = data.add_series(name)
        for point in report.curve:
            series.add_data_point(point.threshold, float(getattr(point, field)) / unit.size)
    ticks = nice_ticks(*room_for([end / unit.size for end in ends]), 6)
    there = float(nearest_point(report, report.threshold).value)
    rule = data.add_series(words.t("Recommended"))
    for at in (ticks[0], there / unit.size, ticks[-1]):
        rule.add_data_point(report.threshold, at)
    chart = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *box.emu, data).chart
    chart.has_legend = chart.has_title = False
    low, high, value, here = chart.plots[0].series
    for series, width, code in (
        (low, 1.0, "#A9C3F2"),
        (high, 1.0, "#A9C3F2"),
        (value, 2.5, palette.MAIN),
        (here, 1.5, palette.ALTERNATIVE),
    ):
        series.smooth, series.format.line.width, series.format.line.color.rgb = False, Pt(width), colour(code)
    here.format.line.dash_style = MSO_LINE.DASH
    marker = here.points[1].marker
    marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 9
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = marker.format.line.color.rgb = colour(palette.ALTERNATIVE)
    label = f"{words.percent(report.threshold)} · {words.money(there, report.currency)}"
    label_point(here.points[2], label, XL_LABEL_POSITION.RIGHT, bold=True)
    money_axis(chart.value_axis, unit, ticks)
    axis = chart.category_axis
    axis.minimum_scale, axis.maximum_scale, axis.has_major_gridlines = 0, report.curve[-1].threshold, False
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0%", False
    titled(axis, axis_title)
    return chart


def add_alternatives(slide: Any, box: Box, words: Words, report: ImpactReport) -> Any:
    """The model and its alternatives as bars with their intervals."""
    return add_estimates(slide, box, words, report.currency, estimates(words, report))


def add_estimates(slide: Any, box: Box, words: Words, currency: str, estimates_: Sequence[Estimate], *, own: str = palette.MAIN) -> Any:
    """Amounts as bars with their intervals, the first one at the top; the model's own in its colour."""
    found = estimates_[::-1]  # bars are drawn from the bottom up
    ends = [float(end) for e in found for end in (e.amount.low, e.amount.high)]
    unit, data = money_unit(words, currency, ends), CategoryChartData()
    data.categories = [e.label for e in found]
    data.add_series(words.t("Value"), [float(e.amount.value) / unit.size for e in found])
    chart = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box.emu, data).chart
    chart.has_legend = chart.has_title = False
    plot = chart.plots[0]
    plot.gap_width = 90
    series = plot.series[0]
    series.invert_if_negative = False
    for index, each in enumerate(found):
        point = series.points[index]
        point.format.fill.solid()
        point.format.fill.fore_color.rgb = colour(own if each.is_model else "#B9BFC9")
    below = [float(e.amount.value - e.amount.low) / unit.size for e in found]
    over = [float(e.amount.high - e.amount.value) / unit.size for e in found]
    _intervals(series, below, over)
    bottom, top = room_for([end / unit.size for end in ends])
    money_axis(chart.value_axis, unit, nice_ticks(bottom, top, 5))
    names_axis(chart)
    return chart


def add_tornado(slide: Any, box: Box, words: Words, report: ImpactReport) -> Any:
    """What one wrong assumption does to a report's result."""
    return add_swings(slide, box, words, report.currency, bars(words, report), float(report.tornado_center))


def add_swings(slide: Any, box: Box, words: Words, currency: str, swings: Sequence[Bar], middle: float) -> Any:
    """What one wrong assumption does, as differences from the result as assumed: worse at the left, better at the right."""
    found = swings[::-1]  # drawn from the bottom up
    steps = [end - middle for b in found for end in (b.worse, b.better)]
    unit, data = money_unit(words, currency, steps), CategoryChartData()
    data.categories = [b.label for b in found]
    for name, field in ((words.t("If it is worse"), "worse"), (words.t("If it is better"), "better")):
        data.add_series(name, [(getattr(b, field) - middle) / unit.size for b in found])
    chart = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box.emu, data).chart
    chart.has_legend = chart.has_title = False
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 70, 100
    for series, code, field in zip(plot.series, (palette.LOSS, palette.GAIN), ("worse", "better"), strict=True):
        series.invert_if_negative = False
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour(code)
        for index, bar in enumerate(found):
            told = words.money(getattr(bar, field) - middle, currency, signed=True)
            label_point(series.points[index], told, XL_LABEL_POSITION.OUTSIDE_END)
    widest = max(abs(step) for step in steps) / unit.size * 1.35
    money_axis(chart.value_axis, unit, nice_ticks(-widest, widest, 5))
    names_axis(chart)
    return chart


def add_case(slide: Any, box: Box, words: Words, currency: str, flows: Sequence[MonthFlow]) -> Any:
    """The business case over its months: the running total, with its interval as thin lines."""
    ends = [float(v) for f in flows for v in (f.total_low, f.total_high)]
    unit, data = money_unit(words, currency, ends), XyChartData()
    lines = (
        (words.t("95% interval, low"), "total_low"),
        (words.t("95% interval, high"), "total_high"),
        (words.t("Total in today's money"), "total"),
    )
    for name, field in lines:
        series = data.add_series(name)
        for flow in flows:
            series.add_data_point(flow.month, float(getattr(flow, field)) / unit.size)
    chart = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *box.emu, data).chart
    chart.has_legend = chart.has_title = False
    for series, width, code in zip(chart.plots[0].series, (1.0, 1.0, 2.5), (THIN, THIN, palette.MAIN), strict=True):
        series.smooth, series.format.line.width, series.format.line.color.rgb = False, Pt(width), colour(code)
    money_axis(chart.value_axis, unit, nice_ticks(*room_for([end / unit.size for end in ends]), 6))
    axis = chart.category_axis
    axis.minimum_scale, axis.maximum_scale, axis.has_major_gridlines = 0, max(flows[-1].month, 1), False
    titled(axis, words.t("Months after the roll-out"))
    return chart


def _intervals(series: Any, below: Sequence[float], over: Sequence[float]) -> None:
    """95 % intervals as error bars, which the library has no words for."""
    bars_ = etree.Element(f"{{{_CHART}}}errBars")
    etree.SubElement(bars_, f"{{{_CHART}}}errBarType", val="both")
    etree.SubElement(bars_, f"{{{_CHART}}}errValType", val="cust")
    etree.SubElement(bars_, f"{{{_CHART}}}noEndCap", val="0")
    for name, values in (("plus", over), ("minus", below)):
        literal = etree.SubElement(etree.SubElement(bars_, f"{{{_CHART}}}{name}"), f"{{{_CHART}}}numLit")
        etree.SubElement(literal, f"{{{_CHART}}}formatCode").text = "General"
        etree.SubElement(literal, f"{{{_CHART}}}ptCount", val=str(len(values)))
        for index, value in enumerate(values):
            etree.SubElement(etree.SubElement(literal, f"{{{_CHART}}}pt", idx=str(index)), f"{{{_CHART}}}v").text = repr(float(value))
    main = "http://schemas.openxmlformats.org/drawingml/2006/main"
    line = etree.SubElement(etree.SubElement(bars_, f"{{{_CHART}}}spPr"), f"{{{main}}}ln", w=str(Pt(1.5)))
    etree.SubElement(etree.SubElement(line, f"{{{main}}}solidFill"), f"{{{main}}}srgbClr", val=palette.TEXT[1:])
    # The schema wants them between the points' own formats and the categories.
    series._element.find(f"{{{_CHART}}}cat").addprevious(bars_)
