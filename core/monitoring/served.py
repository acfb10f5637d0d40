"""What a served version is, as far as monitoring needs it: bins, payoff, the alternative it is held against, its promise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.impact.alternatives import AlternativeKind
from core.monitoring.bins import FeatureBins, Floats, Ints
from core.project.value_model import PayoffMatrix, Period, TodaysRule


@dataclass(frozen=True, slots=True)
class Promise:
    """What the approved report promised.

    Args:
        per_case, low, high: gain per case over the reference, with its 95 % interval, in the currency.
        reach, precision: shares on the test slice; None where the report has none.
        rows, positives, treated: sizes of the test slice, of its positives and of what was treated.
    """

    per_case: float
    low: float
    high: float
    rows: int
    positives: int
    treated: int
    period: Period
    cases_per_period: int
    reach: float | None = None
    precision: float | None = None


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One version behind a deployment."""

    model_version_id: str
    version: int
    project_id: str
    payoff: PayoffMatrix
    currency: str
    value_model_id: str
    reference: AlternativeKind
    rule: TodaysRule | None
    features: tuple[FeatureBins, ...]
    score: FeatureBins | None
    promise: Promise | None

    def payoffs(self) -> Floats:
        """Value of one case by [decision][truth], shape (2, 2)."""
        p = self.payoff
        return np.asarray([[float(p.tn), float(p.fn)], [float(p.fp), float(p.tp)]], dtype=np.float64)


def expected_gain(served: ServedModel, score: Floats, decision: Ints, reference: Ints) -> tuple[Floats, Floats]:
    """What a decision is expected to earn over the reference's decision for the same case, and the variance of it.

    With v[d][y] the payoff: gain = p (v[d][1] - v[r][1]) + (1 - p) (v[d][0] - v[r][0]), a Bernoulli mixture, whose
    variance is p (1 - p) times the squared difference of both brackets.

    Args:
        score: probabilities of the positive class. decision, reference: 0 or 1.
    """
    v = served.payoffs()
    if_positive = v[decision, 1] - v[reference, 1]
    if_negative = v[decision, 0] - v[reference, 0]
    p = np.clip(np.nan_to_num(score), 0.0, 1.0)
    return p * if_positive + (1 - p) * if_negative, p * (1 - p) * (if_positive - if_negative) ** 2


def realised_gain(payoffs: Floats, decision: Ints, reference: Ints, truth: Ints) -> Floats:
    """What a decision has earned over the reference's decision, now that the truth is known."""
    return np.asarray(payoffs[decision, truth] - payoffs[reference, truth], dtype=np.float64)
