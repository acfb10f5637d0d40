"""Hourly summaries of a batch: what the store adds up, so that no chart ever reads a single prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from core.impact.ledger import reference_decisions
from core.impact.rule import rule_columns
from core.monitoring.bins import LATENCY_EDGES_MS, SCORE_BINS, Floats, Ints, count_by_group, latency_codes, score_codes
from core.monitoring.served import ServedModel, expected_gain, realised_gain
from core.monitoring.spool import PAYOFFS

HOUR_MS = 3_600_000
SCORE = ":score"  # the score's own histogram stands among the features, under a name that no column has
MONEY = pa.decimal128(24, 4)


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows grouped by version, arm, hour and whether they were replayed.

    Args:
        of_row: group of each row, shape (n,). first: one row of each group.
    """

    of_row: Ints
    first: Ints

    @property
    def count(self) -> int:
        """Number of groups."""
        return int(self.first.size)

    def sums(self, values: npt.NDArray[Any]) -> Floats:
        """Sum of a column per group."""
        return np.asarray(np.bincount(self.of_row, weights=values.astype(np.float64), minlength=self.count), dtype=np.float64)


def _column(table: pa.Table, name: str) -> npt.NDArray[Any]:
    return np.asarray(table.column(name).to_numpy(zero_copy_only=False))


def _codes(table: pa.Table, name: str) -> Ints:
    encoded = table.column(name).combine_chunks().dictionary_encode()
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def group_rows(table: pa.Table) -> Groups:
    """Group rows that have the columns model_version_id, arm, ms_at and replayed."""
    hours = _column(table, "ms_at").astype(np.int64) // HOUR_MS
    arms, versions = _codes(table, "arm"), _codes(table, "model_version_id")
    key = ((hours * 1024 + versions) * 64 + arms) * 2 + _column(table, "replayed").astype(np.int64)
    _, first, of_row = np.unique(key, return_index=True, return_inverse=True)
    return Groups(of_row.astype(np.int64), first.astype(np.int64))


def _heads(table: pa.Table, groups: Groups) -> dict[str, pa.Array]:
    head = table.select(["model_version_id", "version", "arm", "ms_at", "replayed"]).take(pa.array(groups.first))
    hours = _column(head, "ms_at").astype(np.int64) // HOUR_MS * HOUR_MS
    return {
        "model_version_id": head.column("model_version_id"),
        "version": head.column("version"),
        "arm": head.column("arm"),
        "hour": pa.array(hours, type=pa.int64()).cast(pa.timestamp("ms", tz="UTC")),
        "replayed": head.column("replayed"),
    }


def _lists(counts: npt.NDArray[np.int64]) -> pa.ListArray:
    rows, size = counts.shape
    return pa.ListArray.from_arrays(pa.array(np.arange(rows + 1, dtype=np.int32) * size), pa.array(counts.reshape(-1)))


def _money(values: Floats) -> pa.Array:
    return pa.array(np.round(values, 4)).cast(MONEY, safe=False)


def _per_group(groups: Groups, table: pa.Table, served: Mapping[str, ServedModel], pick: str) -> pa.Array:
    ids = table.column("model_version_id").take(pa.array(groups.first)).to_pylist()
    return pa.array([str(getattr(served[key], pick)) if key in served else "" for key in ids], type=pa.string())


def add_references(table: pa.Table, served: Mapping[str, ServedModel]) -> pa.Table:
    """Add to predictions what the promised-against alternative would have decided, and the expected gain over it.

    Rows of a version that the registry doesn't know get the decision itself as reference: a gain of nothing.
    """
    n = table.num_rows
    reference = _column(table, "decision").astype(np.int64)
    gain, variance = np.zeros(n), np.zeros(n)
    decisions, chances, own = reference.copy(), _column(table, "probability").astype(np.float64), _own_payoffs(table)
    versions = np.asarray(table.column("model_version_id").to_pylist(), dtype=object)
    for key, model in served.items():
        mine = np.flatnonzero(versions == key)
        if mine.size:
            reference[mine] = _reference_of(table, mine, model)
            payoffs = model.payoffs(None if own is None else own[mine])
            gain[mine], variance[mine] = expected_gain(payoffs, chances[mine], decisions[mine], reference[mine])
    table = table.append_column("reference", pa.array(reference, type=pa.int32()))
    return table.append_column("gain", pa.array(gain)).append_column("gain_var", pa.array(variance))


def _own_payoffs(table: pa.Table) -> Floats | None:
    """What each case was decided with, shape (n, 4); None where all cases of these rows are worth the same."""
    if table.column(PAYOFFS[0]).null_count == table.num_rows:
        return None
    return np.stack([_column(table, name).astype(np.float64) for name in PAYOFFS], axis=1)


def _reference_of(table: pa.Table, mine: Ints, model: ServedModel) -> Ints:
    columns: dict[str, Any] = {}
    for name in rule_columns(model.rule) if model.rule is not None else ():
        if f"x:{name}" in table.column_names:
            columns[name] = table.column(f"x:{name}").take(pa.array(mine)).to_pandas()
    frame = pd.DataFrame(columns, index=pd.RangeIndex(mine.size))
    return reference_decisions(model.reference, model.rule, frame).astype(np.int64)


