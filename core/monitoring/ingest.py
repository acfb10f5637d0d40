"""Taking in what gateways spooled: exactly once, whatever dies when.

The order of one batch: read, write Parquet under final names (a file that the store doesn't list doesn't count), then ONE
transaction that records the segments (primary key), lists the files and adds the hourly sums, and only then remove the
segments. Whatever dies in between, the next round either does all of it again over the same names, or finds the
segments recorded and removes them.
"""

from __future__ import annotations

import errno
import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
import structlog

from core.errors import StorageFull
from core.identity import Permission, Principal, require
from core.jobs.loop import Halted
from core.monitoring import intake, spool, summaries, valuation
from core.monitoring.catalogue import Catalogue
from core.monitoring.intake import Delta, StoredFile
from core.monitoring.lake import Lake
from core.monitoring.served import ServedModel
from core.monitoring.spool import Segment
from core.monitoring.truth import Matched, match_truth
from core.store import Transaction
from core.store.scratch import scratch_folder
from core.workspace import Workspace

log = structlog.get_logger(__name__)
BATCH_BYTES = 64 << 20
BATCH_SEGMENTS = 500
DAY_MS = 86_400_000
WRITERS = 8
# What another try may mend; a segment is never put aside for these.
PASSING = (
    duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.ConnectionException, duckdb.InternalException,
    duckdb.FatalException, duckdb.InterruptException, pa.ArrowMemoryError,
)  # fmt: skip
BROKEN = (duckdb.Error, pa.ArrowException, ValueError, LookupError, TypeError)
_lock = threading.Lock()


def guard() -> threading.Lock:
    """The lock that whoever writes or joins files of predictions holds."""
    return _lock


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one round took in."""

    segments: int = 0
    predictions: int = 0
    feedback: int = 0
    labelled: int = 0
    waiting: int = 0
    corrections: int = 0
    bad_lines: int = 0

    def __add__(self, other: IngestReport) -> IngestReport:
        return IngestReport(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def _go_on(_: str) -> None:
    """Nothing happens at a point; tests let the process die there."""
    return


@dataclass(frozen=True, slots=True)
class _Round:
    ws: Workspace
    lake: Lake
    catalogue: Catalogue
    con: duckdb.DuckDBPyConnection
    work: Path
    first: str
    reached: Callable[[str], None]
    aside: frozenset[str]


class _UnfitError(Exception):
    """What one deployment spooled can't be taken in."""

    def __init__(self, deployment: str, cause: Exception) -> None:
        super().__init__(f"{deployment}: {type(cause).__name__}: {cause}")
        self.deployment = deployment


def ingest_now(ws: Workspace, *, reached: Callable[[str], None] = _go_on, halted: Halted = lambda: False) -> IngestReport:
    """Take in all finished segments; safe to call from any thread, one round at a time.

    Args:
        reached: called with the name of each point that is passed (``read``, ``written``, ``recorded``).
        halted: tells whether to stop after the batch that is under way; the rest waits for the next round.

    Returns:
        What was taken in.

    Raises:
        StorageFull: no room; the segments stay where they are.
    """
    with _lock:
        total, most, aside = IngestReport(), BATCH_SEGMENTS, frozenset[str]()
        catalogue = Catalogue(ws)
        while segments := _fresh(ws, spool.find_segments(ws.settings.spool_dir)):
            if halted():
                break
            batch = spool.take_batch(segments, BATCH_BYTES, most)
            lake = Lake(ws.settings)
            try:
                with scratch_folder(ws.settings) as work, lake.connect() as con:
                    total += _take_in(_Round(ws, lake, catalogue, con, work, batch[0].id, reached, aside), batch)
                aside = frozenset()
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise StorageFull(ws.settings.home) from error
                raise
            except PASSING:
                raise
            except (_UnfitError, *BROKEN) as error:
                # What can't be taken in must not hold up the rest: find the segment, and in it the deployment; keep it for a person.
                if len(batch) == 1:
                    aside = _put_aside(batch[0], error, aside)
                most = 1
        return total


def _put_aside(segment: Segment, error: Exception, aside: frozenset[str]) -> frozenset[str]:
    """Keep what can't be taken in under another name: the lines of one deployment, else the whole segment.

    Nothing of it is lost; the log tells of it, and so does the portal's health until the file is gone.

    Returns:
        the deployments to leave out when the segment is tried again; none where it isn't.
    """
    log.error("ingest.put_aside", segment=str(segment.path), error=type(error).__name__, reason=str(error)[:300])
    if isinstance(error, _UnfitError) and error.deployment not in aside:
        return aside | {error.deployment}
    segment.path.rename(segment.path.with_suffix(spool.REJECTED))
    return frozenset()


def take_in(ws: Workspace, actor: Principal) -> IngestReport:
    """`ingest_now`, asked for by a person."""
    require(actor, Permission.HANDLE_ALERTS)
    return ingest_now(ws)


def _fresh(ws: Workspace, segments: Sequence[Segment]) -> list[Segment]:
    """Segments that aren't recorded; recorded ones are what a crash left, and go."""
    known = intake.known_segments(ws.store, [s.id for s in segments]) if segments else set()
    for segment in segments:
        if segment.id in known:
            segment.path.unlink(missing_ok=True)
    return [s for s in segments if s.id not in known]


