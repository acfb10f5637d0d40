"""Intervals for shares, means and their differences: published values, coverage, and the edges at which the usual ones break."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.impact import intervals
from core.impact.bootstrap import Interval
from core.impact.intervals import difference_of, mean_interval, ratio_of, share_interval, wilson_interval

Draw = Callable[[np.random.Generator, int], np.ndarray]


@pytest.mark.parametrize(
    ("hits", "rows", "low", "high"),
    # Newcombe 1998, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(hits: int, rows: int, low: float, high: float) -> None:
    assert wilson_interval(hits, rows) == pytest.approx((low, high), abs=5e-4)


@given(rows=st.integers(1, 5_000), share=st.floats(0, 1))
def test_an_interval_holds_its_share_and_stays_a_share(rows: int, share: float) -> None:
    hits = round(rows * share)
    low, high = wilson_interval(hits, rows)
    assert 0 <= low <= hits / rows + 1e-12
    assert hits / rows - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("one", "two", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10
    [
        ((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926), ((0, 10), (0, 20), -0.1611, 0.2775), ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)  # fmt: skip
def test_differences_of_shares_are_the_published_ones(one: tuple[int, int], two: tuple[int, int], low: float, high: float) -> None:
    found = difference_of(share_interval(*one), share_interval(*two))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-4)


def test_ratios_hold_their_estimate_and_need_a_second_share() -> None:
    found = ratio_of(share_interval(30, 100), share_interval(50, 100))
    assert found is not None
    assert found.value == pytest.approx(0.6)
    # the log interval (Katz et al. 1978) is 0.42 to 0.86
    assert (found.low, found.high) == pytest.approx((0.42, 0.85), abs=0.02)
    nothing = ratio_of(share_interval(0, 50), share_interval(25, 50))
    assert nothing is not None
    assert nothing.low == nothing.value == 0 < nothing.high < 1
    assert ratio_of(share_interval(5, 50), share_interval(0, 50)) is None
    assert ratio_of(share_interval(0, 50), Interval(0.1, 0.0, 0.3)) == Interval(0.0, 0.0, float("inf"))


def test_plain_rows_get_the_plain_interval() -> None:
    values = np.random.default_rng(1).normal(5, 2, 4_000)
    found, half = mean_interval(values, least=values.min(), most=values.max()), 1.96 * values.std(ddof=1) / 4_000**0.5
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.01)


def test_rare_money_that_was_not_seen_is_reckoned_with() -> None:
    """0 of 60 rows pay 100, all others cost 1: the usual interval would be nothing wide."""
    rows = np.full(60, -1.0)
    assert rows.std() == 0
    found = mean_interval(rows, least=-1, most=100)
    exact = -1 + 101 * (1 - 0.025 ** (1 / 60))  # Clopper and Pearson 1934
    assert found.low == -1
    assert found.high == pytest.approx(exact, rel=0.12)
    assert mean_interval(-rows, least=-100, most=1).low == pytest.approx(-found.high)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(0, 1e6), st.floats(0.001, 1000), st.floats(-1e6, 1e6))
def test_the_interval_moves_with_its_unit(values: list[float], room: float, factor: float, shift: float) -> None:
    rows = np.array(values)
    least, most = rows.min() - room, rows.max() + room
    found = mean_interval(rows, least=least, most=most)
    assert least - 1e-6 <= found.low <= found.value <= found.high <= most + 1e-6
    moved = mean_interval(rows * factor + shift, least=least * factor + shift, most=most * factor + shift)
    unit = max(most - least, 1.0) * factor + abs(shift) * 1e-6
    assert moved.low == pytest.approx(found.low * factor + shift, abs=1e-3 * unit)
    assert moved.high == pytest.approx(found.high * factor + shift, abs=1e-3 * unit)


def test_the_edges() -> None:
    assert mean_interval(np.array([3.0, 3.0]), least=3, most=3) == Interval(3.0, 3.0, 3.0)
    one = mean_interval(np.array([1.0]), least=0, most=5)
    assert (one.value, one.low, one.high) == (1.0, 0, 5)
    none = mean_interval(np.array([]), least=0, most=5)
    assert (none.low, none.high) == (0, 5)
    top = mean_interval(np.full(40, 5.0), least=0, most=5)
    assert top.high == pytest.approx(5)
    assert 4 < top.low < 5


def coverage(draw: Draw, mean: float, least: float, most: float, rows: int, repeats: int, seed: int = 3) -> float:
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(repeats):
        found = mean_interval(draw(rng, rows), least=least, most=most)
        held += found.low <= mean <= found.high
    return held / repeats


def rare(share: float) -> Draw:
    return lambda rng, n: np.where(rng.random(n) < share, 100.0, -1.0)


def test_coverage_with_rare_payoffs() -> None:
    """Where one case in a hundred pays, the usual interval covers 0.80 of the time."""
    assert coverage(rare(0.01), 0.01, -1, 100, 300, 300) >= 0.93


@pytest.mark.slow
@pytest.mark.parametrize("rows", [60, 200, 1_000])
@pytest.mark.parametrize("share", [0.0099, 0.02, 0.1, 0.5])
def test_coverage_of_shares_of_money(share: float, rows: int) -> None:
    assert coverage(rare(share), -1 + 101 * share, -1, 100, rows, 2_000) >= 0.935


@pytest.mark.slow
@pytest.mark.parametrize("rows", [60, 1_000, 5_000])
def test_coverage_of_skewed_money(rows: int) -> None:
    population = np.random.default_rng(1).lognormal(0, 1.5, 20_000)
    found = coverage(lambda rng, n: rng.choice(population, n), population.mean(), population.min(), population.max(), rows, 1_000)
    assert found >= 0.94


@pytest.mark.parametrize("kind", ["skewed", "rare", "at zero"])
def test_of_very_many_rows_the_interval_is_that_of_all_values(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    values = {
        "skewed": rng.lognormal(0, 2, 120_000),
        "rare": np.where(rng.random(120_000) < 1e-4, 1_000.0, 0.0) + rng.normal(0, 0.1, 120_000),
        "at zero": np.maximum(rng.normal(0, 10, 120_000), 0.0),
    }[kind]  # fmt: skip
    ends = {"least": float(values.min()), "most": float(values.max())}
    quick = mean_interval(values, **ends)
    monkeypatch.setattr(intervals, "MANY", 10**9)
    exact = mean_interval(values, **ends)
    width = exact.high - exact.low
    assert (quick.low, quick.high) == pytest.approx((exact.low, exact.high), abs=0.001 * width)
