"""Several runs of classes or of forecasts beside each other, in money, paired row by row where their test rows are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact.amounts import Amount, amount_of
from core.impact.arrays import BoolArray, FloatArray, IntArray
from core.impact.bootstrap import Interval
from core.impact.class_pays import ClassPays, payoff_table
from core.impact.comparison import Comparison, Obstacle
from core.impact.deviations import deviation_costs
from core.impact.intervals import interval_of_rows, mean_interval
from core.impact.multiclass import ClassPolicy, ClassSlice, decide_most_likely
from core.impact.regression import ForecastPolicy, ForecastSlice, above_zero
from core.impact.service import chosen_runs, compare_reports
from core.impact.source import runs
from core.impact.task_report import TaskReport
from core.impact.task_value import task_slices, test_rows, value_task_run
from core.impact.valued import paired
from core.project.model import Task
from core.project.value_model import ClassPayoffs, DeviationCosts
from core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TaskDifference:
    """What the first run brings (of forecasts: saves) over the second, each by the way of deciding or planning that is recommended for it.

    Args:
        obstacle: why it can't be told; None where it can, else all that follows is None.
        gain: a period, on the test rows that both share. better: probability that the first is better.
        more_good: share of cases that it decides rightly (of forecasts: plans enough for) more.
        apart: of classes the share of cases that the two decide differently; of forecasts by how many units their plans differ on average.
    """

    first_run_id: str
    second_run_id: str
    obstacle: Obstacle | None
    gain: Amount | None = None
    better: float | None = None
    more_good: Interval | None = None
    apart: float | None = None


@dataclass(frozen=True, slots=True)
class TaskComparison:
    """Reports side by side, the most valuable (of forecasts: the cheapest) first, and each one's difference from that one."""

    reports: tuple[TaskReport, ...]
    differences: tuple[TaskDifference, ...]


AnyComparison = Comparison | TaskComparison


def compare_runs(ws: Workspace, actor: Principal, run_ids: Sequence[str]) -> AnyComparison:
    """Runs of any kind of prediction beside each other under the newest value model.

    Raises:
        InvalidInput: fewer than two runs, more than eight, runs of different kinds, or one that can't be valued. NotFound: no such run.
            Conflict: one hasn't finished.
    """
    require(actor, Permission.READ_VALUE)
    kinds = {runs().task(ws, run_id) for run_id in run_ids}
    if len(kinds) > 1:
        raise InvalidInput("These runs predict different kinds of things. Choose runs of one project.", field="runs")
    return compare_reports(ws, actor, run_ids) if kinds <= {Task.BINARY} else compare_tasks(ws, actor, run_ids)


def compare_tasks(ws: Workspace, actor: Principal, run_ids: Sequence[str]) -> TaskComparison:
    """Runs of classes or of forecasts beside each other under the newest value model, and each one's paired difference from the best.

    Raises:
        InvalidInput: fewer than two runs, more than eight, or one that can't be valued.
    """
    require(actor, Permission.READ_VALUE)
    wanted = chosen_runs(run_ids)
    reports = sorted((value_task_run(ws, actor, run_id) for run_id in wanted), key=lambda r: -r.value.value)
    tried = [_tried(ws, report) for report in reports]
    pairs = [_compare_pair(reports[0], tried[0], r, other) for r, other in zip(reports[1:], tried[1:], strict=True)]
    return TaskComparison(tuple(reports), tuple(pairs))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A run's test rows as they were decided on or planned for.

    Args:
        rows: their places in the data, shape (n,). part: truths or outcomes. done: class decided on, or number planned, shape (n,).
    """

    rows: IntArray
    part: ClassSlice | ForecastSlice
    done: IntArray | FloatArray


def _tried(ws: Workspace, report: TaskReport) -> _Tried:
    part = task_slices(ws, report)[1]
    if isinstance(part, ClassSlice):
        by_value = report.classes is not None and report.classes.recommended is ClassPolicy.BY_VALUE
        decided = _pays(report, part).decide(part.probabilities) if by_value else decide_most_likely(part.probabilities)
        return _Tried(test_rows(ws, report), part, decided)
    assert report.forecast is not None
    adjusted = report.forecast.recommended is ForecastPolicy.ADJUSTED
    planned = report.forecast.adjustment.apply(part.forecast, part.costs) if adjusted else part.forecast
    return _Tried(test_rows(ws, report), part, planned)


def _pays(report: TaskReport, part: ClassSlice) -> ClassPays:
    assert isinstance(report.value_model.payoff, ClassPayoffs)
    return part.pays or ClassPays(payoff_table(report.value_model.payoff))


def _compare_pair(first: TaskReport, ours: _Tried, second: TaskReport, theirs: _Tried) -> TaskDifference:
    ids, orders = (first.run_id, second.run_id), paired(ours.rows, theirs.rows)
    if first.value_model_id != second.value_model_id:
        return TaskDifference(*ids, Obstacle.VALUE_MODEL)
    if first.dataset_version_id != second.dataset_version_id:
        return TaskDifference(*ids, Obstacle.DATA)
    if orders is None:
        return TaskDifference(*ids, Obstacle.ROWS)
    other = np.empty_like(theirs.done)
    other[orders[0]] = theirs.done[orders[1]]
    if isinstance(ours.part, ClassSlice):
        return _between_classes(ids, first, ours.part, ours.done.astype(np.int64), other.astype(np.int64))
    return _between_plans(ids, first, ours.part, ours.done.astype(np.float64), other.astype(np.float64))


def _between_classes(ids: tuple[str, str], report: TaskReport, part: ClassSlice, one: IntArray, two: IntArray) -> TaskDifference:
    gain, better = _pays(report, part).difference(part.truth, one, two, report.provenance.seed)
    more = _more(one == part.truth, two == part.truth)
    return TaskDifference(*ids, None, amount_of(gain, report.cases_per_period), better, more, float((one != two).mean()))


def _between_plans(ids: tuple[str, str], report: TaskReport, part: ForecastSlice, one: FloatArray, two: FloatArray) -> TaskDifference:
    assert isinstance(report.value_model.payoff, DeviationCosts)
    costs = part.costs or report.value_model.payoff
    (short, long), (other_short, other_long) = (deviation_costs(part.actual, plan, costs) for plan in (one, two))
    saved = interval_of_rows(other_short + other_long - short - long, part.blocks)
    more, apart = _more(short == 0, other_short == 0, part.blocks), float(np.abs(one - two).mean())
    return TaskDifference(*ids, None, amount_of(saved, report.cases_per_period), above_zero(saved), more, apart)


def _more(first: BoolArray, second: BoolArray, blocks: IntArray | None = None) -> Interval:
    """Mean difference of two shares on the same rows; each row counts one more, one less or the same."""
    each = first.astype(np.float64) - second.astype(np.float64)
    return mean_interval(each, least=-1.0, most=1.0) if blocks is None else interval_of_rows(each, blocks)
