"""Two assumptions together: money as a table of colours, gains and losses told apart by sign as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt

from app.ui.charts import base
from core.words import Words

CELL = 40


def money_heat(
    words: Words, currency: str, amounts: Sequence[Sequence[float]], rows: Sequence[str], columns: Sequence[str], *, row_title: str, column_title: str
) -> alt.LayerChart:  # fmt: skip
    """A cell for each pair: the amount in words, gains and losses in their colours, the stronger the larger.

    Args:
        words: the reader's words. currency: ISO code.
        amounts: money, a row for each of `rows`, a column for each of `columns`; at most 10 each way.
        rows, columns: the assumptions' values, as people write them, the smallest first.
        row_title, column_title: names of the assumptions.
    """
    most = max((abs(v) for row in amounts for v in row), default=1.0) or 1.0
    write: Callable[[float], str] = lambda v: words.money(v, currency, signed=True)  # noqa: E731
    data = [
        {
            "r": f"{i:02d}", "c": f"{j:02d}", "text": write(value), "strength": 0.10 + 0.62 * abs(value) / most,
            "role": "gain" if value >= 0 else "loss", "row": rows[i], "column": columns[j],
        }
        for i, row in enumerate(amounts)
        for j, value in enumerate(row)
    ]  # fmt: skip
    tooltip = [
        alt.Tooltip("row:N", title=row_title),
        alt.Tooltip("column:N", title=column_title),
        alt.Tooltip("text:N", title=words.t("Money")),
    ]
    x = alt.X("c:N", axis=_axis(columns, column_title, orient="bottom"))
    y = alt.Y("r:N", sort="descending", axis=base.above(_axis(rows, row_title)))
    source = alt.Chart(base.rows(data))
    cells = source.mark_rect(stroke="transparent", strokeWidth=2).encode(
        x=x, y=y, color=base.role_colour(), opacity=alt.Opacity("strength:Q", scale=None), tooltip=tooltip
    )
    told = base.text_mark(source, fontSize=11).encode(x=x, y=y, text="text:N")
    return base.frame([cells, told], height=CELL * len(rows), right=8, top=26)


def _axis(names: Sequence[str], title: str, **options: Any) -> alt.Axis:
    plain = base.names_axis(labelExpr=_names(names), labelAngle=0, **options)
    return alt.Axis(**{**plain._kwds, "title": title, "titleColor": "currentColor", "titleFontSize": 12, "titleFontWeight": "normal"})


def _names(names: Sequence[str]) -> str:
    """A Vega expression from a cell's number to its name."""
    quoted = ", ".join("'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'" for name in names)
    return f"[{quoted}][toNumber(datum.value)]"
