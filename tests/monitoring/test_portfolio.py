"""Ledger and portfolio: promised against earned, never two currencies in one sum, fast on a year of summaries."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity import Principal
from core.monitoring import catalogue, story
from core.monitoring.catalogue import Live, LiveState
from core.monitoring.ingest import ingest_now
from core.monitoring.ledger import make_entry, make_ledgers
from core.monitoring.model import Window
from core.monitoring.portfolio import Stage, Standing, get_portfolio, judge_standing
from core.monitoring.service import all_time, get_ledger
from core.monitoring.sums import ValueRow
from core.monitoring.windows import Span, window_for
from core.project import service as projects
from core.words import Words
from core.workspace import Workspace
from tests.monitoring.conftest import PROMISE, START, Gateway, make_served
from tests.project.test_service import SPEC

amounts = st.decimals(-(10**9), 10**9, places=2)


def value_row(version: str = "mv1", month: int = 3, currency: str = "JPY", **changes: Any) -> ValueRow:
    values: dict[str, Any] = {
        "served": 100, "labelled": 50, "realised": Decimal(1600), "squares": 90_000.0, "estimated": Decimal(1200), "estimated_var": 400.0,
        "delay_s_sum": 50 * 86_400.0,
    }  # fmt: skip
    return ValueRow("dep-1", version, 1, date(2026, month, 1), currency, **(values | changes))


def test_an_entry_of_known_sums() -> None:
    entry = make_entry("JPY", [value_row()], lambda _: PROMISE)
    assert (entry.realised, entry.promised, entry.promised_served) == (Decimal("1600.00"), Decimal("1500.00"), Decimal("3000.00"))
    # spread (90,000 - 1600^2 / 50) / 49, times 50, root, times 1.96
    half = 1.959964 * (50 * (90_000 - 1600**2 / 50) / 49) ** 0.5
    assert float(entry.high - entry.realised) == pytest.approx(half, abs=0.01)
    assert float(entry.estimated_high - entry.estimated) == pytest.approx(1.959964 * 20, abs=0.01)
    assert (entry.coverage, entry.delay_days) == (0.5, 1.0)
    assert entry.kept == pytest.approx(1600 / 1500)
    assert entry.gap == Decimal("100.00")


@given(a=amounts, b=amounts)
def test_months_add_up_to_the_total(a: Decimal, b: Decimal) -> None:
    rows = [value_row(month=3, realised=a), value_row(month=4, realised=b)]
    (ledger,) = make_ledgers(rows, lambda _: PROMISE)
    assert ledger.total.realised == sum(m.entry.realised for m in ledger.months) == a + b
    assert ledger.total.promised == sum(m.entry.promised for m in ledger.months)
    assert ledger.total.low <= ledger.total.realised <= ledger.total.high


def test_currencies_are_never_added() -> None:
    ledgers = make_ledgers([value_row(), value_row(currency="USD", month=4)], lambda _: None)
    assert [(x.currency, x.total.realised) for x in ledgers] == [("USD", Decimal("1600.00")), ("JPY", Decimal("1600.00"))]


@pytest.mark.parametrize(
    ("realised", "labelled", "standing"),
    [(20_000, 500, Standing.AHEAD), (15_000, 500, Standing.AS_PROMISED), (5_000, 500, Standing.BELOW), (500, 50, Standing.EARLY)],
)
def test_standing_follows_the_interval(realised: int, labelled: int, standing: Standing) -> None:
    live = Live("dep-1", "churn", "p", LiveState.LIVE, "mv1", 1, 0.0, START)
    row = value_row(labelled=labelled, realised=Decimal(realised), squares=realised**2 / labelled + 900_000.0)
    entry = make_entry("JPY", [row], lambda _: PROMISE)
    assert judge_standing(entry, [live]) is standing
    assert judge_standing(entry, [replace(live, state=LiveState.STOPPED)]) is Standing.STOPPED
    assert judge_standing(entry, []) is Standing.NOT_STARTED


@pytest.fixture
def business(ws: Workspace, gateway: Gateway, versions: dict, scientist: Principal, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Two projects: one live for two months and earning, one that has only begun."""
    churn = projects.create_project(ws, scientist, SPEC)
    projects.create_project(ws, scientist, replace(SPEC, name="Loan pre-check"))
    live = Live("dep-1", "churn", churn.id, LiveState.LIVE, "mv1", 1, 0.1, START)
    monkeypatch.setattr(catalogue, "list_live", lambda ws: [live])
    for month in range(2):
        for i in range(150):
            at = START + timedelta(days=30 * month, minutes=i)
            key = gateway.predict(at, score=0.9)
            if i % 3:
                gateway.feed_back(key, int(i % 10 < 8), at + timedelta(days=3))
    gateway.finish()
    ingest_now(ws)
    return ws


