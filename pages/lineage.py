"""Lineage: first the questions that people ask, then what is around a thing."""

from datetime import UTC, datetime, time

import streamlit as st

from app.ui import session, states
from app.ui.charts import show_chart
from app.ui.lineage_graph import KINDS, kind_name, lineage_chart
from app.ui.navigation import goto
from app.ui.page import finding, gap, given, open_page, section, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.data.service import list_versions as list_data
from core.errors import NotFound
from core.registry import lineage as registry
from core.registry.lineage import Graph, Reign
from core.registry.service import list_models
from core.store.lineage import Node


def show_reigns(reigns: list[Reign], nothing: str, *, key: str) -> None:
    words = w()
    if not reigns:
        st.markdown(nothing)
        return
    columns = [Column(t("Deployment"), "main"), Column(t("Version"), "text", phone="second"), Column(t("Since"), "muted")]
    rows = [
        Row(r.version.id, (Main(r.deployment_name, r.version.model_name), f"v{r.version.number}", words.datetime(r.since))) for r in reigns
    ]
    if opened := show_rows(columns, rows, key=key, label=t("Answer")):
        goto("lineage", kind=Node.MODEL_VERSION.value, id=opened)


def ask_live() -> None:
    ws, me = session.workspace(), session.principal()
    versions = list_data(ws, me, limit=200)
    if not versions:
        st.markdown(t("There is no data set yet."))
        return
    chosen = st.selectbox(t("Data set"), versions, format_func=lambda v: given(f"{v.name} v{v.number}"), key="lineage-data")
    if chosen:
        show_reigns(
            registry.what_is_live_because_of(ws, me, chosen.id), t("Nothing that is live today learned from this data set."), key="live"
        )
        if st.button(t("Show what came of it"), key="lineage-show-data"):
            goto("lineage", kind=Node.DATASET_VERSION.value, id=chosen.id)


def ask_champion() -> None:
    ws, me = session.workspace(), session.principal()
    models = list_models(ws, me, limit=200)
    if not models:
        st.markdown(t("There is no model yet."))
        return
    left, right = st.columns(2)
    model = left.selectbox(t("Model"), models, format_func=lambda m: given(m.name), key="lineage-model")
    day = right.date_input(t("Day"), value="today", max_value="today", key="lineage-day")
    if model and day:
        moment = min(datetime.combine(day, time.max, w().timezone).astimezone(UTC), ws.clock())
        show_reigns(
            registry.champion_on(ws, me, model.id, moment), t("No version of this model was in use at the end of that day."), key="reigns"
        )


def show_graph(kind: str, key: str) -> None:
    words = w()
    shown = st.pills(t("Show only"), list(KINDS), format_func=lambda k: t(KINDS[k]), selection_mode="multi", key="lineage-kinds")
    try:
        graph: Graph = registry.lineage(session.workspace(), session.principal(), Node(kind), key, kinds=tuple(shown))
    except ValueError:
        raise NotFound("kind", kind) from None
    start = next(n for n in graph.nodes if n.level == 0)
    if len(graph.nodes) == 1:
        section(start.label, kind_name(kind))
        st.markdown(t("Nothing is recorded about where this came from or what came of it."))
        return
    gray = t("Data flows from left to right; blue is what you asked about.")
    if graph.truncated:
        gray = t("Only the nearest things are shown; choose fewer kinds to see further.")
    title = t("{name} stands among {count} things", name=start.label, count=len(graph.nodes) - 1)
    st.html("<style>@media (max-width: 640px) { .st-key-k-vega-lineage { display: none; } }</style>")  # the list below says the same
    show_chart(lineage_chart(graph), title, gray, None, title, key="lineage")
    columns = [Column(t("Thing"), "main"), Column(t("Kind"), "text", phone="second"), Column(t("Made"), "muted")]
    rows = [
        Row(f"{n.kind}/{n.id}", (Main(n.label, n.made_by), kind_name(n.kind), words.datetime(n.made_at) if n.made_at else "–"))
        for n in graph.nodes
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="things", label=t("Things")):
        chosen, _, found = opened.partition("/")
        goto("lineage", kind=chosen, id=found)


def main() -> None:
    kind, key = session.query("kind"), session.query("id")
    with open_page(t("Lineage")):
        pass
    finding(
        t("Where things came from, and what came of them"),
        t("Every step records what went into it, in the same moment in which it happens."),
    )
    gap()
    left, right = st.columns(2, gap="medium")
    with left:
        section(t("What is live because of this data set?"))
        ask_live()
    with right:
        section(t("Which version was in use on a day?"))
        ask_champion()
    gap()
    if kind and key:
        if kind not in set(Node):
            states.not_found(t("thing"), t("Ask one of the questions above."))
            return
        show_graph(kind, key)


main()
