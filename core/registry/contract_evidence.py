"""The evidence for another contract: the same decisions of the same test rows, valued the old way and the new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from core.errors import Corrupt
from core.impact.amounts import Amount
from core.impact.report import ImpactReport
from core.project.model import Nouns, Project
from core.project.value_model import Period
from core.registry.contract_flow import payoff_body, rule_body
from core.registry.model import ModelVersion

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Valued:
    """A version's decisions on its test rows under one value model. Amounts are a period's.

    Args:
        reference: the best alternative that needs no model; `gain` is over it and is what is promised.
        actions: cases that are acted on a period.
    """

    value_model_id: str
    value_model_version: int
    note: str
    currency: str
    period: Period
    cases_per_period: int
    payoff: Mapping[str, str]
    rule: Mapping[str, str] | None
    reference: str
    value: Amount
    gain: Amount
    gain_per_case: Amount
    actions: float


@dataclass(frozen=True, slots=True)
class ContractEvidence:
    """What an approver decides on when a contract is to take another one's place.

    Args:
        threshold: how the version decides; it stays.
        rows, positives: of the test slice on which both were valued.
        before_number: the contract in force; None for one that was carried over.
    """

    format: int
    project_id: str
    project_name: str
    question: str
    nouns: Nouns
    sample: bool
    model_name: str
    version_number: int
    model_version_id: str
    threshold: float
    rows: int
    positives: int
    before_number: int
    before: Valued
    after: Valued
    computed_at: datetime

    @property
    def same_money(self) -> bool:
        """Whether both speak of the same currency and period, so that they have a difference."""
        return (self.before.currency, self.before.period) == (self.after.currency, self.after.period)


_ADAPTER: TypeAdapter[ContractEvidence] = TypeAdapter(ContractEvidence)


def value_of(report: ImpactReport, note: str) -> Valued:
    """What a report says of its value model, as evidence keeps it."""
    return Valued(
        report.value_model_id, report.value_model_version, note, report.currency, report.period, report.cases_per_period, payoff_body(report),
        rule_body(report), report.reference.value, report.value, report.gain, report.gain_per_case, report.frequencies.actions,
    )  # fmt: skip


def compare_contracts(
    project: Project, version: ModelVersion, number: int, before: tuple[ImpactReport, str], after: tuple[ImpactReport, str], now: datetime
) -> ContractEvidence:
    """Put the evidence together.

    Args:
        number: of the contract in force.
        before, after: the report of the same decisions under the old and the new value model, with the value model's note.
    """
    report = after[0]
    return ContractEvidence(
        FORMAT, project.id, project.name, project.question, project.nouns, project.is_sample, version.model_name, version.number,
        version.id, version.threshold, report.test.rows, report.test.positives, number, value_of(*before), value_of(*after), now,
    )  # fmt: skip


def evidence_to_json(evidence: ContractEvidence) -> bytes:
    """Evidence as JSON; amounts of money are strings, so that no digit is lost."""
    return _ADAPTER.dump_json(evidence)


def evidence_from_json(data: bytes) -> ContractEvidence:
    """Read frozen evidence.

    Raises:
        Corrupt: not evidence of a format that this release knows.
    """
    try:
        evidence = _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise Corrupt("A request's evidence can't be read: {reason}. Restore it from a backup.", reason=str(error)[:200]) from error
    if evidence.format != FORMAT:
        raise Corrupt("This evidence has format {found}; this release reads format {known}.", found=evidence.format, known=FORMAT)
    return evidence
