"""What the reader's assumptions about classes and forecasts come to, in words."""

from __future__ import annotations

from core.impact.amounts import Amount
from core.impact.class_sentences import moved_by
from core.impact.class_table import ClassAnswer
from core.impact.phrases import counted
from core.impact.plan_table import PlanAnswer, PlanTable
from core.impact.regression import ForecastFindings
from core.impact.rival_phrases import rival_in_text
from core.impact.setting import Setting
from core.words import Words

NOTABLE = 0.005


def plan_finding(words: Words, setting: Setting, found: PlanAnswer) -> str:
    """What planning by the model would save under the reader's assumptions."""
    against = rival_in_text(words, found.against)
    if found.saving.low > 0:
        money = words.money_per(found.saving.value, setting.currency, setting.period.value)
        return words.t("Planning by the model would save {money} against {against}", money=money, against=against)
    if found.saving.high < 0:
        return words.t("Planned so, no model would be worth it: {against} would cost less", against=against)
    return words.t("Planned so, it is open whether the model saves anything against {against}", against=against)


def plan_sentences(words: Words, setting: Setting, report: ForecastFindings, table: PlanTable, found: PlanAnswer) -> tuple[str, ...]:
    """How sure that is, how often the plan would be enough, and what the best adjustment would save."""
    own, money = setting.spoken(words), setting.currency
    first = words.t(
        "With 95% confidence {range}; errors would cost {cost}, and in {covered} of {whole} {cases} the plan would be enough.",
        range=_range(words, setting, found.saving), cost=words.money_per(found.cost, money, setting.period.value),
        covered=words.number(round(100 * found.covered)), whole=counted(words, own, 100), cases=own.case_many,
    )  # fmt: skip
    more = float(found.best_saving.value - found.saving.value)
    if more <= NOTABLE * found.cost:
        return first, words.t("No other adjustment would save noticeably more.")
    fields = {
        "by": moved_by(words, report, found.best), "money": words.money_per(found.best_saving.value, money, setting.period.value),
        "range": _range(words, setting, found.best_saving),
    }  # fmt: skip
    if table.on_approved:
        return first, words.t("Best would be {by} on top of the approved plan: that would save {money} ({range}).", **fields)
    return first, words.t("Best would be to adjust each forecast by {by}: that would save {money} ({range}).", **fields)


def payoff_finding(words: Words, setting: Setting, found: ClassAnswer) -> str:
    """What the decisions as approved would bring under the reader's payoff."""
    against = rival_in_text(words, found.against)
    if found.gain.low > 0:
        money = words.money_per(found.gain.value, setting.currency, setting.period.value)
        return words.t("The model would bring {money} more than {against}", money=money, against=against)
    if found.gain.high < 0:
        return words.t("With the decisions as approved, {against} would bring more", against=against)
    return words.t("With the decisions as approved, it is open whether the model would beat {against}", against=against)


def payoff_sentences(words: Words, setting: Setting, found: ClassAnswer) -> tuple[str, ...]:
    """How sure that is, and what deciding anew by value would bring."""
    first = words.t("With 95% confidence {range}, decisions as approved.", range=_range(words, setting, found.gain))
    more = found.anew.value - found.gain.value
    fields = {
        "money": words.money_per(found.anew.value, setting.currency, setting.period.value), "range": _range(words, setting, found.anew),
        "right": words.number(100 * found.right_anew), "before": words.number(100 * found.right),
    }  # fmt: skip
    if more <= 0:
        return first, words.t("Deciding anew by value would bring no more: {money} ({range}).", **fields)
    if fields["right"] == fields["before"]:
        return first, words.t("Deciding anew by value would bring {money} ({range}).", **fields)
    return first, words.t(
        "Deciding anew by value would bring {money} ({range}), and be right for {right} of 100 instead of {before}.", **fields
    )


def _range(words: Words, setting: Setting, found: Amount) -> str:
    return words.money_range(found.low, found.high, setting.currency, signed=True)
