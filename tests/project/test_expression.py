"""Payoffs as expressions: right values, and nothing but arithmetic gets through."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.project.expression import evaluate, parse_expression
from core.words import Words

FRAME = pd.DataFrame({"premium": [100.0, 0.0, -50.0], "loan amount": [10, 20, 30], "残高": [1.0, None, 3.0], "plan": ["a", "b", "c"]})
COLUMNS = list(FRAME.columns)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.3 * premium - 20", [10, -20, -35]),
        ("-`loan amount`", [-10, -20, -30]),
        ("max(premium, 1) / 2", [50, 0.5, 0.5]),
        ("min(premium, `loan amount`) + abs(premium)", [110, 0, 0]),
        ("5 if premium > 0 else -1", [5, -1, -1]),
        ("(premium >= 0) * 7", [7, 7, 0]),
        ("42", [42, 42, 42]),
        ("+premium - -1", [101, 1, -49]),
        ("（premium × 2 − 20）÷ 10", [18, -2, -12]),  # as Japanese keyboards and people write it
        ("7 if plan == 'a' else ０", [7, 0, 0]),
    ],
)
def test_values(text: str, expected: list[float]) -> None:
    assert evaluate(parse_expression(text, COLUMNS), FRAME).tolist() == expected


def test_columns_are_named_in_order() -> None:
    assert parse_expression("`loan amount` + premium + premium", COLUMNS).columns == ("loan amount", "premium")
    assert parse_expression("残高 * 2", COLUMNS).columns == ("残高",)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id')", "open('/etc/passwd')", "premium.__class__", "(lambda: 1)()", "[x for x in (1,)]", "'text'",
        "premium ** 99", "premium and 1", "True", "f'{premium}'", "premium[0]", "(select 1)", "SELECT 1", "1; 2", "x := 1", "max(1)",
        "max(1, 2, 3)", "min(a=1, b=2)", "exp(1)", "premium if 1", "1 < premium < 3", "9" * 250, "1e999", "nan" * 101, "", "   ",
        "not premium", "~premium", "premium // 2", "premium % 2", "1j", "(" * 200, "-" * 290 + "1", "\x00", "*premium", "None", "...",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_expression(text, COLUMNS, "payoff.tp")
    assert "payoff.tp" in str(refused.value)


def test_reasons_are_named() -> None:
    with pytest.raises(InvalidInput, match="column 'income', which the data doesn't have"):
        parse_expression("income * 2", COLUMNS)
    with pytest.raises(InvalidInput, match="2 of 3 rows"):
        evaluate(parse_expression("1 / (premium - premium + `loan amount` - 10) / premium", COLUMNS), FRAME)
    with pytest.raises(InvalidInput, match="1 of 3 rows"):
        evaluate(parse_expression("残高 + 1", COLUMNS), FRAME)
    with pytest.raises(InvalidInput, match="3 of its cells hold text"):
        evaluate(parse_expression("plan * 2", COLUMNS), FRAME)


def test_a_branch_that_is_not_taken_may_fail() -> None:
    found = evaluate(parse_expression("10 / premium if premium > 0 else 0", COLUMNS), FRAME)
    np.testing.assert_allclose(found, [0.1, 0, 0])


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    result: object = None
    try:
        result = evaluate(parse_expression(text, COLUMNS), FRAME)
    except InvalidInput as refused:
        result = refused
    assert isinstance(result, InvalidInput) or result.shape == (3,)


def test_signs_inside_of_texts_and_names_stay_as_they_are() -> None:
    frame = pd.DataFrame({"手数料（円）": [1.0, 2.0], "plan": ["A－B", "A-B"]})
    found = evaluate(parse_expression("`手数料（円）` × 10 if plan == 'A－B' else 0"), frame)
    assert found.tolist() == [10, 0]


@pytest.mark.parametrize(
    "text", ["(SELECT max(premium) FROM t)", "select 1", "premium + (select * from other)", "1 union select 2", "1; DROP TABLE projects"]
)
def test_a_query_is_called_one(text: str) -> None:
    with pytest.raises(InvalidInput, match="looks like a database query"):
        parse_expression(text, COLUMNS)


@pytest.mark.parametrize("text", ["50 if plan = 'gold' else 20", "premium ＝ 5", "premium = = 5", "1 if `loan amount`=5 else 0"])
def test_a_single_equals_sign_is_told_how_to_compare(text: str) -> None:
    with pytest.raises(InvalidInput, match="Two equals signs compare, as in plan == 'gold'") as refused:
        parse_expression(text, COLUMNS, "payoff.tp")
    assert "等号を2つ並べて" in Words("ja").t(refused.value.template, **refused.value.fields)


@pytest.mark.parametrize("text", ["premium =>", "premium >= ", "premium == ", "plan != 'a=b' +"])
def test_other_faults_are_not_blamed_on_it(text: str) -> None:
    with pytest.raises(InvalidInput, match="Write it like"):
        parse_expression(text, COLUMNS)
