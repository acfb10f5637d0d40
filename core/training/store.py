"""Rows of runs, their models, parameters and metrics; all SQL of this step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from core.project.model import Task
from core.store import Store, Transaction
from core.training.figures import Metric
from core.training.model import Artifacts, Family, LeaderboardEntry, Origin, Run, RunConfig, RunState, RunSummary

COLUMNS = (
    "id, number, project_id, dataset_version_id, name, config, task, origin, state, job_id, value_model_id, created_by, created_by_name,"
    " created_at, started_at, ended_at, error, package_sha256, scores_sha256, evaluation_sha256, best_model, score, value, currency,"
    " train_rows, validation_rows, test_rows, models, stopped_early"
)
SORTS = {"created": "id DESC", "score": "score DESC NULLS LAST, id DESC", "value": "value DESC NULLS LAST, id DESC"}
_CONFIG = TypeAdapter(RunConfig)


def _row_to_run(row: tuple[Any, ...]) -> Run:
    artifacts = Artifacts(row[17], row[18], row[19]) if row[17] else None
    summary = None
    if row[20] is not None:
        summary = RunSummary(row[20], row[21], row[22], row[23], row[10], row[24], row[25], row[26], row[27], row[28])
    return Run(
        row[0], row[1], row[2], row[3], row[4], _CONFIG.validate_json(row[5]), Task(row[6]), Origin(row[7]), RunState(row[8]), row[9], row[10],
        row[11], row[12], row[13], row[14], row[15], row[16], artifacts, summary,
    )  # fmt: skip


def next_number(tx: Transaction, project_id: str) -> int:
    """Number of a project's next run."""
    row = tx.one("SELECT coalesce(max(number), 0) + 1 FROM runs WHERE project_id = ?", [project_id])
    return int(row[0]) if row else 1


def insert_run(tx: Transaction, run: Run) -> None:
    """Store a new run."""
    config = _CONFIG.dump_json(run.config).decode()
    tx.execute(
        "INSERT INTO runs (id, number, project_id, dataset_version_id, name, config, task, origin, state, job_id, value_model_id, created_by,"
        " created_by_name, created_at, started_at, ended_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            run.id, run.number, run.project_id, run.dataset_version_id, run.name, config, run.task, run.origin, run.state, run.job_id,
            run.value_model_id, run.created_by, run.created_by_name, run.created_at, run.started_at, run.ended_at, run.error,
        ],
    )  # fmt: skip


def get_run(db: Store | Transaction, run_id: str) -> Run | None:
    """One run."""
    row = db.one(f"SELECT {COLUMNS} FROM runs WHERE id = ?", [run_id])
    return _row_to_run(row) if row else None


def list_runs(
    store: Store, *, project_id: str | None, state: RunState | None, sort: str, before_id: str | None, offset: int, limit: int
) -> list[Run]:
    """Runs of a project in an order of `SORTS`; `before_id` pages the newest first, `offset` any other order."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM runs WHERE (? IS NULL OR project_id = ?) AND (? IS NULL OR state = ?) AND (? IS NULL OR id < ?)"
        f" ORDER BY {SORTS[sort]} LIMIT ? OFFSET ?",
        [project_id, project_id, state, state, before_id, before_id, limit, offset],
    )
    return [_row_to_run(row) for row in rows]


def count_runs(store: Store, project_id: str | None) -> int:
    """How many runs there are."""
    row = store.one("SELECT count(*) FROM runs WHERE (? IS NULL OR project_id = ?)", [project_id, project_id])
    return int(row[0]) if row else 0


def count_unfinished(tx: Transaction, project_id: str) -> int:
    """How many of a project's runs wait or train."""
    row = tx.one("SELECT count(*) FROM runs WHERE project_id = ? AND state IN ('queued', 'running')", [project_id])
    return int(row[0]) if row else 0


def mark_running(tx: Transaction, run_id: str, at: datetime) -> None:
    """Queued to running."""
    tx.execute("UPDATE runs SET state = 'running', started_at = ? WHERE id = ?", [at, run_id])


def mark_ended(tx: Transaction, run_id: str, state: RunState, at: datetime, error: str) -> None:
    """Record how a run ended without a model."""
    tx.execute("UPDATE runs SET state = ?, ended_at = ?, error = ? WHERE id = ?", [state, at, error, run_id])


