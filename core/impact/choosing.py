"""Choosing the policy: candidates made on validation rows, held against each other out of sample there, the limits kept.

Nothing here sees a test row, so that what the chosen policy is worth on test rows is no optimistic figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput, KachiError
from core.impact.arrays import BoolArray, FloatArray, IntArray
from core.impact.books import Book
from core.impact.calibration import FOLDS, Calibration, CrossFitted, cross_fit, folds_of
from core.impact.curve import cut_points
from core.impact.decision import DecisionPolicy, PolicyKind, Resource, decide_all, probability
from core.impact.policy import expected_gain
from core.impact.steady import steady_cut
from core.project.value_model import ValueModel

USUAL_CUT = 0.5


class Candidate(StrEnum):
    """How a policy came about.

    USUAL is the cut at one half that most tools take; BEST_THRESHOLD the most valuable single threshold, chosen
    steadily on the validation rows; BREAK_EVEN the threshold at which treating pays by calibrated probability; CASE_BY_CASE the Bayes decision for each row; READER a
    threshold that a person chose.
    """

    USUAL = "usual"
    BEST_THRESHOLD = "best_threshold"
    BREAK_EVEN = "break_even"
    CASE_BY_CASE = "case_by_case"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Sample:
    """One slice as policies need it.

    Args:
        score: shape (n,). cost: what treating each row takes from the budget, shape (n,); None where nothing is budgeted.
    """

    book: Book
    score: FloatArray
    cost: FloatArray | None = None

    def decide(self, policy: DecisionPolicy) -> BoolArray:
        """Decisions of a policy on these rows."""
        return decide_all(policy, self.score, self.book.payoffs, self.cost)

    def take(self, rows: npt.NDArray[np.generic]) -> Sample:
        """Some of the rows (a mask or indices)."""
        return Sample(self.book.take(rows), self.score[rows], None if self.cost is None else self.cost[rows])


@dataclass(frozen=True, slots=True)
class Bounds:
    """A value model's limits for one case of production.

    Args:
        share: largest share of cases that may be treated. spend: most money spent a case; None without a budget.
        precision: least share of treated cases that are positive.
    """

    share: float = 1.0
    spend: float | None = None
    precision: float = 0.0

    @property
    def any(self) -> bool:
        """Whether anything is bounded."""
        return self.share < 1 or self.spend is not None or self.precision > 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """All candidates, and the one that is recommended."""

    policies: Mapping[Candidate, DecisionPolicy]
    recommended: Candidate

    @property
    def policy(self) -> DecisionPolicy:
        """The recommended one."""
        return self.policies[self.recommended]


def bounds_of(value: ValueModel) -> Bounds:
    """A value model's limits a period as bounds a case."""
    limits, cases = value.limits, value.cases_per_period
    share = 1.0 if limits.capacity is None else min(limits.capacity / cases, 1.0)
    spend = None if limits.budget is None else float(limits.budget) / cases
    return Bounds(share, spend, float(limits.least_precision or 0))


def fits_everybody(sample: Sample, bounds: Bounds) -> bool:
    """Whether the limits leave room for treating every case."""
    weight, rows = sample.book.row_weights(), sample.score.size
    if bounds.share < 1:
        return False
    if bounds.spend is not None and sample.cost is not None and float(weight @ sample.cost) > bounds.spend * rows * (1 + 1e-12):
        return False
    return float(weight @ sample.book.y) >= bounds.precision * float(weight.sum()) - 1e-9


Maker = Callable[[Sample, Calibration], DecisionPolicy]


def choose_policy(validation: Sample, value: ValueModel, seed: int) -> Chosen:
    """Make the candidates on the validation rows, and recommend the one that is worth most out of sample among these rows.

    Out of sample: each candidate is made on four fifths of the rows and valued on the last fifth, five times. Among equals the
    simpler one is taken.

    Args:
        seed: of the folds.
    """
    validation, fold, fitted = _in_order(validation, folds_of(validation.score.size, seed))
    makers = _makers(value)
    policies = {name: make(validation, fitted.whole) for name, make in makers.items()}
    offered = [name for name in makers if name is not Candidate.USUAL]
    if len(offered) == 1:
        return Chosen(policies, offered[0])
    totals = dict.fromkeys(offered, 0.0)
    for part, calibration in enumerate(fitted.parts):
        inside = fold != part
        fit, held = validation.take(inside), validation.take(~inside)
        for name in offered:
            policy = _made(makers[name], fit, calibration, policies[name])
            totals[name] += float(held.book.values().of(held.decide(policy)).sum())
    return Chosen(policies, max(offered, key=totals.__getitem__))


