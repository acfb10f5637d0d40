"""What a value model says, in the words of its project: as sentences, as labelled facts, and what changed against another."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.errors import InvalidInput
from core.impact.phrases import capital, counted, positive_cases, spoken
from core.impact.preview_checks import Problem
from core.impact.rule_words import rule_name, rule_sentence, rule_text
from core.project.model import Nouns
from core.project.payoffs import CELLS, LIMIT, Cell, ClassPayoffs, DeviationCosts, Formula, PayoffMatrix, class_field
from core.project.service import ValueModelSpec
from core.project.templates import Draft, Template, Working, printed
from core.project.terms import Economics
from core.project.value_model import Period
from core.words import Words, mark

MOST_MIXUPS = 4
MOST_CELL_FACTS = 16
_INNER: Final = str.maketrans("「」", "『』")
PERIODS: Final = {
    Period.DAY: mark("day"),
    Period.WEEK: mark("week"),
    Period.MONTH: mark("month"),
    Period.QUARTER: mark("quarter"),
    Period.YEAR: mark("year"),
}
_FIELDS: Final = {
    "currency": mark("Currency"),
    "period": mark("Period"),
    "cases_per_period": mark("Cases per period"),
    "payoff": mark("Payoffs"),
    "payoff.classes": mark("Classes"),
    "payoff.values": mark("Payoff table"),
    "payoff.under": mark("Each unit too little"),
    "payoff.over": mark("Each unit too much"),
    "payoff.tolerance": mark("Units off that nobody notices"),
    "rule": mark("Today's rule"),
    "rule.column": mark("Today's rule"),
    "rule.value": mark("Today's rule"),
    "rule.formula": mark("Today's rule"),
    "limits.capacity": mark("Most actions a period"),
    "limits.budget": mark("Budget a period"),
    "limits.action_cost": mark("Cost of one action"),
    "limits.least_precision": mark("Least share of actions that hit"),
    "economics.one_off_cost": mark("Cost of the rollout, once"),
    "economics.running_cost": mark("Running cost a period"),
    "economics.prevalence": mark("Share in production"),
    "economics.discount_rate": mark("Discount rate a year"),
    "economics.horizon_months": mark("Horizon"),
    "note": mark("Note"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a value model says.

    Args:
        field: dotted, as errors name it.
    """

    field: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two value models."""

    label: str
    before: str
    after: str


def cell_name(words: Words, nouns: Nouns, cell: str) -> str:
    """A payoff as a label: "A call for one who would leave"."""
    nouns = spoken(words, nouns)
    act, who = nouns.action_one, nouns.outcome if cell in {"tp", "fn"} else nouns.outcome_not
    if cell in {"tp", "fp"}:
        vowel = act[:1].lower() in "aeiou"
        return words.t("An {act} for one who {who}", act=act, who=who) if vowel else words.t("A {act} for one who {who}", act=act, who=who)
    return words.t("No {act} for one who {who}", act=act, who=who)


def field_name(words: Words, nouns: Nouns, field: str) -> str:
    """A field as a label, for messages that name it."""
    last = field.rsplit(".", 1)[-1]
    if field.startswith("payoff.") and last in CELLS:
        return cell_name(words, nouns, last)
    entry = field.removeprefix("payoff.values.").split(".")
    if field.startswith("payoff.values.") and len(entry) == 2:
        # Messages put a field's name in quotes, so the classes carry none.
        return _mixup(words, *entry) if entry[0] == entry[1] else words.t("{truth} taken for {decided}", truth=entry[0], decided=entry[1])
    return words.t(_FIELDS.get(field, _FIELDS.get(field.rsplit(".", 2)[0], field)))


RULE_LABELS: Final = {
    "right": mark("The right class"),
    "lower": mark("One class too low"),
    "higher": mark("One class too high"),
}


def rule_label(words: Words, nouns: Nouns, cell: str) -> str:
    """What a template's rule works out, as a label."""
    return words.t(RULE_LABELS[cell]) if cell in RULE_LABELS else field_name(words, nouns, f"payoff.{cell}")


def result_text(words: Words, one: Working, currency: str) -> str:
    """What a template's rule comes to."""
    if isinstance(one.result, Formula) or one.cell not in {"under", "over", "tolerance"}:
        return worth(words, one.result, currency)
    if one.cell == "tolerance":
        return words.number(one.result, _places(one.result))
    return words.money_exact(one.result, currency)


