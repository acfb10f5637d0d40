"""The sheet of scenarios of a run of classes or a forecast, as figures that can be sorted and copied; nothing in it is live."""

from __future__ import annotations

import math

from core.impact.export.cells import Book
from core.impact.export.pieces import Part
from core.impact.task_report import TaskReport
from core.impact.task_scenario_words import changes_text, result_name
from core.impact.task_scenarios import TaskScenarioTable
from core.words import Words

ROW, A_LINE, TOP = 19, {"en": 58, "ja": 30}, 4


def write_task_scenarios(book: Book, words: Words, value: TaskReport, table: TaskScenarioTable, part: Part) -> None:
    """Each scenario with what it changes, its gain as approved and decided anew, and its worth over the horizon."""
    sheet = book.sheet(words.t("Scenarios"), (32, 60, *(18,) * 7))
    sheet.text(0, 0, part.finding.title, "title")
    sheet.across(1, 0, 8, words.t("As it was when the report was made: these figures don't follow the yellow cells."), "note", height=20)
    months = words.number(value.economics.horizon_months)
    low, high = words.t("95% interval, low"), words.t("95% interval, high")
    gain, worth = words.t("Gain {period}", period=words.period(value.period.value)), words.t("Worth over {months} months", months=months)
    sheet.heads(TOP - 1, words.t("Scenario"), words.t("What it assumes"), gain, low, high, words.t("Decided anew"), worth, low, high)
    sheet.text(TOP - 1, 1, words.t("What it assumes"), "head")
    for row, result in enumerate(table.results, TOP):
        changes = changes_text(words, value, result)
        sheet.text(row, 0, result_name(words, result), "text" if result.name else "bold")
        sheet.text(row, 1, changes, "wrap")
        sheet.native.set_row(row, ROW * math.ceil(len(changes) / A_LINE[words.language]))
        held, npv = result.held.gain, result.case.npv
        amounts = (held.value, held.low, held.high, result.adapted.gain.value, npv.value, npv.low, npv.high)
        for column, amount in enumerate(amounts, 2):
            sheet.number(row, column, float(amount), "money")
    for row, sentence in enumerate(part.told, TOP + len(table.results) + 1):
        sheet.across(row, 0, 8, sentence, "note", height=20)
