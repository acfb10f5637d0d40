"""Charts of money: value over time, and profit over thresholds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import BAND_OPACITY, Role
from core.words import Words
from core.words.ticks import inner_ticks, room_for

Money = base.Money


@dataclass(frozen=True, slots=True)
class MonthValue:
    """What was earned and promised in one month; ``None`` where it isn't known."""

    month: date
    earned: Money | None
    low: Money | None
    high: Money | None
    promised: Money | None


@dataclass(frozen=True, slots=True)
class ProfitPoint:
    """Profit at one threshold (a share of one) with its 95% interval."""

    threshold: float
    value: Money
    low: Money
    high: Money


def value_over_time(words: Words, currency: str, months: Sequence[MonthValue], *, height: int = base.HEIGHT) -> alt.LayerChart:
    """Earned value per month with its 95% band, against the promise (dashed); names at the lines' ends.

    Args:
        words: the reader's words.
        currency: ISO code.
        months: in order of time, at most 60.
        height: pixels.

    Returns:
        The chart.
    """
    data: list[dict[str, Any]] = [
        {
            "i": index,
            "name": words.month(item.month),
            **{key: _float(getattr(item, key)) for key in ("earned", "low", "high", "promised")},
        }
        for index, item in enumerate(months)
    ]
    every = [value for row in data for key in ("earned", "low", "high", "promised") if (value := row[key]) is not None]
    low, high = room_for(every)
    ticks = inner_ticks(low, high)
    x = alt.X("i:Q", scale=base.span(0, max(1, len(months) - 1)), axis=_month_axis(words, months))
    y_axis = base.axis(ticks, lambda v: words.money_tick(v, currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=base.span(low, high), axis=y_axis)

    source = alt.Chart(base.rows(data))
    known = source.transform_filter("isValid(datum.earned)").transform_calculate(role="'main'")
    promised = source.transform_filter("isValid(datum.promised)").transform_calculate(role="'reference'")
    layers = [
        known.mark_area(opacity=BAND_OPACITY).encode(x=x, y=y("low"), y2="high:Q", color=base.role_colour()),
        promised.mark_line(strokeDash=[4, 3], strokeWidth=2).encode(x=x, y=y("promised"), color=base.role_colour()),
        known.mark_line(strokeWidth=2.25).encode(x=x, y=y("earned"), color=base.role_colour()),
        *_line_ends(words, data, x, y, (high - low) / height),
        _month_tooltip(words, currency, data, x, y),
    ]
    return base.frame(layers, height=height, right=8)


def _month_axis(words: Words, months: Sequence[MonthValue]) -> alt.Axis:
    """About eight month names; with the year at its first tick where there are several years."""
    step = max(1, -(-len(months) // 8))
    ticks = [float(i) for i in range(0, len(months), step)]

    several = len({item.month.year for item in months}) > 1

    def name(value: float) -> str:
        place = int(value)
        here = months[place].month
        is_new = place == 0 or here.year != months[max(0, place - step)].month.year
        return words.month(here, year=several and is_new)

    return base.axis(ticks, name, grid=False)


def _line_ends(words: Words, data: Sequence[dict[str, Any]], x: alt.X, y: Callable[[str], alt.Y], per_pixel: float) -> list[alt.Chart]:
    """A dot and a name at the end of each line; names that would overlap are moved apart."""
    names: tuple[tuple[str, str, Role], ...] = (
        ("earned", words.t("Earned"), "main"),
        ("promised", words.t("Promised"), "reference"),
    )
    ends = []
    for field, name, role in names:
        last = next((row for row in reversed(data) if row[field] is not None), None)
        if last is not None:
            ends.append({"i": last["i"], "end": last[field], "name": name, "role": role, "dy": 0})
    if len(ends) == 2 and abs(ends[0]["end"] - ends[1]["end"]) < 16 * per_pixel:
        up = 0 if ends[0]["end"] >= ends[1]["end"] else 1
        ends[up]["dy"], ends[1 - up]["dy"] = -9, 9
    layers = []
    for end in ends:
        source = alt.Chart(base.rows([end]))
        layers.append(source.mark_point(filled=True, size=55, opacity=1).encode(x=x, y=y("end"), color=base.role_colour()))
        text = source.mark_text(align="left", dx=9, dy=end["dy"], fontSize=12, fontWeight=600)
        layers.append(text.encode(x=x, y=y("end"), text="name:N", color=base.role_colour()))
    return layers


def _month_tooltip(words: Words, currency: str, data: Sequence[dict[str, Any]], x: alt.X, y: Callable[[str], alt.Y]) -> alt.Chart:
    """Invisible bars over each month that tell its figures."""
    told = [
        {
            "i": row["i"],
            words.t("Month"): row["name"],
            words.t("Earned"): _told(words, currency, row["earned"]),
            words.t("95% interval"): "–" if row["low"] is None else words.money_range(row["low"], row["high"] or 0, currency),
            words.t("Promised"): _told(words, currency, row["promised"]),
            "y": row["earned"] if row["earned"] is not None else row["promised"] or 0,
        }
        for row in data
    ]
    names = [key for key in (told[0] if told else {}) if key not in ("i", "y")]
    points = alt.Chart(base.rows(told)).mark_point(filled=True, size=900, opacity=0)
    return points.encode(x=x, y=y("y"), tooltip=[alt.Tooltip(f"{name}:N") for name in names])


def profit_curve(
    words: Words,
    currency: str,
    points: Sequence[ProfitPoint],
    *,
    best: float,
    chosen: float | None = None,
    axis_title: str = "",
    height: int = base.BESIDE_TEXT,
) -> alt.LayerChart:
    """Profit over thresholds with its band; the best threshold as a labelled rule, the reader's choice as a marker.

    Args:
        words: the reader's words.
        currency: ISO code.
        points: in order of threshold, at most 200.
        best: the threshold of the largest profit.
        chosen: the threshold that the reader has set.
        axis_title: what the threshold is: "Call when risk is above".
        height: pixels.
    """
    data: list[dict[str, float]] = [{"x": p.threshold, "value": float(p.value), "low": float(p.low), "high": float(p.high)} for p in points]
    (low, high), ends = room_for([row[key] for row in data for key in ("low", "high")]), _whole_range(data)
    x_axis = base.axis(inner_ticks(*ends, 6), base.share, grid=False, title=axis_title or None)
    x = alt.X("x:Q", scale=base.span(*ends), axis=x_axis)
    y_axis = base.axis(inner_ticks(low, high), lambda v: words.money_tick(v, currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=base.span(low, high), axis=y_axis)

    source = alt.Chart(base.rows(data)).transform_calculate(role="'main'")
    layers = [
        source.mark_area(opacity=BAND_OPACITY).encode(x=x, y=y("low"), y2="high:Q", color=base.role_colour()),
        source.mark_line(strokeWidth=2.25).encode(x=x, y=y("value"), color=base.role_colour()),
    ]
    if low < 0:
        layers.append(alt.Chart(base.rows([{"value": 0}])).mark_rule(color="currentColor", opacity=0.45).encode(y=y("value")))
    layers += _threshold_marks(words, currency, data, best, chosen, x, y, sum(ends) / 2, high)
    layers.append(_profit_tooltip(words, currency, data, x, y))
    return base.frame(layers, height=height, right=14)


def _profit_tooltip(words: Words, currency: str, data: Sequence[dict[str, float]], x: alt.X, y: Callable[[str], alt.Y]) -> alt.Chart:
    names = (words.t("Threshold"), words.t("Profit"))
    told = [{**row, names[0]: base.share(row["x"]), names[1]: _told(words, currency, row["value"])} for row in data]
    hover = alt.Chart(base.rows(told)).mark_point(filled=True, size=300, opacity=0)
    return hover.encode(x=x, y=y("value"), tooltip=[alt.Tooltip(f"{name}:N") for name in names])


def _threshold_marks(
    words: Words,
    currency: str,
    data: Sequence[dict[str, float]],
    best: float,
    chosen: float | None,
    x: alt.X,
    y: Callable[[str], alt.Y],
    middle: float,
    top: float,
) -> list[alt.Chart]:
    """The rule at the best threshold, and the marker where the reader stands."""
    if not data:
        return []
    best_value = _at(data, best)
    here = best if chosen is None else chosen
    label = words.t("recommended {amount}", amount=words.money(best_value, currency))
    left = best <= middle
    mark = [{"x": best, "top": top, "label": label, "role": "reference" if chosen not in (None, best) else "alternative"}]
    dot = [{"x": here, "value": _at(data, here), "role": "alternative"}]
    rule = alt.Chart(base.rows(mark)).mark_rule(strokeDash=[4, 3], strokeWidth=1.5).encode(x=x, color=base.role_colour())
    text = base.text_mark(alt.Chart(base.rows(mark)), align="left" if left else "right", baseline="top", dx=7 if left else -7, dy=-2)
    marker = alt.Chart(base.rows(dot)).mark_point(filled=True, size=85, opacity=1)
    return [
        rule,
        text.encode(x=x, y=y("top"), text="label:N"),
        marker.encode(x=x, y=y("value"), color=base.role_colour()),
    ]


def _at(data: Sequence[dict[str, float]], x: float) -> float:
    """The curve's value at a threshold, on the straight line between the measured points."""
    if x <= data[0]["x"]:
        return data[0]["value"]
    for before, after in pairwise(data):
        if x <= after["x"]:
            part = (x - before["x"]) / ((after["x"] - before["x"]) or 1.0)
            return before["value"] + part * (after["value"] - before["value"])
    return data[-1]["value"]


def _whole_range(data: Sequence[dict[str, float]]) -> tuple[float, float]:
    """The thresholds that the axis spans: all from 0 to 1 when the points nearly do."""
    if not data:
        return 0.0, 1.0
    low, high = data[0]["x"], data[-1]["x"]
    return (0.0 if low <= 0.05 else low), (1.0 if high >= 0.95 else high)


def _float(value: Money | None) -> float | None:
    return None if value is None else float(value)


def _told(words: Words, currency: str, value: float | None) -> str:
    return "–" if value is None else words.money(value, currency)
