"""Scenarios of classes and forecasts, in words: what each changes, what it comes to, and what it would bring to decide anew."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.impact.phrases import capital, counted
from core.impact.rival_phrases import rival_in_text
from core.impact.scenario_sentences import scenarios_finding, turned, turned_sentences, unfit_sentence
from core.impact.setting import Setting
from core.impact.task_report import TaskReport
from core.impact.task_scenarios import TaskChange, TaskOverride, TaskScenarioResult, TaskScenarioTable
from core.impact.task_tables import Figures
from core.project.payoffs import Cell, ClassPayoffs
from core.project.value_model import ValueModel
from core.words import Words


def result_name(words: Words, result: TaskScenarioResult) -> str:
    """A scenario as a label."""
    return result.name or words.t("As assumed")


def changes_text(words: Words, report: TaskReport, result: TaskScenarioResult) -> str:
    """What a scenario assumes instead: "Cost of each unit too few +20% · Number of hours: 8,000"."""
    changed = [task_change_text(words, report, o) for o in result.overrides]
    return " · ".join(changed) or words.t("the value model as it is")


def task_change_text(words: Words, report: TaskReport, override: TaskOverride) -> str:
    """One changed assumption of a scenario, short."""
    setting, base = report.setting, _base(report.value_model, override)
    told = base if override.relative else override.value
    name = _name(words, setting, override, told)
    if override.relative:
        return words.t("{assumption} {change}", assumption=name, change=words.percent(override.value - 1, signed=True))
    return words.t("{feature}: {group}", feature=name, group=_text(words, setting, override))


def _base(value: ValueModel, override: TaskOverride) -> Cell | None:
    """What the value model says of a payoff; None of everything else, and where it has no such payoff."""
    payoff = value.payoff
    pair = (override.truth, override.decided)
    if isinstance(payoff, ClassPayoffs) and set(pair) <= set(payoff.classes):
        i, j = (payoff.classes.index(name) for name in pair)
        return payoff.values[i][j]
    return None


def _name(words: Words, setting: Setting, override: TaskOverride, told: Cell | None) -> str:
    match override.assumption:
        case TaskChange.CASES:
            return words.t("Number of {cases}", cases=setting.spoken(words).case_many)
        case TaskChange.UNDER:
            return words.t("Cost of each unit too few")
        case TaskChange.OVER:
            return words.t("Cost of each unit too many")
        case TaskChange.TOLERANCE:
            return words.t("Units off that cost nothing")
        case TaskChange.DISCOUNT_RATE:
            return words.t("Discount rate")
        case TaskChange.ONE_OFF_COST:
            return words.t("Cost of the roll-out")
        case TaskChange.RUNNING_COST:
            return words.t("Running cost")
        case TaskChange.PAYOFF:
            return _payoff_name(words, override, told)


def _payoff_name(words: Words, override: TaskOverride, told: Cell | None) -> str:
    """A payoff below zero is called a cost; of one that differs from case to case it is open."""
    names, rightly = {"truth": override.truth, "decided": override.decided}, override.truth == override.decided
    if not isinstance(told, Decimal):
        return words.t("Worth of {truth} decided rightly", **names) if rightly else words.t("Worth of {truth} taken for {decided}", **names)
    if told < 0:
        return words.t("Cost of {truth} decided rightly", **names) if rightly else words.t("Cost of {truth} taken for {decided}", **names)
    return words.t("Value of {truth} decided rightly", **names) if rightly else words.t("Value of {truth} taken for {decided}", **names)


def _text(words: Words, setting: Setting, override: TaskOverride) -> str:
    value = float(override.value)
    match override.assumption:
        case TaskChange.CASES:
            return counted(words, setting.spoken(words), value)
        case TaskChange.DISCOUNT_RATE:
            return words.percent(value, 1)
        case TaskChange.TOLERANCE:
            return words.number(value, 0 if value == round(value) else 1)
        case _:
            return words.money_exact(abs(override.value), setting.currency)


def task_scenario_sentence(words: Words, setting: Setting, result: TaskScenarioResult) -> str:
    """What a scenario comes to: the gain a period, and its worth over the horizon."""
    gain, npv, currency = result.held.gain, result.case.npv, setting.currency
    fields = {
        "gain": words.money_per(gain.value, currency, setting.period.value, signed=True),
        "range": words.money_range(gain.low, gain.high, currency, signed=True),
        "against": rival_in_text(words, result.held.reference),
        "npv": words.money(npv.value, currency), "months": words.number(result.case.economics.horizon_months),
    }  # fmt: skip
    if not result.name:
        return words.t("As assumed: {gain} against {against} ({range}), worth {npv} over {months} months after all costs.", **fields)
    return words.t(
        "{name}: {gain} against {against} ({range}), worth {npv} over {months} months after all costs.", name=result.name, **fields
    )


def task_turned_sentences(words: Words, report: TaskReport, table: TaskScenarioTable) -> tuple[str, ...]:
    """Scenarios in which gain and value part ways; of a forecast, because there is less or more that could be saved."""
    if report.classes is not None:
        return turned_sentences(words, table.results, table.currency)
    less, more = turned(words, table.results, table.currency)
    return (
        *((words.t("{names}: errors cost less than as assumed, but those of the best way without a model fall by even more, so the model saves less.", names=less),) if less else ()),
        *((words.t("{names}: errors cost more than as assumed, but those of the best way without a model rise by even more, so the model saves more.", names=more),) if more else ()),
    )  # fmt: skip


def anew_sentences(words: Words, setting: Setting, results: Sequence[TaskScenarioResult]) -> tuple[str, ...]:
    """Scenarios in which deciding anew would bring noticeably more than deciding as approved."""
    found = []
    for result in results:
        more, money = result.adapted.gain.value - result.held.gain.value, setting.currency
        seen = words.money(result.adapted.gain.value, money) != words.money(result.held.gain.value, money)
        if result.name and more > 0 and seen:
            found.append(words.t(
                "{name}: whoever decides anew, knowing this, gains {money} instead.",
                name=result.name, money=words.money_per(result.adapted.gain.value, money, setting.period.value),
            ))  # fmt: skip
    return tuple(found)


def scenario_notes(words: Words, report: TaskReport, table: TaskScenarioTable) -> tuple[str, ...]:
    """What is said of a run's scenarios beside their figures."""
    unfit = unfit_sentence(words, table)
    turns = task_turned_sentences(words, report, table)
    return (*turns, *anew_sentences(words, report.setting, table.results), *((unfit,) if unfit else ()))


def scenario_figures(words: Words, report: TaskReport, table: TaskScenarioTable) -> Figures:
    """A run's scenarios as a table, the value model as it is first."""
    setting, money = report.setting, table.currency
    period = words.period(setting.period.value)
    rows = tuple(
        (
            result_name(words, r), changes_text(words, report, r), words.money(r.held.gain.value, money, signed=True),
            words.money_range(r.held.gain.low, r.held.gain.high, money, signed=True),
            words.money(r.adapted.gain.value, money, signed=True), words.money(r.case.npv.value, money, signed=True),
        )
        for r in table.results
    )  # fmt: skip
    columns = (
        words.t("Scenario"), words.t("What it assumes"), words.t("Gain {period}", period=period), words.t("95% interval"), words.t("Decided anew"),
        words.t("Worth over {months} months", months=words.number(report.economics.horizon_months)),
    )  # fmt: skip
    note = words.t("gain {period} against the best way without a model · {currency}", period=period, currency=money)
    return Figures("scenarios", scenarios_finding(words, table.results), capital(note), columns, rows)
