"""Hourly summaries of a batch: what the store adds up, so that no chart ever reads a single prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.monitoring.bins import LATENCY_EDGES_MS, SCORE_BINS, Floats, Ints, count_by_group, latency_codes, score_codes
from core.monitoring.served import ServedModel

HOUR_MS = 3_600_000
SCORE = ":score"  # the score's own histogram stands among the features, under a name that no column has


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


def values_of(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """A column's values, shape (n,)."""
    return np.asarray(table.column(name).to_numpy(zero_copy_only=False))


def codes_of(table: pa.Table, name: str) -> Ints:
    """Each row's place among a column's different values, shape (n,)."""
    encoded = table.column(name).combine_chunks().dictionary_encode()
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def group_rows(table: pa.Table) -> Groups:
    """Group rows that have the columns model_version_id, arm, ms_at and replayed."""
    hours = values_of(table, "ms_at").astype(np.int64) // HOUR_MS
    arms, versions = codes_of(table, "arm"), codes_of(table, "model_version_id")
    key = ((hours * 1024 + versions) * 64 + arms) * 2 + values_of(table, "replayed").astype(np.int64)
    _, first, of_row = np.unique(key, return_index=True, return_inverse=True)
    return Groups(of_row.astype(np.int64), first.astype(np.int64))


def _heads(table: pa.Table, groups: Groups) -> dict[str, pa.Array]:
    head = table.select(["model_version_id", "version", "arm", "ms_at", "replayed"]).take(pa.array(groups.first))
    hours = values_of(head, "ms_at").astype(np.int64) // HOUR_MS * HOUR_MS
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


def summarise_predictions(table: pa.Table) -> pa.Table:
    """Hourly rows of predictions, one per version, arm, hour and replayed."""
    groups = group_rows(table)
    scores = values_of(table, "score").astype(np.float64)
    latency = values_of(table, "latency_ms").astype(np.float64)
    return pa.table(
        _heads(table, groups)
        | {
            "n": pa.array(np.bincount(groups.of_row, minlength=groups.count)),
            "treated": pa.array(groups.sums(values_of(table, "decision")).astype(np.int64)),
            "score_sum": pa.array(groups.sums(scores)),
            "score_counts": _lists(count_by_group(groups.of_row, score_codes(scores), groups.count, SCORE_BINS)),
            "latency_counts": _lists(count_by_group(groups.of_row, latency_codes(latency), groups.count, len(LATENCY_EDGES_MS) + 1)),
            "latency_ms_sum": pa.array(groups.sums(latency)),
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


def summarise_truth(table: pa.Table) -> pa.Table:
    """Hourly rows of labelled predictions, in the hour in which they were predicted: how right the model was, whatever was done.

    Args:
        table: joined truth: predictions' columns and truth.
    """
    groups = group_rows(table)
    truth, decision = values_of(table, "truth").astype(np.int64), values_of(table, "decision").astype(np.int64)
    scores = values_of(table, "score").astype(np.float64)
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
        }
    )
