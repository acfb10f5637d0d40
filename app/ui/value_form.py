"""The inputs of a project and of its value model: shared by the pages that create and that change them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import streamlit as st

from app.ui.forms import money_field, number_field, text_field
from app.ui.page import note, section, t, w
from core.project.model import Nouns
from core.project.service import ValueModelSpec
from core.project.value_model import CURRENCIES, Cell, Formula, Operator, PayoffMatrix, Period, TodaysRule, ValueModel
from core.words.terms import mark

COMMON: Final = ("JPY", "USD", "EUR", "GBP", "CNY", "KRW", "INR", "CHF", "AUD", "CAD", "SGD")
PERIODS: Final = {
    Period.DAY: mark("day"),
    Period.WEEK: mark("week"),
    Period.MONTH: mark("month"),
    Period.QUARTER: mark("quarter"),
    Period.YEAR: mark("year"),
}
OPERATORS: Final = {
    Operator.AT_LEAST: mark("is at least"),
    Operator.ABOVE: mark("is above"),
    Operator.AT_MOST: mark("is at most"),
    Operator.BELOW: mark("is below"),
    Operator.EQUALS: mark("is"),
    Operator.DIFFERS: mark("is not"),
}


def nouns_fields(key: str, old: Nouns | None = None) -> Nouns | None:
    """Inputs for the project's own words; None while one is missing."""
    section(t("Your words"), t("Every report speaks with them: “Of 1,000 customers who would leave, 820 get a call.”"))
    left, right = st.columns(2)
    with left:
        one = text_field(t("One case"), key=f"{key}-one", value=old.case_one if old else "", longest=60, placeholder=t("customer"))
        does = text_field(
            t("What you look for"), key=f"{key}-does", value=old.outcome if old else "", longest=60, placeholder=t("would leave")
        )
        action = text_field(t("One action"), key=f"{key}-act", value=old.action_one if old else "", longest=60, placeholder=t("call"))
    with right:
        many = text_field(t("Many cases"), key=f"{key}-many", value=old.case_many if old else "", longest=60, placeholder=t("customers"))
        does_not = text_field(
            t("What the others do"), key=f"{key}-not", value=old.outcome_not if old else "", longest=60, placeholder=t("would have stayed")
        )
        actions = text_field(t("Many actions"), key=f"{key}-acts", value=old.action_many if old else "", longest=60, placeholder=t("calls"))
    if not (one and many and does and does_not and action and actions):
        return None
    return Nouns(one, many, does, does_not, action, actions)


def value_fields(key: str, nouns: Nouns | None, old: ValueModel | None = None, columns: tuple[str, ...] = ()) -> ValueModelSpec | None:
    """Inputs for a version of the value model; None while one can't be used."""
    section(t("What decisions are worth"), t("Value of one case, compared with leaving everything as it is. Costs are negative."))
    left, middle, right = st.columns(3)
    currencies = [*COMMON, *sorted(CURRENCIES - set(COMMON))]
    with left:
        currency = st.selectbox(t("Currency"), currencies, index=currencies.index(old.currency) if old else 0, key=f"{key}-currency")
    with middle:
        periods = list(Period)
        first = periods.index(old.period if old else Period.MONTH)
        period = st.selectbox(t("Period"), periods, index=first, format_func=lambda p: t(PERIODS[p]), key=f"{key}-period")
    with right:
        cases = number_field(t("Cases per period"), key=f"{key}-cases", value=old.cases_per_period if old else None, low=1, high=10**12)
    payoff = _payoff_fields(key, currency, nouns, old)
    # A rule that is a formula is changed over REST; the form keeps it as it is.
    kept = old.rule if old and isinstance(old.rule, Formula) else None
    rule_ok, rule = (True, kept) if kept else _rule_fields(key, old.rule if old and isinstance(old.rule, TodaysRule) else None, columns)
    if payoff is None or cases is None or not rule_ok:
        return None
    return ValueModelSpec(currency, period, int(cases), PayoffMatrix(*payoff), rule)


