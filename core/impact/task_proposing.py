"""Proposing what a reader moved on the what-if card of a run of classes or a forecast as the project's next value model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from core.errors import InvalidInput
from core.identity import Permission, Principal, require
from core.impact.task_report import TaskReport
from core.impact.value_saving import propose_value_model
from core.project import service as projects
from core.project.payoffs import CENT, Cell, Formula
from core.project.proposal import Proposal
from core.project.value_model import ClassPayoffs, DeviationCosts, ValueModel
from core.workspace import Workspace

SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Moved:
    """What a reader assumes instead; None stays as it is.

    Args:
        cases: a period. under, over: cost of a unit, money, or a multiple of what differs from case to case.
        pair: truth and decision whose payoff is `payoff`.
    """

    cases: float | None = None
    under: float | None = None
    over: float | None = None
    pair: tuple[str, str] | None = None
    payoff: float | None = None


def moved_model(value: ValueModel, moved: Moved) -> ValueModel:
    """A value model with what a reader assumes instead.

    Raises:
        InvalidInput: it is of another kind, or doesn't have that entry.
    """
    if moved.cases is not None:
        value = replace(value, cases_per_period=round(moved.cases))
    payoff = value.payoff
    if isinstance(payoff, DeviationCosts):
        return replace(value, payoff=replace(payoff, under=_cell(payoff.under, moved.under), over=_cell(payoff.over, moved.over)))
    if moved.pair is None or moved.payoff is None:
        return value
    if not isinstance(payoff, ClassPayoffs) or not set(moved.pair) <= set(payoff.classes):
        raise InvalidInput("The newest value model knows other classes. Open the newest run's report.", field="payoff.classes")
    i, j = (payoff.classes.index(name) for name in moved.pair)
    rows = [list(row) for row in payoff.values]
    rows[i][j] = _amount(moved.payoff)
    return replace(value, payoff=replace(payoff, values=tuple(tuple(row) for row in rows)))


def propose_moved(ws: Workspace, actor: Principal, report: TaskReport, moved: Moved, note: str) -> Proposal:
    """Propose the newest value model of a report's project with what a reader assumes instead.

    Args:
        note: why; whoever decides reads it.

    Raises:
        InvalidInput: nothing differs, no note, or a value can't be. Conflict: ten proposals wait already.
    """
    require(actor, Permission.PROPOSE_VALUE)
    versions = projects.list_value_models(ws, actor, report.project_id)
    newest = versions[0] if versions else report.value_model
    spec = replace(projects.as_spec(moved_model(newest, moved)), note=note)
    return propose_value_model(ws, actor, report.project_id, spec)


def _cell(base: Cell, value: float | None) -> Cell:
    """A cost of a unit: the reader's, or so many times what differs from case to case."""
    if value is None:
        return base
    if isinstance(base, Formula):
        return base if abs(value - 1) < SAME else Formula(f"({base.text}) * {value:g}")
    return _amount(value)


def _amount(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(CENT)
