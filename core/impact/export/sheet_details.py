"""Sheets of a report's details: scenarios, segments and groups, as figures that can be sorted and copied; nothing in them is live."""

from __future__ import annotations

import math

from core.impact.details import Details
from core.impact.export.cells import Book, Sheet
from core.impact.export.content_details import DetailsContent, scenario_changes, scenario_name, two_way_labels, two_way_names
from core.impact.export.pieces import Part
from core.impact.report import ImpactReport
from core.impact.scenario_sentences import swing_name
from core.impact.segment_sentences import group_name, segment_name, verdict_name
from core.impact.segments import SegmentFindings
from core.impact.setting import Setting, setting_of
from core.words import Words

ROW, A_LINE = 19, {"en": 58, "ja": 30}


def write_scenarios(book: Book, words: Words, report: ImpactReport, details: Details, content: DetailsContent) -> None:
    """Scenarios, what one wrong assumption makes of the business case, two assumptions moved, and where the model stops paying."""
    sheet = book.sheet(words.t("Scenarios"), (52, 60, *(18,) * 7))
    sheet.across(0, 0, 6, words.t("As it was when the report was made: these figures don't follow the yellow cells."), "note", height=20)
    row = _scenarios(sheet, 2, words, report, details, content)
    row = _swings(sheet, row, words, report, details, content)
    row = _two_way(sheet, row, words, report, details, content)
    write_sentences(sheet, row, words.t("How far the world may change"), content.turning)


def _scenarios(sheet: Sheet, row: int, words: Words, report: ImpactReport, details: Details, content: DetailsContent) -> int:
    results = details.scenarios.results
    title = content.scenarios.finding.title if content.scenarios else words.t("No scenario was saved")
    sheet.text(row, 0, title, "section")
    months = words.number(results[0].case.economics.horizon_months)
    gain, worth = words.t("Gain {period}", period=words.period(report.period.value)), words.t("Worth over {months} months", months=months)
    sheet.heads(row + 1, words.t("Scenario"), words.t("What it assumes"), gain, words.t("95% interval, low"), words.t("95% interval, high"), worth, words.t("95% interval, low"), words.t("95% interval, high"))  # fmt: skip
    sheet.text(row + 1, 1, words.t("What it assumes"), "head")
    for place, result in enumerate(results, row + 2):
        sheet.text(place, 0, scenario_name(words, result), "text" if result.name else "bold")
        changes = scenario_changes(words, report, result)
        sheet.text(place, 1, changes, "wrap")
        sheet.native.set_row(place, ROW * math.ceil(len(changes) / A_LINE[words.language]))
        amounts = (result.held.gain, result.case.npv)
        for column, amount in enumerate((end for a in amounts for end in (a.value, a.low, a.high)), 2):
            sheet.number(place, column, float(amount), "money")
    end = row + 2 + len(results)
    for sentence in content.scenarios.told if content.scenarios else ():
        sheet.across(end, 0, 6, sentence, "note", height=20)
    return end + 2


def _swings(sheet: Sheet, row: int, words: Words, report: ImpactReport, details: Details, content: DetailsContent) -> int:
    if content.swings is None:
        return row
    sheet.text(row, 0, content.swings.title, "section")
    sheet.text(row + 1, 0, content.swings.note, "muted")
    sheet.heads(row + 2, words.t("Assumption"), words.t("At its low"), words.t("At its high"))
    for place, swing in enumerate(details.scenarios.tornado, row + 3):
        sheet.text(place, 0, swing_name(words, setting_of(report), swing))
        sheet.number(place, 1, swing.at_low, "money")
        sheet.number(place, 2, swing.at_high, "money")
    return row + 4 + len(details.scenarios.tornado)


