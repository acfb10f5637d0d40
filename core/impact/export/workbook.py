"""The report as an Excel workbook: assumptions to change, every amount of money a formula over them, what was signed beside."""

from __future__ import annotations

from core.impact.economics import business_case
from core.impact.export.cells import Book, Sheet
from core.impact.export.content import ReportContent, build_content, has_costs
from core.impact.export.live import Live, ratio
from core.impact.export.sheet_alternatives import Rivals, write_alternatives, yes_or_no
from core.impact.export.sheet_assumptions import Inputs, LiveRates, write_assumptions, write_decisions
from core.impact.export.sheet_case import write_case
from core.impact.export.sheet_curve import Best, write_curve
from core.impact.export.sheet_details import write_scenarios, write_segments
from core.impact.export.sheet_sensitivity import write_sensitivity
from core.impact.export.spec import ExportSpec
from core.impact.phrases import alternative_name, capital, spoken
from core.impact.report import ImpactReport, ThresholdSource
from core.words import Words

TABLE = 8


def make_workbook(spec: ExportSpec) -> bytes:
    """A report as a workbook."""
    words, report, content = spec.words, spec.report, build_content(spec)
    book = Book(words, report.currency, footer=content.footer)
    book.describe(content.title, content.headline, content.footer, spec.seal)
    summary = book.sheet(words.t("Summary"), (54, 34, 34, 22))
    inputs = write_assumptions(book, words, report)
    own = write_decisions(book, words, report, inputs)
    best = write_curve(book, words, report, inputs)
    rivals = write_alternatives(book, words, report, inputs, own)
    write_sensitivity(book, words, report, inputs, own[0], rivals)
    if has_costs(report):
        write_case(book, words, report.currency, business_case(report.gain, report.period, report.economics), own[1] - rivals.best)
    if report.details and content.details:
        write_scenarios(book, words, report, report.details, content.details)
        write_segments(book, words, report, report.details, content.details)
    _summary(summary, words, report, content, inputs)
    _amounts(summary, words, report, (inputs, own, rivals, best))
    _evidence(book.sheet(words.t("Signature"), (34, 34, 34, 34)), words, content)
    summary.native.activate()
    return book.bytes()


def _summary(sheet: Sheet, words: Words, report: ImpactReport, content: ReportContent, inputs: Inputs) -> None:
    """What was found, and whether the workbook still says what was signed."""
    sheet.text(0, 0, content.eyebrow, "muted")
    sheet.across(1, 0, 3, content.headline, "title", height=44 if len(content.headline) > 60 else 28)
    sheet.across(2, 0, 3, content.lead, "note", height=36)
    sheet.across(3, 0, 3, words.t("The question: {question}", question=content.question), "note", height=20)
    state = content.draft or words.t("The assumptions are those of the signed report.")
    told = yes_or_no(inputs.changed, state, words.t("Assumptions were changed: these amounts are not those of the signed report."))
    sheet.live_text(5, 0, told, "bold")
    heads = (words.t("As signed") if not content.draft else words.t("Draft"), words.t("Difference"))
    sheet.heads(TABLE - 1, words.t("Amounts in {currency}", currency=report.currency), words.t("With your assumptions"), *heads)
    hint = words.t("On the next sheet, change the yellow cells: every amount of money in this workbook follows.")
    sheet.across(TABLE + 11, 0, 3, hint, "note", height=22)
    hindsight = words.t(
        "In hindsight: the best threshold is chosen on the same test cases that value it, so both look a little better than they will be."
    )
    chosen = report.threshold_source is ThresholdSource.VALIDATION
    beside = words.t("The threshold beside it was chosen on validation cases.") if chosen else ""
    sheet.across(TABLE + 12, 0, 3, words.together(hindsight, beside), "note", height=36)
    for row, alert in enumerate(content.alerts, TABLE + 14):
        sheet.across(row, 0, 3, f"▲ {alert}", "warning", height=36)


def _amounts(sheet: Sheet, words: Words, report: ImpactReport, of: tuple[Inputs, tuple[LiveRates, Live, Live], Rivals, Best]) -> None:
    """The amounts that the headline is made of."""
    inputs, (_, worth, acts), rivals, best = of
    nouns, period = spoken(words, report.nouns), words.period(report.period.value)
    actions = words.t("{actions} {period}", actions=capital(nouns.action_many), period=period)
    lines = (
        (words.t("Value of the model's decisions {period}", period=period), worth, float(report.value.value), "money_bold"),
        (
            words.t("Best alternative without a model {period}", period=period),
            rivals.best,
            float(report.best_alternative.value.value),
            "money",
        ),
        (words.t("What the model adds {period}", period=period), worth - rivals.best, float(report.gain.value), "money_bold"),
        (words.t("Value of the average case"), ratio(worth, inputs.cases), float(report.value_per_case.value), "money"),
        (actions, acts, report.frequencies.actions, "number"),
    )
    for row, (label, now, signed, style) in enumerate(lines, TABLE):
        sheet.text(row, 0, label, "bold" if style == "money_bold" else "text")
        kind = style.removesuffix("_bold")
        shown, before = sheet.live(row, 1, now, style), sheet.number(row, 2, signed, f"{kind}_signed")
        sheet.live(row, 3, shown - before, kind)
    row = TABLE + len(lines)
    sheet.text(row, 0, words.t("The best alternative"))
    sheet.live_text(row, 1, rivals.best_name, "text_right")
    sheet.text(row, 2, alternative_name(words, nouns, report.best_alternative), "text_signed")
    sheet.text(row + 1, 0, words.t("Best threshold on the test cases, in hindsight"))
    sheet.live(row + 1, 1, best.threshold, "share")
    sheet.number(row + 1, 2, report.threshold, "share_signed")
    sheet.text(row + 2, 0, words.t("Value at that threshold {period}, in hindsight", period=period))
    sheet.live(row + 2, 1, best.value, "money")
    for index, label, amount in (
        (row + 3, words.t("95% interval of the signed value"), report.value),
        (row + 4, words.t("95% interval of what the model adds"), report.gain),
    ):
        low, high = (words.money(end, report.currency, signed=amount is report.gain) for end in (amount.low, amount.high))
        sheet.text(index, 0, label)
        sheet.text(index, 2, words.t("{low} to {high}", low=low, high=high), "text_signed")


def _evidence(sheet: Sheet, words: Words, content: ReportContent) -> None:
    """Where the numbers come from, and the signature."""
    sheet.across(0, 0, 3, content.seal_note, "note", height=38)
    row = 2
    for title, rows in ((words.t("Where these numbers come from"), content.sources), (words.t("Signature"), content.seal)):
        if not rows:
            continue
        sheet.text(row, 0, title, "section")
        for index, (label, text) in enumerate(rows, row + 1):
            sheet.text(index, 0, label, "muted")
            sheet.across(index, 1, 3, text, "wrap")
        row += len(rows) + 2
