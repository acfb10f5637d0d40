"""The impact report: everything that a page, an approver or a certificate says about a model's worth, frozen as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import TypeAdapter

from core.impact.alternatives import AlternativeKind
from core.impact.amounts import Amount
from core.impact.books import Weights
from core.impact.bootstrap import Interval
from core.impact.calibration import Method
from core.impact.choosing import Candidate
from core.impact.decision import DecisionPolicy, PolicyKind
from core.impact.details import Details
from core.impact.frequencies import NaturalFrequencies
from core.impact.frozen_json import read_frozen_json
from core.impact.payoff import Cells
from core.impact.sensitivity import Assumption, Basis
from core.project.model import Nouns
from core.project.payoffs import CELLS
from core.project.terms import NO_LIMITS, PLAIN_ECONOMICS, Economics, Limits
from core.project.value_model import Formula, PayoffMatrix, Period, TodaysRule

FORMAT = 3
READABLE = frozenset({1, 2, 3})
CASE_PLACES = 6


class Verdict(StrEnum):
    """What the 95 % interval of the gain over the best alternative without a model allows to say."""

    BETTER = "better"
    UNCERTAIN = "uncertain"
    WORSE = "worse"
    SAME = "same"


def verdict_of(gain: Amount | Interval) -> Verdict:
    """What a gain's 95 % interval allows to say."""
    if gain.low == gain.high == 0:
        return Verdict.SAME
    if gain.low > 0:
        return Verdict.BETTER
    return Verdict.WORSE if gain.high < 0 else Verdict.UNCERTAIN


class ThresholdSource(StrEnum):
    """Who chose the threshold."""

    VALIDATION = "validation"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class CellAmounts:
    """Money in each cell of a decision; as the value of one case: on average over the test rows of that outcome."""

    tp: Decimal
    fp: Decimal
    fn: Decimal
    tn: Decimal


@dataclass(frozen=True, slots=True)
class AlternativeValue:
    """An alternative and what the model brings over it, a period.

    Args:
        better: probability that the model is better, 0 to 1.
        actions: cases that it treats a period.
        reached, unneeded: shares of the positive and of the negative cases that it treats, 0 to 1.
        parts: what each cell contributes to its value. All three are None in reports of releases that didn't keep them.
        more_reached, more_unneeded: positive and negative cases that the model treats more than it, a period; None as above.
    """

    kind: AlternativeKind
    name: str
    value: Amount
    gain: Amount
    better: float
    actions: float
    reached: float | None = None
    unneeded: float | None = None
    parts: CellAmounts | None = None
    more_reached: Interval | None = None
    more_unneeded: Interval | None = None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One threshold on the test slice: its cells, and its value a period with a pointwise 95 % interval.

    Args:
        parts: what each cell contributes to the value where payoffs differ by row; else the cells tell it.
    """

    threshold: float
    cells: Cells
    value: Decimal
    low: Decimal
    high: Decimal
    parts: CellAmounts | None = None


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """What a period brings if one assumption is lower or higher; ``share`` of itself either way."""

    assumption: Assumption
    share: float
    low: float
    base: float
    high: float
    at_low: Decimal
    at_high: Decimal


@dataclass(frozen=True, slots=True)
class BreakEvenPoint:
    """The model pays while the payoff stays above (or below) ``at``; there the alternative draws level."""

    assumption: Assumption
    at: Decimal
    base: Decimal
    against: AlternativeKind
    above: bool


@dataclass(frozen=True, slots=True)
class SliceInfo:
    """Which rows an amount was computed on."""

    name: str
    rows: int
    positives: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers come from."""

    scores_sha256: str
    seed: int
    replicates: int
    level: float
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """A candidate policy and what it is worth on the test slice, a period.

    Args:
        behind: what the recommended policy brings more; zero for itself.
        actions: cases that it treats a period. reached: share of the positive cases that it treats, 0 to 1.
    """

    candidate: Candidate
    policy: DecisionPolicy
    value: Amount
    behind: Amount
    actions: float
    reached: float


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """Rows whose probability was alike: what was said on average, and the share that came true with its 95 % interval (Wilson)."""

    rows: int
    said: float
    came: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CalibrationFacts:
    """Whether likelihoods mean what they say, on the test slice, before and after calibration.

    Args:
        method: how scores become probabilities; chosen on validation rows.
        before, after: reliability in ten groups of equal size.
        loss_before, loss_after: mean log loss.
        worth: what deciding at the break-even likelihood brings more a period with calibrated likelihoods than with the raw ones.
    """

    method: Method
    before: tuple[ReliabilityPoint, ...]
    after: tuple[ReliabilityPoint, ...]
    loss_before: float
    loss_after: float
    worth: Amount


