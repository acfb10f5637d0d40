"""The policy that is approved and that the gateway executes: whom to treat, given a score and what the case is worth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from core.errors import Corrupt, InvalidInput
from core.impact.arrays import BoolArray, FloatArray
from core.impact.calibration import Calibration, Method
from core.impact.policy import RowPayoffs, expected_gain

UNCALIBRATED = Calibration(Method.NONE)


class PolicyKind(StrEnum):
    """One threshold for everybody, or case by case by what treating is expected to bring."""

    THRESHOLD = "threshold"
    EXPECTED_VALUE = "expected_value"


class Resource(StrEnum):
    """What a limit counts, and so what a case's gain is divided by: cases, or money spent on them."""

    CASES = "cases"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """How a model decides.

    Args:
        kind: THRESHOLD treats where the score is at least `cut`; EXPECTED_VALUE treats where the expected gain of treating is
            above `cut` for each unit of `resource` (0 without limits: the Bayes decision; above 0 it is the shadow price of the
            capacity or budget).
        calibration: from scores to probabilities. odds_factor: how many times the odds are those of the sample, where positive
            cases are more or less frequent in production (prior shift); 1 where they are as frequent.
    """

    kind: PolicyKind
    cut: float
    resource: Resource = Resource.CASES
    calibration: Calibration = UNCALIBRATED
    odds_factor: float = 1.0

    def __post_init__(self) -> None:
        if not np.isfinite(self.cut) or not (np.isfinite(self.odds_factor) and self.odds_factor > 0):
            raise InvalidInput("A policy needs finite numbers. Value the run again.", field="policy")
        if self.kind is PolicyKind.THRESHOLD and not 0 <= self.cut <= np.nextafter(1.0, 2.0):
            raise InvalidInput("The threshold {threshold} must lie between 0 and 1.", field="threshold", threshold=self.cut)

    @property
    def by_case(self) -> bool:
        """Whether it looks at what each case is worth."""
        return self.kind is PolicyKind.EXPECTED_VALUE


def probability(policy: DecisionPolicy, score: npt.ArrayLike) -> FloatArray:
    """Probability of the positive class in production: calibrated, then moved to production's prevalence, shape (n,).

    Source: Elkan 2001, theorem 2 (odds times the ratio of the prior odds).
    """
    p = np.clip(policy.calibration.apply(score), 0.0, 1.0)
    if policy.odds_factor == 1.0:
        return p
    shifted: FloatArray = p * policy.odds_factor / (p * policy.odds_factor + 1 - p)
    return shifted


def decide_all(
    policy: DecisionPolicy, score: npt.ArrayLike, payoffs: RowPayoffs | None = None, cost: FloatArray | None = None
) -> BoolArray:
    """Decisions for rows.

    Args:
        score: what the model says, shape (n,).
        payoffs: of each row; needed where the policy looks at cases.
        cost: what treating each row takes from the budget, shape (n,); needed where the resource is money.

    Raises:
        InvalidInput: payoffs or costs that the policy needs are missing.
    """
    scores = np.asarray(score, dtype=np.float64)
    if not policy.by_case:
        decision: BoolArray = scores >= policy.cut
        return decision
    if payoffs is None or (policy.resource is Resource.MONEY and cost is None):
        raise InvalidInput("This policy decides by what each case is worth. Give the rows' payoffs.", field="payoff")
    gain = expected_gain(probability(policy, scores), payoffs)
    use = cost if policy.resource is Resource.MONEY and cost is not None else np.ones(scores.size)
    chosen: BoolArray = (gain > policy.cut * use) & (gain > 0)
    return chosen


_ADAPTER: TypeAdapter[DecisionPolicy] = TypeAdapter(DecisionPolicy)


def policy_to_json(policy: DecisionPolicy) -> str:
    """A policy as JSON; the same policy gives the same text."""
    return _ADAPTER.dump_json(policy).decode()


def policy_from_json(text: str) -> DecisionPolicy:
    """Read a policy; what is missing has its default.

    Raises:
        Corrupt: not a policy.
    """
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise Corrupt("A stored policy can't be read: {reason}. Restore it from a backup.", reason=str(error)[:200]) from error
