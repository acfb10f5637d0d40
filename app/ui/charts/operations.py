"""Charts of running things: bars of categories, drift, shares, latency, and small lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import Role
from core.words import Words
from core.words.ticks import nice_ticks


@dataclass(frozen=True, slots=True)
class DayPoint:
    """A value at a day or a moment; ``series`` names the line when there are several."""

    at: date
    value: float | None
    series: str = ""


def category_bars(
    words: Words,
    items: Sequence[tuple[str, float]],
    *,
    before: Sequence[tuple[str, float]] = (),
    write: Callable[[float], str] | None = None,
    row_height: int = 30,
) -> alt.LayerChart:
    """Bars of categories with the figure at the end; ``before`` draws the earlier figure as a gray tick.

    Args:
        words: the reader's words.
        items: name and value, in the order in which they are read, at most 30.
        before: the values to compare with.
        write: writes the figure; by default a grouped number.
        row_height: pixels per bar.
    """
    put = write or (lambda v: words.number(v, 0 if v == int(v) else 2))
    order = [name for name, _ in items]
    earlier = dict(before)
    data = [
        {"name": name, "value": value, "end": max(value, earlier.get(name, value)), "text": put(value), "role": "main"}
        for name, value in items
    ]
    past = [{"name": name, "value": value, "role": "reference"} for name, value in before]
    top = max([abs(value) for _, value in [*items, *before]] or [1.0]) or 1.0
    x_scale = base.span(min([0.0, *(v for _, v in items)]), top * 1.18)
    x = alt.X("value:Q", scale=x_scale, axis=None)
    x_end = alt.X("end:Q", scale=x_scale, axis=None)
    y = alt.Y("name:N", sort=order, axis=base.names_axis(), scale=alt.Scale(domain=order, paddingInner=0.35))
    source = alt.Chart(base.rows(data))
    layers = [
        source.mark_bar(cornerRadiusEnd=2).encode(x=x, y=y, color=base.role_colour()),
        base.text_mark(source, align="left", dx=6, fontWeight=400).encode(x=x_end, y=y, text="text:N"),
    ]
    if past:
        layers.append(alt.Chart(base.rows(past)).mark_tick(thickness=2.5, size=18).encode(x=x, y=y, color=base.role_colour()))
    return base.frame(layers, height=row_height * max(1, len(items)) + 18, left=6)


def day_bars(words: Words, points: Sequence[DayPoint], *, height: int = 220) -> alt.LayerChart:
    """One upright bar a day, for what is counted.

    Args:
        words: the reader's words.
        points: in order of the days, at most 100; a day that is missing has no place.
        height: pixels.
    """
    data = [{"i": i, "value": p.value or 0.0, "day": words.date(p.at), "role": "main"} for i, p in enumerate(points)]
    ticks = nice_ticks(0.0, max([p.value or 0.0 for p in points] or [1.0]), 5)
    days = _day_axis(words, [p.at for p in points]).to_dict()
    x = alt.X(
        "i:O",
        scale=alt.Scale(paddingInner=0.25, paddingOuter=0.1),
        axis=alt.Axis(**{**days, "values": list(map(int, days["values"])), "labelAngle": 0}),
    )
    y = alt.Y("value:Q", scale=base.scale(ticks), axis=base.axis(ticks, words.number, grid=True))
    tooltip = [alt.Tooltip("day:N", title=words.t("Day")), alt.Tooltip("value:Q", title=words.t("Measured"), format=",")]
    bars = alt.Chart(base.rows(data)).mark_bar(cornerRadiusEnd=2).encode(x=x, y=y, color=base.role_colour(), tooltip=tooltip)
    return base.frame([bars], height=height, right=14)


def importance_bars(
    words: Words, items: Sequence[tuple[str, float, float, float]], *, signed: bool = False, row_height: int = 30
) -> alt.LayerChart:
    """How much each feature matters: a bar with its interval.

    Args:
        words: the reader's words.
        items: name, value, and the ends of its interval; the largest first, at most 30.
        signed: contributions of one decision: gain and loss colours by sign.
        row_height: pixels per feature.
    """
    order = [item[0] for item in items]

    def role(value: float) -> Role:
        return "main" if not signed else "gain" if value >= 0 else "loss"

    data = [
        {"name": n, "value": v, "low": lo, "high": hi, "role": role(v), "text": words.number(v, 3, signed=signed)} for n, v, lo, hi in items
    ]
    ends = [value for _, v, lo, hi in items for value in (v, lo, hi)] or [0.0, 1.0]
    low, high = min([0.0, *ends]), max([0.0, *ends]) or 1.0
    room = (high - low) * 0.2
    scale_ = base.span(low - (room if low < 0 else 0), high + room)
    x, x_low = alt.X("value:Q", scale=scale_, axis=None), alt.X("low:Q", scale=scale_, axis=None)
    y = alt.Y("name:N", sort=order, axis=base.names_axis(), scale=alt.Scale(domain=order, paddingInner=0.4))
    source = alt.Chart(base.rows(data))
    left = source.transform_filter("datum.value < 0")
    right = source.transform_filter("datum.value >= 0")
    end, start = alt.X("high:Q", scale=scale_, axis=None), x_low
    layers = [
        source.mark_bar(cornerRadiusEnd=2, opacity=0.85).encode(x=x, y=y, color=base.role_colour()),
        source.transform_filter("datum.high > datum.low")
        .mark_rule(color="currentColor", strokeWidth=1.5)
        .encode(x=x_low, x2="high:Q", y=y),
        base.text_mark(right, align="left", dx=6, fontWeight=400).encode(x=end, y=y, text="text:N"),
        base.text_mark(left, align="right", dx=-6, fontWeight=400).encode(x=start, y=y, text="text:N"),
    ]
    return base.frame(layers, height=row_height * max(1, len(items)) + 18, left=6)


def psi_over_time(words: Words, points: Sequence[DayPoint], *, watch: float, alarm: float, height: int = base.HEIGHT) -> alt.LayerChart:
    """How far the data has drifted, day by day, against the lines where we look and where we act.

    Args:
        words: the reader's words.
        points: at most 1,000; up to three series.
        watch: the value from which it is watched.
        alarm: the value from which it alarms.
        height: pixels.
    """
    limits: tuple[tuple[float, str, Role], ...] = (
        (watch, words.t("watch {value}", value=watch), "alternative"),
        (alarm, words.t("act {value}", value=alarm), "loss"),
    )
    return _days(words, points, write=lambda v: words.number(v, 2), limits=limits, height=height)


def share_area(words: Words, points: Sequence[DayPoint], *, roles: Sequence[Role] = base.ROLES, height: int = 200) -> alt.LayerChart:
    """How a whole is shared over time, such as traffic between champion and canary; names at the right end.

    Args:
        words: the reader's words.
        points: shares of one, the same days for each series, at most 1,000.
        roles: colour of each series, in order of first appearance.
        height: pixels.
    """
    names = list(dict.fromkeys(point.series for point in points))
    days = sorted({point.at for point in points})
    stacked = _stack(points, days, names, roles)
    ends = [
        {**row, "mid": (row["low"] + row["high"]) / 2, "label": f"{row['name']} {words.percent(row['high'] - row['low'])}"}
        for row in stacked
        if row["i"] == len(days) - 1 and row["high"] - row["low"] > 0.04
    ]
    x = alt.X("i:Q", scale=base.span(0, max(1, len(days) - 1)), axis=_day_axis(words, days))
    y_axis = base.axis((0.0, 0.5, 1.0), base.share, grid=True)
    low = alt.Y("low:Q", scale=base.span(0, 1), axis=y_axis)
    middle = alt.Y("mid:Q", scale=base.span(0, 1), axis=y_axis)
    area = alt.Chart(base.rows(stacked)).mark_area(opacity=0.8, interpolate="step-after")
    text = alt.Chart(base.rows(ends)).mark_text(align="left", dx=8, fontWeight=600, fontSize=12)
    return base.frame(
        [
            area.encode(x=x, y=low, y2="high:Q", color=base.role_colour(), detail="name:N"),
            text.encode(x=x, y=middle, text="label:N", color=base.role_colour()),
        ],
        height=height,
    )


def _stack(points: Sequence[DayPoint], days: Sequence[date], names: Sequence[str], roles: Sequence[Role]) -> list[dict[str, Any]]:
    """Each day's shares on top of each other."""
    shares = {(point.at, point.series): point.value or 0.0 for point in points}
    role = dict(zip(names, roles, strict=False))
    stacked = []
    for place, day in enumerate(days):
        below = 0.0
        for name in names:
            value = shares.get((day, name), 0.0)
            stacked.append({"i": place, "low": below, "high": below + value, "role": role.get(name, "other"), "name": name})
            below += value
    return stacked


