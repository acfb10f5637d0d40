"""The sheet of alternatives: each one's decisions, its value as a formula, and what the model adds."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact import sentences as say
from core.impact.alternatives import AlternativeKind
from core.impact.export import palette
from core.impact.export.cells import Book, LiveText, Sheet, axis_format, quoted
from core.impact.export.live import Live, largest, ratio
from core.impact.export.sheet_assumptions import Inputs, LiveRates, live_rates
from core.impact.export.workings import alternative_rates, share_positive
from core.impact.phrases import alternative_name, capital, spoken
from core.impact.policy_sentences import policy_finding, policy_name
from core.impact.report import AlternativeValue, ImpactReport
from core.words import Words

FIRST = 5


@dataclass(frozen=True, slots=True)
class LiveAlternative:
    """An alternative in the workbook; `rates` is None where the report doesn't tell its decisions."""

    kind: AlternativeKind
    name: str
    rates: LiveRates | None
    value: Live


@dataclass(frozen=True, slots=True)
class Rivals:
    """All alternatives, and the best of those that need no model."""

    all: tuple[LiveAlternative, ...]
    best: Live
    best_name: LiveText

    @property
    def plain(self) -> tuple[LiveAlternative, ...]:
        """Those that need no model."""
        return tuple(a for a in self.all if a.kind.needs_no_model)


def write_alternatives(book: Book, words: Words, report: ImpactReport, inputs: Inputs, own: tuple[LiveRates, Live, Live]) -> Rivals:
    """The model and its alternatives."""
    sheet = book.sheet(words.t("Alternatives"), (38, 11, 11, 11, 11, 16, 16, 16, 16, 16, 13))
    sheet.text(0, 0, say.alternatives_finding(words, report), "title")
    note = words.t("Shares are of the cases with either outcome. Intervals are those of the signed report.")
    if not report.payoff.is_constant:
        note = words.t("Shares are of the cases with either outcome, weighted by their payoffs. Intervals are those of the signed report.")
    sheet.across(1, 0, 10, note, "note")
    sheet.heads(
        FIRST - 1, words.t("Alternative"), words.t("reached"), words.t("missed"), words.t("unneeded"), words.t("left alone"), words.t("Value"),
        words.t("What the model adds"), words.t("Signed: the model adds"), words.t("95%, low"), words.t("95%, high"),
        capital(spoken(words, report.nouns).action_many),
    )  # fmt: skip
    sheet.text(FIRST, 0, words.t("This model"), "bold")
    mine, worth, actions = own
    _rates(sheet, FIRST, mine)
    sheet.live(FIRST, 5, worth, "money_bold")
    sheet.live(FIRST, 10, actions, "number")
    plain = [a for a in report.alternatives if a.kind.needs_no_model]
    others = [a for a in report.alternatives if not a.kind.needs_no_model]
    found = [_row(sheet, FIRST + 1 + i, words, report, inputs, a, own) for i, a in enumerate([*plain, *others])]
    # Those that need no model stand together, so that one range holds them.
    values, names = sheet.range(FIRST + 1, FIRST + len(plain), 5), sheet.range(FIRST + 1, FIRST + len(plain), 0)
    ranked = [a.value.value for a in found[: len(plain)]]
    best_name = LiveText(f"INDEX({names},MATCH(MAX({values}),{values},0))", found[ranked.index(max(ranked))].name)
    widest = max(abs(a.value.value) for a in found)
    below = _policies(sheet, FIRST + len(found) + 2, words, report, inputs)
    _chart(book, sheet, (FIRST + len(found), below), axis_format(words, report.currency, max(widest, abs(worth.value))))
    return Rivals(tuple(found), largest(values, ranked), best_name)


def _policies(sheet: Sheet, row: int, words: Words, report: ImpactReport, inputs: Inputs) -> int:
    """The ways of deciding that were considered; returns the last row that is taken.

    A policy's shares follow from how many positive cases it reaches and how often it acts; not so where payoffs differ by case.
    """
    if not report.policies or not report.payoff.is_constant:
        return row - 2
    sheet.text(row, 0, policy_finding(words, report), "section")
    sheet.heads(
        row + 1,
        words.t("Way of deciding"),
        words.t("reached"),
        words.t("missed"),
        words.t("unneeded"),
        words.t("left alone"),
        words.t("Value"),
    )
    found = sorted(report.policies, key=lambda p: -p.value.value)
    share = share_positive(report)
    for place, policy in enumerate(found, row + 2):
        acts = policy.actions / report.cases_per_period
        unneeded = (acts - share * policy.reached) / (1 - share) if share < 1 else 0.0
        sheet.text(place, 0, policy_name(words, report, policy.candidate))
        each = (policy.reached, 1 - policy.reached, unneeded, 1 - unneeded)
        rates = live_rates([sheet.number(place, column, rate, "share") for column, rate in enumerate(each, 1)])
        sheet.live(place, 5, inputs.value(rates), "money")
    return row + 1 + len(found)


