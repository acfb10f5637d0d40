"""The stories' rows: none twice, none in training, times that increase, truth as in the sample."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.demo.seed_endings import ENDINGS
from app.demo.stories import (
    STORIES,
    Story,
    by_month,
    get_story,
    month_days,
    read_table,
    split_rows,
    spread_times,
    tell_cases,
    write_training_file,
)
from core.words import Words

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
EVERY = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)


@EVERY
def test_all_that_the_demo_writes_is_told_in_japanese_too(story: Story) -> None:
    demo = Words("ja", samples=True)
    spec, tries = story.project, (story.first, *story.others)
    texts = [spec.name, spec.question, story.dataset, story.note, story.reason, *(chosen.name for chosen in tries)]
    assert [text for text in texts if demo.given(text) == text] == []
    nouns = spec.nouns
    assert [word for word in (nouns.case_many, nouns.outcome, nouns.outcome_not, nouns.action_many) if demo.t(word) == word] == []


@EVERY
def test_no_row_is_used_twice(story: Story) -> None:
    table = read_table(story)
    train, later = split_rows(story, table)
    assert not set(train.index) & set(later.index)
    assert train.index.is_unique
    assert later.index.is_unique
    assert len(train) > 500
    assert 300 < len(later) <= story.most
    entities = Counter(case.entity for case in tell_cases(story, NOW))
    assert max(entities.values()) == 1
    assert len(entities) == len(later)


@EVERY
def test_cases_are_the_samples_rows_in_time(story: Story) -> None:
    table, cases = read_table(story), tell_cases(story, NOW)
    roles = story.sample.roles
    assert all(a.served_at <= b.served_at for a, b in pairwise(cases))
    assert NOW - timedelta(days=190) < cases[0].served_at
    assert cases[-1].served_at < NOW
    for case in cases[:: len(cases) // 50]:
        row = table.loc[int(case.entity.rsplit("-", 1)[1])]
        assert case.truth == int(str(row[roles.target]) == roles.positive)
        assert not set(case.features) & {roles.target, *roles.leave_out, *story.left_out}
        assert all(value is None or value == row[name] for name, value in case.features.items())


@EVERY
def test_outcomes_come_later_and_the_newest_are_not_known_yet(story: Story) -> None:
    cases = tell_cases(story, NOW)
    least, most = story.delay_days
    assert all(timedelta(days=least) <= case.known_at - case.served_at <= timedelta(days=most) for case in cases)
    known = [case.known_at < NOW for case in cases]
    assert all(known[: len(known) // 3])
    assert not all(known[-50:])


@EVERY
def test_every_month_has_business_and_no_two_are_alike(story: Story) -> None:
    months = by_month(tell_cases(story, NOW))
    assert [name for name, _ in months] == ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
    sizes = [len(cases) for _, cases in months]
    assert min(sizes) > 30
    assert len(set(sizes)) > 3


@EVERY
def test_a_history_is_the_same_when_told_again(story: Story) -> None:
    assert tell_cases(story, NOW) == tell_cases(story, NOW)


def test_drift_is_the_samples_own() -> None:
    train, later = split_rows(get_story("bank_marketing"), read_table(get_story("bank_marketing")))
    assert train["contacted_on"].max() < "2009-01-01" <= later["contacted_on"].min()
    assert later["contacted_on"].is_monotonic_increasing


def test_the_training_file_is_the_training_rows(tmp_path: Path) -> None:
    story = get_story("german_credit")
    path = write_training_file(story, tmp_path)
    again = pd.read_csv(path, keep_default_na=False, na_values=[""])
    train = split_rows(story, read_table(story))[0].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, train)


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 500),
    months=st.lists(st.floats(0.1, 3), min_size=2, max_size=8),
    now=st.integers(0, 60_000).map(lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
)
def test_times_increase_and_lie_in_the_past(count: int, months: list[float], now: datetime) -> None:
    times = spread_times(count, months, now, np.random.default_rng(1))
    assert len(times) == count
    assert times == sorted(times)
    assert times[-1] < now
    assert all(at.weekday() < 5 and 8 <= at.hour < 19 for at in times)


def test_months_end_with_the_running_one() -> None:
    days = month_days(3, NOW)
    assert [(m[0].month, len(m)) for m in days] == [(9, 22), (10, 22), (11, 16)]
    assert days[-1][-1] == datetime(2026, 11, 23, tzinfo=UTC)


def test_every_story_has_an_ending() -> None:
    assert set(ENDINGS) == {story.key for story in STORIES}
