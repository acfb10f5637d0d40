"""Metrics and what one more point of them is worth, in words and natural frequencies."""

from __future__ import annotations

from core.impact.amounts import Amount
from core.impact.bootstrap import Interval
from core.impact.metric_frequencies import MetricFrequencies
from core.impact.phrases import as_counted, counted, negative_cases, positive_cases
from core.impact.points import PointMetric, PointWorth
from core.impact.setting import Setting
from core.words import Words


def metric_sentences(words: Words, setting: Setting, found: MetricFrequencies) -> tuple[str, ...]:
    """Every metric that the test rows allow to tell, each in one sentence with its interval."""
    made = (
        right_sentence(words, setting, found), reached_sentence(words, setting, found), hits_sentence(words, setting, found),
        ranked_sentence(words, setting, found), top_sentence(words, setting, found),
    )  # fmt: skip
    return tuple(sentence for sentence in made if sentence)


def right_sentence(words: Words, setting: Setting, found: MetricFrequencies) -> str:
    """Accuracy, beside what it takes to get without a model."""
    who = (positive_cases if found.usual_is_positive else negative_cases)(words, setting.nouns)
    return words.t(
        "Of {hundred} {cases}, the model judges {right} rightly ({range}). Whoever took all of them for {who} would be right for {usual}.",
        cases=setting.spoken(words).case_many, right=_counted(words, setting, found.right.value), range=_range(words, found.right), who=who,
        usual=_counted(words, setting, found.usual), hundred=_counted(words, setting, 1.0),
    )  # fmt: skip


def reached_sentence(words: Words, setting: Setting, found: MetricFrequencies) -> str:
    """Recall."""
    if found.reached is None:
        return ""
    return words.t(
        "Of {hundred} {who}, {reached} are reached ({range}).",
        who=positive_cases(words, setting.nouns), reached=_counted(words, setting, found.reached.value), range=_range(words, found.reached),
        hundred=_counted(words, setting, 1.0),
    )  # fmt: skip


def hits_sentence(words: Words, setting: Setting, found: MetricFrequencies) -> str:
    """Precision."""
    if found.hits is None:
        return ""
    return words.t(
        "Of 100 {actions}, {hits} go to {who} ({range}).",
        actions=setting.spoken(words).action_many, hits=_of_100(words, found.hits.value), who=positive_cases(words, setting.nouns),
        range=_range(words, found.hits),
    )  # fmt: skip


def ranked_sentence(words: Words, setting: Setting, found: MetricFrequencies) -> str:
    """AUC."""
    if found.ranked is None:
        return ""
    return words.t(
        "Take 100 pairs, each with one from the {who} and one from the {others}: in {ranked} of them the model puts the right one first "
        "({range}); by guessing it would be 50.",
        who=positive_cases(words, setting.nouns), others=negative_cases(words, setting.nouns), ranked=_of_100(words, found.ranked.value),
        range=_range(words, found.ranked),
    )  # fmt: skip


def top_sentence(words: Words, setting: Setting, found: MetricFrequencies) -> str:
    """Lift in the tenth that is ranked highest."""
    if found.lift is None:
        return ""
    return words.t(
        "In the tenth of {cases} that the model ranks highest, {top} of {hundred} are {who} ({range}); of all it is {base}. That is {lift} times as many.",
        cases=setting.spoken(words).case_many, top=_counted(words, setting, found.top.value), hundred=_counted(words, setting, 1.0), who=positive_cases(words, setting.nouns),
        range=_range(words, found.top), base=_counted(words, setting, found.positives.value), lift=words.number(found.lift.value, 1),
    )  # fmt: skip


def _of_100(words: Words, share: float) -> str:
    """A share as a number of 100; with a decimal where a whole number would say none or all."""
    return words.number(100 * share, 0 if 0.01 <= share <= 0.99 or share in {0.0, 1.0} else 1)


def _counted(words: Words, setting: Setting, share: float) -> str:
    return as_counted(words, setting.spoken(words), _of_100(words, share))


def _range(words: Words, found: Interval) -> str:
    return words.t("95% confidence: {low} to {high}", low=_of_100(words, found.low), high=_of_100(words, found.high))


def point_sentences(words: Words, setting: Setting, worth: PointWorth) -> tuple[str, ...]:
    """What one more point is worth alone, and with this model; none where there is no point left to gain."""
    alone = _alone(words, setting, worth, worth.alone) if worth.alone else ""
    moved = _moved(words, setting, worth, worth.moved) if worth.moved else ""
    return tuple(sentence for sentence in (alone, moved) if sentence)


def _alone(words: Words, setting: Setting, worth: PointWorth, amount: Amount) -> str:
    nouns = setting.spoken(words)
    fields = {
        "who": positive_cases(words, setting.nouns), "actions": nouns.action_many,
        "money": words.money_per(amount.value, setting.currency, setting.period.value), "range": _money_range(words, setting, amount),
    }  # fmt: skip
    if worth.metric is PointMetric.REACH:
        return words.t(
            "One more of every {hundred} {who} reached ({count} {period}), with no more unneeded {actions} than now, is worth {money} ({range}).",
            count=counted(words, nouns, worth.cases), hundred=counted(words, nouns, 100), period=words.period(setting.period.value), **fields,
        )  # fmt: skip
    return words.t(
        "One more of every 100 {actions} going to the right ones, with as many {who} reached as now, saves {count} unneeded {actions} "
        "{period} and is worth {money} ({range}).",
        count=words.number(worth.cases), period=words.period(setting.period.value), **fields,
    )  # fmt: skip


def _moved(words: Words, setting: Setting, worth: PointWorth, amount: Amount) -> str:
    fields = {
        "count": words.number(worth.moved_actions or 0.0), "actions": setting.spoken(words).action_many,
        "period": words.period(setting.period.value), "hits": _of_100(words, worth.near_hits.value if worth.near_hits else 0.0),
        "who": positive_cases(words, setting.nouns), "money": words.money(abs(amount.value), setting.currency),
        "range": words.money_range(amount.low, amount.high, setting.currency, signed=True),
    }  # fmt: skip
    open_ = amount.low <= 0 <= amount.high
    if worth.metric is PointMetric.REACH and open_:
        return words.t("This model gets there with {count} more {actions} {period}, of which {hits} in 100 go to {who}: whether that brings or costs money is open ({range}).", **fields)  # fmt: skip
    if worth.metric is PointMetric.REACH and amount.value > 0:
        return words.t("This model gets there with {count} more {actions} {period}, of which {hits} in 100 go to {who}: that brings {money} ({range}).", **fields)  # fmt: skip
    if worth.metric is PointMetric.REACH:
        return words.t("This model gets there with {count} more {actions} {period}, of which {hits} in 100 go to {who}: that costs {money} ({range}).", **fields)  # fmt: skip
    if open_:
        return words.t("This model gets there with {count} fewer {actions} {period}, of which {hits} in 100 would go to {who}: whether that brings or costs money is open ({range}).", **fields)  # fmt: skip
    if amount.value > 0:
        return words.t("This model gets there with {count} fewer {actions} {period}, of which {hits} in 100 would go to {who}: that brings {money} ({range}).", **fields)  # fmt: skip
    return words.t("This model gets there with {count} fewer {actions} {period}, of which {hits} in 100 would go to {who}: that costs {money} ({range}).", **fields)  # fmt: skip


def _money_range(words: Words, setting: Setting, amount: Amount) -> str:
    return words.t(
        "95% confidence: {low} to {high}", low=words.money(amount.low, setting.currency), high=words.money(amount.high, setting.currency)
    )
