"""The figures of a run of several classes or of a forecast as tables of text: behind the page's pictures, and in exports."""

from __future__ import annotations

from dataclasses import dataclass

from core.impact import class_sentences as say
from core.impact import task_sensitivity_words as moved
from core.impact import task_sentences as tell
from core.impact.multiclass import ClassFindings
from core.impact.regression import ForecastFindings
from core.impact.setting import Setting
from core.impact.task_report import TaskReport
from core.words import Words


@dataclass(frozen=True, slots=True)
class Figures:
    """A picture's figures.

    Args:
        key: names it on a page. title: the finding. note: unit, period, interval.
        columns: headings. rows: cells, one for each column.
    """

    key: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def by_column(self) -> dict[str, list[str]]:
        """Heading to cells."""
        return {name: [row[i] for row in self.rows] for i, name in enumerate(self.columns)}


def task_tables(words: Words, found: TaskReport) -> tuple[Figures, ...]:
    """All tables of a run, in the order in which a report shows them."""
    if found.classes is not None:
        setting, classes = found.setting, found.classes
        return (
            class_policies(words, setting, classes), class_errors(words, setting, classes), class_counts(words, setting, classes),
            class_worth(words, setting, classes), *_swings(words, setting, classes),
        )  # fmt: skip
    assert found.forecast is not None
    return (
        forecast_policies(words, found.setting, found.forecast), forecast_curve(words, found.setting, found.forecast),
        forecast_sides(words, found.setting, found.forecast), *_swings(words, found.setting, found.forecast),
    )  # fmt: skip


def class_policies(words: Words, setting: Setting, found: ClassFindings) -> Figures:
    """Ways of deciding beside each other."""
    money = setting.currency
    rows = tuple(
        (
            say.class_policy_name(words, p), words.money_exact(p.value.value, money, signed=True),
            words.money_range(p.value.low, p.value.high, money, signed=True), words.percent(p.right.value, 1),
        )
        for p in found.policies
    )  # fmt: skip
    columns = (words.t("Way of deciding"), words.t("Value"), words.t("95% interval"), words.t("Right"))
    note = tell.amounts_note(words, setting, words.t("dot: estimate, line: 95% interval"))
    return Figures("policies", tell.deciding_title(words, found), note, columns, rows)


def class_errors(words: Words, setting: Setting, found: ClassFindings) -> Figures:
    """The costliest kinds of errors."""
    own, money = setting.spoken(words), setting.currency
    rows = tuple(
        (
            tell.error_name(words, e), words.number(e.cases, 0 if e.cases >= 10 else 1), words.money_exact(e.cost.value, money),
            words.money_range(e.cost.low, e.cost.high, money),
        )
        for e in found.errors
    )  # fmt: skip
    columns = (words.t("Error"), words.t("Number of {cases}", cases=own.case_many), words.t("Cost"), words.t("95% interval"))
    note = tell.amounts_note(words, setting, words.t("against the best decision for each truth · bar: estimate, line: 95% interval"))
    return Figures("errors", tell.errors_title(words, setting, found), note, columns, rows)


def class_counts(words: Words, setting: Setting, found: ClassFindings) -> Figures:
    """What was decided where what was true, of 1,000 cases."""
    rows = tuple(
        (truth, *(tell.per_thousand(words, count, found.rows) for count in row))
        for truth, row in zip(found.classes, found.counts, strict=True)
    )
    own = setting.spoken(words)
    note = words.t(
        "per {whole} {cases}: what it is (rows) and what it was taken for (columns)", whole=words.number(tell.PER), cases=own.case_many
    )
    return Figures("counts", tell.counts_title(words, setting, found), note, (words.t("What it is"), *found.classes), rows)


def class_worth(words: Words, setting: Setting, found: ClassFindings) -> Figures:
    """What was decided where what was true, in money a period."""
    rows = tuple(
        (truth, *(words.money(value, setting.currency, signed=value != 0) for value in row))
        for truth, row in zip(found.classes, found.worth, strict=True)
    )
    note = tell.amounts_note(words, setting, words.t("what it is (rows) and what it was taken for (columns)"))
    return Figures("worth", tell.worth_title(words, setting, found), note, (words.t("What it is"), *found.classes), rows)


def forecast_policies(words: Words, setting: Setting, found: ForecastFindings) -> Figures:
    """Ways of planning beside each other."""
    money = setting.currency
    rows = tuple(
        (
            say.forecast_policy_name(words, p.policy), words.money_exact(p.cost.value, money), words.money_range(p.cost.low, p.cost.high, money),
            words.percent(p.covered, 1),
        )
        for p in found.policies
    )  # fmt: skip
    columns = (words.t("Planned by"), words.t("Cost"), words.t("95% interval"), words.t("Enough"))
    note = tell.amounts_note(words, setting, words.t("dot: estimate, line: 95% interval"))
    return Figures("policies", tell.planning_title(words, found), note, columns, rows)


def forecast_curve(words: Words, setting: Setting, found: ForecastFindings) -> Figures:
    """Cost over the adjustment."""
    money = setting.currency
    rows = tuple(
        (
            say.moved_by(words, found, p.amount), words.money_exact(p.cost.value, money), words.money_range(p.cost.low, p.cost.high, money),
            words.money_exact(p.under, money), words.money_exact(p.over, money), words.percent(p.covered, 1),
        )
        for p in found.curve
    )  # fmt: skip
    columns = (
        words.t("Adjusted by"),
        words.t("Cost"),
        words.t("95% interval"),
        words.t("Too little"),
        words.t("Too much"),
        words.t("Enough"),
    )
    return Figures("curve", tell.curve_title(words, setting, found), tell.curve_note(words, setting, found), columns, rows)


def forecast_sides(words: Words, setting: Setting, found: ForecastFindings) -> Figures:
    """What planning too little and too much costs, by way of planning."""
    money = setting.currency
    rows = tuple(
        (
            say.forecast_policy_name(words, p.policy), words.money_exact(p.under.value, money), words.money_range(p.under.low, p.under.high, money),
            words.money_exact(p.over.value, money), words.money_range(p.over.low, p.over.high, money),
        )
        for p in found.policies
    )  # fmt: skip
    columns = (
        words.t("Planned by"), words.t("Too little"), words.t("Too little, 95% interval"), words.t("Too much"), words.t("Too much, 95% interval"),
    )  # fmt: skip
    note = tell.amounts_note(words, setting, words.t("the sum stands above its bar"))
    return Figures("sides", tell.sides_title(words, setting, found), note, columns, rows)


def _swings(words: Words, setting: Setting, found: ClassFindings | ForecastFindings) -> tuple[Figures, ...]:
    return (swing_figures(words, setting, found),) if found.tornado else ()


def swing_figures(words: Words, setting: Setting, found: ClassFindings | ForecastFindings) -> Figures:
    """What one wrong assumption makes of the gain."""
    money = setting.currency
    rows = tuple(
        (
            moved.task_assumption_name(words, setting, s), *(moved.task_assumption_text(words, setting, s, end) for end in (s.low, s.high)),
            words.money_exact(s.at_low, money, signed=True), words.money_exact(s.at_high, money, signed=True),
        )
        for s in found.tornado
    )  # fmt: skip
    columns = (words.t("Assumption"), words.t("Low"), words.t("High"), words.t("Result at low"), words.t("Result at high"))
    return Figures("swings", moved.task_swings_title(words, setting, found), moved.task_swings_note(words, setting, found), columns, rows)
