"""The scores that a run leaves behind: what its models said about rows that they weren't trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import Corrupt, InvalidInput, NotEnoughData
from core.impact.arrays import BoolArray, FloatArray, IntArray, as_outcomes, as_scores
from core.project.wording import NOT_VALUED

VALIDATION, TEST = "validation", "test"
MODEL_PREFIX = "m:"


@dataclass(frozen=True, slots=True)
class Slice:
    """Scored rows of one split.

    Args:
        name: ``validation`` or ``test``.
        rows: 0-based rows of the dataset version, shape (n,).
        y: outcomes, shape (n,).
        score: probability of the positive class by the run's best model, shape (n,).
        models: the same by each leaderboard model.
    """

    name: str
    rows: IntArray
    y: BoolArray
    score: FloatArray
    models: Mapping[str, FloatArray]

    @property
    def positives(self) -> int:
        """Rows with a positive outcome."""
        return int(np.count_nonzero(self.y))


@dataclass(frozen=True, slots=True)
class RunScores:
    """Both slices of a run: the threshold is chosen on the first and valued on the second."""

    validation: Slice
    test: Slice


def read_scores(path: Path, *, models: bool = False) -> RunScores:
    """Read a run's scores artifact.

    Args:
        path: Parquet with ``split``, ``row``, ``y``, ``score`` and ``m:<model>`` columns.
        models: also read the leaderboard models' scores.

    Raises:
        Corrupt: not such a file. NotEnoughData: a slice without a row. InvalidInput: not a binary run's scores.
    """
    try:
        names = pq.read_schema(path).names
        wanted = ["split", "row", "y", "score", *(n for n in names if models and n.startswith(MODEL_PREFIX))]
        table = pq.read_table(path, columns=wanted)
    except (OSError, ValueError, KeyError) as error:
        raise Corrupt("The scores of this run can't be read: {reason}. Train the run again.", reason=str(error)[:200]) from error
    missing = sorted({"split", "row", "y", "score"} - set(table.column_names))
    if missing:
        raise Corrupt("The scores of this run lack the columns {missing}. Train the run again.", missing=", ".join(missing))
    return RunScores(_slice(VALIDATION, table), _slice(TEST, table))


def _slice(name: str, table: pa.Table) -> Slice:
    part = table.filter(pc.equal(table["split"], name))
    if part.num_rows == 0:
        raise NotEnoughData("This run has no {split} rows, so its value can't be told. Train it on more rows.", split=name)
    columns = {column: part[column].to_numpy() for column in part.column_names if column != "split"}
    if columns["y"].dtype == object or columns["y"].dtype.kind in "US":
        raise InvalidInput(NOT_VALUED, field="run")
    y = as_outcomes(columns["y"])
    return Slice(
        name,
        columns["row"].astype(np.int64),
        y,
        as_scores(columns["score"], y.size),
        {n.removeprefix(MODEL_PREFIX): as_scores(v, y.size) for n, v in columns.items() if n.startswith(MODEL_PREFIX)},
    )
