"""A report's further figures: metrics as people count, what one more point of them is worth, and where the world would have to change."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from core.identity import Permission, Principal, require
from core.impact.alternatives import AlternativeKind
from core.impact.arrays import FloatArray
from core.impact.breakdown import cut_of
from core.impact.choosing import Sample
from core.impact.decision import DecisionPolicy, Resource, probability
from core.impact.details import Particulars
from core.impact.economics import business_case
from core.impact.metric_frequencies import metric_frequencies
from core.impact.points import Ranked, hits_point, reach_point
from core.impact.policy import expected_gain
from core.impact.remembered import Remembered
from core.impact.report import ImpactReport
from core.impact.rule import rule_columns, rule_mask
from core.impact.source import runs
from core.impact.turning_points import break_even_capacity, break_even_cases, break_even_prevalence
from core.workspace import Workspace

LARGEST_RANK = 1e15


def rank_by(sample: Sample, policy: DecisionPolicy) -> FloatArray:
    """What a policy ranks cases by, shape (n,): the score, or the expected gain for each unit of what is scarce."""
    if not policy.by_case:
        return sample.score
    gain = expected_gain(probability(policy, sample.score), sample.book.payoffs)
    if policy.resource is not Resource.MONEY or sample.cost is None:
        return gain
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        rate: FloatArray = np.minimum(gain / np.maximum(sample.cost, 1 / LARGEST_RANK), LARGEST_RANK)
    return np.where(gain > 0, rate, np.minimum(gain, 0.0))


def work_out(
    sample: Sample, policy: DecisionPolicy, alternatives: Mapping[str, npt.ArrayLike], cases_per_period: float, needed: float
) -> Particulars:
    """Work out a policy's further figures.

    Args:
        alternatives: what would be treated without a model, by name; shape (n,), or one number for all rows.
        cases_per_period: cases that a period brings.
        needed: gain a period that the model's costs take (`BusinessCase.needed`).
    """
    book, decision = sample.book, sample.decide(policy)
    weights, rank = book.row_weights(), rank_by(sample, policy)
    rows = Ranked(book.y, decision, rank, book.values(), weights, cases_per_period)
    parts = {name: book.contributions(decision, treated) for name, treated in alternatives.items()}
    least = min((float(cells.sum()) for cells in parts.values()), default=0.0)
    prevalence = float(weights @ book.y) / book.y.size
    found = (
        *break_even_prevalence(parts, prevalence), break_even_cases(least, cases_per_period, needed),
        break_even_capacity(rank, book.values(), weights, decision, alternatives, cases_per_period, max(needed, 0.0)),
    )  # fmt: skip
    metrics = metric_frequencies(book.y, decision, sample.score, book.weights.positive, book.weights.negative)
    return Particulars(metrics, reach_point(rows), hits_point(rows), tuple(point for point in found if point is not None))


_kept: Remembered[Particulars] = Remembered()


def particulars_of(ws: Workspace, actor: Principal, report: ImpactReport) -> Particulars:
    """A report's further figures, on its own test rows: those that were frozen with it, else computed once for the same content."""
    require(actor, Permission.READ_VALUE)
    if report.details is not None:
        return report.details.particulars
    digest = report.provenance.scores_sha256
    key = ("particulars", report.run_id, digest, report.value_model_id, report.decides, str(ws.settings.home))

    def compute() -> Particulars:
        cut = cut_of(ws, report)
        others: dict[str, npt.ArrayLike] = {AlternativeKind.NOTHING.value: 0.0, AlternativeKind.EVERYBODY.value: 1.0}
        if report.rule is not None:
            frame = runs().columns(ws, cut.run.dataset_version_id, rule_columns(report.rule), cut.rows.rows[cut.keep])
            others[AlternativeKind.RULE.value] = rule_mask(report.rule, frame)
        needed = float(business_case(report.gain, report.period, report.economics).needed)
        return work_out(cut.sample, report.decides, others, report.cases_per_period, needed)

    return _kept.get(key, compute)
