"""Parts of a value: they add up to it, for every policy and along the curve."""

from __future__ import annotations

import numpy as np
import pytest

from core.impact.books import open_book
from core.impact.parts import curve_parts, policy_parts, treated_shares
from core.impact.policy import RowPayoffs
from core.project.payoffs import PayoffMatrix
from tests.impact.conftest import PAYOFF

RNG = np.random.default_rng(11)
Y = RNG.random(500) < 0.3
SCORE = np.round(RNG.random(500), 2)
ROWS = RowPayoffs(*(RNG.normal(mean, 40, 500) for mean in (300, -50, -120, 10)))


@pytest.mark.parametrize("payoffs", [None, ROWS])
@pytest.mark.parametrize("prevalence", [None, 0.05])
@pytest.mark.parametrize("treated", [0.0, 1.0, 0.37, SCORE >= 0.4])
def test_parts_add_up_to_the_value(payoffs: RowPayoffs | None, prevalence: float | None, treated: object) -> None:
    book = open_book(Y, PAYOFF, payoffs, prevalence)
    parts = policy_parts(book, treated, 10_000)
    worth = float(book.values().of(np.broadcast_to(np.asarray(treated, dtype=float), Y.shape)).mean()) * 10_000
    assert float(parts.tp + parts.fp + parts.fn + parts.tn) == pytest.approx(worth, abs=0.03)


def test_curve_parts_are_those_of_each_threshold() -> None:
    book, thresholds = open_book(Y, PAYOFF, ROWS, 0.05), np.array([0.0, 0.25, 0.4, 0.99, 1.0])
    for at, parts in zip(thresholds, curve_parts(book, SCORE, thresholds, 1_000), strict=True):
        assert [float(p) for p in (parts.tp, parts.fp, parts.fn, parts.tn)] == pytest.approx(
            [float(p) for p in vars_of(policy_parts(book, at <= SCORE, 1_000))], abs=0.011
        )
    assert curve_parts(open_book(Y, PAYOFF), SCORE, thresholds, 1_000) is None


def vars_of(parts: object) -> list[object]:
    return [getattr(parts, cell) for cell in ("tp", "fp", "fn", "tn")]


def test_shares_are_of_each_outcome() -> None:
    book = open_book(np.array([True, True, False, False, False]), PAYOFF)
    assert treated_shares(book, np.array([True, False, True, True, False])) == pytest.approx((0.5, 2 / 3))
    assert treated_shares(book, 0.25) == pytest.approx((0.25, 0.25))
    assert treated_shares(open_book(np.array([True, True]), PayoffMatrix(PAYOFF.tp, PAYOFF.fp, PAYOFF.fn, PAYOFF.tn)), 1.0) == (1.0, 0.0)
