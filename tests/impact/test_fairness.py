"""Groups treated alike or not: fairlearn's figures, sure gaps, and no alarm by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate, true_positive_rate
from pydantic import TypeAdapter

from core.errors import InvalidInput
from core.impact.alternatives import AlternativeKind
from core.impact.fairness import FairnessFindings, FairnessMetric, Gap, GapVerdict, assess_fairness
from core.impact.fairness_sentences import (
    fairness_finding,
    fairness_note,
    gap_sentence,
    metric_name,
    small_groups_sentence,
    verdict_sentence,
)
from core.impact.groups import GroupKind
from core.impact.payoff import RowValues
from core.impact.setting import Setting
from core.project.value_model import Period
from core.words import Words
from tests.impact.conftest import NOUNS

EN, JA = Words("en"), Words("ja")
SETTING = Setting(NOUNS, "JPY", Period.MONTH, 10_000, AlternativeKind.NOTHING)


def people(rows: int, rates: dict[str, float], seed: int = 1) -> tuple[pd.Series, np.ndarray, np.ndarray, RowValues]:
    """Groups picked at given rates, all alike otherwise."""
    rng = np.random.default_rng(seed)
    group = pd.Series(rng.choice(list(rates), rows), name="region")
    y = rng.random(rows) < 0.3
    treated = rng.random(rows) < group.map(rates).to_numpy()
    return group, y, treated, RowValues(np.where(y, 100.0, -20.0), np.zeros(rows))


def gap_of(found: FairnessFindings, metric: FairnessMetric) -> Gap:
    return next(g for g in found.gaps if g.metric is metric)


def test_rates_and_gaps_are_fairlearns() -> None:
    group, y, treated, values = people(3_000, {"a": 0.3, "b": 0.5, "c": 0.45})
    found = assess_fairness(group, y, treated, values)
    frame = MetricFrame(
        metrics={"selection": selection_rate, "reach": true_positive_rate}, y_true=y.astype(int), y_pred=treated.astype(int),
        sensitive_features=group,
    )  # fmt: skip
    for outcome in found.groups:
        assert outcome.selection.value == pytest.approx(frame.by_group.loc[outcome.group.value, "selection"])
        assert outcome.reach is not None
        assert outcome.reach.value == pytest.approx(frame.by_group.loc[outcome.group.value, "reach"])
        amounts = values.of(treated)[group == outcome.group.value]
        assert float(outcome.value_per_case.value) == pytest.approx(amounts.mean(), abs=1e-6)
    selection = gap_of(found, FairnessMetric.SELECTION)
    assert selection.difference.value == pytest.approx(frame.difference()["selection"])
    assert selection.ratio is not None
    assert selection.ratio.value == pytest.approx(frame.ratio()["selection"])
    assert [g.rows for g in found.groups] == sorted((g.rows for g in found.groups), reverse=True)


def test_a_real_gap_warns_and_names_its_groups() -> None:
    found = assess_fairness(*people(3_000, {"a": 0.3, "b": 0.5, "c": 0.45}))
    gap = gap_of(found, FairnessMetric.SELECTION)
    assert (gap.lowest.value, gap.highest.value, gap.verdict) == ("a", "b", GapVerdict.WARNING)
    assert [g.value for g in gap.behind] == ["a"]
    assert gap in found.warnings
    assert 0 < gap.difference.low < 0.2 < gap.difference.high


def test_a_sure_gap_within_four_fifths_is_a_notice() -> None:
    gap = gap_of(assess_fairness(*people(20_000, {"a": 0.45, "b": 0.5})), FairnessMetric.SELECTION)
    assert gap.verdict is GapVerdict.NOTICE
    assert "at least 80% (four fifths)" in verdict_sentence(EN, gap)


def test_few_cases_leave_a_wide_gap_open() -> None:
    group = pd.Series(["a"] * 40 + ["b"] * 40, name="region")
    treated = np.array([True] * 10 + [False] * 30 + [True] * 16 + [False] * 24)
    y = np.arange(80) % 4 == 0
    found = assess_fairness(group, y, treated, RowValues(np.ones(80), np.zeros(80)))
    assert [g.metric for g in found.gaps] == [FairnessMetric.SELECTION, FairnessMetric.VALUE]  # 10 positives a group: too few
    assert gap_of(found, FairnessMetric.SELECTION).verdict is GapVerdict.POSSIBLE
    assert fairness_finding(EN, found, SETTING) == "The groups of region may differ: there are too few customers to tell"


def test_small_groups_are_shown_but_not_judged() -> None:
    group, y, treated, values = people(600, {"a": 0.5, "b": 0.5})
    group.iloc[:20], treated[:20] = "tiny", False
    group.iloc[20:25] = None
    found = assess_fairness(group, y, treated, values)
    small = {g.group.value or g.group.kind for g in found.too_small}
    assert small == {"tiny", GroupKind.MISSING}
    assert all(gap.lowest.value != "tiny" for gap in found.gaps)
    assert small_groups_sentence(EN, found) == "Too small to judge (fewer than 30 test cases): tiny, missing."
    assert small_groups_sentence(JA, found) == "件数が少なく判定していないグループ（テストデータ30件未満）：tiny、値なし。"
    assert small_groups_sentence(EN, assess_fairness(*people(600, {"a": 0.5, "b": 0.5}))) == ""


def test_numbers_become_ranges_and_the_gap_may_be_in_reach() -> None:
    rng = np.random.default_rng(2)
    age = pd.Series(rng.integers(18, 90, 6_000), name="age")
    y = rng.random(6_000) < 0.3
    treated = rng.random(6_000) < np.where(y & (age > 75), 0.3, 0.6)
    found = assess_fairness(age, y, treated, RowValues(np.where(y, 100.0, -20.0), np.zeros(6_000)))
    reach = gap_of(found, FairnessMetric.REACH)
    assert reach.verdict is GapVerdict.WARNING
    assert reach.lowest.kind is GroupKind.RANGE
    assert (reach.lowest.low or 0) > 70
    value = gap_of(found, FairnessMetric.VALUE)
    assert (value.verdict, value.ratio) == (GapVerdict.NOTICE, None)
    assert value.lowest == reach.lowest


def false_alarms(repeats: int, rows: int, groups: int, rate: float, pays: float) -> float:
    rates = {chr(97 + i): rate for i in range(groups)}
    alarms = 0
    for seed in range(repeats):
        group, y, treated, _ = people(rows, rates, seed)
        values = RowValues(np.where(np.random.default_rng(seed).random(rows) < pays, 100.0, -1.0), np.zeros(rows))
        alarms += bool(assess_fairness(group, y, treated, values).warnings)
    return alarms / repeats


def test_chance_alone_rarely_warns() -> None:
    assert false_alarms(60, 900, 6, 0.4, 0.02) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("groups", "rate", "pays"), [(2, 0.4, 0.3), (6, 0.05, 0.01), (6, 0.4, 0.02), (15, 0.3, 0.01)])
@pytest.mark.parametrize("rows", [600, 5_000])
def test_false_alarms_stay_below_five_percent(rows: int, groups: int, rate: float, pays: float) -> None:
    assert false_alarms(200, rows, groups, rate, pays) <= 0.05


def test_bad_attributes_are_told() -> None:
    group, y, treated, values = people(100, {"a": 0.5, "b": 0.5})
    with pytest.raises(InvalidInput, match="'one' doesn't split"):
        assess_fairness(pd.Series(["x"] * 100, name="one"), y, treated, values)
    with pytest.raises(InvalidInput, match="same rows"):
        assess_fairness(group.iloc[:50], y, treated, values)


def test_one_class_and_nobody_treated_are_survived() -> None:
    group, y, treated, values = people(300, {"a": 0.5, "b": 0.5})
    for outcome, decision in ((np.zeros(300, bool), treated), (y, np.zeros(300, bool)), (np.ones(300, bool), np.ones(300, bool))):
        found = assess_fairness(group, outcome, decision, values)
        assert not found.warnings
        assert all(g.reach is None or 0 <= g.reach.low <= g.reach.high <= 1 for g in found.groups)
    assert assess_fairness(group, np.zeros(300, bool), treated, values).groups[0].reach is None


def test_words_in_both_languages() -> None:
    found = assess_fairness(*people(3_000, {"a": 0.3, "b": 0.5, "c": 0.45}))
    gap = gap_of(found, FairnessMetric.SELECTION)
    said = gap_sentence(EN, gap, SETTING)
    assert said.startswith(f"Of 100 customers, {round(100 * gap.low_value)} are picked for a, and {round(100 * gap.high_value)} for b: ")
    assert "29 CFR 1607.4(D)" in verdict_sentence(EN, gap)
    assert fairness_finding(EN, found, SETTING).startswith("Customers are not treated alike: the groups of region")
    assert fairness_finding(JA, found, SETTING).startswith("お客様の扱いに差があります")
    for each in found.gaps:
        assert gap_sentence(JA, each, SETTING).endswith("。")
        assert verdict_sentence(JA, each).endswith("。")
        assert metric_name(JA, each.metric, SETTING) != metric_name(EN, each.metric, SETTING)
    assert "all 9 comparisons" in fairness_note(EN, found)
    alike = assess_fairness(*people(600, {"a": 0.5, "b": 0.5}, 4))
    assert fairness_finding(EN, alike, SETTING) == "No sign that the groups of region are treated differently"
    assert verdict_sentence(EN, gap_of(alike, FairnessMetric.SELECTION)) == "Chance may explain this gap."
    few = assess_fairness(*people(40, {"a": 0.5, "b": 0.5}))
    assert fairness_finding(EN, few, SETTING) == "Too few customers in the groups of region to compare them"


def test_findings_survive_json() -> None:
    found = assess_fairness(*people(900, {"a": 0.3, "b": 0.5}))
    adapter = TypeAdapter(FairnessFindings)
    assert adapter.validate_json(adapter.dump_json(found)) == found
