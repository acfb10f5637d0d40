"""Native charts of a run of several classes or of a forecast: ways of deciding, the costliest errors, cost over the adjustment, its two sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from core.impact import class_sentences as say
from core.impact import task_sentences as tell
from core.impact.export import palette
from core.impact.export.charts import Estimate
from core.impact.export.deck import Box, colour
from core.impact.export.slide_axes import label_point, money_axis, money_unit, names_axis, small, titled
from core.impact.export.slide_charts import THIN, add_case, add_estimates, add_swings
from core.impact.export.task_charts import swing_ends
from core.impact.export.task_content import saved_scenarios
from core.impact.regression import ForecastFindings
from core.impact.task_case import task_case
from core.impact.task_report import TaskReport
from core.impact.task_scenario_words import result_name
from core.words import Words
from core.words.ticks import nice_ticks, room_for

MOST_TICKS = 9
MOST_SWINGS = 7


def add_task_chart(slide: Any, box: Box, words: Words, value: TaskReport, key: str) -> bool:
    """The chart of a part, by the key of its figures.

    Returns:
        Whether the part has one.
    """
    currency, forecast = value.value_model.currency, value.forecast
    if key == "policies":
        add_estimates(slide, box, words, currency, _policies(words, value))
    elif key == "errors" and value.classes is not None and value.classes.errors:
        errors = [Estimate(tell.error_name(words, e), e.cost, is_model=True) for e in value.classes.errors]
        add_estimates(slide, box, words, currency, errors, own=palette.LOSS)
    elif key == "curve" and forecast is not None and forecast.curve:
        _curve(slide, box, words, currency, forecast)
    elif key == "sides" and forecast is not None:
        _sides(slide, box, words, currency, forecast)
    elif key == "swings" and (found := value.classes or forecast) is not None and found.tornado:
        bars, middle = swing_ends(words, value.setting, found)
        add_swings(slide, box, words, currency, bars[:MOST_SWINGS], middle)
    elif key == "case":
        add_case(slide, box, words, currency, task_case(value).flows)
    else:
        return False
    return True


def scenario_gains(words: Words, value: TaskReport) -> list[Estimate]:
    """The gain as assumed and in each scenario; none where the report holds no scenario."""
    table = saved_scenarios(value)
    return [Estimate(result_name(words, r), r.held.gain, is_model=not r.name) for r in table.results] if table else []


def _policies(words: Words, value: TaskReport) -> list[Estimate]:
    if value.classes is not None:
        ours = value.classes.recommended
        return [Estimate(say.class_policy_name(words, p), p.value, is_model=p.policy is ours) for p in value.classes.policies]
    assert value.forecast is not None
    chosen = value.forecast.recommended
    return [Estimate(say.forecast_policy_name(words, p.policy), p.cost, is_model=p.policy is chosen) for p in value.forecast.policies]


def _curve(slide: Any, box: Box, words: Words, currency: str, found: ForecastFindings) -> None:
    """Cost over the adjustment: its interval as thin lines, its two sides dashed, and where the plan stands."""
    ends = [float(p.cost.high) for p in found.curve]
    unit, data = money_unit(words, currency, ends), XyChartData()
    lines = (
        (words.t("95% interval, low"), [p.cost.low for p in found.curve]),
        (words.t("95% interval, high"), [p.cost.high for p in found.curve]),
        (words.t("Too little"), [p.under for p in found.curve]),
        (words.t("Too much"), [p.over for p in found.curve]),
        (words.t("Cost"), [p.cost.value for p in found.curve]),
    )
    for name, amounts in lines:
        series = data.add_series(name)
        for point, amount in zip(found.curve, amounts, strict=True):
            series.add_data_point(point.amount, float(amount) / unit.size)
    ticks = nice_ticks(*room_for([end / unit.size for end in ends]), 6)
    marks = _marks(words, found)
    for where, name, _ in marks:
        rule = data.add_series(name)
        for at in (ticks[0], ticks[-1]):
            rule.add_data_point(where, at)
    chart = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *box.emu, data).chart
    chart.has_legend = chart.has_title = False
    drawn = list(chart.plots[0].series)
    for series, width, code in zip(
        drawn, (1.0, 1.0, 1.5, 1.5, 2.5, 1.5, 1.5), (THIN, THIN, palette.LOSS, palette.ALTERNATIVE, palette.MAIN), strict=False
    ):
        series.smooth, series.format.line.width, series.format.line.color.rgb = False, Pt(width), colour(code)
    _name_sides(drawn, found, words)
    for place, (series, (_, name, code)) in enumerate(zip(drawn[len(lines) :], marks, strict=True)):
        series.smooth, series.format.line.width, series.format.line.color.rgb = False, Pt(1.5), colour(code)
        left = place == 0 and len(marks) > 1
        label_point(series.points[1], name, XL_LABEL_POSITION.LEFT if left else XL_LABEL_POSITION.RIGHT, bold=not left)
    money_axis(chart.value_axis, unit, ticks)
    _adjustments(chart.category_axis, words, found)


def _name_sides(drawn: Sequence[Any], found: ForecastFindings, words: Words) -> None:
    """Dashes and names of the two sides of the cost: below the falling one, below the rising one."""
    last = len(found.curve) - 1
    for series, at, name, position in (
        (drawn[2], last // 4, f"{words.t('too little')}  ", XL_LABEL_POSITION.LEFT),
        (drawn[3], last - last // 4, words.t("too much"), XL_LABEL_POSITION.BELOW),
    ):
        series.format.line.dash_style = MSO_LINE.DASH
        label_point(series.points[at], name, position)


def _marks(words: Words, found: ForecastFindings) -> list[tuple[float, str, str]]:
    """Where the forecast stands, and where the plan, if elsewhere: amount, name, colour; from left to right."""
    return [(m.amount, m.name, palette.MAIN if m.is_chosen else palette.REFERENCE) for m in tell.curve_marks(words, found)]


def _adjustments(axis: Any, words: Words, found: ForecastFindings) -> None:
    share = found.adjustment.kind.is_share
    first, last = found.curve[0].amount, found.curve[-1].amount
    ticks = nice_ticks(first, last, MOST_TICKS)
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = ticks[0], ticks[-1], ticks[1] - ticks[0]
    axis.has_major_gridlines = False
    axis.tick_labels.number_format = "+0%;−0%;0%" if share else "+#,##0.##;−#,##0.##;0"
    axis.tick_labels.number_format_is_linked = False
    titled(axis, tell.added_name(words, found))


def _sides(slide: Any, box: Box, words: Words, currency: str, found: ForecastFindings) -> None:
    """What planning too little and too much costs, as one bar each; its sum beside its name."""
    policies = found.policies[::-1]  # bars are drawn from the bottom up
    sums = [float(p.under.value + p.over.value) for p in policies]
    unit, data = money_unit(words, currency, sums), CategoryChartData()
    data.categories = [
        f"{say.forecast_policy_name(words, p.policy)}: {words.money(total, currency)}" for p, total in zip(policies, sums, strict=True)
    ]
    for name, field in ((words.t("Too little"), "under"), (words.t("Too much"), "over")):
        data.add_series(name, [float(getattr(p, field).value) / unit.size for p in policies])
    chart = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *box.emu, data).chart
    chart.has_title, chart.has_legend = False, True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    small(chart.legend.font, palette.TEXT)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 70, 100
    for series, code in zip(plot.series, (palette.LOSS, palette.ALTERNATIVE), strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour(code)
    money_axis(chart.value_axis, unit, nice_ticks(*room_for([total / unit.size for total in sums]), 6))
    names_axis(chart)
