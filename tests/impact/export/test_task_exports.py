"""Files of runs with several classes and of forecasts: they say what the page says, as drafts, and the workbook follows its yellow cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from core.errors import Corrupt, InvalidInput
from core.impact import class_sentences as say
from core.impact.any_report import AnyReport, any_report_from_json, any_report_to_json
from core.impact.export.formats import ExportFormat
from core.impact.export.making import any_from_json, any_to_json, make_file
from core.impact.export.spec import Origin
from core.impact.export.task_html import make_task_page
from core.impact.export.task_spec import TaskSpec
from core.impact.export.task_workbook import make_task_workbook
from core.impact.multiclass import ClassPolicy, ClassSlice, value_classes
from core.impact.regression import value_forecast
from core.impact.report import Provenance
from core.impact.seal import Seal
from core.impact.task_report import FORMAT, TaskReport, task_report_from_json, task_report_to_json
from core.project.model import Task
from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula
from core.project.value_model import Payoff, Period, ValueModel
from tests.impact.conftest import NOUNS
from tests.impact.export.conftest import EVIL
from tests.impact.export.spreadsheet import Spreadsheet, read
from tests.impact.export.test_html import pictures, plain
from tests.impact.test_multiclass import QUEUE_PAYOFFS, world
from tests.impact.test_task_formulas import BY_FEE, forecasts, slices

NOW = datetime(2026, 11, 2, tzinfo=UTC)
COSTS = DeviationCosts(Decimal(3), Decimal(1))
BY_ROW = DeviationCosts(Formula("fee"), Decimal(20))


def valued(task: Task, payoff: Payoff) -> TaskReport:
    model = ValueModel("m", "p", 2, "EUR", Period.MONTH, 10_000, payoff, None, "Assumed", "u", NOW)
    told, source = (FORMAT, "p", "run-1", 7, "v-1", "LightGBM", model, NOUNS, 800), Provenance("0" * 64, 5, 1_000, 0.95, NOW)
    if isinstance(payoff, ClassPayoffs):
        parts = slices(payoff, 800) if payoff is BY_FEE else tuple(ClassSlice(*world(800, len(payoff.classes), seed)) for seed in (3, 4))
        return TaskReport(*told, value_classes(parts[0], parts[1], payoff, 10_000, 5), None, source)
    assert isinstance(payoff, DeviationCosts)
    given = payoff if payoff is BY_ROW else None
    found = value_forecast(forecasts(800, 1, given), forecasts(800, 2, given), payoff, 10_000)
    return TaskReport(*told, None, found, source)


KINDS = {
    "classes": (Task.MULTICLASS, QUEUE_PAYOFFS), "classes by row": (Task.MULTICLASS, BY_FEE), "forecast": (Task.REGRESSION, COSTS),
    "forecast by row": (Task.REGRESSION, BY_ROW),
}  # fmt: skip


def spec(kind: str, form: ExportFormat = ExportFormat.PAGE, language: str = "en", name: str = "Queues") -> TaskSpec:
    value = valued(*KINDS[kind])
    return TaskSpec(form, language, "UTC", value, Origin(name, "Which queue?", False, "Jobs", 3))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_is_whole_and_says_what_the_portal_says(kind: str, language: str) -> None:
    made = spec(kind, language=language)
    page = make_task_page(made).decode()
    drawn = pictures(page)
    assert len(drawn) == (5 if made.value.classes else 4)
    assert all(svg.startswith("<svg") and "NaN" not in svg for svg in drawn)
    assert page.count("alt=") == len(drawn)
    assert "http://" not in page
    value, words = made.value, made.words
    said = (
        say.classes_finding(words, value.setting, value.classes) if value.classes
        else say.forecast_finding(words, value.setting, value.forecast) if value.forecast else ""
    )  # fmt: skip
    assert said in plain(page)
    assert words.t("Draft: not frozen, not signed") in plain(page)


def test_what_people_wrote_stays_text() -> None:
    page = make_task_page(spec("classes", name=EVIL)).decode()
    assert "<script>" not in page
    assert EVIL in plain(page)


def workbook(kind: str, language: str = "en") -> tuple[TaskReport, Spreadsheet]:
    made = spec(kind, ExportFormat.WORKBOOK, language)
    return made.value, read(make_task_workbook(made))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_formula_gives_the_result_that_came_with_it(kind: str, language: str) -> None:
    _, book = workbook(kind, language)
    assert len(book.formulas) > 8
    for sheet, address in book.formulas:
        assert book.value(sheet, address) == pytest.approx(book.results[sheet, address], rel=1e-9, abs=1e-6), (sheet, address)


@pytest.mark.parametrize("kind", KINDS)
def test_unchanged_it_says_what_the_report_says_and_twice_the_cases_are_worth_twice_as_much(kind: str) -> None:
    value, book = workbook(kind)
    label = "What the model adds a month" if value.classes else "What the model saves a month"
    gain = value.classes.gain.value if value.classes else value.forecast.saving.value if value.forecast else 0
    assert book.row("Summary", label, "B") == pytest.approx(float(gain), abs=0.02)
    assert book.row("Summary", label, "D") == 0
    assert book.change(cases=20_000).row("Summary", label, "B") == pytest.approx(2 * float(gain), abs=0.04)


def test_other_costs_of_a_unit_change_the_cost_of_the_same_plans() -> None:
    value, book = workbook("forecast")
    assert value.forecast is not None
    ours = value.forecast.policy_value(value.forecast.recommended)
    assert ours is not None
    moved = book.change(cost_under=6.0).row("Summary", "Cost of the model's plans a month", "B")
    assert moved == pytest.approx(float(2 * ours.under.value + ours.over.value), abs=0.05)


def test_another_payoff_changes_the_worth_of_the_same_decisions() -> None:
    value, book = workbook("classes")
    assert value.classes is not None
    book.changed[("Decisions", "B11")] = -20.0  # a long job taken for a very fast one costs 20 instead of 10
    before = value.classes.policy_value(value.classes.recommended)
    assert before is not None
    mixed = value.classes.counts[3][0] / value.classes.rows * 10_000
    assert book.row("Summary", "Value of the model's decisions a month", "B") == pytest.approx(
        float(before.value.value) - 10 * mixed, abs=0.05
    )


def test_the_child_is_given_what_the_portal_has() -> None:
    for kind in KINDS:
        made = spec(kind)
        assert any_from_json(any_to_json(made)) == made
    with pytest.raises(InvalidInput, match="JSON"):
        make_file(spec("classes", ExportFormat.DATA))


def test_a_pdf_is_tagged_in_both_languages() -> None:
    pytest.importorskip("weasyprint", exc_type=OSError, reason="Pango is not on this machine")
    for language in ("en", "ja"):
        data = make_file(spec("forecast", ExportFormat.PDF, language))
        assert data.startswith(b"%PDF-1.7")
        assert len(data) < 1_500_000


def test_a_free_side_leaves_its_units_untold() -> None:
    value = valued(Task.REGRESSION, DeviationCosts(Decimal(2), Decimal(0)))
    made = TaskSpec(ExportFormat.WORKBOOK, "en", "UTC", value, Origin("Queues", "Which queue?", False, "", 0))
    book = read(make_task_workbook(made))
    assert book.row("Planning", "Forecast as it is", "C") == "–"
    assert np.isfinite(float(book.row("Summary", "What the model saves a month", "B")))


@pytest.mark.parametrize("kind", ["classes", "forecast"])
def test_a_sealed_file_names_what_was_signed_and_is_no_draft(kind: str, seal_of: Callable[[AnyReport], Seal]) -> None:
    seal = seal_of((draft := spec(kind)).value)
    page = plain(make_task_page(replace(draft, seal=seal)).decode())
    for told in (seal.signature, seal.statement.report_sha256, "report-1", f"/api/v1/impact-reports/{seal.statement.report_id}/signature"):
        assert told in page
    assert "not signed" not in page
    assert "not signed" in plain(make_task_page(draft).decode())


def test_a_sealed_workbook_says_when_it_no_longer_shows_what_was_signed(seal_of: Callable[[AnyReport], Seal]) -> None:
    draft = spec("classes", ExportFormat.WORKBOOK)
    seal = seal_of(draft.value)
    book = read(make_task_workbook(replace(draft, seal=seal)))
    assert book.value("Summary", "A5") == "The assumptions are those of the signed report."
    moved = book.change(cases=20_000).value("Summary", "A5")
    assert moved == "Assumptions were changed: these amounts are not those of the signed report."
    assert book.row("Where these numbers come from", "Signature (Ed25519)", "B") == seal.signature


def test_a_frozen_report_is_read_as_it_was_kept() -> None:
    for kind in KINDS:
        value = spec(kind).value
        assert any_report_from_json(value.task, any_report_to_json(value)) == value
    with pytest.raises(Corrupt, match="format 9"):
        task_report_from_json(task_report_to_json(replace(value, format=9)))
    with pytest.raises(Corrupt, match="can't be read"):
        task_report_from_json(b"{}")


def test_todays_decisions_follow_the_yellow_cells_too() -> None:
    """Where today's rule is the best way without a model, another payoff changes what both are worth."""
    first, (truth, p) = ClassSlice(*world(800, 4, 3)), world(800, 4, 4)
    today = np.where(np.random.default_rng(1).random(800) < 0.95, truth, 0)
    found = value_classes(first, ClassSlice(truth, p, today), QUEUE_PAYOFFS, 10_000, 5)
    value = replace(valued(Task.MULTICLASS, QUEUE_PAYOFFS), classes=found)
    made = TaskSpec(ExportFormat.WORKBOOK, "en", "UTC", value, Origin("Queues", "Which queue?", False, "", 0))
    book = read(make_task_workbook(made))
    rule = found.policy_value(ClassPolicy.RULE)
    assert rule is not None
    assert found.reference is ClassPolicy.RULE
    assert book.row("Summary", "Today's rule", "B") == pytest.approx(float(rule.value.value), abs=0.02)
    for sheet, address in book.formulas:
        assert book.value(sheet, address) == pytest.approx(book.results[sheet, address], rel=1e-9, abs=1e-6), (sheet, address)
    book = read(make_task_workbook(made))
    book.changed[("Decisions", "B11")] = -20.0
    lost = 10 * found.ruled[3][0] / found.rows * 10_000
    assert lost > 0
    assert book.row("Summary", "Today's rule", "B") == pytest.approx(float(rule.value.value) - lost, abs=0.05)
