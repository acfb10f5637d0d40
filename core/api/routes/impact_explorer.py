"""The interactive card's table: enough to work out any assumption without asking again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.api.deps import Actor, Ws
from core.api.page import Out
from core.impact.explorer import Axis
from core.impact.explorer_service import explore_report, explore_run
from core.impact.service import get_report

router = APIRouter(tags=["impact"])


class ClassSumsOut(Out):
    """Treated rows of one class at each threshold, and sums of their amounts; null columns are as `rows`."""

    rows: list[int]
    acted: list[float] | None
    left: list[float] | None
    acted_squares: list[float] | None
    left_squares: list[float] | None
    products: list[float] | None
    spent: list[float] | None


class SumsOut(Out):
    """Both classes of a slice."""

    positive: ClassSumsOut
    negative: ClassSumsOut


class AssumptionsOut(Out):
    """What the money rests on, in the report's currency and period; 1 for payoffs that are formulas."""

    tp: float
    fp: float
    fn: float
    tn: float
    cases: float
    prevalence: float
    capacity: float | None
    budget: float | None
    precision: float | None


class ExplorerOut(Out):
    """Sums over rising thresholds; the first treats everybody, `recommended` is the report's own."""

    axis: Axis
    thresholds: list[float]
    recommended: int
    test: SumsOut
    validation: SumsOut
    rule: SumsOut | None
    agreed: AssumptionsOut
    by_row: list[str]


@router.get("/runs/{run_id}/impact/explorer")
def explore_impact(
    ws: Ws,
    actor: Actor,
    run_id: str,
    threshold: Annotated[
        float | None, Query(ge=0, le=1, description="Act from this likelihood on; empty: the best on validation data.")
    ] = None,
    value_model_id: Annotated[str | None, Query(max_length=64, description="A version of the value model; empty: the newest.")] = None,
) -> ExplorerOut:
    """A run's decisions over all thresholds."""
    return ExplorerOut.model_validate(explore_run(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold))


@router.get("/impact-reports/{report_id}/explorer")
def explore_frozen(ws: Ws, actor: Actor, report_id: str) -> ExplorerOut:
    """A frozen report's decisions over all thresholds, from the scores that it was made of."""
    return ExplorerOut.model_validate(explore_report(ws, actor, get_report(ws, actor, report_id)))
