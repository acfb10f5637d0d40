"""The web page: whole by itself, escaped, in both languages."""

from __future__ import annotations

import base64
import re
from html import unescape

import pytest

from core.impact import sentences as say
from core.impact.export.html import make_page
from core.impact.report import ImpactReport
from core.project.model import Nouns
from tests.impact.export.conftest import EVIL, Make


def pictures(page: str) -> list[str]:
    return [base64.b64decode(code).decode() for code in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)]


def plain(page: str) -> str:
    """What a reader sees, without tags."""
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL))).replace("\u2060", "")


@pytest.mark.parametrize("kind", ["wins", "costs", "nobody"])
def test_a_page_is_whole_and_asks_nobody(make: Make, kind: str) -> None:
    spec = make(kind, champion=True)
    page = make_page(spec).decode()
    drawn = pictures(page)
    assert len(drawn) == (5 if spec.report.tornado else 4)
    assert all(svg.startswith("<svg") and "NaN" not in svg for svg in drawn)
    assert "http://" not in page
    assert "https://" not in page
    assert " nan" not in plain(page).lower()
    assert say.headline(spec.words, spec.report) in plain(page)
    assert spec.seal.signature in page
    assert page.count("alt=") == len(drawn)


def test_charts_carry_the_figures_of_the_report_in_its_language(make: Make) -> None:
    spec = make(champion=True, language="ja")
    page = make_page(spec).decode()
    assert '<html lang="ja">' in page
    _, curve, _, dots, tornado = pictures(page)
    worth = spec.words.money(spec.report.value.value, "JPY")
    assert worth in curve
    assert worth in dots
    assert "稼働中のモデル（version 6）" in dots
    assert spec.words.money(spec.report.tornado[0].at_high - spec.report.value.value, "JPY", signed=True) in tornado
    assert "Noto Sans CJK JP" in curve
    assert "Hiragino Sans" in curve


def test_what_people_wrote_stays_text(make: Make) -> None:
    nouns = Nouns("case", f"cases{EVIL}", "leave", "stay", "call", f"calls{EVIL}")
    page = make_page(make(name=EVIL, nouns=nouns)).decode()
    assert "<script>" not in page
    assert EVIL in plain(page)
    assert all("<script>" not in svg for svg in pictures(page))


def test_a_draft_is_marked(make: Make) -> None:
    page = make_page(make(draft=True)).decode()
    assert 'class="watermark"' in page
    assert "Draft: not frozen, not signed" in plain(page)
    assert 'class="watermark"' not in make_page(make()).decode()


def test_costs_and_ways_of_deciding_are_told(make: Make, costly: ImpactReport, by_case: ImpactReport) -> None:
    page = make_page(make(report=costly)).decode()
    assert len(pictures(page)) == 6
    assert "in today's money" in plain(page)
    assert "Cost of the roll-out, once" in plain(page)
    told = plain(make_page(make(report=by_case)).decode())
    assert "Case by case, where it pays" in told
    assert "With one threshold for everybody" in told
    assert "on average (900 * tenure)" in told
