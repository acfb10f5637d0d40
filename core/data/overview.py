"""What a version looks like once a target is thought of: its balance, what may give the answer away, what else to know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.data.baseline import as_texts
from core.data.frames import count_values
from core.data.leaks import Leak, LeakLevel
from core.data.model import Column, ColumnRoles, DatasetVersion, Kind
from core.data.profile import Profile
from core.data.service import get_leaks, get_profile, get_version
from core.errors import InvalidInput
from core.identity import Principal
from core.workspace import Workspace

MOSTLY_MISSING = 0.5
MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Overview:
    """A version, its profile, and what follows from its roles (or from those that somebody thinks of).

    Args:
        leaks: columns that may give the answer away, the strongest first.
        values: the target's values with their counts, the most frequent first; empty without a target or for one of many numbers.
    """

    version: DatasetVersion
    profile: Profile
    roles: ColumnRoles | None
    leaks: tuple[Leak, ...]
    values: tuple[tuple[str, int], ...]

    @property
    def missing_share(self) -> float:
        """Share of all cells that are empty, 0 to 1."""
        cells = self.version.rows * len(self.version.columns)
        return sum(c.missing for c in self.version.columns) / cells if cells else 0.0

    @property
    def mostly_missing(self) -> tuple[Column, ...]:
        """Columns that are empty in most rows."""
        return tuple(c for c in self.version.columns if c.missing > MOSTLY_MISSING * self.version.rows and c.distinct)

    @property
    def serious(self) -> tuple[Leak, ...]:
        """Leaks with evidence that stands by itself."""
        return tuple(leak for leak in self.leaks if leak.level is not LeakLevel.HINT)

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Columns whose every cell differs and that are still among the features."""
        hidden = self.roles.not_features if self.roles else frozenset()
        return tuple(name for name in self.profile.unique if name not in hidden)

    @property
    def positive_share(self) -> float | None:
        """Share of rows with the value that is looked for, 0 to 1."""
        if self.roles is None or self.roles.positive is None or not self.version.rows:
            return None
        return dict(self.values).get(self.roles.positive, 0) / self.version.rows


def get_overview(ws: Workspace, actor: Principal, version_id: str, roles: ColumnRoles | None = None) -> Overview:
    """Everything that the page of a version shows.

    Args:
        roles: a declaration that is being thought of; without it the version's own.
    """
    version = get_version(ws, actor, version_id)
    asked = roles or version.roles
    values: tuple[tuple[str, int], ...] = ()
    target = version.column(asked.target) if asked else None
    if target is not None and (target.distinct <= MOST_VALUES or not target.kind.numeric):
        values = list_values(ws, actor, version_id, target.name)
    return Overview(version, get_profile(ws, actor, version_id), asked, get_leaks(ws, actor, version_id, asked), values)


def list_values(ws: Workspace, actor: Principal, version_id: str, column: str) -> tuple[tuple[str, int], ...]:
    """Values of a column with their counts, the most frequent first, at most `MOST_VALUES`; missing ones aside.

    Raises:
        InvalidInput: there is no such column.
    """
    version = get_version(ws, actor, version_id)
    if version.column(column) is None:
        raise InvalidInput("There is no column '{name}' in this data set.", field="column", name=column)
    return _values(ws.artifacts.path(version.sha256), column)


@lru_cache(maxsize=64)  # content never changes; a page asks again with every redraw
def _values(path: Path, column: str) -> tuple[tuple[str, int], ...]:
    counts = count_values(path, column, MOST_VALUES)
    return tuple(zip(as_texts(counts.index.to_series()).tolist(), counts.tolist(), strict=True))


def suggest_target(version: DatasetVersion) -> str:
    """The column that most likely is the question: by its name, else the last one with few values, else the last one."""
    named = [c.name for c in version.columns if c.name.casefold() in TARGET_NAMES]
    few = [c.name for c in version.columns if c.distinct == 2 and c.kind is not Kind.DATETIME]
    return next(iter([*named, *reversed(few), version.columns[-1].name]))


TARGET_NAMES = frozenset({"target", "label", "y", "class", "churn", "outcome", "目的変数", "正解", "解約"})