def worth(words: Words, cell: Cell | None, currency: str) -> str:
    """An amount with its sign, or a formula as people write it."""
    if cell is None:
        return words.t("None")
    return printed(cell.text) if isinstance(cell, Formula) else words.money_exact(cell, currency, signed=cell != 0)


def facts(words: Words, nouns: Nouns, spec: ValueModelSpec) -> tuple[Fact, ...]:
    """All that a value model says, as labels and values; what isn't limited or doesn't cost is left out."""
    everything = _everything(words, nouns, spec)
    silent = {words.t("None"), ""}
    return tuple(fact for fact in everything if fact.value not in silent or fact.field == "rule")


def _everything(words: Words, nouns: Nouns, spec: ValueModelSpec) -> list[Fact]:
    def fact(field: str, value: str) -> Fact:
        return Fact(field, field_name(words, nouns, field), value)

    cases = Fact(
        "cases_per_period", words.t("Cases per {period}", period=words.t(PERIODS[spec.period])), words.number(spec.cases_per_period)
    )
    limits, none = spec.limits, words.t("None")
    terms = [
        fact("limits.capacity", none if limits.capacity is None else words.number(limits.capacity)),
        fact("limits.budget", none if limits.budget is None else words.money_exact(limits.budget, spec.currency)),
        fact("limits.action_cost", _plain_worth(words, limits.action_cost, spec.currency)),
        fact("limits.least_precision", _share(words, limits.least_precision)),
    ]
    binary = isinstance(spec.payoff, PayoffMatrix)
    ruled = Fact("rule", rule_name(words, spec.payoff), rule_text(words, spec.rule))
    return [
        fact("currency", spec.currency), *_payoff_facts(words, nouns, spec), cases,
        ruled, *(terms if binary else []), *_economics(words, nouns, spec, binary=binary),
    ]  # fmt: skip


def _plain_worth(words: Words, cell: Cell | None, currency: str) -> str:
    return words.money_exact(cell, currency) if isinstance(cell, Decimal) else worth(words, cell, currency)


def _share(words: Words, share: Decimal | None) -> str:
    return words.t("None") if share is None else words.percent(share, _decimals(share))


def _decimals(share: Decimal) -> int:
    """Decimals of a percentage that lose nothing, at most four."""
    exponent = (share * 100).normalize().as_tuple().exponent
    return min(max(-exponent if isinstance(exponent, int) else 0, 0), 4)


def _payoff_facts(words: Words, nouns: Nouns, spec: ValueModelSpec) -> list[Fact]:
    match spec.payoff:
        case PayoffMatrix() as matrix:
            return [Fact(f"payoff.{c}", cell_name(words, nouns, c), worth(words, getattr(matrix, c), spec.currency)) for c in CELLS]
        case DeviationCosts() as costs:
            return [
                *(
                    Fact(
                        f"payoff.{name}",
                        field_name(words, nouns, f"payoff.{name}"),
                        _plain_worth(words, getattr(costs, name), spec.currency),
                    )
                    for name in ("under", "over")
                ),
                Fact(
                    "payoff.tolerance",
                    field_name(words, nouns, "payoff.tolerance"),
                    words.number(costs.tolerance, _places(costs.tolerance)),
                ),
            ]
        case ClassPayoffs() as table:
            cells = _table_facts(words, table, spec.currency)
            listed = Fact("payoff.classes", words.t("Classes"), ", ".join(table.classes))
            return [listed, *cells[:MOST_CELL_FACTS]]


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return min(max(-exponent if isinstance(exponent, int) else 0, 0), 2)


def _table_facts(words: Words, table: ClassPayoffs, currency: str) -> list[Fact]:
    """The cells of a table that aren't zero: those that differ from case to case first, then the most costly."""
    cells = [
        (value, truth, decided)
        for truth, row in zip(table.classes, table.values, strict=True)
        for decided, value in zip(table.classes, row, strict=True)
        if value != 0
    ]
    return [
        Fact(
            class_field(truth, decided), _mixup(words, truth, decided), worth(words, value, currency),
        )
        for value, truth, decided in sorted(cells, key=lambda cell: cell[0] if isinstance(cell[0], Decimal) else -LIMIT)
    ]  # fmt: skip


def _mixup(words: Words, truth: str, decided: str) -> str:
    if truth == decided:
        return words.t("“{truth}” taken for what it is", truth=truth)
    return words.t("“{truth}” taken for “{decided}”", truth=truth, decided=decided)


