"""What if the assumptions about a run of classes or a forecast were otherwise."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.api.deps import Actor, Ws
from core.api.impact_bodies import AmountOut
from core.api.page import Out
from core.api.task_bodies import RivalOut
from core.impact import task_explorer
from core.impact.task_value import value_task_run

router = APIRouter(tags=["impact"])
ValueModelId = Annotated[str | None, Query(max_length=64, description="A version of the value model; empty: the newest.")]
Cases = Annotated[float | None, Query(gt=0, le=1e12, description="Cases a period; empty: as agreed.")]


class PlanAnswerOut(Out):
    """What planning by the model would cost and save a period; `best` is the adjustment that is best under these costs."""

    cost: float
    saving: AmountOut
    against: RivalOut
    covered: float
    best: float
    best_saving: AmountOut


class ClassAnswerOut(Out):
    """What the decisions as approved would bring a period, and decisions made anew by value."""

    gain: AmountOut
    anew: AmountOut
    against: RivalOut
    right: float
    right_anew: float


@router.get("/runs/{run_id}/impact/what-if-plan")
def get_plan(
    ws: Ws,
    actor: Actor,
    run_id: str,
    under: Annotated[float | None, Query(ge=0, le=1e12, description="Cost of a unit too few, or a multiple of its formula.")] = None,
    over: Annotated[float | None, Query(ge=0, le=1e12, description="Cost of a unit too many, or a multiple of its formula.")] = None,
    cases: Cases = None,
    adjustment: Annotated[float | None, Query(ge=-1e12, le=1e12, description="Units, or the share, to add; empty: as approved.")] = None,
    value_model_id: ValueModelId = None,
) -> PlanAnswerOut:
    """A forecast under other costs of a unit, another volume and another adjustment."""
    report = value_task_run(ws, actor, run_id, value_model_id)
    found = task_explorer.answer_plan(ws, actor, report, under=under, over=over, cases=cases, amount=adjustment)
    return PlanAnswerOut.model_validate(found)


@router.get("/runs/{run_id}/impact/what-if-payoff")
def get_payoff(
    ws: Ws,
    actor: Actor,
    run_id: str,
    truth: Annotated[str, Query(max_length=200)],
    decided: Annotated[str, Query(max_length=200)],
    payoff: Annotated[float | None, Query(ge=-1e12, le=1e12, description="What it is worth instead; empty: as agreed.")] = None,
    cases: Cases = None,
    value_model_id: ValueModelId = None,
) -> ClassAnswerOut:
    """A run of several classes where one truth taken for one decision is worth something else, and with another volume."""
    report = value_task_run(ws, actor, run_id, value_model_id)
    return ClassAnswerOut.model_validate(task_explorer.answer_payoff(ws, actor, report, truth, decided, payoff=payoff, cases=cases))
