"""Charts of how well a model tells cases apart: for scientists' pages, and counts in words for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import BAND_OPACITY, Role
from core.words import Words
from core.words.ticks import inner_ticks, nice_ticks

ROOM_BELOW = 0.12
"""From this height on a label fits between a dashed line and the axis below it."""
_SHARE_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of a ROC or precision-recall curve; both coordinates are shares of one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class RatePoint:
    """One bin of a calibration chart: mean prediction, observed share with its interval, and its size."""

    predicted: float
    observed: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram."""

    low: float
    high: float
    count: float


def _share_x(title: str) -> alt.X:
    return alt.X("x:Q", scale=base.span(0, 1), axis=base.axis(_SHARE_TICKS, base.share, grid=False, title=title))


def _share_y(field: str, title: str) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=base.span(0, 1), axis=base.above(base.axis(_SHARE_TICKS, base.share, grid=True, title=title)))


def _curve(points: Sequence[CurvePoint], x_title: str, y_title: str, role: Role) -> list[alt.Chart]:
    data = [{"x": p.x, "y": p.y, "low": p.low, "high": p.high, "role": role} for p in points]
    source = alt.Chart(base.rows(data))
    x, y = _share_x(x_title), _share_y("y", y_title)
    layers = []
    if any(p.low is not None for p in points):
        layers.append(source.mark_area(opacity=BAND_OPACITY).encode(x=x, y=_share_y("low", y_title), y2="high:Q", color=base.role_colour()))
    layers.append(source.mark_line(strokeWidth=2.25).encode(x=x, y=y, color=base.role_colour(), order="x:Q"))
    return layers


def roc(
    words: Words, points: Sequence[CurvePoint], *, champion: Sequence[CurvePoint] = (), height: int = base.BESIDE_TEXT
) -> alt.LayerChart:
    """True against false positive rate, with the diagonal of chance and, where given, the champion.

    Args:
        words: the reader's words.
        points: in order of ``x``, at most 500; ``low`` and ``high`` draw the band.
        champion: the model in use, as a gray line.
        height: pixels.
    """
    titles = (words.t("False positive rate"), words.t("True positive rate"))
    chance = alt.Chart(base.rows([{"x": 0, "y": 0, "role": "reference"}, {"x": 1, "y": 1, "role": "reference"}]))
    line = chance.mark_line(strokeDash=[4, 3], strokeWidth=1.25)
    layers = [line.encode(x=_share_x(titles[0]), y=_share_y("y", titles[1]), color=base.role_colour())]
    if champion:
        layers += _curve(champion, *titles, "reference")
    return base.frame([*layers, *_curve(points, *titles, "main")], height=height, right=16, top=30)


def pr(
    words: Words,
    points: Sequence[CurvePoint],
    *,
    base_rate: float,
    champion: Sequence[CurvePoint] = (),
    height: int = base.BESIDE_TEXT,
) -> alt.LayerChart:
    """Precision against recall, with the base rate (what guessing would reach) as a dashed line.

    Args:
        words: the reader's words.
        points: in order of ``x`` (recall), at most 500.
        base_rate: share of positives.
        champion: the model in use, as a gray line.
        height: pixels.
    """
    titles = (words.t("Recall"), words.t("Precision"))
    label = words.t("guessing {share}", share=words.percent(base_rate, 1))
    rule = alt.Chart(base.rows([{"x": 0.99, "y": base_rate, "role": "reference", "label": label}]))
    below = base_rate > ROOM_BELOW  # the curve runs above the line, and ends on it
    y = _share_y("y", titles[1])
    layers = [
        rule.mark_rule(strokeDash=[4, 3], strokeWidth=1.25).encode(y=y, color=base.role_colour()),
        base.text_mark(rule, align="right", dy=11 if below else -16, fontWeight=400).encode(x=_share_x(titles[0]), y=y, text="label:N"),
    ]
    if champion:
        layers += _curve(champion, *titles, "reference")
    return base.frame([*layers, *_curve(points, *titles, "main")], height=height, right=16, top=30)


def calibration(words: Words, bins: Sequence[RatePoint], *, height: int = base.BESIDE_TEXT) -> alt.LayerChart:
    """What was predicted against what happened, with the line where both agree; a dot's size is its bin's size.

    Args:
        words: the reader's words.
        bins: at most 30.
        height: pixels.
    """
    titles = (words.t("Predicted"), words.t("Happened"))
    data = [{"x": b.predicted, "y": b.observed, "low": b.low, "high": b.high, "count": b.count, "role": "main"} for b in bins]
    # Rare outcomes would else crowd in a corner.
    most = min(1.0, max((max(b.predicted, b.high) for b in bins), default=1.0) * 1.08) or 1.0
    ideal = alt.Chart(base.rows([{"x": 0, "y": 0, "role": "reference"}, {"x": most, "y": most, "role": "reference"}]))
    source, ticks = alt.Chart(base.rows(data)), _SHARE_TICKS if most == 1 else inner_ticks(0, most)
    x = alt.X("x:Q", scale=base.span(0, most), axis=base.axis(ticks, words.percent, grid=False, title=titles[0]))

    def y(field: str) -> alt.Y:
        up = base.above(base.axis(ticks, words.percent, grid=True, title=titles[1]))
        return alt.Y(f"{field}:Q", scale=base.span(0, most), axis=up)

    size = alt.Size("count:Q", scale=alt.Scale(range=[35, 220]), legend=None)
    tooltip = [
        alt.Tooltip("x:Q", title=titles[0], format=".1%"),
        alt.Tooltip("y:Q", title=titles[1], format=".1%"),
        alt.Tooltip("count:Q", title=words.t("Cases"), format=","),
    ]
    layers = [
        ideal.mark_line(strokeDash=[4, 3], strokeWidth=1.25).encode(x=x, y=y("y"), color=base.role_colour()),
        source.mark_rule(strokeWidth=2).encode(x=x, y=y("low"), y2="high:Q", color=base.role_colour()),
        source.mark_point(filled=True, opacity=1).encode(x=x, y=y("y"), size=size, color=base.role_colour(), tooltip=tooltip),
    ]
    return base.frame(layers, height=height, right=16, top=30)


