"""The slides: few, native, named by their findings, in both languages."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pptx import Presentation

from core.impact.economics import business_case
from core.impact.export.content import build_content
from core.impact.export.slides import make_slides
from core.impact.report import ImpactReport
from core.project.model import Nouns
from tests.impact.export.conftest import EVIL, Make
from tests.impact.test_sentences import CASES


def opened(data: bytes) -> Any:
    return Presentation(BytesIO(data))


def texts(slide: Any) -> str:
    said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    said += [cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_deck_has_five_to_eight_slides_whose_titles_are_the_findings(make: Make, kind: str, language: str) -> None:
    spec = make(kind, language=language, champion=True)
    deck, content = opened(make_slides(spec)), build_content(spec)
    assert 5 <= len(deck.slides) <= 8
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[0] == content.headline
    assert content.alternatives.title in titles
    assert len(set(titles)) == len(titles)
    for slide in deck.slides:
        assert content.footer in texts(slide)
    assert "report-1" in content.footer
    assert spec.seal.signature in texts(deck.slides[len(deck.slides) - 1])
    assert deck.core_properties.language == language


def test_tables_and_charts_are_native(make: Make) -> None:
    spec = make(champion=True)
    deck = opened(make_slides(spec))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    tables, charts = [s.table for s in shapes if s.has_table], [s.chart for s in shapes if s.has_chart]
    assert (len(tables), len(charts)) == (5, 3)
    assert not [shape for shape in shapes if shape.shape_type == 13]  # no pictures
    content = build_content(spec)
    assert [tuple(cell.text for cell in row.cells) for row in tables[1].rows][1:] == list(content.alternatives_table.rows)
    assert [tuple(cell.text for cell in row.cells) for row in tables[0].rows][1:] == [row[:3] for row in content.deciding.table.rows]
    curve, alternatives, tornado = charts
    values = list(curve.plots[0].series)[2].values
    assert [v * 1e6 for v in values] == pytest.approx([float(p.value) for p in spec.report.curve])
    told = next(iter(alternatives.plots[0].series)).values
    assert told[-1] * 1e6 == pytest.approx(float(spec.report.value.value))
    bars = spec.report.tornado
    assert list(tornado.plots[0].series)[1].values[-1] * 1e6 == pytest.approx(
        float(max(bars[0].at_low, bars[0].at_high) - spec.report.value.value)
    )


def test_a_business_case_has_its_slide(make: Make, costly: ImpactReport) -> None:
    deck = opened(make_slides(make(report=costly)))
    assert len(deck.slides) == 8
    slide = next(slide for slide in deck.slides if "today's money" in texts(slide))
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    case = business_case(costly.gain, costly.period, costly.economics)
    assert list(chart.plots[0].series)[2].values[-1] * 1e6 == pytest.approx(float(case.npv.value), abs=0.02)


def test_nothing_stands_outside_of_a_slide(make: Make) -> None:
    for language in ("en", "ja"):
        deck = opened(make_slides(make(language=language, champion=True, draft=True)))
        for slide in deck.slides:
            for shape in slide.shapes:
                assert shape.left >= 0
                assert shape.top >= 0
                assert shape.left + shape.width <= deck.slide_width
                assert shape.top + shape.height <= deck.slide_height


def test_japanese_has_its_fonts_and_its_language(make: Make) -> None:
    deck = opened(make_slides(make(language="ja")))
    theme = next(rel.target_part for rel in deck.slide_masters[0].part.rels.values() if rel.reltype.endswith("/theme"))
    assert '<a:ea typeface="Yu Gothic"/>' in theme.blob.decode()
    runs = [run for p in deck.slides[0].shapes.title.text_frame.paragraphs for run in p.runs]
    assert {run._r.rPr.get("lang") for run in runs} == {"ja-JP"}


def test_a_draft_is_marked_on_every_slide(make: Make) -> None:
    deck = opened(make_slides(make(draft=True)))
    assert all("Draft: not frozen, not signed" in texts(slide) for slide in deck.slides)


def test_text_from_people_is_text(make: Make) -> None:
    nouns = Nouns("case", "cases", "leave", "stay", "call", f"calls{EVIL}")
    deck = opened(make_slides(make(name=EVIL, nouns=nouns)))
    assert EVIL in texts(deck.slides[0])


def test_decisions_case_by_case_have_their_slides_too(make: Make, by_case: ImpactReport) -> None:
    deck = opened(make_slides(make(report=by_case)))
    assert 5 <= len(deck.slides) <= 8
    assert any("900 * tenure" in texts(slide) for slide in deck.slides)
