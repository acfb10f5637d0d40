"""The interactive card's table of a run or a report, for those who may see value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.errors import Conflict, NotFound
from core.identity import Permission, Principal, require
from core.impact.arrays import FloatArray
from core.impact.choosing import Sample
from core.impact.decision import DecisionPolicy, Resource, probability
from core.impact.explorer import Assumptions, Axis, Explorer, RowAmounts, Scored, build_explorer
from core.impact.explorer_value import ExploredCurve, curve_under
from core.impact.policy import expected_gain
from core.impact.remembered import Remembered
from core.impact.report import ImpactReport
from core.impact.service import compute_report
from core.impact.source import FinishedRun, runs
from core.impact.valued import ruled_rows, valued_rows
from core.project import store as project_rows
from core.project.payoffs import CELLS, Formula, PayoffMatrix
from core.project.value_model import ValueModel
from core.workspace import Workspace

FREE = 1e-12
MOST_GAIN = 1e15
CURVE_POINTS = 120


_tables: Remembered[Explorer] = Remembered(most=32)


def explore_run(
    ws: Workspace, actor: Principal, run_id: str, *, value_model_id: str | None = None, threshold: float | None = None
) -> Explorer:
    """The table of a run under a value model.

    Args:
        value_model_id: a version of the project's value model; None takes the newest.
        threshold: the reader's own, 0 to 1; None chooses the most valuable on validation data.

    Raises:
        NotFound, Conflict, InvalidInput: as `core.impact.service.compute_report`.
    """
    return explore_report(ws, actor, compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold))


def explore_report(ws: Workspace, actor: Principal, report: ImpactReport) -> Explorer:
    """The table behind a report, computed or frozen; summed up once for the same content.

    Raises:
        NotFound: its run or its value model is gone. Conflict: its run has other scores now.
    """
    require(actor, Permission.READ_VALUE)
    run = runs().find(ws, report.run_id)
    if run.scores_sha256 != report.provenance.scores_sha256:
        raise Conflict("The run of this report has other scores now. Open the run's own report instead.")
    key = (run.scores_sha256, report.value_model_id, report.decides, str(ws.settings.home))

    def compute() -> Explorer:
        value = project_rows.get_value_model(ws.store, report.value_model_id)
        if value is None:
            raise NotFound("value model", report.value_model_id)
        return _summed(ws, run, report, value)

    return _tables.get(key, compute)


@dataclass(frozen=True, slots=True)
class ActionPoint:
    """So many actions a period, and what they bring with a pointwise 95 % interval."""

    actions: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RunCurve:
    """A run's decisions by how many actions a period they take, fewest first, and where its own policy stands."""

    run_id: str
    points: tuple[ActionPoint, ...]
    chosen: ActionPoint


def compare_curves(ws: Workspace, actor: Principal, reports: Sequence[ImpactReport]) -> tuple[RunCurve, ...]:
    """The curves of several reports over the number of actions, which is what they share: a likelihood means something else in each."""
    require(actor, Permission.READ_VALUE)
    return tuple(_run_curve(report.run_id, explore_report(ws, actor, report)) for report in reports)


def _run_curve(run_id: str, table: Explorer) -> RunCurve:
    curve = curve_under(table, table.agreed)
    steps = np.linspace(curve.actions[-1], curve.actions[0], CURVE_POINTS)
    falling = curve.actions.size - 1 - np.searchsorted(curve.actions[::-1], steps).clip(0, curve.actions.size - 1)
    places = np.unique(np.append(falling, table.recommended))[::-1]
    return RunCurve(run_id, tuple(_point(curve, int(at)) for at in places), _point(curve, table.recommended))


def _point(curve: ExploredCurve, at: int) -> ActionPoint:
    return ActionPoint(float(curve.actions[at]), float(curve.value[at]), float(curve.low[at]), float(curve.high[at]))


def _summed(ws: Workspace, run: FinishedRun, report: ImpactReport, value: ValueModel) -> Explorer:
    rows, policy = valued_rows(ws, run, value), report.decides
    test, validation = (_scored(value.matrix, policy, sample) for sample in (rows.test, rows.validation))
    axis, cut = (Axis.SHARE, float(np.nextafter(max(policy.cut, 0.0), np.inf))) if policy.by_case else (Axis.LIKELIHOOD, policy.cut)
    return build_explorer(test, validation, _agreed(report, test), cut, ruled_rows(ws, run, value, rows.scores), axis)


def _scored(matrix: PayoffMatrix, policy: DecisionPolicy, sample: Sample) -> Scored:
    """A slice with what the policy cuts, and the amounts of those payoffs that are formulas."""
    payoffs = sample.book.payoffs
    amounts = RowAmounts(*(getattr(payoffs, cell) if isinstance(getattr(matrix, cell), Formula) else None for cell in CELLS))
    return Scored(sample.book.y, _rank(policy, sample), amounts, sample.cost)


def _rank(policy: DecisionPolicy, sample: Sample) -> FloatArray:
    """What the policy cuts: the score; case by case, the expected gain for each unit of what is scarce (any, where treating costs nothing)."""
    if not policy.by_case:
        return sample.score
    gain = expected_gain(probability(policy, sample.score), sample.book.payoffs)
    if policy.resource is not Resource.MONEY or sample.cost is None:
        return gain
    with np.errstate(over="ignore"):
        rank: FloatArray = np.clip(gain / np.maximum(sample.cost, FREE), -MOST_GAIN, MOST_GAIN)
    return rank


def _agreed(report: ImpactReport, test: Scored) -> Assumptions:
    tp, fp, fn, tn = (float(cell) if isinstance(cell := getattr(report.payoff, name), Decimal) else 1.0 for name in CELLS)
    limits, share = report.limits, float(test.y.mean())
    if report.economics.prevalence is not None and 0 < share < 1:
        share = float(report.economics.prevalence)
    capacity, budget, precision = (
        None if limit is None else float(limit) for limit in (limits.capacity, limits.budget, limits.least_precision)
    )
    return Assumptions(tp, fp, fn, tn, float(report.cases_per_period), share, capacity, budget, precision)