def confusion(
    words: Words,
    *,
    hit: int,
    missed: int,
    unneeded: int,
    left_alone: int,
    said_yes: str,
    said_no: str,
    was_yes: str,
    was_no: str,
    height: int = 190,
) -> alt.LayerChart:
    """The four outcomes as counts, in words of the business; the tint grows with the count.

    Args:
        words: the reader's words.
        hit, missed: positives that were, and were not, acted on.
        unneeded, left_alone: negatives that were, and were not, acted on.
        said_yes, said_no: what acting and not acting are called: "Called", "Not called".
        was_yes, was_no: what positives and negatives are called: "Would leave", "Would stay".
        height: pixels.
    """
    cells: tuple[tuple[str, str, int, Role, str], ...] = (
        (said_yes, was_yes, hit, "main", words.t("reached")),
        (said_no, was_yes, missed, "loss", words.t("missed")),
        (said_yes, was_no, unneeded, "alternative", words.t("not needed")),
        (said_no, was_no, left_alone, "reference", words.t("rightly left alone")),
    )
    top = base.names_axis(orient="top", labelAngle=0)
    x = alt.X("col:N", sort=[said_yes, said_no], axis=top, scale=alt.Scale(paddingInner=0.03))
    y = alt.Y("row:N", sort=[was_yes, was_no], axis=base.names_axis(), scale=alt.Scale(paddingInner=0.05))
    source = alt.Chart(base.rows(_confusion_cells(words, cells)))
    opacity = alt.Opacity("tint:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None)
    layers = [
        source.mark_rect(cornerRadius=6).encode(x=x, y=y, color=base.role_colour(), opacity=opacity),
        base.text_mark(source, fontSize=19, dy=-9).encode(x=x, y=y, text="text:N"),
        base.text_mark(source, fontSize=12, fontWeight=400, dy=13, opacity=0.8).encode(x=x, y=y, text="said:N"),
    ]
    return base.frame(layers, height=height)


def _confusion_cells(words: Words, cells: Sequence[tuple[str, str, int, Role, str]]) -> list[dict[str, Any]]:
    total = max(1, sum(count for _, _, count, _, _ in cells))
    return [
        {
            "col": col,
            "row": row,
            "text": words.number(count),
            "said": f"{said} · {words.percent(count / total, 1)}",
            "role": role,
            "tint": 0.08 + 0.26 * (count / total) ** 0.5,
        }
        for col, row, count, role, said in cells
    ]


def histogram(
    words: Words,
    bins: Sequence[Bin],
    *,
    before: Sequence[Bin] = (),
    title: str = "",
    log_counts: bool = False,
    height: int = 180,
) -> alt.LayerChart:
    """How values are spread; with ``before``, the earlier spread as a gray outline behind.

    Args:
        words: the reader's words.
        bins: at most 60, counts or shares.
        before: the spread to compare with, on the same bins.
        title: what the values are.
        log_counts: whether counts span orders of magnitude.
        height: pixels.
    """
    floor = 0.8 if log_counts else 0.0
    data, past = _bars(bins, "main", floor), _bars(before, "reference", floor)
    ends = [end for row in [*data, *past] for end in (row["low"], row["high"])]
    low, high = (float(min(ends)), float(max(ends))) if ends else (0.0, 1.0)
    x_axis = base.axis(inner_ticks(low, high, 6), base.whole, grid=False, title=title or None)
    x = alt.X("low:Q", scale=base.span(low, high), axis=x_axis)
    y = _counts_axis(words, max([row["count"] for row in [*data, *past]] or [1.0]), log_counts=log_counts, floor=floor)
    tooltip = [
        alt.Tooltip("low:Q", title=words.t("From")),
        alt.Tooltip("high:Q", title=words.t("To")),
        alt.Tooltip("count:Q", title=words.t("Rows"), format=","),
    ]
    bar = alt.Chart(base.rows(data)).mark_rect(opacity=0.8, stroke=None, binSpacing=1)
    layers = [bar.encode(x=x, x2="high:Q", y=y, y2=alt.Y2Datum(floor), color=base.role_colour(), tooltip=tooltip)]
    if past:
        step = alt.Chart(base.rows([*past, {**past[-1], "low": past[-1]["high"]}])).mark_line(interpolate="step-after", strokeWidth=2)
        layers.append(step.encode(x=x, y=y, color=base.role_colour()))
    return base.frame(layers, height=height, right=14)


def _bars(bins: Sequence[Bin], role: Role, floor: float) -> list[dict[str, Any]]:
    return [{"low": b.low, "high": b.high, "count": max(float(b.count), floor), "role": role} for b in bins]


def _counts_axis(words: Words, top: float, *, log_counts: bool, floor: float) -> alt.Y:
    """The axis of counts: powers of ten when they span orders of magnitude."""
    ticks = [10.0**power for power in range(len(str(int(top))) + 1)][:9] if log_counts else nice_ticks(0.0, top, 4)
    scale = alt.Scale(type="log", domain=[floor, ticks[-1]], nice=False) if log_counts else base.scale(ticks)
    return alt.Y("count:Q", scale=scale, axis=base.axis(ticks, lambda v: words.number(v, 0 if v == int(v) else 2), grid=True))