def summarise_predictions(table: pa.Table, served: Mapping[str, ServedModel]) -> pa.Table:
    """Hourly rows of predictions, one per version, arm, hour and replayed.

    Args:
        table: predictions with their references (`add_references`).
        served: versions by id.
    """
    groups = group_rows(table)
    scores = _column(table, "score").astype(np.float64)
    latency = _column(table, "latency_ms").astype(np.float64)
    return pa.table(
        _heads(table, groups)
        | {
            "n": pa.array(np.bincount(groups.of_row, minlength=groups.count)),
            "treated": pa.array(groups.sums(_column(table, "decision")).astype(np.int64)),
            "score_sum": pa.array(groups.sums(scores)),
            "score_counts": _lists(count_by_group(groups.of_row, score_codes(scores), groups.count, SCORE_BINS)),
            "latency_counts": _lists(count_by_group(groups.of_row, latency_codes(latency), groups.count, len(LATENCY_EDGES_MS) + 1)),
            "latency_ms_sum": pa.array(groups.sums(latency)),
            "expected_sum": _money(groups.sums(_column(table, "expected"))),
            "gain_sum": _money(groups.sums(_column(table, "gain"))),
            "gain_var": pa.array(groups.sums(_column(table, "gain_var"))),
            "currency": _per_group(groups, table, served, "currency"),
        }
    )


def summarise_features(table: pa.Table, served: Mapping[str, ServedModel]) -> pa.Table | None:
    """Hourly histograms of each feature and of the score, in the bins of each version's own baseline; None without any."""
    versions = np.asarray(table.column("model_version_id").to_pylist(), dtype=object)
    parts: list[pa.Table] = []
    for key, model in served.items():
        mine = np.flatnonzero(versions == key)
        if not mine.size:
            continue
        rows = table.take(pa.array(mine)) if mine.size < table.num_rows else table
        groups = group_rows(rows)
        heads = {name: value for name, value in _heads(rows, groups).items() if name != "version"}
        for bins in (*model.features, *([model.score] if model.score else [])):
            column = "score" if bins.name == SCORE else f"x:{bins.name}"
            if bins.moment or column not in rows.column_names:
                continue
            codes = bins.codes(rows.column(column))
            counts = count_by_group(groups.of_row, codes, groups.count, bins.size)
            unseen = np.zeros(groups.count, dtype=np.int64) if bins.numeric else counts[:, -1]
            n = np.bincount(groups.of_row, minlength=groups.count).astype(np.int64)
            parts.append(
                pa.table(
                    heads
                    | {
                        "feature": pa.array([bins.name] * groups.count),
                        "counts": _lists(counts),
                        "missing": pa.array(n - counts.sum(axis=1)),
                        "unseen": pa.array(np.ascontiguousarray(unseen)),
                        "n": pa.array(n),
                    }
                )
            )
    return pa.concat_tables(parts) if parts else None


def summarise_truth(table: pa.Table, served: Mapping[str, ServedModel]) -> pa.Table:
    """Hourly rows of labelled predictions, in the hour in which they were predicted.

    Args:
        table: joined truth (`add_values`): predictions' columns, truth and value.
        served: versions by id.
    """
    groups = group_rows(table)
    truth, decision = _column(table, "truth").astype(np.int64), _column(table, "decision").astype(np.int64)
    scores, value = _column(table, "score").astype(np.float64), _column(table, "value").astype(np.float64)
    codes = score_codes(scores)
    cells = {"tp": decision * truth, "fp": decision * (1 - truth), "fn": (1 - decision) * truth, "tn": (1 - decision) * (1 - truth)}
    return pa.table(
        _heads(table, groups)
        | {"n": pa.array(np.bincount(groups.of_row, minlength=groups.count))}
        | {name: pa.array(groups.sums(cell).astype(np.int64)) for name, cell in cells.items()}
        | {
            "score_sum": pa.array(groups.sums(scores)),
            "positive_counts": _lists(count_by_group(groups.of_row, np.where(truth == 1, codes, -1), groups.count, SCORE_BINS)),
            "negative_counts": _lists(count_by_group(groups.of_row, np.where(truth == 0, codes, -1), groups.count, SCORE_BINS)),
            "value_sum": _money(groups.sums(value)),
            "value_squares": pa.array(groups.sums(value**2)),
            "gain_sum": _money(groups.sums(_column(table, "gain"))),
            "gain_var": pa.array(groups.sums(_column(table, "gain_var"))),
            "delay_s_sum": pa.array(groups.sums(_column(table, "delay_s"))),
            "currency": _per_group(groups, table, served, "currency"),
            "value_model_id": _per_group(groups, table, served, "value_model_id"),
        }
    )


def add_values(table: pa.Table, served: Mapping[str, ServedModel]) -> pa.Table:
    """Add to joined truth what each decision has earned over its reference (`value`), in the currency of its version."""
    decision, reference, truth = (_column(table, name).astype(np.int64) for name in ("decision", "reference", "truth"))
    versions: Sequence[str] = table.column("model_version_id").to_pylist()
    names = np.asarray(versions, dtype=object)
    value, own = np.zeros(table.num_rows), _own_payoffs(table)
    for key, model in served.items():
        mine = np.flatnonzero(names == key)
        value[mine] = realised_gain(model.payoffs(None if own is None else own[mine]), decision[mine], reference[mine], truth[mine])
    return table.append_column("value", pa.array(value))
