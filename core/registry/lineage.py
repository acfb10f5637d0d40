"""Where things came from and what came of them: a bounded graph, and the two questions that people ask of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact.decision import DecisionPolicy
from core.registry import lineage_store as edges
from core.registry import store as rows
from core.registry.lineage_store import MOST_NODES, Key
from core.registry.model import ModelVersion
from core.registry.names import Label, label_things
from core.registry.store import VersionFilter
from core.store.lineage import Node
from core.workspace import Workspace

DEEPEST = 12
# What serving writes on an edge from a version to a deployment: the version leads there from now on, or nothing does.
CHAMPION, STOPPED = "champion", "stopped"
# Belonging isn't flow: a project has everything, so following it would make every graph the whole store.
OWNERS = frozenset({Node.PROJECT, Node.USER})


class Direction(StrEnum):
    """Which way to follow the flow of data."""

    ANCESTORS = "ancestors"
    DESCENDANTS = "descendants"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A thing in the graph.

    Args:
        level: steps from the start; negative for what it came from.
    """

    kind: str
    id: str
    label: str
    detail: str
    made_at: datetime | None
    made_by: str
    level: int


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """One flow of data."""

    source_kind: str
    source_id: str
    target_kind: str
    target_id: str
    relation: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Graph:
    """What is around a thing; `truncated` where there was more than can be read."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Reign:
    """A version's time as the champion of a deployment; ``until`` is None while it lasts."""

    version: ModelVersion
    deployment_id: str
    deployment_name: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Leader:
    """The version that a new one has to beat: the one that serves, else the one approved last."""

    id: str
    number: int
    run_id: str
    policy: DecisionPolicy
    serving: bool


def lineage(
    ws: Workspace,
    actor: Principal,
    kind: Node,
    key: str,
    *,
    direction: Direction = Direction.BOTH,
    depth: int = 6,
    kinds: Collection[Node] = (),
) -> Graph:
    """What a thing came from, and what came of it.

    Args:
        depth: most steps from it, 1 to 12.
        kinds: which kinds of things to show beside it; empty shows all. Ways lead through hidden ones all the same.

    Raises:
        InvalidInput: a depth out of range. NotFound: no such thing.
    """
    require(actor, Permission.READ_DETAILS)
    if not 1 <= depth <= DEEPEST:
        raise InvalidInput("The depth {depth} must lie between 1 and {most}.", field="depth", depth=depth, most=DEEPEST)
    start: Key = (kind.value, key)
    levels: dict[Key, int] = {}
    if direction is not Direction.ANCESTORS:
        levels |= edges.reach(ws.store, start, up=False, depth=depth)
    if direction is not Direction.DESCENDANTS:
        levels |= {k: -n for k, n in edges.reach(ws.store, start, up=True, depth=depth).items() if k not in levels or k == start}
    shown = {k: n for k, n in levels.items() if k == start or ((not kinds or k[0] in kinds) and (kind in OWNERS or k[0] not in OWNERS))}
    labels = label_things(ws, shown)
    nodes = tuple(_node(k, n, labels[k]) for k, n in sorted(shown.items(), key=lambda item: (item[1], item[0])))
    found = tuple(GraphEdge(*row) for row in edges.edges_among(ws.store, shown))
    return Graph(nodes, found, len(levels) >= MOST_NODES)


def _node(key: Key, level: int, label: Label) -> GraphNode:
    return GraphNode(key[0], key[1], label.text, label.detail, label.made_at, label.made_by, level)


def list_reigns(ws: Workspace, actor: Principal, model_id: str) -> list[Reign]:
    """Who was champion when, in each deployment of a model, the newest first."""
    require(actor, Permission.READ_DETAILS)
    return _reigns(ws, model_id)


def _reigns(ws: Workspace, model_id: str) -> list[Reign]:
    versions = {v.id: v for v in rows.list_versions(ws.store, VersionFilter(model_id=model_id), before_id=None, limit=5000)}
    now = ws.clock()
    deployments = sorted({row[1] for row in edges.edges_from(ws.store, Node.MODEL_VERSION, list(versions), Node.DEPLOYMENT, now)})
    moves: dict[str, list[tuple[str, str, datetime]]] = {name: [] for name in deployments}
    for version_id, deployment_id, relation, at in edges.edges_into(ws.store, Node.MODEL_VERSION, Node.DEPLOYMENT, deployments, now):
        if relation in {CHAMPION, STOPPED}:
            moves[deployment_id].append((version_id, relation, at))
    labels = label_things(ws, [(Node.DEPLOYMENT.value, name) for name in deployments])
    found: list[Reign] = []
    for deployment_id, steps in moves.items():
        ends = [at for _, _, at in steps[1:]]
        for (version_id, relation, since), until in zip(steps, [*ends, None], strict=True):
            if relation == CHAMPION and version_id in versions:
                name = labels[(Node.DEPLOYMENT.value, deployment_id)].text
                found.append(Reign(versions[version_id], deployment_id, name, since, until))
    return sorted(found, key=lambda r: r.since, reverse=True)


def champion_on(ws: Workspace, actor: Principal, model_id: str, moment: datetime) -> list[Reign]:
    """Which version of a model decided at a moment, in each of its deployments; empty where none did."""
    require(actor, Permission.READ_DETAILS)
    return [r for r in _reigns(ws, model_id) if r.since <= moment and (r.until is None or moment < r.until)]


def what_is_live_because_of(ws: Workspace, actor: Principal, dataset_version_id: str) -> list[Reign]:
    """Champions of today that learned from a dataset version, directly or through data made from it."""
    require(actor, Permission.READ_DETAILS)
    below = edges.reach(ws.store, (Node.DATASET_VERSION.value, dataset_version_id), up=False, depth=DEEPEST)
    versions = [v for v in (rows.get_version(ws.store, k[1]) for k in below if k[0] == Node.MODEL_VERSION) if v is not None]
    wanted = {v.id for v in versions}
    reigns = [r for model_id in sorted({v.model_id for v in versions}) for r in _reigns(ws, model_id)]
    return [r for r in reigns if r.until is None and r.version.id in wanted]


def champion_of(ws: Workspace, model_id: str | None) -> Leader | None:
    """The version of a model that serves now, else the one that was approved last; None for a model's first."""
    if model_id is None:
        return None
    serving = [r for r in _reigns(ws, model_id) if r.until is None]
    if serving:
        version = serving[0].version
        return Leader(version.id, version.number, version.run_id, version.policy, serving=True)
    approved = rows.newest_approved(ws.store, model_id)
    return Leader(approved.id, approved.number, approved.run_id, approved.policy, serving=False) if approved else None
