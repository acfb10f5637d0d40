"""The business case and the sensitivity of classes and forecasts in every format: worked out anew by the workbook, drawn and worded elsewhere."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.impact.economics import business_case
from core.impact.export.formats import ExportFormat
from core.impact.export.task_content import build_task_content
from core.impact.export.task_html import make_task_page
from core.impact.export.task_slides import make_task_slides
from core.impact.export.task_spec import TaskSpec
from core.impact.export.task_workbook import make_task_workbook
from core.impact.task_case import task_case
from core.impact.task_sensitivity import TaskAssumption
from core.impact.task_sensitivity_words import task_assumption_name
from core.project.terms import Economics
from core.project.value_model import Period
from core.words import Words
from tests.impact.export.spreadsheet import read
from tests.impact.export.test_html import pictures, plain
from tests.impact.export.test_slides import opened, texts
from tests.impact.export.test_task_exports import KINDS, spec

SPENT = Economics(Decimal(20_000), Decimal(500), None, Decimal("0.05"), 24)


def costly(kind: str, language: str = "en", form: ExportFormat = ExportFormat.PAGE) -> TaskSpec:
    made = spec(kind, form, language)
    return replace(made, value=replace(made.value, value_model=replace(made.value.value_model, economics=SPENT)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_case_is_worded_and_drawn_where_something_is_spent(kind: str, language: str) -> None:
    made = costly(kind, language)
    case = business_case(made.value.gain, Period.MONTH, SPENT)
    assert task_case(made.value) == case
    part = dict(build_task_content(made).parts)["case"]
    words = made.words
    npv = words.money(case.npv.value, "EUR")
    assert any(npv in sentence for sentence in part.told)
    assert any(made.value.setting.against(words) in sentence for sentence in part.told)
    page = make_task_page(made).decode()
    assert len(pictures(page)) == (6 if made.value.classes else 5)
    assert part.finding.title in plain(page)
    deck = opened(make_task_slides(made))
    assert len(deck.slides) <= 8
    assert any(part.finding.title in texts(slide) for slide in deck.slides)
    assert "case" not in dict(build_task_content(spec(kind)).parts)


@pytest.mark.parametrize("kind", KINDS)
def test_the_workbook_works_the_case_out_anew(kind: str) -> None:
    made = costly(kind, form=ExportFormat.WORKBOOK)
    book = read(make_task_workbook(made))
    case = task_case(made.value)
    assert book.row("Business case", "Net present value", "B") == pytest.approx(float(case.npv.value), abs=1)
    assert case.roi is not None
    assert book.row("Business case", "Return on all costs", "B") == pytest.approx(case.roi.value, rel=1e-4)
    twice = replace(made.value.gain, value=2 * made.value.gain.value)
    more = business_case(twice, Period.MONTH, SPENT)
    assert book.change(cases=20_000).row("Business case", "Net present value", "B") == pytest.approx(float(more.npv.value), abs=2)


@pytest.mark.parametrize("kind", KINDS)
def test_the_workbook_moves_each_assumption_as_the_report_does(kind: str) -> None:
    made = spec(kind, ExportFormat.WORKBOOK)
    found = made.value.classes or made.value.forecast
    assert found is not None
    book = read(make_task_workbook(made))
    assert found.tornado
    for swing in found.tornado:
        name = task_assumption_name(Words("en"), made.value.setting, swing)
        for column, told in (("B", swing.low), ("D", swing.high), ("E", float(swing.at_low)), ("F", float(swing.at_high))):
            assert book.row("Sensitivity", name, column) == pytest.approx(told, abs=0.06), (name, column)
    points = [p for p in found.break_evens if p.against.policy == found.reference and p.assumption is not TaskAssumption.CASES]
    for point in points:
        if made.value.classes is not None and point.against.chosen != next(p.chosen for p in found.policies if p.policy is found.reference):
            continue
        name = task_assumption_name(Words("en"), made.value.setting, point)
        if any(task_assumption_name(Words("en"), made.value.setting, s) == name for s in found.tornado):
            assert book.row("Sensitivity", name, "I") == pytest.approx(point.at, rel=1e-3, abs=0.01)
