"""What decisions between several classes are worth: a payoff for each truth and decision, the decision that is worth most, and its rivals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np

from core.errors import InvalidInput, NotEnoughData
from core.impact.amounts import Amount, amount_of
from core.impact.arrays import FloatArray, IntArray
from core.impact.bootstrap import Interval
from core.impact.class_pays import ClassPays, count_classes, payoff_table, sum_classes
from core.impact.intervals import mean_interval, share_interval
from core.impact.payoff import as_money
from core.impact.task_sensitivity import Rival, TaskBreakEven, TaskSwing, class_sensitivity
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
        pays: the payoffs on these rows; None where all are constant.
    """

    truth: IntArray
    probabilities: FloatArray
    rule: IntArray | None = None
    pays: ClassPays | None = None

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
        worth: what these decisions are worth a period, money; as `counts`.
        errors: the costliest kinds, the costliest first.
        tornado: what one wrong assumption makes of `gain`. break_evens: where an alternative draws level.
        ruled: test rows by truth and what today's rule decides on; empty without one.
    """

    classes: tuple[str, ...]
    recommended: ClassPolicy
    policies: tuple[ClassPolicyValue, ...]
    reference: ClassPolicy
    gain: Amount
    better: float
    counts: tuple[tuple[int, ...], ...]
    worth: tuple[tuple[Decimal, ...], ...]
    errors: tuple[ErrorCost, ...]
    rows: int
    tornado: tuple[TaskSwing, ...] = ()
    break_evens: tuple[TaskBreakEven, ...] = ()
    ruled: tuple[tuple[int, ...], ...] = ()

    def policy_value(self, policy: ClassPolicy) -> ClassPolicyValue | None:
        """What is said of one policy."""
        return next((p for p in self.policies if p.policy is policy), None)


def decide_by_value(probabilities: FloatArray, table: FloatArray) -> IntArray:
    """The Bayes decision: the class with the largest expected value; the first among equals."""
    return ClassPays(table).decide(probabilities)


def decide_most_likely(probabilities: FloatArray) -> IntArray:
    """The class with the largest probability; the first among equals."""
    decided: IntArray = np.argmax(probabilities, axis=1).astype(np.int64)
    return decided


def value_classes(validation: ClassSlice, test: ClassSlice, payoff: ClassPayoffs, cases_per_period: float, seed: int) -> ClassFindings:
    """Value a classifier: policies are chosen on validation rows and valued on test rows.

    Args:
        cases_per_period: cases that a period brings.

    Raises:
        InvalidInput: the slices have another number of classes than the payoffs.
    """
    fresh, recommended, single, decisions = decide_classes(validation, test, payoff)
    ours = decisions[recommended]
    told = tuple(
        _told(policy, payoff.classes[single] if policy is ClassPolicy.ONE_CLASS else "", test.truth, decided, ours, fresh, cases_per_period, seed)
        for policy, decided in decisions.items()
    )  # fmt: skip
    best = max((p for p in told if p.policy.needs_no_model), key=lambda p: p.value.value)
    size, each = len(payoff.classes), fresh.of(test.truth, ours)
    counts, rows = count_classes(test.truth, ours, size), int(test.truth.size)
    worth = sum_classes(test.truth, ours, each, size) * (cases_per_period / rows)
    rivals = sorted((p for p in told if p.policy.needs_no_model), key=lambda p: p is not best)
    others = {Rival(p.policy, p.chosen): decisions[p.policy] for p in rivals}
    moved = class_sensitivity(test.truth, ours, fresh, payoff, others, cases_per_period)
    return ClassFindings(
        payoff.classes, recommended, told, best.policy, best.behind, best.better, tuple(tuple(int(c) for c in row) for row in counts),
        tuple(tuple(as_money(float(v)) for v in row) for row in worth),
        _errors(payoff.classes, test.truth, ours, fresh.best(test.truth) - each, cases_per_period, constant=not fresh.cells), rows,
        moved.tornado, moved.break_evens,
        () if test.rule is None else tuple(tuple(int(c) for c in row) for row in count_classes(test.truth, test.rule, size)),
    )  # fmt: skip


def decide_classes(
    validation: ClassSlice, test: ClassSlice, payoff: ClassPayoffs
) -> tuple[ClassPays, ClassPolicy, int, dict[ClassPolicy, IntArray]]:
    """What each policy decides on the test rows.

    Returns:
        The payoffs on the test rows; the policy that is worth most on the validation rows; the class that ONE_CLASS decides on; and the
        decisions, shape (n,) each.

    Raises:
        InvalidInput: the slices have another number of classes than the payoffs.
    """
    if not validation.probabilities.shape[1] == test.probabilities.shape[1] == len(payoff.classes):
        raise InvalidInput("Each row needs one of the {classes} classes of the payoff table.", field="y", classes=len(payoff.classes))
    known, fresh = (part.pays or ClassPays(payoff_table(payoff)) for part in (validation, test))
    by_value, likely = known.decide(validation.probabilities), decide_most_likely(validation.probabilities)
    ahead = float((known.of(validation.truth, by_value) - known.of(validation.truth, likely)).sum())
    single = known.best_single(validation.truth)
    return fresh, ClassPolicy.BY_VALUE if ahead >= 0 else ClassPolicy.MOST_LIKELY, single, _decisions(test, fresh, single)


def _decisions(test: ClassSlice, pays: ClassPays, single: int) -> dict[ClassPolicy, IntArray]:
    found = {
        ClassPolicy.BY_VALUE: pays.decide(test.probabilities),
        ClassPolicy.MOST_LIKELY: decide_most_likely(test.probabilities),
        ClassPolicy.ONE_CLASS: np.full(test.truth.size, single, dtype=np.int64),
    }
    return found if test.rule is None else found | {ClassPolicy.RULE: test.rule}


def _told(
    policy: ClassPolicy, chosen: str, truth: IntArray, decided: IntArray, ours: IntArray, pays: ClassPays, cases: float, seed: int
) -> ClassPolicyValue:
    worth = pays.mean(truth, decided, seed)
    behind, better = pays.difference(truth, ours, decided, seed)
    right = share_interval(int((truth == decided).sum()), truth.size)
    return ClassPolicyValue(
        policy, chosen, amount_of(worth, 1.0, CASE_PLACES), amount_of(worth, cases), amount_of(behind, cases), better, right
    )


def _errors(
    classes: tuple[str, ...], truth: IntArray, decided: IntArray, lost: FloatArray, cases: float, *, constant: bool
) -> tuple[ErrorCost, ...]:
    """Each kind of error with what it costs a period, and its interval.

    Args:
        lost: what each row lost against the best decision for its truth, shape (n,).
        constant: whether every row of a kind loses the same; then only its share is uncertain.
    """
    rows, size = int(truth.size), len(classes)
    kinds, found = truth * size + decided, []
    for kind in np.unique(kinds[lost > 0]).tolist():
        here = kinds == kind
        share = share_interval(int(here.sum()), rows)
        if constant:
            cost = amount_of(share, cases * float(lost[here][0]))
        else:
            each = np.where(here, lost, 0.0)
            cost = amount_of(mean_interval(each, least=0.0, most=float(each.max())), cases)
        found.append(ErrorCost(classes[kind // size], classes[kind % size], share.value * cases, cost))
    return tuple(sorted(found, key=lambda e: -e.cost.value)[:SHOWN_ERRORS])
