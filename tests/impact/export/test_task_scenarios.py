"""Scenarios of classes and forecasts in every format: each says what the report holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.impact.export.formats import ExportFormat
from core.impact.export.task_content import build_task_content
from core.impact.export.task_html import make_task_page
from core.impact.export.task_slides import MOST_SLIDES, make_task_slides
from core.impact.export.task_spec import TaskSpec, task_spec_from_json, task_spec_to_json
from core.impact.export.task_workbook import make_task_workbook
from core.impact.task_scenario_words import changes_text
from core.impact.task_scenarios import TaskScenarioTable, TaskTrial, usual_task_scenarios
from tests.impact.export.spreadsheet import read
from tests.impact.export.test_html import pictures, plain
from tests.impact.export.test_slides import opened, texts
from tests.impact.export.test_task_groups import detailed
from tests.impact.test_multiclass import QUEUE_PAYOFFS
from tests.impact.test_task_value import DEVIATIONS
from tests.impact.test_what_if import class_world, plans


def told(kind: str, language: str = "en", form: ExportFormat = ExportFormat.PAGE) -> TaskSpec:
    """A report with a pessimistic and an optimistic scenario."""
    made = detailed(kind, language, form)
    value, report = made.value.value_model, made.value
    slices = class_world(QUEUE_PAYOFFS)[:2] if kind == "classes" else plans(DEVIATIONS)
    trial = TaskTrial(value, lambda _: slices, 1)
    usual = usual_task_scenarios(value, report.findings.tornado, "Bad winter", "Good summer")
    table = TaskScenarioTable(value.id, value.version, value.currency, tuple(trial.evaluate(s) for s in (None, *usual)), ("Gone",))
    assert report.details is not None
    return replace(made, value=replace(report, details=replace(report.details, scenarios=table)))


@pytest.mark.parametrize("kind", ["classes", "forecast"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_page_and_slides_show_scenarios(kind: str, language: str) -> None:
    made = told(kind, language)
    part = dict(build_task_content(made).parts)["scenarios"]
    assert part.table is not None
    assert [row[0] for row in part.table.rows[1:]] == ["Bad winter", "Good summer"]
    page = make_task_page(made).decode()
    assert len(pictures(page)) == len(pictures(make_task_page(detailed(kind, language)).decode())) + 1
    said = plain(page)
    deck = opened(make_task_slides(made))
    assert len(deck.slides) == MOST_SLIDES
    for text in (part.finding.title, *part.told, *(row[1] for row in part.table.rows)):
        assert text in said
    slides = "\n".join(texts(slide) for slide in deck.slides)
    assert part.finding.title in slides
    assert part.table.rows[1][2] in slides
    assert "Gone" in part.told[-1]


@pytest.mark.parametrize("kind", ["classes", "forecast"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_workbook_has_their_figures(kind: str, language: str) -> None:
    made = told(kind, language, ExportFormat.WORKBOOK)
    book, name = read(make_task_workbook(made)), made.words.t("Scenarios")
    table = made.value.details.scenarios if made.value.details else None
    assert table is not None
    for result in table.results[1:]:
        assert book.row(name, result.name, "B") == changes_text(made.words, made.value, result)
        assert book.row(name, result.name, "C") == pytest.approx(float(result.held.gain.value))
        assert book.row(name, result.name, "F") == pytest.approx(float(result.adapted.gain.value))
        assert book.row(name, result.name, "I") == pytest.approx(float(result.case.npv.high))
    assert name not in read(make_task_workbook(detailed(kind, language, ExportFormat.WORKBOOK))).sheets


def test_it_survives_the_way_to_the_process_that_makes_it() -> None:
    for kind in ("classes", "forecast"):
        made = told(kind)
        assert task_spec_from_json(task_spec_to_json(made)) == made
