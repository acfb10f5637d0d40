"""A lineage graph as a chart: things in columns, data flowing to the right."""

from collections.abc import Mapping

import altair as alt

from app.ui.charts import base
from app.ui.charts.base import Chart
from app.ui.page import t
from core.registry.layout import place
from core.registry.lineage import Graph
from core.store.lineage import Node
from core.words import mark

KINDS = {
    Node.PROJECT: mark("Project"),
    Node.VALUE_MODEL: mark("Value model"),
    Node.VALUE_PROPOSAL: mark("Proposed value model"),
    Node.DATASET: mark("Data set"),
    Node.DATASET_VERSION: mark("Data set version"),
    Node.RUN: mark("Training run"),
    Node.IMPACT_REPORT: mark("Impact report"),
    Node.MODEL: mark("Model"),
    Node.MODEL_VERSION: mark("Model version"),
    Node.APPROVAL: mark("Approval"),
    Node.DEPLOYMENT: mark("Deployment"),
    Node.MONITOR: mark("Check"),
    Node.ALERT: mark("Alert"),
    Node.POLICY: mark("Retraining policy"),
    Node.RETRAINING: mark("Retraining"),
}
ROW_HEIGHT = 78


def kind_name(kind: str) -> str:
    """A kind of thing in the reader's language."""
    return t(KINDS.get(Node(kind), kind)) if kind in set(Node) else kind


def lineage_chart(graph: Graph, names: Mapping[tuple[str, str], str], width_of_label: int = 150) -> Chart:
    """Draw a graph of at most some dozens of things by their names; the start is blue, everything else gray."""
    places, lines = place(graph)
    deepest = max((p.column for p in places), default=0)
    crowd = max((sum(q.column == p.column for q in places) for p in places), default=1)
    points = [
        {
            "x": p.column,
            "y": p.row,
            "label": names.get((p.node.kind, p.node.id)) or p.node.label,
            "kind": kind_name(p.node.kind),
            "role": "main" if p.node.level == 0 else "reference",
        }
        for p in places
    ]
    strokes = [{"x": a.from_column, "y": a.from_row, "x2": a.to_column, "y2": a.to_row, "role": "reference"} for a in lines]
    x = alt.X("x:Q", scale=alt.Scale(domain=[-0.35, deepest + 0.35]), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 1], reverse=True), axis=None)
    dots = alt.Chart(base.rows(points))
    even, odd = (dots.transform_filter(f"datum.x % 2 == {rest}") for rest in (0, 1))
    layers = [
        alt.Chart(base.rows(strokes)).mark_rule(strokeWidth=1.2, opacity=0.55).encode(x=x, x2="x2:Q", y=y, y2="y2:Q", color=base.role_colour()),
        dots.mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=base.role_colour()),
        # Neighbouring columns write above and below in turn, so that long names don't meet.
        base.text_mark(even, dy=-26, limit=width_of_label).encode(x=x, y=y, text="label:N"),
        base.text_mark(even, dy=-12, limit=width_of_label, fontWeight=400, opacity=0.7, fontSize=11).encode(x=x, y=y, text="kind:N"),
        base.text_mark(odd, dy=17, limit=width_of_label).encode(x=x, y=y, text="label:N"),
        base.text_mark(odd, dy=31, limit=width_of_label, fontWeight=400, opacity=0.7, fontSize=11).encode(x=x, y=y, text="kind:N"),
    ]  # fmt: skip
    return base.frame(layers, height=max(220, ROW_HEIGHT * crowd + 40))