def _economics(words: Words, nouns: Nouns, spec: ValueModelSpec, *, binary: bool) -> list[Fact]:
    given, none = spec.economics, words.t("None")

    def fact(name: str, value: str) -> Fact:
        return Fact(f"economics.{name}", field_name(words, nouns, f"economics.{name}"), value)

    costs = [
        fact(name, words.money_exact(getattr(given, name), spec.currency) if getattr(given, name) else none)
        for name in ("one_off_cost", "running_cost")
    ]
    prevalence = [fact("prevalence", _share(words, given.prevalence))] if binary else []
    silent = given == Economics() or not (given.one_off_cost or given.running_cost or given.discount_rate)
    rate = fact("discount_rate", _share(words, given.discount_rate) if given.discount_rate else none)
    horizon = fact("horizon_months", none if silent else words.n("{n} month", "{n} months", given.horizon_months))
    return [*costs, *prevalence, rate, horizon]


def changes(words: Words, nouns: Nouns, before: ValueModelSpec, after: ValueModelSpec) -> tuple[Change, ...]:
    """What differs, in the order in which a value model is read."""
    old, new = ({fact.field: fact for fact in _everything(words, nouns, spec)} for spec in (before, after))
    none = words.t("None")
    fields = dict.fromkeys((*new, *old))
    return tuple(
        Change((new.get(field) or old[field]).label, old[field].value if field in old else none, new[field].value if field in new else none)
        for field in fields
        if (old[field].value if field in old else none) != (new[field].value if field in new else none)
    )


def sentences(words: Words, nouns: Nouns, spec: ValueModelSpec) -> tuple[str, ...]:
    """What a value model says, in plain sentences."""
    own = spoken(words, nouns)
    count, period = counted(words, own, spec.cases_per_period), words.period(spec.period.value)
    volume = words.t("{count} {cases} {period} are decided on.", count=count, cases=own.case_many, period=period)
    said = [volume, *payoff_sentences(words, nouns, spec)]
    if spec.rule is not None:
        said.append(rule_sentence(words, spec.payoff, spec.rule))
    if isinstance(spec.payoff, PayoffMatrix):
        said += _limit_sentences(words, own, spec)
    return (*said, *_economic_sentences(words, nouns, spec))


def payoff_sentences(words: Words, nouns: Nouns, spec: ValueModelSpec) -> list[str]:
    """What decisions are worth, in plain sentences."""
    match spec.payoff:
        case PayoffMatrix() as matrix:
            told = ("tp", "fp") if matrix.fn == matrix.tn == 0 else CELLS
            said = [_cell_sentence(words, cell_name(words, nouns, cell), getattr(matrix, cell), spec.currency) for cell in told]
            if len(told) < len(CELLS):
                said.append(words.t("Without {actions} nothing is earned or lost.", actions=spoken(words, nouns).action_many))
            return [*said, *_threshold_sentence(words, nouns, matrix)]
        case DeviationCosts() as costs:
            return _cost_sentences(words, costs, spec.currency)
        case ClassPayoffs() as table:
            return _table_sentences(words, table, spec.currency)


def _cell_sentence(words: Words, what: str, cell: Cell, currency: str) -> str:
    if isinstance(cell, Formula):
        return words.t("{what} is worth {formula}, case by case.", what=what, formula=printed(cell.text))
    if cell == 0:
        return words.t("{what} neither earns nor costs anything.", what=what)
    money = words.money_exact(abs(cell), currency)
    return (
        words.t("{what} earns {money}.", what=what, money=money) if cell > 0 else words.t("{what} costs {money}.", what=what, money=money)
    )


def _threshold_sentence(words: Words, nouns: Nouns, matrix: PayoffMatrix) -> list[str]:
    if matrix.bayes_threshold is None:
        return []
    share, actions = words.percent(matrix.bayes_threshold, 1), capital(spoken(words, nouns).action_many)
    return [words.t("{actions} pay from a likelihood of {share} on.", actions=actions, share=share)]


