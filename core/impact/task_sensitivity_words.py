"""Assumptions about classes and forecasts in words: what they are called, what moves the gain most, and up to where the model pays."""

from __future__ import annotations

from core.impact.multiclass import ClassFindings
from core.impact.phrases import counted
from core.impact.regression import ForecastFindings
from core.impact.rival_phrases import reference_of, rival_in_text
from core.impact.sentences import lower_first
from core.impact.setting import Setting
from core.impact.task_sensitivity import TaskAssumption, TaskBreakEven, TaskSwing
from core.words import Words

TOLD = 4
REACH = 20


def task_assumption_name(words: Words, setting: Setting, found: TaskSwing | TaskBreakEven) -> str:
    """An assumption as a label; a payoff below zero is called a cost."""
    match found.assumption:
        case TaskAssumption.CASES:
            return words.t("Number of {cases}", cases=setting.spoken(words).case_many)
        case TaskAssumption.TOLERANCE:
            return words.t("Units off that cost nothing")
        case TaskAssumption.UNDER:
            name = words.t("Cost of each unit too few")
        case TaskAssumption.OVER:
            name = words.t("Cost of each unit too many")
        case TaskAssumption.PAYOFF:
            name = _payoff_name(words, found)
    return words.t("{assumption}, case by case", assumption=name) if found.by_row else name


def _payoff_name(words: Words, found: TaskSwing | TaskBreakEven) -> str:
    names = {"truth": found.truth, "decided": found.decided}
    if found.truth == found.decided:
        if found.by_row:
            return words.t("Worth of {truth} decided rightly", truth=found.truth)
        return (
            words.t("Cost of {truth} decided rightly", **names) if found.base < 0 else words.t("Value of {truth} decided rightly", **names)
        )
    if found.by_row:
        return words.t("Worth of {truth} taken for {decided}", **names)
    return (
        words.t("Cost of {truth} taken for {decided}", **names)
        if found.base < 0
        else words.t("Value of {truth} taken for {decided}", **names)
    )


def task_assumption_text(words: Words, setting: Setting, found: TaskSwing | TaskBreakEven, value: float) -> str:
    """An assumption's value as people write it; a cost without its sign, and a share of what is assumed where it differs by case."""
    if found.by_row:
        return words.percent(value)
    if found.assumption is TaskAssumption.CASES:
        return counted(words, setting.spoken(words), value)
    if found.assumption is TaskAssumption.TOLERANCE:
        return words.number(value, 0 if abs(value) >= 10 else 1)
    return words.money_exact(-value if found.base < 0 else value, setting.currency)


def task_swing_label(words: Words, setting: Setting, swing: TaskSwing) -> str:
    """A bar of the tornado."""
    return f"{task_assumption_name(words, setting, swing)} ±{words.percent(swing.share)}"


def task_swings_title(words: Words, setting: Setting, found: ClassFindings | ForecastFindings) -> str:
    """Which assumption moves the gain most, and whether one alone turns it around."""
    if not found.tornado:
        return words.t("No assumption moves the result")
    widest = lower_first(words, task_assumption_name(words, setting, found.tornado[0]))
    return words.t("Matters most: {assumption}", assumption=widest)


def task_swings_note(words: Words, setting: Setting, found: ClassFindings | ForecastFindings) -> str:
    """The gray line of the tornado: unit, period, and that decisions stay."""
    against, period = rival_in_text(words, reference_of(found)), words.period(setting.period.value)
    if isinstance(found, ForecastFindings):
        return words.t(
            "Saved against {against} {period} · {currency} · if one assumption is wrong, plans as they are",
            against=against, period=period, currency=setting.currency,
        )  # fmt: skip
    return words.t(
        "More than {against} {period} · {currency} · if one assumption is wrong, decisions as they are",
        against=against, period=period, currency=setting.currency,
    )  # fmt: skip


def sure_sentence(words: Words, found: ClassFindings | ForecastFindings) -> str:
    """Whether one wrong assumption alone turns the gain into a loss; empty where there is none."""
    worst = min((min(s.at_low, s.at_high) for s in found.tornado), default=None)
    gain = found.saving if isinstance(found, ForecastFindings) else found.gain
    if worst is None or gain.value <= 0:
        return ""
    if worst > 0:
        return words.t("No assumption that is off by a fifth turns the gain into a loss.")
    return words.t("One assumption that is off by a fifth can turn the gain into a loss.")


def task_break_even_sentences(words: Words, setting: Setting, found: ClassFindings | ForecastFindings, most: int = TOLD) -> tuple[str, ...]:
    """Up to which value of an assumption the model stays the best choice, the nearest first; none that no assumption will ever reach."""
    near = [point for point in found.break_evens if 1 / REACH <= point.at / point.base <= REACH]
    return tuple(_point_sentence(words, setting, point) for point in near[:most])


def _point_sentence(words: Words, setting: Setting, point: TaskBreakEven) -> str:
    fields = {
        "assumption": task_assumption_name(words, setting, point), "at": task_assumption_text(words, setting, point, point.at),
        "base": task_assumption_text(words, setting, point, point.base), "against": rival_in_text(words, point.against),
    }  # fmt: skip
    if point.above == (point.base > 0):
        if point.by_row:
            return words.t(
                "{assumption}: pays off while it stays above {at} of what is assumed; below that, {against} would be better.", **fields
            )
        return words.t(
            "{assumption}: pays off while it stays above {at} (assumed: {base}); below that, {against} would be better.", **fields
        )
    if point.by_row:
        return words.t(
            "{assumption}: pays off while it stays below {at} of what is assumed; above that, {against} would be better.", **fields
        )
    return words.t("{assumption}: pays off while it stays below {at} (assumed: {base}); above that, {against} would be better.", **fields)
