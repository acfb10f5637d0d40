"""What an impact report says in words: a finding for each part, with the project's own nouns, without the trade's jargon."""

from __future__ import annotations

from decimal import Decimal

from core.impact.alternatives import AlternativeKind
from core.impact.frequency_words import (
    best_text,
    missed_text,
    never_unneeded_text,
    reach_text,
    square_and_unneeded_text,
    square_text,
    unneeded_text,
)
from core.impact.phrases import (
    alternative_in_text,
    assumption_name,
    capital,
    counted,
    positive_cases,
    probability,
    spoken,
)
from core.impact.report import AlternativeValue, BreakEvenPoint, CurvePoint, ImpactReport, Verdict
from core.impact.sensitivity import Basis
from core.project.model import Nouns
from core.project.terms import Economics
from core.words import Words

LITTLE = Decimal("0.10")
POINTS_OFF = 10


def _nouns(words: Words, report: ImpactReport) -> Nouns:
    return spoken(words, report.nouns)


def headline(words: Words, report: ImpactReport) -> str:
    """The page's finding: what the model earns, or honestly that it doesn't."""
    actions = _nouns(words, report).action_many
    against = alternative_in_text(words, _nouns(words, report), report.reference)
    match report.verdict:
        case Verdict.BETTER if report.basis is Basis.VALUE:
            return capital(
                words.t("{actions} chosen by the model earn {money}", actions=actions, money=per(words, report, report.value.value))
            )
        case Verdict.BETTER:
            money = per(words, report, report.gain.value)
            return capital(
                words.t("{actions} chosen by the model bring {money} more than {against}", actions=actions, money=money, against=against)
            )
        case Verdict.UNCERTAIN:
            return words.t("Too early to say whether the model beats {against}", against=against)
        case Verdict.WORSE:
            return words.t("No model is worth it here: {against} would bring more", against=against)
        case Verdict.SAME:
            return words.t("The model changes nothing: it decides like {against}", against=against)


def lead(words: Words, report: ImpactReport) -> str:
    """The muted sentence below the finding: the interval, and the comparison."""
    gain, currency = report.gain, report.currency
    against = alternative_in_text(words, _nouns(words, report), report.reference)
    more = per(words, report, abs(gain.value))
    between = words.money_range(gain.low, gain.high, currency, signed=True)
    match report.verdict:
        case Verdict.BETTER if report.basis is Basis.VALUE:
            own = words.money_range(report.value.low, report.value.high, currency, start=True)
            if report.reference is AlternativeKind.NOTHING:
                return words.t("{range} with 95% confidence, where doing nothing brings {zero}.", range=own, zero=words.money(0, currency))
            return words.t("{range} with 95% confidence. That is {more} more than {against}.", range=own, more=more, against=against)
        case Verdict.BETTER:
            low = words.money_range(gain.low, gain.high, currency, start=True)
            worth = per(words, report, report.value.value)
            return words.t("{range} with 95% confidence. All decisions together come to {worth}.", range=low, worth=worth)
        case Verdict.UNCERTAIN:
            return words.t(
                "We estimate {gain} against {against}, but with 95% confidence it lies anywhere {range}. More cases with a known outcome would tell.",
                gain=words.money_per(gain.value, currency, report.period.value, signed=True), against=against, range=between,
            )  # fmt: skip
        case Verdict.WORSE:
            return words.t(
                "Deciding by the model would cost {more} against {against}: with 95% confidence {range}.",
                more=more,
                against=against,
                range=between,
            )
        case Verdict.SAME:
            return words.t("On {rows} test cases no decision differs, so it earns nothing more.", rows=words.number(report.test.rows))


def per(words: Words, report: ImpactReport, amount: Decimal) -> str:
    """An amount with the report's period: "¥38.4M a month"."""
    return words.money_per(amount, report.currency, report.period.value)


def gain_text(words: Words, report: ImpactReport) -> str:
    """The gain over the best alternative without a model, with its sign and period."""
    return words.money_per(report.gain.value, report.currency, report.period.value, signed=True)


def reach_sentence(words: Words, report: ImpactReport) -> str:
    """Of 1,000 positive cases, how many are reached; key figures in ``**bold**``."""
    if report.cells.positives == 0:
        who = positive_cases(words, _nouns(words, report))
        return words.t("None of the test cases were {who}, so nobody could be reached.", who=who)
    reached = reached_of_1000(report)
    return reach_text(words, report.nouns, words.number(reached), words.number(1000 - reached))


def reached_of_1000(report: ImpactReport) -> int:
    """How many of 1,000 positive cases are reached; 0 where there are none."""
    return report.frequencies.reached or 0


def squares_note(words: Words, report: ImpactReport) -> str:
    """What a square stands for, and how many actions are unneeded."""
    unneeded = report.frequencies.unneeded
    return square_text(words, report.nouns) if unneeded is None else square_and_unneeded_text(words, report.nouns, str(unneeded))


