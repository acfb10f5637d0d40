"""Charts of classes and forecasts: what was decided where what was true, what each error costs, and cost over the adjustment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import BAND_OPACITY, RULE_WIDTH, Role
from app.ui.charts.ranges import Estimate
from core.words import Words
from core.words.ticks import inner_ticks, room_for

CELL = 46
NAMES_PX = 110


@dataclass(frozen=True, slots=True)
class ClassCell:
    """One cell: what is written in it, how strong its colour is (0 to 1), and which colour."""

    text: str
    strength: float
    role: Role


@dataclass(frozen=True, slots=True)
class CurveSpot:
    """Cost at one adjustment, with its 95% interval and its two parts."""

    amount: float
    cost: float
    low: float
    high: float
    under: float
    over: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What one way of planning costs in two parts."""

    label: str
    first: float
    second: float


def class_heat(
    words: Words, names: Sequence[str], cells: Sequence[Sequence[ClassCell]], *, row_title: str, column_title: str
) -> alt.LayerChart:
    """A cell for each truth (rows) and decision (columns), with its figure.

    Args:
        names: the classes, at most 10.
        cells: a row for each truth, a column for each decision.
    """
    data = [
        {"r": f"{i:02d}", "c": f"{j:02d}", "row": names[i], "column": names[j], "text": cell.text, "strength": 0.07 + 0.6 * cell.strength,
         "role": cell.role}
        for i, row in enumerate(cells)
        for j, cell in enumerate(row)
    ]  # fmt: skip
    tooltip = [
        alt.Tooltip("row:N", title=row_title),
        alt.Tooltip("column:N", title=column_title),
        alt.Tooltip("text:N", title=words.t("Figure")),
    ]
    x = alt.X("c:N", axis=_titled(names, column_title, orient="top"))
    y = alt.Y("r:N", axis=base.above(_titled(names, row_title)))
    source = alt.Chart(base.rows(data))
    tiles = source.mark_rect(stroke="transparent", strokeWidth=2).encode(
        x=x, y=y, color=base.role_colour(), opacity=alt.Opacity("strength:Q", scale=None), tooltip=tooltip
    )
    told = base.text_mark(source, fontSize=11.5).encode(x=x, y=y, text="text:N")
    return base.frame([tiles, told], height=CELL * len(names), right=8, top=26)


def _titled(names: Sequence[str], title: str, **options: Any) -> alt.Axis:
    quoted = ", ".join("'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'" for name in names)
    plain = base.names_axis(labelExpr=f"[{quoted}][toNumber(datum.value)]", labelAngle=0, **options)
    about = {"title": title, "titleColor": "currentColor", "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": NAMES_PX}
    return alt.Axis(**{**plain._kwds, **about})


def interval_bars(
    estimates: Sequence[Estimate], *, write: Callable[[float], str], write_tick: Callable[[float], str], row_height: int = 52
) -> alt.LayerChart:
    """Bars from zero with their 95% intervals; names and figures stand above the bars, so they fit a phone.

    Args:
        estimates: in the order in which they are read, at most 12; none below zero.
        write: writes the figure.
    """
    rows = max(1, len(estimates))
    most = max((float(item.high) for item in estimates), default=1.0) or 1.0
    data = [
        {"value": float(e.value), "low": float(e.low), "high": float(e.high), "role": e.role, "said": f"{e.label}\u2003{write(float(e.value))}",
         "name": place + 0.26, "top": place + 0.46, "bottom": place + 0.78, "mid": place + 0.62, "zero": 0.0}
        for place, e in enumerate(estimates)
    ]  # fmt: skip
    axis = base.axis(inner_ticks(0.0, most), write_tick, grid=True)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=base.span(0.0, most * 1.04), axis=axis)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, rows], nice=False, reverse=True), axis=None)

    source = alt.Chart(base.rows(data))
    layers = [
        source.mark_rect(opacity=0.85).encode(x=x("zero"), x2="value:Q", y=y("top"), y2="bottom:Q", color=base.role_colour()),
        source.mark_rule(strokeWidth=RULE_WIDTH, color="currentColor", opacity=0.75).encode(x=x("low"), x2="high:Q", y=y("mid")),
        base.text_mark(source, align="left", fontWeight=400, limit=400).encode(x=alt.value(0), y=y("name"), text="said:N"),
    ]
    return base.frame(layers, height=row_height * rows + 30, right=16)


