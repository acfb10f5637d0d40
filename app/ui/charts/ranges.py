"""Charts of estimates beside each other: alternatives or segments with intervals, and what matters most."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import RULE_WIDTH, Money, Role
from core.words import Words
from core.words.ticks import inner_ticks


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its 95% interval and a name.

    Args:
        label: its name, unlike the other names of its chart.
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
    """
    order = [item.label for item in estimates]
    also = ([reference[0]] if reference else []) + ([0.0] if zero else [])
    low, high = _ends([float(end) for e in estimates for end in (e.low, e.high, e.value)] + also)
    x_axis = base.axis(inner_ticks(low, high), write_tick or write, grid=True)
    x = alt.X("value:Q", scale=base.span(low, high), axis=x_axis)
    x_low = alt.X("low:Q", scale=base.span(low, high), axis=x_axis)
    y = alt.Y("label:N", sort=order, axis=base.names_axis(), scale=alt.Scale(domain=order, paddingInner=0.2, paddingOuter=0.25))
    source = alt.Chart(base.rows([_dot(item, write) for item in estimates]))
    layers = _reference_rule(reference, x, low, high) if reference else []
    layers += [
        source.mark_rule(strokeWidth=RULE_WIDTH).encode(x=x_low, x2="high:Q", y=y, color=base.role_colour()),
        source.mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=base.role_colour()),
        base.text_mark(source, dy=-13).encode(x=x, y=y, text="text:N"),
    ]
    return base.frame(layers, height=row_height * max(1, len(order)) + 40, right=16)


def _dot(item: Estimate, write: Callable[[float], str]) -> dict[str, Any]:
    value = float(item.value)
    return {"label": item.label, "value": value, "low": float(item.low), "high": float(item.high), "role": item.role, "text": write(value)}


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The ends of an axis with a little room on both sides."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = (high - low or 1.0) * 0.06
    return low - room, high + room


def _reference_rule(reference: tuple[float, str], x: alt.X, low: float, high: float) -> list[alt.Chart]:
    value, label = reference
    source = alt.Chart(base.rows([{"value": value, "label": label, "role": "reference"}]))
    left = value <= (low + high) / 2
    side = {"align": "left", "dx": 5} if left else {"align": "right", "dx": -5}
    text = base.text_mark(source, **side, baseline="top", dy=-4, fontSize=11.5, fontWeight=400)
    return [
        source.mark_rule(strokeDash=[4, 3], strokeWidth=1.5).encode(x=x, color=base.role_colour()),
        text.encode(x=x, y=alt.value(0), text="label:N"),
    ]


def tornado(words: Words, currency: str, center: Money, swings: Sequence[Swing], *, row_height: int = 52) -> alt.LayerChart:
    """What the result becomes if one assumption is wrong: loss at the left, gain at the right, names above the bars.

    Args:
        words: the reader's words.
        currency: ISO code.
        center: the result with all assumptions as they are.
        swings: the largest first, at most 12.
        row_height: pixels per assumption.
    """
    middle, rows = float(center), max(1, len(swings))
    ends = [float(end) for swing in swings for end in (swing.at_low, swing.at_high)]
    low, high = _reach(middle, ends, _room([words.money(end - middle, currency, signed=True) for end in ends]))
    x_axis = base.axis(inner_ticks(low, high), lambda v: words.money_tick(v, currency), grid=True)
    x = alt.X("value:Q", scale=base.span(low, high), axis=x_axis)
    x_from = alt.X("from:Q", scale=base.span(low, high), axis=x_axis)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, rows], nice=False, reverse=True), axis=None)

    bars = alt.Chart(base.rows([bar for place, swing in enumerate(swings) for bar in _bars(words, currency, middle, place, swing)]))
    names = alt.Chart(base.rows([{"y": place + 0.27, "label": swing.label} for place, swing in enumerate(swings)]))
    loss, gain = bars.transform_filter("datum.role == 'loss'"), bars.transform_filter("datum.role == 'gain'")
    layers = [
        bars.mark_rect(opacity=1).encode(x=x_from, x2="value:Q", y=y("top"), y2="bottom:Q", color=base.role_colour()),
        base.text_mark(loss, align="right", dx=-5, fontWeight=400).encode(x=x, y=y("mid"), text="label:N"),
        base.text_mark(gain, align="left", dx=5, fontWeight=400).encode(x=x, y=y("mid"), text="label:N"),
        base.text_mark(names, align="left", fontWeight=400, opacity=0.85, limit=330).encode(x=alt.value(0), y=y("y"), text="label:N"),
        alt.Chart(base.rows([{"value": middle}])).mark_rule(color="currentColor", strokeWidth=1.25).encode(x=x),
    ]
    return base.frame(layers, height=row_height * rows + 40, right=16)


def _room(amounts: Sequence[str]) -> float:
    """Room beside the longest bar, as a share of it, in which the longest amount fits on a phone, its sign too."""
    widest = max((sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in amount) for amount in amounts), default=0)
    return max(0.45, 0.09 * widest - 0.1)


def _reach(middle: float, ends: Sequence[float], room: float) -> tuple[float, float]:
    """The ends of the axis: both sides have room for a figure, the shorter side too."""
    reach = max([abs(end - middle) for end in ends] + [abs(middle) * 0.02, 1.0])
    low, high = min([middle - reach * 0.25, *ends]), max([middle + reach * 0.25, *ends])
    return low - reach * room, high + reach * room


def _bars(words: Words, currency: str, middle: float, place: int, swing: Swing) -> list[dict[str, Any]]:
    """The two bars of an assumption: the worse result at the left, the better one at the right."""
    worse, better = sorted((float(swing.at_low), float(swing.at_high)))
    at = {"from": middle, "top": place + 0.47, "bottom": place + 0.75, "mid": place + 0.61}
    return [
        {**at, "value": end, "role": role, "label": words.money(end - middle, currency, signed=True)}
        for end, role in ((worse, "loss" if worse <= middle else "gain"), (better, "gain" if better >= middle else "loss"))
    ]
