"""The project's own nouns, put together as each language does it."""

from __future__ import annotations

from decimal import Decimal

from core.impact.alternatives import AlternativeKind
from core.impact.report import AlternativeValue
from core.impact.sensitivity import Assumption
from core.project import wording
from core.project.model import Nouns
from core.words import Words

# Endings of Japanese nouns for people, who are counted in 人; things and events are counted in 件.
_PEOPLE_JA = ("客", "様", "者", "員", "人", "生", "方")
_PEOPLE_EN = frozenset(
    [
        "applicants",
        "borrowers",
        "clients",
        "customers",
        "donors",
        "employees",
        "guests",
        "members",
        "patients",
        "people",
        "students",
        "users",
    ]
)

spoken = wording.spoken


def capital(text: str) -> str:
    """The first letter as a sentence opens; Japanese stays as it is."""
    return text[:1].upper() + text[1:]


def positive_cases(words: Words, nouns: Nouns) -> str:
    """Positive cases: "customers who would leave", "解約するお客様"."""
    return _who(words, spoken(words, nouns), words.t(nouns.outcome))


def negative_cases(words: Words, nouns: Nouns) -> str:
    """Negative cases: "customers who would have stayed", "継続するお客様"."""
    return _who(words, spoken(words, nouns), words.t(nouns.outcome_not))


def _who(words: Words, nouns: Nouns, outcome: str) -> str:
    # Words of another language than the page's don't join into its grammar: they stand in brackets.
    if words.language == "ja" and outcome.isascii():
        return words.t("{cases} ({outcome})", cases=nouns.case_many, outcome=outcome)
    return words.t("{cases} who {outcome}", cases=nouns.case_many, outcome=outcome)


def counted(words: Words, nouns: Nouns, count: float) -> str:
    """A number of cases as they are counted: "1,000", "1,000人", "1,000件"."""
    return as_counted(words, nouns, words.number(count))


def as_counted(words: Words, nouns: Nouns, number: str) -> str:
    """The same for a number that is written already, or a place for it."""
    if words.language == "en":
        return number
    people = nouns.case_many.strip().endswith(_PEOPLE_JA) or nouns.case_many.strip().lower() in _PEOPLE_EN
    return f"{number}人" if people else f"{number}件"


def alternative_name(words: Words, nouns: Nouns, found: AlternativeValue) -> str:
    """An alternative as a label: "Do nothing", "Today's rule"."""
    return kind_name(words, nouns, found.kind, found.name)


def kind_name(words: Words, nouns: Nouns, kind: AlternativeKind, name: str = "") -> str:
    """A kind of alternative as a label."""
    nouns = spoken(words, nouns)
    match kind:
        case AlternativeKind.NOTHING:
            return words.t("Do nothing")
        case AlternativeKind.EVERYBODY:
            return capital(words.t("{actions} for everybody", actions=nouns.action_many))
        case AlternativeKind.RANDOM:
            return capital(words.t("As many {actions} at random", actions=nouns.action_many))
        case AlternativeKind.RULE:
            return words.t("Today's rule")
        case AlternativeKind.CHAMPION:
            return words.t("Model in use, {name}", name=name) if name else words.t("Model in use")


def alternative_in_text(words: Words, nouns: Nouns, kind: AlternativeKind, name: str = "") -> str:
    """An alternative within a sentence, after "than": "doing nothing", "today's rule"."""
    nouns = spoken(words, nouns)
    match kind:
        case AlternativeKind.NOTHING:
            return words.t("doing nothing")
        case AlternativeKind.EVERYBODY:
            return words.t("{actions} for everybody", actions=nouns.action_many)
        case AlternativeKind.RANDOM:
            return words.t("as many {actions} at random", actions=nouns.action_many)
        case AlternativeKind.RULE:
            return words.t("today's rule")
        case AlternativeKind.CHAMPION:
            return words.t("the model in use ({name})", name=name) if name else words.t("the model in use")


def assumption_name(words: Words, nouns: Nouns, assumption: Assumption, base: float | Decimal = 0) -> str:
    """An assumption as a label: "Value of each call that was needed", "Number of customers".

    Args:
        base: what is assumed; a negative payoff is called a cost.
    """
    loses, nouns = base < 0, spoken(words, nouns)
    action, case = nouns.action_one, nouns.case_one
    match assumption:
        case Assumption.TP if loses:
            return words.t("Cost of each {action} that was needed", action=action)
        case Assumption.TP:
            return words.t("Value of each {action} that was needed", action=action)
        case Assumption.FP if loses:
            return words.t("Cost of each {action} that wasn't needed", action=action)
        case Assumption.FP:
            return words.t("Value of each {action} that wasn't needed", action=action)
        case Assumption.FN if loses:
            return words.t("Cost of each {case} that is missed", case=case)
        case Assumption.FN:
            return words.t("Value of each {case} that is missed", case=case)
        case Assumption.TN if loses:
            return words.t("Cost of each {case} rightly left alone", case=case)
        case Assumption.TN:
            return words.t("Value of each {case} rightly left alone", case=case)
        case Assumption.PREVALENCE:
            return words.t("Share of {who}", who=positive_cases(words, nouns))
        case Assumption.CASES:
            return words.t("Number of {cases}", cases=nouns.case_many)
        case Assumption.CAPACITY:
            return words.t("Number of {actions} that can be made", actions=nouns.action_many)
        case Assumption.BUDGET:
            return words.t("Budget for {actions}", actions=nouns.action_many)
        case Assumption.ONE_OFF_COST:
            return words.t("Cost of the roll-out")
        case Assumption.RUNNING_COST:
            return words.t("Running cost")
        case Assumption.DISCOUNT_RATE:
            return words.t("Discount rate")


def probability(words: Words, share: float) -> str:
    """A probability that never claims certainty: "99.9% or more" instead of "100%"."""
    if share > 0.999:
        return words.t("over {percent}", percent="99.9%")
    if share < 0.001:
        return words.t("under {percent}", percent="0.1%")
    return words.percent(share, 0 if 0.01 <= share <= 0.99 else 1)
