"""A report's details in its files: the worst segment, the fairness warning and the scenarios stand in each, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from pptx import Presentation

from core.identity import Principal
from core.impact import fairness_sentences as fair
from core.impact import reports, scenario_service, service
from core.impact.detailing import detail_report
from core.impact.export.content import ReportContent, build_content
from core.impact.export.formats import ExportFormat
from core.impact.export.html import make_page
from core.impact.export.service import export_draft, export_report
from core.impact.export.slides import make_slides
from core.impact.export.spec import ExportSpec, Origin, spec_from_json, spec_to_json
from core.impact.export.workbook import make_workbook
from core.impact.phrases import counted
from core.impact.report import ImpactReport
from core.impact.scenario_sentences import swing_name
from core.impact.seal import Seal
from core.impact.segment_sentences import segment_name, segments_finding
from core.impact.setting import setting_of
from core.impact.source import FinishedRun
from core.workspace import Workspace
from tests.impact.conftest import Runs
from tests.impact.export.spreadsheet import read
from tests.impact.test_detailing import COSTS, WORSE, make_run, unequal

LANGUAGES = ("en", "ja")


@pytest.fixture
def run(ws: Workspace, scientist: Principal, runs: Runs) -> FinishedRun:
    made = make_run(ws, scientist, runs, unequal(), economics=replace(COSTS, horizon_months=24))
    scenario_service.save_scenario(ws, scientist, made.project_id, WORSE)
    return made


@pytest.fixture
def report(ws: Workspace, scientist: Principal, run: FinishedRun) -> ImpactReport:
    return detail_report(ws, scientist, service.compute_report(ws, scientist, run.id))


def spec_of(report: ImpactReport, seal: Seal | None, language: str) -> ExportSpec:
    origin = Origin("Customer churn", "Whom should we call?", True, "Customers", 4)
    return ExportSpec(ExportFormat.PAGE, "ja" if language == "ja" else "en", "Asia/Tokyo", report, origin, seal)


def must_say(spec: ExportSpec) -> tuple[str, ...]:
    """What nobody may overlook, in the reader's words."""
    words, report, details = spec.words, spec.report, spec.report.details
    assert details is not None
    setting = setting_of(report)
    return (
        segments_finding(words, details.segments, setting), segment_name(words, details.segments.losing[0].groups),
        fair.fairness_finding(words, details.warnings[0], setting), "bad winter",
    )  # fmt: skip


def on_page(data: bytes) -> str:
    return unescape(re.sub(r"<[^>]+>", "", data.decode())).replace("\u2060", "")


