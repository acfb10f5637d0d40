"""The sheet of sensitivity: one assumption at a time lower and higher, and where each payoff stops paying, all as formulas."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.impact import sentences as say
from core.impact.export import palette
from core.impact.export.cells import Book, Sheet, axis_format
from core.impact.export.live import Live, capped, ratio
from core.impact.export.sheet_alternatives import LiveAlternative, Rivals
from core.impact.export.sheet_assumptions import Inputs, LiveRates
from core.impact.phrases import assumption_name, capital, spoken
from core.impact.report import ImpactReport
from core.impact.sensitivity import CASES_SWING, PAYOFF_SWING, PREVALENCE_SWING, Assumption, Basis
from core.words import Words

TOP = 8
SMALL = 1e-12


@dataclass(frozen=True, slots=True)
class Swings:
    """How far assumptions are moved, as shares of themselves."""

    payoffs: Live
    share: Live
    cases: Live


def write_sensitivity(book: Book, words: Words, report: ImpactReport, inputs: Inputs, own: LiveRates, rivals: Rivals) -> None:
    """The tornado's figures, and the break-even points."""
    sheet = book.sheet(words.t("Sensitivity"), (54, 16, 16, 16, 18, 18, 18, 18))
    sheet.text(0, 0, say.tornado_finding(words, report), "title")
    sheet.across(1, 0, 7, say.tornado_note(words, report), "note")
    swings = _swings(sheet, words)
    against = None if report.basis is Basis.VALUE else next(a for a in rivals.all if a.kind is report.reference)
    sheet.heads(
        TOP - 1, words.t("Assumption"), words.t("Low"), words.t("Yours"), words.t("High"), words.t("Result at low"), words.t("Result at high"),
        words.t("Change at low"), words.t("Change at high"),
    )  # fmt: skip
    row = TOP
    for bar in report.tornado:
        _swing(sheet, row, _label(words, report, bar.assumption), bar.assumption, swings, (inputs, own, against))
        row += 1
    widest = max([abs(float(end) - float(report.tornado_center)) for b in report.tornado for end in (b.at_low, b.at_high)], default=0.0)
    _chart(book, sheet, (TOP, row - 1), axis_format(words, report.currency, widest))
    _break_evens(sheet, row + 2, words, report, (inputs, own, rivals))


def _label(words: Words, report: ImpactReport, assumption: Assumption) -> str:
    base = getattr(report.amounts, assumption.value) if assumption in _PAYOFFS else 0
    return capital(assumption_name(words, spoken(words, report.nouns), assumption, base))


_PAYOFFS = (Assumption.TP, Assumption.FP, Assumption.FN, Assumption.TN)


def _swings(sheet: Sheet, words: Words) -> Swings:
    rows = ((words.t("Payoffs, lower and higher by"), PAYOFF_SWING), (words.t("Share, lower and higher by"), PREVALENCE_SWING),
        (words.t("Number of cases, lower and higher by"), CASES_SWING))  # fmt: skip
    cells = []
    for row, (label, value) in enumerate(rows, 3):
        sheet.text(row, 0, label)
        cells.append(sheet.number(row, 1, value, "share_input"))
    return Swings(*cells)


def _swing(
    sheet: Sheet, row: int, label: str, assumption: Assumption, swings: Swings, of: tuple[Inputs, LiveRates, LiveAlternative | None]
) -> None:
    """One assumption: its low and high, and the result with each."""
    inputs, own, against = of
    field = {Assumption.PREVALENCE: "share", Assumption.CASES: "cases"}.get(assumption, assumption.value)
    swing = {"share": swings.share, "cases": swings.cases}.get(field, swings.payoffs)
    style = {"share": "share", "cases": "number"}.get(field, "money")
    base: Live = getattr(inputs, field)
    sheet.text(row, 0, label)
    now = _result(inputs, own, against)
    for column, low in ((0, True), (1, False)):
        # A cost of 100 is lower at -120, as in the report: low and high are the amounts', not their sizes'.
        up = low == (base.value < 0)
        moved = base * (1 + swing if up else 1 - swing)
        end = sheet.live(row, 1 if low else 3, capped(moved, 1.0) if field == "share" else moved, style)
        result = sheet.live(row, 4 + column, _result(replace(inputs, **{field: end}), own, against), "money")
        sheet.live(row, 6 + column, result - now, "money")
    sheet.live(row, 2, base, style)


def _result(inputs: Inputs, own: LiveRates, against: LiveAlternative | None) -> Live:
    """What the tornado swings: the model's value, or its gain over the best alternative."""
    worth = inputs.value(own)
    return worth if against is None or against.rates is None else worth - inputs.value(against.rates)


def _break_evens(sheet: Sheet, row: int, words: Words, report: ImpactReport, of: tuple[Inputs, LiveRates, Rivals]) -> None:
    """For each payoff, the value at which each alternative draws level with the model, all else as assumed."""
    inputs, own, rivals = of
    known = [a for a in rivals.plain if a.rates is not None]
    sheet.text(row, 0, words.t("Where the model draws level"), "section")
    sheet.heads(row + 1, words.t("Assumption"), words.t("Yours"), *(a.name for a in known))
    for place, assumption in enumerate(_PAYOFFS, row + 2):
        base: Live = getattr(inputs, assumption.value)
        sheet.text(place, 0, _label(words, report, assumption))
        sheet.live(place, 1, base, "money")
        for column, rival in enumerate(known, 2):
            level = _level(inputs, own, rival, assumption)
            if level is None:
                sheet.text(place, column, "–", "text_right")
            else:
                sheet.live(place, column, level, "money")


def _level(inputs: Inputs, own: LiveRates, rival: LiveAlternative, assumption: Assumption) -> Live | None:
    """The payoff at which both are worth the same; None where both decide alike on the cases that it is paid for."""
    field, share = {
        Assumption.TP: ("reached", inputs.share), Assumption.FN: ("missed", inputs.share),
        Assumption.FP: ("unneeded", 1 - inputs.share), Assumption.TN: ("left", 1 - inputs.share),
    }[assumption]  # fmt: skip
    weight = inputs.cases * share * (getattr(own, field) - getattr(rival.rates, field))
    if abs(weight.value) < SMALL:
        return None
    base: Live = getattr(inputs, assumption.value)
    return base - ratio(inputs.value(own) - rival.value, weight)


def _chart(book: Book, sheet: Sheet, rows: tuple[int, int], money: str) -> None:
    first, last = rows
    if last < first:
        return
    chart = book.file.add_chart({"type": "bar", "subtype": "stacked"})
    for column, code in ((6, palette.REFERENCE), (7, palette.MAIN)):
        chart.add_series(
            {
                "name": f"={sheet.at(first - 1, column)}", "categories": f"={sheet.range(first, last, 0)}",
                "values": f"={sheet.range(first, last, column)}", "fill": {"color": code}, "gap": 60,
            }
        )  # fmt: skip
    quiet = {"color": palette.MUTED, "size": 9}
    chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": {"size": 9, "color": palette.TEXT}})
    chart.set_x_axis(
        {
            "num_font": quiet,
            "num_format": money,
            "major_gridlines": {"visible": True, "line": {"color": palette.LINE}},
            "line": {"none": True},
        }
    )
    chart.set_legend({"position": "bottom", "font": quiet})
    chart.set_title({"none": True})
    chart.set_size({"width": 900, "height": 90 + 46 * (last - first + 1)})
    sheet.native.insert_chart(last + 10, 0, chart)
