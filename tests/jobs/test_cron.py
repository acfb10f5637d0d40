"""Cron rules mean what cron says they mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.jobs.cron import Rhythm, Timing, check_cron, describe_cron, format_timing, next_after, parse_timing, weekday_name

SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("*/5 * * * *", datetime(2026, 11, 22, 12, 5, tzinfo=UTC)),
        ("30 6 * * *", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        ("0 6 * * 0", datetime(2026, 11, 29, 6, 0, tzinfo=UTC)),
        ("0 6 * * 7", datetime(2026, 11, 29, 6, 0, tzinfo=UTC)),
        ("0 6 * * 1", datetime(2026, 11, 23, 6, 0, tzinfo=UTC)),
        ("0 6 * * mon-fri", datetime(2026, 11, 23, 6, 0, tzinfo=UTC)),
        ("0 6 1 * *", datetime(2026, 12, 1, 6, 0, tzinfo=UTC)),
        ("0 6 29 2 *", datetime(2028, 2, 29, 6, 0, tzinfo=UTC)),
    ],
)
def test_a_rule_comes_when_cron_says(cron, expected):
    assert next_after(cron, SUNDAY) == expected


@pytest.mark.parametrize(
    ("cron", "part"),
    [
        ("", "0 fields"),
        ("* * * *", "4 fields"),
        ("* * * * * *", "6 fields"),
        ("61 * * * *", "higher than the maximum"),
        ("x * * * *", "can't be read"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 1 * 1", "Choose one of them"),
        ("0 0 * * 8", "no weekday"),
        ("*/0 * * * *", "can't be read"),
        ("0 0 * * 1/x", "can't be read"),
        ("* " * 200, "fields"),
    ],
)
def test_a_rule_that_cannot_be_says_why(cron, part):
    with pytest.raises(InvalidInput) as caught:
        check_cron(cron)
    assert part in str(caught.value)
    assert caught.value.field == "cron"


@given(
    st.sampled_from([r for r in Rhythm if r is not Rhythm.OWN]),
    st.integers(1, 59),
    st.integers(0, 59),
    st.integers(0, 23),
    st.integers(0, 6),
    st.integers(1, 28),
)
def test_what_people_choose_survives_the_round_trip(rhythm, every, minute, hour, weekday, day):
    cron = format_timing(Timing(rhythm, every, minute, hour, weekday, day))
    back = parse_timing(cron)
    assert back.rhythm is rhythm
    assert format_timing(back) == cron
    assert check_cron(cron) == cron


def test_rules_are_said_in_words():
    weekly = describe_cron("30 6 * * 1")
    assert (weekly.template, dict(weekly.fields), dict(weekly.words)) == (
        "Every {weekday} at {time} UTC",
        {"time": "06:30"},
        {"weekday": "Monday"},
    )
    assert describe_cron("*/5 * * * *").fields == {"every": 5}
    assert describe_cron("* * * * *").template == "Every minute"
    assert describe_cron("15 * * * *").fields == {"minute": 15}
    assert describe_cron("0 6 3 * *").fields == {"day": 3, "time": "06:00"}
    assert describe_cron("0 6 * * 1-5").template == "By the rule {cron} (UTC)"
    assert weekday_name(0) == "Sunday"
