"""Lineage edges: written in the transaction of the thing that they tell of; asked about in ``core/registry/lineage``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import duckdb

from core.store.ids import new_id


class Node(StrEnum):
    """Kinds of things that lineage and the audit trail speak of."""

    PROJECT = "project"
    VALUE_MODEL = "value_model"
    VALUE_PROPOSAL = "value_proposal"
    SCENARIO = "scenario"
    DATASET = "dataset"
    DATASET_VERSION = "dataset_version"
    RUN = "run"
    IMPACT_REPORT = "impact_report"
    MODEL = "model"
    MODEL_VERSION = "model_version"
    APPROVAL = "approval"
    CONTRACT = "contract"
    DEPLOYMENT = "deployment"
    MONITOR = "monitor"
    ALERT = "alert"
    POLICY = "policy"
    RETRAINING = "retraining"
    SCHEDULE = "schedule"
    JOB = "job"
    USER = "user"
    TOKEN = "token"
    BACKUP = "backup"
    SPOOL_SEGMENT = "spool_segment"


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` went into `target` (data flows from source to target)."""

    source_kind: Node
    source_id: str
    target_kind: Node
    target_id: str
    relation: str
    details: Mapping[str, Any] = field(default_factory=dict)


def add_edge(cursor: duckdb.DuckDBPyConnection, edge: Edge, at: datetime) -> None:
    """Insert an edge; the caller's transaction commits it."""
    cursor.execute(
        "INSERT INTO lineage_edges (id, occurred_at, source_kind, source_id, target_kind, target_id, relation, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            new_id(), at, edge.source_kind, edge.source_id, edge.target_kind, edge.target_id, edge.relation,
            json.dumps(dict(edge.details), default=str, ensure_ascii=False),
        ],
    )  # fmt: skip
