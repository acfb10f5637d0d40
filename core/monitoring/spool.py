"""Reading finished segments of the spool into columns."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from core.store.artifacts import write_atomic

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
    "pr": "DOUBLE",
    "pv": "DOUBLE[]",
    "s": "DOUBLE",
    "y": "VARCHAR",
    "ev": "DOUBLE",
    "ms": "DOUBLE",
    "rq": "VARCHAR",
    "rp": "BOOLEAN",
    "p": "VARCHAR",
    "a": "VARCHAR",
    "c": "VARCHAR",
}
# What a case was decided with, where that differs from case to case: value of one in each cell.
PAYOFFS = ("pv_tp", "pv_fp", "pv_fn", "pv_tn")
_TYPES = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items()) + "}"
# A UUIDv7 in text: its first 48 bits are milliseconds since 1970 (RFC 9562, section 5.7).
_ID = "'^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'"
# Ids stamped outside of 2000 to 2100 are not ours: no clock is that wrong, and dates end somewhere.
_SANE_MS = "BETWEEN 946684800000 AND 4102444800000"
_MS = "TRY_CAST('0x' || substr({0}, 1, 8) || substr({0}, 10, 4) AS BIGINT)"


REJECTED = ".rejected"


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
        "CREATE OR REPLACE TEMP TABLE line AS SELECT *,"
        f" k = 'p' AND {_good('id')} AND mv IS NOT NULL AND v IS NOT NULL AND isfinite(s) AND d IS NOT NULL AS is_p,"
        f" k = 'f' AND {_good('id')} AND {_good('p')} AND d IS NOT NULL AND TRY_CAST(y AS INTEGER) IN (0, 1) AND {_bit('a')} AS is_f"
        f" FROM read_json(?, format = 'newline_delimited', ignore_errors = true, filename = true, maximum_object_size = 33554432,"
        f" columns = {_TYPES})",
        [paths],
    )
    ((rows, ids),) = con.execute("SELECT count(*), count(DISTINCT id) FROM line WHERE is_p").fetchall()
    once = "" if rows == ids else " QUALIFY row_number() OVER (PARTITION BY id) = 1"
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW prediction AS SELECT id, {_MS.format('id')} AS ms_at, d, v, mv, coalesce(arm, 'champion') AS arm, e, x,"
        " s, pr, pv, coalesce(TRY_CAST(y AS INTEGER) = 1, false)::INTEGER AS y, y AS answer, coalesce(ev, 0) AS ev, coalesce(ms, 0) AS ms, coalesce(rq, '') AS rq, coalesce(rp, false) AS rp,"
        f" c, filename FROM line WHERE is_p{once}"
    )
    con.execute(
        f'CREATE OR REPLACE TEMP VIEW feedback AS SELECT id AS feedback_id, coalesce("at", epoch_ms({_MS.format("id")})::TIMESTAMPTZ)'
        " AS fed_back_at, d, p AS prediction_id, TRY_CAST(y AS INTEGER) AS truth, TRY_CAST(a AS INTEGER) AS action,"
        " coalesce(rp, false) AS rp, filename FROM line WHERE is_f"
    )
    counted = {path: [0, 0] for path in paths}
    for place, table in enumerate(("prediction", "feedback")):
        for path, count in con.execute(f"SELECT filename, count(*) FROM {table} GROUP BY filename").fetchall():
            counted[path][place] = count
    return [
        SegmentCount(s, counted[str(s.path)][0], counted[str(s.path)][1], max(0, _lines(s.path) - sum(counted[str(s.path)])))
        for s in segments
    ]


def _good(column: str) -> str:
    """SQL: that column holds an id of ours. TRY_CAST, since the parts of a condition are evaluated in any order."""
    return f"(regexp_matches({column}, {_ID}) AND {_MS.format(column)} {_SANE_MS})"


def keep_rejected(segment: Segment, deployments: Collection[str]) -> None:
    """Keep the lines of deployments that can't be taken in beside the segment, under a name of their own and the ending `REJECTED`."""
    with segment.path.open("rb") as stream:
        kept = [line for line in stream if _deployment(line) in deployments]
    write_atomic(segment.path.with_name(f"{segment.id}-aside{REJECTED}"), b"".join(kept))


def _deployment(line: bytes) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    return str(found.get("d", "")) if isinstance(found, dict) else ""


def _bit(column: str) -> str:
    """SQL: that column holds 0 or 1, or nothing."""
    return f"({column} IS NULL OR coalesce(TRY_CAST({column} AS INTEGER) IN (0, 1), false))"


def _lines(path: Path) -> int:
    lines, last = 0, b"\n"
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            lines += block.count(b"\n")
            last = block[-1:]
    return lines + (last != b"\n")


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
        "SELECT id, ms_at, v, mv, arm, e, s, y, ev, ms, rq, rp, answer, c, coalesce(pr, s),"
        f" pv[1], pv[2], pv[3], pv[4]{raw}{features} FROM prediction WHERE d = ? ORDER BY id",
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
        "answer",
        "approval_id",
        "probability",
        *PAYOFFS,
    ]
    return table.rename_columns([*own, *(["raw"] if keep_raw else []), *(f"x:{name}" for name in types)])
