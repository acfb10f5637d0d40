"""What stands around the figures of a run of several classes or of a forecast: leads, titles of pictures, where the figures come from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.impact.class_sentences import (
    class_policy_name,
    classes_finding,
    forecast_finding,
    forecast_policy_name,
    likely_sentence,
    moved_by,
    quantile_sentence,
)
from core.impact.deviations import Adjusting
from core.impact.multiclass import ClassFindings, ErrorCost
from core.impact.phrases import counted, probability
from core.impact.regression import ForecastFindings, ForecastPolicy
from core.impact.setting import Setting
from core.impact.task_report import TaskReport
from core.words import Words

PER = 1_000


def headline(words: Words, value: TaskReport) -> tuple[str, str]:
    """The finding, and the muted sentence below it."""
    if value.classes is not None:
        return classes_finding(words, value.setting, value.classes), classes_lead(words, value.setting, value.classes)
    assert value.forecast is not None
    return forecast_finding(words, value.setting, value.forecast), forecast_lead(words, value.setting, value.forecast)


def classes_lead(words: Words, setting: Setting, found: ClassFindings) -> str:
    """The muted sentence below the finding: the difference's interval, and what the most likely class would bring instead."""
    between = words.money_range(found.gain.low, found.gain.high, setting.currency, signed=True)
    first = words.t(
        "The difference is {range} with 95% confidence; it is above zero with a probability of {better}.",
        range=between, better=probability(words, found.better),
    )  # fmt: skip
    second = likely_sentence(words, setting, found)
    return words.together(first, second) if second else first