def _payoff_fields(
    key: str, currency: str, nouns: Nouns | None, old: ValueModel | None
) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
    fields = {
        "act": nouns.action_one if nouns else t("call"),
        "who": nouns.outcome if nouns else t("would leave"),
        "not": nouns.outcome_not if nouns else t("would have stayed"),
    }
    left, right = st.columns(2)
    zero = Decimal(0)
    with left:
        tp = money_field(
            t("A {act} to one who {who}", act=fields["act"], who=fields["who"]),
            currency,
            key=f"{key}-tp",
            value=_old_amount(old, "tp") if old else None,
            low=None,
        )
        fn = money_field(
            t("No {act}, though it {who}", act=fields["act"], who=fields["who"]),
            currency,
            key=f"{key}-fn",
            value=_old_amount(old, "fn") if old else zero,
        )
    with right:
        fp = money_field(
            t("A {act} to one who {who}", act=fields["act"], who=fields["not"]),
            currency,
            key=f"{key}-fp",
            value=_old_amount(old, "fp") if old else None,
        )
        tn = money_field(
            t("No {act}, and none was needed", act=fields["act"]), currency, key=f"{key}-tn", value=_old_amount(old, "tn") if old else zero
        )
    if tp is None or fp is None or fn is None or tn is None:
        return None
    return tp, fp, fn, tn


def _old_amount(old: ValueModel, cell: str) -> Decimal | None:
    """A payoff of the version before; nothing where it was a formula."""
    value = getattr(old.matrix, cell)
    return value if isinstance(value, Decimal) else None


def _rule_fields(key: str, old: TodaysRule | None, columns: tuple[str, ...]) -> tuple[bool, TodaysRule | None]:
    has_rule = st.toggle(t("There is a rule today"), value=old is not None, key=f"{key}-has-rule")
    if not has_rule:
        note(t("Without a rule, the model is compared with doing nothing and with treating everybody."))
        return True, None
    left, middle, right = st.columns(3)
    with left:
        if columns:
            index = columns.index(old.column) if old and old.column in columns else 0
            column: str | None = st.selectbox(t("Column"), columns, index=index, key=f"{key}-rule-column")
        else:
            column = text_field(t("Column"), key=f"{key}-rule-column", value=old.column if old else "", longest=200)
    with middle:
        operators = list(Operator)
        first = operators.index(old.operator) if old else 0
        operator = st.selectbox(t("Comparison"), operators, index=first, format_func=lambda o: t(OPERATORS[o]), key=f"{key}-rule-op")
    with right:
        value = text_field(t("Compared with"), key=f"{key}-rule-value", value=old.value if old else "", longest=200)
    if not column or not value:
        return False, None
    return True, TodaysRule(column, operator, value)


def value_facts(model: ValueModel, nouns: Nouns) -> list[tuple[str, str]]:
    """A value model as labels and values, in the project's words."""
    words = w()
    act, rule = nouns.action_one, model.rule

    def worth(amount: Cell) -> str:
        if isinstance(amount, Formula):
            return amount.text
        return words.money_exact(amount, model.currency, signed=amount != 0)

    rows = [
        (t("A {act} to one who {who}", act=act, who=nouns.outcome), worth(model.matrix.tp)),
        (t("A {act} to one who {who}", act=act, who=nouns.outcome_not), worth(model.matrix.fp)),
        (t("No {act}, though it {who}", act=act, who=nouns.outcome), worth(model.matrix.fn)),
        (t("No {act}, and none was needed", act=act), worth(model.matrix.tn)),
        (t("Cases per {period}", period=t(PERIODS[model.period])), words.number(model.cases_per_period)),
        (t("Today's rule"), _rule_text(rule)),
    ]
    threshold = model.matrix.bayes_threshold
    if threshold is not None:
        rows.append((t("A {act} pays above a chance of", act=act), words.percent(threshold, 1)))
    return rows


def _rule_text(rule: TodaysRule | Formula | None) -> str:
    if rule is None:
        return t("None")
    return rule.text if isinstance(rule, Formula) else f"{rule.column} {t(OPERATORS[rule.operator])} {rule.value}"
