"""What one more point is worth: closed forms on calibrated scores, brute force, coverage; and the words for it."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from pydantic import TypeAdapter

from core.impact.alternatives import AlternativeKind
from core.impact.books import open_book
from core.impact.metric_sentences import point_sentences
from core.impact.payoff import RowValues, row_values
from core.impact.points import PointMetric, PointWorth, Ranked, hits_point, reach_point
from core.impact.setting import Setting
from core.project.value_model import PayoffMatrix, Period
from core.words import Words
from tests.impact.conftest import NOUNS

EN, JA = Words("en"), Words("ja")
SETTING = Setting(NOUNS, "JPY", Period.MONTH, 10_000, AlternativeKind.NOTHING)
PAYOFF = PayoffMatrix(Decimal(100), Decimal(-20), Decimal(-30), Decimal(0))
A, B = 130.0, -20.0  # what treating a positive and a negative case gains
BAYES = 20 / 150


def ranked(rows: int, cut: float, seed: int = 1) -> Ranked:
    """Scores uniform and calibrated: next to a cut, exactly that share of cases is positive."""
    rng = np.random.default_rng(seed)
    score = rng.random(rows)
    y = rng.random(rows) < score
    return Ranked(y, score >= cut, score, row_values(y, PAYOFF), np.ones(rows), 10_000)


def true_reach(cut: float) -> tuple[float, float]:
    """Alone and moved, a period of 10,000 cases, half of them positive."""
    return 0.01 * 5_000 * A, 0.01 * 5_000 * (A + B * (1 - cut) / cut)


def true_hits(cut: float) -> tuple[float, float]:
    actions, precise = 10_000 * (1 - cut), (1 + cut) / 2
    return 0.01 * actions / (precise + 0.01) * -B, 0.01 * actions * (cut * A + (1 - cut) * B) / (cut - precise)


@pytest.mark.parametrize("cut", [BAYES, 0.3, 0.6])
def test_a_large_sample_gives_the_closed_forms(cut: float) -> None:
    rows = ranked(400_000, cut)
    reach, hits = reach_point(rows), hits_point(rows)
    assert reach.alone is not None
    assert reach.moved is not None
    assert hits.alone is not None
    assert hits.moved is not None
    alone, moved = true_reach(cut)
    assert float(reach.alone.value) == pytest.approx(alone, rel=0.01)
    assert float(reach.moved.value) == pytest.approx(moved, abs=0.12 * alone)
    alone, moved = true_hits(cut)
    assert float(hits.alone.value) == pytest.approx(alone, rel=0.01)
    assert float(hits.moved.value) == pytest.approx(moved, abs=0.12 * 0.01 * 10_000 * A)
    assert reach.near_hits is not None
    assert reach.near_hits.value == pytest.approx(cut, abs=0.02)
    assert reach.moved_actions == pytest.approx(50 / cut, rel=0.1)


def test_at_the_most_valuable_threshold_moving_is_worth_nothing() -> None:
    reach = reach_point(ranked(200_000, BAYES))
    assert reach.moved is not None
    assert reach.alone is not None
    assert abs(reach.moved.value) < reach.alone.value / 5
    assert reach.moved.low < 0 < reach.moved.high


def test_the_slope_is_what_a_lower_threshold_brings() -> None:
    """Brute force: lower the threshold until one more of a hundred positives is reached."""
    rows = ranked(300_000, 0.4, seed=5)
    reach = reach_point(rows)
    positives = int(rows.y.sum())
    order = np.argsort(-rows.rank)
    hits = np.cumsum(rows.y[order])
    now = int(rows.decision.sum())
    then = int(np.searchsorted(hits, hits[now - 1] + 0.01 * positives))
    gained = rows.values.gain[order[now : then + 1]].sum() * rows.scale
    assert reach.moved is not None
    assert float(reach.moved.value) == pytest.approx(gained, rel=0.05)
    assert reach.moved_actions == pytest.approx((then + 1 - now) * rows.scale, rel=0.05)


def test_payoffs_by_row_and_production_weights() -> None:
    rng = np.random.default_rng(3)
    score = rng.random(60_000)
    y = rng.random(60_000) < score
    amount = rng.lognormal(4, 0.5, 60_000)
    by_row = Ranked(y, score >= 0.4, score, RowValues(np.where(y, amount, -20.0), np.zeros(60_000)), np.ones(60_000), 10_000)
    reach = reach_point(by_row)
    assert reach.alone is not None
    assert float(reach.alone.value) == pytest.approx(50 * float(np.exp(4.125)), rel=0.05)
    assert reach.alone.low < reach.alone.value < reach.alone.high
    book = open_book(y, PAYOFF, None, 0.2)
    rarer = reach_point(Ranked(y, score >= 0.4, score, book.values(), book.row_weights(), 10_000))
    assert rarer.cases == pytest.approx(20)
    assert rarer.alone is not None
    assert float(rarer.alone.value) == pytest.approx(20 * A)
    odds = 0.4 / 0.6 * (0.2 / 0.5) / (0.8 / 0.5)
    assert rarer.near_hits is not None
    assert rarer.near_hits.value == pytest.approx(odds / (1 + odds), abs=0.02)


def covered(repeats: int, rows: int, cut: float) -> dict[str, float]:
    held = {"reach alone": 0, "reach moved": 0, "hits alone": 0, "hits moved": 0}
    truth = dict(zip(held, (*true_reach(cut), *true_hits(cut)), strict=True))
    told = dict.fromkeys(held, 0)
    for seed in range(repeats):
        sample = ranked(rows, cut, seed)
        for name, worth in (("reach", reach_point(sample)), ("hits", hits_point(sample))):
            for kind, amount in (("alone", worth.alone), ("moved", worth.moved)):
                if amount is not None:
                    told[f"{name} {kind}"] += 1
                    held[f"{name} {kind}"] += float(amount.low) <= truth[f"{name} {kind}"] <= float(amount.high)
    return {name: held[name] / told[name] for name in held}


def test_intervals_cover() -> None:
    assert min(covered(60, 3_000, 0.4).values()) >= 0.88


@pytest.mark.slow
@pytest.mark.parametrize("cut", [BAYES, 0.4])
def test_coverage_in_simulation(cut: float) -> None:
    found = covered(1_000, 3_000, cut)
    assert all(0.93 <= share <= 0.99 for share in found.values()), found


def test_where_there_is_no_point_to_gain_nothing_is_told() -> None:
    rows = 400
    score = np.linspace(0, 1, rows)
    y = score > 0.5
    all_reached = Ranked(y, y, score, row_values(y, PAYOFF), np.ones(rows), 1_000)
    assert (reach_point(all_reached).alone, hits_point(all_reached).alone) == (None, None)
    nobody = Ranked(y, np.zeros(rows, bool), score, row_values(y, PAYOFF), np.ones(rows), 1_000)
    assert hits_point(nobody).alone is None
    assert reach_point(nobody).alone is not None
    none = np.zeros(rows, bool)
    assert reach_point(Ranked(none, y, score, row_values(none, PAYOFF), np.ones(rows), 1_000)).alone is None
    few = ranked(30, 0.4)
    assert (reach_point(few).moved, hits_point(few).moved) == (None, None)
    for worth in (reach_point(all_reached), hits_point(nobody)):
        assert point_sentences(EN, SETTING, worth) == ()


def test_words_say_both_meanings() -> None:
    careful, keen = ranked(20_000, 0.5), ranked(100_000, 0.118)
    alone, moved = point_sentences(EN, SETTING, reach_point(careful))
    assert alone.startswith(
        "One more of every 100 customers who would leave reached (50 a month), with no more unneeded calls than now, is worth ¥"
    )
    assert "that brings ¥" in moved
    assert "that costs ¥" in point_sentences(EN, SETTING, reach_point(keen))[1]
    saves, gives_up = point_sentences(EN, SETTING, hits_point(careful))
    assert "with as many customers who would leave reached as now, saves" in saves
    assert "fewer calls a month" in gives_up
    assert "that costs ¥" in gives_up
    assert "that brings ¥" in point_sentences(EN, SETTING, hits_point(keen))[1]
    for worth in (reach_point(careful), reach_point(keen), hits_point(careful), hits_point(keen)):
        assert all(text.endswith("。") and "円" in text for text in point_sentences(JA, SETTING, worth))


def test_worth_survives_json() -> None:
    worth = reach_point(ranked(3_000, 0.4))
    adapter = TypeAdapter(PointWorth)
    assert adapter.validate_json(adapter.dump_json(worth)) == worth
    assert worth.metric is PointMetric.REACH
