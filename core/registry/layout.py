"""Where the things of a lineage graph stand: a column for each step, ordered so that few edges cross."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from core.registry.lineage import Graph, GraphNode

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """A thing and its place: column from the left, row from the top (0 to 1)."""

    node: GraphNode
    column: int
    row: float


@dataclass(frozen=True, slots=True)
class Line:
    """An edge between two places."""

    from_column: int
    from_row: float
    to_column: int
    to_row: float


def place(graph: Graph, passes: int = 4) -> tuple[tuple[Placed, ...], tuple[Line, ...]]:
    """Place a graph.

    Columns are longest paths, so every edge goes to the right; rows are ordered by the mean row of the neighbours
    (barycentre method: Sugiyama, Tagawa, Toda 1981, section 5).
    """
    keys = [(n.kind, n.id) for n in graph.nodes]
    edges = [((e.source_kind, e.source_id), (e.target_kind, e.target_id)) for e in graph.edges]
    columns = _columns(keys, edges)
    layers: dict[int, list[Key]] = defaultdict(list)
    for key in keys:
        layers[columns[key]].append(key)
    near: dict[Key, list[Key]] = defaultdict(list)
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    rows = _rows(layers)
    for _ in range(passes):
        for layer in layers.values():
            layer.sort(key=lambda key: (sum(rows[k] for k in near[key]) / len(near[key]) if near[key] else rows[key], key))
            rows |= _spread(layer)
    by_key = {(n.kind, n.id): n for n in graph.nodes}
    places = tuple(Placed(by_key[key], columns[key], rows[key]) for key in keys)
    lines = tuple(Line(columns[a], rows[a], columns[b], rows[b]) for a, b in dict.fromkeys(edges))
    return places, lines


def _columns(keys: list[Key], edges: list[tuple[Key, Key]]) -> dict[Key, int]:
    """Longest path to each thing; where data goes round in a circle, the edge that closes it is not counted."""
    after: dict[Key, list[Key]] = defaultdict(list)
    for source, target in edges:
        after[source].append(target)
    order: list[Key] = []
    open_, done = set[Key](), set[Key]()
    closing = set[tuple[Key, Key]]()
    for start in keys:
        stack = [] if start in done else [(start, iter(after[start]))]
        open_ |= {start} if stack else set()
        while stack:
            key, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                open_.discard(key)
                done.add(key)
                order.append(key)
            elif following in open_:
                closing.add((key, following))
            elif following not in done:
                open_.add(following)
                stack.append((following, iter(after[following])))
    columns = dict.fromkeys(keys, 0)
    for key in reversed(order):
        for target in after[key]:
            if (key, target) not in closing:
                columns[target] = max(columns[target], columns[key] + 1)
    return columns


def _rows(layers: dict[int, list[Key]]) -> dict[Key, float]:
    return {key: row for layer in layers.values() for key, row in _spread(layer).items()}


def _spread(layer: list[Key]) -> dict[Key, float]:
    return {key: (i + 0.5) / len(layer) for i, key in enumerate(layer)}
