"""What a data set, a version of it and its columns are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    TEXT = "text"
    DATETIME = "datetime"

    @property
    def numeric(self) -> bool:
        """Whether it counts or measures."""
        return self in {Kind.NUMBER, Kind.INTEGER}


class Source(StrEnum):
    """Where a version came from."""

    UPLOAD = "upload"
    SAMPLE = "sample"
    RETRAINING = "retraining"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name as in the file, its kind, how many cells are missing, how many values differ."""

    name: str
    kind: Kind
    missing: int
    distinct: int

    @property
    def tells(self) -> bool:
        """Whether rows differ in it; a gap is a difference too."""
        return self.distinct > 1 or (self.distinct == 1 and self.missing > 0)


@dataclass(frozen=True, slots=True)
class ColumnRoles:
    """What each column is for.

    Args:
        target: what is to be predicted.
        positive: the target's value that is looked for; None for multiclass and regression.
        id_column: tells cases apart; never a feature.
        time_column: when a case was known; for splits by time; never a feature.
        leave_out: columns that the model must not see.
    """

    target: str
    positive: str | None = None
    id_column: str | None = None
    time_column: str | None = None
    leave_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        taken = [c for c in (self.target, self.id_column, self.time_column) if c is not None]
        if len(set(taken)) != len(taken):
            raise InvalidInput("One column can't be target, id and time at once. Choose different columns.", field="roles")
        if self.target in self.leave_out:
            raise InvalidInput("The target '{name}' can't be left out.", field="roles.leave_out", name=self.target)

    @property
    def not_features(self) -> frozenset[str]:
        """Columns that the model must not see."""
        return frozenset({self.target, *self.leave_out, *(c for c in (self.id_column, self.time_column) if c)})


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named data set of a project; its content lies in its versions."""

    id: str
    project_id: str
    name: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DataWarning:
    """Something about a version that a person should know; `template` and `fields` as in an error."""

    template: str
    fields: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.template.format(**dict(self.fields))


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """An immutable table.

    Args:
        number: 1, 2, 3 … within its data set.
        sha256: its Parquet artifact, rows in the order of the upload.
        profile_sha256: its profile, a JSON artifact.
        roles: None until they are declared; declared once.
        parent_id: the version that it was made of, if any.
    """

    id: str
    dataset_id: str
    project_id: str
    number: int
    name: str
    sha256: str
    profile_sha256: str
    rows: int
    columns: tuple[Column, ...]
    roles: ColumnRoles | None
    source: Source
    filename: str
    note: str
    warnings: tuple[DataWarning, ...]
    parent_id: str | None
    created_by: str
    created_at: datetime

    def column(self, name: str) -> Column | None:
        """A column by name."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def features(self) -> tuple[Column, ...]:
        """Columns that a model sees, once roles are declared; constant and empty columns drop out."""
        if self.roles is None:
            return ()
        hidden = self.roles.not_features
        return tuple(c for c in self.columns if c.name not in hidden and c.tells)
