"""Truth finds its prediction: by id, which carries the time, so that only the files of that day are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.monitoring import intake
from core.monitoring.intake import Correction, Pending
from core.monitoring.lake import Lake, read_files
from core.store import Store

JOINED = (
    "ms_at, version, model_version_id, contract_id, arm, score, decision, reference, gain, gain_var, replayed, pv_tp, pv_fp, pv_fn, pv_tn"
)


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of a batch's feedback for one deployment.

    Args:
        joined: truth with its predictions, sorted by prediction id; None where nothing was joined.
        pending: truth that waits. found: waiting ids that no longer wait. corrections: contradictions.
    """

    joined: pa.Table | None
    pending: tuple[Pending, ...]
    found: tuple[str, ...]
    corrections: tuple[Correction, ...]


def match_truth(
    con: duckdb.DuckDBPyConnection, store: Store, lake: Lake, deployment: str, deployment_id: str, new_files: Sequence[str], work: Path
) -> Matched:
    """Join a deployment's feedback (table `feedback` of `con`, and what waits) with its predictions.

    The first word on a prediction wins, by the feedback's id: its truth and what was done in fact. The same again is ignored;
    another one later is a correction.

    Args:
        new_files: URLs of the Parquet files that this batch's predictions of the deployment went to.
        work: a folder for scratch files.
    """
    ids = work / "feedback-ids.parquet"
    pq.write_table(con.sql("SELECT prediction_id AS id FROM feedback WHERE d = ?", params=[deployment]).to_arrow_table(), ids)
    waiting = [p for p in intake.find_pending(store, [*new_files, str(ids)]) if p.deployment == deployment]
    _collect(con, deployment, waiting)
    days = [row[0] for row in con.execute("SELECT DISTINCT day FROM heard").fetchall()]
    if not days:
        return Matched(None, (), (), ())
    _join_predictions(con, store, lake, deployment_id, days, new_files)
    _join_known_truth(con, store, lake, deployment_id, days)
    return _outcome(con, deployment, {p.prediction_id for p in waiting})


def _collect(con: duckdb.DuckDBPyConnection, deployment: str, waiting: Sequence[Pending]) -> None:
    """Table `heard`: all feedback, each prediction's in the order in which it was given."""
    held = pa.table(
        {
            "prediction_id": pa.array([p.prediction_id for p in waiting], type=pa.string()),
            "feedback_id": pa.array([p.feedback_id for p in waiting], type=pa.string()),
            "fed_back_at": pa.array([p.fed_back_at for p in waiting], type=pa.timestamp("us", tz="UTC")),
            "truth": pa.array([p.truth for p in waiting], type=pa.int32()),
            "action": pa.array([p.action for p in waiting], type=pa.int32()),
            "replayed": pa.array([p.replayed for p in waiting], type=pa.bool_()),
        }
    )
    con.register("held", held)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE heard AS SELECT *, row_number() OVER (PARTITION BY prediction_id ORDER BY waited DESC, feedback_id) AS turn,"
        " CAST(epoch_ms(('0x' || substr(prediction_id, 1, 8) || substr(prediction_id, 10, 4))::BIGINT) AS DATE) AS day FROM ("
        " SELECT prediction_id, feedback_id, fed_back_at, truth, action, replayed, 1 AS waited FROM held UNION ALL"
        " SELECT prediction_id, feedback_id, fed_back_at, truth, action, rp, 0 FROM feedback WHERE d = ?)",
        [deployment],
    )
    con.unregister("held")


def _join_predictions(
    con: duckdb.DuckDBPyConnection, store: Store, lake: Lake, deployment_id: str, days: Sequence[date], new_files: Sequence[str]
) -> None:
    """Table `seen`: the predictions that the feedback speaks of."""
    first, last = _span(con)
    old = [
        lake.url(f.path)
        for f in intake.list_files(store, "predictions", deployment_id, days=days)
        if f.max_id >= first and f.min_id <= last
    ]
    urls = sorted({*old, *new_files})
    if not urls:
        con.execute("CREATE OR REPLACE TEMP TABLE seen AS SELECT NULL::VARCHAR AS id, 0 AS decision WHERE false")
        return
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE seen AS SELECT id, {JOINED} FROM {read_files('?')}"
        " WHERE id BETWEEN ? AND ? AND id IN (SELECT prediction_id FROM heard)",
        [urls, first, last],
    )


def _join_known_truth(con: duckdb.DuckDBPyConnection, store: Store, lake: Lake, deployment_id: str, days: Sequence[date]) -> None:
    """Table `told`: truth that was taken in before."""
    urls = [lake.url(f.path) for f in intake.list_files(store, "truth", deployment_id, days=days)]
    if not urls:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE told AS SELECT NULL::VARCHAR AS prediction_id, 0 AS truth, 0 AS action, 0 AS decision WHERE false"
        )
        return
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE told AS SELECT prediction_id, truth, action, decision FROM {read_files('?')}"
        " WHERE prediction_id IN (SELECT prediction_id FROM heard)",
        [urls],
    )


def _span(con: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    ((first, last),) = con.execute("SELECT min(prediction_id), max(prediction_id) FROM heard").fetchall()
    return str(first), str(last)


def _outcome(con: duckdb.DuckDBPyConnection, deployment: str, waited: set[str]) -> Matched:
    joined = None
    if con.execute("SELECT count(*) FROM seen").fetchall() != [(0,)]:
        joined = con.sql(
            "SELECT h.prediction_id, h.feedback_id, h.fed_back_at, h.truth, coalesce(h.action, s.decision) AS action,"
            f" {JOINED.replace('replayed', 's.replayed')},"
            " greatest(epoch_ms(h.fed_back_at) - s.ms_at, 0) / 1000.0 AS delay_s FROM heard h JOIN seen s ON s.id = h.prediction_id"
            " WHERE h.turn = 1 AND h.prediction_id NOT IN (SELECT prediction_id FROM told) ORDER BY h.prediction_id"
        ).to_arrow_table()
    homeless = con.execute(
        "SELECT prediction_id, feedback_id, truth, fed_back_at, replayed, action FROM heard WHERE turn = 1"
        " AND prediction_id NOT IN (SELECT id FROM seen) AND prediction_id NOT IN (SELECT prediction_id FROM told)"
    ).fetchall()
    contradictions = con.execute(
        "SELECT h.feedback_id, h.prediction_id, f.truth, h.truth, h.fed_back_at, f.action, h.action FROM heard h JOIN ("
        " SELECT prediction_id, truth, coalesce(action, decision) AS action FROM told UNION ALL"
        " SELECT prediction_id, truth, coalesce(action, decision) FROM heard LEFT JOIN seen ON id = prediction_id"
        " WHERE turn = 1 AND prediction_id NOT IN (SELECT prediction_id FROM told)"
        ") f USING (prediction_id) WHERE h.truth <> f.truth OR coalesce(h.action <> f.action, false)"
    ).fetchall()
    pending = tuple(Pending(row[0], deployment, *row[1:]) for row in homeless)
    still = {p.prediction_id for p in pending}
    corrections = tuple(Correction(row[0], row[1], deployment, *row[2:]) for row in contradictions)
    return Matched(joined, tuple(p for p in pending if p.prediction_id not in waited), tuple(sorted(waited - still)), corrections)
