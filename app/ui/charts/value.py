"""Charts of money: value over time, and runs over the number of actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, slots=True)
class RunLine:
    """What a run brings by how many actions it takes.

    Args:
        name: of the run. role: its colour, unlike the others'.
        points: in order of actions, at most 200: (actions, value, low, high). chosen: where its own policy stands.
    """

    name: str
    role: Role
    points: Sequence[tuple[float, float, float, float]]
    chosen: tuple[float, float]


def value_lines(
    words: Words, currency: str, lines: Sequence[RunLine], *, axis_title: str, height: int = base.BESIDE_TEXT
) -> alt.LayerChart:
    """Up to four runs over the number of actions, each with its band and a dot where its own policy stands.

    Args:
        words: the reader's words.
        currency: ISO code.
        lines: the most valuable first; drawn last, so that it lies on top.
        axis_title: what is counted: "Calls a month".
        height: pixels.
    """
    data = [
        {"line": line.name, "role": line.role, "x": x, "value": value, "low": low, "high": high}
        for line in reversed(lines)
        for x, value, low, high in line.points
    ]
    low, high = _earning_range([ends for line in lines for *_, low, high in line.points for ends in (low, high)])
    most = max((x for line in lines for x, *_ in line.points), default=1.0)
    x = alt.X("x:Q", scale=base.span(0, most), axis=base.axis(inner_ticks(0, most), words.number, grid=False, title=axis_title))
    y_axis = base.axis(inner_ticks(low, high), lambda v: words.money_tick(v, currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=base.span(low, high), axis=y_axis)

    source = alt.Chart(base.rows(data))
    colour, line = base.role_colour(), "line:N"
    layers = [
        source.mark_area(opacity=BAND_OPACITY * 0.7, clip=True).encode(x=x, y=y("low"), y2="high:Q", color=colour, detail=line),
        source.mark_line(strokeWidth=2.25, clip=True).encode(x=x, y=y("value"), color=colour, detail=line),
        _chosen_dots(words, currency, lines, axis_title).encode(x=x, y=y("value"), color=colour),
    ]
    return base.frame(layers, height=height, right=14)


def _chosen_dots(words: Words, currency: str, lines: Sequence[RunLine], axis_title: str) -> alt.Chart:
    """Where each run's own policy stands; its figures when pointed at."""
    names = (words.t("Run"), axis_title, words.t("Value"))
    told = [
        {
            "x": at,
            "value": value,
            "role": line.role,
            **dict(zip(names, (line.name, words.number(at), words.money(value, currency)), strict=True)),
        }
        for line in reversed(lines)
        for at, value in (line.chosen,)
    ]
    marks = alt.Chart(base.rows(told)).mark_point(filled=True, size=95, opacity=1)
    return marks.encode(tooltip=[alt.Tooltip(f"{name}:N") for name in names])


def _earning_range(values: Sequence[float]) -> tuple[float, float]:
    """The ends of the money axis; losses far below what can be earned are cut off, else they would flatten what matters."""
    low, high = room_for(values)
    return (max(low, -1.2 * high) if high > 0 else low), high


def _float(value: Money | None) -> float | None:
    return None if value is None else float(value)


def _told(words: Words, currency: str, value: float | None) -> str:
    return "–" if value is None else words.money(value, currency)
