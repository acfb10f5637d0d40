"""How alike decisions between classes and forecasts treat groups, in words, and as figures."""

from __future__ import annotations

from core.impact.fairness import FairnessMetric
from core.impact.fairness_sentences import fairness_finding
from core.impact.segment_sentences import group_name
from core.impact.setting import Setting
from core.impact.task_fairness import TaskFairness
from core.impact.task_tables import Figures
from core.words import Words


def unlike_finding(words: Words, setting: Setting, found: TaskFairness) -> str:
    """How far the groups of a column are apart that doesn't tell of people."""
    shares = [group.good.value for group in found.groups if group.judged]
    fields = {
        "attribute": found.attribute, "low": words.percent(min(shares, default=0.0)), "high": words.percent(max(shares, default=0.0)),
    }  # fmt: skip
    if setting.plans:
        return words.t("How often the plan is enough differs by {attribute}: from {low} to {high}", **fields)
    return words.t("How often it is decided rightly differs by {attribute}: from {low} to {high}", **fields)


def groups_note(words: Words, found: TaskFairness) -> str:
    """What the intervals allow for, and what figures can't say."""
    return words.t(
        "The intervals allow for all {pairs} comparisons. Whether a difference is fair, no figure can say: that is for you to judge.",
        pairs=words.number(found.pairs),
    )  # fmt: skip


def drawn_note(words: Words, setting: Setting) -> str:
    """The gray line of the picture."""
    if setting.plans:
        return words.t("share of cases in which the plan is enough; line: 95% interval")
    return words.t("share that is decided rightly; line: 95% interval")


def group_figures(words: Words, setting: Setting, found: TaskFairness, *, of_people: bool) -> Figures:
    """The groups of a column beside each other.

    Args:
        of_people: whether the column tells of people, so that the gap is judged.
    """
    money = setting.currency
    rows = tuple(
        (
            group_name(words, g.group), words.number(g.rows), words.percent(g.good.value, 1), words.between(words.percent(g.good.low, 1), words.percent(g.good.high, 1)),
            words.money_exact(g.per_case.value, money, signed=not setting.plans and g.per_case.value != 0),
        )
        for g in found.groups
    )  # fmt: skip
    share = FairnessMetric.ENOUGH if setting.plans else FairnessMetric.RIGHT
    title = fairness_finding(words, found, setting) if of_people else unlike_finding(words, setting, found)
    named = words.t("The plan is enough") if share is FairnessMetric.ENOUGH else words.t("Decided rightly")
    worth = words.t("Cost of an error, per case") if setting.plans else words.t("Value of a decision")
    columns = (words.t("Group"), words.t("Test rows"), named, words.t("95% interval"), worth)
    return Figures("groups", title, drawn_note(words, setting), columns, rows)
