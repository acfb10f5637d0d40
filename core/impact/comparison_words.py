"""What a comparison of runs says: which one brings most, how much more, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.impact.comparison import Comparison, Obstacle, PairDifference
from core.impact.explorer_service import RunCurve
from core.impact.frequency_words import cases_text
from core.impact.phrases import probability, spoken
from core.impact.report import ImpactReport
from core.impact.sentences import per, result_label, share_text
from core.impact.task_comparison import TaskComparison
from core.impact.task_report import TaskReport
from core.words import Words


def run_label(words: Words, report: ImpactReport | TaskReport) -> str:
    """A run as a label: "Run 12"."""
    return words.t("Run {number}", number=report.run_number)


def comparison_headline(words: Words, found: Comparison) -> str:
    """The page's finding: the most valuable run against the next one."""
    first, second = found.reports[:2]
    names = {"first": first.run_number, "second": second.run_number}
    difference = found.differences[0]
    if difference.gain is None or difference.better is None:
        return words.t("Run {first} brings most: {money}", money=per(words, first, first.value.value), first=first.run_number)
    if difference.gain.low == difference.gain.high == 0:
        return words.t("Run {first} and run {second} decide alike", **names)
    if difference.gain.low > 0:
        more, sure = per(words, first, difference.gain.value), probability(words, difference.better)
        return words.t("Run {first} brings {more} more than run {second}; we are {sure} sure", more=more, sure=sure, **names)
    return words.t("Too early to say whether run {first} brings more than run {second}", **names)


def comparison_lead(words: Words, found: Comparison) -> str:
    """The muted sentence below it: the interval, or why there is none."""
    first, difference = found.reports[0], found.differences[0]
    if difference.gain is None or difference.better is None:
        return obstacle_text(words, difference.obstacle)
    rows = words.number(first.test.rows)
    if difference.gain.low == difference.gain.high == 0:
        return words.t("On the same {rows} test cases no decision differs.", rows=rows)
    gain, signed = difference.gain, difference.gain.low <= 0
    if not signed:
        between = words.money_range(gain.low, gain.high, first.currency, start=True)
        return words.t("{range} with 95% confidence, on the same {rows} test cases.", range=between, rows=rows)
    return words.t(
        "We estimate {gain}, but with 95% confidence it lies anywhere {range}; the chance that it brings more is {percent}.",
        gain=words.money_per(gain.value, first.currency, first.period.value, signed=True),
        range=words.money_range(gain.low, gain.high, first.currency, signed=True), percent=probability(words, difference.better),
    )  # fmt: skip


def obstacle_text(words: Words, obstacle: Obstacle | None) -> str:
    """Why two runs can't be held against each other in money."""
    match obstacle:
        case Obstacle.DATA:
            return words.t("They were trained on different data, so the difference may come from the data alone.")
        case Obstacle.VALUE_MODEL:
            return words.t("They were valued by different versions of the value model, so their money can't be compared.")
        case _:
            return words.t("They were tested on different cases, so the difference may be chance alone.")


def differences_finding(words: Words, found: Comparison | TaskComparison) -> str:
    """The title over the paired differences."""
    told = [d for d in found.differences if d.gain is not None]
    sure = [d for d in told if d.gain is not None and d.gain.low > 0]
    first = found.reports[0].run_number
    if not told:
        return words.t("The differences can't be told")
    if sure and len(found.differences) == 1:
        return words.t("Run {first} is surely ahead of run {second}", first=first, second=found.reports[1].run_number)
    if len(sure) == len(found.differences):
        return words.t("Run {first} is surely ahead of every other", first=first)
    if sure:
        return words.t("Run {first} is surely ahead of some", first=first)
    if len(found.differences) == 1:
        return words.t("Run {first} is not surely ahead of run {second}", first=first, second=found.reports[1].run_number)
    return words.t("Run {first} is not surely ahead of any", first=first)


def differences_note(words: Words, found: Comparison) -> str:
    """The gray line of the paired differences."""
    first = found.reports[0]
    return words.t(
        "What run {first} brings more {period} · {currency} · paired on the same test cases; line: 95% interval",
        first=first.run_number, period=words.period(first.period.value), currency=first.currency,
    )  # fmt: skip


def differences_in_cases(words: Words, found: Comparison) -> tuple[str, ...]:
    """What the first run does otherwise than each other, in cases a period."""
    first, numbers = found.reports[0], {r.run_id: r.run_number for r in found.reports}
    return tuple(
        cases_text(
            words, first, words.t("run {number}", number=numbers[d.second_run_id]), d.more_reached, d.more_unneeded
        )
        for d in found.differences
        if d.more_reached is not None and d.more_unneeded is not None
    )  # fmt: skip


def curves_finding(words: Words, found: Comparison, curves: Sequence[RunCurve]) -> str:
    """The title over the curves: which run brings most where all take as many actions as the first."""
    first = found.reports[0]
    actions = curves[0].chosen.actions
    worth = [float(np.interp(actions, [p.actions for p in curve.points], [p.value for p in curve.points])) for curve in curves]
    best = found.reports[int(np.argmax(worth))]
    return words.t(
        "With {count} {actions} {period} each, run {first} brings most",
        count=words.number(actions), actions=spoken(words, first.nouns).action_many, period=words.period(first.period.value), first=best.run_number,
    )  # fmt: skip


def curves_note(words: Words, found: Comparison) -> str:
    """The gray line of the curves."""
    first = found.reports[0]
    return words.t(
        "{result} · {currency} · dot: recommended, shaded: 95% interval", result=result_label(words, first), currency=first.currency
    )


def decides_text(words: Words, report: ImpactReport) -> str:
    """From when on a run's policy acts: "from 42% on", or case by case."""
    if report.by_case:
        return words.t("case by case")
    return words.t("from {share} on", share=share_text(words, report, report.decides.cut))


@dataclass(frozen=True, slots=True)
class RunFigures:
    """A run's line in the comparison, written.

    Args:
        name: of the run. decides: from when on it acts, and how often.
        value, range: a period, and its interval.
        behind: against the first run; a dash where that can't be told. reached: of 1,000. unneeded: of 100 actions.
    """

    name: str
    decides: str
    value: str
    range: str
    behind: str
    reached: str
    unneeded: str


def side_by_side(words: Words, found: Comparison) -> tuple[RunFigures, ...]:
    """A line for each run, the most valuable first."""
    differences = {d.second_run_id: d for d in found.differences}
    return tuple(_figures(words, report, differences.get(report.run_id)) for report in found.reports)


def _figures(words: Words, report: ImpactReport, difference: PairDifference | None) -> RunFigures:
    often, currency, value = report.frequencies, report.currency, report.value
    behind = "–" if difference is None or difference.gain is None else words.money(-difference.gain.value, currency, signed=True)
    return RunFigures(
        run_label(words, report),
        words.t("{decides}, {count} {actions} {period}", decides=decides_text(words, report), count=words.number(often.actions),
                actions=spoken(words, report.nouns).action_many, period=words.period(report.period.value)),
        words.money(value.value, currency), words.money_range(value.low, value.high, currency),
        behind,
        "–" if often.reached is None else words.number(often.reached), "–" if often.unneeded is None else words.number(often.unneeded),
    )  # fmt: skip
