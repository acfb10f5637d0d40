"""The card's table: equal to the report and to brute force at the agreed assumptions, and under any others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.impact.alternatives import AlternativeKind
from core.impact.bootstrap import band_of_rows, bootstrap_band, make_rng
from core.impact.curve import profit_curve
from core.impact.explorer import Assumptions, Explorer, RowAmounts, Scored, build_explorer, explorer_grid, sums_of
from core.impact.explorer_value import best_under, curve_under, gain_under, reference_under
from core.impact.payoff import RowValues, decide, row_values
from tests.impact.conftest import PAYOFF, make_frame

CASES = 10_000.0


def agreed(y: np.ndarray, **other: float) -> Assumptions:
    given = {"tp": 12_000.0, "fp": -1_500.0, "fn": 0.0, "tn": 0.0, "cases": CASES, "prevalence": float(y.mean())}
    return Assumptions(**{**given, **other})  # type: ignore[arg-type]


def both(rows: int = 4_000, seed: int = 3) -> tuple[Scored, Scored, np.ndarray]:
    frame = make_frame(rows, seed)
    y, score = frame.y.to_numpy(dtype=bool), frame.score.to_numpy()
    half = rows // 2
    rule = frame.tenure.to_numpy()[half:] < 12
    return Scored(y[half:], score[half:]), Scored(y[:half], score[:half]), rule


def made(rows: int = 4_000, seed: int = 3, **other: float) -> tuple[Explorer, Scored, np.ndarray]:
    test, validation, rule = both(rows, seed)
    threshold = profit_curve(validation.y, validation.score, PAYOFF).best_threshold
    return build_explorer(test, validation, agreed(test.y, **other), threshold, rule), test, rule


def test_counts_are_those_of_the_gateways_rule_at_every_threshold() -> None:
    explorer, test, rule = made()
    for index in (0, 1, 17, explorer.recommended, 60, len(explorer.thresholds) - 1):
        decision = decide(test.score, explorer.thresholds[index])
        assert explorer.test.positive.rows[index] == (decision & test.y).sum()
        assert explorer.test.negative.rows[index] == (decision & ~test.y).sum()
        assert explorer.rule is not None
        assert explorer.rule.positive.rows[index] == (decision & test.y & rule).sum()
    assert explorer.test.rows == test.y.size
    assert explorer.test.prevalence == test.y.mean()


def test_the_agreed_curve_and_its_band_are_the_reports() -> None:
    explorer, test, _ = made(20_000)
    thresholds = np.array(explorer.thresholds)
    curve = curve_under(explorer, explorer.agreed)
    band = bootstrap_band(test.y, test.score, thresholds, PAYOFF, make_rng(1), 4_000)
    assert curve.value == pytest.approx(band.value * CASES, rel=1e-9, abs=1e-3)
    width, other = curve.high - curve.low, (band.high - band.low) * CASES
    seen = curve.actions > 50
    assert width[seen] == pytest.approx(other[seen], rel=0.08)


def test_formulas_of_rows_have_the_same_value_and_band_as_the_rows() -> None:
    test, validation, rule = both(20_000)
    rng = np.random.default_rng(4)
    tp, tn = rng.lognormal(5, 0.8, test.y.size), -rng.random(test.y.size)
    scored = Scored(test.y, test.score, RowAmounts(tp=tp, tn=tn))
    other = Scored(validation.y, validation.score, RowAmounts(tp=np.ones(validation.y.size), tn=np.zeros(validation.y.size)))
    explorer = build_explorer(scored, other, agreed(test.y, tp=1.0, fp=-20.0, fn=-3.0, tn=1.0), 0.2, rule)
    assert explorer.by_row == ("tp", "tn")
    values = RowValues(np.where(test.y, tp, -20.0), np.where(test.y, -3.0, tn))
    curve = curve_under(explorer, explorer.agreed)
    band = band_of_rows(values, test.score, np.array(explorer.thresholds), make_rng(1), 4_000)
    assert curve.value == pytest.approx(band.value * CASES, rel=1e-9, abs=1e-6)
    assert (curve.high - curve.low)[:70] == pytest.approx(((band.high - band.low) * CASES)[:70], rel=0.1)
    doubled = curve_under(explorer, replace(explorer.agreed, tp=2.0))
    decision = decide(test.score, explorer.thresholds[20])
    more = RowValues(np.where(test.y, 2 * tp, -20.0), np.where(test.y, -3.0, tn)).of(decision)
    assert doubled.value[20] == pytest.approx(more.mean() * CASES)
    assert doubled.high[20] - doubled.value[20] == pytest.approx(1.959964 * more.std() / more.size**0.5 * CASES, rel=1e-6)


@pytest.mark.parametrize("by_row", [False, True])
@pytest.mark.parametrize("kind", [AlternativeKind.NOTHING, AlternativeKind.EVERYBODY, AlternativeKind.RULE])
def test_a_gain_is_that_of_the_paired_rows(kind: AlternativeKind, by_row: bool) -> None:
    test, validation, rule = both()
    rng = np.random.default_rng(8)
    amounts = RowAmounts(*(rng.normal(3, 1, test.y.size) for _ in range(4))) if by_row else RowAmounts()
    scored = Scored(test.y, test.score, amounts)
    assumed = agreed(test.y, tp=50.0, fp=-9.0, fn=-20.0, tn=1.0)
    explorer = build_explorer(scored, validation, assumed, 0.3, rule)
    tp, fp, fn, tn = ((1.0 if a is None else a) * s for a, s in zip(
        (amounts.tp, amounts.fp, amounts.fn, amounts.tn), (50, -9, -20, 1), strict=True))  # fmt: skip
    values = RowValues(np.where(test.y, tp, fp) + 0.0, np.where(test.y, fn, tn) + 0.0)
    other = {AlternativeKind.NOTHING: 0.0, AlternativeKind.EVERYBODY: 1.0, AlternativeKind.RULE: rule}[kind]
    for index in (5, 30, 70):
        decision = decide(test.score, explorer.thresholds[index])
        difference = values.of(decision) - values.of(np.broadcast_to(other, decision.shape))
        gain = gain_under(explorer, assumed, index, kind)
        assert gain.value == pytest.approx(difference.mean() * CASES)
        assert gain.high - gain.value == pytest.approx(1.959964 * difference.std() / difference.size**0.5 * CASES, rel=1e-6)


def test_another_prevalence_is_as_if_the_classes_were_weighted() -> None:
    explorer, test, _ = made()
    assumed = replace(explorer.agreed, prevalence=0.05)
    share = test.y.mean()
    weight = np.where(test.y, 0.05 / share, 0.95 / (1 - share))
    curve = curve_under(explorer, assumed)
    for index in (3, 25, 80):
        decision = decide(test.score, explorer.thresholds[index])
        values = row_values(test.y, PAYOFF).of(decision)
        assert curve.value[index] == pytest.approx((weight * values).mean() * CASES)
        assert curve.actions[index] == pytest.approx((weight * decision).mean() * CASES)


def test_an_amount_that_every_case_brings_is_certain_whatever_the_prevalence() -> None:
    explorer, _, _ = made()
    for prevalence in (0.01, explorer.agreed.prevalence, 0.7):
        flat = curve_under(explorer, replace(explorer.agreed, tp=5, fp=5, fn=5, tn=5, prevalence=prevalence))
        assert flat.value == pytest.approx(5 * CASES)
        assert flat.high - flat.low == pytest.approx(0, abs=1e-3)


def test_the_best_threshold_is_chosen_on_validation_rows() -> None:
    test, validation, _ = both()
    assumed = agreed(test.y)
    threshold = profit_curve(validation.y, validation.score, PAYOFF).best_threshold
    explorer = build_explorer(test, validation, assumed, threshold)
    assert best_under(explorer, assumed) == explorer.recommended
    assert explorer.thresholds[explorer.recommended] == threshold
    dearer = replace(assumed, fp=-9_000.0)
    best = best_under(explorer, dearer)
    found = [sum(np.where(decide(validation.score, t), np.where(validation.y, 12_000, -9_000), 0)) for t in explorer.thresholds]
    # with the validation slice weighted to the test slice's share the two may lie a step apart
    assert found[best] >= 0.98 * max(found)
    assert explorer.thresholds[best] > threshold


def test_capacity_holds_and_more_of_it_never_hurts() -> None:
    explorer, _, _ = made()
    before = -np.inf
    for capacity in (0, 100, 400, 1_600, 6_400, 20_000):
        assumed = replace(explorer.agreed, capacity=float(capacity))
        best = best_under(explorer, assumed)
        actions = curve_under(explorer, assumed).actions[best]
        assert actions <= max(capacity, curve_under(explorer, assumed).actions[-1]) + 1e-6
        chosen_on = replace(explorer, test=explorer.validation)
        value = curve_under(chosen_on, assumed).value[best]
        assert value >= before - 1e-6
        before = value


def test_the_reference_follows_the_assumptions() -> None:
    explorer, _, _ = made()
    assert reference_under(explorer, replace(explorer.agreed, fp=-1e6)) is AlternativeKind.NOTHING
    assert reference_under(explorer, replace(explorer.agreed, fp=0.0)) is AlternativeKind.EVERYBODY


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5),
    st.floats(0.01, 0.99), st.floats(0.1, 50), st.floats(-1e5, 1e5),
)  # fmt: skip
def test_scaling_scales_and_a_constant_shifts(tp: float, fp: float, fn: float, tn: float, share: float, by: float, plus: float) -> None:
    explorer, _, _ = made(400)
    first = Assumptions(tp, fp, fn, tn, CASES, share)
    curve = curve_under(explorer, first)
    larger = curve_under(explorer, Assumptions(tp * by, fp * by, fn * by, tn * by, CASES, share))
    tolerance = {"rel": 1e-6, "abs": 1e-2 * CASES}
    assert larger.value == pytest.approx(curve.value * by, **tolerance)
    # Where all payoffs are nearly the same, a width is the root of what cancelled out of their squares: half of the digits are left.
    noise = 2e-7 * max(map(abs, (tp, fp, fn, tn))) * CASES * max(by, 1)
    assert larger.high - larger.low == pytest.approx((curve.high - curve.low) * by, rel=1e-6, abs=1e-2 * CASES + noise)
    shifted = curve_under(explorer, Assumptions(tp + plus, fp + plus, fn + plus, tn + plus, CASES, share))
    assert shifted.value == pytest.approx(curve.value + plus * CASES, **tolerance)
    assert (curve.low <= curve.value).all()


@pytest.mark.parametrize(("rows", "steps"), [(1_000, 100), (20_000, 1_000)])
def test_the_grid_is_as_fine_as_the_data(rows: int, steps: int) -> None:
    grid, chosen = explorer_grid(0.999, 0.123456, rows)
    assert grid.size == steps + 1
    assert grid[chosen] == 0.123456
    assert (np.diff(grid) > 0).all()
    for top in (1e-4, 0.02, 0.35, 1.0):
        assert 60 <= explorer_grid(top, top, rows)[0].size <= 1_520


@pytest.mark.parametrize("chosen", [0.0, 1.0])
def test_a_threshold_for_nobody_or_everybody_keeps_its_place(chosen: float) -> None:
    test, validation, _ = both(400)
    explorer = build_explorer(Scored(test.y, test.score * 0.5), validation, agreed(test.y), chosen)
    assert explorer.thresholds[explorer.recommended] == chosen
    assert np.isfinite(curve_under(explorer, explorer.agreed).high).all()


@pytest.mark.parametrize("positive", [True, False])
def test_one_class_only_leaves_nothing_to_weigh(positive: bool) -> None:
    y = np.full(60, positive)
    scored = Scored(y, np.linspace(0, 1, 60))
    explorer = build_explorer(scored, scored, agreed(y), 0.5)
    curve = curve_under(explorer, replace(explorer.agreed, prevalence=0.4))
    assert curve.value == pytest.approx(curve_under(explorer, explorer.agreed).value)
    assert np.isfinite(curve.high).all()


def test_bad_rows_are_named() -> None:
    with pytest.raises(InvalidInput, match="missing or infinite"):
        Scored(np.array([True, False]), np.array([0.1, 0.2]), RowAmounts(tp=np.array([1.0, np.nan])))
    with pytest.raises(InvalidInput, match="scores"):
        Scored(np.array([True, False]), np.array([0.1]))
    assert sums_of(Scored(np.array([True]), np.array([0.4])), np.array([0.0, 0.5])).positive.rows == (1, 0)
