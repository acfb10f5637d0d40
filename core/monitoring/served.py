"""What a served version is, as far as monitoring needs it: bins, payoff, the alternative it is held against, its promise."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.impact.alternatives import AlternativeKind
from core.monitoring.bins import FeatureBins, Floats, Ints
from core.project.payoffs import CELLS
from core.project.value_model import Formula, PayoffMatrix, Period, TodaysRule


@dataclass(frozen=True, slots=True)
class Promise:
    """What the approved report promised.

    Args:
        per_case, low, high: gain per case over the reference, with its 95 % interval, in the currency.
        reach, precision: shares on the test slice; None where the report has none.
        rows, positives, treated: sizes of the test slice, of its positives and of what was treated.
        if_positive, if_negative: gain per case over the reference among the test slice's positives and negatives; None where the
            report can't tell them apart.
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
    if_positive: float | None = None
    if_negative: float | None = None


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One version behind a deployment, valued under one contract.

    Args:
        payoff, currency, value_model_id: of the contract. reference, rule: what its value is counted against.
        contract_id, contract_number: the contract; empty and 0 before the first. approval_id: the request that it was approved with.
        since_ms: decisions from then on are valued under it, milliseconds since 1970.
    """

    model_version_id: str
    version: int
    project_id: str
    payoff: PayoffMatrix
    currency: str
    value_model_id: str
    reference: AlternativeKind
    rule: TodaysRule | Formula | None
    features: tuple[FeatureBins, ...]
    score: FeatureBins | None
    promise: Promise | None
    contract_id: str = ""
    contract_number: int = 0
    since_ms: int = 0
    approval_id: str = ""

    @property
    def key(self) -> str:
        """What its decisions are grouped by: the contract, else the version."""
        return self.contract_id or self.model_version_id

    def worth_columns(self) -> dict[str, str]:
        """Columns that only the payoffs read, with their DuckDB types: kept, so that a retrained model can be valued on these cases."""
        known = {bins.name for bins in self.features}
        cells = [cell for name in CELLS if isinstance(cell := getattr(self.payoff, name), Formula)]
        texts = {name for cell in cells for name in cell.expression.texts}
        return {name: "VARCHAR" if name in texts else "DOUBLE" for name in self.payoff.columns if name not in known}

    def payoffs(self, own: Floats | None = None) -> Floats:
        """Value of a case in each cell, in the order tp, fp, fn, tn, shape (n, 4), or (1, 4) where all cases are worth the same.

        Args:
            own: what each case was decided with, shape (n, 4); NaN where nothing was kept, which is where all are worth the same.
        """
        cells = [getattr(self.payoff, cell) for cell in CELLS]
        same = np.asarray([[float(cell) if isinstance(cell, Decimal) else np.nan for cell in cells]], dtype=np.float64)
        # A payoff that can't be told is worth nothing here rather than spoiling the sums of all others.
        return np.nan_to_num(same if own is None else np.where(np.isnan(own), same, own))


def expected_gain(payoffs: Floats, probability: Floats, decision: Ints, reference: Ints) -> tuple[Floats, Floats]:
    """What a decision is expected to earn over the reference's decision for the same case, and the variance of it.

    Gain = d (p (tp - fn) + (1 - p) (fp - tn)) with d = decision - reference: a Bernoulli mixture, whose variance is
    p (1 - p) times the squared difference of both brackets.

    Args:
        payoffs: tp, fp, fn, tn of each case, shape (n, 4) or (1, 4).
        probability: of the positive class, shape (n,). decision, reference: 0 or 1.
    """
    lead = (decision - reference).astype(np.float64)
    if_positive, if_negative = lead * (payoffs[:, 0] - payoffs[:, 2]), lead * (payoffs[:, 1] - payoffs[:, 3])
    p = np.clip(np.nan_to_num(probability), 0.0, 1.0)
    return p * if_positive + (1 - p) * if_negative, p * (1 - p) * (if_positive - if_negative) ** 2


def realised_gain(payoffs: Floats, decision: Ints, reference: Ints, truth: Ints) -> Floats:
    """What a decision (or what was done in fact) has earned over the reference's decision, now that the truth is known; payoffs as
    in `expected_gain`.
    """
    gained = np.where(truth == 1, payoffs[:, 0] - payoffs[:, 2], payoffs[:, 1] - payoffs[:, 3])
    return np.asarray((decision - reference) * gained, dtype=np.float64)
