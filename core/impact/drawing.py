"""Where the printed report's lines and dots stand: plain geometry for its SVG, in user units, y downwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.impact.amounts import Amount
from core.impact.phrases import alternative_name, assumption_name, capital, spoken
from core.impact.report import ImpactReport
from core.impact.sentences import share_text
from core.words import Words

WIDTH = 680.0
CURVE_HEIGHT = 250.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 16.0, 22.0, 28.0
ROW = 40.0
NAMES = 190.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis and its label."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class CurveDrawing:
    """The profit curve: paths of band and line, ticks, and the chosen threshold with its label."""

    band: str
    line: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    zero: float | None
    chosen_x: float
    chosen_y: float
    label: str
    label_left: bool


@dataclass(frozen=True, slots=True)
class DotRow:
    """An estimate with its interval, or a bar of the tornado, on one line."""

    y: float
    name: str
    low: float
    value: float
    high: float
    text: str
    is_model: bool


@dataclass(frozen=True, slots=True)
class BarRow:
    """What one assumption does either way, as seen from the middle line."""

    y: float
    name: str
    worse: float
    better: float
    worse_text: str
    better_text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A chart of rows with its axis."""

    height: float
    ticks: tuple[Tick, ...]
    middle: float
    dots: tuple[DotRow, ...] = ()
    bars: tuple[BarRow, ...] = ()


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round ticks that hold a range: steps of 1, 2 or 5 times a power of ten.

    >>> nice_ticks(0, 38)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    span = (high - low) or abs(high) or 1.0
    step = 10 ** math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10, 20, 50):
        first, last = math.floor(low / (step * factor)), math.ceil(high / (step * factor))
        if last - first <= most:
            return [float(i * step * factor) for i in range(first, last + 1)]
    return [low, high]


def draw_curve(words: Words, report: ImpactReport) -> CurveDrawing:
    """The profit curve of a report."""
    points = report.curve
    lows, highs = [float(p.low) for p in points], [float(p.high) for p in points]
    ticks = nice_ticks(min(0.0, *lows), max(0.0, *highs))
    top_x = points[-1].threshold or 1.0

    def x(threshold: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(threshold / top_x, 1.0)

    def y(amount: float) -> float:
        return TOP + (CURVE_HEIGHT - TOP - BOTTOM) * (1 - (amount - ticks[0]) / ((ticks[-1] - ticks[0]) or 1.0))

    upper = [(x(p.threshold), y(high)) for p, high in zip(points, highs, strict=True)]
    lower = [(x(p.threshold), y(low)) for p, low in zip(points, lows, strict=True)]
    shares = [t for t in nice_ticks(0.0, top_x) if t <= top_x * 1.0001]
    chosen_x = x(report.threshold)
    return CurveDrawing(
        _path([*upper, *reversed(lower)]) + "Z",
        _path([(x(p.threshold), y(float(p.value))) for p in points]),
        tuple(Tick(x(t), share_text(words, report, t)) for t in shares),
        tuple(Tick(y(t), words.money_tick(t, report.currency)) for t in ticks),
        y(0.0) if ticks[0] < 0 else None,
        chosen_x,
        y(float(report.value.value)),
        f"{share_text(words, report, report.threshold)} · {words.money(report.value.value, report.currency)}",
        chosen_x > (LEFT + WIDTH) / 2,
    )


def draw_alternatives(words: Words, report: ImpactReport) -> Rows:
    """The model and its alternatives, most valuable first."""
    nouns = spoken(words, report.nouns)
    ordered = sorted(report.alternatives, key=lambda a: -a.value.value)
    named: list[tuple[str, Amount, bool]] = [(words.t("This model"), report.value, True)]
    named += [(alternative_name(words, nouns, a), a.value, False) for a in ordered]
    ends = [float(end) for _, amount, _ in named for end in (amount.low, amount.high)]
    ticks, x = _scale([*ends, 0.0], NAMES)
    dots = tuple(
        DotRow(
            ROW * (index + 0.6), name, x(float(amount.low)), x(float(amount.value)), x(float(amount.high)),
            words.money(amount.value, report.currency), is_model,
        )
        for index, (name, amount, is_model) in enumerate(named)
    )  # fmt: skip
    marks = tuple(Tick(x(t), words.money_tick(t, report.currency)) for t in ticks)
    return Rows(ROW * len(named) + 34, marks, x(0.0), dots=dots)


def draw_tornado(words: Words, report: ImpactReport) -> Rows:
    """What one wrong assumption does to the result, the widest first."""
    nouns = spoken(words, report.nouns)
    center = float(report.tornado_center)
    ends = [float(end) for bar in report.tornado for end in (bar.at_low, bar.at_high)]
    ticks, x = _scale([*ends, center], LEFT)
    bars = []
    for index, bar in enumerate(report.tornado):
        worse, better = sorted((float(bar.at_low), float(bar.at_high)))
        name = f"{capital(assumption_name(words, nouns, bar.assumption, bar.base))} ±{words.percent(bar.share)}"
        told = [words.money(end - center, report.currency, signed=True) for end in (worse, better)]
        bars.append(BarRow(ROW * index + 24, name, x(min(worse, center)), x(max(better, center)), *told))
    marks = tuple(Tick(x(t), words.money_tick(t, report.currency)) for t in ticks)
    return Rows(ROW * len(bars) + 34, marks, x(center), bars=tuple(bars))


class _Scale:
    """Amounts to positions between a left edge and the right margin."""

    def __init__(self, low: float, high: float, left: float) -> None:
        self._low, self._span, self._left = low, (high - low) or 1.0, left

    def __call__(self, amount: float) -> float:
        return self._left + (WIDTH - self._left - 60) * (amount - self._low) / self._span


def _scale(values: Sequence[float], left: float) -> tuple[list[float], _Scale]:
    ticks = nice_ticks(min(values), max(values), 5)
    return ticks, _Scale(ticks[0], ticks[-1], left)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
