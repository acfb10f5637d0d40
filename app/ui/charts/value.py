"""Charts of money: value over time, profit over thresholds, alternatives, and what matters most."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import BAND_OPACITY, RULE_WIDTH, Role
from core.words import Words

Money = Decimal | float


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


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its 95% interval and a name.

    Args:
        label: its name.
        value: the estimate.
        low: lower end; equal to ``value`` when it is known exactly.
        high: upper end.
        role: its colour.
    """

    label: str
    value: Money
    low: Money
    high: Money
    role: Role = "main"


@dataclass(frozen=True, slots=True)
class Swing:
    """What the result would be if one assumption were wrong in either direction."""

    label: str
    at_low: Money
    at_high: Money


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
    low, high = base.room_for(every)
    ticks = base.inner_ticks(low, high)
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
    """About eight month names; the year stands below the first and below each January."""
    step = max(1, -(-len(months) // 8))
    ticks = [float(i) for i in range(0, len(months), step)]

    def name(value: float) -> str:
        return words.month(months[int(value)].month, year=False)

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

    Returns:
        The chart.
    """
    data: list[dict[str, float]] = [{"x": p.threshold, "value": float(p.value), "low": float(p.low), "high": float(p.high)} for p in points]
    low, high = base.room_for([row[key] for row in data for key in ("low", "high")])
    ticks = base.inner_ticks(low, high)
    low_x, high_x = _whole_range(data)
    x_axis = base.axis(base.inner_ticks(low_x, high_x, 6), base.share, grid=False, title=axis_title or None)
    x = alt.X("x:Q", scale=base.span(low_x, high_x), axis=x_axis)
    y_axis = base.axis(ticks, lambda v: words.money_tick(v, currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=base.span(low, high), axis=y_axis)

    source = alt.Chart(base.rows(data)).transform_calculate(role="'main'")
    layers = [
        source.mark_area(opacity=BAND_OPACITY).encode(x=x, y=y("low"), y2="high:Q", color=base.role_colour()),
        source.mark_line(strokeWidth=2.25).encode(x=x, y=y("value"), color=base.role_colour()),
    ]
    if low < 0:
        layers.append(alt.Chart(base.rows([{"value": 0}])).mark_rule(color="currentColor", opacity=0.45).encode(y=y("value")))
    layers += _threshold_marks(words, currency, data, best, chosen, x, y, (low_x + high_x) / 2, high)
    told = [{**row, words.t("Threshold"): base.share(row["x"]), words.t("Profit"): _told(words, currency, row["value"])} for row in data]
    names = (words.t("Threshold"), words.t("Profit"))
    hover = alt.Chart(base.rows(told)).mark_point(filled=True, size=300, opacity=0)
    layers.append(hover.encode(x=x, y=y("value"), tooltip=[alt.Tooltip(f"{name}:N") for name in names]))
    return base.frame(layers, height=height, right=14)


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
    label = words.t("best {amount}", amount=words.money(best_value, currency))
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


def interval_dots(
    estimates: Sequence[Estimate],
    *,
    write: Callable[[float], str],
    write_tick: Callable[[float], str] | None = None,
    reference: tuple[float, str] | None = None,
    zero: bool = False,
    row_height: int = 48,
) -> alt.LayerChart:
    """Estimates below each other: a dot, its 95% interval as a line, its figure above.

    Args:
        estimates: in the order in which they are read, at most 20.
        write: writes the figure above the dot.
        write_tick: writes a tick; by default as the figure.
        reference: a value to compare with and its label ("policy 75"): a dashed rule.
        zero: whether the axis must contain zero.
        row_height: pixels per estimate.

    Returns:
        The chart.
    """
    order = [item.label for item in estimates]
    data: list[dict[str, Any]] = [
        {
            "label": e.label,
            "value": float(e.value),
            "low": float(e.low),
            "high": float(e.high),
            "role": e.role,
            "text": write(float(e.value)),
        }
        for e in estimates
    ]
    values = (
        [row[key] for row in data for key in ("low", "high", "value")] + ([reference[0]] if reference else []) + ([0.0] if zero else [])
    )
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = (high - low or 1.0) * 0.06
    low, high = low - room, high + room
    x_axis = base.axis(base.inner_ticks(low, high), write_tick or write, grid=True)
    x = alt.X("value:Q", scale=base.span(low, high), axis=x_axis)
    y = alt.Y("label:N", sort=order, axis=base.names_axis(), scale=alt.Scale(domain=order, paddingInner=0.2, paddingOuter=0.25))
    x_low = alt.X("low:Q", scale=base.span(low, high), axis=x_axis)
    source = alt.Chart(base.rows(data))
    layers: list[alt.Chart] = []
    if reference:
        layers += _reference_rule(reference, x, low, high)
    layers += [
        source.mark_rule(strokeWidth=RULE_WIDTH).encode(x=x_low, x2="high:Q", y=y, color=base.role_colour()),
        source.mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=base.role_colour()),
        base.text_mark(source, dy=-13).encode(x=x, y=y, text="text:N"),
    ]
    return base.frame(layers, height=row_height * max(1, len(data)) + 40, right=16)


def _reference_rule(reference: tuple[float, str], x: alt.X, low: float, high: float) -> list[alt.Chart]:
    value, label = reference
    source = alt.Chart(base.rows([{"value": value, "label": label, "role": "reference"}]))
    left = value <= (low + high) / 2
    text = source.mark_text(
        align="left" if left else "right", baseline="top", dx=5 if left else -5, dy=-4, color="currentColor", fontSize=11.5
    )
    return [
        source.mark_rule(strokeDash=[4, 3], strokeWidth=1.5).encode(x=x, color=base.role_colour()),
        text.encode(x=x, y=alt.value(0), text="label:N"),
    ]


def tornado(
    words: Words,
    currency: str,
    center: Money,
    swings: Sequence[Swing],
    *,
    row_height: int = 52,
) -> alt.LayerChart:
    """What the result becomes if one assumption is wrong: loss at the left, gain at the right, names above the bars.

    Args:
        words: the reader's words.
        currency: ISO code.
        center: the result with all assumptions as they are.
        swings: the largest first, at most 12.
        row_height: pixels per assumption.

    Returns:
        The chart.
    """
    middle = float(center)
    ends = [value for s in swings for value in (float(s.at_low), float(s.at_high))] or [middle]
    reach = max([abs(value - middle) for value in ends] + [abs(middle) * 0.02, 1.0])
    low, high = min([middle - reach * 0.25, *ends]) - reach * 0.45, max([middle + reach * 0.25, *ends]) + reach * 0.45
    x_axis = base.axis(base.inner_ticks(low, high), lambda v: words.money_tick(v, currency), grid=True)
    x = alt.X("value:Q", scale=base.span(low, high), axis=x_axis)
    x_from = alt.X("from:Q", scale=base.span(low, high), axis=x_axis)
    rows_of = len(swings)
    y_scale = alt.Scale(domain=[0, max(1, rows_of)], nice=False, reverse=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=None)

    bars, names = [], []
    for index, swing in enumerate(swings):
        names.append({"value": low, "y": index + 0.27, "label": swing.label})
        worse, better = sorted((float(swing.at_low), float(swing.at_high)))
        for end in (worse, better):
            gain = end > middle or (end == middle and end is better)
            bars.append(
                {
                    "from": middle,
                    "value": end,
                    "top": index + 0.47,
                    "bottom": index + 0.75,
                    "mid": index + 0.61,
                    "role": "gain" if gain else "loss",
                }
                | {"label": words.money(end - middle, currency, signed=True)}
            )
    source = alt.Chart(base.rows(bars))
    bar = source.mark_rect(opacity=1).encode(x=x_from, x2="value:Q", y=y("top"), y2="bottom:Q", color=base.role_colour())
    layers = [
        bar,
        base.text_mark(source.transform_filter("datum.role == 'loss'"), align="right", dx=-5, fontWeight=400).encode(
            x=x, y=y("mid"), text="label:N"
        ),
        base.text_mark(source.transform_filter("datum.role == 'gain'"), align="left", dx=5, fontWeight=400).encode(
            x=x, y=y("mid"), text="label:N"
        ),
        base.text_mark(alt.Chart(base.rows(names)), align="left", fontWeight=400, opacity=0.85, limit=330).encode(
            x=alt.value(0), y=y("y"), text="label:N"
        ),
        alt.Chart(base.rows([{"value": middle}])).mark_rule(color="currentColor", strokeWidth=1.25).encode(x=x),
    ]
    return base.frame(layers, height=row_height * max(1, rows_of) + 40, right=16)


def _at(data: Sequence[dict[str, float]], x: float) -> float:
    """The curve's value at a threshold, on the straight line between the measured points."""
    if x <= data[0]["x"]:
        return data[0]["value"]
    for before, after in zip(data, data[1:], strict=False):
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
