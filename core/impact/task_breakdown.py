"""Where a run of classes or a forecast loses money, and how alike it treats groups: the segments' and groups' rows, sums and columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from core.identity import Permission, Principal, require
from core.impact.arrays import BoolArray, FloatArray, IntArray
from core.impact.attributes import Chosen, choose_columns
from core.impact.breakdown import MOST_ROWS, list_attributes, refuse_unknown
from core.impact.deviations import deviation_costs
from core.impact.fairness import FairnessMetric
from core.impact.multiclass import ClassSlice, decide_classes
from core.impact.payoff import RowValues
from core.impact.regression import ForecastSlice, plan_forecast
from core.impact.remembered import Remembered
from core.impact.segments import SegmentFindings, find_segments
from core.impact.source import runs
from core.impact.task_fairness import TaskFairness, assess_task_fairness
from core.impact.task_report import TaskReport
from core.impact.task_value import task_slices, test_rows, value_task_run
from core.project.model import Task
from core.project.value_model import ClassPayoffs, DeviationCosts
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a report's decisions or plans came to on its test rows, shape (n,) each.

    Args:
        own, other: money a case of the model's and of the reference's; of forecasts what errors cost, as losses.
        good: whether decided rightly, or planned enough.
        blocks: number of each row's block where rows depend on each other (hours of one day); None where they don't.
    """

    own: FloatArray
    other: FloatArray
    good: BoolArray
    blocks: IntArray | None = None

    def part(self, keep: IntArray) -> Outcomes:
        """Those of some rows."""
        blocks = None if self.blocks is None else self.blocks[keep]
        return Outcomes(self.own[keep], self.other[keep], self.good[keep], blocks)


@dataclass(frozen=True, slots=True)
class TaskCut:
    """A report's test rows, at most `MOST_ROWS`.

    Args:
        rows: their places in the data set version, shape (n,).
    """

    rows: IntArray
    outcomes: Outcomes
    seed: int


_segments: Remembered[SegmentFindings] = Remembered()
_fairness: Remembered[TaskFairness] = Remembered()
_chosen: Remembered[Chosen] = Remembered()
_cuts: Remembered[TaskCut] = Remembered(most=4)


def task_segments(ws: Workspace, actor: Principal, report: TaskReport) -> SegmentFindings:
    """The worst segments of a report: those that were frozen with it, else computed once for the same content."""
    require(actor, Permission.READ_VALUE)
    if report.details is not None:
        return report.details.segments

    def compute() -> SegmentFindings:
        cut = cut_of_task(ws, report)
        frame = runs().columns(ws, report.dataset_version_id, runs().features(ws, report.dataset_version_id), cut.rows)
        values = RowValues(cut.outcomes.own, cut.outcomes.other)
        everywhere = np.ones(values.rows)
        return find_segments(frame, values, everywhere, 0.0, report.cases_per_period, cut.seed, blocks=cut.outcomes.blocks)

    return _segments.get(_key(ws, report), compute)


def task_attributes(ws: Workspace, actor: Principal, report: TaskReport) -> tuple[str, ...]:
    """Columns by which groups can be compared: all of the run's data but its target, also those that the model doesn't see."""
    require(actor, Permission.READ_VALUE)
    return tuple(runs().attributes(ws, report.dataset_version_id))


def attributes_of_run(ws: Workspace, actor: Principal, run_id: str) -> tuple[str, ...]:
    """The same of a run of any kind.

    Raises:
        NotFound, Conflict, InvalidInput: as `value_task_run`.
    """
    require(actor, Permission.READ_VALUE)
    if runs().task(ws, run_id) is Task.BINARY:
        return list_attributes(ws, actor, run_id)
    return task_attributes(ws, actor, value_task_run(ws, actor, run_id))


