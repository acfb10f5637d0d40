"""Today's rule in words: as a label, as a fact's name, and as a sentence."""

from __future__ import annotations

from typing import Final

from core.project.payoffs import ClassPayoffs, DeviationCosts, Formula, PayoffMatrix
from core.project.templates import printed
from core.project.value_model import DecidedBy, DecidedWhere, Operator, Payoff, Rule
from core.words import Words, mark

MOST_NAMES = 4
OPERATORS: Final = {
    Operator.AT_LEAST: mark("is at least"),
    Operator.ABOVE: mark("is above"),
    Operator.AT_MOST: mark("is at most"),
    Operator.BELOW: mark("is below"),
    Operator.EQUALS: mark("is"),
    Operator.DIFFERS: mark("is not"),
}
_NAMES: Final[dict[type[Payoff], str]] = {
    PayoffMatrix: mark("Today's rule"),
    ClassPayoffs: mark("How it is decided today"),
    DeviationCosts: mark("What is planned today"),
}
_SENTENCES: Final[dict[type[Payoff], str]] = {
    PayoffMatrix: mark("Today this rule decides: {rule}."),
    ClassPayoffs: mark("Today it is decided like this: {rule}."),
    DeviationCosts: mark("Today this is planned: {rule}."),
}


def rule_text(words: Words, rule: Rule | None) -> str:
    """Today's rule as a label."""
    match rule:
        case None:
            return words.t("None")
        case Formula():
            alone = rule.text.strip("`")
            return alone if alone in rule.expression.columns else printed(rule.text)
        case DecidedBy():
            return _decided_text(words, rule)
        case DecidedWhere():
            return _where_text(words, rule)
    return f"{rule.column} {words.t(OPERATORS[rule.operator])} {rule.value}"


def _decided_text(words: Words, rule: DecidedBy) -> str:
    """What a column says, which classes its names stand for, and what all others are."""
    stands = [words.t("{name} means {meaning}", name=name, meaning=given) for name, given in rule.names[:MOST_NAMES]]
    left = len(rule.names) - len(stands)
    more = [words.n("{n} more name", "{n} more names", left)] if left else []
    other = [words.t("all others {meaning}", meaning=rule.otherwise)] if rule.otherwise is not None else []
    parts = [*stands, *more, *other]
    return (
        words.t("{column} ({parts})", column=rule.column, parts=("、" if words.language == "ja" else ", ").join(parts))
        if parts
        else rule.column
    )


def _where_text(words: Words, rule: DecidedWhere) -> str:
    """The conditions in their order, each with its class."""
    told = [words.t("{name} where {condition}", name=given, condition=printed(when.text)) for when, given in rule.cases[:MOST_NAMES]]
    left = len(rule.cases) - len(told)
    more = [words.n("{n} more condition", "{n} more conditions", left)] if left else []
    parts = [*told, *more, words.t("all others {meaning}", meaning=rule.otherwise)]
    return ("、" if words.language == "ja" else ", ").join(parts)


def rule_name(words: Words, payoff: Payoff) -> str:
    """What today's rule is called where decisions are of this kind."""
    return words.t(_NAMES[type(payoff)])


def rule_sentence(words: Words, payoff: Payoff, rule: Rule) -> str:
    """Today's rule in a sentence."""
    return words.t(_SENTENCES[type(payoff)], rule=rule_text(words, rule))
