"""What must hold of money whatever the numbers: scaled payoffs scale it, an added constant shifts it, more capacity never hurts."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.impact.books import open_book
from core.impact.bootstrap import Interval
from core.impact.choosing import Bounds, Sample, best_threshold
from core.impact.payoff import RowValues, decide
from core.impact.policy import RowPayoffs, decide_by_value, decide_top, decide_within_budget
from core.impact.segments import find_segments
from core.project.payoffs import PayoffMatrix

CENTS = st.integers(-100_000, 100_000).map(lambda c: Decimal(c) / 100)
CELLS = st.tuples(CENTS, CENTS, CENTS, CENTS).filter(lambda c: c[0] != c[2] or c[1] != c[3])
SEEDS = st.integers(0, 10_000)


def rows(seed: int, count: int = 120) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.random(count).round(2)
    return rng.random(count) < score, score


def ends(found: Interval) -> tuple[float, float, float]:
    return found.value, found.low, found.high


@settings(deadline=None, max_examples=60)
@given(CELLS, SEEDS, st.integers(1, 1_000), CENTS, st.sampled_from([None, 0.1, 0.7]))
def test_value_scales_and_shifts_and_decisions_stay(
    cells: tuple[Decimal, ...], seed: int, factor: int, added: Decimal, prevalence: float | None
) -> None:
    y, score = rows(seed)
    pay = PayoffMatrix(*cells)
    scaled, shifted = PayoffMatrix(*(c * factor for c in cells)), PayoffMatrix(*(c + added for c in cells))
    books = [open_book(y, p, None, prevalence) for p in (pay, scaled, shifted)]
    cuts = [best_threshold(Sample(book, score), Bounds()) for book in books]
    assert cuts[0] == pytest.approx(cuts[1])
    decision = decide(score, 0.5)
    plain, more, moved = (book.value(decision, 3) for book in books)
    assert ends(more) == pytest.approx(tuple(factor * end for end in ends(plain)), rel=1e-9, abs=1e-6)
    assert moved.value == pytest.approx(plain.value + float(added), abs=1e-6)
    gains = [book.difference(decision, 0.0, 3)[0] for book in books]
    assert ends(gains[1]) == pytest.approx(tuple(factor * end for end in ends(gains[0])), rel=1e-9, abs=1e-6)
    assert ends(gains[2]) == pytest.approx(ends(gains[0]), abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(CELLS, SEEDS, st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_a_larger_share_that_may_be_treated_never_hurts(cells: tuple[Decimal, ...], seed: int, shares: list[float]) -> None:
    y, score = rows(seed)
    sample = Sample(open_book(y, PayoffMatrix(*cells)), score)
    worth = []
    for share in sorted(shares):
        decision = decide(score, best_threshold(sample, Bounds(share=share)))
        assert decision.mean() <= share + 1e-9
        worth.append(float(sample.book.values().of(decision).sum()))
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(worth))


AMOUNTS = st.lists(st.tuples(*[st.floats(-1_000, 1_000)] * 4, st.floats(0, 1), st.floats(0, 50)), min_size=1, max_size=30)


@settings(deadline=None, max_examples=100)
@given(AMOUNTS, st.integers(0, 30), st.floats(0, 500), st.floats(0, 100))
def test_more_actions_or_money_never_lower_what_is_expected(rows_: list[tuple[float, ...]], most: int, budget: float, more: float) -> None:
    columns = np.array(rows_).T
    payoffs, p, cost = RowPayoffs(*columns[:4]), columns[4], columns[5]
    gain = p * (payoffs.tp - payoffs.fn) + (1 - p) * (payoffs.fp - payoffs.tn)
    free = gain[decide_by_value(p, payoffs)].sum()
    some, many = (gain[decide_top(gain, count)].sum() for count in (most, most + 3))
    assert some <= many + 1e-9
    assert many <= free + 1e-9
    poor, rich = (gain[decide_within_budget(gain, cost, money)].sum() for money in (budget, budget + more))
    assert poor <= rich + 1e-9
    assert rich <= free + 1e-9


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.integers(1, 50), st.floats(-100, 100))
def test_segments_scale_and_what_everybody_gets_changes_nothing(seed: int, factor: int, added: float) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.choice(list("xyz"), 600), "b": rng.normal(size=600)})
    gain = rng.normal(1, 5, 600)

    def found(values: RowValues) -> list[tuple[tuple[str, ...], float, float]]:
        segments = find_segments(frame, values, np.ones(600), 0.0, 1_000, 7).segments
        return [(tuple(g.label for g in s.groups), float(s.gain.value), float(s.gain.high)) for s in segments]

    plain = found(RowValues(gain, np.zeros(600)))
    scaled = found(RowValues(gain * factor, np.zeros(600)))
    shifted = found(RowValues(gain + added, np.full(600, added)))
    assert [s[0] for s in plain] == [s[0] for s in scaled] == [s[0] for s in shifted]
    for one, more, moved in zip(plain, scaled, shifted, strict=True):
        assert more[1:] == pytest.approx((one[1] * factor, one[2] * factor), rel=1e-3, abs=0.02 * factor)
        assert moved[1:] == pytest.approx(one[1:], rel=1e-3, abs=0.02)


def test_payoffs_that_make_no_difference_are_refused() -> None:
    with pytest.raises(InvalidInput, match="every decision worth the same"):
        PayoffMatrix(Decimal(1), Decimal(2), Decimal(1), Decimal(2))