def forecast_lead(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """The muted sentence below the finding: the saving's interval, and how much it pays to cover."""
    between = words.money_range(found.saving.low, found.saving.high, setting.currency, signed=True)
    first = words.t(
        "The difference is {range} with 95% confidence; it is above zero with a probability of {better}.",
        range=between, better=probability(words, found.better),
    )  # fmt: skip
    return words.together(first, quantile_sentence(words, setting, found))


def deciding_title(words: Words, found: ClassFindings) -> str:
    """Which way of deciding is worth most on the test cases."""
    best = max(found.policies, key=lambda p: p.value.value)
    return words.t("Worth most: {name}", name=class_policy_name(words, best))


def planning_title(words: Words, found: ForecastFindings) -> str:
    """Which way of planning costs least on the test cases."""
    best = min(found.policies, key=lambda p: p.cost.value)
    return words.t("Costs least: {name}", name=forecast_policy_name(words, best.policy))


def per_thousand(words: Words, count: int, rows: int) -> str:
    """A count as one of 1,000 cases: whole from 10 on, with a decimal below; "0" only where there is none."""
    share = PER * count / rows
    if count and share < 0.05:
        return words.t("under {number}", number=words.number(0.1, 1))
    return words.number(share, 0 if share >= 9.95 or not count else 1)


def counts_title(words: Words, setting: Setting, found: ClassFindings) -> str:
    """The finding of the counts: how many are decided rightly, and the most frequent mix-up."""
    own, size = setting.spoken(words), range(len(found.classes))
    right = sum(found.counts[i][i] for i in size)
    wrong = max(((found.counts[i][j], i, j) for i in size for j in size if i != j), key=lambda cell: cell[0])
    whole = counted(words, own, PER)
    if wrong[0] == 0:
        return words.t("Of {whole} {cases}, all are decided rightly", whole=whole, cases=own.case_many)
    return words.t(
        "Of {whole} {cases}, {right} are decided rightly; most often {truth} is taken for {decided}",
        whole=whole, cases=own.case_many, right=words.number(PER * right / found.rows), truth=found.classes[wrong[1]],
        decided=found.classes[wrong[2]],
    )  # fmt: skip


def worth_title(words: Words, setting: Setting, found: ClassFindings) -> str:
    """The finding of the money: what all decisions come to, a period."""
    ours = found.policy_value(found.recommended)
    total = ours.value.value if ours else Decimal(0)
    money = words.money_per(abs(total), setting.currency, setting.period.value)
    if total < 0:
        return words.t("All decisions together still cost {money}", money=money)
    return words.t("All decisions together bring {money}", money=money)


def errors_title(words: Words, setting: Setting, found: ClassFindings) -> str:
    """The finding of the costliest errors."""
    if not found.errors:
        return words.t("No error of the model costs anything")
    worst = found.errors[0]
    money = words.money_per(worst.cost.value, setting.currency, setting.period.value)
    return words.t("{truth} taken for {decided} is the costliest error: {money}", truth=worst.truth, decided=worst.decided, money=money)


def error_name(words: Words, error: ErrorCost) -> str:
    """A kind of error as a label."""
    return words.t("{truth} taken for {decided}", truth=error.truth, decided=error.decided)


@dataclass(frozen=True, slots=True)
class CurveMark:
    """Where a rule stands on the cost curve, and what it says.

    Args:
        is_chosen: whether it is the plan, not the forecast as it is.
    """

    amount: float
    name: str
    is_chosen: bool


def curve_marks(words: Words, found: ForecastFindings) -> tuple[CurveMark, ...]:
    """Where the forecast stands, and where the plan, if elsewhere; from left to right. Where each is moved by its own costs, only the plan."""
    if found.adjustment.kind.by_row:
        return (CurveMark(0.0, words.t("as planned"), is_chosen=True),)
    marks, chosen = [CurveMark(0.0, words.t("as forecast"), is_chosen=False)], found.adjustment.amount
    if chosen:
        marks.append(CurveMark(chosen, words.t("chosen, {by}", by=moved_by(words, found, chosen)), is_chosen=True))
    return tuple(sorted(marks, key=lambda mark: mark.amount))


def curve_title(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """The finding of the cost curve: what the adjustment saves against the forecast as it is."""
    plain, amount = found.policy_value(ForecastPolicy.MODEL), found.adjustment.amount
    if found.adjustment.kind is Adjusting.NONE or plain is None:
        return words.t("The forecast costs least as it is")
    if plain.behind.low <= 0:
        return words.t("Planning otherwise than the forecast says hardly changes the cost")
    money = words.money_per(plain.behind.value, setting.currency, setting.period.value)
    if found.adjustment.kind.by_row:
        return words.t("Planning each {case} by its own costs saves {money}", case=setting.spoken(words).case_one, money=money)
    share = moved_by(words, found, abs(amount)).lstrip("+")
    if found.adjustment.kind is Adjusting.ADDED:
        share = words.t("{count} units", count=share)
    if amount > 0:
        return words.t("Planning {share} more than the forecast says saves {money}", share=share, money=money)
    return words.t("Planning {share} less than the forecast says saves {money}", share=share, money=money)


def added_name(words: Words, found: ForecastFindings) -> str:
    """What the cost curve's axis counts."""
    kind = found.adjustment.kind
    if kind.by_row:
        return words.t("share added to each plan") if kind.is_share else words.t("units added to each plan")
    return words.t("share added to each forecast") if kind.is_share else words.t("units added to each forecast")


def curve_note(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """Unit, period and interval of the cost curve, and where its mark comes from."""
    return words.t(
        "Cost {period} over the {by} · {drawn} · the adjustment was chosen on validation cases, the costs are of test cases",
        period=words.period(setting.period.value), by=added_name(words, found), drawn=words.t("shaded: 95% interval"),
    )  # fmt: skip


def sides_title(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """The finding of the two sides of the cost."""
    ours = found.policy_value(found.recommended)
    under, over = (ours.under.value, ours.over.value) if ours else (0, 0)
    first, second = (words.money(amount, setting.currency) for amount in (under, over))
    return words.t(
        "Planned too little costs {under} {period}, too much {over}", under=first, over=second, period=words.period(setting.period.value)
    )


def covered_sentence(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """Of 100 cases, in how many the plan is enough."""
    ours, own = found.policy_value(found.recommended), setting.spoken(words)
    return words.t(
        "Of **{whole} {cases}**, the plan is enough for **{covered}** and falls short in **{short}**.",
        whole=counted(words, own, 100), cases=own.case_many, covered=words.number(round(100 * (ours.covered if ours else 0))),
        short=words.number(100 - round(100 * (ours.covered if ours else 0))),
    )  # fmt: skip


def amounts_note(words: Words, setting: Setting, drawn: str) -> str:
    """The gray line of a picture in money: period, currency, how the interval is drawn."""
    return words.t("{period} · {currency} · {drawn}", period=words.period(setting.period.value), currency=setting.currency, drawn=drawn)


def source_rows(words: Words, found: TaskReport) -> tuple[tuple[str, str], ...]:
    """Labels and values of "Where these numbers come from"."""
    setting, value = found.setting, found.value_model
    rows = found.classes.rows if found.classes else found.forecast.rows if found.forecast else 0
    return (
        (words.t("Decided on"), words.t("validation cases: the way of deciding and every adjustment")),
        (words.t("Valued on"), words.t("{rows} test cases that the model has never seen", rows=words.number(rows))),
        (
            words.t("Scaled to"),
            words.t(
                "{count} {cases} {period}",
                count=words.number(value.cases_per_period), cases=setting.spoken(words).case_many, period=words.period(value.period.value),
            ),
        ),
        (words.t("Value model"), words.t("Version {version}, in {currency}", version=value.version, currency=value.currency)),
        *([(words.t("Note"), words.given(value.note))] if value.note else []),
        (words.t("Training run"), words.t("Run {number}", number=found.run_number)),
        (words.t("Intervals"), _intervals(words, found)),
    )  # fmt: skip


def _intervals(words: Words, found: TaskReport) -> str:
    if found.classes is not None:
        return words.t("95%, from 1,000 draws of the test cases; of errors by their likelihood")
    if found.forecast is not None and found.forecast.days is not None:
        return words.t(
            "95%, from how costs vary between the {days} days of the test cases: what falls on one day goes wrong together",
            days=words.number(found.forecast.days),
        )
    return words.t("95%, from the likelihood of the test cases' costs")
