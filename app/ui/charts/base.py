"""What all charts share: roles of colour, axes with readable ticks, and the frame."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, Literal

import altair as alt

Role = Literal["main", "reference", "alternative", "gain", "loss", "other"]
ROLES: Final[tuple[Role, ...]] = ("main", "reference", "alternative", "gain", "loss", "other")
"""In the order of the theme's ``chartCategoricalColors``; the browser fills the colours in."""

BAND_OPACITY: Final = 0.14
RULE_WIDTH: Final = 2.5
QUIET: Final = 0.68
HEIGHT: Final = 260
BESIDE_TEXT: Final = 330
NO_AXIS: Final[dict[str, Any]] = {"labels": False, "ticks": False, "domain": False, "grid": False, "title": None}
Chart = alt.Chart | alt.LayerChart
Money = Decimal | float


def role_colour(field: str = "role") -> alt.Color:
    """Colour by role; the whole list is the domain, so that each role keeps its place in the theme's palette."""
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=list(ROLES)), legend=None)


def label_expr(ticks: Sequence[float], write: Callable[[float], str]) -> str:
    """A Vega expression that labels each tick with text written here, so that any currency and language fits."""
    labels = json.dumps([write(tick) for tick in ticks], ensure_ascii=False)
    return f"{labels}[indexof({json.dumps([float(tick) for tick in ticks])}, datum.value)]"


def axis(ticks: Sequence[float], write: Callable[[float], str], *, grid: bool, title: str | None = None) -> alt.Axis:
    """An axis with exactly these ticks."""
    return alt.Axis(
        values=[float(tick) for tick in ticks],
        labelExpr=label_expr(ticks, write),
        grid=grid,
        ticks=False,
        domain=False,
        title=title,
        labelColor="currentColor",
        labelOpacity=QUIET,
        titleColor="currentColor",
        titleOpacity=QUIET,
        titleFontWeight="normal",
        labelFontSize=12,
        titleFontSize=12,
        labelPadding=8,
        labelLimit=220,
        labelOverlap="parity",
        labelSeparation=8,
        labelFlush=False,
    )


def above(axis_: alt.Axis) -> alt.Axis:
    """The same axis of y with its title level above it: Japanese must not be turned."""
    return alt.Axis(
        **{
            **axis_._kwds,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleBaseline": "bottom",
            "titleX": -36,
            "titleY": -10,
        }
    )


def names_axis(**options: Any) -> alt.Axis:
    """The axis of names, at the left of dots and bars unless told otherwise."""
    return alt.Axis(
        grid=False,
        ticks=False,
        domain=False,
        title=None,
        labelColor="currentColor",
        labelOpacity=QUIET + 0.12,
        labelFontSize=12,
        labelPadding=10,
        labelLimit=220,
        labelOverlap=False,
        **options,
    )


def scale(ticks: Sequence[float], *, reverse: bool = False) -> alt.Scale:
    """A scale from the first to the last tick."""
    return alt.Scale(domain=[ticks[0], ticks[-1]], nice=False, zero=False, reverse=reverse)


def span(low: float, high: float) -> alt.Scale:
    """A scale from one value to another, exactly."""
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def frame(
    layers: Sequence[alt.Chart], *, height: int = HEIGHT, right: int = 8, top: int = 8, left: int = 4, bottom: int = 10
) -> alt.LayerChart:
    """Lay marks over each other, full width, with room for labels at the line's end."""
    return (
        alt.layer(*layers)
        .properties(height=height, width="container", padding={"left": left, "top": top, "right": right, "bottom": bottom})
        .configure_view(stroke=None)
        .configure_axisY(labelFlush=False)
        .configure_axis(gridOpacity=0.8)
    )


def text_mark(base: alt.Chart, **options: Any) -> alt.Chart:
    """A bold label in the text's own colour."""
    return base.mark_text(**{"color": "currentColor", "fontSize": 12, "fontWeight": 600, **options})


def rows(values: Sequence[dict[str, Any]]) -> alt.Data:
    """Values as inline data: no frame is built for a few dozen marks."""
    return alt.Data(values=list(values))


def whole(value: float) -> str:
    """A tick without decimals that it doesn't need."""
    return f"{value:,.10g}".replace("-", "−")


def share(value: float) -> str:
    """A tick for a share of one: 20%."""
    return f"{value * 100:.6g}%".replace("-", "−")