def latency_line(words: Words, points: Sequence[DayPoint], *, limit_ms: float | None = None, height: int = 220) -> alt.LayerChart:
    """Answer times in milliseconds, such as p50 and p99, against the limit that was promised.

    Args:
        words: the reader's words.
        points: at most 1,000; up to three series.
        limit_ms: the promise.
        height: pixels.
    """
    limits: tuple[tuple[float, str, Role], ...] = (
        () if limit_ms is None else ((limit_ms, words.t("limit {value} ms", value=words.number(limit_ms)), "loss"),)
    )
    return _days(words, points, write=lambda v: f"{words.number(v, 0 if v == int(v) else 1)} ms", limits=limits, height=height)


def sparkline(values: Sequence[float], *, role: Role = "main", height: int = 40) -> alt.LayerChart:
    """A small line without axes, ending in a dot."""
    data = [{"i": index, "value": value, "role": role} for index, value in enumerate(values)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = (high - low or 1.0) * 0.15
    x = alt.X("i:Q", scale=base.span(0, max(1, len(data) - 1)), axis=None)
    y = alt.Y("value:Q", scale=base.span(low - room, high + room), axis=None)
    line = alt.Chart(base.rows(data)).mark_line(strokeWidth=1.75).encode(x=x, y=y, color=base.role_colour())
    dot = alt.Chart(base.rows(data[-1:])).mark_point(filled=True, size=30, opacity=1).encode(x=x, y=y, color=base.role_colour())
    return base.frame([line, dot], height=height, top=2, bottom=2)


def _days(
    words: Words,
    points: Sequence[DayPoint],
    *,
    write: Callable[[float], str],
    limits: Sequence[tuple[float, str, Role]],
    height: int,
) -> alt.LayerChart:
    """Lines over days with dashed, labelled limits; up to three series are named at their ends."""
    days = sorted({point.at for point in points})
    place = {day: index for index, day in enumerate(days)}
    names = list(dict.fromkeys(point.series for point in points))
    role = dict(zip(names, ("main", "reference", "other"), strict=False))
    data: list[dict[str, Any]] = [
        {"i": place[p.at], "value": p.value, "series": p.series, "role": role.get(p.series, "other"), "day": words.date(p.at)}
        for p in points
        if p.value is not None
    ]
    ticks = nice_ticks(0.0, max([row["value"] for row in data] + [limit[0] * 1.05 for limit in limits] or [1.0]), 5)
    x = alt.X("i:Q", scale=base.span(0, max(1, len(days) - 1)), axis=_day_axis(words, days))
    y = alt.Y("value:Q", scale=base.scale(ticks), axis=base.axis(ticks, write, grid=True))
    source = alt.Chart(base.rows(data))
    tooltip = [
        alt.Tooltip("day:N", title=words.t("Day")),
        alt.Tooltip("series:N", title=" "),
        alt.Tooltip("value:Q", title=words.t("Measured"), format=".3~f"),
    ]
    layers = [source.mark_line(strokeWidth=2.25).encode(x=x, y=y, color=base.role_colour(), detail="series:N")]
    layers += _limits(limits, x, y, max(1, len(days) - 1))
    for name in names if names != [""] else []:
        last = next((row for row in reversed(data) if row["series"] == name), None)
        if last:
            text = alt.Chart(base.rows([last])).mark_text(align="left", dx=8, fontSize=12, fontWeight=600)
            layers.append(text.encode(x=x, y=y, text="series:N", color=base.role_colour()))
    hover = source.mark_point(filled=True, size=200, opacity=0)
    layers.append(hover.encode(x=x, y=y, tooltip=tooltip if names != [""] else [tooltip[0], tooltip[2]]))
    return base.frame(layers, height=height, right=14)


def _limits(limits: Sequence[tuple[float, str, Role]], x: alt.X, y: alt.Y, last: int) -> list[alt.Chart]:
    """Dashed lines; one is named at the left, the other at the right, so that close ones don't write over each other."""
    layers = []
    for k, (value, label, colour) in enumerate(limits):
        at, side = (0, {"align": "left", "dx": 4}) if k == 0 else (last, {"align": "right", "dx": -4})
        rule = alt.Chart(base.rows([{"i": at, "value": value, "label": label, "role": colour}]))
        layers.append(rule.mark_rule(strokeDash=[4, 3], strokeWidth=1.25).encode(y=y, color=base.role_colour()))
        layers.append(base.text_mark(rule, **side, dy=-8, fontWeight=400, fontSize=11.5).encode(x=x, y=y, text="label:N"))
    return layers


def _day_axis(words: Words, days: Sequence[date]) -> alt.Axis:
    """About five days, without the year."""
    step = max(1, -(-len(days) // 5))
    ticks = [float(i) for i in range(0, len(days), step)]
    return base.axis(ticks, lambda value: words.date(days[int(value)], year=False), grid=False)
