"""Assumptions, what moves them, and scenarios, in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.impact.alternatives import AlternativeKind
from core.impact.phrases import alternative_in_text, assumption_name, counted
from core.impact.scenarios import COUNTS, SHARES, Override, ScenarioResult, ScenarioTable
from core.impact.sensitivity import Assumption, BreakEven, Swing
from core.impact.setting import Setting
from core.impact.task_scenarios import TaskScenarioResult, TaskScenarioTable
from core.impact.turning_points import COSTS
from core.words import Words


def assumption_text(words: Words, setting: Setting, assumption: Assumption, value: float) -> str:
    """An assumption's value as people write it: money, a share or a number of cases."""
    if assumption in SHARES:
        return words.percent(value, 1)
    if assumption is Assumption.CASES:
        return counted(words, setting.spoken(words), value)
    return words.number(value) if assumption in COUNTS else words.money_exact(value, setting.currency)


def swing_name(words: Words, setting: Setting, swing: Swing) -> str:
    """A bar of the tornado: the assumption, and from where to where it is moved; a cost is told without its sign."""
    ends = sorted((abs(swing.low), abs(swing.high))) if swing.base < 0 and swing.high <= 0 else (swing.low, swing.high)
    low, high = (assumption_text(words, setting, swing.assumption, end) for end in ends)
    name = assumption_name(words, setting.nouns, swing.assumption, swing.base)
    return words.t("{assumption}: {low} to {high}", assumption=name, low=low, high=high)


def turning_sentence(words: Words, setting: Setting, point: BreakEven) -> str:
    """Up to where an assumption may go before the model stops paying."""
    sign = -1 if point.base < 0 else 1
    fields = {
        "assumption": assumption_name(words, setting.nouns, point.assumption, point.base),
        "at": assumption_text(words, setting, point.assumption, point.at * sign),
        "base": assumption_text(words, setting, point.assumption, point.base * sign),
    }  # fmt: skip
    if point.against == COSTS:
        return words.t("{assumption}: covers the model's costs from {at} on (assumed: {base}).", **fields)
    fields["against"] = alternative_in_text(words, setting.spoken(words), AlternativeKind(point.against))
    if point.above == (sign > 0):
        return words.t(
            "{assumption}: pays off while it stays above {at} (assumed: {base}); below that, {against} would be better.", **fields
        )
    return words.t("{assumption}: pays off while it stays below {at} (assumed: {base}); above that, {against} would be better.", **fields)


def override_text(words: Words, setting: Setting, override: Override) -> str:
    """One changed assumption of a scenario."""
    name = assumption_name(words, setting.nouns, override.assumption, override.value if not override.relative else 0)
    if override.relative:
        return words.t("{assumption}: {share} of what is assumed", assumption=name, share=words.percent(override.value))
    value = float(abs(override.value) if override.value < 0 and override.assumption not in SHARES else override.value)
    return words.t("{feature}: {group}", feature=name, group=assumption_text(words, setting, override.assumption, value))


def change_text(words: Words, setting: Setting, override: Override, base: Decimal | float = 0) -> str:
    """One changed assumption of a scenario, short: "Cost of each call +20%".

    Args:
        base: what is assumed; a payoff below zero is called a cost.
    """
    if not override.relative:
        return override_text(words, setting, override)
    name = assumption_name(words, setting.nouns, override.assumption, base)
    return words.t("{assumption} {change}", assumption=name, change=words.percent(override.value - 1, signed=True))


def scenarios_finding(words: Words, results: Sequence[ScenarioResult | TaskScenarioResult]) -> str:
    """In how many scenarios the model surely pays."""
    pays = sum(r.case.pays is True for r in results)
    if pays == len(results):
        return words.t("The model pays in every scenario")
    if pays == 0:
        return words.t("The model surely pays in no scenario")
    return words.t("The model surely pays in {count} of {all} scenarios", count=pays, all=len(results))


