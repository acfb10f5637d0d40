"""What a classifier and a forecast are worth, in words."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from core.impact.deviations import Adjusting
from core.impact.multiclass import ClassFindings, ClassPolicy, ClassPolicyValue, ErrorCost
from core.impact.phrases import counted
from core.impact.regression import ForecastFindings, ForecastPolicy
from core.impact.rival_phrases import reference_of, rival_in_text
from core.impact.row_shifts import shifts_at
from core.impact.setting import Setting
from core.words import Words


def class_policy_name(words: Words, found: ClassPolicyValue) -> str:
    """A policy as a label."""
    match found.policy:
        case ClassPolicy.BY_VALUE:
            return words.t("By what each error costs")
        case ClassPolicy.MOST_LIKELY:
            return words.t("The most likely class")
        case ClassPolicy.ONE_CLASS:
            return words.t("Always {name}", name=found.chosen)
        case ClassPolicy.RULE:
            return words.t("Today's rule")


def classes_finding(words: Words, setting: Setting, found: ClassFindings) -> str:
    """The part's finding: what the model brings over the best that needs none."""
    against = rival_in_text(words, reference_of(found))
    money = words.money_per(found.gain.value, setting.currency, setting.period.value)
    if found.gain.low > 0:
        return words.t("The model brings {money} more than {against}", money=money, against=against)
    if found.gain.high < 0:
        return words.t("No model is worth it here: {against} would bring more", against=against)
    return words.t("Too early to say whether the model beats {against}", against=against)


def likely_sentence(words: Words, setting: Setting, found: ClassFindings) -> str:
    """What taking the most likely class instead would cost, though it is right more often; empty where that is recommended."""
    ours, likely = found.policy_value(found.recommended), found.policy_value(ClassPolicy.MOST_LIKELY)
    if found.recommended is ClassPolicy.MOST_LIKELY or ours is None or likely is None:
        return ""
    less = likely.behind
    money = words.money_per(less.value, setting.currency, setting.period.value)
    between = words.money_range(less.low, less.high, setting.currency, signed=True)
    if likely.right.value <= ours.right.value:
        return words.t("Taking the most likely class would bring {money} less ({range}).", money=money, range=between)
    return words.t(
        "Taking the most likely class would bring {money} less ({range}): it is right for {likely} of 100 instead of {ours}, but its errors "
        "cost more.",
        money=money, range=between, likely=words.number(100 * likely.right.value), ours=words.number(100 * ours.right.value),
    )  # fmt: skip


def error_sentence(words: Words, setting: Setting, error: ErrorCost) -> str:
    """How often one kind of error happens a period, and what it costs."""
    return words.t(
        "{count} {cases} {period} are taken for {decided}, but are {truth}: that costs {money} ({range}).",
        count=counted(words, setting.spoken(words), error.cases), cases=setting.spoken(words).case_many,
        period=words.period(setting.period.value), decided=error.decided, truth=error.truth,
        money=words.money(error.cost.value, setting.currency),
        range=words.money_range(error.cost.low, error.cost.high, setting.currency),
    )  # fmt: skip


def forecast_policy_name(words: Words, policy: ForecastPolicy) -> str:
    """A policy as a label."""
    match policy:
        case ForecastPolicy.ADJUSTED:
            return words.t("Forecast, adjusted to its costs")
        case ForecastPolicy.SHIFTED:
            return words.t("Forecast, all moved alike")
        case ForecastPolicy.MODEL:
            return words.t("Forecast as it is")
        case ForecastPolicy.MEAN:
            return words.t("Always the average")
        case ForecastPolicy.FIXED:
            return words.t("Always the best fixed number")
        case ForecastPolicy.TODAY:
            return words.t("Today's planning")