def test_portfolio_of_two_projects(business: Workspace, viewer: Principal) -> None:
    window = Window(START - timedelta(days=1), START + timedelta(days=90))
    found = get_portfolio(business, viewer, window)
    first, second = found.projects
    assert (first.stage, first.standing, second.stage, second.standing) == (Stage.LIVE, Standing.AHEAD, Stage.FRAMING, Standing.NOT_STARTED)
    assert found.main is not None
    entry = found.main.entry
    assert (entry.served, entry.labelled) == (300, 200)
    assert entry.realised == Decimal(160 * 90 - 40 * 10)
    assert entry.promised == Decimal(200 * 30)
    assert [m.month for m in found.main.months] == [date(2026, 3, 1), date(2026, 4, 1)]
    assert found.attention == ()
    ledgers = get_ledger(business, viewer, "churn", all_time(business))
    assert ledgers[0].total == entry


def test_the_story_in_both_languages(business: Workspace, viewer: Principal) -> None:
    found = get_portfolio(business, viewer, all_time(business))
    en, ja = Words("en"), Words("ja")
    assert story.headline(en, found, Span.ALL) == "Models have earned ¥14.0K so far, ¥8,000 more than promised for these decisions"
    assert "14,000円" in story.headline(ja, found, Span.ALL)
    assert "Between ¥" in story.lead(en, found)
    assert "{" not in story.lead(ja, found)
    assert [f.label for f in story.figures(en, found)] == ["Earned in April", "Promise kept", "Waiting for a decision", "Needs attention"]
    assert story.chart_title(en, found.main.months) == "Every month has kept its promise"  # type: ignore[union-attr]
    assert story.stage_text(en, found.projects[0]) == "Live, trial at 10%"
    empty = get_portfolio(business, viewer, Window(START - timedelta(days=9), START - timedelta(days=8)))
    assert story.headline(en, empty, Span.ALL) == "Models are live; what they earn shows as soon as outcomes are known"


def test_windows_are_whole_months() -> None:
    now = datetime(2026, 12, 5, 12, tzinfo=UTC)
    assert window_for(Span.TWELVE_MONTHS, now).from_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert window_for(Span.YEAR, now).from_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert window_for(Span.TWELVE_MONTHS, datetime(2026, 3, 31, tzinfo=UTC)).from_at == datetime(2025, 4, 1, tzinfo=UTC)


def test_a_year_of_a_million_predictions_opens_at_once(
    ws: Workspace, viewer: Principal, scientist: Principal, versions: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives = []
    for i in range(3):
        project = projects.create_project(ws, scientist, replace(SPEC, name=f"Project {i}"))
        lives.append(Live(f"dep-{i}", f"d{i}", project.id, LiveState.LIVE, "mv1", 1, 0.0, START))
        ws.store.write(lambda tx, i=i: _fill(tx, f"dep-{i}"))
    monkeypatch.setattr(catalogue, "list_live", lambda ws: lives)
    versions["mv1"] = make_served()
    get_portfolio(ws, viewer, all_time(ws))
    started = time.perf_counter()
    found = get_portfolio(ws, viewer, all_time(ws))
    assert time.perf_counter() - started < 1.0  # 0.2 s on an idle machine
    assert found.main is not None
    assert found.main.entry.served == 3 * 8760 * 40


def _fill(tx: Any, deployment_id: str) -> None:
    hours = "TIMESTAMPTZ '2025-06-01 00:00:00+00' + INTERVAL (i) HOUR"
    tx.execute(
        "INSERT INTO prediction_hours SELECT ?, 'mv1', 1, 'champion', " + hours + ", false, 40, 20, 20.0, [1], [1], 1.0"
        " FROM range(8760) t(i)",
        [deployment_id],
    )
    tx.execute(
        "INSERT INTO truth_hours SELECT ?, 'mv1', 1, 'champion', "
        + hours
        + ", false, 30, 10, 5, 5, 10, 15.0, [1], [1] FROM range(8760) t(i)",
        [deployment_id],
    )
    tx.execute(
        "INSERT INTO value_hours SELECT ?, 'mv1', 1, '', " + hours + ", 'JPY', 40, 100, 10, 30, 15, 0, 900, 90000, 900, 80, 8, 3600"
        " FROM range(8760) t(i)",
        [deployment_id],
    )
