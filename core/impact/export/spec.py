"""What a maker of files is given: the report, where it comes from, its seal, and the reader's language. It goes to the child as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from core.impact.export.formats import ExportFormat
from core.impact.report import ImpactReport
from core.impact.seal import Seal
from core.words import Words


@dataclass(frozen=True, slots=True)
class Origin:
    """What the report's ids stand for, in people's words; a data set without a name here has number 0."""

    project_name: str
    question: str
    is_sample: bool
    dataset_name: str
    dataset_number: int


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """One file to make.

    Args:
        seal: None marks the file as a draft.
    """

    format: ExportFormat
    language: Literal["en", "ja"]
    timezone: str
    report: ImpactReport
    origin: Origin
    seal: Seal | None

    @property
    def words(self) -> Words:
        """The reader's words; a sample's own texts too."""
        return Words(self.language, ZoneInfo(self.timezone), samples=self.origin.is_sample)


_ADAPTER: TypeAdapter[ExportSpec] = TypeAdapter(ExportSpec)


def spec_to_json(spec: ExportSpec) -> bytes:
    """For the child."""
    return _ADAPTER.dump_json(spec)


def spec_from_json(data: bytes) -> ExportSpec:
    """In the child."""
    return _ADAPTER.validate_json(data)
