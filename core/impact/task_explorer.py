"""The what-if card of a run of classes or a forecast: its sums, made once for the same content, and what the reader's assumptions come to."""

from __future__ import annotations

from dataclasses import replace

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact.amounts import anchored
from core.impact.class_pays import ClassPays, payoff_table
from core.impact.class_table import ClassAnswer, ClassTable, class_table, decide_under
from core.impact.multiclass import ClassSlice, decide_classes
from core.impact.plan_table import PlanAnswer, PlanTable, PlanView, agreed_view, plan_table, plan_under
from core.impact.regression import ForecastSlice
from core.impact.remembered import Remembered
from core.impact.task_report import TaskReport
from core.impact.task_sensitivity import TaskAssumption
from core.impact.task_value import task_slices
from core.project.payoffs import LIMIT, Formula
from core.project.value_model import ClassPayoffs
from core.workspace import Workspace

_plans: Remembered[PlanTable] = Remembered(most=8)
_payoffs: Remembered[ClassTable] = Remembered(most=16)


def movable_payoffs(report: TaskReport) -> tuple[tuple[str, str], ...]:
    """Entries of the payoff table that a reader can move, truth and decision: those that are the same for all cases, the weightiest first."""
    payoff = report.value_model.payoff
    if not isinstance(payoff, ClassPayoffs):
        return ()
    plain = [
        (truth, decided)
        for truth, row in zip(payoff.classes, payoff.values, strict=True)
        for decided, cell in zip(payoff.classes, row, strict=True)
        if not isinstance(cell, Formula)
    ]
    known = [(s.truth, s.decided) for s in report.findings.tornado if s.assumption is TaskAssumption.PAYOFF and not s.by_row]
    return (*known, *(pair for pair in plain if pair not in known))


def explore_plan(ws: Workspace, actor: Principal, report: TaskReport) -> PlanTable:
    """A forecast's sums.

    Raises:
        InvalidInput: the report is of classes.
    """
    require(actor, Permission.READ_VALUE)
    found = report.forecast
    if found is None:
        raise InvalidInput("Only forecasts are planned by. Choose a run that predicts numbers.", field="run_id")

    def compute() -> PlanTable:
        known, fresh = task_slices(ws, report)
        assert isinstance(known, ForecastSlice)
        assert isinstance(fresh, ForecastSlice)
        return plan_table(known, fresh, found, report.cases_per_period, report.provenance.seed)

    return _plans.get(_key(ws, report), compute)


def explore_payoff(ws: Workspace, actor: Principal, report: TaskReport, truth: str, decided: str) -> ClassTable:
    """A classifier's sums for one payoff.

    Raises:
        InvalidInput: the report is a forecast's, no such entry, or one that differs from case to case.
    """
    require(actor, Permission.READ_VALUE)
    known, payoff = movable_payoffs(report), report.value_model.payoff
    if report.classes is None or not isinstance(payoff, ClassPayoffs) or (truth, decided) not in known:
        raise InvalidInput(
            "There is no payoff of {truth} taken for {decided} that could be moved. There are: {known}.",
            field="truth", truth=truth[:80], decided=decided[:80], known=", ".join(f"{one}/{two}" for one, two in known[:12]) or "–",
        )  # fmt: skip
    pair, ours = (payoff.classes.index(truth), payoff.classes.index(decided)), report.classes.recommended

    def compute() -> ClassTable:
        before, after = task_slices(ws, report)
        assert isinstance(before, ClassSlice)
        assert isinstance(after, ClassSlice)
        fresh, _, _, decisions = decide_classes(before, after, payoff)
        pays = before.pays or ClassPays(payoff_table(payoff))
        return class_table(
            before, after, (pays, fresh), payoff.classes, pair, decisions[ours], report.cases_per_period, report.provenance.seed
        )

    return _payoffs.get((*_key(ws, report), *pair), compute)


def answer_plan(
    ws: Workspace, actor: Principal, report: TaskReport, *, under: float | None = None, over: float | None = None, cases: float | None = None,
    amount: float | None = None,
) -> PlanAnswer:  # fmt: skip
    """What other costs of a unit, another volume and another adjustment come to; what isn't given is as agreed.

    Raises:
        InvalidInput: a cost or a volume out of range, or both costs zero.
    """
    table = explore_plan(ws, actor, report)
    agreed = agreed_view(table)
    view = PlanView(
        _cost(agreed.under if under is None else under, "under"), _cost(agreed.over if over is None else over, "over"),
        _cases(agreed.cases if cases is None else cases), agreed.amount if amount is None else amount,
    )  # fmt: skip
    if view.under == view.over == 0:
        raise InvalidInput("At least one of the two costs must be above zero.", field="under")
    return plan_under(table, view)


def answer_payoff(
    ws: Workspace,
    actor: Principal,
    report: TaskReport,
    truth: str,
    decided: str,
    *,
    payoff: float | None = None,
    cases: float | None = None,
) -> ClassAnswer:
    """What another payoff and another volume come to; what isn't given is as agreed.

    Raises:
        InvalidInput: as `explore_payoff`, or a payoff or a volume out of range.
    """
    table = explore_payoff(ws, actor, report, truth, decided)
    value = table.agreed if payoff is None else payoff
    if not table.low <= value <= table.high:
        raise InvalidInput("The payoff must lie between {low} and {high}.", field="payoff", low=f"{table.low:g}", high=f"{table.high:g}")
    found, base = (
        decide_under(table, value, _cases(table.cases if cases is None else cases)),
        decide_under(table, table.agreed, table.cases),
    )
    # Where nothing is moved, the card says what the report says: its interval is the replicates', the card's an approximation.
    gain, anew = (anchored(amount, base.gain, report.gain) for amount in (found.gain, found.anew))
    return replace(found, gain=gain, anew=anew)


def _cost(value: float, field: str) -> float:
    if not 0 <= value <= float(LIMIT):
        raise InvalidInput("'{field}' is a cost and must not be negative.", field=field)
    return value


def _cases(value: float) -> float:
    if not 0 < value <= float(LIMIT):
        raise InvalidInput("The number of cases must be above zero.", field="cases")
    return value


def _key(ws: Workspace, report: TaskReport) -> tuple[str, ...]:
    return report.run_id, report.provenance.scores_sha256, report.value_model_id, str(ws.settings.home)
