"""The sheet of the profit curve: each threshold's cells as they were counted, and its value as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.impact import sentences as say
from core.impact.export import palette
from core.impact.export.cells import Book, Sheet, axis_format
from core.impact.export.live import Live, at_largest, largest, ratio, root
from core.impact.export.sheet_assumptions import Inputs, LiveRates, live_rates
from core.impact.export.workings import point_rates
from core.impact.report import CurvePoint, ImpactReport
from core.words import Words

FIRST = 29
NORMAL_95 = 1.959964  # quantile of the standard normal distribution at 0.975


@dataclass(frozen=True, slots=True)
class Best:
    """The most valuable threshold of the curve under the reader's assumptions, and its value."""

    threshold: Live
    value: Live


def write_curve(book: Book, words: Words, report: ImpactReport, inputs: Inputs) -> Best:
    """The curve and its chart."""
    sheet = book.sheet(words.t("Curve"), (20, 12, 12, 12, 12, 18, 18, 18, 18, 4, 12, 12, 12, 12))
    sheet.text(0, 0, words.t("Value at each threshold"), "title")
    note = words.t(
        "Intervals follow your assumptions by the normal approximation; those of the signed report come from {count} draws. "
        "The best threshold of this sheet is chosen on the rows that value it, so it looks a little better than it will be.",
        count=words.number(report.provenance.replicates),
    )  # fmt: skip
    sheet.across(1, 0, 8, note, "note", height=34)
    sheet.heads(
        FIRST - 1, say.axis_title(words, report), words.t("reached"), words.t("unneeded"), words.t("missed"), words.t("left alone"),
        words.t("Value"), words.t("95%, low"), words.t("95%, high"), words.t("As signed"),
    )  # fmt: skip
    if not report.payoff.is_constant:
        for column in range(10, 14):
            sheet.text(FIRST - 1, column, words.t("Weighted by payoffs"), "head_right")
    worths = [_point(sheet, FIRST + index, report, point, inputs) for index, point in enumerate(report.curve)]
    last = FIRST + len(worths) - 1
    _chart(book, words, report, sheet, last)
    thresholds, values = sheet.range(FIRST, last, 0), sheet.range(FIRST, last, 5)
    return Best(at_largest(thresholds, values, [p.threshold for p in report.curve], worths), largest(values, worths))


def _point(sheet: Sheet, row: int, report: ImpactReport, point: CurvePoint, inputs: Inputs) -> float:
    """One threshold: its cells, its value and its interval."""
    sheet.number(row, 0, point.threshold, "share")
    cells = point.cells
    counts = [sheet.number(row, column, value, "number") for column, value in enumerate((cells.tp, cells.fp, cells.fn, cells.tn), 1)]
    value, low, high = _by_count(inputs, counts) if report.payoff.is_constant else _by_case(sheet, row, report, inputs, point)
    shown = sheet.live(row, 5, value, "money")
    sheet.live(row, 6, shown - low, "money")
    sheet.live(row, 7, shown + high, "money")
    sheet.number(row, 8, float(point.value), "money_signed")
    return value.value


def _by_case(sheet: Sheet, row: int, report: ImpactReport, inputs: Inputs, point: CurvePoint) -> tuple[Live, Live, Live]:
    """Payoffs that differ by case: shares weighted by them, beside the table, and the signed interval in proportion to the volume."""
    found = point_rates(report, point)
    each = (found.reached, found.missed, found.unneeded, found.left)
    rates = [sheet.number(row, column, rate, "share_signed") for column, rate in enumerate(each, 10)]
    low, high = (float(abs(end - point.value)) / report.cases_per_period for end in (point.low, point.high))
    return inputs.value(live_rates(rates, found.rest)), inputs.cases * low, inputs.cases * high


def _by_count(inputs: Inputs, counts: Sequence[Live]) -> tuple[Live, Live, Live]:
    """Payoffs that are the same for all cases: value, and the half width of its interval, that of a mean of independent rows."""
    tp, fp, fn, tn = counts
    positives, negatives = tp + fn, fp + tn
    rates = LiveRates(ratio(tp, positives), ratio(fn, positives), ratio(fp, negatives), ratio(tn, negatives))
    squares = inputs.share * (rates.reached * inputs.tp * inputs.tp + rates.missed * inputs.fn * inputs.fn) + (1 - inputs.share) * (
        rates.unneeded * inputs.fp * inputs.fp + rates.left * inputs.tn * inputs.tn
    )
    value = inputs.value(rates)
    mean = ratio(value, inputs.cases)
    half = NORMAL_95 * inputs.cases * root(ratio(squares - mean * mean, positives + negatives))
    return value, half, half


def _chart(book: Book, words: Words, report: ImpactReport, sheet: Sheet, last: int) -> None:
    chart = book.file.add_chart({"type": "scatter", "subtype": "straight"})
    thresholds = f"={sheet.range(FIRST, last, 0)}"
    for column, code, width, dash in (
        (6, palette.MAIN, 0.75, "solid"), (7, palette.MAIN, 0.75, "solid"), (8, palette.REFERENCE, 1.5, "dash"), (5, palette.MAIN, 2.5, "solid"),
    ):  # fmt: skip
        chart.add_series(
            {
                "name": f"={sheet.at(FIRST - 1, column)}", "categories": thresholds, "values": f"={sheet.range(FIRST, last, column)}",
                "line": {"color": code, "width": width, "dash_type": dash, "transparency": 0 if column in {5, 8} else 50},
                "marker": {"type": "none"},
            }
        )  # fmt: skip
    quiet = {"color": palette.MUTED, "size": 9}
    # Titles that people have a part in stand in cells: the library takes some texts for formulas.
    chart.set_title({"none": True})
    chart.set_x_axis(
        {
            "name": f"={sheet.at(FIRST - 1, 0)}", "name_font": {**quiet, "bold": False}, "num_font": quiet, "num_format": "0%", "min": 0,
            "max": report.curve[-1].threshold, "major_gridlines": {"visible": False}, "label_position": "low",
        }
    )  # fmt: skip
    widest = max(abs(float(end)) for p in report.curve for end in (p.low, p.high))
    money = axis_format(words, report.currency, widest)
    chart.set_y_axis(
        {
            "num_font": quiet,
            "num_format": money,
            "major_gridlines": {"visible": True, "line": {"color": palette.LINE}},
            "line": {"none": True},
        }
    )
    chart.set_legend({"position": "bottom", "font": quiet})
    chart.set_size({"width": 1060, "height": 560})
    sheet.native.insert_chart(3, 0, chart)
