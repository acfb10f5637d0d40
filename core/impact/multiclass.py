"""What decisions between several classes are worth: a payoff for each truth and decision, the decision that is worth most, and its rivals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput, NotEnoughData
from core.impact.amounts import Amount, amount_of
from core.impact.arrays import FloatArray, IntArray
from core.impact.bootstrap import Interval, bootstrap_means, make_rng, percentile_interval, share_above_zero
from core.impact.intervals import share_interval
from core.project.payoffs import ClassPayoffs

CASE_PLACES = 6
SHOWN_ERRORS = 5
SUMS_TO = 1e-3


class ClassPolicy(StrEnum):
    """How a class is decided on.

    BY_VALUE: the decision with the largest expected value (Bayes). MOST_LIKELY: the class with the largest probability.
    ONE_CLASS: always the same one, the best of the validation rows; needs no model. RULE: what decides today.
    """

    BY_VALUE = "by_value"
    MOST_LIKELY = "most_likely"
    ONE_CLASS = "one_class"
    RULE = "rule"

    @property
    def needs_no_model(self) -> bool:
        """Whether the headline compares with it."""
        return self in {ClassPolicy.ONE_CLASS, ClassPolicy.RULE}


@dataclass(frozen=True, slots=True)
class ClassSlice:
    """Rows of one split.

    Args:
        truth: index of the true class, shape (n,).
        probabilities: of each class, shape (n, k); rows sum to one.
        rule: index of the class that today's rule decides on, shape (n,); None without one.
    """

    truth: IntArray
    probabilities: FloatArray
    rule: IntArray | None = None

    def __post_init__(self) -> None:
        rows, classes = self.probabilities.shape
        if rows == 0:
            raise NotEnoughData("There is no labelled row to value decisions on. Give at least one.", field="y")
        for codes in (self.truth, self.rule):
            if codes is not None and (codes.shape != (rows,) or int(codes.min()) < 0 or int(codes.max()) >= classes):
                raise InvalidInput("Each row needs one of the {classes} classes of the payoff table.", field="y", classes=classes)
        sums = self.probabilities.sum(axis=1)
        if not bool(np.isfinite(self.probabilities).all()) or self.probabilities.min() < 0 or bool((np.abs(sums - 1) > SUMS_TO).any()):
            raise InvalidInput(
                "The probabilities of the classes must lie between 0 and 1 and sum to 1. Score the rows again.", field="score"
            )


@dataclass(frozen=True, slots=True)
class ClassPolicyValue:
    """A policy and what it is worth on the test rows.

    Args:
        chosen: the class of ONE_CLASS.
        value_per_case, value: a case, and a period.
        behind: what the recommended policy brings more, a period; better: the probability that it does.
        right: share of decisions that are right, with its interval.
    """

    policy: ClassPolicy
    chosen: str
    value_per_case: Amount
    value: Amount
    behind: Amount
    better: float
    right: Interval


@dataclass(frozen=True, slots=True)
class ErrorCost:
    """A kind of error of the recommended policy: how often a period, and what it costs against the best decision for that truth."""

    truth: str
    decided: str
    cases: float
    cost: Amount


@dataclass(frozen=True, slots=True)
class ClassFindings:
    """A classifier's worth under a table of payoffs.

    Args:
        recommended: BY_VALUE or MOST_LIKELY, whichever is worth more on the validation rows.
        reference: the best policy that needs no model; gain, better: of the recommended one over it, a period.
        counts: test rows by truth (rows) and the recommended decision (columns).
        errors: the costliest kinds, the costliest first.
    """

    classes: tuple[str, ...]
    recommended: ClassPolicy
    policies: tuple[ClassPolicyValue, ...]
    reference: ClassPolicy
    gain: Amount
    better: float
    counts: tuple[tuple[int, ...], ...]
    errors: tuple[ErrorCost, ...]
    rows: int

    def policy_value(self, policy: ClassPolicy) -> ClassPolicyValue | None:
        """What is said of one policy."""
        return next((p for p in self.policies if p.policy is policy), None)


def payoff_table(payoff: ClassPayoffs) -> FloatArray:
    """The payoffs as floats, shape (k, k): truth by decision."""
    return np.array([[float(value) for value in row] for row in payoff.values])


def expected_values(probabilities: FloatArray, table: FloatArray) -> FloatArray:
    """What each decision is expected to be worth for each case, shape (n, k).

    Source: ``sum over truths i of p_i table[i, j]`` (Elkan 2001, equation 1).

    >>> expected_values(np.array([[0.7, 0.3]]), np.array([[0.0, -1.0], [-5.0, 0.0]]))
    array([[-1.5, -0.7]])
    """
    expected: FloatArray = probabilities @ table
    return expected


def decide_by_value(probabilities: FloatArray, table: FloatArray) -> IntArray:
    """The Bayes decision: the class with the largest expected value; the first among equals."""
    decided: IntArray = np.argmax(expected_values(probabilities, table), axis=1).astype(np.int64)
    return decided


def decide_most_likely(probabilities: FloatArray) -> IntArray:
    """The class with the largest probability; the first among equals."""
    decided: IntArray = np.argmax(probabilities, axis=1).astype(np.int64)
    return decided


def best_single_class(truth: IntArray, table: FloatArray) -> int:
    """The class that is worth most if it is always decided on."""
    counts = np.bincount(truth, minlength=table.shape[0])
    return int(np.argmax(counts @ table))


def count_classes(truth: IntArray, decided: IntArray, classes: int) -> IntArray:
    """Rows by truth and decision, shape (k, k)."""
    return np.bincount(truth * classes + decided, minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def mean_value(truth: IntArray, decided: IntArray, table: FloatArray, seed: int) -> Interval:
    """Mean value a case with its 95 % interval: replicates of the k x k counts (multinomial)."""
    counts = count_classes(truth, decided, table.shape[0]).ravel().astype(np.float64)
    values = table.ravel()
    return percentile_interval(float(counts @ values / counts.sum()), bootstrap_means(counts, values, make_rng(seed)))


def mean_difference(truth: IntArray, first: IntArray, second: IntArray, table: FloatArray, seed: int) -> tuple[Interval, float]:
    """Mean difference a case of two policies on the same rows, paired, and the probability that the first is better."""
    size = table.shape[0]
    cells, counts = np.unique((truth * size + first) * size + second, return_counts=True)
    of, one, two = cells // size**2, cells // size % size, cells % size
    values = table[of, one] - table[of, two]
    drawn = bootstrap_means(counts.astype(np.float64), values, make_rng(seed))
    return percentile_interval(float(counts @ values / counts.sum()), drawn), share_above_zero(drawn)


def value_classes(validation: ClassSlice, test: ClassSlice, payoff: ClassPayoffs, cases_per_period: float, seed: int) -> ClassFindings:
    """Value a classifier: policies are chosen on validation rows and valued on test rows.

    Args:
        cases_per_period: cases that a period brings.

    Raises:
        InvalidInput: the slices have another number of classes than the payoffs.
    """
    table = payoff_table(payoff)
    if not validation.probabilities.shape[1] == test.probabilities.shape[1] == len(payoff.classes):
        raise InvalidInput("Each row needs one of the {classes} classes of the payoff table.", field="y", classes=len(payoff.classes))
    by_value, likely = decide_by_value(validation.probabilities, table), decide_most_likely(validation.probabilities)
    ahead = float((table[validation.truth, by_value] - table[validation.truth, likely]).sum())
    recommended = ClassPolicy.BY_VALUE if ahead >= 0 else ClassPolicy.MOST_LIKELY
    single = best_single_class(validation.truth, table)
    decisions = _decisions(test, table, single)
    ours = decisions[recommended]
    told = tuple(
        _told(policy, payoff.classes[single] if policy is ClassPolicy.ONE_CLASS else "", test.truth, decided, ours, table, cases_per_period, seed)
        for policy, decided in decisions.items()
    )  # fmt: skip
    best = max((p for p in told if p.policy.needs_no_model), key=lambda p: p.value.value)
    counts = count_classes(test.truth, ours, table.shape[0])
    return ClassFindings(
        payoff.classes, recommended, told, best.policy, best.behind, best.better, tuple(tuple(int(c) for c in row) for row in counts),
        _errors(payoff.classes, counts, table, cases_per_period), int(test.truth.size),
    )  # fmt: skip


def _decisions(test: ClassSlice, table: FloatArray, single: int) -> dict[ClassPolicy, IntArray]:
    found = {
        ClassPolicy.BY_VALUE: decide_by_value(test.probabilities, table),
        ClassPolicy.MOST_LIKELY: decide_most_likely(test.probabilities),
        ClassPolicy.ONE_CLASS: np.full(test.truth.size, single, dtype=np.int64),
    }
    return found if test.rule is None else found | {ClassPolicy.RULE: test.rule}


def _told(
    policy: ClassPolicy, chosen: str, truth: IntArray, decided: IntArray, ours: IntArray, table: FloatArray, cases: float, seed: int
) -> ClassPolicyValue:
    worth = mean_value(truth, decided, table, seed)
    behind, better = mean_difference(truth, ours, decided, table, seed)
    right = share_interval(int((truth == decided).sum()), truth.size)
    return ClassPolicyValue(
        policy, chosen, amount_of(worth, 1.0, CASE_PLACES), amount_of(worth, cases), amount_of(behind, cases), better, right
    )


def _errors(classes: tuple[str, ...], counts: npt.NDArray[np.int64], table: FloatArray, cases: float) -> tuple[ErrorCost, ...]:
    """Each kind of error with what it costs a period, and the interval that its share's interval makes of that."""
    rows = int(counts.sum())
    lost = table.max(axis=1, keepdims=True) - table
    found = []
    for truth, decided in zip(*np.nonzero(counts * lost > 0), strict=True):
        share = share_interval(int(counts[truth, decided]), rows)
        cost = amount_of(share, cases * float(lost[truth, decided]))
        found.append(ErrorCost(classes[truth], classes[decided], share.value * cases, cost))
    return tuple(sorted(found, key=lambda e: -e.cost.value)[:SHOWN_ERRORS])
