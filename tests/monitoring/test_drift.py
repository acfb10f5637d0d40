"""Known answers of the drift statistics, and verdicts that don't depend on the size of the data alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.monitoring import drift
from core.monitoring.drift import Limits
from core.monitoring.model import Verdict

counts = st.lists(st.integers(0, 10_000), min_size=2, max_size=20)


def test_psi_of_a_textbook_table() -> None:
    # Shares 50/30/20 against 30/30/40: 0.2 ln(5/3) + 0.2 ln 2.
    assert drift.compute_psi([500_000, 300_000, 200_000], [300_000, 300_000, 400_000]) == pytest.approx(
        0.2 * math.log(5 / 3) + 0.2 * math.log(2), abs=1e-4
    )


def test_ks_js_and_chi_squared_agree_with_their_definitions() -> None:
    p, q = [30, 50, 20], [10, 40, 50]
    assert drift.compute_ks(p, q) == pytest.approx(0.3)
    from scipy.spatial.distance import jensenshannon

    assert drift.compute_js(p, q) == pytest.approx(float(jensenshannon(p, q, base=2)))
    assert drift.compute_p_value(p, q) == pytest.approx(stats.chi2_contingency([p, q], correction=False)[1])


@given(a=counts, b=counts)
def test_psi_is_symmetric_and_never_negative(a: list[int], b: list[int]) -> None:
    size = min(len(a), len(b))
    a, b = a[:size], b[:size]
    assert drift.compute_psi(a, b) >= -1e-12
    assert drift.compute_psi(a, b) == pytest.approx(drift.compute_psi(b, a))
    assert 0 <= drift.compute_js(a, b) <= 1 + 1e-9
    assert 0 <= drift.compute_ks(a, b) <= 1


def test_noise_level_holds_under_no_drift() -> None:
    rng = np.random.default_rng(5)
    shares = np.full(10, 0.1)
    limit = drift.noise_psi(10, 2000, 800, 0.05)
    over = [drift.compute_psi(rng.multinomial(2000, shares), rng.multinomial(800, shares)) > limit for _ in range(2000)]
    assert np.mean(over) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("n", [300, 3_000, 300_000])
def test_no_drift_is_green_at_any_size(n: int) -> None:
    rng = np.random.default_rng(n)
    reference, current = rng.multinomial(n, np.full(10, 0.1)), rng.multinomial(n, np.full(10, 0.1))
    assert drift.compare("f", reference, current, Limits(tests=20)).verdict is Verdict.GREEN


@pytest.mark.parametrize("n", [1_000, 1_000_000])
def test_a_real_shift_is_red_at_any_size(n: int) -> None:
    result = drift.compare("f", [n] * 4, [n // 10, n // 2, n, 2 * n], Limits(tests=20))
    assert (result.verdict, result.psi > drift.PSI_ACT) == (Verdict.RED, True)


def test_a_significant_trifle_is_green() -> None:
    result = drift.compare("f", [1_000_000] * 2, [1_010_000, 990_000], Limits())
    assert result.p_value < 1e-6
    assert result.verdict is Verdict.GREEN


def test_chance_in_few_rows_is_not_drift() -> None:
    # PSI over 0.25 with 20 bins and 60 rows is what chance gives.
    rng = np.random.default_rng(1)
    reference, current = rng.multinomial(400, np.full(20, 0.05)), rng.multinomial(60, np.full(20, 0.05))
    assert drift.compute_psi(reference, current) > 0.1
    assert drift.compare("f", reference, current, Limits(min_rows=20)).verdict is Verdict.GREEN


def test_too_few_rows_never_alarm() -> None:
    assert drift.compare("f", [1000, 1000], [0, 150], Limits(min_rows=200)).verdict is Verdict.INSUFFICIENT_DATA
    assert drift.compare_share("f", (0, 1000), (100, 100), 0.02, 0.1, Limits(min_rows=200)).verdict is Verdict.INSUFFICIENT_DATA
    assert drift.compare("f", [0, 0], [5, 5], Limits(min_rows=1)).verdict is Verdict.INSUFFICIENT_DATA


def test_shares_rise_by_effect_and_beyond_chance() -> None:
    limits = Limits(min_rows=200)
    assert drift.compare_share("f", (0, 10_000), (500, 10_000), 0.02, 0.1, limits).verdict is Verdict.AMBER
    assert drift.compare_share("f", (0, 10_000), (2_000, 10_000), 0.02, 0.1, limits).verdict is Verdict.RED
    assert drift.compare_share("f", (100, 10_000), (150, 10_000), 0.02, 0.1, limits).verdict is Verdict.GREEN
    assert drift.compare_share("f", (3, 300), (10, 300), 0.02, 0.1, limits).verdict is Verdict.GREEN
    assert drift.compare_share("f", (3_000, 10_000), (0, 10_000), 0.02, 0.1, limits).verdict is Verdict.GREEN
