"""What a maker of files is given for a run of several classes or a forecast; it goes to the child as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from core.impact.export.formats import ExportFormat
from core.impact.export.spec import Origin
from core.impact.seal import Seal
from core.impact.task_report import TaskReport
from core.words import Words


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One file to make.

    Args:
        value: the run in money.
        seal: None marks the file as a draft.
    """

    format: ExportFormat
    language: Literal["en", "ja"]
    timezone: str
    value: TaskReport
    origin: Origin
    seal: Seal | None = None

    @property
    def words(self) -> Words:
        """The reader's words; a sample's own texts too."""
        return Words(self.language, ZoneInfo(self.timezone), samples=self.origin.is_sample)


_SPEC: TypeAdapter[TaskSpec] = TypeAdapter(TaskSpec)


def task_spec_to_json(spec: TaskSpec) -> bytes:
    """For the child."""
    return _SPEC.dump_json(spec)


def task_spec_from_json(data: bytes) -> TaskSpec:
    """In the child."""
    return _SPEC.validate_json(data)