def _in_order(sample: Sample, fold: IntArray) -> tuple[Sample, IntArray, CrossFitted]:
    """Rows and folds in falling order of score, which whatever sorts them again is quick with, and their calibration."""
    order = np.argsort(-sample.score, kind="stable")
    ordered, fold = sample.take(order), fold[order]
    if not _both(ordered.book.y):
        return ordered, fold, CrossFitted(Calibration(), (Calibration(),) * FOLDS)
    return ordered, fold, cross_fit(ordered.book.y, ordered.score, fold)


def _made(make: Maker, fit: Sample, calibration: Calibration, otherwise: DecisionPolicy) -> DecisionPolicy:
    """A candidate made on a part of the rows; where the part is too small to, the one made on all of them."""
    try:
        return make(fit, calibration)
    except KachiError:
        return otherwise


def _makers(value: ValueModel) -> dict[Candidate, Maker]:
    """How each candidate is made on rows, given how their scores become probabilities; the simpler ones first."""
    bounds = bounds_of(value)

    def usual(sample: Sample, calibration: Calibration) -> DecisionPolicy:
        return DecisionPolicy(PolicyKind.THRESHOLD, USUAL_CUT, calibration=calibration, odds_factor=sample.book.weights.odds_factor)

    def best(sample: Sample, calibration: Calibration) -> DecisionPolicy:
        return replace(usual(sample, calibration), cut=steady_threshold(sample, bounds))

    def break_even(sample: Sample, calibration: Calibration) -> DecisionPolicy:
        policy = usual(sample, calibration)
        return replace(policy, cut=_break_even_threshold(sample, policy, bounds))

    def by_case(sample: Sample, calibration: Calibration) -> DecisionPolicy:
        return _by_case(sample, replace(usual(sample, calibration), kind=PolicyKind.EXPECTED_VALUE, cut=0.0), bounds)

    chosen: dict[Candidate, Maker] = {Candidate.USUAL: usual, Candidate.BEST_THRESHOLD: best}
    if not value.matrix.is_constant:
        chosen[Candidate.CASE_BY_CASE] = by_case
    elif value.matrix.bayes_threshold is not None:
        chosen[Candidate.BREAK_EVEN] = break_even
    return chosen


def _both(y: BoolArray) -> bool:
    """Whether there are enough rows of both outcomes to calibrate on."""
    return y.size >= 50 and 0 < int(y.sum()) < y.size


@dataclass(frozen=True, slots=True)
class _Path:
    """Rows in falling order of a rank, at each place where they may be cut: what treating all above brings, its squares, and its limits."""

    cuts: FloatArray
    value: FloatArray
    squares: FloatArray
    allowed: BoolArray


def _path(sample: Sample, rank: FloatArray, bounds: Bounds) -> _Path:
    book, rows = sample.book, rank.size
    order, last, cuts = cut_points(rank)
    weight = np.where(book.y, book.weights.positive, book.weights.negative)[order]

    def summed(each: FloatArray) -> FloatArray:
        return np.concatenate(([0.0], np.cumsum(each)[last]))

    treated = summed(weight)
    allowed = treated <= bounds.share * rows + 1e-9
    if bounds.spend is not None:
        cost = sample.cost if sample.cost is not None else np.zeros(rows)
        allowed &= summed(weight * cost[order]) <= bounds.spend * rows * (1 + 1e-12)
    if bounds.precision > 0:
        allowed &= summed(weight * book.y[order]) >= bounds.precision * treated - 1e-9
    allowed[0] = True
    gain = book.values().gain[order]
    return _Path(cuts, summed(gain), summed(gain**2), allowed)


def best_threshold(sample: Sample, bounds: Bounds) -> float:
    """The most valuable single threshold within the limits; the most careful among equals."""
    path = _path(sample, sample.score, bounds)
    return float(path.cuts[int(np.argmax(np.where(path.allowed, path.value, -np.inf)))])


def steady_threshold(sample: Sample, bounds: Bounds) -> float:
    """The same, but the mean of what would be best on replicates of these rows: steadier where they are few (`core.impact.steady`).

    Limits raise it only as far as they must, so that with more capacity whoever was treated still is.
    """
    path = _path(sample, sample.score, bounds)
    ends = float(sample.score.min()), float(sample.score.max())
    cut = steady_cut(path.cuts, path.value, path.squares, ends)
    return _largest_allowed(path, cut) if bounds.any else cut


