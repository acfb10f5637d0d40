"""Reading what was frozen as JSON, of any kind."""

from __future__ import annotations

from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from core.errors import Corrupt


class Formatted(Protocol):
    """What tells its format."""

    @property
    def format(self) -> int:
        """Rises with what readers must know."""


T = TypeVar("T", bound=Formatted)


def read_frozen_json(adapter: TypeAdapter[T], data: bytes, readable: frozenset[int]) -> T:
    """Read a frozen report.

    Args:
        readable: formats that this release knows.

    Raises:
        Corrupt: not a report of a format that this release knows.
    """
    try:
        report = adapter.validate_json(data)
    except ValidationError as error:
        raise Corrupt("A frozen impact report can't be read: {reason}. Restore it from a backup.", reason=str(error)[:200]) from error
    if report.format not in readable:
        raise Corrupt("This impact report has format {found}; this release reads format {known}.", found=report.format, known=max(readable))
    return report