def mark_succeeded(tx: Transaction, run_id: str, at: datetime, artifacts: Artifacts, summary: RunSummary) -> None:
    """Record what a run left."""
    tx.execute(
        "UPDATE runs SET state = 'succeeded', ended_at = ?, package_sha256 = ?, scores_sha256 = ?, evaluation_sha256 = ?, best_model = ?,"
        " score = ?, value = ?, currency = ?, train_rows = ?, validation_rows = ?, test_rows = ?, models = ?, stopped_early = ? WHERE id = ?",
        [
            at, artifacts.package_sha256, artifacts.scores_sha256, artifacts.evaluation_sha256, summary.best_model, summary.score,
            summary.value, summary.currency, summary.train_rows, summary.validation_rows, summary.test_rows, summary.models,
            summary.stopped_early, run_id,
        ],
    )  # fmt: skip


def add_model(tx: Transaction, run_id: str, entry: LeaderboardEntry) -> None:
    """Store a finished model; told twice, it stands once."""
    tx.execute(
        "INSERT INTO run_models (run_id, model, family, score, fit_s, predict_ms, value, threshold, finished_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, model) DO NOTHING",
        [
            run_id, entry.model, entry.family, entry.score, entry.fit_s, entry.predict_ms, entry.value, entry.threshold, entry.finished_at,
        ],
    )  # fmt: skip


def list_models(store: Store, run_id: str) -> list[LeaderboardEntry]:
    """A run's models, the best first."""
    rows = store.rows(
        "SELECT model, family, score, fit_s, predict_ms, value, threshold, finished_at FROM run_models WHERE run_id = ?"
        " ORDER BY score DESC, model",
        [run_id],
    )
    return [LeaderboardEntry(r[0], Family(r[1]), r[2], r[3], r[4], r[5], r[6], r[7]) for r in rows]


def add_metrics(tx: Transaction, run: Run, metrics: Sequence[Metric]) -> None:
    """Store a run's metrics, in one statement over lists: far faster than a row or a placeholder each."""
    if metrics:
        tx.execute(
            "INSERT INTO run_metrics (run_id, project_id, name, value, low, high, slice, row_count) SELECT ?, ?, unnest(?::VARCHAR[]),"
            " unnest(?::DOUBLE[]), unnest(?::DOUBLE[]), unnest(?::DOUBLE[]), unnest(?::VARCHAR[]), unnest(?::BIGINT[])",
            [
                run.id, run.project_id, [m.name for m in metrics], [m.value for m in metrics], [m.low for m in metrics],
                [m.high for m in metrics], [m.slice for m in metrics], [m.n for m in metrics],
            ],
        )  # fmt: skip


def add_params(tx: Transaction, run_id: str, params: Mapping[str, str]) -> None:
    """Store a run's parameters."""
    if params:
        tx.execute(
            "INSERT INTO run_params (run_id, name, value) SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [run_id, list(params), list(params.values())],
        )


def list_metrics(store: Store, run_id: str) -> list[Metric]:
    """A run's metrics, as stored."""
    rows = store.rows("SELECT name, value, low, high, slice, row_count FROM run_metrics WHERE run_id = ? ORDER BY rowid", [run_id])
    return [Metric(r[0], r[1], r[2] if r[2] is not None else r[1], r[3] if r[3] is not None else r[1], r[4], r[5] or 0) for r in rows]


def list_params(store: Store, run_id: str) -> dict[str, str]:
    """A run's parameters."""
    return {r[0]: r[1] for r in store.rows("SELECT name, value FROM run_params WHERE run_id = ? ORDER BY name", [run_id])}


def best_by_metric(store: Store, project_id: str, metric: str, *, lowest: bool, limit: int) -> list[tuple[str, float]]:
    """Ids and values of the runs that lead in a metric."""
    order = "ASC" if lowest else "DESC"
    rows = store.rows(
        f"SELECT run_id, value FROM run_metrics WHERE project_id = ? AND name = ? ORDER BY value {order}, run_id DESC LIMIT ?",
        [project_id, metric, limit],
    )
    return [(r[0], r[1]) for r in rows]


def runs_by_ids(store: Store, ids: Sequence[str]) -> list[Run]:
    """Runs in the order of the ids; unknown ones are left out."""
    found = {run.id: run for run in map(_row_to_run, store.rows(f"SELECT {COLUMNS} FROM runs WHERE id IN (SELECT unnest(?))", [list(ids)]))}
    return [found[run_id] for run_id in ids if run_id in found]


def error_to_text(error: Mapping[str, Any]) -> str:
    """An error's template and fields as one JSON text, so that pages can say it in the reader's language."""
    return json.dumps({"template": error.get("template", ""), "fields": error.get("fields", {})}, default=str, ensure_ascii=False)


def config_to_json(config: RunConfig) -> dict[str, Any]:
    """A configuration as plain JSON."""
    return asdict(config)