def _two_way(sheet: Sheet, row: int, words: Words, report: ImpactReport, details: Details, content: DetailsContent) -> int:
    if details.two_way is None or content.two_way is None:
        return row
    found, names = details.two_way, two_way_names(words, report, details.two_way)
    rows, columns = two_way_labels(words, report, found)
    sheet.text(row, 0, content.two_way.finding.title, "section")
    sheet.text(row + 1, 0, content.two_way.finding.note, "muted")
    sheet.heads(row + 2, f"{names[0]} \\ {names[1]}", *columns)
    for place, (name, amounts) in enumerate(zip(rows, found.amounts, strict=True), row + 3):
        sheet.text(place, 0, name)
        for column, amount in enumerate(amounts, 1):
            sheet.number(place, column, amount, "money")
    return row + 4 + len(rows)


def write_sentences(sheet: Sheet, row: int, title: str, told: tuple[str, ...]) -> int:
    """Sentences below a title; the row that follows."""
    if not told:
        return row
    sheet.text(row, 0, title, "section")
    for place, sentence in enumerate(told, row + 1):
        sheet.across(place, 0, 6, sentence, "wrap", height=36)
    return row + 2 + len(told)


def write_segments(book: Book, words: Words, report: ImpactReport, details: Details, content: DetailsContent) -> None:
    """The worst segments, how the groups of each column are treated, and the metrics as people count."""
    sheet = book.sheet(words.t("Segments"), (54, *(18,) * 8))
    row = write_worst(sheet, 0, words, setting_of(report), details.segments, content.segments)
    sheet.text(row, 0, content.alike.title, "section")
    sheet.across(row + 1, 0, 6, content.alike.note, "note", height=36)
    row += 3
    for place in range(len(details.fairness)):
        row = _groups(sheet, row, words, details, content, place)
    row = write_sentences(sheet, row, words.t("How often the model is right"), content.metrics)
    write_sentences(sheet, row, words.t("What one more point is worth"), content.points)


def write_worst(sheet: Sheet, row: int, words: Words, setting: Setting, found: SegmentFindings, told: Part) -> int:
    """The worst segments as numbers; the row that follows."""
    sheet.text(row, 0, told.finding.title, "section")
    sheet.across(row + 1, 0, 6, told.finding.note, "note", height=36)
    against = words.t("Against {against}", against=setting.against(words))
    cases = words.t("Cases {period}", period=words.period(setting.period.value))
    sheet.heads(
        row + 2,
        words.t("Group"),
        words.t("Verdict"),
        cases,
        words.t("Test rows"),
        against,
        words.t("95% interval, low"),
        words.t("95% interval, high"),
    )
    for place, segment in enumerate(found.segments, row + 3):
        sheet.text(place, 0, segment_name(words, segment.groups))
        sheet.text(place, 1, verdict_name(words, segment), "text_right")
        sheet.number(place, 2, segment.cases, "number")
        sheet.number(place, 3, segment.rows, "number")
        for column, end in enumerate((segment.gain.value, segment.gain.low, segment.gain.high), 4):
            sheet.number(place, column, float(end), "money")
    return row + 4 + len(found.segments)


def _groups(sheet: Sheet, row: int, words: Words, details: Details, content: DetailsContent, which: int) -> int:
    found, told = details.fairness[which], content.compared[which]
    title = f"▲ {told.part.finding.title}" if told.warning else told.part.finding.title
    sheet.across(row, 0, 6, title, "warning" if told.warning else "bold", height=20)
    low, high = words.t("95% interval, low"), words.t("95% interval, high")
    sheet.heads(row + 1, words.t("Group"), words.t("Test rows"), words.t("Picked"), low, high, words.t("Reached"), low, high, words.t("Value of a decision"))  # fmt: skip
    for place, group in enumerate(found.groups, row + 2):
        sheet.text(place, 0, group_name(words, group.group))
        sheet.number(place, 1, group.rows, "number")
        for first, share in ((2, group.selection), (5, group.reach)):
            for column, end in enumerate((share.value, share.low, share.high) if share else (), first):
                sheet.number(place, column, end, "share")
        sheet.number(place, 8, float(group.value_per_case.value), "money")
    return write_sentences(sheet, row + 2 + len(found.groups), words.t("What it comes to"), told.part.told)
