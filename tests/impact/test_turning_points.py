"""Assumptions with a low and a high of their own, and where the world would have to change: against valuing again."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.impact.alternatives import AlternativeKind
from core.impact.books import open_book
from core.impact.bootstrap import pair_cells
from core.impact.payoff import RowValues, row_values
from core.impact.scenario_sentences import swing_name, turning_sentence
from core.impact.sensitivity import Assumption, BreakEven, Range, rates_of, swings, tornado
from core.impact.setting import Setting
from core.impact.turning_points import break_even_capacity, break_even_cases, break_even_prevalence
from core.project.value_model import PayoffMatrix, Period
from core.words import Words
from tests.impact.conftest import NOUNS

EN, JA = Words("en"), Words("ja")
SETTING = Setting(NOUNS, "JPY", Period.MONTH, 10_000, AlternativeKind.NOTHING)
PAYOFF = PayoffMatrix(Decimal(100), Decimal(-20), Decimal(-30), Decimal(0))
RNG = np.random.default_rng(2)
SCORE = RNG.random(4_000)
Y = RNG.random(4_000) < SCORE
MODEL, RULE = SCORE > 0.13, RNG.random(4_000) < 0.4
OTHERS = {"rule": RULE, "nothing": np.zeros(Y.size), "everybody": np.ones(Y.size)}


def value(decision: np.ndarray, prevalence: float | None = None) -> float:
    share = Y.mean() if prevalence is None else prevalence
    weights = np.where(Y, share / Y.mean(), (1 - share) / (1 - Y.mean()))
    return float(np.average(row_values(Y, PAYOFF).of(decision), weights=weights))


def parts(model: np.ndarray = MODEL) -> dict[str, np.ndarray]:
    book = open_book(Y, PAYOFF)
    return {name: book.contributions(model, other) for name, other in OTHERS.items()}


def test_own_ranges_are_taken_and_the_others_move_as_usual() -> None:
    own = rates_of(pair_cells(Y, MODEL, 0.0))[0]
    bars = {s.assumption: s for s in tornado(own, PAYOFF, 1_000, {Assumption.FP: Range(-60, -15)})}
    fp = bars[Assumption.FP]
    assert (fp.share, fp.low, fp.base, fp.high) == (0.0, -60, -20, -15)
    treated_in_vain = float((MODEL & ~Y).mean())
    assert fp.at_low == pytest.approx((value(MODEL) - 40 * treated_in_vain) * 1_000)
    assert fp.at_high == pytest.approx((value(MODEL) + 5 * treated_in_vain) * 1_000)
    assert bars[Assumption.TP].share == 0.2
    with pytest.raises(InvalidInput, match="lowest"):
        Range(2, 1)
    with pytest.raises(InvalidInput, match="lowest"):
        Range(float("nan"), 1)


def test_any_result_can_be_swung() -> None:
    found = swings({Assumption.CAPACITY: 100.0, Assumption.RUNNING_COST: 10.0}, lambda a, end: end if a is Assumption.CAPACITY else 5.0, {})
    assert [(s.assumption, s.at_low, s.at_high) for s in found] == [(Assumption.CAPACITY, 80.0, 120.0)]


def test_at_the_break_even_prevalence_the_alternative_draws_level() -> None:
    found = break_even_prevalence(parts(), float(Y.mean()))
    assert {p.above for p in found} == {True, False}
    for point in found:
        assert value(MODEL, point.at) == pytest.approx(value(OTHERS[point.against], point.at), abs=1e-9)
        halfway = (point.at + point.base) / 2
        assert all(value(MODEL, halfway) > value(other, halfway) for other in OTHERS.values())
    assert break_even_prevalence(parts(RULE), float(Y.mean())) == ()
    assert break_even_prevalence({}, 0.5) == ()
    assert break_even_prevalence(parts(), 1.0) == ()


def test_volume_covers_the_costs() -> None:
    assert break_even_cases(2.0, 1_000, 500) == BreakEven(Assumption.CASES, 250.0, 1_000, "", above=True)
    assert break_even_cases(2.0, 1_000, 0) is None
    assert break_even_cases(-2.0, 1_000, 500) is None


def capacity(needed: float = 0.0, others: dict[str, np.ndarray] | None = None, weights: np.ndarray | None = None) -> BreakEven | None:
    values = row_values(Y, PAYOFF)
    return break_even_capacity(
        SCORE, values, np.ones(Y.size) if weights is None else weights, MODEL, OTHERS if others is None else others, 10_000, needed
    )


def top(most: float) -> np.ndarray:
    """The best scored of those that the model treats, so many of 10,000."""
    chosen = np.zeros(Y.size, dtype=bool)
    order = np.argsort(-np.where(MODEL, SCORE, -1.0), kind="stable")
    chosen[order[: round(most / 10_000 * Y.size)]] = True
    return chosen


def test_at_the_break_even_capacity_the_best_alternative_is_reached() -> None:
    found = capacity()
    assert found is not None
    assert (found.against, found.base) == ("everybody", pytest.approx(MODEL.mean() * 10_000))
    best = max(value(other) for other in OTHERS.values())
    assert value(top(found.at)) >= best > value(top(found.at - 10))
    costs = capacity(100_000.0, {"nothing": np.zeros(Y.size)})
    assert costs is not None
    assert costs.against == ""
    idle = value(np.zeros(Y.size))
    assert (value(top(costs.at)) - idle) * 10_000 >= 100_000 > (value(top(costs.at - 10)) - idle) * 10_000
    assert capacity(others={"nothing": np.zeros(Y.size)}) is None  # nothing needs to be earned
    assert capacity(needed=1e9) is None
    with pytest.raises(InvalidInput):
        break_even_capacity(SCORE, row_values(Y, PAYOFF), np.ones(3), MODEL, OTHERS, 10_000)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0, 1), st.booleans()), min_size=1, max_size=30), st.floats(0, 100))
def test_more_to_earn_never_needs_less_capacity(rows: list[tuple[float, float, bool]], needed: float) -> None:
    gain, rank, treated = (np.array(column) for column in zip(*rows, strict=True))
    values = RowValues(gain, np.zeros(gain.size))
    some, more = (break_even_capacity(rank, values, np.ones(gain.size), treated, {}, 100, n) for n in (needed, needed + 10))
    if more is not None and needed > 0:
        assert some is not None
        assert some.at <= more.at


@pytest.mark.parametrize(
    ("point", "said"),
    [
        (BreakEven(Assumption.PREVALENCE, 0.124, 0.2, "nothing", above=True),
         "Share of customers who would leave: pays off while it stays above 12.4% (assumed: 20.0%); below that, doing nothing would be better."),
        (BreakEven(Assumption.CASES, 2_500, 10_000, "", above=True), "Number of customers: covers the model's costs from 2,500 on (assumed: 10,000)."),
        (BreakEven(Assumption.CAPACITY, 310, 800, "everybody", above=True),
         "Number of calls that can be made: pays off while it stays above 310 (assumed: 800); below that, calls for everybody would be better."),
        (BreakEven(Assumption.FP, -1_840, -1_500, "nothing", above=True),
         "Cost of each call that wasn't needed: pays off while it stays below ¥1,840 (assumed: ¥1,500); above that, doing nothing would be better."),
    ],
)  # fmt: skip
def test_turning_points_in_words(point: BreakEven, said: str) -> None:
    assert turning_sentence(EN, SETTING, point) == said
    assert turning_sentence(JA, SETTING, point).endswith("。")


def test_bars_say_from_where_to_where() -> None:
    own = rates_of(pair_cells(Y, MODEL, 0.0))[0]
    names = {s.assumption: swing_name(EN, SETTING, s) for s in tornado(own, PAYOFF, 1_000, {Assumption.FP: Range(-60, -15)})}
    assert names[Assumption.FP] == "Cost of each call that wasn't needed: ¥15 to ¥60"
    assert names[Assumption.CASES] == "Number of customers: 800 to 1,200"
