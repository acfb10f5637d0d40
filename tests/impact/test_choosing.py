"""Policies: chosen on validation rows within the limits, and worth what brute force finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.impact.choosing import Candidate, Sample, bounds_of, choose_policy, choose_within, fits_everybody, policy_of_reader
from core.impact.decision import DecisionPolicy, PolicyKind, Resource, decide_all, policy_from_json, policy_to_json, probability
from core.impact.policy import expected_gain
from core.impact.valued import make_sample
from core.project.value_model import Cell, Economics, Formula, Limits, PayoffMatrix, Period, ValueModel

CASES = 1_000


def model(tp: Cell, fp: Cell, fn: Cell, tn: Cell, limits: Limits | None = None, economics: Economics | None = None) -> ValueModel:
    return ValueModel(
        "v", "p", 1, "EUR", Period.MONTH, CASES, PayoffMatrix(tp, fp, fn, tn), None, "", "u", datetime.now(UTC), limits or Limits(),
        economics or Economics(),
    )  # fmt: skip


def d(*amounts: float) -> list[Decimal]:
    return [Decimal(str(a)) for a in amounts]


def rows(n: int = 4_000, seed: int = 3) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Calibrated scores and a column that says what a case is worth."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1.2, 4, n)
    return rng.random(n) < score, score, pd.DataFrame({"balance": rng.lognormal(3, 1, n), "cost": rng.uniform(1, 5, n)})


BY_ROW = model(Formula("0.2 * balance - 1"), *d(-1, 0, 0))


def test_case_by_case_beats_every_single_threshold_where_cases_differ() -> None:
    y, score, frame = rows()
    half = len(y) // 2
    chosen = choose_policy(make_sample(BY_ROW, y[:half], score[:half], frame[:half]), BY_ROW, 1)
    assert chosen.recommended is Candidate.CASE_BY_CASE
    test = make_sample(BY_ROW, y[half:], score[half:], frame[half:].reset_index(drop=True))
    own = test.book.values().of(test.decide(chosen.policy)).sum()
    singles = [test.book.values().of(score[half:] >= cut).sum() for cut in np.linspace(0, 1, 201)]
    assert own > max(singles)


def test_the_bayes_decision_is_elkans_threshold_where_payoffs_are_the_same() -> None:
    # A bad risk accepted costs 5, a good one refused 1: refuse above 1/6 (Elkan 2001, equation 2).
    value = model(*d(0, -1, -5, 0))
    y, score, frame = rows(20_000)
    chosen = choose_policy(make_sample(value, y, score, frame), value, 1)
    found = chosen.policies[Candidate.BREAK_EVEN]
    assert found.kind is PolicyKind.THRESHOLD
    assert found.cut == pytest.approx(1 / 6, abs=0.02)


def test_scores_that_say_too_much_are_set_right() -> None:
    value = model(*d(0, -1, -5, 0))
    y, score, frame = rows(20_000)
    bold = score**0.5
    found = choose_policy(make_sample(value, y, bold, frame), value, 1).policies[Candidate.BREAK_EVEN]
    assert found.cut == pytest.approx((1 / 6) ** 0.5, abs=0.03)
    np.testing.assert_allclose(probability(found, bold).mean(), y.mean(), atol=0.01)


LIMITS = st.builds(
    Limits,
    capacity=st.none() | st.integers(0, CASES),
    budget=st.none() | st.integers(0, 2_000).map(Decimal),
    action_cost=st.just(Formula("cost")),
    least_precision=st.none() | st.integers(0, 60).map(lambda share: Decimal(share) / 100),
)


@settings(max_examples=40, deadline=None)
@given(LIMITS, st.booleans())
def test_every_recommended_policy_keeps_to_its_limits_on_the_rows_that_it_was_chosen_on(limits: Limits, by_row: bool) -> None:
    value = replace(BY_ROW, limits=limits) if by_row else model(*d(30, -2, 0, 0), limits=limits)
    y, score, frame = rows(600)
    sample = make_sample(value, y, score, frame)
    policies = choose_policy(sample, value, 1).policies
    for name, policy in policies.items():
        if name is Candidate.USUAL:
            continue
        decision = sample.decide(policy)
        if limits.capacity is not None:
            assert decision.mean() <= limits.capacity / CASES + 1e-9
        if limits.budget is not None:
            assert frame["cost"].to_numpy()[decision].sum() / len(y) <= float(limits.budget) / CASES + 1e-9
        if limits.least_precision is not None and decision.any():
            assert y[decision].mean() >= float(limits.least_precision) - 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, CASES), st.integers(0, CASES), st.booleans())
def test_more_capacity_never_hurts_what_is_expected(one: int, two: int, by_row: bool) -> None:
    base = BY_ROW if by_row else model(*d(30, -2, 0, 0))
    name = Candidate.CASE_BY_CASE if by_row else Candidate.BEST_THRESHOLD
    y, score, frame = rows(400)

    def treated(value: ValueModel) -> tuple[Sample, DecisionPolicy, np.ndarray]:
        sample = make_sample(value, y, score, frame)
        policy = choose_policy(sample, value, 1).policies[name]
        return sample, policy, sample.decide(policy)

    few, many = (treated(replace(base, limits=Limits(capacity=capacity))) for capacity in sorted((one, two)))
    assert not (few[2] & ~many[2]).any()  # whoever was treated still is
    # What each brings, as the policy sees it; of the scores themselves where it cuts them, which here say the truth.
    seen = probability(few[1], score) if by_row else score
    gain = expected_gain(seen, few[0].book.payoffs)
    # A single cut is chosen on outcomes, not by expectation: it may treat some below the break-even likelihood, with any capacity.
    slack = 0.0 if by_row else -np.minimum(gain[treated(base)[2]], 0.0).sum()
    assert gain[many[2]].sum() >= gain[few[2]].sum() - slack - 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, CASES), st.booleans())
def test_capacity_and_budget_are_kept_on_other_rows_too(capacity: int, by_row: bool) -> None:
    base = BY_ROW if by_row else model(*d(30, -2, 0, 0))
    value = replace(base, limits=Limits(capacity=capacity, budget=Decimal(400), action_cost=Formula("cost")))
    known, fresh = (make_sample(value, *rows(400, seed)) for seed in (3, 8))
    loose, kept = choose_policy(known, value, 1), choose_within(known, fresh, value, 1)
    assert kept.recommended is loose.recommended
    for name, policy in kept.policies.items():
        before, after = fresh.decide(loose.policies[name]), fresh.decide(policy)
        if name is Candidate.USUAL:
            assert policy == loose.policies[name]
            continue
        assert after.mean() <= capacity / CASES + 1e-9
        assert fresh.cost is not None
        assert fresh.cost[after].sum() / 400 <= 400 / CASES + 1e-9
        assert not (after & ~before).any()
        if before.mean() <= capacity / CASES and fresh.cost[before].sum() / 400 <= 400 / CASES:
            assert policy == loose.policies[name]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 1000))
def test_scaling_all_payoffs_changes_no_decision(factor: int) -> None:
    y, score, frame = rows(500)
    value = model(*d(30, -2, -3, 1))
    scaled = model(*[Decimal(factor) * a for a in d(30, -2, -3, 1)])
    one, two = (choose_policy(make_sample(v, y, score, frame), v, 1) for v in (value, scaled))
    assert one.recommended == two.recommended
    for name in one.policies:
        assert one.policies[name].cut == pytest.approx(two.policies[name].cut)


def test_prevalence_of_production_moves_likelihoods_and_amounts() -> None:
    # The sample holds half positives; production a tenth. The threshold must not be the sample's.
    rng = np.random.default_rng(5)
    n = 20_000
    y = rng.random(n) < 0.5
    x = rng.normal(np.where(y, 1.0, -1.0))
    score = 1 / (1 + np.exp(-2 * x))  # exact at one half
    value = model(*d(5, -1, 0, 0), economics=Economics(prevalence=Decimal("0.1")))
    sample = make_sample(value, y, score, pd.DataFrame(index=range(n)))
    found = choose_policy(sample, value, 1)
    policy = found.policies[Candidate.BREAK_EVEN]
    # Treat where p' > 1/6; p' = odds / 9 of p, so p > (9/5) / (1 + 9/5) = 0.643 (Elkan 2001, theorem 2).
    assert policy.cut == pytest.approx(9 / 14, abs=0.02)
    decision = sample.decide(policy)
    expected = 0.1 * 5 * decision[y].mean() - 0.9 * decision[~y].mean()
    assert sample.book.value(decision, 1).value == pytest.approx(expected, rel=1e-9)


def test_a_policy_reads_back_and_old_ones_have_defaults() -> None:
    y, score, frame = rows(2_000)
    value = replace(BY_ROW, limits=Limits(budget=Decimal(500), action_cost=Formula("cost")))
    policy = choose_policy(make_sample(value, y, score, frame), value, 1).policies[Candidate.CASE_BY_CASE]
    assert policy_from_json(policy_to_json(policy)) == policy
    assert policy_from_json('{"kind": "threshold", "cut": 0.3}') == DecisionPolicy(PolicyKind.THRESHOLD, 0.3)


def test_what_is_missing_is_told() -> None:
    with pytest.raises(InvalidInput, match="what each case is worth"):
        decide_all(DecisionPolicy(PolicyKind.EXPECTED_VALUE, 0.0), np.array([0.5]))
    with pytest.raises(InvalidInput, match="must lie between 0 and 1"):
        DecisionPolicy(PolicyKind.THRESHOLD, 1.5)
    with pytest.raises(InvalidInput, match="finite"):
        DecisionPolicy(PolicyKind.EXPECTED_VALUE, float("nan"), Resource.CASES)
    y, score, frame = rows(200)
    chosen = choose_policy(make_sample(BY_ROW, y, score, frame), BY_ROW, 1)
    with pytest.raises(InvalidInput, match="threshold"):
        policy_of_reader(-0.1, chosen)
    with pytest.raises(InvalidInput, match="must not be negative"):
        make_sample(replace(BY_ROW, limits=Limits(budget=Decimal(1), action_cost=Formula("0 - cost"))), y, score, frame)


def test_one_outcome_only_still_gives_a_policy() -> None:
    _, score, frame = rows(300)
    value = model(*d(30, -2, 0, 0))
    chosen = choose_policy(make_sample(value, np.zeros(300, dtype=bool), score, frame), value, 1)
    assert not decide_all(chosen.policy, score).any()


def test_bounds_are_a_cases_share() -> None:
    limits = Limits(capacity=250, budget=Decimal(500), action_cost=Decimal(4), least_precision=Decimal("0.3"))
    found = bounds_of(replace(BY_ROW, limits=limits))
    assert (found.share, found.spend, found.precision) == (0.25, 0.5, 0.3)
    assert isinstance(make_sample(replace(BY_ROW, limits=limits), *rows(60)), Sample)


def test_everybody_is_no_alternative_where_limits_forbid_it() -> None:
    y, score, frame = rows(500)
    sample = make_sample(BY_ROW, y, score, frame)
    priced = make_sample(replace(BY_ROW, limits=Limits(budget=Decimal(1), action_cost=Formula("cost"))), y, score, frame)
    assert fits_everybody(sample, bounds_of(BY_ROW))
    assert not fits_everybody(sample, bounds_of(replace(BY_ROW, limits=Limits(capacity=CASES - 1))))
    assert not fits_everybody(priced, bounds_of(replace(BY_ROW, limits=Limits(budget=Decimal(1), action_cost=Formula("cost")))))
    assert not fits_everybody(sample, bounds_of(replace(BY_ROW, limits=Limits(least_precision=Decimal("0.9")))))
