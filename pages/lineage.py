"""Lineage: first the questions that people ask, then what is around a thing."""

import streamlit as st

from app.ui import session, states
from app.ui.charts import show_chart
from app.ui.lineage_graph import KINDS, kind_name, lineage_chart
from app.ui.lineage_questions import ask
from app.ui.navigation import goto
from app.ui.page import finding, gap, n, open_page, t, w
from app.ui.rows import Column, Main, Row, show_rows
from core.registry import lineage as registry
from core.registry.lineage import Graph, GraphNode
from core.registry.names import name_things
from core.store.lineage import Node


def look_up(kind: Node, key: str) -> Graph:
    """What is around a thing: all of it, or the kinds that were chosen among those there are."""
    ws, me = session.workspace(), session.principal()
    graph = registry.lineage(ws, me, kind, key)
    there = [k for k in KINDS if any(node.kind == k for node in graph.nodes)]
    if len(there) < 3:
        return graph
    shown = st.pills(t("Show only"), there, format_func=lambda k: t(KINDS[k]), selection_mode="multi", key="lineage-kinds")
    return registry.lineage(ws, me, kind, key, kinds=tuple(shown)) if shown else graph


def show_graph(graph: Graph, names: dict[tuple[str, str], str]) -> None:
    """The graph, and the same things as rows that open."""
    words = w()
    gray = t("Data flows from left to right; blue is what you asked about.")
    if graph.truncated:
        gray = t("Only the nearest things are shown; choose fewer kinds to see further.")
    title = t("How the data flowed")
    show_chart(lineage_chart(graph, names), title, gray, None, title, key="lineage")
    columns = [Column(t("Thing"), "main"), Column(t("Place"), "text", phone="second"), Column(t("Made"), "muted", phone="end")]
    rows = [
        Row(f"{n.kind}/{n.id}", (Main(title_of(n, names), n.made_by), place_of(n), words.datetime(n.made_at) if n.made_at else "–"))
        for n in graph.nodes
    ]  # fmt: skip
    if opened := show_rows(columns, rows, key="things", label=t("Things")):
        chosen, _, found = opened.partition("/")
        goto("lineage", kind=chosen, id=found)


def title_of(node: GraphNode, names: dict[tuple[str, str], str]) -> str:
    """A thing's kind and name; runs are called so by name."""
    name = names[node.kind, node.id] or node.label
    if node.kind == Node.RUN:
        return name
    return t("{kind}: {name}", kind=kind_name(node.kind), name=name)


def place_of(node: GraphNode) -> str:
    """Where a thing stands, seen from the one that was asked about."""
    return t("Asked about") if node.level == 0 else t("Led to it") if node.level < 0 else t("Came of it")


def show_thing(kind: Node, key: str) -> None:
    """One thing: what led to it, and what came of it."""
    above = st.container()
    graph = look_up(kind, key)
    names = name_things(session.workspace(), session.principal(), [(n.kind, n.id) for n in graph.nodes], w())
    start = title_of(next(n for n in graph.nodes if n.level == 0), names)
    if len(graph.nodes) == 1:
        with above:
            finding(start, t("Nothing is recorded about where this came from or what came of it."))
        return
    before, after = (sum(part) for part in zip(*((n.level < 0, n.level > 0) for n in graph.nodes), strict=True))
    led = n("{n} thing led to it", "{n} things led to it", before)
    came = n("{n} thing came of it", "{n} things came of it", after)
    with above:
        finding(start, t("{led}, {came}.", led=led, came=came))
    show_graph(graph, names)


def main() -> None:
    kind, key = session.query("kind"), session.query("id")
    if kind and kind not in set(Node):
        states.not_found(t("thing"), t("The page Lineage asks the questions that have an answer."), t("Lineage"), "lineage")
        return
    with open_page(t("Lineage")):
        pass
    if kind and key:
        show_thing(Node(kind), key)
        gap()
    else:
        finding(
            t("Where things came from, and what came of them"),
            t("Every step records what went into it, in the same moment in which it happens."),
        )
        gap()
    ask()


main()