def task_fairness(ws: Workspace, actor: Principal, report: TaskReport, attribute: str) -> TaskFairness:
    """How alike the groups of a column are treated: as frozen with the report, else computed.

    Raises:
        InvalidInput: no such column; says which there are.
    """
    require(actor, Permission.READ_VALUE)
    kept = report.details.fairness_by(attribute) if report.details is not None else None
    if kept is not None:
        return kept
    known = task_attributes(ws, actor, report)
    refuse_unknown(attribute, known)

    def compute() -> TaskFairness:
        cut = cut_of_task(ws, report)
        column = runs().columns(ws, report.dataset_version_id, [attribute], cut.rows)[attribute]
        return _assess(report, cut.outcomes, column)

    return _fairness.get((attribute, *_key(ws, report)), compute)


def choose_task_columns(ws: Workspace, report: TaskReport) -> Chosen:
    """Columns by which a report compares groups, chosen as those of yes-or-no reports are (`core.impact.attributes`)."""

    def compute() -> Chosen:
        cut = cut_of_task(ws, report)
        frame = runs().columns(ws, report.dataset_version_id, runs().attributes(ws, report.dataset_version_id), cut.rows)
        return choose_columns(frame, cut.outcomes.good, partial(_assess_at, report, cut.outcomes))

    return _chosen.get(_key(ws, report), compute)


def cut_of_task(ws: Workspace, report: TaskReport) -> TaskCut:
    """A report's test rows with what its decisions came to; of very many a seeded sample."""

    def compute() -> TaskCut:
        rows, found = test_rows(ws, report), outcomes_of(report, *task_slices(ws, report))
        if rows.size > MOST_ROWS:
            keep = np.sort(np.random.default_rng(report.provenance.seed).choice(rows.size, MOST_ROWS, replace=False))
            rows, found = rows[keep], found.part(keep)
        return TaskCut(rows, found, report.provenance.seed)

    return _cuts.get(_key(ws, report), compute)


def outcomes_of(report: TaskReport, validation: ClassSlice | ForecastSlice, test: ClassSlice | ForecastSlice) -> Outcomes:
    """What a report's decisions or plans, and its reference's, came to on the test rows."""
    payoff = report.value_model.payoff
    if isinstance(test, ClassSlice) and isinstance(validation, ClassSlice) and report.classes and isinstance(payoff, ClassPayoffs):
        pays, _, _, decided = decide_classes(validation, test, payoff)
        ours, other = decided[report.classes.recommended], decided[report.classes.reference]
        return Outcomes(pays.of(test.truth, ours), pays.of(test.truth, other), test.truth == ours)
    assert isinstance(test, ForecastSlice)
    assert isinstance(validation, ForecastSlice)
    assert isinstance(payoff, DeviationCosts)
    assert report.forecast is not None
    costs, (_, planned) = test.costs or payoff, plan_forecast(validation, test, payoff)
    (under, over), rival = (
        deviation_costs(test.actual, planned[p], costs) for p in (report.forecast.recommended, report.forecast.reference)
    )
    return Outcomes(-(under + over), -(rival[0] + rival[1]), under == 0, test.blocks)


def _assess_at(report: TaskReport, found: Outcomes, column: pd.Series, level: float) -> TaskFairness:
    return assess_task_fairness(column, found.good, *_money(report, found), level, found.blocks)


def _assess(report: TaskReport, found: Outcomes, column: pd.Series) -> TaskFairness:
    return assess_task_fairness(column, found.good, *_money(report, found), blocks=found.blocks)


def _money(report: TaskReport, found: Outcomes) -> tuple[FloatArray, tuple[FairnessMetric, FairnessMetric]]:
    """What a case is worth, or costs, and what the groups are compared in."""
    if report.classes is not None:
        return found.own, (FairnessMetric.RIGHT, FairnessMetric.VALUE)
    return -found.own, (FairnessMetric.ENOUGH, FairnessMetric.COST)


def _key(ws: Workspace, report: TaskReport) -> tuple[str, ...]:
    return report.run_id, report.provenance.scores_sha256, report.value_model_id, str(ws.settings.home)
