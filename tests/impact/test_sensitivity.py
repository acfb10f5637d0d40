"""Tornado, break-even and heat map: against valuing again with the changed assumption."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.impact.bootstrap import pair_cells
from core.impact.payoff import row_values
from core.impact.sensitivity import Assumption, break_evens, heat_map, rates_of, tornado
from core.project.value_model import PayoffMatrix

PAYOFF = PayoffMatrix(Decimal(100), Decimal(-20), Decimal(-30), Decimal(0))
RNG = np.random.default_rng(2)
SCORE = RNG.random(4_000)
Y = RNG.random(4_000) < SCORE
MODEL, RULE = SCORE > 0.3, RNG.random(4_000) < 0.4


def value(payoff: PayoffMatrix, decision: np.ndarray, weights: np.ndarray | None = None) -> float:
    return float(np.average(row_values(Y, payoff).of(decision), weights=weights))


def changed(**entries: float) -> PayoffMatrix:
    return PayoffMatrix(*(Decimal(str(entries.get(c, getattr(PAYOFF, c)))) for c in ("tp", "fp", "fn", "tn")))


def test_tornado_is_what_valuing_again_gives() -> None:
    own, gain = rates_of(pair_cells(Y, MODEL, RULE))
    bars = {s.assumption: s for s in tornado(own, PAYOFF, 1_000)}
    assert Assumption.TN not in bars
    assert bars[Assumption.TP].at_high == pytest.approx(value(changed(tp=120), MODEL) * 1_000)
    assert bars[Assumption.FP].at_low == pytest.approx(value(changed(fp=-24), MODEL) * 1_000)
    assert bars[Assumption.CASES].at_high == pytest.approx(value(PAYOFF, MODEL) * 1_200)
    weights = np.where(Y, 1.1, (1 - 1.1 * Y.mean()) / (1 - Y.mean()))
    assert bars[Assumption.PREVALENCE].at_high == pytest.approx(value(PAYOFF, MODEL, weights) * 1_000)
    widths = [s.width for s in tornado(own, PAYOFF, 1_000)]
    assert widths == sorted(widths, reverse=True)
    gains = {s.assumption: s for s in tornado(gain, PAYOFF, 1_000)}
    expected = (value(changed(tp=120), MODEL) - value(changed(tp=120), RULE)) * 1_000
    assert gains[Assumption.TP].at_high == pytest.approx(expected)


def test_at_a_break_even_the_alternative_draws_level() -> None:
    gains = {"rule": rates_of(pair_cells(Y, MODEL, RULE))[1], "nothing": rates_of(pair_cells(Y, MODEL, 0.0))[1]}
    others = {"rule": RULE, "nothing": np.zeros(Y.size)}
    found = break_evens(gains, PAYOFF)
    assert found
    for point in found:
        there = changed(**{point.assumption.value: point.at})
        assert value(there, MODEL) - value(there, others[point.against]) == pytest.approx(0, abs=1e-9)
        assert (point.at < point.base) == point.above
        for other in others.values():  # between here and there nothing else has overtaken
            halfway = changed(**{point.assumption.value: (point.at + point.base) / 2})
            assert value(halfway, MODEL) > value(halfway, other)


def test_no_break_even_where_the_model_is_behind() -> None:
    losing = rates_of(pair_cells(Y, RULE, MODEL))[1]
    assert break_evens({"model": losing}, PAYOFF) == ()


def test_heat_map_has_the_base_in_its_middle() -> None:
    own = rates_of(pair_cells(Y, MODEL, 0.0))[0]
    found = heat_map(own, PAYOFF, 1_000, Assumption.TP, Assumption.CASES, (0.8, 1.0, 1.2))
    assert found[1, 1] == pytest.approx(value(PAYOFF, MODEL) * 1_000)
    assert found[2, 1] == pytest.approx(value(changed(tp=120), MODEL) * 1_000)
    assert found[1, 2] == pytest.approx(value(PAYOFF, MODEL) * 1_200)
    moved = heat_map(own, PAYOFF, 1_000, Assumption.PREVALENCE, Assumption.FP, (1.0, 1.1))
    weights = np.where(Y, 1.1, (1 - 1.1 * Y.mean()) / (1 - Y.mean()))
    assert moved[1, 0] == pytest.approx(value(PAYOFF, MODEL, weights) * 1_000)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=30), st.data())
def test_one_class_and_tiny_slices_never_fail(outcomes: list[bool], data: st.DataObject) -> None:
    decision = data.draw(st.lists(st.booleans(), min_size=len(outcomes), max_size=len(outcomes)))
    own, gain = rates_of(pair_cells(np.array(outcomes), np.array(decision), 1.0))
    for swing in (*tornado(own, PAYOFF, 10), *tornado(gain, PAYOFF, 10)):
        assert np.isfinite([swing.at_low, swing.at_high]).all()
    assert own.cells.sum() == pytest.approx(1)
    assert gain.cells.sum() == pytest.approx(0, abs=1e-12)
