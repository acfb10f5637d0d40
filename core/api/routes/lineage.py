"""Lineage: where things came from and what came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from core.api.deps import Actor, Ws
from core.api.page import Out
from core.api.routes.models import ReignOut
from core.registry import lineage
from core.registry.lineage import Direction
from core.store.lineage import Node

router = APIRouter(prefix="/lineage", tags=["lineage"])


class NodeOut(Out):
    """A thing; `level` is its distance from the start, negative for what it came from."""

    kind: str
    id: str
    label: str
    detail: str
    made_at: datetime | None
    made_by: str
    level: int


class EdgeOut(Out):
    """A flow of data from source to target."""

    source_kind: str
    source_id: str
    target_kind: str
    target_id: str
    relation: str
    occurred_at: datetime


class GraphOut(Out):
    """What is around a thing; `truncated` where there was more."""

    nodes: list[NodeOut]
    edges: list[EdgeOut]
    truncated: bool


@router.get("/live-because-of/{dataset_version_id}")
def live_because_of(ws: Ws, actor: Actor, dataset_version_id: str) -> list[ReignOut]:
    """What is live today because of a dataset version."""
    return [ReignOut.model_validate(r) for r in lineage.what_is_live_because_of(ws, actor, dataset_version_id)]


@router.get("/{kind}/{key}")
def get_lineage(
    ws: Ws,
    actor: Actor,
    kind: Node,
    key: str,
    direction: Direction = Direction.BOTH,
    depth: Annotated[int, Query(ge=1, le=lineage.DEEPEST)] = 6,
    kinds: Annotated[list[Node] | None, Query(description="Only these kinds of things; all if missing.")] = None,
) -> GraphOut:
    """What a thing came from, and what came of it."""
    return GraphOut.model_validate(lineage.lineage(ws, actor, kind, key, direction=direction, depth=depth, kinds=tuple(kinds or ())))
