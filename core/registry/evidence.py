"""The evidence for a version, as an approver sees it: frozen when the request is made, named by its SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.errors import Corrupt
from core.impact.amounts import Amount
from core.impact.payoff import Cells
from core.project.model import Nouns
from core.project.value_model import Period
from core.registry.model import CheckState
from core.registry.phrases import Phrase

FORMAT = 1


class Basis(StrEnum):
    """Which rows a version and the champion were compared on."""

    SAME_TEST_ROWS = "same_test_rows"
    NEWEST_LABELLED = "newest_labelled"
    OWN_TEST_ROWS = "own_test_rows"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A version against the champion; amounts a period.

    Args:
        basis: on the same rows (paired), or each on its own test rows (the intervals add up).
        rows, positives: compared rows, and those with a positive outcome.
        gain: what the version brings over the champion; better: probability that this is above zero.
        from_at, to_at: when the compared rows were served, where they were.
    """

    basis: Basis
    rows: int
    positives: int
    gain: Amount
    better: float
    champion_number: int
    champion_threshold: float
    champion_value: Amount
    champion_cells: Cells
    challenger_value: Amount
    challenger_cells: Cells
    from_at: datetime | None = None
    to_at: datetime | None = None

    @property
    def paired(self) -> bool:
        """Whether both decided on the same rows."""
        return self.basis is not Basis.OWN_TEST_ROWS


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What a version learned from.

    Args:
        columns: names of the features that it uses.
        missing: share of empty cells among them, 0 to 1.
        from_at, to_at: time of its oldest and newest row; None without a time column.
        warnings: columns that give the answer away, as found when the data came in.
    """

    dataset_version_id: str
    name: str
    number: int
    sha256: str
    rows: int
    columns: tuple[str, ...]
    missing: float
    created_at: datetime
    from_at: datetime | None
    to_at: datetime | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How a version was trained."""

    id: str
    number: int
    config: Mapping[str, Any]
    best_model: str
    seed: int
    started_at: datetime | None
    seconds: float
    predict_ms: float | None
    package_sha256: str


@dataclass(frozen=True, slots=True)
class MetricFact:
    """One metric with its slice, size and 95 % interval."""

    name: str
    value: float
    low: float
    high: float
    slice: str
    rows: int


@dataclass(frozen=True, slots=True)
class AlternativeFact:
    """An alternative that needs no model, and the version's gain over it, a period."""

    kind: str
    value: Amount
    gain: Amount
    better: float


@dataclass(frozen=True, slots=True)
class GroupReach:
    """How much of a group's positive cases the version reaches.

    Args:
        feature, group: ``age``, ``61 to 95``.
        positives: positive test rows of the group.
        reach, low, high: share of them that is treated, with its 95 % Wilson interval.
        sure_high: upper end of the interval that allows for having looked at many groups (Bonferroni).
    """

    feature: str
    group: str
    positives: int
    reach: float
    low: float
    high: float
    sure_high: float


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """The groups that are reached least.

    Args:
        overall: everybody.
        floor: reach below which a group counts as left behind: four fifths of everybody's.
        worst: at most five, the least reached first.
        looked_at: how many groups were compared.
    """

    overall: GroupReach | None
    floor: float
    worst: tuple[GroupReach, ...]
    looked_at: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """An automatic check: what it asserts, how it went, and the figure that decided it."""

    key: str
    state: CheckState
    name: Phrase
    evidence: Phrase


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs from the champion (or, for a first version, what it is)."""

    what: Phrase
    before: Phrase | None
    after: Phrase
    same: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """The version's own figures on its test rows, a period.

    Args:
        gain: over `reference`, the best alternative without a model.
        reached: of 1,000 positive cases; unneeded: of 100 actions; None where there are none.
        actions: a period.
    """

    value: Amount
    gain: Amount
    reference: str
    reached: int | None
    unneeded: int | None
    actions: float
    rows: int
    positives: int


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What was asked to be approved."""

    model_version_id: str
    model_id: str
    model_name: str
    number: int
    threshold: float
    note: str
    origin: str
    registered_by: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """The value model that all amounts come from."""

    id: str
    version: int
    currency: str
    period: Period
    cases_per_period: int
    payoff: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Uncompared:
    """The version in use, where it can't be compared: its data lacks a column that the payoffs now read."""

    champion_number: int
    column: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that an approver decides on.

    Args:
        comparison: with the version in use; None for a model's first, and where `uncompared` says why there is none.
    """

    format: int
    project_id: str
    project_name: str
    question: str
    nouns: Nouns
    sample: bool
    version: VersionFacts
    value: ValueFacts
    impact_report_id: str
    impact_sha256: str
    headline: Headline
    comparison: Comparison | None
    data: DataFacts
    run: RunFacts
    metrics: tuple[MetricFact, ...]
    alternatives: tuple[AlternativeFact, ...]
    segments: SegmentFacts
    checks: tuple[CheckResult, ...]
    risks: tuple[Phrase, ...]
    changes: tuple[Change, ...]
    computed_at: datetime
    uncompared: Uncompared | None = None

    @property
    def champion_number(self) -> int | None:
        """The version in use; None for a model's first."""
        if self.comparison is not None:
            return self.comparison.champion_number
        return self.uncompared.champion_number if self.uncompared else None

    @property
    def judged(self) -> tuple[CheckResult, ...]:
        """Checks that apply."""
        return tuple(c for c in self.checks if c.state is not CheckState.UNKNOWN)

    @property
    def passed(self) -> int:
        """How many of them pass."""
        return sum(c.state is CheckState.PASS for c in self.checks)

    @property
    def worst(self) -> CheckState:
        """The worst state of all checks."""
        return max((c.state for c in self.judged), key=_ORDER.index, default=CheckState.UNKNOWN)


_ORDER = (CheckState.UNKNOWN, CheckState.PASS, CheckState.WARN, CheckState.FAIL)
_ADAPTER: TypeAdapter[Evidence] = TypeAdapter(Evidence)


def evidence_to_json(evidence: Evidence) -> bytes:
    """Evidence as JSON; amounts are strings, so that no digit is lost."""
    return _ADAPTER.dump_json(evidence)


def evidence_from_json(data: bytes) -> Evidence:
    """Read frozen evidence.

    Raises:
        Corrupt: not evidence of a format that this release knows.
    """
    try:
        evidence = _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise Corrupt("The frozen evidence can't be read: {reason}. Restore it from a backup.", reason=str(error)[:200]) from error
    if evidence.format != FORMAT:
        raise Corrupt("This evidence has format {found}; this release reads format {known}.", found=evidence.format, known=FORMAT)
    return evidence
