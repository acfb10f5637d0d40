"""A run's further figures: metrics in natural frequencies, what one more point is worth, and where the model stops paying."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.api.deps import Actor, Ws
from core.api.impact_bodies import AmountOut
from core.api.page import Out
from core.impact import particulars, service
from core.impact.points import PointMetric
from core.impact.sensitivity import Assumption

router = APIRouter(tags=["impact"])
ValueModelId = Annotated[str | None, Query(max_length=64, description="A version of the value model; empty: the newest.")]
Threshold = Annotated[float | None, Query(ge=0, le=1, description="The reader's own threshold; empty: the recommended policy.")]


class ShareOut(Out):
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


class MetricsOut(Out):
    """Metrics on the test rows; null where they can't be told."""

    right: ShareOut
    usual: float
    usual_is_positive: bool
    reached: ShareOut | None
    hits: ShareOut | None
    ranked: ShareOut | None
    positives: ShareOut
    top: ShareOut
    lift: ShareOut | None
    rows: int


class PointOut(Out):
    """What one more percentage point is worth a period: if nothing else changes, and along the model's own curve."""

    metric: PointMetric
    cases: float
    alone: AmountOut | None
    moved: AmountOut | None
    moved_actions: float | None
    near_hits: ShareOut | None


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
    reach: PointOut
    hits: PointOut
    turning: list[TurningOut]


@router.get("/runs/{run_id}/impact/particulars")
def get_particulars(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None, threshold: Threshold = None) -> ParticularsOut:
    """Metrics as people count, what one more point of them is worth, and where the model stops paying."""
    report = service.compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return ParticularsOut.model_validate(particulars.particulars_of(ws, actor, report))
