"""Lineage: bounded graphs, who was champion when, and what is live because of data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput, PermissionDenied
from core.identity import Principal
from core.project.model import Project
from core.registry.approvals import decide, request_approval
from core.registry.layout import place
from core.registry.lineage import (
    CHAMPION,
    STOPPED,
    Direction,
    Graph,
    GraphEdge,
    GraphNode,
    champion_of,
    champion_on,
    lineage,
    list_reigns,
    what_is_live_because_of,
)
from core.registry.model import ModelVersion
from core.registry.service import register_model, retire_version
from core.settings import Settings
from core.store.lineage import Edge, Node
from core.workspace import Workspace, open_workspace
from tests.registry.world import World, make_frame

START = datetime(2026, 3, 1, tzinfo=UTC)


class Ticking:
    """A clock that stands where it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def ws(settings: Settings, clock: Callable[[], datetime]) -> Workspace:
    workspace = open_workspace(settings, clock)
    yield workspace
    workspace.jobs.stop()
    workspace.store.close()


@pytest.fixture
def versions(ws: Workspace, scientist: Principal, approver: Principal, world: World, project: Project) -> list[ModelVersion]:
    frame = make_frame(1_000)
    made = [register_model(ws, scientist, world.add(project.id, frame, noise=noise)) for noise in (0.3, 0.2, 0.1)]
    for version in made:
        decide(ws, approver, request_approval(ws, scientist, version.id).id, approve=True, reason="fine")
        ws.store.write(
            lambda tx, run=version.run_id: tx.edge(Edge(Node.DATASET_VERSION, "dv-1", Node.RUN, run, "trained_on"))  # type: ignore[misc]
        )
    return made


def lead(ws: Workspace, clock: Ticking, version: ModelVersion, day: int, relation: str = CHAMPION, deployment: str = "dep-1") -> None:
    clock.now = START + timedelta(days=day)
    ws.store.write(lambda tx: tx.edge(Edge(Node.MODEL_VERSION, version.id, Node.DEPLOYMENT, deployment, relation)))


def test_who_was_champion_when(ws: Workspace, scientist: Principal, clock: Ticking, versions: list[ModelVersion]) -> None:
    for version, day in zip([versions[0], versions[1], versions[0]], (10, 20, 30), strict=True):
        lead(ws, clock, version, day)
    lead(ws, clock, versions[0], 40, STOPPED)
    model = versions[0].model_id

    def on(day: int) -> list[int]:
        return [r.version.number for r in champion_on(ws, scientist, model, START + timedelta(days=day))]

    assert [on(day) for day in (9, 10, 19, 20, 35, 40, 99)] == [[], [1], [1], [2], [1], [], []]
    reigns = list_reigns(ws, scientist, model)
    assert [(r.version.number, (r.until - r.since).days if r.until else None) for r in reigns] == [(1, 10), (2, 10), (1, 10)]


def test_the_leader_serves_or_else_was_approved_last(
    ws: Workspace, approver: Principal, clock: Ticking, versions: list[ModelVersion]
) -> None:
    leader = champion_of(ws, versions[0].model_id)
    assert leader is not None
    assert (leader.number, leader.serving) == (3, False)
    lead(ws, clock, versions[1], 5)
    leader = champion_of(ws, versions[0].model_id)
    assert leader is not None
    assert (leader.number, leader.serving) == (2, True)
    with pytest.raises(Exception, match="is in use"):
        retire_version(ws, approver, versions[1].id, "x")
    assert champion_of(ws, None) is None


def test_what_is_live_because_of_data(ws: Workspace, scientist: Principal, clock: Ticking, versions: list[ModelVersion]) -> None:
    lead(ws, clock, versions[0], 5)
    lead(ws, clock, versions[2], 6)
    found = what_is_live_because_of(ws, scientist, "dv-1")
    assert [(r.version.number, r.deployment_id) for r in found] == [(3, "dep-1")]
    assert what_is_live_because_of(ws, scientist, "dv-other") == []


def test_data_that_was_derived_counts_too(ws: Workspace, scientist: Principal, clock: Ticking, versions: list[ModelVersion]) -> None:
    ws.store.write(lambda tx: tx.edge(Edge(Node.DATASET_VERSION, "dv-0", Node.DATASET_VERSION, "dv-1", "derived")))
    lead(ws, clock, versions[1], 5)
    assert [r.version.number for r in what_is_live_because_of(ws, scientist, "dv-0")] == [2]


def test_direction_depth_and_kinds_bound_the_graph(ws: Workspace, scientist: Principal, versions: list[ModelVersion]) -> None:
    key = versions[0].id
    up = lineage(ws, scientist, Node.MODEL_VERSION, key, direction=Direction.ANCESTORS)
    down = lineage(ws, scientist, Node.MODEL_VERSION, key, direction=Direction.DESCENDANTS)
    assert {n.kind for n in up.nodes} >= {"dataset_version", "run"}
    assert {n.kind for n in down.nodes} == {"model_version", "approval"}
    near = lineage(ws, scientist, Node.MODEL_VERSION, key, direction=Direction.ANCESTORS, depth=1)
    assert max(abs(n.level) for n in near.nodes) == 1
    only = lineage(ws, scientist, Node.MODEL_VERSION, key, kinds=[Node.DATASET_VERSION])
    assert {n.kind for n in only.nodes} == {"model_version", "dataset_version"}
    for depth in (0, 13):
        with pytest.raises(InvalidInput):
            lineage(ws, scientist, Node.MODEL_VERSION, key, depth=depth)


def test_a_circle_ends(ws: Workspace, scientist: Principal) -> None:
    for a, b in (("1", "2"), ("2", "3"), ("3", "1")):
        ws.store.write(lambda tx, a=a, b=b: tx.edge(Edge(Node.RUN, a, Node.RUN, b, "round")))  # type: ignore[misc]
    graph = lineage(ws, scientist, Node.RUN, "1", depth=12)
    assert len(graph.nodes) == 3
    assert len(place(graph)[0]) == 3


def test_a_thing_without_a_past_stands_alone(ws: Workspace, scientist: Principal, viewer: Principal) -> None:
    graph = lineage(ws, scientist, Node.RUN, "unknown-run")
    assert [(n.level, n.label) for n in graph.nodes] == [(0, "…nown-run")]
    with pytest.raises(PermissionDenied):
        lineage(ws, viewer, Node.RUN, "unknown-run")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_every_edge_goes_right_unless_it_closes_a_circle(pairs: list[tuple[int, int]]) -> None:
    forward = [(min(a, b), max(a, b)) for a, b in pairs if a != b]
    nodes = tuple(GraphNode("run", str(i), str(i), "", None, "", 0) for i in range(10))
    edges = tuple(GraphEdge("run", str(a), "run", str(b), "x", START) for a, b in forward)
    places, lines = place(Graph(nodes, edges, truncated=False))
    assert all(line.to_column > line.from_column for line in lines)
    spots = [(p.column, p.row) for p in places]
    assert len(set(spots)) == len(spots) == 10
    assert all(0 < p.row < 1 for p in places)
