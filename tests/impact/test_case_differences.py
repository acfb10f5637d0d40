"""The model against an alternative in cases: exact means, intervals that hold, nothing against itself."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.impact.books import open_book
from core.impact.frequency_words import difference_text
from core.impact.parts import case_differences
from core.impact.report import report_from_json, report_to_json
from core.project.value_model import PayoffMatrix
from core.words import Words
from tests.impact.test_sentences import WINS, make_report

PAYOFF = PayoffMatrix(Decimal(9), Decimal(-1), Decimal(0), Decimal(0))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_means_are_counts_by_hand(seed: int, share: float, cut: float) -> None:
    rng = np.random.default_rng(seed)
    y, score = rng.random(300) < share, rng.random(300)
    decision, other = score > cut, rng.random(300) < 0.3
    reached, unneeded = case_differences(open_book(y, PAYOFF), decision, other, 600, seed)
    assert reached.value == pytest.approx(2 * (int((decision & y).sum()) - int((other & y).sum())))
    assert unneeded.value == pytest.approx(2 * (int((decision & ~y).sum()) - int((other & ~y).sum())))
    assert reached.low <= reached.value <= reached.high
    same = case_differences(open_book(y, PAYOFF), decision, decision, 600, seed)
    assert all((i.value, i.low, i.high) == (0, 0, 0) for i in same)


def test_productions_prevalence_weighs_the_cases() -> None:
    y = np.arange(1_000) < 500
    reached, unneeded = case_differences(open_book(y, PAYOFF, prevalence=0.1), True, False, 1_000, 1)
    assert (reached.value, unneeded.value) == (pytest.approx(100), pytest.approx(900))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_is_told_of_the_best_alternative_and_kept(language: str) -> None:
    report = make_report(WINS)
    told = difference_text(Words(language), report, report.best_alternative)  # type: ignore[arg-type]
    best = report.best_alternative
    assert best.more_reached is not None
    assert Words("en").number(best.more_reached.value, signed=True) in told
    assert "{" not in told
    again = report_from_json(report_to_json(report))
    assert again.best_alternative.more_reached == best.more_reached
