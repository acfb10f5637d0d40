"""Whether a declaration of roles fits the data: what is refused, and what is only warned of."""

from __future__ import annotations

import pandas as pd

from core.data.baseline import as_texts
from core.data.model import Column, ColumnRoles, DatasetVersion, DataWarning, Kind
from core.errors import InvalidInput, NotEnoughData
from core.project.model import Task

MIN_ROWS = 50
MIN_PER_CLASS = 10
FEW_PER_CLASS = 50
MAX_CLASSES = 50
MIN_NUMBERS = 10


def check_roles(version: DatasetVersion, roles: ColumnRoles, task: Task, frame: pd.DataFrame) -> tuple[DataWarning, ...]:
    """Check a declaration against the rows.

    Args:
        frame: the columns that roles name, all rows.

    Returns:
        warnings; it may be used all the same.

    Raises:
        InvalidInput, NotEnoughData: it can't be used, and why.
    """
    for name in (roles.target, roles.id_column, roles.time_column, *roles.leave_out):
        if name is not None and version.column(name) is None:
            raise InvalidInput("There is no column '{name}' in this data set.", field="roles", name=name)
    if version.rows < MIN_ROWS:
        raise NotEnoughData(
            "This data set has {have} rows; training needs at least {need}.", field="roles", have=version.rows, need=MIN_ROWS
        )
    hidden = roles.not_features
    if not any(c.name not in hidden and c.tells for c in version.columns):
        raise InvalidInput("No column is left to learn from. Leave fewer out.", field="roles.leave_out")
    target = version.column(roles.target)
    assert target is not None
    _check_target(target, version.rows)
    warnings = _check_values(target, roles, task, frame[roles.target])
    return (*warnings, *_check_id(version, roles), *_check_time(version, roles))


def _check_target(target: Column, rows: int) -> None:
    if target.missing:
        raise InvalidInput(
            "The target '{name}' is missing in {missing} of {rows} rows. Fill them, or leave those rows out, and upload again.",
            field="roles.target", name=target.name, missing=target.missing, rows=rows,
        )  # fmt: skip
    if target.distinct < 2:
        raise InvalidInput(
            "The target '{name}' has one value only, so there is nothing to learn. Choose another column.",
            field="roles.target",
            name=target.name,
        )


def _check_values(target: Column, roles: ColumnRoles, task: Task, values: pd.Series) -> tuple[DataWarning, ...]:
    if task is Task.REGRESSION:
        if not target.kind.numeric:
            raise InvalidInput("The target '{name}' must hold numbers to predict a number.", field="roles.target", name=target.name)
        if target.distinct < MIN_NUMBERS:
            raise InvalidInput(
                "The target '{name}' has only {have} different numbers. Use a project for classes.",
                field="roles.target",
                name=target.name,
                have=target.distinct,
            )
        return ()
    counts = as_texts(values).value_counts()
    if task is Task.BINARY:
        _check_binary(target, roles, counts)
    elif len(counts) > MAX_CLASSES:
        raise InvalidInput(
            "The target '{name}' has {have} classes; at most {most} can be told apart.",
            field="roles.target",
            name=target.name,
            have=len(counts),
            most=MAX_CLASSES,
        )
    small = counts[counts < MIN_PER_CLASS]
    if len(small):
        raise NotEnoughData(
            "The class '{value}' has {have} rows; each class needs at least {need}.",
            field="roles.target", value=str(small.index[-1]), have=int(small.iloc[-1]), need=MIN_PER_CLASS,
        )  # fmt: skip
    few = counts[counts < FEW_PER_CLASS]
    template = "The class '{value}' has only {have} rows; figures about it will be rough."
    return tuple(DataWarning(template, (("value", str(value)), ("have", str(int(count))))) for value, count in few.items())


def _check_binary(target: Column, roles: ColumnRoles, counts: pd.Series) -> None:
    if len(counts) != 2:
        raise InvalidInput(
            "The target '{name}' has {have} values ({values}); a yes-or-no question needs exactly two.",
            field="roles.target", name=target.name, have=len(counts), values=", ".join(map(str, counts.index[:5])),
        )  # fmt: skip
    if not roles.positive:
        raise InvalidInput(
            "Say which value of '{name}' is the one that you look for: {values}.",
            field="roles.positive", name=target.name, values=", ".join(map(str, counts.index)),
        )  # fmt: skip
    if roles.positive not in set(counts.index):
        raise InvalidInput(
            "'{positive}' is not a value of '{name}'. Choose one of: {values}.",
            field="roles.positive", positive=roles.positive, name=target.name, values=", ".join(map(str, counts.index)),
        )  # fmt: skip


def _check_id(version: DatasetVersion, roles: ColumnRoles) -> tuple[DataWarning, ...]:
    column = version.column(roles.id_column) if roles.id_column else None
    if column is None or column.distinct + min(column.missing, 1) >= version.rows:
        return ()
    return (
        DataWarning(
            "The id column '{name}' repeats: {distinct} values in {rows} rows.",
            (("name", column.name), ("distinct", str(column.distinct)), ("rows", str(version.rows))),
        ),
    )


def _check_time(version: DatasetVersion, roles: ColumnRoles) -> tuple[DataWarning, ...]:
    column = version.column(roles.time_column) if roles.time_column else None
    if column is None:
        return ()
    if column.kind is not Kind.DATETIME and not column.kind.numeric:
        raise InvalidInput(
            "The time column '{name}' holds no dates. Write them as 2026-11-24, or choose another column.",
            field="roles.time_column",
            name=column.name,
        )
    if column.missing:
        raise InvalidInput(
            "The time column '{name}' is missing in {missing} rows. Fill them and upload again.",
            field="roles.time_column",
            name=column.name,
            missing=column.missing,
        )
    return ()
