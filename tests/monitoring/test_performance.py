"""Known answers of reach, precision, AUC and calibration from sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from core.monitoring.bins import SCORE_BINS, FeatureBins, group_scores, latency_quantile, score_codes, score_edges
from core.monitoring.performance import TruthSums, auc_from_counts, calibration_points, is_below, measure, merge_counts, wilson


def _histograms(scores: np.ndarray, truth: np.ndarray) -> tuple[list[int], list[int]]:
    codes = score_codes(scores)
    return (
        np.bincount(codes[truth == 1], minlength=SCORE_BINS).tolist(),
        np.bincount(codes[truth == 0], minlength=SCORE_BINS).tolist(),
    )


def test_auc_from_bins_is_close_to_the_exact_one() -> None:
    rng = np.random.default_rng(2)
    truth = (rng.random(20_000) < 0.05).astype(int)
    scores = np.clip(rng.beta(1, 15, 20_000) + truth * rng.beta(1, 8, 20_000), 0, 1)
    found = auc_from_counts(*_histograms(scores, truth))
    assert found is not None
    assert found.value == pytest.approx(roc_auc_score(truth, scores), abs=0.002)
    assert found.low < found.value < found.high


def test_auc_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(300):
        positive, negative = rng.beta(3, 2, 80), rng.beta(2, 3, 200)
        found = auc_from_counts(*_histograms(np.concatenate([positive, negative]), np.concatenate([np.ones(80, int), np.zeros(200, int)])))
        assert found is not None
        covered += found.low <= 0.7571 <= found.high  # P(Beta(3,2) > Beta(2,3)), by integration
    assert covered / 300 == pytest.approx(0.95, abs=0.04)


def test_wilson_interval_of_a_textbook_case() -> None:
    found = wilson(81, 263)  # Newcombe 1998, table I
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 0) is None


@given(hits=st.integers(0, 500), more=st.integers(0, 500))
def test_wilson_contains_its_share_and_stays_a_share(hits: int, more: int) -> None:
    found = wilson(hits, hits + more)
    assert found is None or 0 <= found.low <= found.value <= found.high <= 1


def test_measure_of_known_cells() -> None:
    positive, negative = [0] * SCORE_BINS, [0] * SCORE_BINS
    positive[80], positive[10], negative[80], negative[10] = 40, 10, 20, 130
    measured = measure(TruthSums(200, 40, 20, 10, 130, 70.0, tuple(positive), tuple(negative)), 400)
    assert measured.coverage == 0.5
    assert measured.reach is not None
    assert measured.precision is not None
    assert (measured.reach.value, round(measured.precision.value, 4)) == (0.8, 0.6667)
    assert measured.mean_score == 0.35
    assert sum(point.n for point in measured.calibration) == 200
    assert measure(TruthSums(), 0).reach is None


def test_calibrated_scores_lie_on_the_diagonal() -> None:
    rng = np.random.default_rng(6)
    scores = rng.random(200_000)
    truth = (rng.random(200_000) < scores).astype(int)
    points = calibration_points(*_histograms(scores, truth))
    assert len(points) == 10
    assert all(abs(point.observed - point.predicted) < 0.01 for point in points)


def test_below_only_beyond_chance() -> None:
    near, far = wilson(78, 100), wilson(50, 100)
    assert near is not None
    assert far is not None
    assert not is_below(near, 0.8, 400)
    assert is_below(far, 0.8, 400)


def test_bins_follow_the_baselines_rule() -> None:
    import pandas as pd
    import pyarrow as pa

    from core.data.baseline import bin_values, build_baseline
    from core.data.model import Kind

    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"n": rng.integers(0, 30, 500).astype(float), "c": rng.choice(["a", "b", None], 500)})
    frame.loc[::7, "n"] = np.nan
    for base in build_baseline(frame, {"n": Kind.NUMBER, "c": Kind.CATEGORY}):
        bins = FeatureBins(base.name, base.binned_by_edges, base.edges, base.categories, base.counts, base.missing)
        codes = bins.codes(pa.array(frame[base.name], from_pandas=True))
        mine = [*np.bincount(codes[codes >= 0], minlength=bins.size).tolist(), int((codes < 0).sum())]
        assert mine == bin_values(base, frame[base.name]).tolist() == [*base.counts, base.missing]


def test_grouped_scores_keep_every_row_and_their_edges() -> None:
    grouped = group_scores(":score", [10] * 100, 10)
    assert grouped is not None
    assert grouped.counts == (100,) * 10
    assert grouped.edges == pytest.approx([k / 10 for k in range(1, 10)])
    import pyarrow as pa

    assert grouped.codes(pa.array([0.0999, 0.1, 0.95, 1.0, None])).tolist() == [0, 1, 9, 9, -1]
    assert group_scores(":score", [0] * 100) is None


def test_small_parts() -> None:
    assert len(score_edges()) == SCORE_BINS + 1
    assert latency_quantile([10, 80, 10], 0.5) == 0.5
    assert merge_counts([[1, 2], [1, 1, 1]]).tolist() == [2, 3, 1]
