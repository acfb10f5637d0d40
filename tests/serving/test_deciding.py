"""The gateway decides row by row what the impact step decided for all rows at once."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.impact.calibration import Calibration, Method, fit_calibration
from core.impact.decision import DecisionPolicy, PolicyKind, Resource, decide_all, policy_to_json, probability
from core.impact.policy import RowPayoffs
from core.impact.valued import row_payoffs
from core.project.expression import compile_row, evaluate, parse_expression
from core.project.payoffs import CELLS, Formula, PayoffMatrix
from core.project.value_json import cell_to_text
from core.registry.certificate import Policy
from core.serving.gateway.deciding import Decider
from core.serving.gateway.rows import Fault

MATRIX = PayoffMatrix(Formula("0.2 * balance - 1"), Decimal(-1), Formula("-3 if plan == 'gold' else 0"), Decimal(0))


def certified(decides: DecisionPolicy, matrix: PayoffMatrix = MATRIX, cost: str = "") -> Policy:
    tp, fp, fn, tn = (cell_to_text(getattr(matrix, cell)) for cell in CELLS)
    columns = {"balance": 10.0, "plan": "gold"} if not matrix.is_constant else {}
    return Policy(decides.cut, tp, fp, fn, tn, "EUR", "v1", policy_to_json(decides), cost, columns)


def calibrations() -> list[Calibration]:
    rng = np.random.default_rng(2)
    score = rng.random(2_000)
    y = rng.random(2_000) < score**2
    return [Calibration(), fit_calibration(y, score, Method.PLATT), fit_calibration(y, score, Method.ISOTONIC)]


CALIBRATIONS = calibrations()


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(CALIBRATIONS), st.sampled_from(list(PolicyKind)), st.floats(0, 1), st.sampled_from([1.0, 0.2, 3.5]),
    st.sampled_from(list(Resource)), st.integers(0, 10_000),
)  # fmt: skip
def test_one_row_is_decided_like_all(
    calibration: Calibration, kind: PolicyKind, cut: float, odds: float, resource: Resource, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"balance": rng.lognormal(3, 2, 50), "plan": rng.choice(["gold", "basic"], 50)})
    score = rng.random(50)
    policy = DecisionPolicy(kind, cut, resource, calibration, odds)
    payoffs: RowPayoffs = row_payoffs(MATRIX, frame)
    cost = evaluate(parse_expression("balance / 100 + 0.5"), frame)
    wanted = decide_all(policy, score, payoffs, cost)
    decider = Decider(certified(policy, cost="=balance / 100 + 0.5"))
    found = [decider.decide(float(s), row) for s, row in zip(score, frame.to_dict("records"), strict=True)]
    assert [f.decision for f in found] == wanted.tolist()
    np.testing.assert_allclose([f.probability for f in found], probability(policy, score), atol=1e-12)
    p = probability(policy, score)
    value = np.where(wanted, p * payoffs.tp + (1 - p) * payoffs.fp, p * payoffs.fn + (1 - p) * payoffs.tn)
    np.testing.assert_allclose([f.expected_value for f in found], value, rtol=1e-9, atol=1e-9)
    assert found[0].payoffs == pytest.approx((payoffs.tp[0], payoffs.fp[0], payoffs.fn[0], payoffs.tn[0]))


def test_a_case_whose_worth_is_unknown_is_refused_by_name() -> None:
    decider = Decider(certified(DecisionPolicy(PolicyKind.EXPECTED_VALUE, 0.0)))
    with pytest.raises(Fault) as refused:
        decider.decide(0.5, {"balance": None, "plan": "gold"})
    assert refused.value.args[1] == "balance"


def test_certificates_of_the_first_release_decide_as_before() -> None:
    old = Policy(0.4, "90", "-10", "0", "0", "JPY", "v1")
    found = Decider(old).decide(0.4, {})
    assert (found.decision, found.probability, found.payoffs) == (True, 0.4, None)
    assert found.expected_value == pytest.approx(0.4 * 90 - 0.6 * 10)
    assert not Decider(old).decide(0.399, {}).decision


EXPRESSIONS = [
    "balance * 2 - 1", "-balance", "1 / balance", "min(balance, 5) + max(balance, other)", "abs(other)", "coalesce(other, 7) * 2",
    "3 if balance > other else -3", "(balance >= 1) * 4", "5 if plan == 'gold' else other", "plan != 'gold'", "`other` / (balance - balance)",
    "min(other, 3)", "2 if coalesce(balance, 0) == 0 else 9",
]  # fmt: skip
NUMBERS = st.none() | st.floats(-1e6, 1e6, allow_nan=False) | st.integers(-5, 5)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(EXPRESSIONS), NUMBERS, NUMBERS, st.sampled_from(["gold", "basic", None]))
def test_a_compiled_expression_gives_what_the_frame_gives(text: str, balance: float | None, other: float | None, plan: str | None) -> None:
    expression = parse_expression(text)
    row = {"balance": balance, "other": other, "plan": plan}
    frame = pd.DataFrame({"balance": pd.array([balance], dtype="Float64"), "other": pd.array([other], dtype="Float64"), "plan": [plan]})
    one = compile_row(expression)(row)
    try:
        all_at_once = float(evaluate(expression, frame)[0])
    except InvalidInput:
        assert not np.isfinite(one)
    else:
        assert one == pytest.approx(all_at_once, rel=1e-12, abs=1e-12)


def test_a_policy_is_plain_json() -> None:
    told = json.loads(policy_to_json(DecisionPolicy(PolicyKind.EXPECTED_VALUE, 0.25, Resource.MONEY)))
    assert (told["kind"], told["cut"], told["resource"]) == ("expected_value", 0.25, "money")
