"""Intervals: against plain resampling, in simulated coverage, and at the edges."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from core.errors import NotEnoughData
from core.impact.bootstrap import (
    band_of_rows,
    bootstrap_band,
    bootstrap_difference,
    bootstrap_row_means,
    bootstrap_value,
    make_rng,
    pair_cells,
    percentile_interval,
    share_above_zero,
)
from core.impact.payoff import Cells, count_cells, decide, row_values
from core.project.value_model import PayoffMatrix

PAYOFF = PayoffMatrix(Decimal(100), Decimal(-20), Decimal(-30), Decimal(0))


def sample(rng: np.random.Generator, n: int = 2_000) -> tuple[np.ndarray, np.ndarray]:
    score = rng.random(n)
    return rng.random(n) < score, score


def test_counts_agree_with_plain_resampling() -> None:
    rng = np.random.default_rng(5)
    y, score = sample(rng)
    decision = decide(score, 0.4)
    values = row_values(y, PAYOFF).of(decision)
    plain = np.array([values[rng.integers(0, y.size, y.size)].mean() for _ in range(2_000)])
    fast = bootstrap_value(count_cells(y, decision), PAYOFF, make_rng(1), 2_000)
    assert fast.mean() == pytest.approx(plain.mean(), abs=0.1)
    assert fast.std() == pytest.approx(plain.std(), rel=0.06)


def test_pairs_spread_as_their_differences_do() -> None:
    rng = np.random.default_rng(6)
    y, score = sample(rng)
    first, second = decide(score, 0.3), decide(score + rng.normal(0, 0.2, y.size), 0.5)
    values = row_values(y, PAYOFF)
    difference = values.of(first) - values.of(second)
    # the bootstrap of a mean spreads as sd / sqrt(n), exactly (Efron and Tibshirani 1993, equation 5.12)
    spread = difference.std() / y.size**0.5
    pair = pair_cells(y, first, second)
    fast = bootstrap_difference(pair, PAYOFF, make_rng(1), 40_000)
    assert pair.counts.size == 8
    assert pair.mean(PAYOFF) == pytest.approx(difference.mean())
    assert fast.std() == pytest.approx(spread, rel=0.02)
    assert fast.std() < bootstrap_value(count_cells(y, first), PAYOFF, make_rng(1)).std()


def test_a_policy_against_itself_is_exactly_nothing() -> None:
    y, score = sample(np.random.default_rng(7))
    pair = pair_cells(y, score > 0.5, score > 0.5)
    drawn = bootstrap_difference(pair, PAYOFF, make_rng(1))
    assert (drawn == 0).all()
    assert share_above_zero(drawn) == 0.5


def test_chance_is_a_share_not_a_draw() -> None:
    y, score = sample(np.random.default_rng(8))
    share = float((score > 0.5).mean())
    values = row_values(y, PAYOFF)
    expected = values.of(score > 0.5).mean() - (values.untreated + share * values.gain).mean()
    assert pair_cells(y, score > 0.5, share).mean(PAYOFF) == pytest.approx(expected)


def test_band_at_a_threshold_is_the_interval_there() -> None:
    y, score = sample(np.random.default_rng(9), 5_000)
    thresholds = np.linspace(0, 1, 101)
    band = bootstrap_band(y, score, thresholds, PAYOFF, make_rng(1), 4_000)
    rows = band_of_rows(row_values(y, PAYOFF), score, thresholds, make_rng(2), 4_000)
    for index in (0, 20, 50, 80):
        cells = count_cells(y, decide(score, thresholds[index]))
        low, high = np.quantile(bootstrap_value(cells, PAYOFF, make_rng(3), 4_000), [0.025, 0.975])
        exact = row_values(y, PAYOFF).of(decide(score, thresholds[index])).mean()
        for found in (band, rows):
            assert found.value[index] == pytest.approx(exact)
            assert found.high[index] - found.low[index] == pytest.approx(high - low, rel=0.1)


def test_same_seed_same_interval() -> None:
    cells = Cells(100, 50, 30, 820)
    assert (bootstrap_value(cells, PAYOFF, make_rng(4)) == bootstrap_value(cells, PAYOFF, make_rng(4))).all()


def test_degenerate_slices() -> None:
    sure = percentile_interval(100.0, bootstrap_value(Cells(10, 0, 0, 0), PAYOFF, make_rng(1)))
    assert (sure.low, sure.high) == (100, 100)
    with pytest.raises(NotEnoughData):
        bootstrap_value(Cells(0, 0, 0, 0), PAYOFF, make_rng(1))
    with pytest.raises(NotEnoughData):
        bootstrap_row_means(np.array([]), make_rng(1))
    assert set(bootstrap_row_means(np.array([5.0]), make_rng(1))) == {5.0}


@pytest.mark.parametrize("n", [40, 700, 20_000])
def test_rows_that_differ_are_resampled_as_if_one_by_one(n: int) -> None:
    rng = np.random.default_rng(n)
    values = np.where(rng.random(n) < 0.05, rng.lognormal(5, 1, n), -1.0)
    plain = np.array([rng.choice(values, n).mean() for _ in range(4_000)])
    found = bootstrap_row_means(values, make_rng(2), 4_000)
    spread = plain.std()
    assert np.quantile(found, [0.025, 0.5, 0.975]) == pytest.approx(np.quantile(plain, [0.025, 0.5, 0.975]), abs=0.15 * spread)
    assert found.std() == pytest.approx(spread, rel=0.06)


def coverage(simulations: int, n: int) -> dict[str, float]:
    """Share of 95 % intervals that hold the true mean: fixed threshold, paired difference, lognormal rows."""
    rng = np.random.default_rng(11)
    y, score = sample(rng, 2_000_000)
    values = row_values(y, PAYOFF)
    truth = values.of(score > 0.4).mean()
    gap = truth - values.of(score > 0.7).mean()
    hits = {"value": 0, "pair": 0, "rows": 0}
    for _ in range(simulations):
        y, score = sample(rng, n)
        hits["value"] += _raw(bootstrap_value(count_cells(y, score > 0.4), PAYOFF, rng), truth)
        hits["pair"] += _raw(bootstrap_difference(pair_cells(y, score > 0.4, score > 0.7), PAYOFF, rng), gap)
        hits["rows"] += _raw(bootstrap_row_means(rng.lognormal(0, 1, n), rng), float(np.exp(0.5)))
    return {name: count / simulations for name, count in hits.items()}


def _raw(replicates: np.ndarray, truth: float) -> bool:
    low, high = np.quantile(replicates, [0.025, 0.975])
    return bool(low <= truth <= high)


def test_coverage_short() -> None:
    found = coverage(300, 2_000)
    # 300 draws: 0.95 ± 3 standard errors
    assert all(0.91 <= share <= 0.99 for share in found.values()), found


@pytest.mark.slow
def test_coverage_long() -> None:
    found = coverage(2_000, 2_000)
    assert all(0.93 <= share <= 0.97 for share in found.values()), found
