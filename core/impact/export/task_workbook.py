"""A run of several classes or a forecast as an Excel workbook: amounts follow payoffs and volume, decisions stay as they are."""

from __future__ import annotations

from core.impact.export.cells import Book, Sheet
from core.impact.export.live import Live, moved, sign_free
from core.impact.export.sheet_alternatives import yes_or_no
from core.impact.export.sheet_case import write_case
from core.impact.export.task_content import TaskContent, build_task_content, saved_scenarios
from core.impact.export.task_groups import write_groups
from core.impact.export.task_sheet_scenarios import write_task_scenarios
from core.impact.export.task_sheet_swings import write_swings
from core.impact.export.task_sheets import Worth, write_class_figures, write_classes, write_forecast, write_forecast_figures
from core.impact.export.task_spec import TaskSpec
from core.impact.task_case import has_costs, task_case
from core.words import Words

AMOUNTS = 6


def make_task_workbook(spec: TaskSpec) -> bytes:
    """A report as a workbook."""
    words, value, content = spec.words, spec.value, build_task_content(spec)
    book = Book(words, value.value_model.currency, footer=content.footer)
    book.describe(content.title, content.headline, content.footer, spec.seal)
    summary = book.sheet(words.t("Summary"), (54, 26, 26, 22))
    if value.classes is not None:
        worth = write_classes(book, words, value, value.classes)
        write_class_figures(book, words, value.setting, value.classes)
    else:
        assert value.forecast is not None
        worth = write_forecast(book, words, value, value.forecast)
        write_forecast_figures(book, words, value.setting, value.forecast)
    write_swings(book, words, value.setting, value.findings, worth.moved)
    if has_costs(value):
        write_case(book, words, value.value_model.currency, task_case(value), worth.gain, signed=not content.draft)
    if (table := saved_scenarios(value)) is not None:
        write_task_scenarios(book, words, value, table, dict(content.parts)["scenarios"])
    if value.details and content.groups:
        write_groups(book, words, value.setting, value.details, content.groups)
    _summary(summary, words, content, worth)
    _sources(book.sheet(words.t("Where these numbers come from"), (46, 34, 34, 34)), words, content)
    summary.native.activate()
    return book.bytes()


def _summary(sheet: Sheet, words: Words, content: TaskContent, worth: Worth) -> None:
    """What was found, and what the reader's own assumptions make of it."""
    sheet.text(0, 0, content.eyebrow, "muted")
    sheet.across(1, 0, 3, content.headline, "title", height=44 if len(content.headline) > 50 else 28)
    sheet.across(2, 0, 3, content.lead, "note", height=54)
    sheet.across(3, 0, 3, words.t("The question: {question}", question=content.question), "note", height=20)
    if content.draft:
        sheet.text(4, 0, content.draft, "warning")
    else:
        off = sign_free(moved(worth.own - worth.own_told)) + sign_free(moved(worth.gain - worth.gain_told))
        changed = words.t("Assumptions were changed: these amounts are not those of the signed report.")
        same = words.t("The assumptions are those of the signed report.")
        sheet.live_text(4, 0, yes_or_no(off, same, changed), "bold")
    shown_before = words.t("Draft") if content.draft else words.t("As signed")
    sheet.heads(AMOUNTS - 1, words.t("Amounts"), words.t("With your assumptions"), shown_before, words.t("Difference"))
    lines: tuple[tuple[str, Live, float, str], ...] = (
        (worth.own_name, worth.own, worth.own_told, "money_bold"),
        (worth.other_name, worth.other, worth.other_told, "money"),
        (worth.gain_name, worth.gain, worth.gain_told, "money_bold"),
    )
    for row, (label, now, told, style) in enumerate(lines, AMOUNTS):
        sheet.text(row, 0, label, "bold" if style == "money_bold" else "text")
        shown, before = sheet.live(row, 1, now, style), sheet.number(row, 2, told, "money_signed")
        sheet.live(row, 3, moved(shown - before), "money")
    hint = words.t("On the next sheet, change the yellow cells: these amounts follow. What is decided stays as it is.")
    sheet.across(AMOUNTS + 4, 0, 3, hint, "note", height=22)
    for row, figure in enumerate(content.figures, AMOUNTS + 6):
        sheet.text(row, 0, figure.label)
        sheet.text(row, 1, figure.value, "text_right")
        sheet.across(row, 2, 3, figure.note, "note")


def _sources(sheet: Sheet, words: Words, content: TaskContent) -> None:
    """What is assumed, where the numbers come from, and the signature."""
    sheet.across(0, 0, 3, content.seal_note, "note", height=38)
    row = 2
    for title, rows in (
        (words.t("What is assumed"), content.assumptions.rows),
        (words.t("Where these numbers come from"), content.sources),
        (words.t("Signature"), content.seal),
    ):
        if not rows:
            continue
        sheet.text(row, 0, title, "section")
        for index, (label, text) in enumerate(rows, row + 1):
            sheet.text(index, 0, label, "muted")
            sheet.across(index, 1, 3, text, "wrap")
        row += len(rows) + 2
