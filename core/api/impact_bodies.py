"""Impact reports as REST gives them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from core.api.page import Out
from core.api.value_bodies import AnyRuleOut, EconomicsOut, LimitsOut, PayoffOut
from core.impact.alternatives import AlternativeKind
from core.impact.calibration import Method
from core.impact.choosing import Candidate
from core.impact.decision import PolicyKind, Resource
from core.impact.report import ThresholdSource, Verdict
from core.impact.sensitivity import Assumption, Basis
from core.project.value_model import Period


class AmountOut(Out):
    """Money with its 95 % interval."""

    value: Decimal
    low: Decimal
    high: Decimal


class CellsOut(Out):
    """Rows of each cell of the confusion matrix."""

    tp: int
    fp: int
    fn: int
    tn: int


class CellAmountsOut(Out):
    """Money in each cell."""

    tp: Decimal
    fp: Decimal
    fn: Decimal
    tn: Decimal


class AlternativeOut(Out):
    """An alternative's value and the model's gain over it, a period; `parts` add up to its value."""

    kind: AlternativeKind
    name: str
    value: AmountOut
    gain: AmountOut
    better: float
    actions: float
    reached: float | None
    unneeded: float | None
    parts: CellAmountsOut | None


class FrequenciesOut(Out):
    """Natural frequencies: of 1,000 positive cases, of 100 actions, and counts a period."""

    reached: int | None
    missed: int | None
    unneeded: int | None
    actions: float
    needed_actions: float
    unneeded_actions: float
    missed_cases: float
    positives: float


class PointOut(Out):
    """One threshold of the profit curve."""

    threshold: float
    cells: CellsOut
    value: Decimal
    low: Decimal
    high: Decimal


class BarOut(Out):
    """One bar of the tornado."""

    assumption: Assumption
    share: float
    low: float
    base: float
    high: float
    at_low: Decimal
    at_high: Decimal


class BreakEvenOut(Out):
    """Where an alternative draws level with the model."""

    assumption: Assumption
    at: Decimal
    base: Decimal
    against: AlternativeKind
    above: bool


class SliceOut(Out):
    """Rows that an amount was computed on."""

    name: str
    rows: int
    positives: int


class ProvenanceOut(Out):
    """Where the numbers come from."""

    scores_sha256: str
    seed: int
    replicates: int
    level: float
    computed_at: datetime


class CalibrationMapOut(Out):
    """How scores become likelihoods."""

    method: Method


class DecisionPolicyOut(Out):
    """How decisions are made: by one threshold on the score, or case by case by expected gain above `cut`."""

    kind: PolicyKind
    cut: float
    resource: Resource
    odds_factor: float
    calibration: CalibrationMapOut


class PolicyValueOut(Out):
    """A candidate policy and what it is worth on the test slice, a period; `behind`: what the recommended one brings more."""

    candidate: Candidate
    policy: DecisionPolicyOut
    value: AmountOut
    behind: AmountOut
    actions: float
    reached: float


class ReliabilityOut(Out):
    """Rows of like likelihood: what was said, and what came true with its 95 % interval."""

    rows: int
    said: float
    came: float
    low: float
    high: float


class CalibrationOut(Out):
    """Whether likelihoods mean what they say, before and after calibration, and what that is worth a period."""

    method: Method
    before: list[ReliabilityOut]
    after: list[ReliabilityOut]
    loss_before: float
    loss_after: float
    worth: AmountOut


class ReportOut(Out):
    """An impact report. Amounts are a period's, in `currency`, unless named otherwise."""

    project_id: str
    run_id: str
    run_number: int
    dataset_version_id: str
    model_name: str
    value_model_id: str
    value_model_version: int
    currency: str
    period: Period
    cases_per_period: int
    payoff: PayoffOut
    rule: AnyRuleOut
    threshold: float
    threshold_source: ThresholdSource
    validation: SliceOut
    test: SliceOut
    value: AmountOut
    value_per_case: AmountOut
    reference: AlternativeKind
    gain: AmountOut
    gain_per_case: AmountOut
    better: float
    verdict: Verdict
    alternatives: list[AlternativeOut]
    cells: CellsOut
    frequencies: FrequenciesOut
    unneeded_cost: Decimal
    missed_cost: Decimal
    curve: list[PointOut]
    curve_step: float
    peak: float
    basis: Basis
    tornado: list[BarOut]
    break_evens: list[BreakEvenOut]
    provenance: ProvenanceOut
    amounts: PayoffOut
    limits: LimitsOut
    economics: EconomicsOut
    policy: DecisionPolicyOut = Field(validation_alias="decides")
    policies: list[PolicyValueOut]
    calibration: CalibrationOut | None
    parts: CellAmountsOut | None
