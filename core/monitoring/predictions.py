"""Single predictions and labelled rows, read from Parquet: only the files that the time or the ids ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.monitoring import intake
from core.monitoring.catalogue import Catalogue
from core.monitoring.intake import StoredFile
from core.monitoring.lake import Lake, read_files
from core.monitoring.ledger import money
from core.store.ids import id_time_ms
from core.workspace import Workspace

META = ("prediction_id", "predicted_at", "version", "model_version_id", "score", "decision", "y", "replayed")
OWN = ("id", "ms_at", "version", "model_version_id", "score", "decision", "truth", "replayed")  # as the files call them
PREFIX = "x:"
OUTCOME = ("truth", "action", "value")  # what of an outcome's file a single prediction shows
NOTHING_TOLD = "(SELECT '' AS prediction_id, NULL AS truth, NULL AS action, NULL AS value WHERE false)"


@dataclass(frozen=True, slots=True)
class PredictionView:
    """One prediction, with its outcome where it is known.

    Args:
        expected: what the decision was expected to be worth. truth, value: outcome, and what was earned over the reference.
        action: what was done in fact; None before the outcome is known.
        features: name and value, as served.
    """

    id: str
    predicted_at: datetime
    version: int
    arm: str
    entity: str | None
    score: float
    decision: int
    expected: Decimal
    latency_ms: float
    request_id: str
    replayed: bool
    truth: int | None
    action: int | None
    value: Decimal | None
    features: tuple[tuple[str, Any], ...]


def labelled_rows(ws: Workspace, deployment_id: str, *, since: datetime | None = None, limit: int | None = None) -> pd.DataFrame:
    """Served requests whose outcome is known, for retraining: oldest first, the newest `limit` of them.

    Args:
        deployment_id: the deployment.
        since: only predictions from then on.

    Returns:
        One row a prediction: the features under their own names, and the columns of `META`. A feature that bears one of
        those names keeps it, and the column of `META` is called ``kachi:<name>``; `meta_column` tells which.
    """
    files = intake.list_files(ws.store, "truth", deployment_id, since=since.date() if since else None, newest_first=True)
    days = _newest_days(files, limit)
    urls = [f for f in files if f.day in days]
    lake = Lake(ws.settings)
    predictions = [lake.url(f.path) for f in intake.list_files(ws.store, "predictions", deployment_id, days=sorted(days))]
    if not urls or not predictions:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in META})
    with lake.connect() as con:
        frame = con.sql(
            "SELECT p.*, t.truth"
            " FROM read_parquet($p, union_by_name = true) p JOIN read_parquet($t) t ON t.prediction_id = p.id"
            " WHERE p.ms_at >= $since ORDER BY p.id DESC LIMIT $most",
            params={
                "p": predictions,
                "t": [lake.url(f.path) for f in urls],
                "since": int(since.timestamp() * 1000) if since else 0,
                "most": limit if limit is not None else 2**62,
            },
        ).df()
    return _named(frame.iloc[::-1].reset_index(drop=True))


def _newest_days(files: Sequence[StoredFile], limit: int | None) -> set[date]:
    """Days, from the newest back, that hold enough labelled rows."""
    days: set[date] = set()
    rows = 0
    for file in files:
        if limit is not None and rows >= limit and file.day not in days:
            break
        days.add(file.day)
        rows += file.rows
    return days


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    features = {name: name.removeprefix(PREFIX) for name in frame.columns if name.startswith(PREFIX)}
    taken = set(features.values())
    own = dict(zip(OWN, META, strict=True))
    frame = frame[[*OWN, *features]].copy()
    frame["ms_at"] = pd.to_datetime(frame["ms_at"], unit="ms", utc=True)
    return frame.rename(columns={raw: _free(name, taken) for raw, name in own.items()} | features)


def _free(name: str, taken: set[str]) -> str:
    return f"kachi:{name}" if name in taken else name


def meta_column(frame: pd.DataFrame, name: str) -> str:
    """What a column of `META` is called in a frame of `labelled_rows`."""
    other = f"kachi:{name}"
    return other if other in frame.columns else name


def feature_columns(frame: pd.DataFrame) -> list[str]:
    """The features in a frame of `labelled_rows`."""
    own = {meta_column(frame, name) for name in META}
    return [name for name in frame.columns if name not in own]


def count_labelled(ws: Workspace, deployment_id: str, since: datetime | None = None) -> int:
    """How many labelled predictions there are, those of the hour of `since` included."""
    row = ws.store.one(
        "SELECT coalesce(sum(n), 0)::BIGINT FROM truth_hours WHERE deployment_id = ? AND hour >= date_trunc('hour', coalesce(?, hour))",
        [deployment_id, since],
    )
    return int(row[0]) if row else 0


def list_predictions(
    ws: Workspace, actor: Principal, deployment_id: str, *, before_id: str | None = None, limit: int = 50
) -> list[PredictionView]:
    """Single predictions of a deployment, the newest first.

    Args:
        before_id: only older ones than this.
    """
    require(actor, Permission.READ_DETAILS)
    live = Catalogue(ws).live(deployment_id)
    until = _day_of(before_id) if before_id else None
    files = intake.list_files(ws.store, "predictions", live.id, newest_first=True)
    wanted = [f for f in files if (until is None or f.day <= until) and (before_id is None or f.min_id < before_id)]
    chosen = _enough(wanted, before_id, limit)
    if not chosen:
        return []
    lake = Lake(ws.settings)
    truths = [lake.url(f.path) for f in intake.list_files(ws.store, "truth", live.id, days=sorted({f.day for f in chosen}))]
    told = f"(SELECT prediction_id, {', '.join(OUTCOME)} FROM {read_files('$t')})" if truths else NOTHING_TOLD
    params: dict[str, Any] = {"p": [lake.url(f.path) for f in chosen], "before": before_id or "g", "most": limit}
    with lake.connect() as con:
        frame = con.sql(
            f"SELECT p.*, t.* EXCLUDE (prediction_id) FROM read_parquet($p, union_by_name = true) p LEFT JOIN {told} t"
            " ON t.prediction_id = p.id WHERE p.id < $before ORDER BY p.id DESC LIMIT $most",
            params=params | ({"t": truths} if truths else {}),
        ).to_arrow_table()
    return [_view(row) for row in frame.to_pylist()]


def _day_of(prediction_id: str) -> date:
    try:
        return datetime.fromtimestamp(id_time_ms(prediction_id) / 1000, tz=UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidInput(
            "'{id}' is not a prediction's id. Take it from a list of predictions.", field="before", id=prediction_id[:40]
        ) from error


def _enough(files: Sequence[StoredFile], before_id: str | None, limit: int) -> list[StoredFile]:
    """Files, from the newest back, that surely hold the page: files of one time may overlap, so a further one is taken
    while it reaches beyond the oldest id that is sure.
    """
    chosen: list[StoredFile] = []
    rows = 0
    floor = "g"
    for file in sorted(files, key=lambda f: f.max_id, reverse=True):
        if rows >= limit and file.max_id < floor:
            break
        chosen.append(file)
        if before_id is None or file.max_id < before_id:
            rows += file.rows
            floor = min(floor, file.min_id)
    return chosen


def _view(row: dict[str, Any]) -> PredictionView:
    features = tuple((name.removeprefix(PREFIX), value) for name, value in row.items() if name.startswith(PREFIX))
    return PredictionView(
        row["id"], datetime.fromtimestamp(row["ms_at"] / 1000, tz=UTC), row["version"], row["arm"], row["entity"], row["score"],
        row["decision"], money(row["expected"]), row["latency_ms"], row["request_id"], row["replayed"], row["truth"], _action(row),
        None if row["value"] is None else money(row["value"]), features,
    )  # fmt: skip


def _action(row: dict[str, Any]) -> int | None:
    """What was done in fact: as decided, where nothing else was said."""
    if row["truth"] is None:
        return None
    return int(row["decision"] if row.get("action") is None else row["action"])
