"""What a comparison of runs of classes or of forecasts says: which one brings or saves most, how sure that is, and what differs."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact import task_sentences as tell
from core.impact.amounts import Amount
from core.impact.bootstrap import Interval
from core.impact.class_sentences import class_policy_name, forecast_policy_name
from core.impact.comparison_words import obstacle_text, run_label
from core.impact.intervals import share_interval
from core.impact.phrases import counted, probability
from core.impact.task_comparison import TaskComparison, TaskDifference
from core.impact.task_report import TaskReport
from core.words import Words


def plans(found: TaskComparison) -> bool:
    """Whether numbers are planned, so that the money is a cost."""
    return found.reports[0].forecast is not None


def money_label(words: Words, found: TaskComparison) -> str:
    """What each run's amount is, a period: "Value a month"."""
    name = words.t("Cost") if plans(found) else words.t("Value")
    return words.t("{what} {period}", what=name, period=words.period(found.reports[0].period.value))


def shown_amount(report: TaskReport) -> Amount:
    """What stands for a run: its value, or of a forecast what its plans cost."""
    value = report.value
    return Amount(-value.value, -value.high, -value.low) if report.forecast is not None else value


def headline(words: Words, found: TaskComparison) -> str:
    """The page's finding: the best run against the next one."""
    first, second = found.reports[:2]
    names, difference = {"first": first.run_number, "second": second.run_number}, found.differences[0]
    if difference.gain is None or difference.better is None:
        return _best_alone(words, first)
    if difference.gain.low == difference.gain.high == 0:
        if plans(found):
            return words.t("Run {first} and run {second} plan alike", **names)
        return words.t("Run {first} and run {second} decide alike", **names)
    if difference.gain.low <= 0:
        if plans(found):
            return words.t("Too early to say whether planning by run {first} costs less than by run {second}", **names)
        return words.t("Too early to say whether run {first} brings more than run {second}", **names)
    more = words.money_per(difference.gain.value, first.currency, first.period.value)
    sure = probability(words, difference.better)
    if plans(found):
        return words.t("Planning by run {first} costs {more} less than by run {second}; we are {sure} sure", more=more, sure=sure, **names)
    return words.t("Run {first} brings {more} more than run {second}; we are {sure} sure", more=more, sure=sure, **names)


def _best_alone(words: Words, first: TaskReport) -> str:
    money = words.money_per(abs(first.value.value), first.currency, first.period.value)
    if first.value.value < 0:
        return words.t("Run {first} costs least: {money}", money=money, first=first.run_number)
    return words.t("Run {first} brings most: {money}", money=money, first=first.run_number)


def lead(words: Words, found: TaskComparison) -> str:
    """The muted sentence below it: the interval, or why there is none."""
    first, difference = found.reports[0], found.differences[0]
    gain, better = difference.gain, difference.better
    if gain is None or better is None:
        return obstacle_text(words, difference.obstacle)
    rows = words.number(first.findings.rows)
    if gain.low == gain.high == 0:
        if plans(found):
            return words.t("On the same {rows} test cases no plan's cost differs.", rows=rows)
        return words.t("On the same {rows} test cases no decision's worth differs.", rows=rows)
    if gain.low > 0:
        between = words.money_range(gain.low, gain.high, first.currency, start=True)
        return words.t("{range} with 95% confidence, on the same {rows} test cases.", range=between, rows=rows)
    fields = {
        "gain": words.money_per(gain.value, first.currency, first.period.value, signed=True),
        "range": words.money_range(gain.low, gain.high, first.currency, signed=True), "percent": probability(words, better),
    }  # fmt: skip
    if plans(found):
        return words.t(
            "We estimate a saving of {gain}, but with 95% confidence it lies anywhere {range}; the chance that it costs less is {percent}.",
            **fields,
        )
    return words.t(
        "We estimate {gain}, but with 95% confidence it lies anywhere {range}; the chance that it brings more is {percent}.", **fields
    )


def amounts_finding(words: Words, found: TaskComparison) -> str:
    """The title over the runs' money."""
    return words.t("What planning by each run costs") if plans(found) else words.t("What each run's decisions are worth")


def differences_note(words: Words, found: TaskComparison) -> str:
    """The gray line of the paired differences."""
    first = found.reports[0]
    fields = {"first": first.run_number, "period": words.period(first.period.value), "currency": first.currency}
    if plans(found):
        return words.t("What run {first} saves more {period} · {currency} · paired on the same test cases; line: 95% interval", **fields)
    return words.t("What run {first} brings more {period} · {currency} · paired on the same test cases; line: 95% interval", **fields)