@dataclass(frozen=True, slots=True)
class OutcomeGain:
    """What the decisions bring over an alternative that needs no model, a case, apart for both outcomes of the test slice."""

    kind: AlternativeKind
    if_positive: Decimal
    if_negative: Decimal


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """A model's worth under one value model at one threshold. All amounts are a period's unless named otherwise.

    Args:
        threshold: a case is treated where its score is at least this.
        value, value_per_case: of the model's decisions on the test slice.
        gain, gain_per_case: over `reference`, the best alternative that needs no model; the promise.
        better: probability that the gain is above zero.
        cells: confusion on the test slice at the threshold.
        curve: test slice, rising thresholds, all of `curve_step` apart but for the chosen one.
        peak: the threshold that would have been best on the test slice, to show how flat the curve is.
        payoff: as it was typed; amounts: what that comes to on average.
        weights: rows of production that a row of the slices stands for, by outcome.
        policy: the recommended one, which `value` and `gain` are of; None in reports of the first format, which had one threshold.
        policies: all candidates.
        parts: what each cell contributes to `value`; None in reports of releases that didn't keep it.
        outcome_gains: of each alternative that needs no model; empty where the test slice has one outcome only, and in older reports.
        details: segments, fairness, scenarios and further figures, worked out when a report is frozen or exported
            (`core.impact.detailing.detail_report`); None while it is only looked at, and in reports of the formats 1 and 2.
    """

    format: int
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
    payoff: PayoffMatrix
    rule: TodaysRule | Formula | None
    nouns: Nouns
    threshold: float
    threshold_source: ThresholdSource
    validation: SliceInfo
    test: SliceInfo
    value: Amount
    value_per_case: Amount
    reference: AlternativeKind
    gain: Amount
    gain_per_case: Amount
    better: float
    verdict: Verdict
    alternatives: tuple[AlternativeValue, ...]
    cells: Cells
    frequencies: NaturalFrequencies
    unneeded_cost: Decimal
    missed_cost: Decimal
    curve: tuple[CurvePoint, ...]
    curve_step: float
    peak: float
    basis: Basis
    tornado: tuple[TornadoBar, ...]
    break_evens: tuple[BreakEvenPoint, ...]
    provenance: Provenance
    typical: CellAmounts | None = None
    weights: Weights = Weights()  # noqa: RUF009 - frozen
    limits: Limits = NO_LIMITS
    economics: Economics = PLAIN_ECONOMICS
    policy: DecisionPolicy | None = None
    policies: tuple[PolicyValue, ...] = ()
    calibration: CalibrationFacts | None = None
    parts: CellAmounts | None = None
    outcome_gains: tuple[OutcomeGain, ...] = ()
    details: Details | None = None

    @property
    def amounts(self) -> CellAmounts:
        """Value of one case in each cell, on average where it differs from case to case."""
        return self.typical or CellAmounts(*(self.payoff.amount(cell) for cell in CELLS))

    @property
    def decides(self) -> DecisionPolicy:
        """The policy that the amounts are of."""
        return self.policy or DecisionPolicy(PolicyKind.THRESHOLD, self.threshold)

    @property
    def by_case(self) -> bool:
        """Whether it decides case by case instead of by one threshold."""
        return self.decides.by_case

    @property
    def positive_scale(self) -> float:
        """Positive cases a period that one positive test row stands for."""
        return self.cases_per_period / self.test.rows * self.weights.positive

    @property
    def negative_scale(self) -> float:
        """Negative cases a period that one negative test row stands for."""
        return self.cases_per_period / self.test.rows * self.weights.negative

    def actions(self, cells: Cells) -> float:
        """Cases treated a period by a decision with these cells on the test slice."""
        return cells.tp * self.positive_scale + cells.fp * self.negative_scale

    def policy_value(self, candidate: Candidate) -> PolicyValue | None:
        """What the report says about one candidate."""
        return next((p for p in self.policies if p.candidate is candidate), None)

    def alternative(self, kind: AlternativeKind) -> AlternativeValue | None:
        """What the report says about one alternative."""
        return next((a for a in self.alternatives if a.kind is kind), None)

    @property
    def tornado_center(self) -> Decimal:
        """What the tornado swings around."""
        return self.value.value if self.basis is Basis.VALUE else self.gain.value

    @property
    def best_alternative(self) -> AlternativeValue:
        """The alternative that the headline compares with."""
        return next(a for a in self.alternatives if a.kind is self.reference)


_ADAPTER: TypeAdapter[ImpactReport] = TypeAdapter(ImpactReport)


def report_to_json(report: ImpactReport) -> bytes:
    """A report as JSON; amounts of money are strings, so that no digit is lost."""
    return _ADAPTER.dump_json(report)


def report_from_json(data: bytes) -> ImpactReport:
    """Read a frozen report.

    Raises:
        Corrupt: not a report of a format that this release knows.
    """
    return read_frozen_json(_ADAPTER, data, READABLE)
