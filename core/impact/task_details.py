"""What the report of several classes or of a forecast says beside its headline: worked out when it is frozen or exported."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact.fairness import GapVerdict
from core.impact.segments import SegmentFindings
from core.impact.task_fairness import TaskFairness
from core.impact.task_scenarios import TaskScenarioTable


@dataclass(frozen=True, slots=True)
class TaskDetails:
    """A report's breakdowns and scenarios.

    Args:
        segments: the worst, found by themselves.
        fairness: one for each column that is compared by (`core.impact.attributes`): those whose name tells of people first.
        people: columns among them whose name tells of people (sex, age, nationality).
        scenarios: the project's, as they were saved then; None in reports of releases that didn't keep them.
    """

    segments: SegmentFindings
    fairness: tuple[TaskFairness, ...]
    people: tuple[str, ...]
    scenarios: TaskScenarioTable | None = None

    def fairness_by(self, attribute: str) -> TaskFairness | None:
        """How alike the groups of a column are treated; None where it isn't compared by."""
        return next((found for found in self.fairness if found.attribute == attribute), None)

    @property
    def warnings(self) -> tuple[TaskFairness, ...]:
        """Columns that tell of people whose groups surely differ by more than four fifths allow."""
        of_people = (found for found in self.fairness if found.attribute in self.people)
        return tuple(found for found in of_people if any(gap.verdict is GapVerdict.WARNING for gap in found.gaps))
