"""Pictures of a run of several classes or of a forecast for paper: as on its page, with the colours resolved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt

from core.impact import class_sentences as say
from core.impact import task_sentences as tell
from core.impact.amounts import Amount
from core.impact.export import palette
from core.impact.export.charts import cash_chart
from core.impact.export.drawing import BAR_ROW, Bar, Dot, axis, data, draw, frame, label, listed_dots, named_dots, span, swing_bars
from core.impact.export.task_content import MOST_SHOWN, saved_scenarios
from core.impact.multiclass import ClassFindings
from core.impact.regression import ForecastFindings
from core.impact.setting import Setting
from core.impact.task_case import has_costs, task_case
from core.impact.task_report import TaskReport
from core.impact.task_scenario_words import result_name
from core.impact.task_scenarios import TaskScenarioTable
from core.impact.task_sensitivity_words import task_swing_label
from core.impact.task_tables import Figures, class_counts, class_worth
from core.words import Words
from core.words.ticks import inner_ticks, reach, room_for

CELL = 40
CURVE_HEIGHT = 270


def draw_task(words: Words, value: TaskReport) -> dict[str, str]:
    """Pictures as SVG, by the key of the figures that they show."""
    setting = value.setting
    if value.classes is not None:
        classes = value.classes
        dots = [
            _dot(say.class_policy_name(words, p), p.value, palette.MAIN if p.policy is classes.recommended else palette.REFERENCE)
            for p in classes.policies
        ]
        errors = [_dot(tell.error_name(words, e), e.cost, palette.LOSS) for e in classes.errors]
        found = {"policies": _dots(words, setting, dots), **({"errors": _dots(words, setting, errors)} if errors else {})}
        found["counts"] = _heat(words, class_counts(words, setting, classes), classes, classes.counts, money=False)
        found["worth"] = _heat(words, class_worth(words, setting, classes), classes, classes.worth, money=True)
    else:
        assert value.forecast is not None
        forecast = value.forecast
        dots = [
            _dot(say.forecast_policy_name(words, p.policy), p.cost, palette.MAIN if p.policy is forecast.recommended else palette.REFERENCE)
            for p in forecast.policies
        ]
        found = {
            "policies": _dots(words, setting, dots),
            "curve": _curve(words, setting, forecast),
            "sides": _sides(words, setting, forecast),
        }
    shown = value.classes or value.forecast
    if shown is not None and shown.tornado:
        found["swings"] = _swings(words, setting, shown)
    if has_costs(value):
        found["case"] = cash_chart(words, setting.currency, task_case(value).flows)
    if (table := saved_scenarios(value)) is not None:
        found["scenarios"] = _scenarios(words, setting, table)
    return {key: draw(chart) for key, chart in found.items()}


def _scenarios(words: Words, setting: Setting, table: TaskScenarioTable) -> alt.LayerChart:
    """The gain as assumed and in each scenario."""
    dots = [_dot(result_name(words, r), r.held.gain, palette.REFERENCE if r.name else palette.MAIN) for r in table.results]
    return listed_dots(
        dots, lambda v: words.money(v, setting.currency, signed=True), lambda v: words.money_tick(v, setting.currency), row=34
    )


def _dot(name: str, amount: Amount, colour: str) -> Dot:
    return Dot(name, float(amount.value), float(amount.low), float(amount.high), colour)


def _dots(words: Words, setting: Setting, dots: Sequence[Dot]) -> alt.LayerChart:
    return named_dots(dots, lambda v: words.money(v, setting.currency), lambda v: words.money_tick(v, setting.currency))


def _heat(words: Words, shown: Figures, found: ClassFindings, values: Sequence[Sequence[Any]], *, money: bool) -> alt.LayerChart:
    """What it is (rows) and what it was taken for (columns); of many classes the first ones."""
    names = found.classes[:MOST_SHOWN]
    most = max((abs(float(v)) for row in values for v in row), default=1.0) or 1.0

    def colour(i: int, j: int) -> str:
        if money:
            return palette.GAIN if float(values[i][j]) >= 0 else palette.LOSS
        return palette.MAIN if i == j else palette.LOSS

    rows: list[dict[str, Any]] = [
        {"r": f"{i:02d}", "c": f"{j:02d}", "text": shown.rows[i][j + 1], "colour": colour(i, j),
         "strength": 0.06 + 0.5 * (abs(float(values[i][j])) / most) ** 0.6}
        for i in range(len(names))
        for j in range(len(names))
    ]  # fmt: skip
    quoted = ", ".join("'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'" for name in names)
    plain: dict[str, Any] = {
        "labelExpr": f"[{quoted}][toNumber(datum.value)]", "labelAngle": 0, "labelLimit": 110, "grid": False, "ticks": False, "domain": False,
        "labelColor": palette.TEXT, "labelFontSize": 12, "labelPadding": 8, "titleColor": palette.MUTED, "titleFontWeight": "normal",
        "titleFontSize": 12,
    }  # fmt: skip
    up = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleBaseline": "bottom", "titleX": -70, "titleY": -10}
    x = alt.X("c:N", axis=alt.Axis(orient="top", title=words.t("Taken for"), **plain))
    y = alt.Y("r:N", axis=alt.Axis(title=words.t("What it is"), **plain, **up))
    source = data(rows)
    tiles = source.mark_rect(stroke="#FFFFFF", strokeWidth=2).encode(
        x=x, y=y, color=alt.Color("colour:N", scale=None), opacity=alt.Opacity("strength:Q", scale=None)
    )
    return frame([tiles, label(source).encode(x=x, y=y, text="text:N")], CELL * len(names), right=8, top=24)


def _curve(words: Words, setting: Setting, found: ForecastFindings) -> alt.LayerChart:
    points: list[dict[str, Any]] = [
        {"x": p.amount, "cost": float(p.cost.value), "low": float(p.cost.low), "high": float(p.cost.high), "under": float(p.under),
         "over": float(p.over)}
        for p in found.curve
    ]  # fmt: skip
    low, high = room_for([0.0, *(p["high"] for p in points)])
    first, last = points[0]["x"], points[-1]["x"]
    x = alt.X("x:Q", scale=span(first, last), axis=axis(inner_ticks(first, last, 6), lambda v: say.moved_by(words, found, v), grid=False))
    money = axis(inner_ticks(low, high), lambda v: words.money_tick(v, setting.currency), grid=True)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=span(low, high), axis=money)

    source = data(points)
    return frame(
        [
            source.mark_area(opacity=0.14, color=palette.MAIN).encode(x=x, y=y("low"), y2="high:Q"),
            *_side(points, x, y, "under", words.t("too little"), palette.LOSS, at=min(2, len(points) - 1)),
            *_side(points, x, y, "over", words.t("too much"), palette.ALTERNATIVE, at=max(len(points) - 3, 0)),
            source.mark_line(strokeWidth=2.25, color=palette.MAIN).encode(x=x, y=y("cost")),
            *_rules(words, found, x),
        ],
        CURVE_HEIGHT, right=14, top=26,
    )  # fmt: skip


def _side(
    points: Sequence[dict[str, Any]], x: alt.X, y: Callable[[str], alt.Y], field: str, name: str, colour: str, *, at: int
) -> list[alt.Chart]:
    """One part of the cost as a thin line with its name."""
    beside = {"dx": 18, "dy": -6} if field == "under" else {"dx": -12, "dy": 22}
    return [
        data(points).mark_line(strokeWidth=1.5, strokeDash=[4, 3], color=colour).encode(x=x, y=y(field)),
        label(data([{**points[at], "name": name}]), align="left", fontWeight=400, **beside).encode(x=x, y=y(field), text="name:N"),
    ]


def _rules(words: Words, found: ForecastFindings, x: alt.X) -> list[alt.Chart]:
    marks = [(m.amount, m.name, palette.MAIN if m.is_chosen else palette.REFERENCE) for m in tell.curve_marks(words, found)]
    drawn = []
    for place, (amount, name, colour) in enumerate(marks):
        source = data([{"x": amount, "name": name}])
        beside = {"align": "right", "dx": -5} if place == 0 and len(marks) > 1 else {"align": "left", "dx": 5}
        drawn += [
            source.mark_rule(strokeWidth=1.75, color=colour).encode(x=x),
            label(source, baseline="bottom", dy=-4, **beside).encode(x=x, y=alt.value(0), text="name:N"),
        ]
    return drawn


def _sides(words: Words, setting: Setting, found: ForecastFindings) -> alt.LayerChart:
    """Cost of too little and of too much in one bar, name and sum above it."""
    most = max(float(p.under.value + p.over.value) for p in found.policies) or 1.0
    bars, names = [], []
    for place, policy in enumerate(found.policies):
        under, over = float(policy.under.value), float(policy.over.value)
        at = {"top": place + 0.44, "bottom": place + 0.78}
        bars += [
            {**at, "from": 0.0, "to": under, "colour": palette.LOSS},
            {**at, "from": under, "to": under + over, "colour": palette.ALTERNATIVE},
        ]
        parts = (
            f"{words.t('Too little')} {words.money(under, setting.currency)} · {words.t('Too much')} {words.money(over, setting.currency)}"
        )
        names.append({"y": place + 0.24, "label": f"{say.forecast_policy_name(words, policy.policy)}\u2003{parts}"})
    ticks, scale = axis(inner_ticks(0.0, most), lambda v: words.money_tick(v, setting.currency), grid=True), span(0.0, most * 1.04)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, len(names)], nice=False, reverse=True), axis=None)

    x, colour = alt.X("from:Q", scale=scale, axis=ticks), alt.Color("colour:N", scale=None)
    layers = [
        data(bars).mark_rect(opacity=0.9).encode(x=x, x2="to:Q", y=y("top"), y2="bottom:Q", color=colour),
        label(data(names), align="left", fontWeight=400, limit=640).encode(x=alt.value(0), y=y("y"), text="label:N"),
    ]
    return frame(layers, BAR_ROW * len(names), right=24)


def swing_ends(words: Words, setting: Setting, found: ClassFindings | ForecastFindings) -> tuple[list[Bar], float]:
    """What one wrong assumption makes of the gain, the widest first, and the gain as assumed."""
    middle = float((found.saving if isinstance(found, ForecastFindings) else found.gain).value)
    return [Bar(task_swing_label(words, setting, s), *sorted((float(s.at_low), float(s.at_high)))) for s in found.tornado], middle


def _swings(words: Words, setting: Setting, found: ClassFindings | ForecastFindings) -> alt.LayerChart:
    bars, middle = swing_ends(words, setting, found)
    return swing_bars(
        bars, middle, reach(middle, [end for b in bars for end in (b.worse, b.better)]),
        lambda v: words.money(v, setting.currency, signed=True), lambda v: words.money_tick(v, setting.currency),
    )  # fmt: skip
