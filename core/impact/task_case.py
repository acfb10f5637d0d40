"""The business case of a run of classes or a forecast: its gain with what the model costs to roll out and to run."""

from __future__ import annotations

from core.impact.economics import BusinessCase, business_case
from core.impact.economics_sentences import case_finding, case_note, case_sentences
from core.impact.phrases import capital, counted
from core.impact.setting import Setting
from core.impact.task_report import TaskReport
from core.impact.task_tables import Figures
from core.impact.turning_points import break_even_cases
from core.words import Words


def task_case(value: TaskReport) -> BusinessCase:
    """What the gain over the best way without a model comes to over the horizon."""
    return business_case(value.gain, value.period, value.economics)


def has_costs(value: TaskReport) -> bool:
    """Whether rolling out or running the model costs anything."""
    return value.economics.one_off_cost > 0 or value.economics.running_cost > 0


def task_case_sentences(words: Words, case: BusinessCase, setting: Setting) -> tuple[str, ...]:
    """What is said of a case, and from how many cases a period on the gain covers the model's costs."""
    told = case_sentences(words, case, setting)
    point = break_even_cases(float(case.gain.value) / setting.cases_per_period, setting.cases_per_period, float(case.needed))
    if point is None:
        return told
    own = setting.spoken(words)
    volume = words.t(
        "{assumption}: covers the model's costs from {at} on (assumed: {base}).",
        assumption=words.t("Number of {cases}", cases=own.case_many), at=counted(words, own, point.at), base=counted(words, own, point.base),
    )  # fmt: skip
    return (*told, volume)


def case_figures(words: Words, setting: Setting, case: BusinessCase) -> Figures:
    """The months of a case."""
    money = setting.currency
    rows = tuple(
        (
            words.number(f.month), words.money_exact(f.gain, money, signed=True), words.money_exact(f.cost, money),
            words.money_exact(f.total, money, signed=True), words.money_range(f.total_low, f.total_high, money, signed=True),
        )
        for f in case.flows
    )  # fmt: skip
    columns = (words.t("Month"), words.t("Gain"), words.t("Cost"), words.t("Total in today's money"), words.t("95% interval"))
    return Figures("case", case_finding(words, case), capital(case_note(words, setting)), columns, rows)
