"""New training data: the champion's rows and the labelled served cases, less the newest, which are kept back to compare on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from core.data.model import ColumnRoles
from core.errors import NotEnoughData

# Of the new labelled cases, the newest three tenths are kept back: enough to compare on, and the rest still teaches.
HELD_OUT_SHARE = 0.3
# Fewer cases than a hundred tell two models apart only by luck.
MIN_HELD_OUT = 100
TRUTH, SERVED = "__truth", "__served_score"


@dataclass(frozen=True, slots=True)
class LabelledCases:
    """Labelled served cases, oldest first; all of length n.

    Args:
        features: one column a feature, as the gateway got them.
        truth: 0 or 1. served_at: UTC. key: prediction id.
        model_version_id: which version answered; score: what it said.
    """

    features: pd.DataFrame
    truth: npt.NDArray[np.int64]
    served_at: tuple[datetime, ...]
    key: tuple[str, ...]
    model_version_id: tuple[str, ...]
    score: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.key)

    def part(self, start: int, stop: int) -> LabelledCases:
        """Cases from `start` up to `stop`."""
        cut = slice(start, stop)
        return LabelledCases(
            self.features.iloc[cut].reset_index(drop=True), self.truth[cut], self.served_at[cut], self.key[cut], self.model_version_id[cut],
            self.score[cut],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Training rows, and what is kept back.

    Args:
        table: rows of the champion's data and new ones, in the champion's schema.
        held_out: the newest labelled cases.
        original, added: how many rows of the table come from where.
    """

    table: pa.Table
    held_out: LabelledCases
    original: int
    added: int


def rebuild(parent: pa.Table, roles: ColumnRoles, cases: LabelledCases, max_rows: int) -> Rebuilt:
    """Put new training data together.

    Args:
        parent: the champion's training data, rows in their order.
        cases: labelled served cases that no training has seen, oldest first.
        max_rows: rows of the result at most; the oldest original rows go first, then the oldest new ones.

    Raises:
        NotEnoughData: too few labelled cases, or only one outcome among those kept back.
    """
    keep_back = max(MIN_HELD_OUT, round(len(cases) * HELD_OUT_SHARE))
    if len(cases) < 2 * MIN_HELD_OUT:
        raise NotEnoughData("Only {have} labelled cases are new; {need} are needed.", have=len(cases), need=2 * MIN_HELD_OUT)
    cut = len(cases) - keep_back
    held_out, new = cases.part(cut, len(cases)), cases.part(max(0, cut - max_rows), cut)
    if held_out.truth.min() == held_out.truth.max():
        raise NotEnoughData("All of the newest {have} labelled cases have the same outcome, so nothing can be compared.", have=keep_back)
    room = max_rows - len(new)
    old = parent.slice(max(0, parent.num_rows - room)) if room > 0 else parent.slice(0, 0)
    table = pa.concat_tables([old, as_rows(parent, roles, new)])
    return Rebuilt(table, held_out, old.num_rows, len(new))


def as_rows(parent: pa.Table, roles: ColumnRoles, cases: LabelledCases) -> pa.Table:
    """Served cases as rows of the champion's data: the same columns and types; what was never served is missing."""
    negative = other_label(parent, roles)
    columns = []
    for field in parent.schema:
        if field.name == roles.target:
            labels = [roles.positive if truth else negative for truth in cases.truth]
            columns.append(_cast(pd.Series(labels, dtype=object), field.type))
        elif field.name == roles.time_column:
            columns.append(_times(parent, field, cases))
        elif field.name in cases.features:
            columns.append(_cast(cases.features[field.name], field.type))
        elif field.name == roles.id_column and pa.types.is_string(field.type):
            columns.append(pa.array(cases.key, field.type))
        else:
            columns.append(pa.nulls(len(cases), field.type))
    return pa.table(columns, schema=pa.schema([field.with_nullable(True) for field in parent.schema], metadata=parent.schema.metadata))


def other_label(parent: pa.Table, roles: ColumnRoles) -> str:
    """How the champion's data calls the outcome that isn't positive."""
    values = {str(value) for value in parent.column(roles.target).drop_null().unique().to_pylist()}
    others = sorted(values - {roles.positive, str(roles.positive)})
    if len(others) != 1:
        raise NotEnoughData("The training data of the version in use has {count} other outcomes; one is needed.", count=len(others))
    return others[0]


def _cast(column: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(kind):
        # 1 and 0 are found too: as keys they equal True and False.
        truths = {True: True, False: False, "true": True, "false": False, "True": True, "False": False, "1": True, "0": False}
        return pa.array([truths.get(value) for value in column], kind)
    if pa.types.is_integer(kind):
        numbers = pd.to_numeric(column, errors="coerce")
        return pa.array([None if not np.isfinite(value) else round(value) for value in numbers.astype("float64")], kind)
    if pa.types.is_floating(kind):
        return pa.array(pd.to_numeric(column, errors="coerce").astype("float64"), kind, from_pandas=True)
    if pa.types.is_temporal(kind):
        return _moments(pd.to_datetime(column, errors="coerce", utc=True), kind)
    return pa.array([None if pd.isna(value) else str(value) for value in column], pa.string()).cast(kind)


def _times(parent: pa.Table, field: pa.Field, cases: LabelledCases) -> pa.Array:
    """When each case was served; where time is a number (a row count, a year), it goes on rising from the last one."""
    if pa.types.is_temporal(field.type):
        return _moments(pd.Series(pd.to_datetime(list(cases.served_at), utc=True)), field.type)
    if pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
        last = max((v for v in parent.column(field.name).drop_null().to_pylist()), default=0)
        return pa.array([last + 1 + i for i in range(len(cases))], pa.float64()).cast(field.type)
    return pa.array([at.isoformat() for at in cases.served_at], pa.string()).cast(field.type)


def _moments(column: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind) and kind.tz is None:
        column = column.dt.tz_localize(None)
    return pa.array(column, from_pandas=True).cast(kind, safe=False)


def held_out_table(held_out: LabelledCases, champion_id: str) -> pa.Table:
    """The kept-back cases as the comparison's job reads them.

    Features as text, number or missing, the truth, and the champion's own score where it was the champion that answered.
    """
    own = np.array([version == champion_id for version in held_out.model_version_id])
    frame = held_out.features.copy()
    for name in frame.columns:
        if frame[name].dtype == object:
            frame[name] = frame[name].map(lambda value: None if pd.isna(value) else value)
    table = {name: _plain(frame[name]) for name in frame.columns}
    table[TRUTH] = pa.array(held_out.truth)
    table[SERVED] = pa.array(np.where(own, held_out.score, np.nan))
    return pa.table(table)


def _plain(column: pd.Series) -> pa.Array:
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # A column that mixed numbers and text reads as text, as training reads it too.
        return pa.array([None if value is None else str(value) for value in column])