def _cost_sentences(words: Words, costs: DeviationCosts, currency: str) -> list[str]:
    under, over = (_plain_worth(words, cost, currency) for cost in (costs.under, costs.over))
    if costs.quantile is None:
        said = [
            words.t("Each unit too little costs {under}, each unit too much {over}, worked out case by case.", under=under, over=over),
            words.t("So how much it pays to plan differs from case to case: the more a unit too little costs, the more."),
        ]
    else:
        said = [
            words.t("Each unit too little costs {under}, each unit too much {over}.", under=under, over=over),
            words.t("So it pays to plan for the amount that is enough in {share} of cases.", share=words.percent(costs.quantile, 1)),
        ]
    if costs.tolerance:
        said.append(words.t("Up to {units} units off cost nothing.", units=words.number(costs.tolerance, _places(costs.tolerance))))
    return said


def _table_sentences(words: Words, table: ClassPayoffs, currency: str) -> list[str]:
    """The most costly mix-ups."""
    mixups = _table_facts(words, table, currency)[:MOST_MIXUPS]
    return [words.t("{what}: {money}.", what=fact.label, money=fact.value) for fact in mixups]


def _limit_sentences(words: Words, own: Nouns, spec: ValueModelSpec) -> list[str]:
    limits, period, said = spec.limits, words.period(spec.period.value), []
    if limits.capacity is not None:
        said.append(
            words.t("At most {count} {actions} {period}.", count=words.number(limits.capacity), actions=own.action_many, period=period)
        )
    if limits.budget is not None and limits.action_cost is not None:
        budget, cost = words.money_exact(limits.budget, spec.currency), _plain_worth(words, limits.action_cost, spec.currency)
        said.append(words.t("{actions} may take {budget} {period}; one takes {cost}.", actions=capital(own.action_many), budget=budget, period=period, cost=cost))  # fmt: skip
    if limits.least_precision is not None:
        share = _share(words, limits.least_precision)
        said.append(words.t("At least {share} of the {actions} must be needed.", share=share, actions=own.action_many))
    return said


def _economic_sentences(words: Words, nouns: Nouns, spec: ValueModelSpec) -> list[str]:
    given, said = spec.economics, []
    if given.one_off_cost:
        said.append(words.t("The rollout costs {money} once.", money=words.money_exact(given.one_off_cost, spec.currency)))
    if given.running_cost:
        money = words.money_per(given.running_cost, spec.currency, spec.period.value)
        said.append(words.t("Running it costs {money}.", money=money))
    if given.prevalence is not None and isinstance(spec.payoff, PayoffMatrix):
        who = positive_cases(words, nouns)
        said.append(words.t("In production {share} are {who}.", share=_share(words, given.prevalence), who=who))
    if given.one_off_cost or given.running_cost or given.discount_rate:
        months = words.n("{n} month", "{n} months", given.horizon_months)
        said.append(words.t("The business case looks {months} ahead, at a discount rate of {rate} a year.", months=months, rate=words.percent(given.discount_rate, _decimals(given.discount_rate))))  # fmt: skip
    return said


def example_story(words: Words, template: Template, draft: Draft) -> str:
    """A template's worked example, with the payoffs that follow from its answers."""
    found = {one.cell: worth(words, one.result, draft.spec.currency) for one in draft.working}
    if isinstance(draft.spec.payoff, DeviationCosts):
        costs = draft.spec.payoff
        found |= {name: _plain_worth(words, getattr(costs, name), draft.spec.currency) for name in ("under", "over")}
        found["share"] = words.percent(costs.quantile, 1) if costs.quantile is not None else ""
    return words.t(template.example.story, **found)


def problem_text(words: Words, nouns: Nouns, problem: Problem) -> str:
    """A statement about a draft, with its field named as a person reads it."""
    given = dict(problem.fields)
    if "field" in given:
        given["field"] = _quoted(words, field_name(words, nouns, problem.field))
    for name in ("bad", "rows"):
        if given.get(name, "").isdigit():
            given[name] = words.number(int(given[name]))
    return words.t(problem.template, **given)


def error_words(words: Words, nouns: Nouns, error: InvalidInput) -> str:
    """An error about a value model's field, with the field named as a person reads it."""
    given = {
        name: _quoted(words, field_name(words, nouns, error.field)) if name == "field" else value for name, value in error.fields.items()
    }
    return words.t(error.template, **given)


def _quoted(words: Words, name: str) -> str:
    """A name for a place in quotes: Japanese has other quotes within quotes.

    >>> _quoted(Words("ja"), "「解約する」人への電話")
    '『解約する』人への電話'
    """
    return name.translate(_INNER) if words.language == "ja" else name
