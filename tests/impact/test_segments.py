"""The worst segments: planted ones are found with their true loss, chance names none, and the words are honest."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from core.errors import InvalidInput
from core.impact.alternatives import AlternativeKind
from core.impact.payoff import RowValues
from core.impact.segment_sentences import group_name, segment_sentence, segments_finding, segments_note
from core.impact.segments import SegmentFindings, SegmentVerdict, find_segments
from core.impact.setting import Setting
from core.project.value_model import Period
from core.words import Words
from tests.impact.conftest import NOUNS

EN, JA = Words("en"), Words("ja")
SETTING = Setting(NOUNS, "JPY", Period.MONTH, 10_000, AlternativeKind.NOTHING)
Draw = Callable[[np.random.Generator, int], np.ndarray]


def features(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        {f"n{i}": rng.normal(size=rows) for i in range(6)}
        | {f"c{i}": rng.choice(list("abcde"), rows, p=[0.4, 0.3, 0.15, 0.1, 0.05]) for i in range(4)}
    )


def valued(gain: np.ndarray, frame: pd.DataFrame, seed: int = 1) -> SegmentFindings:
    return find_segments(frame, RowValues(gain, np.zeros(gain.size)), np.ones(gain.size), 0.0, 10_000, seed)


def test_a_planted_group_is_found_with_its_true_loss() -> None:
    rng = np.random.default_rng(1)
    frame = features(rng, 12_000)
    bad = (frame["c1"] == "c").to_numpy()
    found = valued(np.where(bad, -30.0, 20.0) + rng.normal(0, 60, 12_000), frame)
    worst = found.segments[0]
    assert [(g.feature, g.value) for g in worst.groups] == [("c1", "c")]
    assert worst.verdict is SegmentVerdict.LOSES
    assert found.losing[0] is worst
    assert worst.gain_per_case.low <= -30 <= worst.gain_per_case.high < 0
    assert float(worst.gain.value) == pytest.approx(float(worst.gain_per_case.value) * worst.cases, rel=1e-3)
    assert worst.rows == bad.sum()
    assert worst.cases == pytest.approx(bad.mean() * 10_000)


def test_a_planted_pair_is_found_where_neither_feature_alone_loses() -> None:
    rng = np.random.default_rng(2)
    frame = features(rng, 20_000)
    bad = ((frame["c1"] == "b") & (frame["n2"] > frame["n2"].quantile(7 / 8))).to_numpy()
    found = valued(np.where(bad, -40.0, 15.0) + rng.normal(0, 50, 20_000), frame)
    assert [{g.feature for g in s.groups} for s in found.losing] == [{"c1", "n2"}]
    assert found.losing[0].rows == pytest.approx(bad.sum(), rel=0.02)


def test_missing_values_can_be_the_segment() -> None:
    rng = np.random.default_rng(3)
    frame = features(rng, 8_000)
    gone = rng.random(8_000) < 0.1
    frame.loc[gone, "n3"] = np.nan
    found = valued(np.where(gone, -20.0, 10.0) + rng.normal(0, 40, 8_000), frame)
    assert group_name(EN, found.losing[0].groups[0]) == "missing"


def test_a_weaker_group_is_weak_and_not_losing() -> None:
    rng = np.random.default_rng(4)
    frame = features(rng, 12_000)
    low = (frame["c1"] == "b").to_numpy()
    found = valued(np.where(low, 10.0, 50.0) + rng.normal(0, 40, 12_000), frame)
    assert not found.losing
    weak = [s for s in found.segments if s.verdict is SegmentVerdict.WEAK]
    assert any([(g.feature, g.value) for g in s.groups] == [("c1", "b")] for s in weak)
    assert segments_finding(EN, found, SETTING) == "The model surely loses money in no group of customers, but brings less in some"


DRAWS: dict[str, Draw] = {
    "rare gains": lambda rng, n: np.where(rng.random(n) < 1 / 101, 100.0, -1.0),
    "rare losses": lambda rng, n: np.where(rng.random(n) < 1 / 101, -100.0, 1.0),
    "skewed": lambda rng, n: np.exp(1.125) - rng.lognormal(0, 1.5, n),
    "normal": lambda rng, n: rng.normal(size=n),
    "mostly equal": lambda rng, n: np.where(rng.random(n) < 0.3, np.where(rng.random(n) < 0.3, 10.0, -30 / 7), 0.0),
}


def alarms(draw: Draw, rows: int, repeats: int) -> float:
    """Share of data sets without any segment in which something is said to be sure. The mean gain is zero: the hardest case."""
    rng = np.random.default_rng(8)
    found = [valued(draw(rng, rows), features(rng, rows), seed) for seed in range(repeats)]
    return sum(any(s.verdict is not SegmentVerdict.OPEN for s in f.segments) for f in found) / repeats


@pytest.mark.parametrize("name", ["rare gains", "rare losses"])
def test_chance_alone_names_no_segment(name: str) -> None:
    assert alarms(DRAWS[name], 2_000, 60) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1_000, 4_000, 20_000])
@pytest.mark.parametrize("name", DRAWS)
def test_false_alarms_stay_below_five_percent(name: str, rows: int) -> None:
    assert alarms(DRAWS[name], rows, 400 if rows < 20_000 else 200) <= 0.05


def test_segments_do_not_overlap_and_search_is_told() -> None:
    rng = np.random.default_rng(5)
    frame = features(rng, 6_000)
    found = valued(np.where(frame["c0"] == "a", -5.0, 5.0) + rng.normal(0, 30, 6_000), frame)
    assert (found.searched_rows, found.valued_rows) == (3_000, 3_000)
    assert found.tested <= 5 < found.looked_at
    assert found.features == 10
    total = [float(s.gain.value) for s in found.segments]
    assert total == sorted(total)
    assert str(found.looked_at)[0] in segments_note(EN, found)


def test_few_rows_and_no_groups_say_nothing() -> None:
    rng = np.random.default_rng(6)
    for frame in (features(rng, 60), pd.DataFrame({"one": np.ones(3_000)}), pd.DataFrame(index=range(500))):
        found = valued(rng.normal(size=len(frame)), frame)
        assert found.segments == ()
        assert segments_finding(EN, found, SETTING) == "No group of customers stands out"
    assert "too few" in segments_note(EN, valued(rng.normal(size=60), features(rng, 60)))
    same = valued(np.zeros(2_000), features(rng, 2_000))
    assert same.segments == ()
    with pytest.raises(InvalidInput, match="same rows"):
        find_segments(features(rng, 10), RowValues(np.zeros(9), np.zeros(9)), np.ones(9), 0.0, 1, 1)


def test_words_of_each_verdict_in_both_languages() -> None:
    rng = np.random.default_rng(7)
    frame = features(rng, 12_000)
    level = frame["c0"].map({"a": 60.0, "b": 60.0, "c": -50.0, "d": 20.0, "e": 60.0}).to_numpy()
    found = valued(level + rng.normal(0, 80, 12_000), frame)
    by_verdict = {s.verdict: s for s in found.segments}
    assert set(by_verdict) == set(SegmentVerdict)
    said = {v: segment_sentence(EN, s, SETTING, found.gain_per_case) for v, s in by_verdict.items()}
    assert "less than doing nothing, with 95% confidence between" in said[SegmentVerdict.LOSES]
    assert "the average is" in said[SegmentVerdict.WEAK]
    assert "anything between" in said[SegmentVerdict.OPEN]
    assert segments_finding(EN, found, SETTING) == "The model loses money where c0: c"
    assert segments_finding(JA, found, SETTING) == "「c0：c」ではモデルが損失を出しています"
    loses = segment_sentence(JA, by_verdict[SegmentVerdict.LOSES], SETTING, found.gain_per_case)
    assert "何もしない場合より" in loses
    assert "円" in loses


def test_findings_survive_json() -> None:
    rng = np.random.default_rng(9)
    frame = features(rng, 2_000)
    frame["when"] = pd.date_range("2025-01-01", periods=2_000, freq="h")
    found = valued(rng.normal(size=2_000) - (frame["when"].dt.month == 2).to_numpy(), frame)
    adapter = TypeAdapter(SegmentFindings)
    assert adapter.validate_json(adapter.dump_json(found)) == found
    assert found.segments
    assert isinstance(found.segments[0].gain.value, Decimal)


@pytest.mark.slow
def test_many_rows_take_seconds() -> None:
    """200,000 rows and 30 columns: 0.4 s on an idle core, 2 s on a shared one."""
    rng = np.random.default_rng(1)
    rows = 200_000
    frame = pd.DataFrame(
        {f"n{i}": rng.normal(size=rows) for i in range(15)}
        | {f"c{i}": rng.choice(list("abcdefgh"), rows) for i in range(10)}
        | {f"k{i}": rng.integers(0, 50, rows).astype(str) for i in range(3)}
        | {"day": pd.date_range("2024-01-01", periods=rows, freq="min"), "flag": rng.random(rows) < 0.5}
    )
    gain = np.where(rng.random(rows) < 0.2, 100.0, -20.0)
    began = time.process_time()
    found = valued(gain, frame)
    assert time.process_time() - began < 4
    assert (found.features, found.searched_rows) == (30, 100_000)