def unneeded_sentence(words: Words, report: ImpactReport) -> str:
    """How many actions a period are unneeded, and what they cost."""
    if report.cells.fp == 0:
        return never_unneeded_text(words, report.nouns)
    count = words.number(report.frequencies.unneeded_actions)
    cost = words.money(-report.unneeded_cost, report.currency) if report.unneeded_cost < 0 else None
    return unneeded_text(words, report.nouns, report.period, count, cost)


def missed_sentence(words: Words, report: ImpactReport) -> str:
    """How many positive cases a period are missed, and what reaching them would have brought."""
    money = words.money(-report.missed_cost, report.currency) if report.missed_cost < 0 else None
    return missed_text(words, report.nouns, report.period, words.number(report.frequencies.missed_cases), money)


def axis_title(words: Words, report: ImpactReport) -> str:
    """What the threshold is, below the curve and above the slider."""
    return capital(words.t("{action} when the likelihood is at least", action=_nouns(words, report).action_one))


def slider_question(words: Words, report: ImpactReport) -> str:
    """The heading over the slider."""
    return words.t("How many {cases} should get it?", cases=_nouns(words, report).case_many)


def result_label(words: Words, report: ImpactReport) -> str:
    """What the amounts are: profit, or the value of all decisions where doing nothing has a price too."""
    period = words.period(report.period.value)
    return words.t("Profit {period}", period=period) if report.basis is Basis.VALUE else words.t("All decisions {period}", period=period)


def actions_label(words: Words, report: ImpactReport) -> str:
    """What is counted beside the money: "Calls a month"."""
    name = capital(_nouns(words, report).action_many)
    return words.t("{actions} {period}", actions=name, period=words.period(report.period.value))


def share_text(words: Words, report: ImpactReport, threshold: float) -> str:
    """A threshold as a percentage, with the decimals that its step needs."""
    decimals = 0 if report.curve_step >= 0.01 else 1 if report.curve_step >= 0.001 else 2
    return words.percent(threshold, decimals)


def curve_finding(words: Words, report: ImpactReport) -> str:
    """Where the profit is best, and what it costs to be off."""
    cost, here = cost_of_being_off(report), nearest_point(report, report.threshold).value
    if report.cells.treated == 0 or (report.verdict is Verdict.WORSE and report.basis is Basis.VALUE and here <= 0):
        return words.t("No likelihood makes it pay")
    told = None if cost <= LITTLE * max(abs(here), Decimal(1)) else words.money(cost, report.currency)
    return best_text(words, share_text(words, report, report.threshold), points_off(report), told)


def points_off(report: ImpactReport) -> float:
    """How far off `curve_finding` speaks of, in percentage points."""
    return POINTS_OFF * report.curve_step * 100


def cost_of_being_off(report: ImpactReport) -> Decimal:
    """The most that a threshold ten steps away costs a period, on the test slice; never negative."""
    here = nearest_point(report, report.threshold).value
    off = POINTS_OFF * report.curve_step
    top = report.curve[-1].threshold
    ends = [nearest_point(report, min(max(report.threshold + d, 0.0), top)).value for d in (-off, off)]
    return max(Decimal(0), here - min(ends))


def nearest_point(report: ImpactReport, threshold: float) -> CurvePoint:
    """The point of the curve that stands nearest to a threshold."""
    return min(report.curve, key=lambda point: abs(point.threshold - threshold))


def alternatives_finding(words: Words, report: ImpactReport) -> str:
    """How the model stands to what could decide instead."""
    against = alternative_in_text(words, _nouns(words, report), report.reference)
    champion, chance = report.alternative(AlternativeKind.CHAMPION), probability(words, report.better)
    if report.verdict is Verdict.BETTER and champion is not None:
        return _with_champion(words, against, champion)
    match report.verdict:
        case Verdict.BETTER:
            return words.t("Clearly better than {against}", against=against)
        case Verdict.WORSE:
            return capital(words.t("{against} would do better", against=against))
        case Verdict.SAME:
            return words.t("No different from {against}", against=against)
        case Verdict.UNCERTAIN:
            if report.gain.value < 0:
                return capital(words.t("Probably behind {against}: the chance to be ahead is {percent}", against=against, percent=chance))
            return words.t("Better than {against} with a probability of {percent}", against=against, percent=chance)


def _with_champion(words: Words, against: str, champion: AlternativeValue) -> str:
    name = champion.name or words.t("the model in use")
    if champion.gain.low > 0:
        return words.t("Clearly better than {against}, and ahead of {champion}", against=against, champion=name)
    if champion.gain.high < 0:
        return words.t("Clearly better than {against}, but behind {champion}", against=against, champion=name)
    return words.t("Clearly better than {against}, level with {champion}", against=against, champion=name)


