"""Whether likelihoods come true: the reliability diagram before and after calibration, and what calibration is worth in money."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np

from core.impact.amounts import amount_of
from core.impact.arrays import BoolArray, FloatArray
from core.impact.calibration import Method, log_loss
from core.impact.choosing import Sample
from core.impact.decision import UNCALIBRATED, DecisionPolicy, PolicyKind, probability
from core.impact.policy import expected_gain
from core.impact.report import CalibrationFacts, ReliabilityPoint
from core.project.value_model import ValueModel

GROUPS = 10
LEVEL = 0.95


def calibration_facts(test: Sample, policy: DecisionPolicy, value: ValueModel, seed: int) -> CalibrationFacts:
    """Reliability of a policy's likelihoods on test rows, in the sample's own mix of outcomes, and calibration's effect in money.

    The effect is what deciding where treating pays in expectation brings more with calibrated likelihoods than with raw ones,
    without limits: the decision that hangs most on them.
    """
    y, raw = test.book.y, np.clip(test.score, 0.0, 1.0)
    calibrated = np.clip(policy.calibration.apply(test.score), 0.0, 1.0)
    bayes = replace(policy, kind=PolicyKind.EXPECTED_VALUE, cut=0.0)
    plain = replace(bayes, calibration=UNCALIBRATED)
    with_it, without = (expected_gain(probability(p, test.score), test.book.payoffs) > 0 for p in (bayes, plain))
    worth, _ = test.book.difference(with_it, without, seed)
    same = policy.calibration.method is Method.NONE
    before = reliability(y, raw)
    return CalibrationFacts(
        policy.calibration.method, before, before if same else reliability(y, calibrated), log_loss(y, raw), log_loss(y, calibrated),
        amount_of(worth, value.cases_per_period),
    )  # fmt: skip


def reliability(y: BoolArray, p: FloatArray, groups: int = GROUPS) -> tuple[ReliabilityPoint, ...]:
    """What was said against what came true, in groups of about equal size; equal likelihoods stay together.

    Args:
        y: outcomes, shape (n,). p: likelihoods, shape (n,).

    Source: Wilson 1927 for the intervals.
    """
    edges = np.unique(np.quantile(p, np.linspace(0, 1, groups + 1)[1:-1]))
    group = np.searchsorted(edges, p, side="right")
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    points = []
    for index in np.unique(group):
        of = group == index
        n, share = int(of.sum()), float(y[of].mean())
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
        points.append(ReliabilityPoint(n, float(p[of].mean()), share, max(centre - half, 0.0), min(centre + half, 1.0)))
    return tuple(points)
