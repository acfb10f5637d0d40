"""Axes and labels of native charts on slides: small, gray, money in the largest unit that keeps its ticks short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from core.impact.export import palette
from core.impact.export.deck import colour
from core.words import Words

SMALL = 11


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """The unit that a chart counts in, so that its ticks stay short: millions, or 万.

    Args:
        size: in units of the currency.
        format: number format of one such unit.
    """

    size: float
    format: str


def money_unit(words: Words, currency: str, values: Sequence[float]) -> MoneyUnit:
    """The largest unit that the largest value reaches."""
    largest = max([abs(v) for v in values] or [1.0])
    sizes = (1e8, 1e4, 1.0) if words.language == "ja" else (1e9, 1e6, 1e3, 1.0)
    size = next((s for s in sizes if largest >= s), 1.0)
    before, after = words.money_tick(size, currency).split("1", maxsplit=1)
    number = "General"
    positive = f'"{before}"{number}"{after}"' if before else f'{number}"{after}"'
    return MoneyUnit(size, f'{positive};"−"{positive};0')


def titled(axis: Any, title: str) -> None:
    """A plain axis with a title."""
    axis.has_title, axis.axis_title.text_frame.text = True, title
    small(axis.axis_title.text_frame.paragraphs[0].font)
    plain(axis)


def label_point(point: Any, text: str, position: Any, *, bold: bool = False) -> None:
    """Words beside a point."""
    label = point.data_label
    label.has_text_frame = True
    label.text_frame.text = text
    label.position = position
    small(label.text_frame.paragraphs[0].runs[0].font, palette.TEXT)
    label.text_frame.paragraphs[0].runs[0].font.bold = bold


def small(font: Any, code: str = palette.MUTED) -> None:
    """The type of a chart's words."""
    font.size, font.bold, font.color.rgb = Pt(SMALL), False, colour(code)


def plain(axis: Any) -> None:
    """An axis without ticks, its labels below or left of everything."""
    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.color.rgb = colour(palette.LINE)
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    small(axis.tick_labels.font)


def money_axis(axis: Any, unit: MoneyUnit, ticks: Sequence[float]) -> None:
    """An axis of money in its unit, with hairlines at the ticks."""
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = ticks[0], ticks[-1], ticks[1] - ticks[0]
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb, axis.major_gridlines.format.line.width = colour(palette.LINE), Pt(0.75)
    axis.major_gridlines.format.line.dash_style = MSO_LINE.SOLID
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = unit.format, False
    plain(axis)


def names_axis(chart: Any) -> None:
    """The axis of names; amounts stay below the bars."""
    axis = chart.category_axis
    axis.has_major_gridlines = False
    plain(axis)
    small(axis.tick_labels.font, palette.TEXT)