def forecast_finding(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """The part's finding: what planning by the model saves over the best that needs none."""
    against = rival_in_text(words, reference_of(found))
    if found.saving.low > 0:
        money = words.money_per(found.saving.value, setting.currency, setting.period.value)
        return words.t("Planning by the model saves {money} against {against}", money=money, against=against)
    if found.saving.high < 0:
        return words.t("No model is worth it here: {against} costs less", against=against)
    return words.t("Too early to say whether the model saves anything against {against}", against=against)


def quantile_sentence(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """Why it pays to plan more or less than what is expected."""
    cases = setting.spoken(words).case_many
    if found.quantiles is not None:
        low, middle, high = (words.percent(share) for share in found.quantiles)
        return words.t(
            "What a unit too few or too many costs differs from case to case. So it pays to plan enough for {low} to {high} of {cases}, {middle} "
            "in the middle.",
            low=low, high=high, middle=middle, cases=cases,
        )  # fmt: skip
    under, over = (words.money(cost, setting.currency) for cost in (found.costs.under, found.costs.over) if isinstance(cost, Decimal))
    return words.t(
        "A unit too few costs {under}, a unit too many {over}. So it pays to plan enough for {share} of {cases}, and to fall short in the rest.",
        under=under, over=over, share=words.percent(found.quantile), cases=cases,
    )  # fmt: skip


def adjustment_sentence(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """What is done to each forecast, and what that saves against planning by it as it is."""
    adjustment, plain = found.adjustment, found.policy_value(ForecastPolicy.MODEL)
    if adjustment.kind is Adjusting.NONE or plain is None:
        return words.t("The forecast is planned by as it is.")
    fields = {
        "money": words.money_per(plain.behind.value, setting.currency, setting.period.value),
        "range": words.money_range(plain.behind.low, plain.behind.high, setting.currency, signed=True),
    }  # fmt: skip
    if adjustment.kind.by_row and found.quantiles is not None:
        return _row_sentence(words, setting, found, fields)
    if adjustment.kind is Adjusting.MULTIPLIED:
        share = words.percent(adjustment.amount, 1, signed=True)
        return words.t(
            "Each forecast is changed by {share}; that saves {money} against planning by it as it is ({range}).", share=share, **fields
        )
    units = words.number(adjustment.amount, 0 if abs(adjustment.amount) >= 10 else 1, signed=True)
    return words.t(
        "Each forecast is changed by {units} units; that saves {money} against planning by it as it is ({range}).", units=units, **fields
    )


def _row_sentence(words: Words, setting: Setting, found: ForecastFindings, fields: dict[str, str]) -> str:
    """How far forecasts are moved, each by its own costs, and what that saves, also against moving all alike."""
    cases = setting.spoken(words)
    moved = shifts_at(found.adjustment.table, np.array(found.quantiles)).tolist()
    low, middle, high = (moved_by(words, found, amount) for amount in moved)
    fields |= {"case": cases.case_one, "low": low, "middle": middle, "high": high}
    if found.adjustment.kind.is_share:
        first = words.t(
            "Each {case} is planned by its own costs: its forecast is moved by {low} to {high}, {middle} in the middle. That saves {money} against "
            "planning by the forecast as it is ({range}).", **fields,
        )  # fmt: skip
    else:
        first = words.t(
            "Each {case} is planned by its own costs: its forecast is moved by {low} to {high} units, {middle} in the middle. That saves {money} "
            "against planning by the forecast as it is ({range}).", **fields,
        )  # fmt: skip
    alike = found.policy_value(ForecastPolicy.SHIFTED)
    if alike is None:
        return first
    more = words.t(
        "Moving all alike would cost {money} more ({range}).",
        money=words.money_per(alike.behind.value, setting.currency, setting.period.value),
        range=words.money_range(alike.behind.low, alike.behind.high, setting.currency, signed=True),
    )  # fmt: skip
    return words.together(first, more)


def moved_by(words: Words, found: ForecastFindings, amount: float) -> str:
    """How far a forecast is moved, as a label: "+12%" or "+3.5"."""
    if found.adjustment.kind.is_share:
        return words.percent(amount, 0 if abs(amount) >= 0.1 or not amount else 1, signed=bool(amount))
    return words.number(amount, 0 if abs(amount) >= 10 or not amount else 1, signed=bool(amount))


def sides_sentence(words: Words, setting: Setting, found: ForecastFindings) -> str:
    """What planning too little and too much costs a period, with the recommended policy."""
    ours = found.policy_value(found.recommended)
    if ours is None:
        return ""
    return words.t(
        "Planned too little costs {under} {period}, planned too much {over}; in {covered} of 100 {cases} the plan is enough.",
        under=words.money(ours.under.value, setting.currency), over=words.money(ours.over.value, setting.currency),
        period=words.period(setting.period.value), covered=words.number(100 * ours.covered), cases=setting.spoken(words).case_many,
    )  # fmt: skip