def _rates(sheet: Sheet, row: int, rates: LiveRates) -> LiveRates:
    each = (rates.reached, rates.missed, rates.unneeded, rates.left)
    return live_rates([sheet.live(row, column, rate, "share") for column, rate in enumerate(each, 1)], rates.rest)


def _row(
    sheet: Sheet, row: int, words: Words, report: ImpactReport, inputs: Inputs, given: AlternativeValue, own: tuple[LiveRates, Live, Live]
) -> LiveAlternative:
    name, (_, worth, actions) = alternative_name(words, spoken(words, report.nouns), given), own
    sheet.text(row, 0, name)
    rates = _decisions(sheet, row, report, inputs, given, actions)
    if rates is None:
        sheet.text(row, 1, words.t("as signed"), "text_signed")
        value = sheet.number(row, 5, float(given.value.value), "money_signed")
    else:
        value = sheet.live(row, 5, inputs.value(rates), "money")
        _acts(sheet, row, report, inputs, given, rates)
    sheet.live(row, 6, worth - value, "money")
    for column, amount in enumerate((given.gain.value, given.gain.low, given.gain.high), 7):
        sheet.number(row, column, float(amount), "money_signed")
    return LiveAlternative(given.kind, name, rates, value)


def _decisions(sheet: Sheet, row: int, report: ImpactReport, inputs: Inputs, given: AlternativeValue, actions: Live) -> LiveRates | None:
    """How an alternative decides; chance acts as often as the model does, whatever the assumptions."""
    if given.kind is AlternativeKind.RANDOM and report.payoff.is_constant:
        often = ratio(actions, inputs.cases)
        return _rates(sheet, row, LiveRates(often, 1 - often, often, 1 - often))
    rates = alternative_rates(report, given)
    if rates is None:
        return None
    each = (rates.reached, rates.missed, rates.unneeded, rates.left)
    return live_rates([sheet.number(row, column, rate, "share") for column, rate in enumerate(each, 1)], rates.rest)


def _acts(sheet: Sheet, row: int, report: ImpactReport, inputs: Inputs, given: AlternativeValue, rates: LiveRates) -> None:
    """How many cases it acts on a period: by its shares, where they aren't weighted by value."""
    if report.payoff.is_constant:
        sheet.live(row, 10, inputs.actions(rates.reached, rates.unneeded), "number")
    else:
        sheet.live(row, 10, inputs.cases * (given.actions / report.cases_per_period), "number")


def _chart(book: Book, sheet: Sheet, rows: tuple[int, int], money: str) -> None:
    """Bars of the alternatives, down to the first row given, drawn below the second."""
    last, below = rows
    chart = book.file.add_chart({"type": "bar"})
    points = [{"fill": {"color": palette.MAIN}}, *({"fill": {"color": "#B9BFC9"}} for _ in range(last - FIRST))]
    chart.add_series(
        {
            "name": f"={sheet.at(FIRST - 1, 5)}", "categories": f"={sheet.range(FIRST, last, 0)}", "values": f"={sheet.range(FIRST, last, 5)}",
            "points": points, "gap": 60,
        }
    )  # fmt: skip
    quiet = {"color": palette.MUTED, "size": 9}
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9, "color": palette.TEXT}, "label_position": "low", "line": {"none": True}})
    chart.set_x_axis(
        {
            "num_font": quiet,
            "num_format": money,
            "major_gridlines": {"visible": True, "line": {"color": palette.LINE}},
            "line": {"none": True},
        }
    )
    chart.set_legend({"none": True})
    chart.set_title({"none": True})
    chart.set_size({"width": 900, "height": 60 + 44 * (last - FIRST + 1)})
    sheet.native.insert_chart(below + 1, 0, chart)


def yes_or_no(changed: Live, as_signed: str, otherwise: str) -> LiveText:
    """A text that tells whether the assumptions are still those that were signed."""
    return LiveText(f"IF({changed.text}=0,{quoted(as_signed)},{quoted(otherwise)})", as_signed)
