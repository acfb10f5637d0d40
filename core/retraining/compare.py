"""The comparison's job: both models decide on the newest labelled cases, in a process of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.impact.arrays import FloatArray
from core.impact.decision import policy_from_json
from core.impact.valued import make_sample
from core.jobs.protocol import JobContext, JsonObject
from core.project.value_json import value_model_from_json
from core.registry.comparison import compare_decisions
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
        champion_policy, challenger_policy: each decides by its own, as JSON. champion_threshold: as people read it.
        value_model: the version that both are valued by, as JSON.
    """

    held_out: str
    champion: str
    challenger: str
    champion_policy: str
    challenger_policy: str
    champion_threshold: float
    champion_number: int
    value_model: str
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
    value = value_model_from_json(spec.value_model)
    # These rows are production: they have its prevalence already.
    value = replace(value, economics=replace(value.economics, prevalence=None))
    ours = make_sample(value, truth, challenger, frame)
    found = compare_decisions(
        ours.book, ours.decide(policy_from_json(spec.challenger_policy)),
        replace(ours, score=champion).decide(policy_from_json(spec.champion_policy)), value.cases_per_period,
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
