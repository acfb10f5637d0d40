"""A roll-out's money over its months: what has come in, all costs taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import BAND_OPACITY, Money
from core.words import Words
from core.words.ticks import inner_ticks, room_for


@dataclass(frozen=True, slots=True)
class CashPoint:
    """The running total at the end of a month (month 0: the roll-out), in today's money, with its interval."""

    month: int
    total: Money
    low: Money
    high: Money


def cash_flow(words: Words, currency: str, points: Sequence[CashPoint], *, height: int = base.BESIDE_TEXT) -> alt.LayerChart:
    """The running total with its band; where it crosses zero the roll-out has paid for itself.

    Args:
        words: the reader's words. currency: ISO code.
        points: in order of months, at most 121.
        height: pixels.
    """
    data = [{"x": p.month, "value": float(p.total), "low": float(p.low), "high": float(p.high)} for p in points]
    low, high = room_for([row[key] for row in data for key in ("low", "high")] + [0.0])
    last = max(points[-1].month, 1)
    x_axis = base.axis(inner_ticks(0, last, 6), base.whole, grid=False, title=words.t("Months after the roll-out"))
    x = alt.X("x:Q", scale=base.span(0, last), axis=x_axis)
    y_axis = base.axis(inner_ticks(low, high), lambda v: words.money_tick(v, currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=base.span(low, high), axis=y_axis)

    source = alt.Chart(base.rows(data)).transform_calculate(role="'main'")
    zero = alt.Chart(base.rows([{"value": 0}])).mark_rule(color="currentColor", opacity=0.45, strokeDash=[4, 3]).encode(y=y("value"))
    layers = [
        source.mark_area(opacity=BAND_OPACITY).encode(x=x, y=y("low"), y2="high:Q", color=base.role_colour()),
        zero,
        source.mark_line(strokeWidth=2.25).encode(x=x, y=y("value"), color=base.role_colour()),
    ]
    return base.frame(layers, height=height, right=14)
