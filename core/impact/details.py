"""What stands below a report's card: segments, fairness, scenarios and further figures, frozen and exported with it."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact.alternatives import AlternativeKind
from core.impact.fairness import FairnessFindings, GapVerdict
from core.impact.metric_frequencies import MetricFrequencies
from core.impact.points import PointWorth
from core.impact.scenarios import ScenarioTable
from core.impact.segments import SegmentFindings
from core.impact.sensitivity import Assumption, Basis, BreakEven


@dataclass(frozen=True, slots=True)
class Particulars:
    """Further figures of a policy on the test rows.

    Args:
        reach, hits: what one more percentage point of each is worth.
        turning: at which prevalence, volume and capacity the model stops paying.
    """

    metrics: MetricFrequencies
    reach: PointWorth
    hits: PointWorth
    turning: tuple[BreakEven, ...]


@dataclass(frozen=True, slots=True)
class TwoWay:
    """What a period brings while two assumptions move.

    Args:
        basis: the decisions' own value, or their gain over `reference`.
        factors: multiples of each assumption, rising.
        first_values, second_values: the assumptions at these multiples, in their unit (of payoffs that differ from case to case the mean).
        amounts: money a period, a row for each value of the first, a column for each of the second.
    """

    first: Assumption
    second: Assumption
    basis: Basis
    reference: AlternativeKind
    factors: tuple[float, ...]
    first_values: tuple[float, ...]
    second_values: tuple[float, ...]
    amounts: tuple[tuple[float, ...], ...]

    @property
    def losing(self) -> int:
        """Pairs at which the result is below zero."""
        return sum(amount < 0 for row in self.amounts for amount in row)


@dataclass(frozen=True, slots=True)
class Details:
    """A report's breakdowns.

    Args:
        segments: the worst, found by themselves.
        fairness: one for each column that is compared by (`core.impact.attributes`): those whose name tells of people first.
        people: columns among them whose name tells of people (sex, age, nationality).
        scenarios: the project's, as they were saved then.
        two_way: of the two assumptions that move the result most; None where fewer than two can be moved.
    """

    segments: SegmentFindings
    fairness: tuple[FairnessFindings, ...]
    people: tuple[str, ...]
    scenarios: ScenarioTable
    particulars: Particulars
    two_way: TwoWay | None

    def fairness_by(self, attribute: str) -> FairnessFindings | None:
        """How alike the groups of a column are treated; None where it isn't compared by."""
        return next((found for found in self.fairness if found.attribute == attribute), None)

    @property
    def warnings(self) -> tuple[FairnessFindings, ...]:
        """Columns that tell of people whose groups surely differ by more than four fifths allow."""
        of_people = (found for found in self.fairness if found.attribute in self.people)
        return tuple(found for found in of_people if any(gap.verdict is GapVerdict.WARNING for gap in found.gaps))