def difference_sentence(words: Words, found: TaskComparison, difference: TaskDifference) -> str:
    """How far two runs differ, in cases or units, and how many more of 100 the first decides rightly or plans enough for; empty with an obstacle."""
    if difference.more_good is None or difference.apart is None:
        return ""
    first = found.reports[0]
    second = next(r for r in found.reports if r.run_id == difference.second_run_id)
    own, more = first.setting.spoken(words), difference.more_good
    fields = {
        "first": first.run_number, "second": second.run_number, "cases": own.case_many, "whole": counted(words, own, 100),
        "more": words.number(100 * abs(more.value), 1), "low": words.number(100 * more.low, 1, signed=True),
        "high": words.number(100 * more.high, 1, signed=True),
    }  # fmt: skip
    if plans(found):
        apart = words.number(difference.apart, 0 if difference.apart >= 10 else 1)
        first_part = words.t("Run {first} plans {apart} units otherwise than run {second} on average.", apart=apart, **fields)
        if more.value < 0:
            second_part = words.t("Of {whole} {cases}, its plan is enough for {more} fewer (95%: {low} to {high}).", **fields)
        else:
            second_part = words.t("Of {whole} {cases}, its plan is enough for {more} more (95%: {low} to {high}).", **fields)
        return words.together(first_part, second_part)
    first_part = words.t(
        "Run {first} decides {apart} of {cases} otherwise than run {second}.", apart=words.percent(difference.apart, 1), **fields
    )
    if more.value < 0:
        return words.together(first_part, words.t("Of {whole} {cases}, it decides {more} fewer rightly (95%: {low} to {high}).", **fields))
    return words.together(first_part, words.t("Of {whole} {cases}, it decides {more} more rightly (95%: {low} to {high}).", **fields))


def cases_finding(words: Words, found: TaskComparison) -> str:
    """The title over the cases: the share that each run decides rightly or plans enough for."""
    told = [
        words.t("{share} by run {number}", share=words.percent(good_share(r).value), number=r.run_number) for r in found.reports
    ]  # fmt: skip
    return words.t("{what}: {shares}", what=good_label(words, found), shares=("、" if words.language == "ja" else ", ").join(told))


def decides_text(words: Words, report: TaskReport) -> str:
    """How the run decides or plans."""
    if report.classes is not None:
        ours = report.classes.policy_value(report.classes.recommended)
        return class_policy_name(words, ours) if ours else ""
    assert report.forecast is not None
    return forecast_policy_name(words, report.forecast.recommended)


def good_share(report: TaskReport) -> Interval:
    """Share of test cases that are decided rightly, or planned enough for, with its Wilson interval."""
    if report.classes is not None:
        ours = report.classes.policy_value(report.classes.recommended)
        assert ours is not None
        return ours.right
    assert report.forecast is not None
    planned = report.forecast.policy_value(report.forecast.recommended)
    assert planned is not None
    return share_interval(round(planned.covered * report.forecast.rows), report.forecast.rows)


def good_sentence(words: Words, report: TaskReport) -> str:
    """Of 100 cases, how many are decided rightly, or planned enough for; key figures in ``**bold**``."""
    if report.forecast is not None:
        return tell.covered_sentence(words, report.setting, report.forecast)
    own, right = report.setting.spoken(words), round(100 * good_share(report).value)
    return words.t(
        "Of **{whole} {cases}**, **{right}** are decided rightly and **{wrong}** wrongly.",
        whole=counted(words, own, 100), cases=own.case_many, right=words.number(right), wrong=words.number(100 - right),
    )  # fmt: skip


def costliest(words: Words, report: TaskReport) -> str:
    """The error that costs most: of classes a mix-up, of forecasts the side."""
    if report.classes is not None:
        return tell.errors_title(words, report.setting, report.classes)
    assert report.forecast is not None
    return tell.sides_title(words, report.setting, report.forecast)


@dataclass(frozen=True, slots=True)
class RunFigures:
    """A run's line in the comparison, written.

    Args:
        decides: how it decides or plans. amount, range: a period, and its interval.
        behind: against the first run; a dash where that can't be told. good: share decided rightly or planned enough for, with its interval.
    """

    name: str
    decides: str
    amount: str
    range: str
    behind: str
    good: str


def side_by_side(words: Words, found: TaskComparison) -> tuple[RunFigures, ...]:
    """A line for each run, the best first."""
    differences = {d.second_run_id: d for d in found.differences}
    return tuple(_figures(words, report, differences.get(report.run_id)) for report in found.reports)


def _figures(words: Words, report: TaskReport, difference: TaskDifference | None) -> RunFigures:
    amount, currency, good = shown_amount(report), report.currency, good_share(report)
    gain = difference.gain if difference is not None else None
    sign = 1 if report.forecast is not None else -1  # what a plan costs more stands with a plus, what a decision is worth less with a minus
    return RunFigures(
        run_label(words, report), decides_text(words, report), words.money(amount.value, currency), words.money_range(amount.low, amount.high, currency),
        "–" if gain is None else words.money(sign * gain.value, currency, signed=True),
        words.t("{share} ({low} to {high})", share=words.percent(good.value, 1), low=words.percent(good.low, 1), high=words.percent(good.high, 1)),
    )  # fmt: skip


def good_label(words: Words, found: TaskComparison) -> str:
    """What the share in each line is of."""
    return words.t("Plan is enough") if plans(found) else words.t("Rightly decided")
