"""The sheets of a workbook that everything else hangs on: the assumptions to change, and what the model decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.impact import sentences as say
from core.impact.export.cells import Book, LiveText, Sheet, quoted
from core.impact.export.live import Live, ratio, sign_free, total
from core.impact.export.workings import model_rates, share_positive
from core.impact.phrases import assumption_name, capital, negative_cases, positive_cases, spoken
from core.impact.policy_sentences import policy_finding
from core.impact.report import ImpactReport
from core.impact.sensitivity import Assumption
from core.project.payoffs import Formula
from core.words import Words

CHANGED, SAME = 1e-9, "–"


@dataclass(frozen=True, slots=True)
class LiveRates:
    """A policy's decisions as shares of the cases of either outcome, as cells; `rest` as in `workings.Rates`."""

    reached: Live
    missed: Live
    unneeded: Live
    left: Live
    rest: float = 0.0


def live_rates(shares: Sequence[Live], rest: float = 0.0) -> LiveRates:
    """Four cells, in the order of the fields, as rates."""
    reached, missed, unneeded, left = shares
    return LiveRates(reached, missed, unneeded, left, rest)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The cells that a reader may change.

    Args:
        changed: 0 while all are as signed.
    """

    tp: Live
    fp: Live
    fn: Live
    tn: Live
    cases: Live
    share: Live
    changed: Live

    def value(self, rates: LiveRates) -> Live:
        """What a policy is worth a period."""
        positive = rates.reached * self.tp + rates.missed * self.fn
        negative = rates.unneeded * self.fp + rates.left * self.tn
        each = self.share * positive + (1 - self.share) * negative
        return self.cases * (each + rates.rest if rates.rest else each)

    def actions(self, reached: Live, unneeded: Live) -> Live:
        """Cases that a policy acts on, a period, by its shares of either outcome."""
        return self.cases * (self.share * reached + (1 - self.share) * unneeded)


def write_assumptions(book: Book, words: Words, report: ImpactReport) -> Inputs:
    """The assumptions, as cells to change beside what was signed."""
    sheet = book.sheet(words.t("Assumptions"), (58, 20, 20, 16, 50))
    sheet.text(0, 0, words.t("Assumptions"), "title")
    hint = words.t("Change the yellow cells: every amount in this workbook follows. Gains are positive, costs are negative.")
    sheet.across(1, 0, 3, hint, "note", height=34)
    sheet.heads(3, words.t("Assumption"), words.t("Yours"), words.t("As signed"), words.t("Changed"))
    nouns, pay, period = spoken(words, report.nouns), report.amounts, words.period(report.period.value)
    given = [
        ("value_tp", assumption_name(words, nouns, Assumption.TP, pay.tp), float(pay.tp), "money"),
        ("value_fp", assumption_name(words, nouns, Assumption.FP, pay.fp), float(pay.fp), "money"),
        ("value_fn", assumption_name(words, nouns, Assumption.FN, pay.fn), float(pay.fn), "money"),
        ("value_tn", assumption_name(words, nouns, Assumption.TN, pay.tn), float(pay.tn), "money"),
        ("cases", words.t("{actions} {period}", actions=capital(nouns.case_many), period=period), float(report.cases_per_period), "number"),
        ("share", assumption_name(words, nouns, Assumption.PREVALENCE), share_positive(report), "share"),
    ]
    cells, moved = [], Live("0", 0.0)
    for row, (name, label, value, kind) in enumerate(given, 4):
        sheet.text(row, 0, label)
        own, signed = sheet.number(row, 1, value, f"{kind}_input"), sheet.number(row, 2, value, f"{kind}_signed")
        differs = sign_free(own - signed)
        moved = differs if row == 4 else moved + differs
        sheet.live_text(row, 3, LiveText(f"IF({differs.text}<{CHANGED},{quoted(SAME)},{quoted(words.t('changed'))})", SAME), "text_right")
        cells.append(sheet.name_cell(row, 1, name, value))
        if isinstance(formula := getattr(report.payoff, name.removeprefix("value_"), None), Formula):
            sheet.text(row, 4, words.t("on average; from case to case: {formula}", formula=formula.text), "muted")
    _guard(sheet, words)
    row = 5 + len(given)
    sheet.text(row, 0, words.t("Every amount is what it comes to {period}.", period=period), "muted")
    tp, fp, fn, tn, cases, share = cells
    return Inputs(tp, fp, fn, tn, cases, share, sheet.live(row, 3, moved, "text_signed"))


def _guard(sheet: Sheet, words: Words) -> None:
    """Only numbers, no negative counts, shares between 0 and 1."""
    refused = words.t("This cell takes a number.")
    limits = {"validate": "decimal", "criteria": "between", "minimum": -(10**12), "maximum": 10**12, "error_message": refused}
    sheet.native.data_validation(4, 1, 7, 1, limits)
    sheet.native.data_validation(8, 1, 8, 1, {**limits, "minimum": 0})
    sheet.native.data_validation(9, 1, 9, 1, {**limits, "minimum": 0, "maximum": 1})


def write_decisions(book: Book, words: Words, report: ImpactReport, inputs: Inputs) -> tuple[LiveRates, Live, Live]:
    """The model's decisions on the test cases, and what they are worth a period.

    Returns:
        the model's rates, its value and its actions a period.
    """
    sheet, nouns, cells = book.sheet(words.t("Decisions"), (46, 20, 20, 20, 22, 4, 14)), spoken(words, report.nouns), report.cells
    sheet.text(0, 0, policy_finding(words, report) if report.policies else say.curve_finding(words, report), "title")
    sheet.across(1, 0, 4, words.t("Counted on {rows} test cases.", rows=words.number(cells.rows)), "note")
    acted, left = capital(nouns.action_one), words.t("Left alone")
    sheet.heads(3, words.t("Test cases"), acted, left, words.t("All"))
    who = (capital(positive_cases(words, nouns)), capital(negative_cases(words, nouns)))
    shares: list[Live] = []
    for row, name, first, second in ((4, who[0], cells.tp, cells.fn), (5, who[1], cells.fp, cells.tn)):
        sheet.text(row, 0, name)
        one, two = sheet.number(row, 1, first, "number"), sheet.number(row, 2, second, "number")
        all_ = sheet.live(row, 3, one + two, "number")
        shares += [ratio(one, all_), ratio(two, all_)]
    names = (f"{who[0]}: {acted}", f"{who[0]}: {left}", f"{who[1]}: {acted}", f"{who[1]}: {left}")
    rates, worth = _worth(sheet, words, report, inputs, names, shares)
    sheet.text(13, 0, say.amounts_note(words, report, words.t("all decisions together")), "bold")
    return rates, worth, inputs.actions(shares[0], shares[2])


def _worth(
    sheet: Sheet, words: Words, report: ImpactReport, inputs: Inputs, names: tuple[str, ...], shares: list[Live]
) -> tuple[LiveRates, Live]:
    """What each kind of decision comes to a period."""
    found = model_rates(report)
    weighted = (found.reached, found.missed, found.unneeded, found.left)
    sheet.heads(8, words.t("What is decided"), words.t("Share of them"), words.t("Cases"), words.t("Value of each"), words.t("Value"))
    if not report.payoff.is_constant:
        sheet.text(8, 6, words.t("Weighted by payoffs"), "head_right")
    parts, rates = [], []
    of, pay = (inputs.share, inputs.share, 1 - inputs.share, 1 - inputs.share), (inputs.tp, inputs.fn, inputs.fp, inputs.tn)
    for row, (name, share, outcome, each, rate) in enumerate(zip(names, shares, of, pay, weighted, strict=True), 9):
        sheet.text(row, 0, name)
        shown = sheet.live(row, 1, share, "share")
        count = sheet.live(row, 2, inputs.cases * outcome * shown, "number")
        # Where payoffs differ by case, the share that counts is weighted by them; it stands beside.
        rates.append(shown if report.payoff.is_constant else sheet.number(row, 6, rate, "share_signed"))
        parts.append(sheet.live(row, 4, inputs.cases * outcome * rates[-1] * each, "money"))
        sheet.live(row, 3, ratio(parts[-1], count), "money")
    worth = total(sheet.range(9, 12, 4), [p.value for p in parts])
    live = live_rates(rates, found.rest)
    return live, sheet.live(13, 4, worth + inputs.cases * found.rest if found.rest else worth, "money_bold")
