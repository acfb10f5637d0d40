"""Charts of the value ledger: periods as bars against their promise, and the way from promised to earned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import Money, Role
from core.words import Words
from core.words.ticks import inner_ticks, room_for

EXPECTED_OPACITY = 0.34


@dataclass(frozen=True, slots=True)
class LedgerBar:
    """One period: what was promised, earned (with its 95% interval) and is still expected.

    Args:
        label: the period as its axis writes it. name: as its tooltip does.
    """

    label: str
    name: str
    promised: Money
    earned: Money
    low: Money
    high: Money
    expected: Money


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """A bar from one level to another; the first and the last stand on zero."""

    label: str
    start: Money
    end: Money
    amount: str
    role: Role


def ledger_bars(words: Words, currency: str, bars: Sequence[LedgerBar], *, height: int = base.HEIGHT) -> alt.LayerChart:
    """Earned value as bars, what is still expected lighter on top of it, the promise as a dashed mark over each.

    Args:
        words: the reader's words.
        currency: ISO code.
        bars: in order of time, at most 62.
        height: pixels.
    """
    data: list[dict[str, Any]] = [_bar(words, currency, place, bar) for place, bar in enumerate(bars)]
    low, high = room_for([row[key] for row in data for key in ("earned", "stacked", "promised", "low", "high")])
    y_axis = base.axis(inner_ticks(low, high), lambda v: words.money_tick(v, currency), grid=True)
    step = max(1, -(-len(data) // 8))
    ticks = [float(place) for place in range(0, len(data), step)]
    x_axis = base.axis(ticks, lambda v: bars[int(v)].label, grid=False)
    scale = base.span(-0.6, max(0, len(data) - 1) + 0.6)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=x_axis)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=base.span(low, high), axis=y_axis)

    source = alt.Chart(base.rows(data)).transform_calculate(role="'main'")
    names = [key for key in data[0] if key not in _PLACES] if data else []
    layers = [
        source.mark_rect(opacity=1).encode(x=x("left"), x2="right:Q", y=y("zero"), y2="earned:Q", color=base.role_colour()),
        source.mark_rect(opacity=EXPECTED_OPACITY).encode(
            x=x("left"), x2="right:Q", y=y("earned"), y2="stacked:Q", color=base.role_colour()
        ),
        source.mark_rule(strokeWidth=1.5, color="currentColor", opacity=0.75).encode(x=x("i"), y=y("low"), y2="high:Q"),
        *_promise_marks(words, data, x, y),
        source.mark_rect(opacity=0).encode(
            x=x("left"), x2="right:Q", y=y("floor"), y2="top:Q", tooltip=[alt.Tooltip(f"{name}:N") for name in names]
        ),
    ]
    return base.frame(layers, height=height, right=72)


_PLACES = ("i", "left", "right", "zero", "earned", "stacked", "low", "high", "promised", "floor", "top")


def _bar(words: Words, currency: str, place: int, bar: LedgerBar) -> dict[str, Any]:
    promised, earned, expected = float(bar.promised), float(bar.earned), float(bar.expected)
    reach = [0.0, promised, earned, earned + expected, float(bar.low), float(bar.high)]
    return {
        "i": place, "left": place - 0.32, "right": place + 0.32, "zero": 0.0, "earned": earned, "stacked": earned + expected,
        "low": float(bar.low), "high": float(bar.high), "promised": promised, "floor": min(reach), "top": max(reach),
        words.t("Period"): bar.name, words.t("Earned"): words.money(earned, currency),
        words.t("95% interval"): words.money_range(bar.low, bar.high, currency), words.t("Expected besides"): words.money(expected, currency),
        words.t("Promised"): words.money(promised, currency),
    }  # fmt: skip


def _promise_marks(
    words: Words, data: Sequence[dict[str, Any]], x: Callable[[str], alt.X], y: Callable[[str], alt.Y]
) -> list[alt.Chart]:  # fmt: skip
    """A dashed mark over each bar, its name at the last one's right."""
    if not data:
        return []
    marks = [{"from": row["i"] - 0.44, "to": row["i"] + 0.44, "promised": row["promised"], "role": "reference"} for row in data]
    source = alt.Chart(base.rows(marks))
    last = alt.Chart(base.rows([{**marks[-1], "name": words.t("Promised")}]))
    return [
        source.mark_rule(strokeDash=[4, 3], strokeWidth=2.25).encode(x=x("from"), x2="to:Q", y=y("promised"), color=base.role_colour()),
        base.text_mark(last, align="left", dx=6).encode(x=x("to"), y=y("promised"), text="name:N", color=base.role_colour()),
    ]


def waterfall(words: Words, currency: str, steps: Sequence[WaterfallStep], *, row_height: int = 46) -> alt.LayerChart:
    """The way from one amount to another: names above the bars, amounts beside them, so that a phone shows both.

    Args:
        words: the reader's words.
        currency: ISO code.
        steps: from the first amount to the last.
        row_height: pixels per step.
    """
    ends = [float(end) for step in steps for end in (step.start, step.end)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = (high - low or 1.0) * 0.24
    low, high = low - (room if low < 0 else 0.0), high + room
    rows = max(1, len(steps))
    x_axis = base.axis(inner_ticks(low, high, 4), lambda v: words.money_tick(v, currency), grid=True)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=base.span(low, high), axis=x_axis)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, rows], nice=False, reverse=True), axis=None)

    data = [_step(place, step) for place, step in enumerate(steps)]
    bars = alt.Chart(base.rows(data))
    joins = alt.Chart(base.rows([{"at": row["end"], "from": row["bottom"], "to": row["bottom"] + 0.62} for row in data[:-1]]))
    layers = [
        bars.mark_rect(opacity=1).encode(x=x("left"), x2="right:Q", y=y("top"), y2="bottom:Q", color=base.role_colour()),
        joins.mark_rule(strokeWidth=1, strokeDash=[2, 2], opacity=0.3, color="currentColor").encode(x=x("at"), y=y("from"), y2="to:Q"),
        base.text_mark(bars, align="left", dx=6, fontWeight=600).encode(x=x("right"), y=y("mid"), text="amount:N"),
        base.text_mark(bars, align="left", fontWeight=400, opacity=0.85, limit=330).encode(x=alt.value(0), y=y("name_y"), text="label:N"),
    ]
    return base.frame(layers, height=row_height * rows + 34, right=16)


def _step(place: int, step: WaterfallStep) -> dict[str, Any]:
    start, end = float(step.start), float(step.end)
    return {
        "left": min(start, end), "right": max(start, end), "end": end, "top": place + 0.5, "bottom": place + 0.86, "mid": place + 0.68,
        "name_y": place + 0.24, "label": step.label, "amount": step.amount, "role": step.role,
    }  # fmt: skip
