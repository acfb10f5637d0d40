"""The interactive card's words: the catalogue's sentences with places for the figures, which the browser fills.

No sentence is made in the browser: it chooses among these and fills their places ``{name}``.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.impact import sentences as say
from core.impact.alternatives import AlternativeKind
from core.impact.frequency_words import (
    best_share_text,
    best_text,
    missed_text,
    never_unneeded_text,
    reach_text,
    square_and_unneeded_text,
    square_text,
    unneeded_text,
)
from core.impact.phrases import alternative_in_text, as_counted, capital, kind_name, negative_cases, positive_cases, spoken
from core.impact.report import ImpactReport
from core.words import Words


@dataclass(frozen=True, slots=True)
class CurveWords:
    """Over, in and below the curve.

    Args:
        little, much, never: its finding: being off costs little, ``{cost}``, or nothing pays; ``{best}`` is a likelihood or a share.
        note, note_own: the gray line, as agreed and under the reader's own assumptions.
        recommended, reference, capacity: labels of its lines; ``{amount}``, ``{name}``, ``{count}``.
        at: where the reader stands, for ears: ``{share}``, ``{money}``, ``{count}``.
    """

    little: str
    much: str
    never: str
    note: str
    note_own: str
    axis: str
    recommended: str
    reference: str
    capacity: str
    at: str
    headings: tuple[str, ...]
    show: str


@dataclass(frozen=True, slots=True)
class FigureWords:
    """The two figures and what they are held against.

    Args:
        interval, range: ``{low}`` and ``{high}`` of the money, as a sentence and in a table.
        recommended, best, off: chips below the money; ``{difference}``.
        kept, over, over_budget: chips below the actions; ``{capacity}``, ``{count}``, ``{amount}``.
        more, less, unsure, same: against an alternative; ``{against}``, ``{money}``, ``{low}``, ``{high}``.
        against: how each alternative is called in a sentence. names: and in the chart.
    """

    money: str
    actions: str
    interval: str
    range: str
    recommended: str
    best: str
    off: str
    kept: str
    over: str
    over_budget: str
    more: str
    less: str
    unsure: str
    same: str
    against: dict[str, str]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """What it means for people, in natural frequencies.

    Args:
        reach: ``{reached}``, ``{missed}`` of 1,000; `nobody` where there are no positive cases.
        square, square_unneeded: the squares; ``{unneeded}`` of 100 actions.
        unneeded, unneeded_cost, never_unneeded: a period; ``{count}``, ``{cost}``.
        missed, missed_money: a period; ``{count}``, ``{money}``.
        of: heading of the table of all cases; ``{total}``.
        columns, rows, cells: of that table; cells by row, ``{count}`` each.
    """

    reach: str
    nobody: str
    reached_label: str
    missed_label: str
    square: str
    square_unneeded: str
    unneeded: str
    unneeded_cost: str
    never_unneeded: str
    missed: str
    missed_money: str
    of: str
    columns: tuple[str, str]
    rows: tuple[str, str]
    cells: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class ControlWords:
    """Buttons, fields and remarks."""

    question: str
    change: str
    own: str
    agreed: str
    none: str
    recommend: str
    reset: str
    copy: str
    copied: str
    save: str
    wrong: str


@dataclass(frozen=True, slots=True)
class ExplorerWords:
    """All of them."""

    curve: CurveWords
    figures: FigureWords
    people: PeopleWords
    controls: ControlWords


def explorer_words(words: Words, report: ImpactReport) -> ExplorerWords:
    """The card's words in the reader's language, with the project's nouns."""
    return ExplorerWords(_curve(words, report), _figures(words, report), _people(words, report), _controls(words, report))


SHARE_OFF = 0.10


def off_by(report: ImpactReport) -> float:
    """How far off the finding over the curve speaks of, as a share of one."""
    return SHARE_OFF if report.by_case else say.points_off(report) / 100


def _findings(words: Words, report: ImpactReport) -> tuple[str, str, str, str]:
    """Being off costs little, or something; nothing pays; and what the slider moves."""
    points, nouns = off_by(report) * 100, report.nouns
    if report.by_case:
        who = spoken(words, nouns)
        fields = {"actions": capital(who.action_many), "cases": who.case_many}
        return (
            best_share_text(words, nouns, "{best}", points), best_share_text(words, nouns, "{best}", points, "{cost}"),
            words.t("No choice of {cases} makes it pay", cases=who.case_many),
            words.t("{actions} for this share of {cases}, the most worthwhile first", **fields),
        )  # fmt: skip
    return (
        best_text(words, "{best}", points), best_text(words, "{best}", points, "{cost}"), words.t("No likelihood makes it pay"),
        say.axis_title(words, report),
    )  # fmt: skip


