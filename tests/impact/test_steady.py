"""The steadily chosen threshold: less regret than the exact optimum of few rows, and never outside of what is allowed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.impact.books import open_book
from core.impact.choosing import Bounds, Sample, best_threshold, steady_threshold
from core.impact.payoff import decide
from core.project.value_model import PayoffMatrix

CREDIT = PayoffMatrix(Decimal(0), Decimal(-1), Decimal(-5), Decimal(0))
CALLS = PayoffMatrix(Decimal(12), Decimal("-1.5"), Decimal(0), Decimal(0))


def sample(rows: int, seed: int, payoff: PayoffMatrix = CREDIT, *, useless: bool = False) -> Sample:
    rng = np.random.default_rng(seed)
    score = rng.beta(1.2, 3.5, rows)
    y = rng.random(rows) < (0.02 if useless else score)
    return Sample(open_book(y, payoff, None, None), score)


def worth(one: Sample, cut: float) -> float:
    return float(one.book.value(decide(one.score, cut), 0).value)


@pytest.mark.parametrize("payoff", [CREDIT, CALLS])
def test_it_loses_less_than_the_exact_optimum_of_few_rows(payoff: PayoffMatrix) -> None:
    world = sample(100_000, 1, payoff)
    best = worth(world, payoff.bayes_threshold or 0.0)
    regret = {"exact": 0.0, "steady": 0.0}
    for seed in range(40):
        few = sample(600, 100 + seed, payoff)
        regret["exact"] += best - worth(world, best_threshold(few, Bounds()))
        regret["steady"] += best - worth(world, steady_threshold(few, Bounds()))
    assert regret["steady"] < 0.8 * regret["exact"]


def test_on_many_rows_it_finds_the_break_even_likelihood() -> None:
    assert steady_threshold(sample(300_000, 2), Bounds()) == pytest.approx(1 / 6, abs=0.01)


def test_a_model_that_brings_nothing_treats_nobody() -> None:
    few = sample(400, 3, CALLS, useless=True)
    cut = steady_threshold(few, Bounds())
    assert worth(few, cut) >= 0
    nothing = Sample(open_book(np.zeros(50, dtype=bool), CALLS, None, None), few.score[:50])
    assert not decide(nothing.score, steady_threshold(nothing, Bounds())).any()
    assert not decide(nothing.score, best_threshold(nothing, Bounds())).any()


def test_where_everybody_pays_everybody_is_treated() -> None:
    everybody = Sample(open_book(np.ones(50, dtype=bool), CALLS, None, None), np.linspace(0.2, 0.8, 50))
    assert decide(everybody.score, steady_threshold(everybody, Bounds())).mean() > 0.9
    same = Sample(open_book(np.ones(50, dtype=bool), CALLS, None, None), np.full(50, 0.4))
    assert decide(same.score, steady_threshold(same, Bounds())).all()


@settings(max_examples=60, deadline=None)
@given(rows=st.integers(30, 300), seed=st.integers(0, 10_000), share=st.floats(0.0, 1.0), precision=st.floats(0.0, 0.9))
def test_the_limits_are_kept(rows: int, seed: int, share: float, precision: float) -> None:
    few = sample(rows, seed, CALLS)
    treated = decide(few.score, steady_threshold(few, Bounds(share=share, precision=precision)))
    assert treated.mean() <= share + 1e-9
    if treated.any():
        assert few.book.y[treated].mean() >= precision - 1e-9


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.integers(1, 1_000))
def test_another_unit_of_money_changes_nothing(seed: int, factor: int) -> None:
    few = sample(200, seed)
    dearer = PayoffMatrix(Decimal(0), Decimal(-factor), Decimal(-5 * factor), Decimal(0))
    scaled = Sample(open_book(few.book.y, dearer, None, None), few.score)
    assert steady_threshold(scaled, Bounds()) == pytest.approx(steady_threshold(few, Bounds()))
