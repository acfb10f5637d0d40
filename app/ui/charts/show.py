"""Drawing a chart: its finding as a heading, the gray line, the chart, and the same figures as a table."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app.ui.charts.base import Chart, Role
from app.ui.page import section, t
from app.ui.text import html

Table = pd.DataFrame | Mapping[str, Sequence[object]]


def show_chart(
    chart: Chart, finding: str, note: str, table: Table | None, alt: str, *, key: str, legend: Sequence[tuple[Role, str]] = ()
) -> None:
    """Draw a chart with all that stands around it.

    Args:
        chart: from one of the functions of `app.ui.charts`.
        finding: the title: what the chart shows, as a statement.
        note: the gray line: unit, period, and how the interval is drawn.
        table: the same figures, formatted, by column; ``None`` only where the page shows them already.
        alt: the chart in a sentence, for those who can't see it.
        key: unique on the page.
        legend: colours and their names, where the marks can't carry their own.
    """
    with st.container(key=f"k-chart-{key}", gap="xsmall"):
        section(finding, note)
        if legend:
            names = "".join(f'<li class="k-key k-key-{role}">{html(name)}</li>' for role, name in legend)
            st.html(f'<ul class="k-keys">{names}</ul>')
        st.altair_chart(chart, width="stretch", theme="streamlit", key=f"k-vega-{key}", alt=alt)
        if table is not None:
            with st.expander(t("Show as table"), type="compact"):
                st.dataframe(pd.DataFrame(table), hide_index=True, key=f"k-table-{key}")
