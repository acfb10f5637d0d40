"""Alternatives, natural frequencies, today's rule and the ledger."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.impact.alternatives import AlternativeKind, compare_alternative, without_model
from core.impact.books import open_book
from core.impact.frequencies import natural_frequencies
from core.impact.ledger import ValueSums, add_sums, decision_values, reference_decisions, sum_values
from core.impact.payoff import Cells, as_money, row_values
from core.impact.rule import rule_mask
from core.project.value_model import Operator, PayoffMatrix, TodaysRule

PAYOFF = PayoffMatrix(Decimal(100), Decimal(-20), Decimal(-30), Decimal(5))


def test_gains_add_up_with_values() -> None:
    rng = np.random.default_rng(1)
    score = rng.random(3_000)
    y = rng.random(3_000) < score
    decision = score > 0.4
    own = row_values(y, PAYOFF).of(decision).mean()
    for alternative in without_model(decision, rng.random(3_000) < 0.3):
        found = compare_alternative(open_book(y, PAYOFF), decision, alternative, seed=5)
        assert found.value.value + found.gain.value == pytest.approx(own)
        assert found.value.low <= found.value.value <= found.value.high
        assert found.gain.low <= found.gain.value <= found.gain.high
    nothing = compare_alternative(open_book(y, PAYOFF), decision, without_model(decision, None)[0], seed=5)
    assert nothing.value.value == pytest.approx(np.where(y, -30, 5).mean())
    assert nothing.treated == 0


def test_chance_with_the_same_capacity_is_no_alternative_without_a_model() -> None:
    assert [k for k in AlternativeKind if k.needs_no_model] == [AlternativeKind.NOTHING, AlternativeKind.EVERYBODY, AlternativeKind.RULE]


def test_frequencies_of_empty_cells() -> None:
    nobody = natural_frequencies(Cells(0, 0, 0, 100), 1_000)
    assert (nobody.reached, nobody.missed, nobody.unneeded, nobody.actions) == (None, None, None, 0)
    all_missed = natural_frequencies(Cells(0, 0, 10, 90), 1_000)
    assert (all_missed.reached, all_missed.missed, all_missed.missed_cases) == (0, 1000, 100)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(1, 500), st.integers(1, 10**9))
def test_frequencies_add_up(tp: int, fp: int, fn: int, tn: int, cases: int) -> None:
    found = natural_frequencies(Cells(tp, fp, fn, tn), cases)
    assert found.needed_actions + found.unneeded_actions == pytest.approx(found.actions)
    assert found.needed_actions + found.missed_cases == pytest.approx(found.positives)
    if found.reached is not None and found.missed is not None:
        assert found.reached + found.missed == 1000


FRAME = pd.DataFrame(
    {
        "age": [20.0, 40.0, None, 60.0],
        "text": ["10", " 9 ", "x", None],
        "flag": pd.Series([True, False, True, None], dtype="object"),
        "plan": pd.Categorical(["a", "b", None, "a"]),
        "量": pd.array([1, 2, 3, None], dtype="Int64"),
    }
)


@pytest.mark.parametrize(
    ("column", "operator", "value", "expected"),
    [
        ("age", ">=", "40", [False, True, False, True]),
        ("age", ">", "40", [False, False, False, True]),
        ("age", "<=", "40", [True, True, False, False]),
        ("age", "<", "40", [True, False, False, False]),
        ("age", "=", "40.0", [False, True, False, False]),
        ("age", "!=", "40", [True, False, False, True]),
        ("text", ">", "9", [True, False, False, False]),
        ("text", "=", "9", [False, True, False, False]),
        ("text", "!=", "9", [True, False, True, False]),
        ("text", "=", "x", [False, False, True, False]),
        ("flag", "=", "True", [True, False, True, False]),
        ("plan", "=", "a", [True, False, False, True]),
        ("plan", "!=", "a", [False, True, False, False]),
        ("量", ">=", "2", [False, True, True, False]),
    ],
)
def test_rule_compares_numbers_as_numbers_and_text_as_text(column: str, operator: str, value: str, expected: list[bool]) -> None:
    assert rule_mask(TodaysRule(column, Operator(operator), value), FRAME).tolist() == expected


def test_rule_without_its_column() -> None:
    with pytest.raises(InvalidInput, match="column 'income'"):
        rule_mask(TodaysRule("income", Operator.ABOVE, "1"), FRAME)
    assert rule_mask(TodaysRule("age", Operator.ABOVE, "1"), FRAME.iloc[:0]).shape == (0,)


def test_decision_values_are_the_cells_payoffs() -> None:
    assert decision_values([1, 0, 1, 0], [1, 1, 0, 0], PAYOFF).tolist() == [100, -20, -30, 5]


def test_reference_decisions() -> None:
    rule = TodaysRule("age", Operator.ABOVE, "30")
    assert reference_decisions(AlternativeKind.NOTHING, None, FRAME).tolist() == [False] * 4
    assert reference_decisions(AlternativeKind.EVERYBODY, None, FRAME).tolist() == [True] * 4
    assert reference_decisions(AlternativeKind.RULE, rule, FRAME).tolist() == [False, True, False, True]
    for kind, given_rule in ((AlternativeKind.RULE, None), (AlternativeKind.RANDOM, rule), (AlternativeKind.CHAMPION, rule)):
        with pytest.raises(InvalidInput, match="compared with"):
            reference_decisions(kind, given_rule, FRAME)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.integers(1, 59))
def test_sums_of_parts_are_the_sums_of_the_whole(values: list[float], cut: int) -> None:
    array = np.array(values)
    whole = sum_values(array)
    parts = add_sums([sum_values(array[:cut]), sum_values(array[cut:])])
    assert parts.rows == whole.rows
    assert parts.total == pytest.approx(whole.total, abs=1e-3)
    mean = whole.mean_interval()
    assert mean.value == pytest.approx(array.mean(), abs=1e-6)
    half = 1.959964 * array.std(ddof=1) / len(values) ** 0.5
    assert mean.high - mean.value == pytest.approx(half, rel=1e-4, abs=1.0)


def test_sums_without_rows() -> None:
    assert ValueSums().mean_interval().value == 0
    one = sum_values(np.array([7.0])).total_interval()
    assert (one.low, one.value, one.high) == (7, 7, 7)


def test_money_rounds_and_has_no_negative_zero() -> None:
    assert str(as_money(-0.001)) == "0.00"
    assert str(as_money(1234.565, 2)) in {"1234.56", "1234.57"}
    assert as_money(1e24) == Decimal(10) ** 24
    with pytest.raises(InvalidInput, match="infinite"):
        as_money(float("inf"))