def on_slides(data: bytes) -> str:
    said = []
    for slide in Presentation(BytesIO(data)).slides:
        said += [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        said += [cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


def in_workbook(data: bytes) -> str:
    return "\n".join(str(value) for value in read(data).results.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_tells_the_worst_segment_the_warning_and_the_scenarios(
    report: ImpactReport, seal_of: Callable[[ImpactReport], Seal], language: str
) -> None:
    spec = spec_of(report, seal_of(report), language)
    assert spec_from_json(spec_to_json(spec)) == spec
    for told in (on_page(make_page(spec)), on_slides(make_slides(spec)), in_workbook(make_workbook(spec))):
        assert [text for text in must_say(spec) if text not in told] == []
        assert "nan" not in re.sub(r"[a-z]*nan[a-z]+|[a-z]+nan", "", told.lower())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_stands_out_in_a_frozen_report_and_in_a_draft(
    report: ImpactReport, seal_of: Callable[[ImpactReport], Seal], language: str
) -> None:
    for seal in (seal_of(report), None):
        spec = spec_of(report, seal, language)
        content, page = build_content(spec), make_page(spec).decode()
        assert content.alerts[0] == must_say(spec)[2]
        assert segment_name(spec.words, _details(report).segments.losing[0].groups) in content.alerts[1]
        head, _, below = page.partition("<h2>")
        assert 'class="alert"' in head
        assert below.count('<section class="compared warned">') == 1
    assert build_content(spec_of(replace(report, details=None), None, language)).alerts == ()


def test_a_column_that_does_not_tell_of_people_gives_no_warning(report: ImpactReport) -> None:
    content = _told(build_content(spec_of(report, None, "en")))
    assert [(c.attribute, c.warning) for c in content.compared] == [("age", True), ("gender", False), ("tier", False)]
    tier = content.compared[2].part
    assert tier.finding.title.startswith("The groups of tier are picked differently: from ")
    assert not any("adverse impact" in sentence for sentence in tier.told)


def test_the_deck_keeps_to_eight_slides_and_its_words_to_their_slides(
    report: ImpactReport, seal_of: Callable[[ImpactReport], Seal]
) -> None:
    for language in LANGUAGES:
        deck = Presentation(BytesIO(make_slides(spec_of(report, seal_of(report), language))))
        assert len(deck.slides) == 8
        for shape in (shape for slide in deck.slides for shape in slide.shapes):
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def test_a_gain_that_moves_against_the_value_is_explained_in_each_file(report: ImpactReport) -> None:
    details = _details(report)
    base, worse = details.scenarios.results
    more = replace(base.held.value, value=base.held.value.value + 1_000)
    less = replace(base.held.gain, value=base.held.gain.value - 1_000)
    odd = replace(worse, name="a good year", held=replace(worse.held, value=more, gain=less))
    turned = replace(report, details=replace(details, scenarios=replace(details.scenarios, results=(base, odd, *(worse,) * 3))))
    for language in LANGUAGES:
        spec = spec_of(turned, None, language)
        said = (
            "a good year：判断の価値は想定より高くなりますが" if language == "ja"
            else "a good year: the decisions are worth more than as assumed, but the best way without a model gains even more"
        )  # fmt: skip
        deck = make_slides(spec)
        for told in (on_page(make_page(spec)), on_slides(deck), in_workbook(make_workbook(spec))):
            assert said in told
        shapes = [shape for slide in Presentation(BytesIO(deck)).slides for shape in slide.shapes]
        assert max(s.top + s.height for s in shapes) <= Presentation(BytesIO(deck)).slide_height


def test_the_sheets_hold_figures_that_can_be_calculated_with(report: ImpactReport, seal_of: Callable[[ImpactReport], Seal]) -> None:
    book, details = read(make_workbook(spec_of(report, seal_of(report), "en"))), _details(report)
    worse, worst = details.scenarios.results[1], details.segments.losing[0]
    assert book.row("Scenarios", "bad winter", "C") == pytest.approx(float(worse.held.gain.value))
    assert book.row("Scenarios", "bad winter", "F") == pytest.approx(float(worse.case.npv.value))
    name = segment_name(spec_of(report, None, "en").words, worst.groups)
    assert book.row("Segments", name, "E") == pytest.approx(float(worst.gain.value))
    assert book.row("Segments", name, "D") == worst.rows


def test_a_moved_cost_is_told_without_its_sign(report: ImpactReport) -> None:
    spec, details = spec_of(report, None, "en"), _details(report)
    names = [swing_name(spec.words, setting_of(report), swing) for swing in details.scenarios.tornado]
    assert [name for name in names if name.startswith("Cost of each")] == ["Cost of each call that wasn't needed: €48.00 to €72.00"]
    assert not [name for name in names if "−" in name]


def test_details_are_as_long_as_there_is_to_tell(ws: Workspace, scientist: Principal, runs: Runs) -> None:
    bare = make_run(ws, scientist, runs, unequal()[["row", "y", "score"]])
    report = detail_report(ws, scientist, service.compute_report(ws, scientist, bare.id))
    for language in LANGUAGES:
        spec = spec_of(report, None, language)
        content = _told(build_content(spec))
        assert (content.segments.table, content.compared, content.scenarios) == (None, (), None)
        assert make_page(spec)
        assert make_slides(spec)
        assert make_workbook(spec)


def test_json_brings_the_details_signed_and_as_a_draft(ws: Workspace, scientist: Principal, viewer: Principal, run: FinishedRun) -> None:
    frozen = reports.freeze_run(ws, scientist, run.id)
    signed = json.loads(export_report(ws, viewer, frozen.id, ExportFormat.DATA, "en").data)["report"]
    draft = json.loads(export_draft(ws, viewer, service.compute_report(ws, viewer, run.id), ExportFormat.DATA, "en").data)
    for told in (signed, draft):
        assert told["details"]["people"] == ["age", "gender"]
        assert told["details"]["segments"]["segments"][0]["verdict"] == "loses"
    assert signed["details"] == draft["details"]


def test_a_segment_is_as_large_as_the_business_counts(report: ImpactReport) -> None:
    spec = spec_of(report, None, "ja")
    content, worst = _told(build_content(spec)), _details(report).segments.losing[0]
    assert content.segments.table is not None
    assert content.segments.table.rows[0][2] == counted(spec.words, setting_of(report).spoken(spec.words), worst.cases)


def _details(report: ImpactReport) -> Any:
    assert report.details is not None
    return report.details


def _told(content: ReportContent) -> Any:
    assert content.details is not None
    return content.details
