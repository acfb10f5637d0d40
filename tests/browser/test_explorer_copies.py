"""What the card's browser code copies from Python gives the same, digit for digit: formats and values."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from app.ui.explorer import table_data
from app.ui.forms import read_amount
from core.impact.alternatives import AlternativeKind
from core.impact.explorer import Assumptions, RowAmounts, Scored, build_explorer
from core.impact.explorer_value import best_under, curve_under, gain_under, reference_under
from core.words import Language, Words
from core.words.money import currency_marks
from tests.impact.conftest import make_frame

pytestmark = [pytest.mark.browser]
UI = Path(__file__).resolve().parents[2] / "app" / "ui"
EDGES = (
    0, -0.0, 0.4, -0.4, 0.5, 1, 9.995, 99.5, 99.994, 99.995, 100, 999.5, 9_999.4, 9_999.5, 10_000, 12_345, 99_949, 99_950, 99_999.5, 100_000,
    999_499, 999_500, 999_949, 999_950, 1_000_000, 1_234_567, 9_994_999, 9_995_000, 9_999_500, 12_340_000, 99_995_000, 99_999_999, 100_000_000,
    123_456_789, 184_213_456, 999_950_000, 9_999_995_000, 9_999_999_999, 10_000_000_000, 99_999_999_999, 999_999_500_000, 1e12, 1.5e12, 1.23e13,
    9.99e14, 1e15, 2e16, 1e-7, 3.5e-10, 2.675, 1.005, 0.285, 30_500_000, 1_000_499.5,
)  # fmt: skip


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    for name in ("explorer_format.js", "explorer_value.js"):
        page.add_script_tag(content=(UI / name).read_text(encoding="utf-8"))
    yield page
    page.close()


def amounts() -> list[float]:
    rng = random.Random(5)
    many = [rng.choice((-1, 1)) * rng.random() * 10 ** rng.uniform(-2, 15) for _ in range(1_500)]
    whole = [float(round(value)) for value in many[:700]]
    cents = [round(value, 2) for value in many[700:1_200]]
    return [float(sign * edge) for edge in EDGES for sign in (1, -1)] + many + whole + cents


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("currency", ["JPY", "USD", "EUR", "CLP", "CHF", "KRW"])
def test_money_is_written_as_python_writes_it(blank: Page, language: Language, currency: str) -> None:
    words, values = Words(language), amounts()
    marks = {**asdict(currency_marks(currency, language)), "japanese": language == "ja"}
    found = blank.evaluate(
        "([values, marks]) => values.map(v => [money(v, marks), money(v, marks, true), moneyExact(v, marks), moneyTick(v, marks)])",
        [values, marks],
    )
    expected = [
        [words.money(v, currency), words.money(v, currency, signed=True), words.money_exact(v, currency), words.money_tick(v, currency)]
        for v in values
    ]
    assert found == expected


def test_numbers_and_shares_are_written_as_python_writes_them(blank: Page) -> None:
    words, values = Words("en"), amounts()
    found = blank.evaluate("values => values.map(v => [number(v), number(v, 1), number(v, 2, true)])", values)
    assert found == [[words.number(v), words.number(v, 1), words.number(v, 2, signed=True)] for v in values]
    shares = [k / 997 for k in range(998)] + [0.125, 0.285, 0.0345, 1e-5]
    found = blank.evaluate("values => values.map(v => [percent(v), percent(v, 1), percent(v, 2)])", shares)
    assert found == [[words.percent(v), words.percent(v, 1), words.percent(v, 2)] for v in shares]


def test_typed_amounts_are_read_as_forms_read_them(blank: Page) -> None:
    typed = [
        "1,200",
        "¥1.2M",
        "120万",
        "1億5,000万円",
        "−3.5",
        "１,２００円",
        "$ 5",
        "2k",
        " 900 ",
        "-1.5B",
        "",
        "abc",
        "nan",
        "1e5",
        "1_000",
        "1.2.3",
        "12,50",
        "1,5",
        "1234,567",
        "1,23,456",
        "1,234,567.5",
        "万",
    ]
    found = blank.evaluate("texts => texts.map(readAmount)", typed)
    assert found == [None if (amount := read_amount(text)) is None else float(amount) for text in typed]


@pytest.mark.parametrize("by_row", [False, True])
def test_values_are_those_of_python(blank: Page, by_row: bool) -> None:
    frame = make_frame(3_000)
    rng = np.random.default_rng(3)
    y, score = frame.y.to_numpy(dtype=bool), frame.score.to_numpy()
    amount = RowAmounts(tp=rng.lognormal(2, 1, 1_500), fn=rng.normal(0, 1, 1_500), tn=rng.random(1_500)) if by_row else RowAmounts()
    cost = rng.random(1_500) * 20
    test, validation = Scored(y[1_500:], score[1_500:], amount, cost), Scored(y[:1_500], score[:1_500], amount, cost)
    agreed = Assumptions(120.0, -15.0, -3.0, 0.5, 10_000, float(test.y.mean()))
    table = build_explorer(test, validation, agreed, 0.1234, frame.tenure.to_numpy()[1_500:] < 12)
    many = [
        agreed, replace(agreed, prevalence=0.03), replace(agreed, fp=-90.0, capacity=800.0), Assumptions(-5, 7, 9, 0, 3, 0.6, 0.0),
        replace(agreed, fp=-2.0, budget=9_000.0), replace(agreed, fp=-2.0, precision=0.62), replace(agreed, capacity=700.0, budget=5_000.0, precision=0.5),
    ]  # fmt: skip
    for assumed in many:
        found = blank.evaluate(
            """([table, a, agreed]) => { const curve = curveUnder(table.test, a); return {
                curve: [curve.value, curve.low, curve.high, curve.actions].map(column => [...column]), best: bestUnder(table, a, curve.actions, agreed),
                gains: ['nothing', 'everybody', 'rule'].map(k => Object.values(gainUnder(table, a, 40, k))), reference: referenceUnder(table, a) }; }""",
            [table_data(table), asdict(assumed), assumed == agreed],
        )
        curve = curve_under(table, assumed)
        for column, expected in zip(found["curve"], (curve.value, curve.low, curve.high, curve.actions), strict=True):
            assert column == pytest.approx(expected.tolist(), rel=1e-8, abs=1e-4)
        assert found["best"] == best_under(table, assumed)
        assert found["reference"] == reference_under(table, assumed)
        for kind, told in zip((AlternativeKind.NOTHING, AlternativeKind.EVERYBODY, AlternativeKind.RULE), found["gains"], strict=True):
            gain = gain_under(table, assumed, 40, kind)
            assert told == pytest.approx([gain.value, gain.low, gain.high], rel=1e-8, abs=1e-4)


@pytest.mark.parametrize("share", [0.002, 0.25])
def test_cells_always_add_up(blank: Page, share: float) -> None:
    frame = make_frame(2_000)
    scored = Scored(frame.y.to_numpy(dtype=bool), frame.score.to_numpy())
    agreed = Assumptions(1, -1, 0, 0, 1, share)
    table = build_explorer(scored, scored, agreed, 0.3)
    found = blank.evaluate("([t, a]) => t.thresholds.map((_, i) => cellsOf(t, a, i, 10000))", [table_data(table), asdict(agreed)])
    assert {sum(cells) for cells in found} == {10_000}
    assert {cells[0] + cells[2] for cells in found} <= {round(share * 10_000) + d for d in (-1, 0, 1)}
    assert min(min(cells) for cells in found) == 0