def tornado_finding(words: Words, report: ImpactReport) -> str:
    """Which assumption moves the result most."""
    if not report.tornado:
        return words.t("No assumption moves the result")
    return words.t(
        "What matters most: {assumption}",
        assumption=lower_first(words, assumption_name(words, _nouns(words, report), report.tornado[0].assumption, report.tornado[0].base)),
    )


def lower_first(words: Words, text: str) -> str:
    """A label within a sentence; Japanese stays as it is."""
    return text[:1].lower() + text[1:] if words.language == "en" else text


def amounts_note(words: Words, report: ImpactReport, how: str) -> str:
    """The gray line below a chart's title: "Profit a month · JPY · " and how the interval is drawn."""
    return words.t("{result} · {currency} · {how}", result=result_label(words, report), currency=report.currency, how=how)


def told_break_evens(report: ImpactReport, most: int = 4) -> tuple[BreakEvenPoint, ...]:
    """The break-evens worth telling, the nearest first, on either side of what is assumed, of assumptions that aren't zero."""
    told = [b for b in report.break_evens if b.base != 0 and b.at * b.base > 0]
    return tuple(sorted(told, key=lambda b: abs(b.at / b.base - 1))[:most])


def tornado_note(words: Words, report: ImpactReport) -> str:
    """The gray line of the tornado: unit, period, and whether it shows the value or the gain."""
    if report.basis is Basis.VALUE:
        return amounts_note(words, report, words.t("if one assumption is wrong"))
    against = alternative_in_text(words, _nouns(words, report), report.reference)
    return words.t(
        "More than {against} {period} · {currency} · if one assumption is wrong",
        against=against, period=words.period(report.period.value), currency=report.currency,
    )  # fmt: skip


def break_even_sentence(words: Words, report: ImpactReport, point: BreakEvenPoint) -> str:
    """Up to which value of an assumption the model's decisions stay the best choice; a cost is told without its sign."""
    sign = -1 if point.base < 0 else 1
    fields = {
        "assumption": assumption_name(words, _nouns(words, report), point.assumption, point.base),
        "at": words.money_exact(point.at * sign, report.currency), "base": words.money_exact(point.base * sign, report.currency),
        "against": alternative_in_text(words, _nouns(words, report), point.against),
    }  # fmt: skip
    if point.above == (sign > 0):
        return words.t(
            "{assumption}: pays off while it stays above {at} (assumed: {base}); below that, {against} would be better.", **fields
        )
    return words.t("{assumption}: pays off while it stays below {at} (assumed: {base}); above that, {against} would be better.", **fields)


def before_costs_sentence(words: Words, economics: Economics) -> str:
    """That payoffs are moved without the costs of the model itself; empty where there are none."""
    if economics.one_off_cost == economics.running_cost == 0:
        return ""
    return words.t("What the model itself costs is not in these figures: the business case holds it against them.")


def reach_point_sentence(words: Words, report: ImpactReport) -> str:
    """What one more percent of the positive cases reached is worth a period, at the same number of unneeded actions."""
    gain = Decimal(str(report.frequencies.positives / 100)) * (report.amounts.tp - report.amounts.fn)
    nouns = _nouns(words, report)
    return words.t(
        "Reaching {ten} more of every {thousand} {who} would be worth {money}.",
        ten=counted(words, nouns, 10), thousand=counted(words, nouns, 1000), who=positive_cases(words, nouns), money=per(words, report, gain),
    )  # fmt: skip


def likely_better(words: Words, report: ImpactReport) -> str:
    """The probability that the model beats the best alternative without a model."""
    against = alternative_in_text(words, _nouns(words, report), report.reference)
    return words.t(
        "The probability that the model brings more than {against} is {percent}.",
        against=against,
        percent=probability(words, report.better),
    )


def source_rows(words: Words, report: ImpactReport) -> tuple[tuple[str, str], ...]:
    """Labels and values of "Where these numbers come from"."""
    value, test = report.provenance, report.test
    return (
        (words.t("Decided on"), words.t("{rows} validation cases: the likelihood from which to act", rows=words.number(report.validation.rows))),
        (words.t("Valued on"), words.t("{rows} test cases that the model has never seen, {positives} of them {who}",
            rows=words.number(test.rows), positives=words.number(test.positives), who=positive_cases(words, _nouns(words, report)))),
        (words.t("Scaled to"), words.t("{count} {cases} {period}", count=words.number(report.cases_per_period), cases=_nouns(words, report).case_many,
            period=words.period(report.period.value))),
        (words.t("Value model"), words.t("Version {version}, in {currency}", version=report.value_model_version, currency=report.currency)),
        (words.t("Training run"), words.t("Run {number}", number=report.run_number)),
        (words.t("Intervals"), words.t("95%, from {count} draws of the test cases (seed {seed})", count=words.number(value.replicates), seed=value.seed)),
        (words.t("Computed"), words.datetime(value.computed_at)),
    )  # fmt: skip
