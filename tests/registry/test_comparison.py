"""A version against the champion: exact differences, honest intervals, common rows only."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotEnoughData
from core.impact.books import open_book
from core.impact.choosing import Sample
from core.impact.decision import DecisionPolicy, PolicyKind
from core.impact.payoff import count_cells, total_value
from core.project.value_model import PayoffMatrix
from core.registry.comparison import Contender, compare_contenders, compare_decisions
from core.registry.evidence import Basis

PAYOFF = PayoffMatrix(Decimal(100), Decimal(-10), Decimal(-20), Decimal(0))


def contender(number: int, rows: np.ndarray, y: np.ndarray, score: np.ndarray) -> Contender:
    return Contender(number, rows, Sample(open_book(y, PAYOFF), score), DecisionPolicy(PolicyKind.THRESHOLD, 0.5), 0.5)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=60), st.integers(1, 10**6))
def test_the_gain_is_the_exact_difference_of_values(cases: list[tuple[bool, bool, bool]], per_period: int) -> None:
    y, ours, theirs = (np.array(column) for column in zip(*cases, strict=True))
    found = compare_decisions(open_book(y, PAYOFF), ours, theirs, per_period, number=6, threshold=0.5, basis=Basis.NEWEST_LABELLED, seed=1
    )  # fmt: skip
    difference = total_value(count_cells(y, ours), PAYOFF) - total_value(count_cells(y, theirs), PAYOFF)
    assert float(found.gain.value) == pytest.approx(float(difference * per_period / len(cases)), abs=0.01)
    assert found.gain.low <= found.gain.value <= found.gain.high
    assert 0 <= found.better <= 1
    back = compare_decisions(open_book(y, PAYOFF), theirs, ours, per_period, number=6, threshold=0.5, basis=Basis.NEWEST_LABELLED, seed=1)
    assert back.gain.value == -found.gain.value


def test_the_same_decisions_gain_nothing_surely() -> None:
    y = np.array([True, False] * 200)
    found = compare_decisions(open_book(y, PAYOFF), y, y, 1_000, number=1, threshold=0.5, basis=Basis.SAME_TEST_ROWS, seed=1)
    assert (found.gain.value, found.gain.low, found.gain.high, found.better) == (0, 0, 0, 0.5)


def test_only_rows_that_both_were_tested_on_count() -> None:
    rng = np.random.default_rng(5)
    y = rng.random(600) < 0.4
    score = np.where(y, 0.9, 0.1)
    ours = contender(7, np.arange(100, 500), y[100:500], score[100:500])
    theirs = contender(6, np.arange(300, 600), y[300:600], rng.random(300))
    found = compare_contenders(ours, theirs, 1_000, same_data=True, seed=1)
    assert (found.basis, found.rows, found.paired) == (Basis.SAME_TEST_ROWS, 200, True)
    assert found.gain.low > 0


@pytest.mark.parametrize(("same_data", "start"), [(False, 0), (True, 550)])
def test_without_common_rows_each_stands_on_its_own(same_data: bool, start: int) -> None:
    rng = np.random.default_rng(5)
    y = rng.random(1_200) < 0.4
    score = rng.random(1_200)
    ours = contender(7, np.arange(600), y[:600], score[:600])
    theirs = contender(6, np.arange(start, start + 600), y[600:], score[600:])
    found = compare_contenders(ours, theirs, 1_000, same_data=same_data, seed=1)
    assert (found.basis, found.paired) == (Basis.OWN_TEST_ROWS, False)
    apart = float(found.challenger_value.value - found.champion_value.value)
    assert float(found.gain.value) == pytest.approx(apart, abs=0.02)
    paired_width = 2 * 1.96 * 1_000 * 60 / 600**0.5
    assert float(found.gain.high - found.gain.low) > paired_width / 4


def test_no_row_is_told() -> None:
    none = np.array([], dtype=bool)
    with pytest.raises(NotEnoughData):
        compare_decisions(open_book(none, PAYOFF), none, none, 1, number=1, threshold=0.5, basis=Basis.NEWEST_LABELLED, seed=1)
