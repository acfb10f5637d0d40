"""Permutation importance on held-out rows (Breiman 2001), within a budget of rows and time."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.training.evaluation import Importance

ROWS = 1000
SHUFFLES = 5
BUDGET_S = 6.0
T4 = 2.776  # Student's t, 4 degrees of freedom, two-sided 95 %


def permutation_importance(
    frame: pd.DataFrame, truth: npt.NDArray[np.generic], loss: Callable[[npt.NDArray[np.generic], pd.DataFrame], float], seed: int
) -> tuple[Importance, ...]:
    """How much the loss rises when one column's values are shuffled.

    Args:
        frame: features of held-out rows. truth: their outcomes.
        loss: of outcomes and features; lower is better.

    Returns:
        one entry a feature that the budget allowed, the largest first; intervals over shuffles (Student's t).
    """
    rng = np.random.default_rng(seed)
    keep = rng.permutation(len(frame))[:ROWS]
    sample, outcomes = frame.iloc[keep].reset_index(drop=True), truth[keep]
    base = loss(outcomes, sample)
    until = time.monotonic() + BUDGET_S
    drops: dict[str, list[float]] = {name: [] for name in frame.columns}
    for _ in range(SHUFFLES):
        for name in frame.columns:
            if time.monotonic() > until and drops[name]:
                continue
            shuffled = sample.copy(deep=False)
            shuffled[name] = sample[name].to_numpy()[rng.permutation(len(sample))]
            drops[name].append(loss(outcomes, shuffled) - base)
    return tuple(sorted((_entry(name, values) for name, values in drops.items() if values), key=lambda item: -item.drop))


def _entry(name: str, values: list[float]) -> Importance:
    mean = float(np.mean(values))
    half = T4 * float(np.std(values, ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    half = half if np.isfinite(half) else abs(mean)
    return Importance(name, mean, mean - half, mean + half)
