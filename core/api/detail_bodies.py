"""Segments, fairness, scenarios and further figures as REST gives them: of a run, and of a frozen report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.api.impact_bodies import AmountOut, ReportOut
from core.api.page import Out
from core.impact.alternatives import AlternativeKind
from core.impact.fairness import FairnessMetric, GapVerdict
from core.impact.groups import GroupKind
from core.impact.points import PointMetric
from core.impact.segments import SegmentVerdict
from core.impact.sensitivity import Assumption, Basis


class IntervalOut(Out):
    """A figure with its interval."""

    value: float
    low: float
    high: float


class GroupOut(Out):
    """Cases that share a property."""

    feature: str
    kind: GroupKind
    value: str
    low: float | None
    high: float | None
    first: date | None = None
    last: date | None = None


class SegmentOut(Out):
    """A segment: one or two groups, its size, and what deciding by the model is worth there."""

    groups: list[GroupOut]
    rows: int
    share: float
    valued_rows: int
    cases: float
    treated: float
    value_per_case: AmountOut
    value: AmountOut
    gain_per_case: AmountOut
    gain: AmountOut
    verdict: SegmentVerdict


class SegmentsOut(Out):
    """The worst segments, the largest loss first; intervals hold together at `level`."""

    segments: list[SegmentOut]
    looked_at: int
    tested: int
    features: int
    searched_rows: int
    valued_rows: int
    level: float
    gain_per_case: AmountOut


class GroupOutcomeOut(Out):
    """How a group is picked, reached and valued."""

    group: GroupOut
    rows: int
    positives: int
    selection: IntervalOut
    reach: IntervalOut | None
    value_per_case: AmountOut
    judged: bool
    reach_judged: bool


class GapOut(Out):
    """The widest sure gap in one metric."""

    metric: FairnessMetric
    lowest: GroupOut
    highest: GroupOut
    low_value: float
    high_value: float
    difference: IntervalOut
    ratio: IntervalOut | None
    behind: list[GroupOut]
    verdict: GapVerdict
    significant: bool


class FairnessOut(Out):
    """How alike the groups of a column are treated."""

    attribute: str
    groups: list[GroupOutcomeOut]
    gaps: list[GapOut]
    pairs: int
    level: float


class TwoWayOut(Out):
    """What a period brings while two assumptions move; a row for each value of the first, a column for each of the second."""

    first: Assumption
    second: Assumption
    basis: Basis
    reference: AlternativeKind
    factors: list[float]
    first_values: list[float]
    second_values: list[float]
    amounts: list[list[float]]


class MetricsOut(Out):
    """Metrics on the test rows; null where they can't be told."""

    right: IntervalOut
    usual: float
    usual_is_positive: bool
    reached: IntervalOut | None
    hits: IntervalOut | None
    ranked: IntervalOut | None
    positives: IntervalOut
    top: IntervalOut
    lift: IntervalOut | None
    rows: int


class PointWorthOut(Out):
    """What one more percentage point is worth a period: if nothing else changes, and along the model's own curve."""

    metric: PointMetric
    cases: float
    alone: AmountOut | None
    moved: AmountOut | None
    moved_actions: float | None
    near_hits: IntervalOut | None


class TurningOut(Out):
    """Where the model stops paying; `against` is the alternative that draws level, empty for the model's own costs."""

    assumption: Assumption
    at: float
    base: float
    against: str
    above: bool


class ParticularsOut(Out):
    """Further figures of a run's decisions."""

    metrics: MetricsOut
    reach: PointWorthOut
    hits: PointWorthOut
    turning: list[TurningOut]


class OverrideOut(Out):
    """One changed assumption."""

    assumption: Assumption
    value: Decimal
    relative: bool


class OutcomeOut(Out):
    """What a policy comes to in a scenario, a period."""

    value: AmountOut
    reference: AlternativeKind
    gain: AmountOut
    better: float
    actions: float


class PaybackOut(Out):
    """Months until the roll-out has paid for itself; null where it doesn't within the horizon."""

    months: float | None
    soonest: float | None
    latest: float | None


class CaseOut(Out):
    """The business case over the horizon."""

    needed: Decimal
    npv: AmountOut
    net: AmountOut
    roi: IntervalOut | None
    payback: PaybackOut
    discounted_payback: PaybackOut


class ResultOut(Out):
    """A scenario evaluated; without a name, the value model as it is."""

    name: str
    held: OutcomeOut
    adapted: OutcomeOut
    case: CaseOut
    overrides: list[OverrideOut]


class SwingOut(Out):
    """The net present value with one assumption at its low and its high; `share` is 0 where these are its own."""

    assumption: Assumption
    share: float
    low: float
    base: float
    high: float
    at_low: float
    at_high: float


class TableOut(Out):
    """A run under its project's scenarios; `unfit`: those that change what this value model doesn't have."""

    value_model_id: str
    value_model_version: int
    currency: str
    results: list[ResultOut]
    tornado: list[SwingOut]
    unfit: list[str]


class DetailsOut(Out):
    """What a frozen report says beside its headline; `people` are the columns of `fairness` whose name tells of people."""

    segments: SegmentsOut
    fairness: list[FairnessOut]
    people: list[str]
    scenarios: TableOut
    particulars: ParticularsOut
    two_way: TwoWayOut | None


class FrozenReportOut(ReportOut):
    """A frozen report, whole; `details` is null in reports of releases that didn't keep them."""

    details: DetailsOut | None
