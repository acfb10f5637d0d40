"""Charts: valid specifications, honest scales, readable ticks; also with nothing, one value, and odd values."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui import charts
from app.ui.charts import base
from core.words import Words
from core.words.ticks import inner_ticks, nice_ticks

EN, JA = Words("en"), Words("ja")
DAYS = [date(2026, 9, 1) + timedelta(days=i) for i in range(30)]
MONTHS = [charts.MonthValue(date(2026, m, 1), m * 1e6, m * 0.9e6, m * 1.1e6, 5e6) for m in range(4, 12)]
POINTS = [(i * 500.0, 1e6 * (10 - (i - 8) ** 2 / 10), 0.0, 12e6) for i in range(21)]
LINES = [charts.RunLine("Run 2", "main", POINTS, (4_000.0, 10e6)), charts.RunLine("Run 1", "alternative", POINTS[::2], (3_000.0, 9e6))]
CURVE = [charts.CurvePoint(i / 10, i / 10, 0.0, 1.0) for i in range(11)]


def all_charts(words: Words) -> dict[str, Callable[[], base.Chart]]:
    estimate, swing, day = charts.Estimate, charts.Swing, charts.DayPoint
    return {
        "value_over_time": lambda: charts.value_over_time(words, "JPY", MONTHS),
        "value_lines": lambda: charts.value_lines(words, "USD", LINES, axis_title="Calls a month"),
        "interval_dots": lambda: charts.interval_dots(
            [estimate("a", 1, 0, 2), estimate("b", 3, 3, 3, "reference")], write=str, reference=(2, "limit")
        ),
        "ledger_bars": lambda: charts.ledger_bars(words, "JPY", [charts.LedgerBar("Mar", "March 2026", 5e6, 3e6, 2e6, 4e6, 1e6)] * 3),
        "waterfall": lambda: charts.waterfall(
            words, "EUR", [charts.WaterfallStep("from", 0, 5, "5", "reference"), charts.WaterfallStep("less", 5, 3, "-2", "loss")]
        ),
        "tornado": lambda: charts.tornado(words, "JPY", 10e6, [swing("a", 8e6, 13e6), swing("b", 11e6, 9.5e6)]),
        "roc": lambda: charts.roc(words, CURVE, champion=CURVE),
        "pr": lambda: charts.pr(words, CURVE, base_rate=0.2),
        "calibration": lambda: charts.calibration(words, [charts.RatePoint(0.2, 0.25, 0.1, 0.4, 30)]),
        "confusion": lambda: charts.confusion(
            words, hit=1, missed=2, unneeded=3, left_alone=4, said_yes="C", said_no="N", was_yes="L", was_no="S"
        ),
        "histogram": lambda: charts.histogram(
            words, [charts.Bin(0, 1, 5), charts.Bin(1, 2, 500)], before=[charts.Bin(0, 1, 2)], log_counts=True
        ),
        "category_bars": lambda: charts.category_bars(words, [("a", 5), ("b", 2)], before=[("a", 9)]),
        "importance_bars": lambda: charts.importance_bars(words, [("a", 0.3, 0.2, 0.4), ("b", -0.1, -0.2, 0.0)], signed=True),
        "psi_over_time": lambda: charts.psi_over_time(words, [day(d, 0.1) for d in DAYS], watch=0.1, alarm=0.25),
        "share_area": lambda: charts.share_area(words, [day(d, 0.5, s) for d in DAYS for s in ("v6", "v7")]),
        "latency_line": lambda: charts.latency_line(words, [day(d, 30.0, "p50") for d in DAYS], limit_ms=100),
        "sparkline": lambda: charts.sparkline([1, 2, 3]),
        "class_heat": lambda: charts.class_heat(
            words, ["it's", "b"], [[charts.ClassCell("1", 0.5, "main")] * 2] * 2, row_title="is", column_title="taken for"
        ),
        "interval_bars": lambda: charts.interval_bars([estimate("a", 1, 0, 2, "loss")], write=str, write_tick=str),
        "part_bars": lambda: charts.part_bars([charts.Parts("a", 1, 2)], ("loss", "alternative"), write=str, write_tick=str),
        "adjustment_curve": lambda: charts.adjustment_curve(
            words, "EUR", [charts.CurveSpot(x, 9 + x * x, 8, 20, 4, 5) for x in (-1.0, 0.0, 1.0)],
            [(0.0, "as it is", "reference"), (0.5, "chosen", "main")], write_x=str, sides=("few", "many"),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(all_charts(EN)))
@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
def test_every_chart_is_valid_and_takes_its_colours_from_the_theme(name: str, words: Words) -> None:
    spec = all_charts(words)[name]().to_dict()
    text = json.dumps(spec)
    assert "#" not in text.replace('"$schema"', "").split('"config"')[0].replace("#,", ""), "a colour that the theme doesn't know"
    assert spec["width"] == "container"
    assert '"domain": ["main", "reference"' in text


@pytest.mark.parametrize("name", sorted(all_charts(EN)))
def test_a_chart_is_small(name: str) -> None:
    assert len(json.dumps(all_charts(EN)[name]().to_dict())) < 60_000


EMPTY: dict[str, Callable[[], base.Chart]] = {
    "value_over_time": lambda: charts.value_over_time(EN, "JPY", []),
    "one month": lambda: charts.value_over_time(EN, "JPY", [charts.MonthValue(date(2026, 1, 1), None, None, None, 5)]),
    "value_lines": lambda: charts.value_lines(EN, "JPY", [], axis_title="Calls a month"),
    "interval_dots": lambda: charts.interval_dots([], write=str),
    "tornado": lambda: charts.tornado(EN, "JPY", 0, []),
    "roc": lambda: charts.roc(EN, []),
    "calibration": lambda: charts.calibration(EN, []),
    "confusion": lambda: charts.confusion(
        EN, hit=0, missed=0, unneeded=0, left_alone=0, said_yes="a", said_no="b", was_yes="c", was_no="d"
    ),
    "histogram": lambda: charts.histogram(EN, []),
    "category_bars": lambda: charts.category_bars(EN, []),
    "importance_bars": lambda: charts.importance_bars(EN, []),
    "psi_over_time": lambda: charts.psi_over_time(EN, [], watch=0.1, alarm=0.2),
    "share_area": lambda: charts.share_area(EN, []),
    "latency_line": lambda: charts.latency_line(EN, []),
    "sparkline": lambda: charts.sparkline([]),
}


@pytest.mark.parametrize("name", sorted(EMPTY))
def test_a_chart_of_nothing_is_still_a_chart(name: str) -> None:
    assert "layer" in EMPTY[name]().to_dict()


def test_every_money_tick_carries_its_unit() -> None:
    expression = json.dumps(charts.value_over_time(JA, "JPY", MONTHS).to_dict(), ensure_ascii=False)
    assert "万円" in expression
    assert "indexof" in expression


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(3, 6))
def test_ticks_cover_the_range_and_are_few(low: float, width: float, most: int) -> None:
    high = low + width
    ticks = nice_ticks(low, high, most)
    assert 2 <= len(ticks) <= most
    assert ticks == sorted(ticks)
    slack = 1e-6 * max(abs(low), abs(high), 1)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_inner_ticks_lie_inside(low: float, width: float) -> None:
    ticks = inner_ticks(low, low + width)
    assert 2 <= len(ticks) <= 5
    assert all(low <= tick <= low + width for tick in ticks)
