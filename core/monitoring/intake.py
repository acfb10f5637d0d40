"""Rows that ingestion writes: segments taken in, files that count, sums by hour, truth that waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.monitoring.spool import SegmentCount
from core.store import Store, Transaction

_HOUR_KEY = "deployment_id, model_version_id, arm, hour, replayed"


def _added(column: str) -> str:
    """Two lists of counts added element by element; a longer one keeps its tail."""
    return f"{column} = list_transform(list_zip({column}, excluded.{column}), lambda pair: coalesce(pair[1], 0) + coalesce(pair[2], 0))"


def _plus(*columns: str) -> str:
    return ", ".join(f"{column} = {column} + excluded.{column}" for column in columns)


_PREDICTIONS = "version, n, treated, score_sum, score_counts, latency_counts, latency_ms_sum"
_TRUTH = "version, n, tp, fp, fn, tn, score_sum, positive_counts, negative_counts"
VALUE_SUMS = (
    "n", "gain_sum", "gain_var", "labelled", "positives", "overridden", "value_sum", "value_squares", "decided_sum", "known_gain_sum",
    "known_gain_var", "delay_s_sum",
)  # fmt: skip
_VALUE = "model_version_id, version, contract_id, hour, currency, " + ", ".join(VALUE_SUMS)
ADD = {
    "prediction_hours": (
        f"INSERT INTO prediction_hours ({_HOUR_KEY}, {_PREDICTIONS}) SELECT ?, model_version_id, arm, hour, replayed, {_PREDICTIONS}"
        f" FROM read_parquet(?) ON CONFLICT ({_HOUR_KEY}) DO UPDATE SET"
        f" {_plus('n', 'treated', 'score_sum', 'latency_ms_sum')},"
        f" {_added('score_counts')}, {_added('latency_counts')}"
    ),
    "feature_hours": (
        f"INSERT INTO feature_hours ({_HOUR_KEY}, feature, counts, missing, unseen, n) SELECT ?, model_version_id, arm, hour, replayed,"
        f" feature, counts, missing, unseen, n FROM read_parquet(?) ON CONFLICT ({_HOUR_KEY}, feature) DO UPDATE SET"
        f" {_plus('missing', 'unseen', 'n')}, {_added('counts')}"
    ),
    "truth_hours": (
        f"INSERT INTO truth_hours ({_HOUR_KEY}, {_TRUTH}) SELECT ?, model_version_id, arm, hour, replayed, {_TRUTH}"
        f" FROM read_parquet(?) ON CONFLICT ({_HOUR_KEY}) DO UPDATE SET"
        f" {_plus('n', 'tp', 'fp', 'fn', 'tn', 'score_sum')}, {_added('positive_counts')}, {_added('negative_counts')}"
    ),
    "value_hours": (
        f"INSERT INTO value_hours (deployment_id, {_VALUE}) SELECT ?, {_VALUE} FROM read_parquet(?)"
        f" ON CONFLICT (deployment_id, model_version_id, contract_id, hour) DO UPDATE SET {_plus(*VALUE_SUMS)}"
    ),
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A Parquet file that counts."""

    path: str
    kind: str
    deployment_id: str
    day: date
    rows: int
    min_id: str
    max_id: str


@dataclass(frozen=True, slots=True)
class Delta:
    """Summaries to add: a Parquet file with the columns of one summary table, for one deployment."""

    table: str
    deployment_id: str
    file: Path


@dataclass(frozen=True, slots=True)
class Pending:
    """Truth whose prediction isn't known; `action` is what was done in fact, None where it was what had been decided."""

    prediction_id: str
    deployment: str
    feedback_id: str
    truth: int
    fed_back_at: datetime
    replayed: bool
    action: int | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """Feedback that contradicts the first."""

    feedback_id: str
    prediction_id: str
    deployment: str
    first_truth: int
    later_truth: int
    fed_back_at: datetime
    first_action: int | None = None
    later_action: int | None = None


def known_segments(store: Store, ids: Sequence[str]) -> set[str]:
    """Which of these segments are taken in already."""
    return {row[0] for row in store.rows("SELECT segment FROM ingested_segments WHERE segment IN (SELECT unnest(?))", [list(ids)])}


def add_segments(tx: Transaction, counts: Sequence[SegmentCount]) -> None:
    """Mark segments as taken in; a second time fails on the primary key."""
    tx.execute_many(
        "INSERT INTO ingested_segments (segment, gateway, ingested_at, predictions, feedback, bad_lines) VALUES (?, ?, ?, ?, ?, ?)",
        [(c.segment.id, c.segment.gateway, tx.at, c.predictions, c.feedback, c.bad_lines) for c in counts],
    )


