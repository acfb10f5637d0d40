"""A run's further figures: metrics in natural frequencies, what one more point is worth, and where the model stops paying."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.api.deps import Actor, Ws
from core.api.detail_bodies import ParticularsOut
from core.impact import particulars, service

router = APIRouter(tags=["impact"])
ValueModelId = Annotated[str | None, Query(max_length=64, description="A version of the value model; empty: the newest.")]
Threshold = Annotated[float | None, Query(ge=0, le=1, description="The reader's own threshold; empty: the recommended policy.")]


@router.get("/runs/{run_id}/impact/particulars")
def get_particulars(ws: Ws, actor: Actor, run_id: str, value_model_id: ValueModelId = None, threshold: Threshold = None) -> ParticularsOut:
    """Metrics as people count, what one more point of them is worth, and where the model stops paying."""
    report = service.compute_report(ws, actor, run_id, value_model_id=value_model_id, threshold=threshold)
    return ParticularsOut.model_validate(particulars.particulars_of(ws, actor, report))