def swings_finding(words: Words, setting: Setting, found: Sequence[Swing]) -> str:
    """Whether one wrong assumption alone turns the business case into a loss, and which does so most."""
    ends = [end for swing in found for end in (swing.at_low, swing.at_high)]
    if max(ends) < 0:
        return words.t("Whichever assumption alone is off, the business case stays a loss")
    if min(ends) >= 0:
        return words.t("No wrong assumption alone turns the business case into a loss")
    worst = min(found, key=lambda swing: min(swing.at_low, swing.at_high))
    name = assumption_name(words, setting.nouns, worst.assumption, worst.base)
    return words.t("One wrong assumption alone can turn the business case into a loss: {assumption}", assumption=name)


def scenario_sentence(words: Words, setting: Setting, result: ScenarioResult) -> str:
    """What a scenario comes to: the gain a period, and its worth over the horizon."""
    gain, npv, currency = result.held.gain, result.case.npv, setting.currency
    fields = {
        "gain": words.money_per(gain.value, currency, setting.period.value, signed=True),
        "range": words.money_range(gain.low, gain.high, currency, signed=True),
        "against": alternative_in_text(words, setting.spoken(words), result.held.reference),
        "npv": words.money(npv.value, currency), "months": words.number(result.case.economics.horizon_months),
    }  # fmt: skip
    if not result.name:
        return words.t("As assumed: {gain} against {against} ({range}), worth {npv} over {months} months after all costs.", **fields)
    return words.t(
        "{name}: {gain} against {against} ({range}), worth {npv} over {months} months after all costs.", name=result.name, **fields
    )


def unfit_sentence(words: Words, table: ScenarioTable | TaskScenarioTable) -> str:
    """Which scenarios couldn't be told; empty where all could."""
    if not table.unfit:
        return ""
    names = ("、" if words.language == "ja" else ", ").join(table.unfit)
    return words.t("Left out, because they change what this value model doesn't have: {names}.", names=names)


def turned_sentences(words: Words, results: Sequence[ScenarioResult | TaskScenarioResult], currency: str) -> tuple[str, ...]:
    """Scenarios in which the decisions are worth more and yet the model adds less, or the reverse: the best alternative moves as well.

    Args:
        results: the value model as it is first. currency: of the amounts; what can't be told apart in it isn't told.
    """
    less, more = turned(words, results, currency)
    found = []
    if less:
        found.append(words.t(
            "{names}: the decisions are worth more than as assumed, but the best way without a model gains even more, so the model adds less.",
            names=less,
        ))  # fmt: skip
    if more:
        found.append(words.t(
            "{names}: the decisions are worth less than as assumed, but the best way without a model loses even more, so the model adds more.",
            names=more,
        ))  # fmt: skip
    return tuple(found)


def turned(words: Words, results: Sequence[ScenarioResult | TaskScenarioResult], currency: str) -> tuple[str, str]:
    """Names of scenarios that are worth more while the model adds less, and of those that are worth less while it adds more.

    Args:
        results, currency: as of `turned_sentences`.
    """
    base, less, more = results[0].held, list[str](), list[str]()
    for result in results[1:]:
        value, gain = result.held.value.value - base.value.value, result.held.gain.value - base.gain.value
        seen = words.money(result.held.gain.value, currency) != words.money(base.gain.value, currency)
        if seen and value * gain < 0:
            (less if gain < 0 else more).append(result.name)
    separator = "、" if words.language == "ja" else ", "
    return separator.join(less), separator.join(more)


def knowing_sentence(words: Words, setting: Setting, result: ScenarioResult) -> str:
    """What it would bring to know a scenario beforehand and decide by it; empty where that is nothing."""
    more = result.adapted.value.value - result.held.value.value
    if more <= 0:
        return ""
    return words.t(
        "Whoever knew this beforehand and decided by it would gain another {money}.",
        money=words.money_per(more, setting.currency, setting.period.value),
    )  # fmt: skip
