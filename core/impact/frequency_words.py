"""Decisions counted in the project's nouns, over figures that are written already.

The report fills them once; the interactive card gets them with their places open, and the browser fills them as the reader drags.
"""

from __future__ import annotations

from core.impact.bootstrap import Interval
from core.impact.phrases import alternative_in_text, as_counted, capital, counted, negative_cases, positive_cases, spoken
from core.impact.report import AlternativeValue, ImpactReport
from core.project.model import Nouns
from core.project.value_model import Period
from core.words import Words


def reach_text(words: Words, nouns: Nouns, reached: str, missed: str) -> str:
    """Of 1,000 positive cases, how many are reached; key figures in ``**bold**``.

    Args:
        reached, missed: numbers of 1,000.
    """
    who = spoken(words, nouns)
    return words.t(
        "Of **{thousand} {who}**, we reach **{reached}** and miss **{missed}**.",
        thousand=counted(words, who, 1000), who=positive_cases(words, nouns),
        reached=as_counted(words, who, reached), missed=as_counted(words, who, missed),
    )  # fmt: skip


def difference_text(words: Words, report: ImpactReport, other: AlternativeValue) -> str:
    """What the model does otherwise than an alternative, in cases a period; empty in reports that didn't keep it."""
    if other.more_reached is None or other.more_unneeded is None:
        return ""
    against = alternative_in_text(words, report.nouns, other.kind)
    return cases_text(words, report, against, other.more_reached, other.more_unneeded)


def cases_text(words: Words, report: ImpactReport, against: str, reached: Interval, unneeded: Interval) -> str:
    """What a model does otherwise, in cases a period, each with its interval.

    Args:
        against: than what, within a sentence.
    """
    nouns = spoken(words, report.nouns)

    def told(count: Interval) -> str:
        ends = (words.number(end, signed=True) for end in (count.low, count.high))
        return words.t("{count} (95%: {low} to {high})", count=words.number(count.value, signed=True), low=next(ends), high=next(ends))

    return words.t(
        "In cases {period}, against {alternative}: {reached} {who} reached and {unneeded} {actions} in vain.",
        period=words.period(report.period.value), alternative=against,
        reached=told(reached), who=positive_cases(words, nouns), unneeded=told(unneeded), actions=nouns.action_many,
    )  # fmt: skip


def square_text(words: Words, nouns: Nouns) -> str:
    """What one of the 100 squares stands for."""
    who = spoken(words, nouns)
    return words.t("Each square is {ten} {cases}.", ten=counted(words, who, 10), cases=who.case_many)


def square_and_unneeded_text(words: Words, nouns: Nouns, unneeded: str) -> str:
    """The same, and how many of 100 actions are unneeded."""
    who = spoken(words, nouns)
    return words.t(
        "Each square is {ten} {cases}. Of every 100 {actions}, {unneeded} go to {who}.",
        ten=counted(words, who, 10), cases=who.case_many, actions=who.action_many, unneeded=unneeded, who=negative_cases(words, nouns),
    )  # fmt: skip


def unneeded_text(words: Words, nouns: Nouns, period: Period, count: str, cost: str | None = None) -> str:
    """How many actions a period are unneeded, and what they cost where they do."""
    fields = {
        "count": count, "actions": spoken(words, nouns).action_many, "period": words.period(period.value), "who": negative_cases(words, nouns),
    }  # fmt: skip
    if cost is None:
        return words.t("{count} {actions} {period} go to {who}.", **fields)
    return words.t("{count} {actions} {period} go to {who}, costing {cost}.", cost=cost, **fields)


def never_unneeded_text(words: Words, nouns: Nouns) -> str:
    """No action is unneeded."""
    return capital(words.t("{actions} never go to {who}.", actions=spoken(words, nouns).action_many, who=negative_cases(words, nouns)))


def missed_text(words: Words, nouns: Nouns, period: Period, count: str, money: str | None = None) -> str:
    """How many positive cases a period are missed, and what reaching them would bring where it would."""
    fields = {
        "count": as_counted(words, spoken(words, nouns), count), "who": positive_cases(words, nouns), "period": words.period(period.value),
    }  # fmt: skip
    if money is None:
        return words.t("{count} {who} are missed {period}.", **fields)
    return words.t("{count} {who} are missed {period}; reaching them would bring {money}.", money=money, **fields)


def best_text(words: Words, best: str, points: float, cost: str | None = None) -> str:
    """The likelihood from which a single threshold acts, and what it costs to be off; that it is best or recommended the policies say.

    Args:
        best: the likelihood, written. points: how far off, in percentage points.
        cost: what that costs at most; None where it is little.
    """
    fields = {"best": best, "points": words.number(points, 0 if points >= 1 else 1)}
    if points == 1:
        if cost is None:
            return words.t("With {best} as the bar, being 1 point off costs little", **fields)
        return words.t("With {best} as the bar, being 1 point off costs up to {cost}", cost=cost, **fields)
    if cost is None:
        return words.t("With {best} as the bar, being {points} points off costs little", **fields)
    return words.t("With {best} as the bar, being {points} points off costs up to {cost}", cost=cost, **fields)


def best_share_text(words: Words, nouns: Nouns, best: str, points: float, cost: str | None = None) -> str:
    """For which share of all cases is best, the most worthwhile first, and what it costs to be off; as `best_text`."""
    who = spoken(words, nouns)
    fields = {"best": best, "points": words.number(points), "actions": capital(who.action_many), "cases": who.case_many}
    if cost is None:
        return words.t("{actions} for the best {best} of {cases}; being {points} points off costs little", **fields)
    return words.t("{actions} for the best {best} of {cases}; being {points} points off costs up to {cost}", cost=cost, **fields)
