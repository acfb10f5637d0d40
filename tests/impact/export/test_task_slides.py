"""Slides of runs with several classes and of forecasts: few, native, whole, and within their edges whatever people name things."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from core.impact.any_report import AnyReport
from core.impact.export import task_slides
from core.impact.export.formats import ExportFormat
from core.impact.export.making import make_file
from core.impact.export.pieces import Finding, Part, Table
from core.impact.export.slide_tables import fit_table
from core.impact.export.task_content import build_task_content
from core.impact.export.task_slides import make_task_slides
from core.impact.export.task_spec import TaskSpec
from core.impact.seal import Seal
from core.project.model import Task
from core.project.payoffs import ClassPayoffs
from tests.impact.export.conftest import EVIL
from tests.impact.export.test_slides import opened, texts
from tests.impact.export.test_task_exports import KINDS, spec, valued

MANY = tuple(f"queue {index:02d} of the night shift" for index in range(12))
MANY_PAYOFFS = ClassPayoffs(MANY, tuple(tuple(Decimal(0 if i == j else -1 - i) for j in range(12)) for i in range(12)))


def deck_of(made: TaskSpec) -> Any:
    return opened(make_file(dataclasses.replace(made, format=ExportFormat.SLIDES)))


def within(deck: Any) -> None:
    """No shape beyond its slide, no table into the footer."""
    for slide in deck.slides:
        for shape in slide.shapes:
            assert min(shape.left, shape.top) >= 0
            assert shape.left + shape.width <= deck.slide_width
            high = sum(row.height for row in shape.table.rows) if shape.has_table else shape.height
            assert shape.top + high <= deck.slide_height * (0.935 if shape.has_table else 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_deck_has_five_to_eight_slides_and_says_what_the_report_says(kind: str, language: str) -> None:
    made = spec(kind, language=language)
    deck, content = deck_of(made), build_task_content(made)
    assert 5 <= len(deck.slides) <= 8
    said = "\n".join(texts(slide) for slide in deck.slides)
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[0] == content.headline
    assert len(set(titles)) == len(titles)
    for key, part in content.parts:
        assert part.finding.title in said
        assert all(sentence in said for sentence in part.told), key
        for row in part.table.rows if part.table else ():
            assert all(cell in said for cell in row), key
    for label, text in (*content.assumptions.rows, *content.sources):
        assert label in said
        assert text in said
    for slide in deck.slides:
        assert content.draft in texts(slide)
        assert content.footer in texts(slide)
    within(deck)


def test_charts_are_native_and_hold_the_reports_figures() -> None:
    made = spec("forecast")
    deck, found = deck_of(made), made.value.forecast
    assert found is not None
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert not [shape for shape in shapes if shape.shape_type == 13]  # no pictures
    policies, curve, sides, swings = (shape.chart for shape in shapes if shape.has_chart)
    assert len(swings.plots[0].categories) == len(found.tornado) >= 3
    assert [v * 1e3 for v in next(iter(policies.plots[0].series)).values][::-1] == pytest.approx(
        [float(p.cost.value) for p in found.policies]
    )
    cost = next(s for s in curve.plots[0].series if s.name == "Cost")
    assert [v * 1e3 for v in cost.values] == pytest.approx([float(p.cost.value) for p in found.curve])
    under, over = sides.plots[0].series
    assert [(u + o) * 1e3 for u, o in zip(under.values, over.values, strict=True)][::-1] == pytest.approx(
        [float(p.under.value + p.over.value) for p in found.policies]
    )


def test_what_is_taken_for_what_stands_in_cases_and_in_money() -> None:
    made = spec("classes")
    deck, parts = deck_of(made), dict(build_task_content(made).parts)
    slide = next(slide for slide in deck.slides if slide.shapes.title.text == parts["counts"].finding.title)
    tables = [shape.table for shape in slide.shapes if shape.has_table]
    for table, key in zip(tables, ("counts", "worth"), strict=True):
        drawn = parts[key].drawn
        assert drawn is not None
        assert [tuple(cell.text for cell in row.cells) for row in table.rows] == [drawn.headings, *drawn.rows]


def test_of_many_classes_the_first_are_shown_and_the_rest_is_said() -> None:
    value = valued(Task.MULTICLASS, MANY_PAYOFFS)
    made = dataclasses.replace(spec("classes"), value=value)
    deck = deck_of(made)
    said = "\n".join(texts(slide) for slide in deck.slides)
    assert "The first 8 of 12 classes; the web page and the workbook have all." in said
    within(deck)


def test_names_of_people_stay_text_and_in_their_place() -> None:
    deck = deck_of(spec("classes", name=EVIL))
    assert EVIL in texts(deck.slides[0])
    within(deck)


@pytest.mark.parametrize("kind", ["classes", "forecast"])
def test_a_part_of_any_kind_has_its_slide(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = spec(kind)
    content = build_task_content(made)
    rows = tuple((f"segment {index}", "¥1", "a long remark on it " * 8) for index in range(40))
    more = tuple(
        (name, Part(Finding(f"Finding {name}", "per month"), table, ("One sentence.", "Another one. " * 20)))
        for name, table in (("segments", Table(("Where", "Value", "Note"), rows)), ("case", None))
    )  # fmt: skip
    monkeypatch.setattr(task_slides, "build_task_content", lambda _: dataclasses.replace(content, parts=(*content.parts, *more)))
    deck = opened(make_task_slides(made))
    assert len(deck.slides) <= 8
    said = "\n".join(texts(slide) for slide in deck.slides)
    assert all(f"Finding {name}" in said for name, _ in more)
    assert "of 40 rows; the web page and the workbook have all." in said
    assert said.count("One sentence.") == 2
    assert all(text in said for _, text in (*content.assumptions.rows, *content.sources))
    within(deck)


def test_a_table_takes_the_largest_type_with_which_it_fits() -> None:
    few, many = (Table(("Name", "Value"), (("name", "1"),) * count) for count in (3, 14))
    assert fit_table(few, 6, 4).size > fit_table(many, 6, 4).size
    assert fit_table(many, 6, 4).rows == 14
    for table in (few, many):
        found = fit_table(table, 6, 4)
        assert sum(found.heights) <= 4
        assert sum(found.widths) == pytest.approx(6)
    assert np.isclose(sum(fit_table(Table(("A", "B"), (("x" * 400, "y"),)), 6, 4).widths), 6)


@pytest.mark.parametrize("kind", ["classes", "forecast"])
def test_a_sealed_deck_carries_its_signature_within_the_edges(kind: str, seal_of: Callable[[AnyReport], Seal]) -> None:
    seal = seal_of((draft := spec(kind)).value)
    deck = deck_of(dataclasses.replace(draft, seal=seal))
    within(deck)
    told = "\n".join(texts(slide) for slide in deck.slides)
    assert seal.signature in told
    assert seal.statement.report_sha256 in told
    assert "not signed" not in told