def add_files(tx: Transaction, files: Sequence[StoredFile]) -> None:
    """List Parquet files, so that they count; a file that was written again keeps its place."""
    rows: list[list[Any]] = [[f.path, f.kind, f.deployment_id, f.day, f.rows, f.min_id, f.max_id] for f in files]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        tx.execute(
            "INSERT INTO prediction_files (path, kind, deployment_id, day, row_count, min_id, max_id, created_at)"
            " SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), ?",
            [*columns, tx.at],
        )


def drop_files(tx: Transaction, paths: Sequence[str]) -> None:
    """Take files off the list."""
    tx.execute("DELETE FROM prediction_files WHERE path IN (SELECT unnest(?))", [list(paths)])


def add_deltas(tx: Transaction, deltas: Sequence[Delta]) -> None:
    """Add summaries to those of their hours."""
    for delta in deltas:
        tx.execute(ADD[delta.table], [delta.deployment_id, str(delta.file)])


def list_files(
    store: Store,
    kind: str,
    deployment_id: str,
    *,
    days: Sequence[date] | None = None,
    since: date | None = None,
    newest_first: bool = False,
) -> list[StoredFile]:
    """Files of a deployment, of certain days or from a day on."""
    order = "DESC" if newest_first else "ASC"
    rows = store.rows(
        "SELECT path, kind, deployment_id, day, row_count, min_id, max_id FROM prediction_files WHERE kind = ? AND deployment_id = ?"
        f" AND (? IS NULL OR day IN (SELECT unnest(?::DATE[]))) AND day >= coalesce(?, DATE '0001-01-01') ORDER BY day {order}, max_id {order}",
        [kind, deployment_id, None if days is None else 1, list(days or ()), since],
    )
    return [StoredFile(*row) for row in rows]


def listed_paths(store: Store) -> set[str]:
    """All files that count."""
    return {row[0] for row in store.rows("SELECT path FROM prediction_files")}


def crowded_days(store: Store, before: date, at_least: int) -> list[tuple[str, str, date]]:
    """Kind, deployment and day with so many small files that reading them costs more than joining them."""
    return store.rows(
        "SELECT kind, deployment_id, day FROM prediction_files WHERE day < ? GROUP BY ALL HAVING count(*) >= ? ORDER BY day LIMIT 20",
        [before, at_least],
    )  # type: ignore[return-value]


def find_pending(store: Store, id_files: Sequence[str]) -> list[Pending]:
    """Waiting truth whose prediction id stands in one of these Parquet files (column ``id``)."""
    if not id_files:
        return []
    rows = store.rows(
        "SELECT prediction_id, deployment, feedback_id, truth, fed_back_at, replayed, action FROM pending_truths"
        " WHERE prediction_id IN (SELECT id FROM read_parquet(?))",
        [list(id_files)],
    )
    return [Pending(*row) for row in rows]


def count_pending(store: Store, deployment: str, older_than: datetime) -> int:
    """How many wait for longer than that."""
    row = store.one("SELECT count(*) FROM pending_truths WHERE deployment = ? AND received_at < ?", [deployment, older_than])
    return int(row[0]) if row else 0


def add_pending(tx: Transaction, pending: Sequence[Pending]) -> None:
    """Keep truth that came before its prediction; a second one for the same prediction is ignored."""
    rows = [[p.prediction_id, p.deployment, p.feedback_id, p.truth, p.fed_back_at, p.replayed, p.action] for p in pending]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        tx.execute(
            "INSERT INTO pending_truths (prediction_id, deployment, feedback_id, truth, fed_back_at, replayed, action, received_at)"
            " SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?::INTEGER[]), ?"
            " ON CONFLICT (prediction_id) DO NOTHING",
            [*columns, tx.at],
        )


def drop_pending(tx: Transaction, prediction_ids: Sequence[str]) -> None:
    """Forget waiting truth that has found its prediction."""
    if prediction_ids:
        tx.execute("DELETE FROM pending_truths WHERE prediction_id IN (SELECT unnest(?))", [list(prediction_ids)])


def add_corrections(tx: Transaction, corrections: Sequence[Correction]) -> None:
    """Keep what contradicts the first truth."""
    tx.execute_many(
        "INSERT INTO truth_corrections (feedback_id, prediction_id, deployment, first_truth, later_truth, fed_back_at, first_action,"
        " later_action) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (feedback_id) DO NOTHING",
        [
            (c.feedback_id, c.prediction_id, c.deployment, c.first_truth, c.later_truth, c.fed_back_at, c.first_action, c.later_action)
            for c in corrections
        ],
    )


def count_corrections(store: Store, deployment: str) -> int:
    """How often later feedback contradicted the first."""
    row = store.one("SELECT count(*) FROM truth_corrections WHERE deployment = ?", [deployment])
    return int(row[0]) if row else 0
