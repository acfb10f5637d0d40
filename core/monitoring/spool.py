"""Reading finished segments of the spool into columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

COLUMNS = {
    "k": "VARCHAR",
    "id": "VARCHAR",
    "at": "TIMESTAMPTZ",
    "d": "VARCHAR",
    "v": "INTEGER",
    "mv": "VARCHAR",
    "arm": "VARCHAR",
    "e": "VARCHAR",
    "x": "JSON",
    "s": "DOUBLE",
    "y": "INTEGER",
    "ev": "DOUBLE",
    "ms": "DOUBLE",
    "rq": "VARCHAR",
    "rp": "BOOLEAN",
    "p": "VARCHAR",
}
_TYPES = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items()) + "}"
# A UUIDv7 in text: its first 48 bits are milliseconds since 1970 (RFC 9562, section 5.7).
_ID = "'^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'"
# Ids stamped outside of 2000 to 2100 are not ours: no clock is that wrong, and dates end somewhere.
_SANE_MS = "BETWEEN 946684800000 AND 4102444800000"
_MS = "('0x' || substr({0}, 1, 8) || substr({0}, 10, 4))::BIGINT"


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished segment on disk."""

    id: str
    gateway: str
    path: Path
    size_bytes: int


def find_segments(spool: Path) -> list[Segment]:
    """Finished segments of all gateways, oldest first."""
    found = []
    for path in spool.glob("*/*.jsonl"):
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            continue
        found.append(Segment(path.stem, path.parent.name, path, size))
    return sorted(found, key=lambda segment: segment.id)


def take_batch(segments: Iterable[Segment], max_bytes: int, max_segments: int) -> list[Segment]:
    """The first segments that fit into one transaction; at least one, however large it is."""
    batch: list[Segment] = []
    size = 0
    for segment in segments:
        if batch and (size + segment.size_bytes > max_bytes or len(batch) >= max_segments):
            break
        batch.append(segment)
        size += segment.size_bytes
    return batch


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """What a segment held; bad lines are torn or not ours."""

    segment: Segment
    predictions: int
    feedback: int
    bad_lines: int


def load(con: duckdb.DuckDBPyConnection, segments: Sequence[Segment]) -> list[SegmentCount]:
    """Read segments into the temporary tables `prediction` and `feedback` of a connection.

    A line counts once by its id, also where a gateway wrote it twice. Lines that can't be read are counted, not kept.
    """
    paths = [str(segment.path) for segment in segments]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE line AS SELECT * FROM read_json(?, format = 'newline_delimited', ignore_errors = true,"
        f" filename = true, maximum_object_size = 33554432, columns = {_TYPES})",
        [paths],
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE prediction AS SELECT id, {_MS.format('id')} AS ms_at, d, v, mv, coalesce(arm, 'champion') AS arm, e, x,"
        f" least(greatest(s, 0), 1) AS s, y, coalesce(ev, 0) AS ev, coalesce(ms, 0) AS ms, coalesce(rq, '') AS rq, coalesce(rp, false) AS rp,"
        f" filename FROM line WHERE k = 'p' AND regexp_matches(id, {_ID}) AND {_MS.format('id')} {_SANE_MS} AND d IS NOT NULL AND mv IS NOT NULL AND v IS NOT NULL"
        f" AND s IS NOT NULL AND isfinite(s) AND y IN (0, 1)"
        f" QUALIFY row_number() OVER (PARTITION BY id) = 1"
    )
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE feedback AS SELECT id AS feedback_id, coalesce("at", epoch_ms({_MS.format("id")})::TIMESTAMPTZ) AS fed_back_at,'
        f" d, p AS prediction_id, y AS truth, coalesce(rp, false) AS rp, filename FROM line WHERE k = 'f' AND regexp_matches(id, {_ID})"
        f" AND regexp_matches(p, {_ID}) AND {_MS.format('p')} {_SANE_MS} AND d IS NOT NULL AND y IN (0, 1)"
    )
    con.execute("DROP TABLE line")
    counted = {path: [0, 0] for path in paths}
    for place, table in enumerate(("prediction", "feedback")):
        for path, count in con.execute(f"SELECT filename, count(*) FROM {table} GROUP BY filename").fetchall():
            counted[path][place] = count
    return [
        SegmentCount(s, counted[str(s.path)][0], counted[str(s.path)][1], max(0, _lines(s.path) - sum(counted[str(s.path)])))
        for s in segments
    ]


def _lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(1 for line in stream if line.strip())


def read_predictions(con: duckdb.DuckDBPyConnection, deployment: str, types: dict[str, str], *, keep_raw: bool = False) -> pa.Table:
    """A deployment's predictions of the batch as columns, its features among them as ``x:<name>``.

    Args:
        types: DuckDB type of each feature; a value that doesn't fit is missing.
        keep_raw: also keep the features as they came, for a version that isn't known here.
    """
    shape = json.dumps(types, ensure_ascii=False)
    features = ", unnest(json_transform(x, ?))" if types else ""
    raw = ", x" if keep_raw else ""
    table = con.sql(
        f"SELECT id, ms_at, v, mv, arm, e, s, y, ev, ms, rq, rp{raw}{features} FROM prediction WHERE d = ? ORDER BY id",
        params=[shape, deployment] if types else [deployment],
    ).to_arrow_table()
    own = [
        "id",
        "ms_at",
        "version",
        "model_version_id",
        "arm",
        "entity",
        "score",
        "decision",
        "expected",
        "latency_ms",
        "request_id",
        "replayed",
    ]
    return table.rename_columns([*own, *(["raw"] if keep_raw else []), *(f"x:{name}" for name in types)])