def _largest_allowed(path: _Path, least_cut: float) -> float:
    """The lowest cut at or above `least_cut` that keeps to the limits."""
    able = np.flatnonzero(path.allowed & (path.cuts >= least_cut))
    return float(path.cuts[able[-1]]) if able.size else float(path.cuts[0])


def _break_even_threshold(sample: Sample, policy: DecisionPolicy, bounds: Bounds) -> float:
    """The score above which treating pays by calibrated probability, raised as far as the limits want it."""
    gain = expected_gain(probability(policy, sample.score), sample.book.payoffs)
    pays = sample.score[gain > 0]
    rest = sample.score[gain <= 0]
    if pays.size == 0:
        return 1.0 if rest.max() < 1 else float(np.nextafter(1.0, 2.0))
    low = float(rest.max()) if rest.size and rest.max() < pays.min() else 0.0
    cut = low + (float(pays.min()) - low) / 2 if rest.size else 0.0
    return _largest_allowed(_path(sample, sample.score, bounds), cut) if bounds.any else cut


def _by_case(sample: Sample, policy: DecisionPolicy, bounds: Bounds) -> DecisionPolicy:
    """The Bayes decision; under limits with the shadow price that keeps to them: of cases or of money, whichever is worth more.

    Source: Dantzig 1957 (greedy by gain for each unit of the scarce resource).
    """
    if not bounds.any:
        return policy
    gain = expected_gain(probability(policy, sample.score), sample.book.payoffs)
    found = []
    for resource in (Resource.CASES, Resource.MONEY) if bounds.spend is not None else (Resource.CASES,):
        cut = max(_largest_allowed(_path(sample, _gain_by_use(sample, gain, resource), bounds), 0.0), 0.0)
        able = replace(policy, cut=cut, resource=resource)
        found.append((float(gain[sample.decide(able)].sum()), able))
    return max(found, key=lambda pair: pair[0])[1]


def _gain_by_use(sample: Sample, gain: FloatArray, resource: Resource) -> FloatArray:
    """Expected gain for each unit of what is scarce, shape (n,)."""
    use = sample.cost if resource is Resource.MONEY and sample.cost is not None else np.ones(gain.size)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        found: FloatArray = np.where(gain > 0, np.minimum(gain / np.maximum(use, 1e-12), 1e15), np.minimum(gain, 0.0))
    return found


def choose_within(validation: Sample, test: Sample, value: ValueModel, seed: int) -> Chosen:
    """The candidates, made on validation rows, that keep to capacity and budget on the test rows as well.

    A cut that just keeps to a capacity on some rows breaks it on others half of the time, and what is more would be promised and never
    done. How many rows lie above a cut is known without their outcomes, so raising it there makes no figure optimistic.
    """
    chosen, bounds = choose_policy(validation, value, seed), bounds_of(value)
    kept = {name: one if name is Candidate.USUAL else keep_within(one, test, bounds) for name, one in chosen.policies.items()}
    return Chosen(kept, chosen.recommended)


def keep_within(policy: DecisionPolicy, sample: Sample, bounds: Bounds) -> DecisionPolicy:
    """The same policy, its cut raised as far as capacity and budget want it on these rows."""
    limits = replace(bounds, precision=0.0)
    if not limits.any:
        return policy
    treated, weight, rows = sample.decide(policy), sample.book.row_weights(), sample.score.size
    spent = float(weight[treated] @ sample.cost[treated]) if sample.cost is not None and limits.spend is not None else 0.0
    if float(weight[treated].sum()) <= limits.share * rows + 1e-9 and spent <= (limits.spend or 0.0) * rows * (1 + 1e-12) + 1e-9:
        return policy
    rank = sample.score
    if policy.by_case:
        rank = _gain_by_use(sample, expected_gain(probability(policy, rank), sample.book.payoffs), policy.resource)
    return replace(policy, cut=_largest_allowed(_path(sample, rank, limits), policy.cut))


def policy_of_reader(threshold: float, chosen: Chosen) -> DecisionPolicy:
    """A reader's own threshold, with the calibration that was chosen.

    Raises:
        InvalidInput: outside 0 to 1.
    """
    if not 0 <= threshold <= 1:
        raise InvalidInput("The threshold {threshold} must lie between 0 and 1.", field="threshold", threshold=threshold)
    return replace(chosen.policies[Candidate.BEST_THRESHOLD], cut=threshold)