def _take_in(r: _Round, batch: Sequence[Segment]) -> IngestReport:
    counts = spool.load(r.con, batch)
    names = [row[0] for row in r.con.execute("SELECT d FROM prediction UNION SELECT d FROM feedback ORDER BY 1").fetchall()]
    r.reached("read")
    files: list[StoredFile] = []
    deltas: list[Delta] = []
    matches = [_write_deployment(r, name, files, deltas) for name in names if name not in r.aside]
    if r.aside:
        spool.keep_rejected(batch[0], r.aside)
    r.reached("written")

    def work(tx: Transaction) -> None:
        intake.add_segments(tx, counts)
        intake.add_files(tx, files)
        intake.add_deltas(tx, deltas)
        for match in matches:
            intake.add_pending(tx, match.pending)
            intake.drop_pending(tx, match.found)
            intake.add_corrections(tx, match.corrections)

    r.ws.store.write(work)
    r.reached("recorded")
    for segment in batch:
        segment.path.unlink(missing_ok=True)
    return IngestReport(
        len(batch),
        sum(c.predictions for c in counts),
        sum(c.feedback for c in counts),
        sum(m.joined.num_rows for m in matches if m.joined is not None),
        sum(len(m.pending) for m in matches),
        sum(len(m.corrections) for m in matches),
        sum(c.bad_lines for c in counts),
    )


def _write_deployment(r: _Round, name: str, files: list[StoredFile], deltas: list[Delta]) -> Matched:
    try:
        new_files = _write_predictions(r, name, files, deltas)
        return _write_truth(r, name, new_files, files, deltas)
    except PASSING:
        raise
    except BROKEN as error:
        raise _UnfitError(name, error) from error


def _write_predictions(r: _Round, name: str, files: list[StoredFile], deltas: list[Delta]) -> list[str]:
    versions = [row[0] for row in r.con.execute("SELECT DISTINCT mv FROM prediction WHERE d = ?", [name]).fetchall()]
    if not versions:
        return []
    deployment_id = r.catalogue.deployment_id(name)
    contracts = {key: r.catalogue.contracts(key) for key in versions}
    served, models = _by_version(contracts), _by_contract(contracts)
    types: dict[str, str] = {}
    for model in served.values():
        for bins in model.features:
            kind = "TIMESTAMP" if bins.moment else "DOUBLE" if bins.numeric else "VARCHAR"
            types[bins.name] = kind if types.get(bins.name, kind) == kind else "VARCHAR"
    for model in models.values():
        types = model.worth_columns() | types
    table = spool.read_predictions(r.con, name, types, keep_raw=len(served) < len(versions))
    table = valuation.add_references(valuation.add_contracts(table, contracts), models)
    written = _write_days(r, "predictions", deployment_id, table, "id")
    files.extend(written)
    _delta(r, deltas, "prediction_hours", deployment_id, summaries.summarise_predictions(table))
    _delta(r, deltas, "value_hours", deployment_id, valuation.summarise_gains(table, models))
    _delta(r, deltas, "feature_hours", deployment_id, summaries.summarise_features(table, served))
    return [r.lake.url(f.path) for f in written]


def _write_truth(r: _Round, name: str, new_files: Sequence[str], files: list[StoredFile], deltas: list[Delta]) -> Matched:
    deployment_id = r.catalogue.deployment_id(name)
    match = match_truth(r.con, r.ws.store, r.lake, name, deployment_id, new_files, r.work)
    if match.joined is None or match.joined.num_rows == 0:
        return match
    versions = pa.compute.unique(match.joined.column("model_version_id")).to_pylist()
    contracts = {key: r.catalogue.contracts(key) for key in versions}
    models = _by_contract(contracts)
    table = valuation.add_values(valuation.add_contracts(match.joined, contracts), models)
    files.extend(_write_days(r, "truth", deployment_id, table, "prediction_id"))
    _delta(r, deltas, "truth_hours", deployment_id, summaries.summarise_truth(table))
    _delta(r, deltas, "value_hours", deployment_id, valuation.summarise_values(table, models))
    return match


def _by_version(contracts: Mapping[str, Sequence[ServedModel]]) -> dict[str, ServedModel]:
    """The newest of each version that is known; bins don't depend on the contract."""
    return {key: models[-1] for key, models in contracts.items() if models}


def _by_contract(contracts: Mapping[str, Sequence[ServedModel]]) -> dict[str, ServedModel]:
    return {model.key: model for models in contracts.values() for model in models}


def _by_day(table: pa.Table) -> list[tuple[date, pa.Table]]:
    """Rows by UTC day; they come sorted by id, thus by time."""
    days = table.column("ms_at").to_numpy() // DAY_MS
    edges = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), table.num_rows]
    return [
        (datetime.fromtimestamp(int(days[start]) * DAY_MS / 1000, tz=UTC).date(), table.slice(start, end - start))
        for start, end in itertools.pairwise(edges)
        if end > start
    ]


def _write_days(r: _Round, kind: str, deployment_id: str, table: pa.Table, key: str) -> list[StoredFile]:
    """One file a day, several at a time: a replayed year waits for the disk hundreds of times."""

    def write(piece: tuple[date, pa.Table]) -> StoredFile:
        day, rows = piece
        path = f"{kind}/{deployment_id}/{day.isoformat()}/{r.first}.parquet"
        r.lake.write(path, rows)
        ids = rows.column(key)
        return StoredFile(path, kind, deployment_id, day, rows.num_rows, ids[0].as_py(), ids[-1].as_py())

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(write, _by_day(table)))


def _delta(r: _Round, deltas: list[Delta], table: str, deployment_id: str, rows: pa.Table | None) -> None:
    if rows is not None and rows.num_rows:
        file = r.work / f"{table}-{len(deltas)}.parquet"
        pq.write_table(rows, file)
        deltas.append(Delta(table, deployment_id, file))
