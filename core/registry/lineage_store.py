"""Questions to the lineage edges and to the audit trail's names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core.store import Store
from core.store.lineage import Node

Key = tuple[str, str]
MOST_NODES = 400

_UP = "SELECT e.source_kind, e.source_id, r.depth + 1 FROM reach r JOIN lineage_edges e ON e.target_kind = r.kind AND e.target_id = r.id"
_DOWN = "SELECT e.target_kind, e.target_id, r.depth + 1 FROM reach r JOIN lineage_edges e ON e.source_kind = r.kind AND e.source_id = r.id"


def reach(store: Store, start: Key, *, up: bool, depth: int) -> dict[Key, int]:
    """What a thing came from (`up`) or what came from it, with the fewest steps to it; the nearest 400.

    The thing itself is in it, at 0.
    """
    rows = store.rows(
        "WITH RECURSIVE reach(kind, id, depth) AS (SELECT ?::VARCHAR, ?::VARCHAR, 0 UNION "
        f"{_UP if up else _DOWN} WHERE r.depth < ?)"
        " SELECT kind, id, min(depth) AS steps FROM reach GROUP BY kind, id ORDER BY steps, kind, id LIMIT ?",
        [start[0], start[1], depth, MOST_NODES],
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def edges_among(store: Store, keys: Iterable[Key]) -> list[tuple[Any, ...]]:
    """Edges between the given things, oldest first: source kind and id, target kind and id, relation, when."""
    wanted = set(keys)
    ids = sorted({key[1] for key in wanted})
    if not ids:
        return []
    rows = store.rows(
        "SELECT source_kind, source_id, target_kind, target_id, relation, max(occurred_at) FROM lineage_edges"
        " WHERE list_contains(?, source_id) AND list_contains(?, target_id) GROUP BY ALL ORDER BY max(occurred_at)",
        [ids, ids],
    )
    return [row for row in rows if (row[0], row[1]) in wanted and (row[2], row[3]) in wanted]


def edges_from(store: Store, source: Node, source_ids: Sequence[str], target: Node, until: datetime) -> list[tuple[Any, ...]]:
    """Edges from some things to all things of a kind, oldest first: source id, target id, relation, when."""
    return store.rows(
        "SELECT source_id, target_id, relation, occurred_at FROM lineage_edges WHERE source_kind = ? AND list_contains(?, source_id)"
        " AND target_kind = ? AND occurred_at <= ? ORDER BY id",
        [source, list(source_ids), target, until],
    )


def edges_into(store: Store, source: Node, target: Node, target_ids: Sequence[str], until: datetime) -> list[tuple[Any, ...]]:
    """Edges into some things from all things of a kind, oldest first: source id, target id, relation, when."""
    return store.rows(
        "SELECT source_id, target_id, relation, occurred_at FROM lineage_edges WHERE source_kind = ? AND target_kind = ?"
        " AND list_contains(?, target_id) AND occurred_at <= ? ORDER BY id",
        [source, target, list(target_ids), until],
    )


def audited(store: Store, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    """What the audit trail said when each thing was made: the details of its first event, with ``at`` and ``by``."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = store.rows(
        "SELECT target_kind, target_id, arg_min(details::VARCHAR, seq), min(occurred_at), arg_min(actor_name, seq)"
        " FROM audit_events WHERE list_contains(?, target_id) GROUP BY target_kind, target_id",
        [sorted({key[1] for key in wanted})],
    )
    return {(row[0], row[1]): {**json.loads(row[2]), "at": row[3], "by": row[4]} for row in rows if (row[0], row[1]) in wanted}
