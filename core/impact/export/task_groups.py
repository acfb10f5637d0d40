"""Where a run of classes or a forecast loses money and how alike it treats groups: worded, drawn and as a sheet, for every format."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact import fairness_sentences as fair
from core.impact import segment_sentences as where
from core.impact.export import palette
from core.impact.export.cells import Book, Sheet
from core.impact.export.charts_details import segments_chart
from core.impact.export.content_details import MOST_ALERTS, Compared, segments_part
from core.impact.export.drawing import Dot, draw, listed_dots
from core.impact.export.pieces import Finding, Part, Table
from core.impact.export.sheet_details import write_sentences, write_worst
from core.impact.setting import Setting
from core.impact.task_details import TaskDetails
from core.impact.task_fairness import TaskFairness
from core.impact.task_group_words import group_figures
from core.impact.task_report import TaskReport
from core.words import Words


@dataclass(frozen=True, slots=True)
class GroupsContent:
    """The breakdowns, worded.

    Args:
        alike: what all compared columns come to. compared: one for each, those that tell of people first.
    """

    segments: Part
    alike: Finding
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class GroupCharts:
    """Their pictures as SVG text; `segments` is empty where there is none. `compared`: in the order of the content."""

    segments: str
    compared: tuple[str, ...]


def task_alerts(words: Words, report: TaskReport) -> tuple[str, ...]:
    """What nobody should overlook: columns of people that warn, and the worst segment that surely loses money."""
    if report.details is None:
        return ()
    setting, found = report.setting, report.details.segments
    unlike = [fair.fairness_finding(words, warned, setting) for warned in report.details.warnings]
    losing = [where.segment_sentence(words, segment, setting, found.gain_per_case) for segment in found.losing[:1]]
    return (*unlike[:MOST_ALERTS], *losing)


def build_groups(words: Words, setting: Setting, details: TaskDetails) -> GroupsContent:
    """Word a report's breakdowns."""
    return GroupsContent(
        segments_part(words, setting, details.segments),
        Finding(fair.alike_finding(words, details, setting), fair.alike_note(words, details)),
        tuple(_compared(words, setting, details, found) for found in details.fairness),
    )


def _compared(words: Words, setting: Setting, details: TaskDetails, found: TaskFairness) -> Compared:
    of_people = found.attribute in details.people
    shown = group_figures(words, setting, found, of_people=of_people)
    told = found.gaps if of_people else found.warnings
    gaps = [words.together(fair.gap_sentence(words, g, setting), fair.verdict_sentence(words, g) if of_people else "") for g in told]
    small = fair.small_groups_sentence(words, found)
    part = Part(Finding(shown.title, shown.note), Table(shown.columns, shown.rows), tuple([*gaps, small] if small else gaps))
    return Compared(found.attribute, found in details.warnings, part)


def draw_groups(words: Words, report: TaskReport) -> GroupCharts | None:
    """Pictures of a report's breakdowns; None without them."""
    details, setting = report.details, report.setting
    if details is None:
        return None
    segments = draw(segments_chart(words, setting, details.segments)) if details.segments.segments else ""
    return GroupCharts(segments, tuple(_drawn(words, found) for found in details.fairness))


def _drawn(words: Words, found: TaskFairness) -> str:
    dots = [
        Dot(
            where.group_name(words, g.group), g.good.value, g.good.low, g.good.high, palette.MAIN if g.judged else palette.REFERENCE
        )
        for g in found.groups
    ]  # fmt: skip
    return draw(listed_dots(dots, words.percent, words.percent))


def write_groups(book: Book, words: Words, setting: Setting, details: TaskDetails, content: GroupsContent) -> None:
    """The worst segments, and how the groups of each column are treated, as numbers."""
    sheet = book.sheet(words.t("Segments"), (54, *(18,) * 6))
    row = write_worst(sheet, 0, words, setting, details.segments, content.segments)
    sheet.text(row, 0, content.alike.title, "section")
    sheet.across(row + 1, 0, 6, content.alike.note, "note", height=36)
    row += 3
    for found, told in zip(details.fairness, content.compared, strict=True):
        row = _groups(sheet, row, words, found, told)


def _groups(sheet: Sheet, row: int, words: Words, found: TaskFairness, told: Compared) -> int:
    title = f"▲ {told.part.finding.title}" if told.warning else told.part.finding.title
    sheet.across(row, 0, 6, title, "warning" if told.warning else "bold", height=20)
    assert told.part.table is not None
    heads = told.part.table.headings
    sheet.heads(row + 1, *heads[:3], words.t("95% interval, low"), words.t("95% interval, high"), heads[-1])
    for place, group in enumerate(found.groups, row + 2):
        sheet.text(place, 0, where.group_name(words, group.group))
        sheet.number(place, 1, group.rows, "number")
        for column, end in enumerate((group.good.value, group.good.low, group.good.high), 2):
            sheet.number(place, column, end, "share")
        sheet.number(place, 5, float(group.per_case.value), "money")
    return write_sentences(sheet, row + 2 + len(found.groups), words.t("What it comes to"), told.part.told)