def part_bars(
    parts: Sequence[Parts],
    roles: tuple[Role, Role],
    *,
    write: Callable[[float], str],
    write_tick: Callable[[float], str],
    row_height: int = 52,
) -> alt.LayerChart:
    """Two parts of a cost beside each other in one bar, the name and the sum above it.

    Args:
        roles: colours of the two parts.
    """
    rows = max(1, len(parts))
    most = max((p.first + p.second for p in parts), default=1.0) or 1.0
    data, named = [], []
    for place, part in enumerate(parts):
        at = {"top": place + 0.46, "bottom": place + 0.78}
        data += [
            {**at, "from": 0.0, "to": part.first, "role": roles[0], "said": write(part.first)},
            {**at, "from": part.first, "to": part.first + part.second, "role": roles[1], "said": write(part.second)},
        ]
        named.append({"y": place + 0.26, "said": f"{part.label}\u2003{write(part.first + part.second)}"})
    axis = base.axis(inner_ticks(0.0, most), write_tick, grid=True)
    x = alt.X("from:Q", scale=base.span(0.0, most * 1.04), axis=axis)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, rows], nice=False, reverse=True), axis=None)

    bars = alt.Chart(base.rows(data)).mark_rect(opacity=0.85)
    layers = [
        bars.encode(x=x, x2="to:Q", y=y("top"), y2="bottom:Q", color=base.role_colour(), tooltip=[alt.Tooltip("said:N", title=" ")]),
        base.text_mark(alt.Chart(base.rows(named)), align="left", fontWeight=400, limit=400).encode(
            x=alt.value(0), y=y("y"), text="said:N"
        ),
    ]
    return base.frame(layers, height=row_height * rows + 30, right=16)


def adjustment_curve(
    words: Words, currency: str, spots: Sequence[CurveSpot], marks: Sequence[tuple[float, str, Role]], *, write_x: Callable[[float], str],
    sides: tuple[str, str], height: int = base.BESIDE_TEXT,
) -> alt.LayerChart:  # fmt: skip
    """Cost over the adjustment with its band, its two parts as thin lines, and vertical rules at what is marked.

    Args:
        spots: in order of `amount`, at most 200.
        marks: where a rule stands, what it says, its colour: the forecast as it is, the chosen adjustment; the leftmost first.
        write_x: writes an adjustment. sides: names of the two parts.
    """
    data = [
        {"x": s.amount, "cost": s.cost, "low": s.low, "high": s.high, "under": s.under, "over": s.over, "role": "main",
         "said": write_x(s.amount), "money": words.money(s.cost, currency)}
        for s in spots
    ]  # fmt: skip
    low, high = room_for([0.0, *(s.high for s in spots)])
    left, right = spots[0].amount, spots[-1].amount
    x = alt.X("x:Q", scale=base.span(left, right), axis=base.axis(inner_ticks(left, right), write_x, grid=False))
    money = base.axis(inner_ticks(low, high), lambda v: words.money_tick(v, currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=base.span(low, high), axis=money)

    source = alt.Chart(base.rows(data))
    tooltip = [alt.Tooltip("said:N", title=words.t("Adjusted by")), alt.Tooltip("money:N", title=words.t("Cost"))]
    layers = [
        source.mark_area(opacity=BAND_OPACITY).encode(x=x, y=y("low"), y2="high:Q", color=base.role_colour()),
        *_side(data, x, y, "under", sides[0], "loss", first=True),
        *_side(data, x, y, "over", sides[1], "alternative", first=False),
        source.mark_line(strokeWidth=2.25).encode(x=x, y=y("cost"), color=base.role_colour(), order="x:Q"),
        source.mark_point(filled=True, size=260, opacity=0).encode(x=x, y=y("cost"), tooltip=tooltip),
        *_marks(marks, x, left, right),
    ]
    return base.frame(layers, height=height, right=14, top=30)


def _side(
    data: Sequence[dict[str, Any]], x: alt.X, y: Callable[[str], alt.Y], field: str, name: str, role: Role, *, first: bool
) -> list[alt.Chart]:
    """One part of the cost, named where it is high: too little at the left, too much at the right."""
    line = alt.Chart(base.rows([{**row, "role": role} for row in data])).mark_line(strokeWidth=1.5, strokeDash=[4, 3])
    at = data[min(2, len(data) - 1) if first else max(len(data) - 3, 0)]
    label = alt.Chart(base.rows([{**at, "name": name}]))
    side = {"align": "left", "dx": 18, "dy": -6} if first else {"align": "left", "dx": -12, "dy": 22}
    return [
        line.encode(x=x, y=y(field), color=base.role_colour(), order="x:Q"),
        base.text_mark(label, fontWeight=400, **side).encode(x=x, y=y(field), text="name:N"),
    ]


def _marks(marks: Sequence[tuple[float, str, Role]], x: alt.X, left: float, right: float) -> list[alt.Chart]:
    """Rules with their names above them; the first name runs to the left where a second follows at its right."""
    found = []
    for place, (amount, name, role) in enumerate(marks):
        source = alt.Chart(base.rows([{"x": amount, "name": name, "role": role}]))
        to_left = (place == 0 and len(marks) > 1) or (amount > (left + right) / 2 and len(marks) == 1)
        side = {"align": "right", "dx": -5} if to_left else {"align": "left", "dx": 5}
        text = base.text_mark(source, **side, baseline="bottom", dy=-4, fontWeight=600 if role == "main" else 400)
        found += [
            source.mark_rule(strokeWidth=2 if role == "main" else 1.5, strokeDash=[] if role == "main" else [4, 3]).encode(
                x=x, color=base.role_colour()
            ),
            text.encode(x=x, y=alt.value(0), text="name:N"),
        ]
    return found
