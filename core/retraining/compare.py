"""The comparison's job: both models decide on the newest labelled cases, in a process of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.impact.arrays import FloatArray
from core.impact.payoff import decide
from core.jobs.protocol import JobContext, JsonObject
from core.project.value_model import PayoffMatrix
from core.registry.comparison import Worth, compare_decisions
from core.registry.evidence import Basis
from core.retraining.rebuild import SERVED, TRUTH
from core.retraining.store import comparison_to_json
from core.training.package import PackagedModel


@dataclass(frozen=True, slots=True)
class CompareSpec:
    """What the job needs: plain JSON, paths of artifacts on this machine.

    Args:
        held_out: Parquet file of `held_out_table`.
        champion, challenger: folders of the model packages.
        champion_threshold, challenger_threshold: each decides at its own.
        payoff: value of one case in each cell, as text.
    """

    held_out: str
    champion: str
    challenger: str
    champion_threshold: float
    challenger_threshold: float
    champion_number: int
    payoff: dict[str, str]
    cases_per_period: int
    seed: int
    from_at: str
    to_at: str


def run(context: JobContext) -> JsonObject:
    """Score, decide, compare.

    Returns:
        ``comparison``: the comparison as JSON text.
    """
    spec = CompareSpec(**context.spec)
    frame: pd.DataFrame = pq.read_table(spec.held_out).to_pandas()
    truth = frame.pop(TRUTH).to_numpy(dtype=np.bool_)
    served = frame.pop(SERVED).to_numpy(dtype=np.float64)
    context.emit("progress", done=0, total=2, note="challenger")
    challenger = PackagedModel(Path(spec.challenger)).score(frame)
    context.raise_if_cancelled()
    context.emit("progress", done=1, total=2, note="champion")
    champion = _champion_scores(spec, frame, served)
    pay = PayoffMatrix(**{name: Decimal(amount) for name, amount in spec.payoff.items()})
    found = compare_decisions(
        truth, decide(challenger, spec.challenger_threshold), decide(champion, spec.champion_threshold), Worth(pay, spec.cases_per_period),
        number=spec.champion_number, threshold=spec.champion_threshold, basis=Basis.NEWEST_LABELLED, seed=spec.seed,
    )  # fmt: skip
    told = replace(found, from_at=datetime.fromisoformat(spec.from_at), to_at=datetime.fromisoformat(spec.to_at))
    context.emit("progress", done=2, total=2, note="")
    return {"comparison": comparison_to_json(told)}


def _champion_scores(spec: CompareSpec, frame: pd.DataFrame, served: FloatArray) -> FloatArray:
    """What the champion said when it served, and what it says now where another version had answered."""
    missing = ~np.isfinite(served)
    scores = served.copy()
    if missing.any():
        scores[missing] = PackagedModel(Path(spec.champion)).score(frame[missing])
    return scores
