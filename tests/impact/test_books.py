"""Books: constant and row-wise payoffs say the same where they are the same, and their intervals cover."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.impact.books import Weights, difference_apart, open_book, weights_for
from core.impact.bootstrap import Interval
from core.impact.policy import constant_payoffs
from core.project.value_model import PayoffMatrix

PAYOFF = PayoffMatrix(Decimal(90), Decimal(-10), Decimal(-20), Decimal(3))
CASES = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=80)


@settings(max_examples=60, deadline=None)
@given(CASES, st.none() | st.floats(0.01, 0.99))
def test_a_constant_payoff_is_worth_the_same_row_by_row(cases: list[tuple[bool, bool]], prevalence: float | None) -> None:
    y, decision = (np.array(column) for column in zip(*cases, strict=True))
    same = open_book(y, PAYOFF, None, prevalence)
    own = open_book(y, PAYOFF, constant_payoffs(PAYOFF, y.size), prevalence)
    assert same.value(decision, 1).value == pytest.approx(own.value(decision, 1).value)
    one, two = (book.difference(decision, ~decision, 1)[0].value for book in (same, own))
    assert one == pytest.approx(two)
    np.testing.assert_allclose(same.curve(decision * 0.5).value, own.curve(decision * 0.5).value)


@settings(max_examples=60, deadline=None)
@given(CASES, st.none() | st.floats(0.01, 0.99))
def test_the_payoffs_parts_add_up_to_the_value(cases: list[tuple[bool, bool]], prevalence: float | None) -> None:
    y, decision = (np.array(column) for column in zip(*cases, strict=True))
    book = open_book(y, PAYOFF, None, prevalence)
    assert book.parts(decision).sum() == pytest.approx(book.value(decision, 1).value)
    assert book.contributions(decision, 0.0).sum() == pytest.approx(book.difference(decision, 0.0, 1)[0].value)


def test_weights_give_the_sample_productions_mix() -> None:
    y = np.array([True] * 30 + [False] * 70)
    weights = weights_for(0.05, y)
    total = weights.positive * 30 + weights.negative * 70
    assert total == pytest.approx(100)
    assert weights.positive * 30 / total == pytest.approx(0.05)
    assert weights_for(None, y) == weights_for(0.5, np.zeros(5, dtype=bool)) == Weights()


@pytest.mark.parametrize("by_row", [False, True])
def test_intervals_cover_about_as_often_as_they_say(by_row: bool) -> None:
    rng = np.random.default_rng(11)
    inside, rounds, n = 0, 300, 400
    # The true mean: treat where score > 0.3, scores are calibrated and uniform.
    p = (np.arange(200_000) + 0.5) / 200_000
    truth = float(np.where(p > 0.3, p * 90 - (1 - p) * 10, p * -20 + (1 - p) * 3).mean())
    for _ in range(rounds):
        score = rng.random(n)
        y = rng.random(n) < score
        book = open_book(y, PAYOFF, constant_payoffs(PAYOFF, n) if by_row else None)
        found = book.value(score > 0.3, int(rng.integers(1 << 30)))
        inside += found.low <= truth <= found.high
    assert 0.915 <= inside / rounds <= 0.985


def test_independent_estimates_add_their_spreads() -> None:
    found, better = difference_apart(Interval(10, 7, 13), Interval(4, 0, 8))
    assert (found.value, found.low, found.high) == (6, 1, 11)
    assert 0.98 < better < 1
