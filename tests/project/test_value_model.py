"""Value models: what can't be valued is refused, and the Bayes threshold is Elkan's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.project.value_model import Operator, PayoffMatrix, TodaysRule, parse_amount

AMOUNTS = st.decimals(-(10**6), 10**6, places=2, allow_nan=False, allow_infinity=False)


def test_german_credit_has_its_official_threshold() -> None:
    # Statlog's cost matrix: accepting a bad risk costs 5, refusing a good one costs 1; treat = refuse, so p > 1/6.
    payoff = PayoffMatrix(tp=Decimal(0), fp=Decimal(-1), fn=Decimal(-5), tn=Decimal(0))
    assert payoff.bayes_threshold == pytest.approx(1 / 6)


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.floats(0, 1))
def test_treating_pays_exactly_above_the_bayes_threshold(tp: Decimal, fp: Decimal, fn: Decimal, tn: Decimal, p: float) -> None:
    if tp == fn and fp == tn:
        return
    threshold = PayoffMatrix(tp, fp, fn, tn).bayes_threshold
    treat = p * float(tp) + (1 - p) * float(fp)
    leave = p * float(fn) + (1 - p) * float(tn)
    if threshold is not None and abs(p - threshold) > 1e-6:
        assert (treat > leave) == (p > threshold) or abs(treat - leave) < 1e-6


def test_payoffs_that_decide_nothing_are_refused() -> None:
    with pytest.raises(InvalidInput, match="every decision"):
        PayoffMatrix(Decimal(5), Decimal(-1), Decimal(5), Decimal(-1))


@pytest.mark.parametrize("text", ["", "ten", "1e999", "NaN", "inf", "1;2", "--3", "1e13"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_amount(text, "payoff.tp")


@given(AMOUNTS)
def test_amounts_read_back(amount: Decimal) -> None:
    assert parse_amount(f"{amount:,}", "x") == amount
    assert parse_amount(str(amount).replace("-", "\u2212"), "x") == amount


def test_rules_compare_numbers_with_numbers() -> None:
    assert TodaysRule("contract", Operator.EQUALS, "Month-to-month").value == "Month-to-month"
    with pytest.raises(InvalidInput):
        TodaysRule("tenure", Operator.BELOW, "soon")
    with pytest.raises(InvalidInput):
        TodaysRule(" ", Operator.EQUALS, "x")


@pytest.mark.parametrize("text", ["12,50", "0,5", "1,23,456", "1234,567", ",5", "1,2345"])
def test_a_comma_that_parts_no_thousands_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not an amount"):
        parse_amount(text, "payoff.tp")


@pytest.mark.parametrize("text", ["0.001", "-0.004", "1e-9", "1e-999999"])
def test_an_amount_of_which_rounding_leaves_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="would count as nothing"):
        parse_amount(text, "payoff.tp")