def _curve(words: Words, report: ImpactReport) -> CurveWords:
    actions, money = spoken(words, report.nouns).action_many, say.result_label(words, report)
    little, much, never, axis = _findings(words, report)
    return CurveWords(
        little, much, never,
        say.amounts_note(words, report, words.t("shaded: 95% interval")),
        say.amounts_note(words, report, words.t("shaded: 95% interval, gray: as agreed")), axis,
        words.t("recommended {amount}", amount="{amount}"), words.t("{name}: {amount}", name="{name}", amount="{amount}"),
        words.t("capacity {count}", count="{count}"),
        words.t("At {share}: {money}, {count} {actions}", share="{share}", money="{money}", count="{count}", actions=actions),
        (axis, money, words.t("95% interval"), say.actions_label(words, report), words.t("reached of 1,000")),
        words.t("Show as table"),
    )  # fmt: skip


def _figures(words: Words, report: ImpactReport) -> FigureWords:
    kinds = (AlternativeKind.NOTHING, AlternativeKind.EVERYBODY, AlternativeKind.RULE)
    open_range = words.between("{low}", "{high}")
    money, against = words.per("{money}", report.period.value), "{against}"
    return FigureWords(
        say.result_label(words, report), say.actions_label(words, report),
        words.t("{range} with 95% confidence", range=words.between("{low}", "{high}", start=True)), open_range,
        words.t("Recommended"), words.t("Best under these assumptions"),
        words.t("{difference} vs recommended", difference="{difference}"),
        words.t("within the capacity of {capacity}", capacity="{capacity}"), words.t("{count} over capacity", count="{count}"),
        words.t("{amount} over budget", amount="{amount}"),
        words.t("That is {money} more than {against} ({range}).", money=money, against=against, range=open_range),
        words.t("That is {money} less than {against} ({range}).", money=money, against=against, range=open_range),
        words.t("Too early to say whether that beats {against} ({range}).", against=against, range=open_range),
        words.t("That is as much as {against}.", against=against),
        {kind.value: alternative_in_text(words, report.nouns, kind) for kind in kinds},
        {kind.value: kind_name(words, report.nouns, kind) for kind in kinds},
    )  # fmt: skip


def _people(words: Words, report: ImpactReport) -> PeopleWords:
    nouns, period = report.nouns, report.period
    cases, who = spoken(words, nouns), positive_cases(words, nouns)
    return PeopleWords(
        reach_text(words, nouns, "{reached}", "{missed}"),
        words.t("None of the test cases were {who}, so nobody could be reached.", who=who), words.t("reached"), words.t("missed"),
        square_text(words, nouns), square_and_unneeded_text(words, nouns, "{unneeded}"),
        unneeded_text(words, nouns, period, "{count}"), unneeded_text(words, nouns, period, "{count}", "{cost}"),
        never_unneeded_text(words, nouns),
        missed_text(words, nouns, period, "{count}"), missed_text(words, nouns, period, "{count}", "{money}"),
        words.t("Of every {total} {cases}", total=as_counted(words, cases, "{total}"), cases=cases.case_many),
        (capital(who), capital(negative_cases(words, nouns))),
        (words.t("Chosen for {actions}", actions=cases.action_many), words.t("Left alone")),
        (words.t("{count} reached", count="{count}"), words.t("{count} in vain", count="{count}"),
         words.t("{count} missed", count="{count}"), words.t("{count} rightly left alone", count="{count}")),
    )  # fmt: skip


def _controls(words: Words, report: ImpactReport) -> ControlWords:
    return ControlWords(
        say.slider_question(words, report), words.t("Change the assumptions"),
        words.t("These are your own assumptions; nothing is saved."),
        words.t("agreed: {amount}", amount="{amount}"), words.t("no limit"), words.t("Go to the recommended choice"), words.t("Reset"),
        words.t("Copy the link"), words.t("Link copied"), words.t("Save as a scenario"), words.t("Write a number."),
    )  # fmt: skip
