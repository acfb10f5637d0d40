"""The sheet of sensitivity of a run of classes or a forecast: one assumption at a time lower and higher, and where the model draws level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.impact import task_sensitivity_words as say
from core.impact.export.cells import Book, Sheet
from core.impact.export.live import Live, ratio
from core.impact.multiclass import ClassFindings
from core.impact.regression import ForecastFindings
from core.impact.setting import Setting
from core.impact.task_sensitivity import SWING, TaskAssumption, TaskSwing
from core.words import Words

TOP = 6
Counts = Sequence[Sequence[Live]]
Part = Callable[[TaskSwing], tuple[Live, Live] | None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What the sheet moves.

    Args:
        gain: live. cases: the cell of the volume.
        part: an assumption's cell, and what it has in the gain; None where no cell of the workbook holds it.
    """

    gain: Live
    cases: Live
    part: Part


def write_swings(book: Book, words: Words, setting: Setting, found: ClassFindings | ForecastFindings, moved: Moved) -> None:
    """The tornado's figures as formulas, and the value of each assumption at which the reference draws level."""
    if not found.tornado:
        return
    sheet = book.sheet(words.t("Sensitivity"), (54, 16, 16, 16, 18, 18, 18, 18, 22))
    sheet.text(0, 0, say.task_swings_title(words, setting, found), "title")
    sheet.across(1, 0, 8, say.task_swings_note(words, setting, found), "note", height=20)
    sheet.text(3, 0, words.t("Lower and higher by"))
    share = sheet.number(3, 1, SWING, "share_input")
    sheet.heads(
        TOP - 1, words.t("Assumption"), words.t("Low"), words.t("Yours"), words.t("High"), words.t("Result at low"), words.t("Result at high"),
        words.t("Change at low"), words.t("Change at high"), words.t("Draws level at"),
    )  # fmt: skip
    for row, swing in enumerate(found.tornado, TOP):
        sheet.text(row, 0, say.task_assumption_name(words, setting, swing))
        if swing.assumption is TaskAssumption.TOLERANCE:
            _as_told(sheet, row, swing, moved)
        else:
            _swing(sheet, row, swing, share, moved)
    told = say.task_break_even_sentences(words, setting, found, len(found.break_evens))
    start = TOP + len(found.tornado) + 2
    if told:
        sheet.text(start - 1, 0, words.t("Where the model draws level"), "section")
    for row, sentence in enumerate(told, start):
        sheet.across(row, 0, 8, sentence, "wrap")


def _swing(sheet: Sheet, row: int, swing: TaskSwing, share: Live, moved: Moved) -> None:
    """Both ends as formulas: the gain is linear in what is moved."""
    style = "number" if swing.assumption is TaskAssumption.CASES else "share" if swing.by_row else "money"
    base, part = _lever(sheet, row, swing, moved, style)
    down, up = (1 + share, 1 - share) if swing.base < 0 else (1 - share, 1 + share)
    for column, factor in ((1, down), (3, up)):
        sheet.live(row, column, base * factor, style)
    for column, factor in ((4, down), (5, up)):
        change = (factor - 1) * part
        sheet.live(row, column, moved.gain + change, "money")
        sheet.live(row, column + 2, change, "money")
    level = 1 - ratio(moved.gain, part)
    if swing.assumption is TaskAssumption.CASES or level.value <= 0 or not part.value:
        sheet.text(row, 8, "–", "text_right")
    else:
        sheet.live(row, 8, base * level, style)


def _lever(sheet: Sheet, row: int, swing: TaskSwing, moved: Moved, style: str) -> tuple[Live, Live]:
    """The assumption's cell and its part in the gain; where no cell holds it, the report's part in proportion to the volume."""
    if swing.assumption is TaskAssumption.CASES:
        return sheet.live(row, 2, moved.cases, style), moved.gain
    known = moved.part(swing)
    if known is not None:
        return sheet.live(row, 2, known[0], style), known[1]
    told = float(swing.at_high - swing.at_low) / (swing.high - swing.low) * swing.base
    return sheet.number(row, 2, swing.base, style), moved.cases * (told / moved.cases.value)


def _as_told(sheet: Sheet, row: int, swing: TaskSwing, moved: Moved) -> None:
    """The tolerance: worked out on the test rows, in proportion to the volume."""
    for column, end in ((1, swing.low), (2, swing.base), (3, swing.high)):
        sheet.number(row, column, end, "decimal")
    for column, told in ((4, swing.at_low), (5, swing.at_high)):
        now = sheet.live(row, column, moved.cases * (float(told) / moved.cases.value), "money")
        sheet.live(row, column + 2, now - moved.gain, "money")
    sheet.text(row, 8, "–", "text_right")


def class_parts(
    found: ClassFindings,
    pays: Sequence[Sequence[Live | None]],
    counts: tuple[Counts, Counts | None],
    scale: tuple[Live, Live],
    always: int | None,
) -> Part:
    """The parts of payoffs that stand in cells.

    Args:
        counts: test rows by truth and decision, of the model and of today's rule where that is the reference.
        scale: cases a period, and test rows. always: the class that the reference always decides on; None for another reference.
    """
    (cases, rows), (own, ruled) = scale, counts

    def part(swing: TaskSwing) -> tuple[Live, Live] | None:
        if swing.assumption is not TaskAssumption.PAYOFF:
            return None
        i, j = found.classes.index(swing.truth), found.classes.index(swing.decided)
        pay = pays[i][j]
        if pay is None or (always is None and ruled is None):
            return None
        here = own[i][j]
        if ruled is not None:
            here = here - ruled[i][j]
        elif j == always:
            here = here - sum(own[i][1:], own[i][0])
        return pay, cases * ratio(here, rows) * pay

    return part
