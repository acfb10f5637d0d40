"""The ledger's arithmetic: parts that add up to the last digit, days that add up to months, and known answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.impact.alternatives import AlternativeKind
from core.monitoring.served import Promise
from core.monitoring.sums import ValueRow
from core.monitoring.value_ledger import (
    Cause,
    ContractKey,
    Gap,
    Reign,
    Sums,
    first_of_month,
    group_days,
    make_days,
    make_sums,
    make_totals,
    planned_by_day,
)
from core.monitoring.value_reading import By
from core.monitoring.value_story import cause_text, over_text, rows_title
from core.project.value_model import Period
from core.words import Words

# 100 test rows, 40 positive; treats 80 % of the positives and 20 % of the negatives; a hit brings 90, an unneeded action costs 10.
# Gain over doing nothing: 0.8 * 90 = 72 a positive, 0.2 * -10 = -2 a negative, 0.4 * 72 - 0.6 * 2 = 27.6 a case.
PROMISE = Promise(27.6, 25.0, 30.0, 100, 40, 44, Period.DAY, 10, 0.8, 0.727, 72.0, -2.0)
KEY = ContractKey("mv1", 1, "c-1", 1, "JPY")
OTHER = ContractKey("mv2", 2, "c-2", 2, "JPY")
EURO = ContractKey("mv3", 3, "c-3", 3, "EUR")
DAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, tzinfo=UTC)


def row(day: date = DAY, key: ContractKey = KEY, **changes: object) -> ValueRow:
    values: dict[str, object] = {
        "deployment_id": "dep-1", "model_version_id": key.model_version_id, "version": key.version, "month": day, "currency": key.currency,
        "served": 8, "labelled": 6, "realised": Decimal(160), "squares": 25_800.0, "estimated": Decimal("50.5"), "estimated_var": 9.0,
        "delay_s_sum": 6 * 86_400.0 * 3, "contract_id": key.contract_id, "positives": 3, "overridden": 1, "decided": Decimal(250),
    }  # fmt: skip
    return ValueRow(**(values | changes))  # type: ignore[arg-type]


def key_of(row: ValueRow) -> ContractKey:
    return next(key for key in (KEY, OTHER, EURO) if key.contract_id == row.contract_id)


def test_each_part_of_the_gap_has_its_known_answer() -> None:
    sums = make_sums(row(), 10.0, PROMISE)
    assert (sums.promised, sums.realised, sums.estimated) == (Decimal("276.00"), Decimal("160.00"), Decimal("50.50"))
    assert sums.gap == Gap(
        Decimal("-55.20"),  # 8 cases instead of 10, 27.6 each
        Decimal("-55.20"),  # 2 of them without outcome
        Decimal("44.40"),  # 3 of 6 positive instead of 2.4: 3 * 72 - 3 * 2 = 210 instead of 165.6
        Decimal("40.00"),  # the decisions were worth 250 instead of 210
        Decimal("-90.00"),  # and one was not followed
    )
    assert sums.gap.total == sums.realised - sums.promised
    assert sums.gap.main_cause is Cause.OVERRIDDEN
    assert (sums.labelled_share, sums.delay_days) == (0.75, 3.0)


def test_a_day_without_decisions_misses_its_volume() -> None:
    sums = make_sums(None, 5.0, PROMISE)
    assert (sums.promised, sums.realised, sums.gap.volume) == (Decimal("138.00"), Decimal(0), Decimal("-138.00"))
    assert sums.gap.main_cause is Cause.VOLUME


def test_without_a_promise_nothing_was_promised() -> None:
    sums = make_sums(row(), 10.0, None)
    assert sums.promised == 0
    assert sums.gap.total == sums.realised
    assert make_sums(None, 0.0, None).gap.main_cause is None


def test_where_the_report_does_not_tell_outcomes_apart_the_mix_counts_as_quality() -> None:
    plain = Promise(27.6, 25.0, 30.0, 100, 40, 44, Period.DAY, 10)
    gap = make_sums(row(), 10.0, plain).gap
    assert (gap.prevalence, gap.quality) == (Decimal("0.00"), Decimal("84.40"))


def test_cases_are_planned_for_the_time_in_charge() -> None:
    reigns = [
        Reign(KEY, PROMISE, MORNING + timedelta(hours=12), MORNING + timedelta(days=2)),
        Reign(OTHER, PROMISE, MORNING + timedelta(days=2), MORNING + timedelta(days=2, hours=6)),
    ]
    assert planned_by_day(reigns) == {
        (DAY, KEY): pytest.approx(5.0), (DAY + timedelta(days=1), KEY): pytest.approx(10.0), (DAY + timedelta(days=2), OTHER): pytest.approx(2.5),
    }  # fmt: skip


def test_what_a_trial_decides_is_missing_from_the_version_in_charge_and_only_from_it() -> None:
    reigns = [Reign(KEY, PROMISE, MORNING, MORNING + timedelta(days=1))]
    rows = [row(served=7, labelled=7), row(key=OTHER, served=3, labelled=3)]
    days = make_days(rows, reigns, key_of, lambda _: PROMISE)
    volumes = {key.version: sums.gap.volume for _, key, sums in days}
    assert volumes == {1: Decimal("-82.80"), 2: Decimal("82.80")}  # ten cases came, as planned


def test_rows_tell_what_has_come_together_since_go_live() -> None:
    days = make_days([row(DAY + timedelta(days=i)) for i in range(40)], [], key_of, lambda _: PROMISE)
    months = group_days(days, first_of_month, (date(2026, 4, 1), date(2026, 5, 1)))
    (april,) = months
    assert (april.day, april.sums.served, april.sums.realised) == (date(2026, 4, 1), 80, Decimal(1600))
    assert (april.since_go_live.served, april.since_go_live.realised) == (320, Decimal(6400))


def test_currencies_are_never_added() -> None:
    days = make_days([row(), row(key=EURO, served=100)], [], key_of, lambda _: PROMISE)
    found = make_totals((key, sums) for _, key, sums in days)
    assert [(t.currency, t.sums.served) for t in found] == [("EUR", 100), ("JPY", 8)]


def test_the_interval_is_that_of_all_cases_of_a_contract() -> None:
    days = [make_sums(row(squares=8100.0 * 2, realised=Decimal(180), labelled=6), 0.0, PROMISE) for _ in range(50)]
    total = sum(days, Sums())
    n, mean = 300, 30.0
    spread = (50 * 16_200 - n * mean**2) / (n - 1)
    assert float(total.realised_half) == pytest.approx(1.959964 * (n * spread) ** 0.5, abs=0.01)


def test_amounts_say_what_they_are_counted_over() -> None:
    words, nothing, everybody = Words("en"), AlternativeKind.NOTHING, AlternativeKind.EVERYBODY
    assert over_text(words, (everybody,)) == "against treating everybody"
    assert over_text(words, (nothing, everybody)) == "against the best that was possible without a model"


def test_a_single_month_is_not_counted_as_one_of_one() -> None:
    kept, missed = Sums(promised=Decimal(5), realised=Decimal(3), estimated=Decimal(2)), Sums(promised=Decimal(5))
    assert rows_title(Words("en"), [(DAY, kept)], By.MONTH) == "Comes up to its promise, with what is still expected"
    assert rows_title(Words("ja"), [(DAY, missed)], By.MONTH) == "見込みを含めても約束に届いていません"
    assert rows_title(Words("en"), [(DAY, kept), (DAY, missed)], By.DAY).startswith("1 of 2 days")


def test_a_changed_frequency_claims_no_direction() -> None:
    for sign in (-1, 1):
        sums = Sums(promised=Decimal(10), realised=Decimal(10 + 5 * sign), gap=Gap(prevalence=Decimal(5 * sign)))
        assert cause_text(Words("en"), sums) == "mostly a change in how often the outcome happens"


MONEY = st.decimals(-1_000_000, 1_000_000, places=4)
COUNTS = st.integers(0, 500)


@st.composite
def value_rows(draw: st.DrawFn, key: ContractKey = KEY) -> ValueRow:
    served = draw(COUNTS)
    labelled = draw(st.integers(0, served))
    return row(
        DAY + timedelta(days=draw(st.integers(0, 90))), key, served=served, labelled=labelled, positives=draw(st.integers(0, labelled)),
        overridden=draw(st.integers(0, labelled)), realised=draw(MONEY), decided=draw(MONEY), estimated=draw(MONEY),
        squares=draw(st.floats(0, 1e9)),
    )  # fmt: skip


PROMISES = st.builds(
    lambda per_case, up, down, cases: Promise(per_case, per_case, per_case, 100, 40, 50, Period.MONTH, cases, 0.8, 0.6, up, down),
    st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.integers(1, 10**6),
)  # fmt: skip


@settings(deadline=None)
@given(value_rows(), st.floats(0, 1e6), PROMISES)
def test_the_parts_add_up_to_the_gap_to_the_last_digit(counted: ValueRow, planned: float, promise: Promise) -> None:
    sums = make_sums(counted, planned, promise)
    assert sums.gap.total == sums.realised - sums.promised
    assert sum((sums.gap.part(cause) for cause in Cause), Decimal(0)) == sums.gap.total


@settings(deadline=None)
@given(st.lists(value_rows(), max_size=30, unique_by=lambda r: r.month), st.lists(value_rows(OTHER), max_size=30, unique_by=lambda r: r.month), PROMISES)  # fmt: skip
def test_days_add_up_to_months_and_months_to_the_total(rows: list[ValueRow], others: list[ValueRow], promise: Promise) -> None:
    reigns = [Reign(KEY, promise, MORNING, MORNING + timedelta(days=31)), Reign(OTHER, promise, MORNING + timedelta(days=31), MORNING + timedelta(days=91))]  # fmt: skip
    days = make_days([*rows, *others], reigns, key_of, lambda _: promise)
    within = (DAY, DAY + timedelta(days=100))
    by_day, by_month = group_days(days, lambda day: day, within), group_days(days, first_of_month, within)
    for month in by_month:
        mine = [r.sums for r in by_day if first_of_month(r.day) == month.day and r.key == month.key]
        for name in ("served", "labelled", "overridden", "promised", "realised", "estimated", "gap"):
            assert getattr(sum(mine, Sums()), name) == getattr(month.sums, name)
        assert month.sums.gap.total == month.sums.realised - month.sums.promised
    for grouped in (by_day, by_month):
        (total,) = make_totals((r.key, r.sums) for r in grouped)
        assert total.sums.gap.total == total.sums.realised - total.sums.promised
        assert total.sums.promised == grouped[-1].since_go_live.promised
        assert total.sums.realised == grouped[-1].since_go_live.realised


@settings(deadline=None)
@given(st.lists(value_rows(), min_size=1, max_size=20, unique_by=lambda r: r.month), PROMISES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[ValueRow], promise: Promise, luck) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(rows)
    luck.shuffle(shuffled)
    assert make_days(rows, [], key_of, lambda _: promise) == make_days(shuffled, [], key_of, lambda _: promise)
