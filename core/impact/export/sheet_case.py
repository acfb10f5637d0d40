"""The sheet of the business case: costs and discount rate to change, the months as formulas, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact import economics_sentences as say
from core.impact.economics import BusinessCase, months_per_period
from core.impact.export import palette
from core.impact.export.cells import Book, LiveText, Sheet, axis_format, quoted
from core.impact.export.live import Live, power, ratio, total
from core.words import Words

FIRST = 18
NEVER = "–"


@dataclass(frozen=True, slots=True)
class Costs:
    """The cells that a reader may change, and the gain that the months bring; all a month but the first."""

    one_off: Live
    running: Live
    rate: Live
    gain: Live


def write_case(book: Book, words: Words, currency: str, case: BusinessCase, gain: Live, *, signed: bool = True) -> None:
    """The business case of a gain a period.

    Args:
        case: as in the report. signed: whether the report says that it is.
        gain: over the best alternative that needs no model, with the reader's assumptions.
    """
    sheet = book.sheet(words.t("Business case"), (52, 20, 20, 20, 20, 20))
    sheet.text(0, 0, say.case_finding(words, case), "title")
    sheet.across(1, 0, 5, words.t("Gains and costs come at the end of each month; the roll-out is paid at the start."), "note")
    costs = _costs(sheet, words, case, gain, words.t("As signed") if signed else words.t("In the report"))
    months = case.economics.horizon_months
    totals, spent = _months(sheet, words, costs, months)
    net = costs.gain - costs.running
    last = Live(sheet.at(FIRST + months, 5), totals[-1])
    rows: tuple[tuple[str, Live, float | None, str], ...] = (
        (words.t("Net present value"), last, float(case.npv.value), "money"),
        (words.t("All costs"), spent, None, "money"),
        (words.t("Return on all costs"), ratio(months * net - costs.one_off, spent), case.roi.value if case.roi else None, "share"),
    )
    for row, (label, live, before, style) in enumerate(rows, 9):
        sheet.text(row, 0, label, "bold" if row == 9 else "text")
        sheet.live(row, 1, live, "money_bold" if row == 9 else style)
        if before is not None:
            sheet.number(row, 2, before, f"{style}_signed")
    sheet.text(12, 0, words.t("Months until the roll-out has paid for itself"))
    _payback(sheet, net, costs.one_off)
    sheet.text(13, 0, words.t("95% interval of the signed value") if signed else words.t("95% interval of the report's value"))
    low, high = (words.money(end, currency) for end in (case.npv.low, case.npv.high))
    sheet.text(13, 2, words.t("{low} to {high}", low=low, high=high), "text_signed")
    _chart(book, words, (currency, months), sheet, max(abs(value) for value in totals))


def _costs(sheet: Sheet, words: Words, case: BusinessCase, gain: Live, before: str) -> Costs:
    """What may be changed, beside what the report says."""
    sheet.heads(3, words.t("Assumption"), words.t("Yours"), before)
    given, length = case.economics, months_per_period(case.period)
    period = words.period(case.period.value)
    lines = (
        (words.t("Cost of the roll-out, once"), float(given.one_off_cost), "money"),
        (words.t("Cost of running it {period}", period=period), float(given.running_cost), "money"),
        (words.t("Discount rate, a year"), float(given.discount_rate), "share"),
    )
    cells = []
    for row, (label, value, kind) in enumerate(lines, 4):
        sheet.text(row, 0, label)
        cells.append(sheet.number(row, 1, value, f"{kind}_input"))
        sheet.number(row, 2, value, f"{kind}_signed")
    sheet.text(7, 0, words.t("What the model adds {period}", period=period))
    added = sheet.live(7, 1, gain, "money")
    sheet.number(7, 2, float(case.gain.value), "money_signed")
    a_month = Live(repr(1 / length), 1 / length)
    return Costs(cells[0], cells[1] * a_month, power(1 + cells[2], 1 / 12) - 1, added * a_month)


def _months(sheet: Sheet, words: Words, costs: Costs, months: int) -> tuple[list[float], Live]:
    """The months, and all that is spent."""
    sheet.heads(
        FIRST - 1, words.t("Month"), words.t("Gain"), words.t("Cost"), words.t("Net"), words.t("In today's money"),
        words.t("Total in today's money"),
    )  # fmt: skip
    totals: list[float] = []
    spent: list[float] = []
    for month in range(months + 1):
        row = FIRST + month
        sheet.number(row, 0, month, "number")
        brings = sheet.number(row, 1, 0.0, "money_signed") if month == 0 else sheet.live(row, 1, costs.gain, "money")
        cost = sheet.live(row, 2, costs.one_off if month == 0 else costs.running, "money")
        net = sheet.live(row, 3, brings - cost, "money")
        weight = power(1 + costs.rate, -month)
        today = sheet.live(row, 4, net * weight, "money")
        before = Live(sheet.at(row - 1, 5), totals[-1]) if totals else None
        totals.append(sheet.live(row, 5, today if before is None else before + today, "money").value)
        spent.append(cost.value)
    return totals, total(sheet.range(FIRST, FIRST + months, 2), spent)


def _payback(sheet: Sheet, net: Live, one_off: Live) -> None:
    """By plain flows; a dash where it never comes."""
    text = f"IF({net.text}<=0,{quoted(NEVER)},{one_off.text}/{net.text})"
    if net.value <= 0:
        sheet.live_text(12, 1, LiveText(text, NEVER), "text_right")
    else:
        sheet.live(12, 1, Live(text, one_off.value / net.value), "decimal")


def _chart(book: Book, words: Words, about: tuple[str, int], sheet: Sheet, widest: float) -> None:
    currency, months = about
    last = FIRST + months
    chart = book.file.add_chart({"type": "scatter", "subtype": "straight"})
    chart.add_series(
        {
            "name": f"={sheet.at(FIRST - 1, 5)}", "categories": f"={sheet.range(FIRST, last, 0)}", "values": f"={sheet.range(FIRST, last, 5)}",
            "line": {"color": palette.MAIN, "width": 2.5}, "marker": {"type": "none"},
        }
    )  # fmt: skip
    quiet = {"color": palette.MUTED, "size": 9}
    chart.set_x_axis(
        {
            "num_font": quiet,
            "min": 0,
            "max": months,
            "major_gridlines": {"visible": False},
            "label_position": "low",
        }
    )
    chart.set_y_axis(
        {
            "num_font": quiet, "num_format": axis_format(words, currency, widest), "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": palette.LINE}},
        }
    )  # fmt: skip
    chart.set_legend({"none": True})
    chart.set_title({"none": True})
    chart.set_size({"width": 640, "height": 360})
    sheet.native.insert_chart(FIRST - 1, 7, chart)
